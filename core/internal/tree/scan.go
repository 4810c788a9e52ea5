package tree

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/fixturecache/fixturecache/core/internal/store"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// Scan returns the manifest of what is in the directory at path, or of the one file
// there, its files without references. The error names what cannot be kept: a socket,
// a link that leads out.
func Scan(path string) (*Manifest, error) {
	st, err := unlogged.LstatPath(path)
	if err != nil {
		return nil, err
	}
	if st.Mode.IsDir() {
		s := &scanner{root: path}
		s.m.Mode = st.Mode.Perm() & ModeMask
		return &s.m, s.dir("")
	}
	s := &scanner{root: filepath.Dir(path)}
	s.m.Single = true
	if err := s.entry(filepath.Base(path)); err != nil {
		return nil, err
	}
	if s.m.Entries[0].Kind != File {
		return nil, fmt.Errorf("%s is no regular file", filepath.Base(path))
	}
	return &s.m, nil
}

type scanner struct {
	root  string
	m     Manifest
	check checker
}

func (s *scanner) dir(path string) error {
	entries, err := unlogged.ReadDir(filepath.Join(s.root, filepath.FromSlash(path)))
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := e.Name()
		if path != "" {
			name = path + "/" + name
		}
		if err := s.entry(name); err != nil {
			return err
		}
	}
	return nil
}

func (s *scanner) entry(path string) error {
	full := filepath.Join(s.root, filepath.FromSlash(path))
	st, err := unlogged.LstatPath(full)
	if err != nil {
		return err
	}
	e := Entry{Path: path, Mode: st.Mode.Perm() & ModeMask}
	switch st.Mode.Type() {
	case 0:
		e.Kind = File
		e.Ref.Size = st.Size // until Refer reads it
	case fs.ModeDir:
		e.Kind = Dir
	case fs.ModeSymlink:
		e.Kind, e.Mode = Link, 0
		if e.Target, err = os.Readlink(full); err != nil { // not logged
			return err
		}
		e.Target = filepath.ToSlash(e.Target)
	default:
		return fmt.Errorf("%s is %s", path, special(st.Mode))
	}
	if err := s.check.check(&e); err != nil {
		return err
	}
	if s.m.Entries = append(s.m.Entries, e); len(s.m.Entries) > maxEntries {
		return fmt.Errorf("it has more than %d files", maxEntries)
	}
	if e.Kind == Dir {
		return s.dir(path)
	}
	return nil
}

func special(mode fs.FileMode) string {
	switch {
	case mode&fs.ModeSocket != 0:
		return "a socket"
	case mode&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case mode&fs.ModeDevice != 0:
		return "a device"
	}
	return "neither a file, a directory nor a link"
}

// A Tap sees the bytes of a file, in pieces of any size but in order. It may
// stop with an error.
type Tap = func(piece []byte) error

// Refer fills in the references of the files of the tree scanned at path. put returns
// the reference of the file at a path: Batch.PutFile stores it, store.RefFile does not.
// The Tap that tap returns for a file, if not nil, sees its bytes, in one goroutine.
func Refer(m *Manifest, path string, put func(path string, tap Tap) (store.ObjectRef, error), tap func(e *Entry) Tap) error {
	dir := path
	if m.Single {
		dir = filepath.Dir(path)
	}
	return eachFile(m.Entries, func(e *Entry) (err error) {
		e.Ref, err = put(filepath.Join(dir, filepath.FromSlash(e.Path)), tap(e))
		return err
	})
}

// eachFile calls do for each file, by several goroutines where there are more entries than
// a few, and returns the first error of them in their order, with the path. More goroutines
// than there are processors, since a part of the time is spent waiting for the disk.
func eachFile(entries []Entry, do func(e *Entry) error) error {
	workers := min(2*runtime.GOMAXPROCS(0), 16, (len(entries)+3)/4)
	return store.Each(len(entries), workers, func(i int) error {
		if e := &entries[i]; e.Kind == File {
			if err := do(e); err != nil {
				return fmt.Errorf("%s: %w", e.Path, err)
			}
		}
		return nil
	})
}
