//go:build !unix

package unlogged

import "io/fs"

// HasOwners is whether files have owners, and bits of modes that say what others
// may do with them.
const HasOwners = false

// StatLinks is StatPath, and how many names the file has, 0 where the system
// does not say.
func StatLinks(path string) (Stat, uint64, error) {
	st, err := stat(path)
	return st, 0, err
}

// StatOwner is StatPath, and whose the file is.
func StatOwner(path string) (Stat, uint32, error) {
	st, err := stat(path)
	return st, 0, err
}

// LstatOwner is LstatPath, and whose the file is.
func LstatOwner(path string) (Stat, uint32, error) {
	st, err := lstat(path)
	return st, 0, err
}

// Owner returns whose the file is that os.Stat or os.Lstat described.
func Owner(fs.FileInfo) uint32 { return 0 }

// FromInfo returns the Stat of what os.Stat or os.Lstat returned. FileInfo has
// no change time and no inode here: size and modification time must do.
func FromInfo(info fs.FileInfo) Stat {
	return Stat{Size: info.Size(), ModTime: info.ModTime().UnixNano(), Mode: info.Mode()}
}
