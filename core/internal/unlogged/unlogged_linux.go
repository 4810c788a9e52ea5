package unlogged

import (
	"io/fs"
	"os"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const noAccess = syscall.O_NOATIME

// A Dir is an open directory. Files in it are looked at by system calls that name the
// directory by its descriptor, so that the kernel need not resolve its path: in a deep
// directory that is most of the work.
type Dir struct {
	fd   int
	path string
}

// DirOf returns the directory at path that f was opened for, until f is closed.
func DirOf(f *os.File, path string) Dir { return Dir{int(f.Fd()), path} }

// Lstat describes what is at a name in the directory.
func (d Dir) Lstat(name string) (Stat, error) {
	var st unix.Stat_t
	err := retry(func() error { return unix.Fstatat(d.fd, name, &st, unix.AT_SYMLINK_NOFOLLOW) })
	if err != nil {
		return Stat{}, &fs.PathError{Op: "lstat", Path: d.path + string(os.PathSeparator) + name, Err: err}
	}
	return Stat{st.Size, st.Mtim.Nano(), st.Ctim.Nano(), st.Ino, uint64(st.Dev), mode(st.Mode)}, nil
}

// FileClock is the earliest time, in nanoseconds since 1970, that the kernel
// would stamp a file with that is changed from now on. Files get the time of
// the last tick of the kernel's clock, up to 10 ms ago; since Linux 6.13 also a
// later one, but none that lies in the future.
func FileClock() int64 {
	var ts unix.Timespec
	if unix.ClockGettime(unix.CLOCK_REALTIME_COARSE, &ts) == nil {
		return ts.Nano()
	}
	return time.Now().Add(-longestTick).UnixNano()
}

// maxAncestors bounds the walk: go test, perhaps a wrapper of -exec, a task
// runner, shells.
const maxAncestors = 16

// Ancestors yields the directories below /proc of the processes above this one,
// its parent first. Those of other users may not let themselves be read.
func Ancestors(yield func(proc string) bool) {
	pid := os.Getppid()
	for range maxAncestors {
		proc := "/proc/" + strconv.Itoa(pid)
		if pid <= 1 || !yield(proc) {
			return
		}
		status, _ := ReadFile(proc + "/status")
		_, rest, _ := strings.Cut(string(status), "\nPPid:")
		line, _, _ := strings.Cut(rest, "\n")
		pid, _ = strconv.Atoi(strings.TrimSpace(line))
	}
}

// Names lists the names in a directory, in order. It is for what is listed when a
// process starts, or often: package os would start its poller, take memory for much
// larger directories, and ask of each what its descriptor is for.
func Names(path string) (names []string, err error) {
	fd, err := open(path, syscall.O_DIRECTORY, 0)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	defer syscall.Close(fd)
	var buf [8 << 10]byte
	for {
		n, err := syscall.ReadDirent(fd, buf[:])
		switch {
		case err == syscall.EINTR:
		case err != nil:
			return nil, &fs.PathError{Op: "readdirent", Path: path, Err: err}
		case n <= 0:
			sort.Strings(names)
			return names, nil
		default:
			_, _, names = syscall.ParseDirent(buf[:n], -1, names)
		}
	}
}
