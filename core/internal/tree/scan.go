package tree

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

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
		e.Ref.Size = st.Size // until it is read
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
