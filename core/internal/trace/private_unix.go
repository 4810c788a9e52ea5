//go:build unix

package trace

import (
	"io/fs"
	"os"
	"syscall"
)

// Private reports whether only this user can look into a directory.
func Private(info fs.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(st.Uid) == os.Getuid() && info.Mode().Perm()&0o077 == 0
}
