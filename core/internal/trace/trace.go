// Package trace tells what this test process has read: it reads, while the
// tests run, the log that package testing keeps for the go command (each
// os.Open, Stat, ReadDir, Chdir, Getenv and StartProcess, absent files too).
//
// It promises that what it returns holds each such call since m.Run began, or
// an error that says why it cannot. It does not see what package os does not
// log: system calls, os.Environ, what child processes read, what was read
// before m.Run. The log is the process's, not the test's: what a parallel test
// reads counts as well.
package trace

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/logged"
	"github.com/fixturecache/fixturecache/core/internal/private"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A Pos is a point in the log. The zero Pos is its beginning.
type Pos struct{ seq int }

// A Read is a thing read: a variable's name or an absolute path.
type Read struct {
	Name   string
	Before bool // read before the position asked about
	After  bool // read after it
	Own    bool // read after it, and not only in windows that were set aside
	Opened bool // opened (to read, to write or to be started), not only looked at

	Again bool // opened more than once

	// Relative says that it was read by a relative name: 1, and one more for
	// each ".." that this began with. A path read by several sorts of name is
	// listed for each.
	Relative int
}

// Reads is what was read since the log began, in the order of first reading.
type Reads struct {
	Env   []Read
	Paths []Read
	Cwd   Read // whether the working directory was asked for
}

// A Log is the log of this process.
type Log struct {
	mu    sync.Mutex
	err   error // why there is no log; nil once it is open
	open  bool
	file  *os.File
	parse parser
	read  int64 // bytes of the file that were parsed
	tail  []byte
	marks int
}

// Process is the log of this process.
var Process Log

// errNone is for a process that has no log, errEarly for one that has none yet.
var (
	errNone  = errors.New("go test keeps no log of what this process reads")
	errEarly = errors.New("package testing keeps no log of what is read before m.Run")
)

// flags is the set of the command line when the process began.
var flags = flag.CommandLine

// Flag returns a flag of package testing, nil if there is none: also where a test has
// since put a set of its own in the place of flag.CommandLine.
func Flag(name string) *flag.Flag {
	if f := flags.Lookup(name); f != nil {
		return f
	}
	return flag.Lookup(name) // in a set that somebody made before package testing defined its flags
}

// Attach opens a log that we asked for, so that a process that never reads it
// leaves no file behind.
func (l *Log) Attach() {
	if injected == "" || inMemory(injected) {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.openFile()
}

// Mark returns the present end of the log.
func (l *Log) Mark() (Pos, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	err := l.sync()
	return Pos{l.parse.seq}, err
}

// Enter opens a window: what is read until Leave can be set aside. Windows nest
// strictly; whoever opens one knows that nothing else goes on in the process.
func (l *Log) Enter() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.sync(); err != nil {
		return err
	}
	l.parse.inner = append(l.parse.inner, map[thing]int{})
	return nil
}

// Leave closes the window that was opened last. With aside, its reads do not count as
// reads of the windows around it: they are not Own.
func (l *Log) Leave(aside bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.sync(); err != nil {
		aside = false
	}
	l.parse.leave(aside)
}

// Reads returns all that was read since the log began, and of each thing
// whether that was before or after pos, or both.
func (l *Log) Reads(pos Pos) (Reads, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.sync(); err != nil {
		return Reads{}, err
	}
	var reads Reads
	for _, t := range l.parse.order {
		at := l.parse.seen[t]
		r := Read{Name: t.name, Before: at.first <= pos.seq, After: at.last > pos.seq, Own: l.parse.ownLast(t) > pos.seq, Opened: at.opens > 0, Again: at.opens > 1, Relative: t.relative}
		switch {
		case t == cwd:
			reads.Cwd = r
		case t.env:
			reads.Env = append(reads.Env, r)
		default:
			reads.Paths = append(reads.Paths, r)
		}
	}
	return reads, nil
}

// flushLen is longer than the buffer that package testing writes the log
// through (bufio's 4096 bytes): a name of that length pushes out all before it.
const flushLen = 4097

// sync makes package testing write out its buffer, and parses what is new.
func (l *Log) sync() error {
	if err := l.openFile(); err != nil {
		return err
	}
	l.marks++
	mark := logged.Mark(strconv.Itoa(os.Getpid()) + "." + strconv.Itoa(l.marks) + "/")
	os.Stat(mark + strings.Repeat("x", flushLen))
	data, err := l.readNew()
	if err != nil {
		return err
	}
	if l.read == 0 {
		return errEarly
	}
	if !bytes.Contains(data, []byte(mark)) {
		return errors.New("the log of what this process reads is closed")
	}
	if l.parse.dir == "" {
		l.parse.dir = firstDir(data)
	}
	lines := append(l.tail, data...)
	end := bytes.LastIndexByte(lines, '\n') + 1
	for line := range strings.Lines(string(lines[:end])) {
		if l.err = l.parse.line(strings.TrimSuffix(line, "\n")); l.err != nil {
			return l.err
		}
	}
	l.tail = bytes.Clone(lines[end:])
	return nil
}

// readNew returns what was added to the log. A child process that was started
// with this process's arguments truncates the log: then bytes that we have
// seen are gone or zero, and the recording is worth nothing.
func (l *Log) readNew() ([]byte, error) {
	info, err := l.file.Stat()
	if err != nil {
		return nil, err
	}
	const overlap = 16
	from := max(0, l.read-overlap)
	data := make([]byte, info.Size()-min(info.Size(), from))
	if n, err := l.file.ReadAt(data, from); err != nil {
		data = data[:n]
	}
	seen := int(l.read - from)
	if len(data) < seen || l.read > 0 && bytes.Contains(data, []byte{0}) {
		l.err = errors.New("a child process of the test truncated the log of what this process reads")
		return nil, l.err
	}
	l.read = from + int64(len(data))
	return data[seen:], nil
}

func (l *Log) openFile() error {
	if l.open || l.err != nil {
		return l.err
	}
	name := injected
	if f := Flag("test.testlogfile"); f != nil && f.Value.String() != "" {
		name = f.Value.String()
	}
	switch {
	case name != "":
	case noLog != "":
		l.err = errors.New(noLog)
		return l.err
	case testing.Testing() && !flags.Parsed() && !flag.Parsed(): // as m.Run does: the go command may have named a log
		return errEarly
	default:
		l.err = errNone
		return l.err
	}
	f, err := unlogged.Open(name)
	if errors.Is(err, fs.ErrNotExist) && name != injected {
		return errEarly // m.Run makes it
	}
	if err != nil {
		l.err = fmt.Errorf("%w: %v", errNone, err)
		return l.err
	}
	if name == injected && !inMemory(name) {
		// Ours, and open: nobody else needs the name. Package testing must not
		// either, which would open it again in a second m.Run.
		os.Remove(name)
		if f := Flag("test.testlogfile"); f != nil {
			f.Value.Set("")
		}
		if Start.Time.UnixNano()/1000%sweepEvery == 0 {
			private.Sweep(filepath.Dir(name), Start.Time.Add(-sweepAge), isLogFile, nil)
		}
	}
	l.file, l.open = f, true
	return nil
}

// firstDir returns the working directory in which the log began. TestMain may have
// left the one that the process started in, of which the log has no line: so, as long
// as it has no line of any change, it is the present one.
func firstDir(log []byte) string {
	if dir, err := syscall.Getwd(); err == nil && !bytes.Contains(log, []byte("\nchdir ")) {
		return dir
	}
	return unlogged.StartDir
}
