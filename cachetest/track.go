package cachetest

import (
	"io/fs"
	"os"
	"path/filepath"

	"github.com/fixturecache/fixturecache/cachetest/internal/fixture"
	"github.com/fixturecache/fixturecache/core/bridge"
)

// Track makes a file or directory an input of the fixture that is being built
// for tb, and returns its path. It is for files that are read by code whose reads
// are not recorded, and must be called within the build function before the path
// is read:
//
//	db, err := sqlite.Open(cachetest.Track(t, "testdata/base.db"))
func Track(tb TB, path string) string {
	tb.Helper()
	if err := track(tb, path, false); err != nil {
		tb.Fatalf("cachetest: Track(%q): %v", path, err)
	}
	return path
}

// track makes a path an input of the build under way.
func track(tb TB, path string, open bool) error {
	if err := bridge.CheckBubble(); err != nil {
		return err
	}
	c, err := bridge.Default()
	if err != nil {
		return err
	}
	return c.Track(fixture.Context(tb), path, open)
}

// FS returns a file system of the files below dir. Everything that is read by it
// becomes an input of the fixture that is being built for tb: contents, listings
// of directories, and names that are not there.
func FS(tb TB, dir string) fs.FS {
	return trackFS{tb, dir}
}

type trackFS struct {
	tb  TB
	dir string
}

func (f trackFS) Open(name string) (fs.File, error) {
	f.tb.Helper()
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	path := filepath.Join(f.dir, filepath.FromSlash(name))
	if err := track(f.tb, path, true); err != nil {
		f.tb.Fatalf("cachetest: FS(%q): %v", f.dir, err)
	}
	return os.Open(path)
}
