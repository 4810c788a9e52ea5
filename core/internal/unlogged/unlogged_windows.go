package unlogged

import (
	"errors"
	"io/fs"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/windows"
)

// NoWait has no meaning here. Plain does not follow a symbolic link. No flag of package
// os has its bit.
const NoWait, Plain = 0, windows.FILE_FLAG_OPEN_REPARSE_POINT

const onlyDir = 0

var Forks sync.RWMutex

var errLink = errors.New("it is a symbolic link")

func IsLink(err error) bool { return errors.Is(err, errLink) }

// openFile opens a file so that it can be renamed, replaced and removed while it
// is open, which package os does not, nor log.
func openFile(path string, flag int, perm fs.FileMode) (*os.File, error) {
	handle, err := create(path, flag, perm)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	f := os.NewFile(uintptr(handle), path)
	if flag&Plain != 0 {
		if info, err := f.Stat(); err != nil || info.Mode()&fs.ModeSymlink != 0 {
			f.Close()
			return nil, &fs.PathError{Op: "open", Path: path, Err: errors.Join(err, errLink)}
		}
	}
	if flag&os.O_TRUNC != 0 {
		if err := f.Truncate(0); err != nil {
			f.Close()
			return nil, err
		}
	}
	return f, nil
}

// shareAll lets others do with an open file what they can do on unix.
const shareAll = windows.FILE_SHARE_READ | windows.FILE_SHARE_WRITE | windows.FILE_SHARE_DELETE

// create opens a file by CreateFile, but for O_TRUNC.
func create(path string, flag int, perm fs.FileMode) (windows.Handle, error) {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return windows.InvalidHandle, err
	}
	access := uint32(windows.GENERIC_READ)
	switch {
	case flag&os.O_RDWR != 0:
		access |= windows.GENERIC_WRITE
	case flag&os.O_WRONLY != 0:
		access = windows.GENERIC_WRITE
	}
	if flag&os.O_APPEND != 0 {
		access = access&^windows.GENERIC_WRITE | windows.FILE_GENERIC_WRITE&^windows.FILE_WRITE_DATA
	}
	how := uint32(windows.OPEN_EXISTING)
	switch {
	case flag&os.O_CREATE != 0 && flag&os.O_EXCL != 0:
		how = windows.CREATE_NEW
	case flag&os.O_CREATE != 0:
		how = windows.OPEN_ALWAYS
	}
	attributes := uint32(windows.FILE_FLAG_BACKUP_SEMANTICS) // for directories
	if flag&os.O_CREATE != 0 && perm&0o200 == 0 {
		attributes |= windows.FILE_ATTRIBUTE_READONLY
	}
	if flag&Plain != 0 {
		attributes |= windows.FILE_FLAG_OPEN_REPARSE_POINT
	}
	var handle windows.Handle
	err = patiently(func() error {
		handle, err = windows.CreateFile(name, access, shareAll, nil, how, attributes, 0)
		return err
	})
	return handle, err
}

// Rename is os.Rename that replaces a read-only file too, and waits a little while
// another process has one of the two open.
func Rename(from, to string) error {
	return patiently(func() error {
		err := os.Rename(from, to)
		if errors.Is(err, windows.ERROR_ACCESS_DENIED) {
			if info, serr := os.Stat(to); serr == nil && info.Mode()&0o200 == 0 { // it cannot be replaced then
				os.Chmod(to, 0o600)
				err = os.Rename(from, to)
			}
		}
		return err
	})
}

// patiently repeats a call that fails because another process, a virus scanner say, has
// a file open for a moment, for a tenth of a second or so.
func patiently(do func() error) error {
	for pause := time.Millisecond; ; pause *= 2 {
		err := do()
		busy := errors.Is(err, windows.ERROR_SHARING_VIOLATION) || errors.Is(err, windows.ERROR_ACCESS_DENIED) || errors.Is(err, windows.ERROR_LOCK_VIOLATION)
		if !busy || pause > 64*time.Millisecond {
			return err
		}
		time.Sleep(pause)
	}
}

// stat is os.Stat or os.Lstat, which would log, by a handle that may look but
// not read: no other process can keep that from being opened.
func stat(path string, follow bool) (Stat, error) {
	flags := uint32(windows.FILE_FLAG_BACKUP_SEMANTICS)
	if !follow {
		flags |= windows.FILE_FLAG_OPEN_REPARSE_POINT
	}
	name, err := windows.UTF16PtrFromString(path)
	var handle windows.Handle
	if err == nil {
		handle, err = windows.CreateFile(name, windows.FILE_READ_ATTRIBUTES, shareAll, nil, windows.OPEN_EXISTING, flags, 0)
	}
	if err != nil {
		return Stat{}, &fs.PathError{Op: "stat", Path: path, Err: err}
	}
	f := os.NewFile(uintptr(handle), path)
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return Stat{}, err
	}
	return FromInfo(info), nil
}
