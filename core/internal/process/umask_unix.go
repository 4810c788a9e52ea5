//go:build unix && !linux

package process

import "syscall"

// umask returns the umask that the process began with. It is asked for while
// nothing else makes files: to ask is to set another.
func umask() int { return umaskAtStart }

var umaskAtStart = func() int {
	mask := syscall.Umask(0o077)
	syscall.Umask(mask)
	return mask
}()
