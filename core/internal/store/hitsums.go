package store

import (
	"bytes"
	"os"
	"slices"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/plainjson"
	"github.com/fixturecache/fixturecache/core/internal/private"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// hitSums are lines added up by fixture and day, on disk.
type hitSums struct {
	Folded []string // files that are in it, although they may still be there
	Days   []HitLine
}

// Hits returns what was counted, in no order: the sums, and the lines since.
func (s *Store) Hits() []HitLine {
	sums := s.hitSums()
	list := sums.Days
	for _, name := range s.hitFiles() {
		if !slices.Contains(sums.Folded, name) {
			list = appendHitLines(list, s.logPath(name))
		}
	}
	return appendHitLines(list, s.hitsPath())
}

// hitFiles are the files that were put aside.
func (s *Store) hitFiles() (names []string) {
	entries, _ := s.readDir(s.logPath(""))
	for _, e := range entries {
		if isHitsFile(e.Name()) {
			names = append(names, e.Name())
		}
	}
	return names
}

func (s *Store) sumsPath() string { return s.logPath("hits.sums.json") }

func (s *Store) hitSums() (sums hitSums) {
	data, err := private.ReadFile(s.sumsPath())
	if err != nil || plainjson.Unmarshal(data, &sums) != nil {
		return hitSums{}
	}
	return sums
}

// appendHitLines appends the lines of a file. A line that is being written may
// not parse.
func appendHitLines(list []HitLine, path string) []HitLine {
	data, err := private.ReadFile(path)
	if err != nil {
		return list
	}
	for text := range bytes.Lines(data) {
		var line HitLine
		if plainjson.Unmarshal(text, &line) == nil {
			list = append(list, line)
		}
	}
	return list
}

// foldHits adds the files that were put aside to the sums, and removes them.
// The names of the files that are in the sums are kept with them: after a
// crash between the two none is added twice.
func (s *Store) foldHits(idle func(unlogged.Stat, time.Duration) bool) error {
	sums := s.hitSums()
	lines := sums.Days
	var fold []string
	for _, name := range s.hitFiles() {
		path := s.logPath(name)
		st, err := unlogged.LstatPath(path)
		switch {
		case err != nil || !idle(st, minIdle): // a process may still count in it
		case slices.Contains(sums.Folded, name):
			os.Remove(path)
		default:
			lines = appendHitLines(lines, path)
			fold = append(fold, name)
		}
	}
	if len(fold) == 0 {
		return nil
	}
	data, err := plainjson.Marshal(hitSums{fold, sumByDay(lines, s.now().Add(-logAge))})
	if err != nil {
		return err
	}
	if err := s.writeFile(s.sumsPath(), data, 0o600); err != nil {
		return err
	}
	for _, name := range fold {
		os.Remove(s.logPath(name))
	}
	return nil
}

// sumByDay adds lines up by fixture and day, and leaves out those before oldest.
func sumByDay(lines []HitLine, oldest time.Time) (days []HitLine) {
	sums := map[HitLine]HitCount{} // by lines without counts
	for _, line := range lines {
		if day := (HitLine{At: dayOf(line.At), Fixture: line.Fixture}); day.At >= dayOf(oldest.Unix()) {
			sums[day] = sums[day].plus(line.HitCount)
		}
	}
	for day, n := range sums {
		day.HitCount = n
		days = append(days, day)
	}
	return days
}

// dayOf is when the day of a time begins.
func dayOf(at int64) int64 { return at - at%(24*60*60) }
