package trace

import (
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// Children is what the system knows of the processes that this one has started:
// what those have used that are over, and whether there are others.
type Children struct {
	used  syscall.Rusage
	alive bool
}

// Flags of waitid (linux/wait.h), which package syscall does not have.
const (
	waitNoHang = 0x1
	waitExited = 0x4
	waitNoWait = 0x1000000
)

// ChildrenNow returns what is known now.
func ChildrenNow() (c Children) {
	const allChildren = 0 // P_ALL
	_, _, errno := syscall.Syscall6(syscall.SYS_WAITID, allChildren, 0, 0, waitExited|waitNoHang|waitNoWait, 0, 0)
	c.alive = errno != syscall.ECHILD && !onlyOurs() || syscall.Getrusage(syscall.RUSAGE_CHILDREN, &c.used) != nil
	return c
}

// ours is the process that this package's users have started for themselves, which
// none of the tests knows.
var ours atomic.Int64

// Ours says that a process is none of the tests'.
func Ours(pid int) { ours.Store(int64(pid)) }

// onlyOurs reports whether there is no process but that one. The system lists them
// by the threads that started them.
func onlyOurs() bool {
	pid := strconv.FormatInt(ours.Load(), 10)
	if pid == "0" {
		return false
	}
	threads, err := unlogged.ReadDir("/proc/self/task")
	for _, thread := range threads {
		var list []byte
		list, err = unlogged.ReadFile("/proc/self/task/" + thread.Name() + "/children")
		if err != nil || strings.Trim(string(list), " \n") != pid && len(list) > 0 {
			return false // or a thread has ended meanwhile
		}
	}
	return err == nil && len(threads) > 0
}

// StartedNone reports that no process was started since c was taken: there is
// none now, and none has come to its end, which would have used something.
func (c Children) StartedNone() bool { return ChildrenNow() == Children{used: c.used} }
