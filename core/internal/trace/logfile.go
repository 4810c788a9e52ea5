package trace

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/private"
)

// makeLog makes the file that package testing is asked to keep its log in, or
// says why there can be none. Package testing ends the process with status 2
// where it cannot open or write the file, which is ours: so it is tried here.
// Package os is safe to use: nothing is logged before m.Run.
func makeLog() (path string, err error) {
	path, err = memoryLog()
	if err == nil || errors.Is(err, syscall.EMFILE) {
		return path, err // a file elsewhere would need as many descriptors
	}
	dir, err := private.Dir(os.TempDir(), logDir())
	if err != nil {
		return "", err
	}
	f, err := os.CreateTemp(dir, "")
	if err != nil {
		return "", err
	}
	_, err = f.Write(make([]byte, roomForLog))
	if err = errors.Join(err, f.Truncate(0), f.Close()); err != nil {
		os.Remove(f.Name())
	}
	return f.Name(), err
}

// roomForLog is what must be free where the log goes: more than most logs take.
const roomForLog = 64 << 10

// logDir names the private directory that injected logs lie in where they cannot lie
// in memory, one for a user.
func logDir() string { return "cachetest-log-" + strconv.Itoa(os.Getuid()) }

// isLogFile reports whether a name in it is one of makeLog's.
func isLogFile(name string) bool { return strings.Trim(name, "0123456789") == "" }

// inherited reports whether a log file is one that another process, of which
// we have got the arguments, injected.
func inherited(path string) bool {
	return inMemory(path) || private.Named(filepath.Base(filepath.Dir(path)), logDir()) && isLogFile(filepath.Base(path))
}

// sweepAge is how long the log of a process that never asked for it is kept:
// longer than tests run.
const sweepAge = 24 * time.Hour

// sweepEvery is how many processes there are to one that removes what dead ones left.
const sweepEvery = 16
