//go:build unix

package remote

import (
	"syscall"
	"testing"
)

func TestStopped(t *testing.T) {
	c := startFake(t, "plain", short)
	c.cmd.Process.Signal(syscall.SIGSTOP)
	if _, err := c.ask(&Request{Command: CmdGet}, nil); err == nil || err.Error() != "it has not answered for 300ms" {
		t.Error(err)
	}
}
