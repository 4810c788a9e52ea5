package store

import (
	"bytes"
	"os"
	"sync"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/plainjson"
	"github.com/fixturecache/fixturecache/core/internal/private"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// Hits are counted in a file of lines: a test binary has no exit at which it could
// write a sum, and a file for each process would be many. A line is appended for
// each hit of a fixture in a process, and once there are many of them, for a few
// together. Who reads the file adds its lines up.

// maxHits is the size at which its lines are added up: some ten thousand, which
// takes as long as some tests do.
const maxHits = 1 << 20

// uncounted is the share of a fixture's hits in one process that may be lost at
// its end: a fuzz body asks a hundred thousand times.
const uncounted = 1 << 8

// A HitCount is a number of hits and the time that they saved.
type HitCount struct {
	Hits    int64 `json:"hits"`
	SavedMS int64 `json:"saved_ms"`
}

func (n HitCount) plus(m HitCount) HitCount {
	return HitCount{n.Hits + m.Hits, n.SavedMS + m.SavedMS}
}

// A HitLine is a line of the file: hits of one fixture in one process, or those of
// a day, which At begins, where lines have been added up.
type HitLine struct {
	Run int   `json:"run,omitempty"` // process id of what started the process: the go command
	At  int64 `json:"at"`            // of the hit, in seconds since 1970
	Fixture
	HitCount
}

// Time is when it was.
func (l *HitLine) Time() time.Time { return time.Unix(l.At, 0) }

// A Fixture is who a hit is counted for.
type Fixture struct {
	Package string `json:"pkg"`
	Key     string `json:"key"`
}

// counters are the hits of this process.
type counters struct {
	mu    sync.Mutex
	off   bool // the file cannot be written to
	lines map[Fixture]*counter
}

// A counter is what there is of a fixture in the file, and what is not there yet.
type counter struct {
	written int64
	more    HitCount
}

// CountHit counts a hit that saved so much time. It fails without a word:
// there is nobody whom it would help.
func (s *Store) CountHit(pkg, key string, saved time.Duration) {
	c, f := &s.counters, Fixture{pkg, key}
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.lines[f]
	if n == nil {
		if n = new(counter); c.lines == nil {
			c.lines = map[Fixture]*counter{}
		}
		c.lines[f] = n
	}
	n.more = n.more.plus(HitCount{1, saved.Milliseconds()})
	if !c.off && n.more.Hits > n.written/uncounted {
		c.off = s.appendHits(f, n.more) != nil
		n.written, n.more = n.written+n.more.Hits, HitCount{}
	}
}

const (
	hitsName = "hits.jsonl"
	daysName = "hits.days.jsonl" // lines added up by fixture and day
	fullName = "hits.1.jsonl"    // those that are being added up
)

// appendHits adds a line for a fixture.
func (s *Store) appendHits(f Fixture, n HitCount) error {
	line, err := plainjson.Marshal(HitLine{os.Getppid(), s.now().Unix(), f, n})
	if err != nil {
		return err
	}
	return s.appendLog(hitsName, line, maxHits, s.foldHits)
}

// Hits returns what was counted, in no order.
func (s *Store) Hits() []HitLine {
	return s.appendHitLines(s.appendHitLines(nil, daysName), hitsName)
}

// appendHitLines appends the lines of a file. A line that is being written may
// not parse.
func (s *Store) appendHitLines(list []HitLine, name string) []HitLine {
	data, _ := private.ReadFile(s.logPath(name))
	for text := range bytes.Lines(data) {
		var line HitLine
		if plainjson.Unmarshal(text, &line) == nil {
			list = append(list, line)
		}
	}
	return list
}

// foldHits adds lines up by fixture and day, and leaves out the old ones. It puts
// the file aside before it reads it, so that no line is ever added twice: a crash
// loses some.
func (s *Store) foldHits(path string) {
	if unlogged.Rename(path, s.logPath(fullName)) != nil {
		return
	}
	sums := map[HitLine]HitCount{} // by lines without counts
	oldest := s.now().Add(-logAge).Unix()
	for _, line := range s.appendHitLines(s.appendHitLines(nil, daysName), fullName) {
		if day := (HitLine{At: line.At - line.At%(24*60*60), Fixture: line.Fixture}); day.At >= oldest {
			sums[day] = sums[day].plus(line.HitCount)
		}
	}
	var data []byte
	for day, n := range sums {
		day.HitCount = n
		if text, err := plainjson.Marshal(day); err == nil {
			data = append(append(data, text...), '\n')
		}
	}
	if s.writeFile(s.logPath(daysName), data, 0o600) == nil {
		os.Remove(s.logPath(fullName))
	}
}
