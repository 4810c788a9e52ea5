package tree

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"sync/atomic"

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
// every file's times, and reads none. A directory can be written to: its owner could
// not remove the store by rm -rf else.
func inPlace(s *store.Store, m *Manifest, id store.ObjectID) (dir string, release func(), err error) {
	home := s.TreeDir(id)
	dir = filepath.Join(home, "data")
	for range 3 {
		release, err := s.LockTree(id, false)
		if err != nil {
			return "", nil, err
		}
		if release == nil {
			return "", nil, ErrBusy
		}
		if intact(s, m, home) {
			return dir, release, nil
		}
		release()
		unlock, err := s.LockTree(id, true)
		if err != nil {
			return "", nil, err
		}
		if unlock == nil {
			return "", nil, ErrBusy
		}
		if !intact(s, m, home) {
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
	var linked atomic.Int64
	err = write(s, m, data, 0o555, func(e *Entry, path string) (done bool, err error) {
		if e.Ref.Size < linkFrom || e.Mode&0o555 != 0o444 {
			return false, nil
		}
		if err = s.LinkObject(e.Ref, path); errors.Is(err, store.ErrDamaged) {
			return false, err
		}
		if err == nil {
			linked.Add(e.Ref.Size)
		}
		return err == nil, nil
	})
	if err == nil {
		err = s.NoteTreeSize(id, m.Size()-linked.Load())
	}
	if err != nil {
		return err
	}
	now := looks(m, data)
	if st, err := unlogged.LstatPath(data); err != nil || st.Inode != made.Inode {
		return ErrBusy // the store is another directory meanwhile, with what was unfinished
	}
	return unlogged.WriteFile(filepath.Join(home, "looks"), now, 0o600)
}

// linkFrom is the size from which on a file of a tree in place shares the
// object's bytes by a hard link where it cannot by a clone, so that a gigabyte
// is not kept twice. A write to it by root spoils the object as well, which
// every use of the object finds.
const linkFrom = 1 << 20

// intact reports whether the tree below home looks as it did when it was made.
func intact(s *store.Store, m *Manifest, home string) bool {
	was, err := private.ReadFile(filepath.Join(home, "looks"))
	now := looks(m, filepath.Join(home, "data"))
	if err != nil || len(was) != len(now) {
		return false
	}
	for i := -1; i < len(m.Entries); i++ {
		at := (i + 1) * lookSize
		a, b := was[at:at+lookSize], now[at:at+lookSize]
		if !bytes.Equal(a, b) && (i < 0 || !isLinked(s, &m.Entries[i], a, b)) {
			return false
		}
	}
	return true
}

// isLinked reports whether a file of which only the times are others than they
// were is a link to its object, and right: a link of another tree's changes its
// times, and a use of the object does.
func isLinked(s *store.Store, e *Entry, was, now []byte) bool {
	const times, inode = 8, 24
	return e.Kind == File && e.Ref.Size >= linkFrom &&
		bytes.Equal(was[:times], now[:times]) && bytes.Equal(was[inode:], now[inode:]) &&
		s.IsLink(e.Ref, binary.LittleEndian.Uint64(now[inode:]))
}

// lookSize is the length of what appendLook appends.
const lookSize = 5 * 8

// looks tells what each entry looks like. A directory's times tell of names
// that came or went; a file's, of its content and mode.
func looks(m *Manifest, dir string) []byte {
	b := appendLook(make([]byte, 0, lookSize*(len(m.Entries)+1)), dir)
	for i := range m.Entries {
		b = appendLook(b, filepath.Join(dir, filepath.FromSlash(m.Entries[i].Path)))
	}
	return b
}

// appendLook appends zeros for what is not there.
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
