package store

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/plainjson"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// Hits are counted in a file of lines, one for each process and fixture, whose
// numbers the process rewrites in place at further hits: a test binary has
// no exit at which it could write a sum, a line for each hit would be many, and
// a file for each process too.
//
// A line is appended, and found again at the place where the append left off.
// Before it is written to it is compared with what was appended: the file may
// have been rotated away since.

// maxHits is the size at which the file is put aside, to be added to the sums
// by the next trim.
const maxHits = 1 << 20

// uncounted is the share of a fixture's hits in one process that may be lost at
// its end: a fuzz body asks a hundred thousand times.
const uncounted = 1 << 10

// A HitCount is a number of hits and the time that they saved.
type HitCount struct {
	Hits    int64 `json:"hits"`
	SavedMS int64 `json:"saved_ms"`
}

func (n HitCount) plus(m HitCount) HitCount {
	return HitCount{n.Hits + m.Hits, n.SavedMS + m.SavedMS}
}

// A HitLine is a line of the file: the hits of one fixture in one process, or
// those of a day, which Time begins, where lines have been added up.
type HitLine struct {
	Run  int       `json:"run,omitempty"` // process id of what started the process: the go command
	Time time.Time `json:"time"`          // of the first hit
	Fixture
	HitCount
}

// counters are the lines of this process.
type counters struct {
	mu    sync.Mutex
	off   bool     // the file cannot be written to
	file  *os.File // for rewriting, once there is a second hit
	lines map[Fixture]*counter
}

// A Fixture is who a hit is counted for.
type Fixture struct {
	Package string `json:"pkg"`
	Key     string `json:"key"`
}

// A counter is a line.
type counter struct {
	HitCount
	written  HitCount
	text     []byte // as it was appended
	at       int64  // where
	tail     int    // where the numbers begin in it
	verified *os.File
}

// CountHit counts a hit that saved so much time. It fails without a word:
// there is nobody whom it would help.
func (s *Store) CountHit(pkg, key string, saved time.Duration) {
	c := &s.counters
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.off {
		return
	}
	if c.lines == nil {
		c.lines = map[Fixture]*counter{}
	}
	f := Fixture{pkg, key}
	more := HitCount{1, saved.Milliseconds()}
	if line := c.lines[f]; line != nil {
		line.HitCount = line.plus(more)
		if line.Hits-line.written.Hits <= line.written.Hits/uncounted || s.rewriteHits(line) {
			return
		}
		more = HitCount{line.Hits - line.written.Hits, line.SavedMS - line.written.SavedMS}
	}
	line, err := s.appendHits(f, more)
	c.lines[f], c.off = line, err != nil
}

func hitsDir(s *Store) string     { return filepath.Join(s.dir, "log") }
func (s *Store) hitsPath() string { return filepath.Join(hitsDir(s), "hits.jsonl") }
func numbersOf(n HitCount) []byte {
	return fmt.Appendf(nil, `,"hits":%-12d,"saved_ms":%-16d}`, n.Hits, n.SavedMS)
}
func isHitsFile(name string) bool     { ok, _ := filepath.Match("hits.*.jsonl", name); return ok }
func rotatedHits(at time.Time) string { return fmt.Sprintf("hits.%d.jsonl", at.UnixNano()) }

// appendHits adds a line for a fixture.
func (s *Store) appendHits(f Fixture, n HitCount) (*counter, error) {
	head := hitHead(os.Getppid(), s.now(), f)
	line := &counter{HitCount: n, written: n, tail: len(head), text: append(append(head, numbersOf(n)...), '\n')}
	const flag = os.O_WRONLY | os.O_CREATE | os.O_APPEND | unlogged.Plain
	file, err := unlogged.CreateBare(s.hitsPath(), flag, 0o600)
	if os.IsNotExist(err) {
		if err := makeDir(hitsDir(s)); err != nil {
			return nil, err
		}
		file, err = unlogged.CreateBare(s.hitsPath(), flag, 0o600)
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	end, err := file.Append(line.text)
	line.at = end - int64(len(line.text))
	if end > maxHits {
		os.Rename(s.hitsPath(), filepath.Join(hitsDir(s), rotatedHits(s.now())))
	}
	return line, err
}

// hitHead is a HitLine up to its numbers.
func hitHead(run int, at time.Time, f Fixture) []byte {
	b := strconv.AppendInt([]byte(`{"run":`), int64(run), 10)
	b = at.UTC().Truncate(time.Second).AppendFormat(append(b, `,"time":"`...), time.RFC3339)
	b = plainjson.AppendString(append(b, `","pkg":`...), f.Package)
	return plainjson.AppendString(append(b, `,"key":`...), f.Key)
}

// rewriteHits writes the numbers of a line anew. It reports false if the line
// is not where it was.
func (s *Store) rewriteHits(line *counter) bool {
	c := &s.counters
	if line.verified == nil && !line.isIn(c.file) {
		file, err := unlogged.OpenFile(s.hitsPath(), os.O_RDWR|unlogged.Plain, 0)
		if err != nil || !line.isIn(file) {
			return false
		}
		c.file = file // the one before may still be written to by its lines
	}
	_, err := line.verified.WriteAt(numbersOf(line.HitCount), line.at+int64(line.tail))
	line.written = line.HitCount
	return err == nil
}

func (line *counter) isIn(file *os.File) bool {
	if file == nil {
		return false
	}
	found := make([]byte, len(line.text))
	if _, err := file.ReadAt(found, line.at); err != nil || !bytes.Equal(found, line.text) {
		return false
	}
	line.verified = file
	return true
}
