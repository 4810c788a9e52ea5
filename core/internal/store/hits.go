package store

import (
	"bytes"
	"os"
	"sync"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/plainjson"
)

// Hits are counted in a log: a test binary has no exit at which it could write a
// sum, and a file for each process would be many. A line is appended for each hit
// of a fixture in a process, and once there are many of them, for a few together.
// A reader of the log adds its lines up.

// uncounted is the share of a fixture's hits in one process that may be lost at
// its end: a fuzz body asks a hundred thousand times.
const uncounted = 1 << 8

// A HitCount is a number of hits and the time that they saved.
type HitCount struct {
	Hits    int64 `json:"hits"`
	SavedMS int64 `json:"saved_ms"`
}

// A HitLine is a line of the log: hits of one fixture in one process.
type HitLine struct {
	Run int   `json:"run,omitempty"` // process id of what started the process: the go command
	At  int64 `json:"at"`            // the time of the hit, in seconds since 1970
	Fixture
	HitCount
}

// Time returns the time of the hit.
func (l *HitLine) Time() time.Time { return time.Unix(l.At, 0) }

// A Fixture names the fixture that a hit is counted for.
type Fixture struct {
	Package string `json:"pkg"`
	Key     string `json:"key"`
}

// counters are the hits of this process.
type counters struct {
	mu    sync.Mutex
	off   bool // the file cannot be written to
	lines map[Fixture]counter
}

// A counter counts a fixture's hits that are in the file, and more that are not yet.
type counter struct {
	written int64
	more    HitCount
}

// CountHit counts a hit that saved so much time. It reports no error, since nobody
// could do anything about it.
func (s *Store) CountHit(pkg, key string, saved time.Duration) {
	c, f := &s.counters, Fixture{pkg, key}
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.lines[f]
	n.more = HitCount{n.more.Hits + 1, n.more.SavedMS + saved.Milliseconds()}
	if !c.off && n.more.Hits > n.written/uncounted {
		line, err := plainjson.Marshal(HitLine{os.Getppid(), s.now().Unix(), f, n.more})
		c.off = err != nil || s.appendLog("hits", line) != nil
		n.written, n.more = n.written+n.more.Hits, HitCount{}
	}
	c.lines[f] = n
}

// Hits returns what was counted. A line that is being written may not parse.
func (s *Store) Hits() (list []HitLine) {
	for text := range bytes.Lines(s.readLog("hits")) {
		var line HitLine
		if plainjson.Unmarshal(text, &line) == nil {
			list = append(list, line)
		}
	}
	return list
}
