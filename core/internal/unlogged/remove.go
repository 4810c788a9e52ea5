package unlogged

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// RemoveAll is os.RemoveAll, not logged, and removes directories that their
// owner may not write to as well. It follows no links.
func RemoveAll(path string) error {
	err := os.Remove(path) // not logged
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	st, serr := LstatPath(path)
	if serr != nil || !st.Mode.IsDir() {
		return err
	}
	entries, derr := ReadDir(path)
	if len(entries) == 0 && derr == nil {
		return err
	}
	if st.Mode.Perm()&0o700 != 0o700 {
		os.Chmod(path, 0o700)
		entries, _ = ReadDir(path)
	}
	for _, e := range entries {
		if rerr := RemoveAll(filepath.Join(path, e.Name())); rerr != nil {
			return rerr
		}
	}
	return os.Remove(path)
}
