package tree

import (
	"fmt"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/fixturecache/fixturecache/core/internal/store"
)

// workers is how many files are read or written at once. More than there are
// processors, since a part of the time is spent waiting for the disk.
func workers() int { return min(2*runtime.GOMAXPROCS(0), 16) }

// Put puts the files of a scanned tree into a batch and fills in their
// references. tap is called with each file's bytes, in pieces of any size but
// in order, by one goroutine for a file; it may stop with an error.
func Put(b *store.Batch, dir string, m *Manifest, tap func(e *Entry) func(piece []byte) error) error {
	return each(m.Entries, func(e *Entry) error {
		if e.Kind != File {
			return nil
		}
		ref, err := b.PutFile(filepath.Join(dir, filepath.FromSlash(e.Path)), tap(e))
		if err != nil {
			return fmt.Errorf("%s: %w", e.Path, err)
		}
		e.Ref = ref
		return nil
	})
}

// each calls do for each entry, by several goroutines where there are more
// than a few, and returns the first error in the order of the entries.
func each(entries []Entry, do func(e *Entry) error) error {
	n := min(workers(), (len(entries)+3)/4)
	if n <= 1 {
		for i := range entries {
			if err := do(&entries[i]); err != nil {
				return err
			}
		}
		return nil
	}
	var (
		next   atomic.Int64
		failed atomic.Bool
		wg     sync.WaitGroup
		mu     sync.Mutex
		first  error
		at     int64
	)
	for range n {
		wg.Go(func() {
			for !failed.Load() {
				i := next.Add(1) - 1
				if i >= int64(len(entries)) {
					return
				}
				if err := do(&entries[i]); err != nil {
					failed.Store(true)
					mu.Lock()
					if first == nil || i < at {
						first, at = err, i
					}
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	return first
}
