package store

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/plainjson"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// Hits are counted in a file of lines: a test binary has no exit at which it could
// write a sum, and a file for each process would be many. A line is appended for
// each hit of a fixture in a process, and once there are many of them, for a few
// together. Who reads the file adds its lines up.

// maxHits is the size at which the file is put aside, to be added to the sums
// by the next trim.
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

func (s *Store) hitsPath() string     { return s.logPath("hits.jsonl") }
func isHitsFile(name string) bool     { ok, _ := filepath.Match("hits.*.jsonl", name); return ok }
func rotatedHits(at time.Time) string { return fmt.Sprintf("hits.%d.jsonl", at.UnixNano()) }

// appendHits adds a line for a fixture.
func (s *Store) appendHits(f Fixture, n HitCount) error {
	line, err := plainjson.Marshal(HitLine{os.Getppid(), s.now().Unix(), f, n})
	if err != nil {
		return err
	}
	end, err := s.appendLog(s.hitsPath(), line)
	if end > maxHits {
		unlogged.Rename(s.hitsPath(), s.logPath(rotatedHits(s.now())))
	}
	return err
}
