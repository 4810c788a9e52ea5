//go:build !plan9

package input

import (
	"errors"
	"syscall"
)

// errorNumber is the system's number of an error, -1 if it has none.
func errorNumber(err error) int64 {
	var number syscall.Errno
	if !errors.As(err, &number) {
		return -1
	}
	return int64(number)
}

// errorText is what the system says to a number.
func errorText(number int64) string { return syscall.Errno(number).Error() }
