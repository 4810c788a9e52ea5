package unlogged

import (
	"os"
	"syscall"
)

// awaitExit returns when a child has ended, and can still be waited for.
func awaitExit(pid int) {
	const aProcess = 1                    // P_PID (linux/wait.h)
	const exited, noWait = 0x4, 0x1000000 // WEXITED, WNOWAIT
	for {
		_, _, errno := syscall.Syscall6(syscall.SYS_WAITID, aProcess, uintptr(pid), 0, exited|noWait, 0, 0)
		if errno != syscall.EINTR {
			return
		}
	}
}

// faultsOf is what a process that is over adds to what the system says of children.
func faultsOf(state *os.ProcessState) int64 {
	usage, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	return int64(usage.Minflt) + int64(usage.Majflt)
}
