// Package private tells what is this user's alone from what others may have
// prepared, and makes directories below shared ones, such as the temporary
// directory, where anybody may make a directory or a symbolic link of any name
// first.
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

// Name returns the path of a directory that Dir returns, which need not be there
// yet: who makes it must look whose it is then.
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

// An owned says whose a file is.
type owned struct {
	mode fs.FileMode // type and permissions
	uid  uint32
	ours bool
}

// ownedBy goes by the effective user, as whom files are made.
func ownedBy(mode fs.FileMode, uid uint32) owned {
	return owned{mode, uid, !unlogged.HasOwners || int(uid) == os.Geteuid()}
}

func owner(path string, follow bool) (owned, error) {
	st, o, err := unlogged.StatSys(path, follow)
	return ownedBy(st.Mode, o.UID), err
}

// checkAlone reports what makes a directory another's than this user's alone.
func checkAlone(path string) error {
	o, err := owner(path, false)
	switch {
	case err != nil:
		return err
	case !o.mode.IsDir() || !o.ours || o.mode.Perm()&0o077 != 0 && unlogged.HasOwners:
		return fmt.Errorf("%s is not private to this user", path)
	}
	return nil
}

// CheckDir reports what makes a directory one that others can change: it is a
// link, belongs to somebody else, or others may write to it.
func CheckDir(path string) error {
	o, err := owner(path, false)
	if err != nil {
		return err
	}
	return o.checkDir()
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

func (o owned) checkDir() error {
	if !o.mode.IsDir() {
		return errors.New("not a directory")
	}
	return o.check()
}

// CheckLink is CheckDir for what may be a symbolic link to a directory, of this
// user's making.
func CheckLink(path string) error {
	o, err := owner(path, false)
	switch {
	case err != nil:
		return err
	case o.mode.Type() != fs.ModeSymlink:
		return o.checkDir()
	case !o.ours:
		return o.check()
	}
	if o, err = owner(path, true); err != nil {
		return err
	}
	return o.checkDir()
}

func (o owned) check() error {
	switch {
	case !o.ours:
		return fmt.Errorf("it belongs to another user (%d), who can put anything into it: remove it, or run chown on it", o.uid)
	case unlogged.HasOwners && o.mode.Type() != fs.ModeSymlink && o.mode.Perm()&0o022 != 0:
		return fmt.Errorf("others can write to it (mode %#o); run chmod go-w on it", o.mode.Perm())
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
		err = checkFile(info.Mode(), unlogged.UID(info))
	}
	if err != nil {
		f.Close()
		return nil, unlogged.Stat{}, err
	}
	return f, unlogged.FromInfo(info), nil
}

var errNotPlain = errors.New("not a plain file")

func checkFile(mode fs.FileMode, uid uint32) error {
	if !mode.IsRegular() {
		return errNotPlain
	}
	return ownedBy(mode, uid).check()
}

// ReadFile reads what Open opens, as long as it is at first.
func ReadFile(path string) ([]byte, error) {
	data, _, err := ReadStat(path)
	return data, err
}

// ReadStat is ReadFile, and describes the file as well.
func ReadStat(path string) ([]byte, unlogged.Stat, error) {
	data, st, uid, err := unlogged.ReadPlain(path)
	if err == nil {
		err = checkFile(st.Mode, uid)
	}
	if err != nil {
		return nil, unlogged.Stat{}, err
	}
	return data, st, nil
}

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
		if err != nil || !form(e.Name()) || st.Mode.Type() == fs.ModeSymlink || !ownedBy(st.Mode, o.UID).ours || !unlogged.Time(st.ModTime).Before(since) {
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
