// Package private tells files and directories of this user alone from those that
// others may have prepared, and makes directories below shared ones, such as the
// temporary directory, where anybody may make a directory or a symbolic link of any
// name first.
//
// It promises that a directory that it returns, and a file that it opens, is
// reached without following a link, belongs to this user and cannot be written
// to by others, and that Sweep removes nothing outside its directory. Where
// mode bits say nothing (Windows) it checks the kind of file only; there the
// temporary directory is the user's own.
package private

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// Dir makes a directory for this user alone below a shared one, if it is not
// there yet, and returns its path: the name, or where somebody else has that,
// the name with a random end.
func Dir(shared, name string) (string, error) {
	path := Name(shared, name)
	if err := os.Mkdir(path, 0o700); err != nil && !errors.Is(err, fs.ErrExist) { // not logged
		return "", err
	}
	if err := checkAlone(path); err != nil { // made by another since we looked
		path = unpredictable(path)
		return path, os.Mkdir(path, 0o700)
	}
	return path, nil
}

// Name returns the path of a directory that Dir returns, which need not be there yet.
// A caller that makes it must check its owner then.
func Name(shared, name string) string {
	path := filepath.Join(shared, name)
	err := checkAlone(path)
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return path
	}
	entries, _ := unlogged.ReadDir(shared)
	for _, e := range entries {
		if other := filepath.Join(shared, e.Name()); other != path && Named(e.Name(), name) && checkAlone(other) == nil {
			return other
		}
	}
	return unpredictable(path)
}

// randomLen is the length of the random end of a name: no guess is right.
const randomLen = 16

func unpredictable(path string) string { return path + "-" + unlogged.RandomText(randomLen) }

// Named reports whether a file name is one that Dir gives for a name.
func Named(file, name string) bool {
	end, ok := strings.CutPrefix(file, name)
	return end == "" && ok || ok && strings.HasPrefix(end, "-") && len(end) == 1+randomLen
}

// checkAlone returns an error unless a directory is this user's alone.
func checkAlone(path string) error {
	st, o, err := unlogged.StatSys(path, false)
	switch {
	case err != nil:
		return err
	case !st.Mode.IsDir() || !o.IsUser() || st.Mode.Perm()&0o077 != 0 && unlogged.HasOwners:
		return fmt.Errorf("%s is not private to this user", path)
	}
	return nil
}

// CheckDir returns an error if others can change a directory: it is a link, belongs to
// somebody else, or others may write to it.
func CheckDir(path string) error {
	st, o, err := unlogged.StatSys(path, false)
	if err != nil {
		return err
	}
	return checkDir(st.Mode, o)
}

// CheckDirs is CheckDir for all that is in a directory but plain files. It
// returns the name of the first that others can change.
func CheckDirs(path string) (name string, err error) {
	entries, _ := unlogged.ReadDir(path)
	for _, e := range entries {
		if e.Type().IsRegular() {
			continue
		}
		if err := CheckDir(filepath.Join(path, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return e.Name(), err
		}
	}
	return "", nil
}

func checkDir(mode fs.FileMode, o unlogged.Owner) error {
	if !mode.IsDir() {
		return errors.New("not a directory")
	}
	return check(mode, o)
}

// CheckLink is CheckDir for a path that may also be a symbolic link to a directory, if
// this user has made the link.
func CheckLink(path string) error {
	st, o, err := unlogged.StatSys(path, false)
	switch {
	case err != nil:
		return err
	case st.Mode.Type() != fs.ModeSymlink:
		return checkDir(st.Mode, o)
	case !o.IsUser():
		return check(st.Mode, o)
	}
	if st, o, err = unlogged.StatSys(path, true); err != nil {
		return err
	}
	return checkDir(st.Mode, o)
}

func check(mode fs.FileMode, o unlogged.Owner) error {
	switch {
	case !o.IsUser():
		return fmt.Errorf("it belongs to another user (%d), who can put anything into it: remove it, or run chown on it", o.UID)
	case unlogged.HasOwners && mode.Type() != fs.ModeSymlink && mode.Perm()&0o022 != 0:
		return fmt.Errorf("others can write to it (mode %#o); run chmod go-w on it", mode.Perm())
	}
	return nil
}

// Open opens a plain file of this user's that others cannot write to, for
// reading. It does not wait for the other end of a FIFO.
func Open(path string) (*os.File, unlogged.Stat, error) {
	f, err := unlogged.OpenFile(path, os.O_RDONLY|unlogged.Plain, 0)
	if err != nil {
		return nil, unlogged.Stat{}, err
	}
	info, err := f.Stat()
	if err == nil {
		err = checkFile(info.Mode(), unlogged.OwnerOf(info))
	}
	if err != nil {
		f.Close()
		return nil, unlogged.Stat{}, err
	}
	return f, unlogged.FromInfo(info), nil
}

var errNotPlain = errors.New("not a plain file")

func checkFile(mode fs.FileMode, o unlogged.Owner) error {
	if !mode.IsRegular() {
		return errNotPlain
	}
	return check(mode, o)
}

// ReadFile reads a file as Open opens it, up to the size that it has at first.
func ReadFile(path string) ([]byte, error) {
	data, _, err := ReadStat(path)
	return data, err
}

// ReadStat is ReadFile, and describes the file as well.
func ReadStat(path string) ([]byte, unlogged.Stat, error) {
	f, st, err := Open(path)
	if err != nil {
		return nil, st, err
	}
	defer f.Close()
	data := make([]byte, min(st.Size, maxRead))
	n, err := io.ReadFull(f, data)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) { // it was cut meanwhile
		err = nil
	}
	return data[:n], st, err
}

// maxRead is more than a file has that is read whole.
const maxRead = 1 << 30

// Sweep removes from a directory that is this user's alone what this user made
// there under a name of its own form, and has not changed since a time. claim,
// if there is one, takes what is at a path from its owner until it is released,
// and returns no release of what is in use.
func Sweep(dir string, since time.Time, form func(name string) bool, claim func(path string) (release func(), err error)) {
	if CheckDir(dir) != nil {
		return
	}
	f, err := unlogged.Open(dir)
	if err != nil {
		return
	}
	defer f.Close()
	entries, _ := f.ReadDir(MaxSweep)
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		st, o, err := unlogged.StatSys(path, false)
		if err != nil || !form(e.Name()) || st.Mode.Type() == fs.ModeSymlink || !o.IsUser() || !unlogged.Time(st.ModTime).Before(since) {
			continue
		}
		release := func() {}
		if claim != nil {
			release, _ = claim(path)
		}
		if release != nil {
			unlogged.RemoveAll(path)
			release()
		}
	}
}

// MaxSweep bounds what one process does for the others: the files of a few
// large trees.
const MaxSweep = 50_000
