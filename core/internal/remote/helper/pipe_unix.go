//go:build unix

package helper

import (
	"os/signal"
	"syscall"
)

// ignoreBrokenPipe keeps the process alive where a test is killed while an answer
// is on its way: there is a directory to remove.
func ignoreBrokenPipe() { signal.Ignore(syscall.SIGPIPE) }
