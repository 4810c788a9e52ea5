//go:build !unix

package unlogged

import (
	"io/fs"
	"os"
)

const HasOwners = false

func StatSys(path string, follow bool) (Stat, Owner, error) {
	st, err := stat(path, follow)
	return st, Owner{}, err
}

func ReadPlain(path string) (data []byte, st Stat, owner Owner, err error) {
	f, err := OpenFile(path, os.O_RDONLY|Plain, 0)
	if err != nil {
		return nil, st, owner, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, st, owner, err
	}
	data, err = ReadAll(f, info.Size())
	return data, FromInfo(info), owner, err
}

func OwnerOf(fs.FileInfo) Owner { return Owner{} }

// FromInfo has no change time and no inode here: size and modification time must do.
func FromInfo(info fs.FileInfo) Stat {
	return Stat{Size: info.Size(), ModTime: info.ModTime().UnixNano(), Mode: info.Mode()}
}
