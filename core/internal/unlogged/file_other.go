//go:build !unix

package unlogged

import "io/fs"

func statLinks(path string) (Stat, uint64, error) {
	st, err := stat(path)
	return st, 0, err
}

// FromInfo returns the Stat of what os.Stat or os.Lstat returned. FileInfo has
// no change time and no inode here: size and modification time must do.
func FromInfo(info fs.FileInfo) Stat {
	return Stat{Size: info.Size(), ModTime: info.ModTime().UnixNano(), Mode: info.Mode()}
}
