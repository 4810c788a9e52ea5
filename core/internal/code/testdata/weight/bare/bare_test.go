// Package bare links what users of package code link without it.
package bare

import (
	"runtime/debug"
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/snapshot"
	"github.com/fixturecache/fixturecache/core/internal/store"
)

func TestBare(t *testing.T) {
	_, known := debug.ReadBuildInfo()
	_, storeErr := store.Open(t.TempDir())
	_, hashErr := snapshot.Hash(t.Name())
	t.Log(known, storeErr, hashErr)
}
