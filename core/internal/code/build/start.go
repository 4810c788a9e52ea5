package build

import (
	"path/filepath"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// startDir is where the process began, found before a test can change directory.
// That takes a few microseconds.
var startDir = workingDir()

// workingDir returns what os.Getwd does, which would be logged as a read of $PWD.
func workingDir() string {
	dir, err := unlogged.Getwd()
	if err != nil {
		return ""
	}
	return spelled(dir, envNow("PWD"))
}

// spelled returns a working directory as os.Getwd does, and with it the go
// command: in the spelling of $PWD, which may lead through symbolic links, where
// that is the same directory. The names of the files that it compiles, and where
// it looks for go.mod and go.work, follow from that spelling.
func spelled(dir, pwd string) string {
	if pwd == dir || !filepath.IsAbs(pwd) {
		return dir
	}
	if SameFile(pwd, dir) {
		return pwd
	}
	return dir
}

// SameFile reports whether two paths surely lead to one file or directory.
func SameFile(a, b string) bool {
	x, err1 := unlogged.StatPath(a)
	y, err2 := unlogged.StatPath(b)
	return err1 == nil && err2 == nil && x.Inode != 0 && x.Inode == y.Inode && x.Device == y.Device
}
