package unlogged

import (
	"os/exec"
	"sync"
)

// Processes of ours are no fixture's: whoever asks what processes there are and were
// leaves them out.
var processes struct {
	sync.Mutex
	running map[int]bool
	faults  int64
}

// Start starts a command of ours, to be waited for by Wait.
func Start(cmd *exec.Cmd) error {
	processes.Lock()
	defer processes.Unlock()
	err := cmd.Start()
	if err == nil {
		if processes.running == nil {
			processes.running = map[int]bool{}
		}
		processes.running[cmd.Process.Pid] = true
	}
	return err
}

// Wait waits for a command that Start has started.
func Wait(cmd *exec.Cmd) error {
	awaitExit(cmd.Process.Pid)
	processes.Lock()
	defer processes.Unlock()
	err := cmd.Wait()
	delete(processes.running, cmd.Process.Pid)
	if cmd.ProcessState != nil {
		processes.faults += faultsOf(cmd.ProcessState)
	}
	return err
}

// Processes calls a function with the processes of ours that have not been waited for,
// and the page faults of the others. None comes or goes meanwhile.
func Processes(look func(running map[int]bool, faults int64)) {
	processes.Lock()
	defer processes.Unlock()
	look(processes.running, processes.faults)
}
