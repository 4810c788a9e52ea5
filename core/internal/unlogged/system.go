package unlogged

import (
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"syscall"
)

// Functions of package os that read environment variables are here without a line in the
// log. Their parameter get is Getenv, or reads the environment of another process.

// StartEnviron and StartDir are the environment, and the working directory without
// symbolic links, that the process began with, before a test could change them.
var (
	StartEnviron = syscall.Environ()
	StartDir, _  = syscall.Getwd()
)

// Getenv is os.Getenv.
func Getenv(name string) string {
	value, _ := syscall.Getenv(name)
	return value
}

// UserHomeDir is os.UserHomeDir, "" without one.
func UserHomeDir(get func(string) string) string {
	if runtime.GOOS == "windows" {
		return get("USERPROFILE")
	}
	return get("HOME")
}

// UserCacheDir is os.UserCacheDir, "" without one.
func UserCacheDir(get func(string) string) string {
	return userDir(get, "LocalAppData", filepath.Join("Library", "Caches"), "XDG_CACHE_HOME", ".cache")
}

// GoEnvFile is the path of the file that go env -w writes, in os.UserConfigDir; ""
// if it is not known, and "off" if there is to be none.
func GoEnvFile(get func(string) string) string {
	dir := userDir(get, "AppData", filepath.Join("Library", "Application Support"), "XDG_CONFIG_HOME", ".config")
	if path := get("GOENV"); path != "" || dir == "" {
		return path
	}
	return filepath.Join(dir, "go", "env")
}

func userDir(get func(string) string, windows, darwin, xdg, elsewhere string) string {
	dir := filepath.Join(get("HOME"), elsewhere)
	switch {
	case runtime.GOOS == "windows":
		dir = get(windows)
	case runtime.GOOS == "darwin", runtime.GOOS == "ios":
		dir = filepath.Join(get("HOME"), darwin)
	case get(xdg) != "":
		dir = get(xdg)
	}
	if !filepath.IsAbs(dir) {
		return ""
	}
	return dir
}

// Spelled returns a working directory as os.Getwd does, and with it the go
// command: in the spelling of $PWD, which may lead through symbolic links, where
// that is the same directory.
func Spelled(dir, pwd string) string {
	if pwd != dir && filepath.IsAbs(pwd) && SameFile(pwd, dir) {
		return pwd
	}
	return dir
}

// SameFile reports whether two paths surely lead to one file or directory.
func SameFile(a, b string) bool {
	x, err1 := StatPath(a)
	y, err2 := StatPath(b)
	return err1 == nil && err2 == nil && x.Inode != 0 && x.Inode == y.Inode && x.Device == y.Device
}

// FindUp returns the nearest directory at or above dir that holds a file, or "".
func FindUp(dir, name string) string {
	for ; ; dir = filepath.Dir(dir) {
		if st, err := StatPath(filepath.Join(dir, name)); err == nil && !st.Mode.IsDir() {
			return dir
		}
		if dir == filepath.Dir(dir) {
			return ""
		}
	}
}

// RandomText returns n letters and digits of base 32 that nobody can guess. They come
// from the runtime, which seeds its ChaCha8 generator by the system: crypto/rand.Read
// would take them from crypto/rand.Reader, which tests replace, and would end the
// process where that fails.
func RandomText(n int) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	b := make([]byte, n)
	for i := range b {
		b[i] = letters[rand.N(len(letters))]
	}
	return string(b)
}
