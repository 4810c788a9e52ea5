package trace

import (
	"strconv"
	"strings"
	"syscall"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// Children is what the system knows of the processes that this one has started, but
// for those of ours: what those have used that are over, and whether there are others.
type Children struct {
	used   syscall.Rusage // those of ours as well
	faults int64
	alive  bool
}

// Flags of waitid (linux/wait.h), which package syscall does not have.
const (
	waitNoHang = 0x1
	waitExited = 0x4
	waitNoWait = 0x1000000
)

// ChildrenNow returns what is known now.
func ChildrenNow() (c Children) {
	unlogged.Processes(func(running map[int]bool, faults int64) {
		const allChildren = 0 // P_ALL
		_, _, errno := syscall.Syscall6(syscall.SYS_WAITID, allChildren, 0, 0, waitExited|waitNoHang|waitNoWait, 0, 0)
		c.alive = errno != syscall.ECHILD && !only(running) || syscall.Getrusage(syscall.RUSAGE_CHILDREN, &c.used) != nil
		c.faults = int64(c.used.Minflt) + int64(c.used.Majflt) - faults
	})
	return c
}

// only reports whether there are no processes but these. The system lists them by the
// threads that started them.
func only(running map[int]bool) bool {
	if len(running) == 0 {
		return false
	}
	threads, err := unlogged.ReadDir("/proc/self/task")
	for _, thread := range threads {
		list, err := unlogged.ReadFile("/proc/self/task/" + thread.Name() + "/children")
		if err != nil {
			return false // or a thread has ended meanwhile
		}
		for _, text := range strings.Fields(string(list)) {
			if pid, err := strconv.Atoi(text); err != nil || !running[pid] {
				return false
			}
		}
	}
	return err == nil && len(threads) > 0
}

// StartedNone reports that no process was started since c was taken: there is
// none now, and none has come to its end, which would have used something. A program
// cannot run without a page fault; the process by which package os tries what the
// system can do has none.
func (c Children) StartedNone() bool {
	now := ChildrenNow()
	if now.alive || now.used == c.used {
		return !now.alive
	}
	var self syscall.Rusage
	err := syscall.Getrusage(syscall.RUSAGE_SELF, &self)
	return now.faults == c.faults && err == nil && self.Minflt > 0 // else they are not counted here
}
