//go:build unix && !aix

package remote

import (
	"errors"
	"syscall"
	"testing"
)

func TestStopped(t *testing.T) {
	c := startFake(t, "plain", short)
	stop(t, c.cmd.Process.Pid)
	if _, err := c.ask(&Request{Command: CmdGet}, nil); err == nil || err.Error() != "it has not answered for 300ms" {
		t.Error(err)
	}
}

// stop stops a child, and returns when it has: the signal alone may reach it
// after an answer.
func stop(t *testing.T, pid int) {
	t.Helper()
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	for {
		var status syscall.WaitStatus
		_, err := syscall.Wait4(pid, &status, syscall.WUNTRACED, nil)
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if err != nil || !status.Stopped() {
			t.Fatalf("the helper did not stop: %v, status %v", err, status)
		}
		return
	}
}
