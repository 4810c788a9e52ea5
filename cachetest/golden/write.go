package golden

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
)

// tempPrefix begins the names of files that are being written. One that a killed
// update has left is listed as unused, and in a golden directory ignored.
const tempPrefix = ".cachetest-golden-"

// write makes the golden hold got, touching only what changed, and says so. Files
// that are deleted go first, so that a file may take a directory's name.
func (g *golden) write(got tree, list []change, missing bool) error {
	var gone []string
	for _, c := range list {
		if c.verb == "deleted" {
			gone = append(gone, c.path)
		}
	}
	err := removeFiles(pathOf(g.loc), gone)
	for _, c := range list {
		if c.verb != "deleted" && err == nil {
			err = g.writeEntry(join(pathOf(g.loc), c.path), got[c.path])
		}
	}
	if err != nil {
		return fmt.Errorf("%s is not updated: %w", g.loc, err)
	}
	g.done = "updated " + g.loc
	if missing {
		g.done = "created " + g.loc
	}
	if g.dir {
		g.done += ": " + count(list)
	}
	return nil
}

// removeFiles removes files below a directory, by their slash-separated paths, and
// the directories that are empty then. os.Root holds the paths to the directory.
func removeFiles(below string, files []string) error {
	if len(files) == 0 {
		return nil
	}
	dir, err := os.OpenRoot(below)
	if err != nil {
		return err
	}
	defer dir.Close()
	for _, file := range files {
		if err := dir.Remove(filepath.FromSlash(file)); err != nil {
			return err
		}
		for p := path.Dir(file); p != "." && dir.Remove(filepath.FromSlash(p)) == nil; p = path.Dir(p) {
		}
	}
	return nil
}

// writeEntry makes path hold a file or link by a rename, so that a process that
// dies leaves the old content or the new. A new file gets the permissions that the
// umask leaves; an existing one keeps its own, but for the executable bits of one
// in a directory. A golden file that is a symbolic link stays one.
func (g *golden) writeEntry(path string, e entry) error {
	info, err := os.Lstat(path)
	if err == nil && info.Mode()&fs.ModeSymlink != 0 && !g.dir {
		if path, err = filepath.EvalSymlinks(path); err != nil {
			return err
		}
		info, err = os.Lstat(path)
	}
	var perm fs.FileMode // of the existing file, 0 if there is none
	switch {
	case err != nil || info.Mode()&fs.ModeSymlink != 0:
	case !info.Mode().IsRegular(): // a rename would put a file in a device's place
		return fmt.Errorf("%s is no regular file", path)
	case g.dir && isExec(info.Mode()) != e.exec: // executable for all who may read it, or for nobody
		perm = info.Mode().Perm() &^ 0o111
		if e.exec {
			perm |= perm & 0o444 >> 2
		}
	default:
		perm = info.Mode().Perm()
	}
	if err := os.MkdirAll(parent(path), 0o777); err != nil {
		return err
	}
	temp := join(parent(path), fmt.Sprintf("%s%016x", tempPrefix, rand.Uint64()))
	defer os.Remove(temp) // if it is still there
	if err = writeNew(temp, e); err == nil && perm != 0 && !e.link {
		err = os.Chmod(temp, perm)
	}
	if err == nil {
		err = os.Rename(temp, path)
	}
	if at := (*fs.PathError)(nil); errors.As(err, &at) { // it names temp, which means nothing to the user
		err = fmt.Errorf("a new file in %s: %w", parent(path), at.Err)
	}
	return err
}

// writeNew writes a new file or link, and waits for the disk: without that a
// renamed file is empty after a power loss.
func writeNew(path string, e entry) error {
	if e.link {
		return os.Symlink(filepath.FromSlash(string(e.data)), path)
	}
	perm := fs.FileMode(0o666)
	if e.exec {
		perm = 0o777
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		return err
	}
	_, err = f.Write(e.data)
	return errors.Join(err, f.Sync(), f.Close())
}
