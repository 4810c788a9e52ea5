package golden

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// tempPrefix begins the names of files that are being written. Goldens may
// have such names nowhere: they are removed once they are tempAge old.
const (
	tempPrefix = ".cachetest-golden-"
	tempAge    = time.Minute // a write takes milliseconds, but the machine may sleep
)

// writeFile makes path hold data by a rename, so that a process that dies
// leaves the old content or the new. A new file gets perm less the umask; an
// existing one keeps its permissions. A symbolic link stays one.
func writeFile(path string, data []byte, perm fs.FileMode) error {
	info, err := os.Lstat(path)
	if err == nil && info.Mode()&fs.ModeSymlink != 0 {
		if path, err = filepath.EvalSymlinks(path); err != nil {
			return err
		}
		info, err = os.Lstat(path)
	}
	exists := err == nil
	if exists && !info.Mode().IsRegular() { // a rename would put a file in a device's place
		return fmt.Errorf("%s is no regular file", path)
	}
	if err := os.MkdirAll(parent(path), 0o777); err != nil {
		return err
	}
	removeOldTemps(parent(path))
	return viaTemp(path, func(temp string) error {
		if err := writeSynced(temp, data, perm); err != nil {
			return err
		}
		if exists {
			return os.Chmod(temp, info.Mode().Perm())
		}
		return nil
	})
}

// viaTemp lets fill make a temporary file beside path and renames it to path.
func viaTemp(path string, fill func(temp string) error) error {
	temp := in(parent(path), fmt.Sprintf("%s%016x", tempPrefix, rand.Uint64()))
	err := fill(temp)
	if err == nil {
		err = os.Rename(temp, path)
	}
	if err != nil {
		os.Remove(temp)
	}
	return err
}

// writeSynced writes a new file and waits for the disk: without that a renamed
// file is empty after a power loss.
func writeSynced(path string, data []byte, perm fs.FileMode) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}

// swept holds the directories that removeOldTemps looked through.
var swept sync.Map

// removeOldTemps removes what updates that were killed left in dir, once in a
// process.
func removeOldTemps(dir string) {
	if _, done := swept.LoadOrStore(dir, true); done {
		return
	}
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if !isTemp(e.Name()) {
			continue
		}
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > tempAge {
			os.Remove(in(dir, e.Name()))
		}
	}
}

func isTemp(name string) bool { return strings.HasPrefix(name, tempPrefix) }
