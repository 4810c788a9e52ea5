package store

import (
	"path/filepath"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/quiet"
)

// tempAge is how old an unfinished file is when its writer must be dead: no
// object takes a day to write.
const tempAge = 24 * time.Hour

// SweepTemp removes, once in a process, what killed processes left unfinished.
func (s *Store) SweepTemp() {
	s.sweep.Do(func() {
		dir := filepath.Join(s.dir, "tmp")
		// Not by private.Sweep, of which the go command would learn where the store
		// lies inside the module: nobody else can change what is in the store.
		entries, _ := s.readDir(dir)
		for _, e := range entries[:min(len(entries), maxSweep)] {
			path := filepath.Join(dir, e.Name())
			st, err := quiet.LstatPath(path)
			if isRandomName(e.Name()) && err == nil && quiet.Time(st.ModTime).Before(s.now().Add(-tempAge)) {
				quiet.RemoveAll(path)
			}
		}
	})
}

// maxSweep bounds what one process does for the others: the files of a few
// large trees.
const maxSweep = 50_000
