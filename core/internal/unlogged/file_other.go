//go:build !unix

package unlogged

import "io/fs"

const HasOwners = false

func StatSys(path string, follow bool) (Stat, Owner, error) {
	st, err := stat(path, follow)
	return st, Owner{}, err
}

func OwnerOf(fs.FileInfo) Owner { return Owner{} }

// FromInfo has no change time and no inode here: size and modification time must do.
func FromInfo(info fs.FileInfo) Stat {
	return Stat{Size: info.Size(), ModTime: info.ModTime().UnixNano(), Mode: info.Mode()}
}
