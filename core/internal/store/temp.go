package store

import (
	"path/filepath"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/quiet"
)

// tempAge is how old an unfinished file is when its writer must be dead: no
// object takes a day to write.
const tempAge = 24 * time.Hour

// maxSweep bounds what one process does for the others: the files of a few
// large trees.
const maxSweep = 50_000

// SweepTemp removes, once in a process, what killed processes left unfinished.
func (s *Store) SweepTemp() {
	s.sweep.Do(func() {
		SweepOld(filepath.Join(s.dir, "tmp"), s.now().Add(-tempAge), nil)
	})
}

// SweepOld removes what lies in dir and was not changed since a time, unless
// keep says otherwise of its path.
func SweepOld(dir string, since time.Time, keep func(path string) bool) {
	entries, err := quiet.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries[:min(len(entries), maxSweep)] {
		path := filepath.Join(dir, e.Name())
		st, err := quiet.LstatPath(path)
		if err == nil && quiet.Time(st.ModTime).Before(since) && (keep == nil || !keep(path)) {
			quiet.RemoveAll(path)
		}
	}
}
