package tree

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"

	"github.com/fixturecache/fixturecache/core/internal/private"
	"github.com/fixturecache/fixturecache/core/internal/store"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// ErrBusy says that a stored tree cannot be made or mended now: another
// process makes it, or uses one that is no longer what it was.
var ErrBusy = errors.New("the stored tree is in use by another process")

// inPlace returns a directory in the store that holds the tree, its files
// read-only, and the undo of the shared lock that keeps it there. It is made when it
// is first asked for. One that was changed since is made again: each call looks at
// every file's times, and reads none. Directories can be written to: otherwise their owner
// could not remove the store by rm -rf.
func inPlace(s *store.Store, m *Manifest, id store.ObjectID) (dir string, release func(), err error) {
	home := s.TreeDir(id)
	dir = filepath.Join(home, "data")
	for range 3 {
		release, err := s.LockTree(id, false)
		if release == nil {
			return "", nil, cmp.Or(err, ErrBusy)
		}
		if intact(m, home) {
			return dir, release, nil
		}
		release()
		unlock, err := s.LockTree(id, true)
		if unlock == nil {
			return "", nil, cmp.Or(err, ErrBusy)
		}
		if !intact(m, home) {
			err = install(s, m, id)
		}
		unlock()
		if err != nil {
			return "", nil, err
		}
	}
	return "", nil, ErrBusy
}

// install makes the tree. Its looks are written last: without them it is not
// intact, whatever a crash left.
func install(s *store.Store, m *Manifest, id store.ObjectID) error {
	home := s.TreeDir(id)
	data := filepath.Join(home, "data")
	os.Remove(filepath.Join(home, "looks"))
	if err := unlogged.RemoveAll(data); err != nil {
		return err
	}
	if err := os.Mkdir(data, 0o700); err != nil {
		return err
	}
	made, err := unlogged.LstatPath(data)
	if err != nil {
		return err
	}
	if err := write(s, m, data, 0o555); err != nil {
		return err
	}
	now := looks(m, data)
	if st, err := unlogged.LstatPath(data); err != nil || st.Inode != made.Inode {
		return ErrBusy // the store is another directory meanwhile, with what was unfinished
	}
	return unlogged.WriteFile(filepath.Join(home, "looks"), now, 0o600)
}

// intact reports whether the tree below home looks as it did when it was made.
func intact(m *Manifest, home string) bool {
	was, err := private.ReadFile(filepath.Join(home, "looks"))
	return err == nil && bytes.Equal(was, looks(m, filepath.Join(home, "data")))
}

// looks tells what each entry looks like. A directory's times tell of names
// that came or went; a file's, of its content and mode.
func looks(m *Manifest, dir string) []byte {
	b := appendLook(make([]byte, 0, 5*8*(len(m.Entries)+1)), dir)
	for i := range m.Entries {
		b = appendLook(b, filepath.Join(dir, filepath.FromSlash(m.Entries[i].Path)))
	}
	return b
}

// appendLook appends what one entry looks like, zeros if it is not there.
func appendLook(b []byte, path string) []byte {
	st, _ := unlogged.LstatPath(path)
	if st.Mode.IsDir() {
		st.Size = 0
	}
	for _, n := range []uint64{uint64(st.Size), uint64(st.ModTime), uint64(st.ChangeTime), st.Inode, uint64(st.Mode)} {
		b = binary.LittleEndian.AppendUint64(b, n)
	}
	return b
}

// Freeze makes the files at path read-only, as those of a tree in place are. It is a
// hindrance to mistakes, not a protection: errors are ignored.
func Freeze(path string) {
	st, err := unlogged.LstatPath(path)
	switch {
	case err != nil:
	case st.Mode.IsRegular():
		os.Chmod(path, st.Mode.Perm()&0o555)
	case st.Mode.IsDir():
		entries, _ := unlogged.ReadDir(path)
		for _, e := range entries {
			Freeze(filepath.Join(path, e.Name()))
		}
	}
}
