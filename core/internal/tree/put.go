package tree

import (
	"fmt"
	"path/filepath"
	"runtime"

	"github.com/fixturecache/fixturecache/core/internal/store"
)

// A Tap sees the bytes of a file, in pieces of any size but in order. It may
// stop with an error.
type Tap = func(piece []byte) error

// Refer fills in the references of the files of the tree scanned at path. put returns
// that of the file at a path: Batch.PutFile stores it, store.RefFile does not.
// What tap returns for a file sees its bytes, in one goroutine for a file.
func Refer(m *Manifest, path string, put func(path string, tap Tap) (store.ObjectRef, error), tap func(e *Entry) Tap) error {
	dir := path
	if m.Single {
		dir = filepath.Dir(path)
	}
	return each(m.Entries, func(e *Entry) error {
		if e.Kind != File {
			return nil
		}
		ref, err := put(filepath.Join(dir, filepath.FromSlash(e.Path)), tap(e))
		if err != nil {
			return fmt.Errorf("%s: %w", e.Path, err)
		}
		e.Ref = ref
		return nil
	})
}

// each calls do for each entry, by several goroutines where there are more
// than a few, and returns the first error in the order of the entries. More of them
// than there are processors, since a part of the time is spent waiting for the disk.
func each(entries []Entry, do func(e *Entry) error) error {
	workers := min(2*runtime.GOMAXPROCS(0), 16, (len(entries)+3)/4)
	return store.Each(len(entries), workers, func(i int) error { return do(&entries[i]) })
}
