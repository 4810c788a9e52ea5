package unlogged

import (
	"strconv"
	"strings"
	"syscall"
)

// Children is what the system knows of the processes that this one has started, but
// for those of ours.
type Children struct {
	faults int64 // page faults of those that are over
	alive  bool  // there are others, or the system does not tell
}

// Constants of waitid (linux/wait.h), which package syscall does not have.
const (
	anyChild   = 0 // P_ALL
	oneChild   = 1 // P_PID
	waitNoHang = 0x1
	waitExited = 0x4
	waitNoWait = 0x1000000
)

func waitID(which, pid, options int) syscall.Errno {
	_, _, errno := syscall.Syscall6(syscall.SYS_WAITID, uintptr(which), uintptr(pid), 0, uintptr(options), 0, 0)
	return errno
}

// awaitExit returns when a child has ended, and can still be waited for.
func awaitExit(pid int) {
	for waitID(oneChild, pid, waitExited|waitNoWait) == syscall.EINTR {
	}
}

// faultsOf returns the page faults in a *syscall.Rusage.
func faultsOf(usage any) int64 {
	if usage, ok := usage.(*syscall.Rusage); ok {
		return int64(usage.Minflt) + int64(usage.Majflt)
	}
	return 0
}

// ChildrenNow returns the children of this process as they are now.
func ChildrenNow() (c Children) {
	ours.Lock()
	defer ours.Unlock()
	var self, used syscall.Rusage
	c.alive = waitID(anyChild, 0, waitExited|waitNoHang|waitNoWait) != syscall.ECHILD && !onlyOurs() ||
		syscall.Getrusage(syscall.RUSAGE_CHILDREN, &used) != nil ||
		syscall.Getrusage(syscall.RUSAGE_SELF, &self) != nil || self.Minflt == 0 // page faults are not counted
	c.faults = faultsOf(&used) - ours.faults
	return c
}

// onlyOurs reports whether there are no processes but ours. The system lists them by
// the threads that started them.
func onlyOurs() bool {
	if len(ours.running) == 0 {
		return false
	}
	threads, err := ReadDir("/proc/self/task")
	for _, thread := range threads {
		list, err := ReadFile("/proc/self/task/" + thread.Name() + "/children")
		if err != nil {
			return false // or a thread has ended meanwhile
		}
		for _, text := range strings.Fields(string(list)) {
			if pid, err := strconv.Atoi(text); err != nil || !ours.running[pid] {
				return false
			}
		}
	}
	return err == nil && len(threads) > 0
}

// StartedNone reports whether no process was started since c was taken: there is none
// now, and none has ended. A program cannot run without a page fault; the process by
// which package os tries what the system can do has none.
func (c Children) StartedNone() bool {
	now := ChildrenNow()
	return !now.alive && now.faults == c.faults
}
