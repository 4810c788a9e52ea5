//go:build unix

package helper

import (
	"os/signal"
	"syscall"
)

// ignoreBrokenPipe keeps the process alive if it writes an answer to a test that was
// killed, so that it still removes its directory.
func ignoreBrokenPipe() { signal.Ignore(syscall.SIGPIPE) }
