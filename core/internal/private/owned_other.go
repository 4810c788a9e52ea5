//go:build !unix

package private

import (
	"io/fs"
	"os"
)

// modeCounts is whether mode bits say who may write.
const modeCounts = false

// An owned says whose a file is: here anybody's who can reach it.
type owned struct {
	mode fs.FileMode
	uid  uint32
	ours bool
}

func lstat(path string) (owned, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return owned{}, err
	}
	return ownedBy(info), nil
}

func stat(path string) (owned, error) {
	info, err := os.Stat(path)
	if err != nil {
		return owned{}, err
	}
	return ownedBy(info), nil
}

func ownedBy(info fs.FileInfo) owned { return owned{mode: info.Mode(), ours: true} }

func isOurs(uint32) bool { return true }
