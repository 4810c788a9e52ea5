// Package whole links package code beside what package bare does.
package whole

import (
	"runtime/debug"
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/code"
	"github.com/fixturecache/fixturecache/core/internal/snapshot"
	"github.com/fixturecache/fixturecache/core/internal/store"
)

type noCache struct{}

func (noCache) Get(string) ([]byte, bool) { return nil, false }
func (noCache) Put(string, []byte)        {}

func TestWhole(t *testing.T) {
	_, known := debug.ReadBuildInfo()
	_, storeErr := store.Open(t.TempDir())
	_, hashErr := snapshot.Hash(t.Name())
	t.Log(known, storeErr, hashErr)

	fn, err := code.Find(TestWhole)
	if err != nil {
		t.Fatal(err)
	}
	captured := code.Running().Captures(fn, code.Site{}, "Memo", nil)
	root := code.Root{Func: fn}
	closure, err := code.Running().Closure(root, noCache{})
	if err != nil {
		t.Fatal(err)
	}
	data := closure.Encode()
	before, err := code.DecodeClosure(data)
	if err != nil {
		t.Fatal(err)
	}
	t.Log(captured.Untold(), captured.Ambiguous("k"), code.Explain(before, closure))
}
