//go:build !unix && !windows

package unlogged

import (
	"io/fs"
	"os"
	"sync"
)

const NoWait, Plain = 0, 0

const onlyDir = 0

var Forks sync.RWMutex

func IsLink(error) bool { return false }

func Rename(from, to string) error { return os.Rename(from, to) }

func openFile(path string, flag int, perm fs.FileMode) (*os.File, error) {
	return os.OpenFile(path, flag, perm)
}

func stat(path string, follow bool) (Stat, error) {
	look := os.Lstat
	if follow {
		look = os.Stat
	}
	info, err := look(path)
	if err != nil {
		return Stat{}, err
	}
	return FromInfo(info), nil
}
