//go:build unix

package private

import (
	"io/fs"
	"os"
	"syscall"
)

// modeCounts is whether mode bits say who may write.
const modeCounts = true

// An owned says whose a file is.
type owned struct {
	mode fs.FileMode // type and permissions
	uid  uint32
	ours bool
}

func lstat(path string) (owned, error) { return status(syscall.Lstat, path) }
func stat(path string) (owned, error)  { return status(syscall.Stat, path) }

// status does without package os, which would log the look.
func status(call func(string, *syscall.Stat_t) error, path string) (owned, error) {
	var st syscall.Stat_t
	err := call(path, &st)
	for err == syscall.EINTR {
		err = call(path, &st)
	}
	if err != nil {
		return owned{}, &fs.PathError{Op: "stat", Path: path, Err: err}
	}
	mode := fs.FileMode(st.Mode & 0o777)
	switch st.Mode & syscall.S_IFMT {
	case syscall.S_IFDIR:
		mode |= fs.ModeDir
	case syscall.S_IFLNK:
		mode |= fs.ModeSymlink
	case syscall.S_IFREG:
	default:
		mode |= fs.ModeIrregular
	}
	return owned{mode, st.Uid, isOurs(st.Uid)}, nil
}

// isOurs goes by the effective user, as whom files are made.
func isOurs(uid uint32) bool { return int(uid) == os.Geteuid() }

func ownedBy(info fs.FileInfo) owned {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return owned{mode: info.Mode()}
	}
	return owned{info.Mode(), st.Uid, isOurs(st.Uid)}
}
