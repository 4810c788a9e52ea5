package store

import (
	"os"
	"syscall"

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

// isLocal reports whether a file that is removed stays on a file system for who
// has it mapped (magic numbers of statfs(2)). On network file systems it may go
// at once, and the next look at its memory kills the process.
func isLocal(fileSystem int64) bool {
	switch fileSystem & 0xffffffff {
	case 0xef53, // ext2, 3, 4
		0x58465342, // xfs
		0x9123683e, // btrfs
		0x01021994, // tmpfs
		0x794c7630, // overlay
		0x2fc12fc1, // zfs
		0xf2f52010, // f2fs
		0xca451a4e: // bcachefs
		return true
	}
	return false
}

func mapsSafely(f *os.File) bool {
	var st syscall.Statfs_t
	return syscall.Fstatfs(int(f.Fd()), &st) == nil && isLocal(int64(st.Type))
}

func mapPrivate(f *os.File, size int) ([]byte, error) {
	return syscall.Mmap(int(f.Fd()), 0, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE)
}
