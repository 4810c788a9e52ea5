package trace

import (
	"bytes"
	"os"
	"strconv"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
	"golang.org/x/sys/unix"
)

// startedByOther reports whether no process above this one runs the same program:
// a test that starts its own binary as a helper, or a copy of it as a command, may
// leave out arguments because it reads them itself. The first page of a Go
// program holds its build ID.
func startedByOther() bool {
	own, err := firstPage("/proc/self")
	if err != nil || os.Getppid() == 1 { // the process that started it is gone
		return false
	}
	other := true
	for proc := range unlogged.Ancestors {
		page, err := firstPage(proc)
		if other = !bytes.Equal(page, own); !other || err != nil {
			break
		}
	}
	return other
}

func firstPage(proc string) ([]byte, error) {
	f, err := unlogged.Open(proc + "/exe")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	page := make([]byte, 4<<10)
	_, err = f.ReadAt(page, 0)
	return page, err
}

// memoryPrefix begins the names of logs that lie in memory. The "/././" tells
// them from any other file descriptor that somebody may name, and an opening of
// them in the log from what tests read.
const memoryPrefix = "/proc/self/././fd/"

// spareFiles is how many descriptors must be free besides: package testing
// opens the log again, and the runtime, where it cannot have two more for the
// first file that package os opens, ends the process.
const spareFiles = 16

// memoryLog makes a log file that lies in memory and has no name: a temporary
// directory that is full or read-only does not matter to it, and nothing is
// left behind. It opens the file as package testing will, which ends the
// process where it cannot.
func memoryLog() (path string, err error) {
	fd, err := unix.MemfdCreate("cachetest-log", unix.MFD_CLOEXEC)
	if err != nil {
		return "", err
	}
	path = memoryPrefix + strconv.Itoa(fd)
	again, err := unix.Open(path, unix.O_RDWR|unix.O_CREAT|unix.O_TRUNC|unix.O_CLOEXEC, 0o666)
	if err == nil {
		unix.Close(again)
		if again, err = unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, fd+spareFiles); err != nil {
			err = unix.EMFILE // where the system says EINVAL
		}
	}
	if err != nil {
		unix.Close(fd)
		return "", err
	}
	unix.Close(again)
	return path, nil // the descriptor stays open: it is all that holds the file
}

// inMemory reports whether a log file is one of memoryLog's, of this process or
// of the one that handed us its arguments.
func inMemory(path string) bool { return strings.HasPrefix(path, memoryPrefix) }
