package store

import (
	"os"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
	"golang.org/x/sys/unix"
)

// cloneFile makes dst share the blocks of src until one of them is written to
// (XFS, btrfs): it costs the same for any size.
func cloneFile(dst, src *os.File) error {
	return unix.IoctlFileClone(int(dst.Fd()), int(src.Fd()))
}

// syncFileSystem makes durable all that was written to dir's file system.
func syncFileSystem(dir string) error {
	f, err := unlogged.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	return unix.Syncfs(int(f.Fd()))
}
