package input

import (
	"cmp"
	"errors"
	"io/fs"
	"path/filepath"
	"runtime"
	"syscall"
)

// What the go command looks at outside the module lies elsewhere for each user and
// each checkout. It has names of its own, which no path and no name of With is, so
// that a record holds wherever it comes to.
const (
	goEnvName  = "$/GOENV"   // the file that go env -w writes
	goWorkName = "$/go.work" // the next go.work in a directory above the module
)

// outside returns the path that one of these names stands for.
func (w *World) outside(name string) (path string, ok bool) {
	switch name {
	case goEnvName:
		return goEnvFile(), true
	case goWorkName:
		for dir := filepath.Dir(cmp.Or(w.Root.Lexical, w.Dir)); ; dir = filepath.Dir(dir) {
			path = filepath.Join(dir, "go.work")
			// Each look counts for the go command, as one could appear there.
			if _, err := w.Root.Stat(path); !errors.Is(err, fs.ErrNotExist) || dir == filepath.Dir(dir) {
				return path, true
			}
		}
	}
	return "", false
}

// goEnvFile is the path of the file that go env -w writes (os.UserConfigDir), ""
// if it is not known.
func goEnvFile() string {
	get := func(name string) string { value, _ := syscall.Getenv(name); return value }
	path, dir := get("GOENV"), get("XDG_CONFIG_HOME")
	switch {
	case path != "":
		return path
	case runtime.GOOS == "windows":
		dir = get("AppData")
	case runtime.GOOS == "darwin":
		dir = filepath.Join(get("HOME"), "Library", "Application Support")
	case dir == "":
		dir = filepath.Join(get("HOME"), ".config")
	}
	if !filepath.IsAbs(dir) {
		return ""
	}
	return filepath.Join(dir, "go", "env")
}
