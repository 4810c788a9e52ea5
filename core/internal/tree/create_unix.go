//go:build unix

package tree

import (
	"os"
	"syscall"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

func createFile(_ *os.Root, _, path string) (*os.File, error) {
	return unlogged.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL|syscall.O_NOFOLLOW, 0o600)
}
