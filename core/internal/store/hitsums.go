package store

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/plainjson"

	"github.com/fixturecache/fixturecache/core/internal/private"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// Hits are the hits that were counted, by day (2006-01-02, UTC) and by
// fixture.
type Hits struct {
	Days     map[string]HitCount
	Fixtures map[Fixture]FixtureHits
}

// FixtureHits are the hits of one fixture.
type FixtureHits struct {
	HitCount
	Last string `json:"last"` // day
}

// A hitSums is a Hits on disk.
type hitSums struct {
	Folded   []string // files that are in it, although they may still be there
	Days     map[string]HitCount
	Fixtures []fixtureSum
}

type fixtureSum struct {
	Fixture
	FixtureHits
}

const dayForm = "2006-01-02"

// Hits returns what was counted: the sums, and the lines since.
func (s *Store) Hits() Hits {
	h, folded := s.hitSums()
	for _, name := range s.hitFiles() {
		if !slices.Contains(folded, name) {
			h.read(filepath.Join(hitsDir(s), name))
		}
	}
	h.read(s.hitsPath())
	return h
}

// hitFiles are the files that were put aside.
func (s *Store) hitFiles() (names []string) {
	entries, _ := s.readDir(hitsDir(s))
	for _, e := range entries {
		if isHitsFile(e.Name()) {
			names = append(names, e.Name())
		}
	}
	return names
}

func (s *Store) sumsPath() string { return filepath.Join(hitsDir(s), "hits.sums.json") }

func (s *Store) hitSums() (h Hits, folded []string) {
	h = Hits{Days: map[string]HitCount{}, Fixtures: map[Fixture]FixtureHits{}}
	data, err := private.ReadFile(s.sumsPath())
	var sums hitSums
	if err != nil || plainjson.Unmarshal(data, &sums) != nil {
		return h, nil
	}
	maps.Copy(h.Days, sums.Days)
	for _, f := range sums.Fixtures {
		h.Fixtures[f.Fixture] = f.FixtureHits
	}
	return h, sums.Folded
}

// read adds the lines of a file. A line that is being written may not parse.
func (h *Hits) read(path string) {
	data, err := private.ReadFile(path)
	if err != nil {
		return
	}
	for text := range bytes.Lines(data) {
		var line hitLine
		if plainjson.Unmarshal(text, &line) != nil {
			continue
		}
		day := line.Time.UTC().Format(dayForm)
		h.Days[day] = h.Days[day].plus(line.HitCount)
		f := Fixture{line.Package, line.Key}
		was := h.Fixtures[f]
		h.Fixtures[f] = FixtureHits{was.plus(line.HitCount), max(was.Last, day)}
	}
}

// foldHits adds the files that were put aside to the sums, and removes them.
// The names of the files that are in the sums are kept with them: after a
// crash between the two none is added twice.
func (s *Store) foldHits(idle func(unlogged.Stat, time.Duration) bool) error {
	h, folded := s.hitSums()
	var fold []string
	for _, name := range s.hitFiles() {
		path := filepath.Join(hitsDir(s), name)
		st, err := unlogged.LstatPath(path)
		switch {
		case err != nil || !idle(st, minIdle): // a process may still count in it
		case slices.Contains(folded, name):
			os.Remove(path)
		default:
			h.read(path)
			fold = append(fold, name)
		}
	}
	if len(fold) == 0 {
		return nil
	}
	oldest := s.now().Add(-logAge).UTC().Format(dayForm)
	sums := hitSums{Folded: fold, Days: h.Days}
	maps.DeleteFunc(sums.Days, func(day string, _ HitCount) bool { return day < oldest })
	for f, n := range h.Fixtures {
		if n.Last >= oldest {
			sums.Fixtures = append(sums.Fixtures, fixtureSum{f, n})
		}
	}
	data, err := plainjson.Marshal(sums)
	if err != nil {
		return err
	}
	if err := s.writeFile(s.sumsPath(), data, 0o600); err != nil {
		return err
	}
	for _, name := range fold {
		os.Remove(filepath.Join(hitsDir(s), name))
	}
	return nil
}
