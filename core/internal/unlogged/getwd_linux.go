package unlogged

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// Getwd is syscall.Getwd without a buffer of 4 KiB on the stack: that of a process
// that starts would have to grow for it, which takes as long as ten system calls.
func Getwd() (string, error) {
	buf := make([]byte, 256)
	if n, err := unix.Getcwd(buf); err == nil && n > 1 && buf[0] == '/' {
		return string(buf[:n-1]), nil
	}
	return syscall.Getwd() // for a longer one, and for the error
}
