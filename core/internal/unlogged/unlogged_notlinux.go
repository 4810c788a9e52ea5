//go:build !linux

package unlogged

import (
	"os"
	"time"
)

// A Dir is an open directory, here its path.
type Dir struct{ path string }

// DirOf is the directory at path that f was opened for, until that is closed.
func DirOf(f *os.File, path string) Dir { return Dir{path} }

// Lstat describes what is at a name in the directory.
func (d Dir) Lstat(name string) (Stat, error) {
	return LstatPath(d.path + string(os.PathSeparator) + name)
}

// FileClock is the earliest time, in nanoseconds since 1970, that the system
// would stamp a file with that is changed from now on.
func FileClock() int64 { return time.Now().Add(-longestTick).UnixNano() }

// Ancestors yields nothing: other systems do not tell without a command.
func Ancestors(func(proc string) bool) {}

func awaitExit(int) {}

func faultsOf(any) int64 { return 0 }

// Children is what the system knows of the processes that this one has started.
type Children struct{}

// ChildrenNow returns what is known now.
func ChildrenNow() Children { return Children{} }

// StartedNone reports that no process was started since c was taken. It is not
// known here.
func (Children) StartedNone() bool { return false }

// Names lists the names in a directory, in order.
func Names(path string) (names []string, err error) {
	entries, err := ReadDir(path)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names, err
}
