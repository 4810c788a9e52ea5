package trace

import "syscall"

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
	c.alive = errno != syscall.ECHILD || syscall.Getrusage(syscall.RUSAGE_CHILDREN, &c.used) != nil
	return c
}

// StartedNone reports that no process was started since c was taken: there is
// none now, and none has come to its end, which would have used something.
func (c Children) StartedNone() bool { return ChildrenNow() == Children{used: c.used} }
