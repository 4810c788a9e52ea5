package unlogged

import (
	"os/exec"
	"sync"
)

// ours holds the processes that the cache itself has started: Children leaves them out.
var ours struct {
	sync.Mutex
	running map[int]bool // those that have not been waited for
	faults  int64        // page faults of the others
}

// Start starts a command of ours, to be waited for by Wait.
func Start(cmd *exec.Cmd) error {
	ours.Lock()
	defer ours.Unlock()
	err := cmd.Start()
	if err == nil {
		if ours.running == nil {
			ours.running = map[int]bool{}
		}
		ours.running[cmd.Process.Pid] = true
	}
	return err
}

// Wait waits for a command that Start has started.
func Wait(cmd *exec.Cmd) error {
	awaitExit(cmd.Process.Pid)
	ours.Lock()
	defer ours.Unlock()
	err := cmd.Wait()
	delete(ours.running, cmd.Process.Pid)
	if cmd.ProcessState != nil {
		ours.faults += faultsOf(cmd.ProcessState.SysUsage())
	}
	return err
}
