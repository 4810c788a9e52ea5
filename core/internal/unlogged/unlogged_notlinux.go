//go:build !linux

package unlogged

import (
	"os"
	"time"
)

const noAccess = 0

// A Dir is an open directory, here its path.
type Dir struct{ path string }

func DirOf(f *os.File, path string) Dir { return Dir{path} }

func (d Dir) Lstat(name string) (Stat, error) {
	return LstatPath(d.path + string(os.PathSeparator) + name)
}

func FileClock() int64 { return time.Now().Add(-longestTick).UnixNano() }

// Ancestors yields nothing: other systems do not tell without a command.
func Ancestors(func(proc string) bool) {}

func awaitExit(int) {}

func faultsOf(any) int64 { return 0 }

type Children struct{}

func ChildrenNow() Children { return Children{} }

// StartedNone returns false: it is not known here.
func (Children) StartedNone() bool { return false }

func Names(path string) (names []string, err error) {
	entries, err := ReadDir(path)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names, err
}
