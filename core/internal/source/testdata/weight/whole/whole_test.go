// Package whole links package source beside what package bare does.
package whole

import (
	"runtime/debug"
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/snapshot"
	"github.com/fixturecache/fixturecache/core/internal/source"
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

	fn, err := source.Find(TestWhole)
	if err != nil {
		t.Fatal(err)
	}
	captured := source.Captures(fn, source.Site{}, "Memo", nil)
	root := source.Root{Func: fn}
	closure, err := source.Running().Closure(root, noCache{})
	if err != nil {
		t.Fatal(err)
	}
	data := closure.Encode()
	before, err := source.DecodeClosure(data)
	if err != nil {
		t.Fatal(err)
	}
	digest, state, unchanged := source.Unchanged(data, source.Running(), root)
	t.Log(captured.Untold(), captured.Ambiguous("k"), source.Explain(before, closure), digest, state, unchanged)
}
