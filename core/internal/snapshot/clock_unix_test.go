//go:build unix

package snapshot

import (
	"syscall"
	"time"
)

// processorTime is what this process has used so far: others on the machine do
// not count.
func processorTime() time.Duration {
	var use syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &use)
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}
