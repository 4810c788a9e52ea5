package trace

import (
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// memoryPrefix begins the names of logs that lie in memory. The "/././" tells
// them from any other file descriptor that somebody may name, and an opening of
// them in the log from what tests read.
const memoryPrefix = "/proc/self/././fd/"

// memoryLog makes a log file that lies in memory and has no name: a temporary
// directory that is full or read-only does not matter to it, and nothing is
// left behind. It opens the file as package testing will, which ends the
// process where it cannot.
func memoryLog() (path string, ok bool) {
	fd, err := unix.MemfdCreate("cachetest-log", unix.MFD_CLOEXEC)
	if err != nil {
		return "", false
	}
	path = memoryPrefix + strconv.Itoa(fd)
	again, err := unix.Open(path, unix.O_RDWR|unix.O_CREAT|unix.O_TRUNC|unix.O_CLOEXEC, 0o666)
	if err != nil {
		unix.Close(fd)
		return "", false
	}
	unix.Close(again)
	return path, true // the descriptor stays open: it is all that holds the file
}

// inMemory reports whether a log file is one of memoryLog's, of this process or
// of the one that handed us its arguments.
func inMemory(path string) bool { return strings.HasPrefix(path, memoryPrefix) }
