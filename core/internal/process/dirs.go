package process

import (
	"cmp"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/logged"
	"github.com/fixturecache/fixturecache/core/internal/since"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// TempDir returns what os.TempDir would have returned when the process began.
func (h *Host) TempDir() string { return filepath.Clean(tempDir(h.Env()["TMPDIR"])) }

// tempDir returns what os.TempDir does for a value of TMPDIR, or for none.
func tempDir(value string) string {
	if runtime.GOOS == "windows" { // which makes it of several variables
		return os.TempDir()
	}
	return cmp.Or(value, "/tmp")
}

// tempDirs returns the directories that temporary files are made in, by the names that
// they are given and without symbolic links.
func (h *Host) tempDirs() []string {
	dirs := []string{h.TempDir()}
	if dir := h.Env()["GOTMPDIR"]; filepath.IsAbs(dir) {
		dirs = append(dirs, filepath.Clean(dir))
	}
	for _, dir := range dirs {
		if real := since.Resolve(dir); real != "" && real != dir {
			dirs = append(dirs, real)
		}
	}
	return dirs
}

// outside returns the directories of the toolchain and of the module cache, for whose content
// the Go version and the module versions stand, but for those around a module that is tested
// there. It goes by the environment in which the process began: a test may set a variable.
func (h *Host) outside() []string {
	start := func(name string) string { return h.Env()[name] }
	dirs := []string{start("GOROOT"), start("GOMODCACHE")}
	if root := goroot(); root != "" && unlogged.Getenv("GOROOT") == start("GOROOT") { // it believes $GOROOT
		dirs = append(dirs, root)
	}
	gopath := cmp.Or(start("GOPATH"), filepath.Join(start("HOME"), "go"))
	if list := filepath.SplitList(gopath); len(list) > 0 && start("GOMODCACHE") == "" {
		dirs = append(dirs, filepath.Join(list[0], "pkg", "mod"))
	}
	return slices.DeleteFunc(dirs, func(dir string) bool {
		return !filepath.IsAbs(dir) || Within(h.Root.Lexical, []string{dir}) || Within(h.Root.Physical, []string{dir})
	})
}

// Within reports whether path is one of dirs or lies in one.
//
//go:noinline // inlined, it adds 12 kB to each test binary
func Within(path string, dirs []string) bool {
	return slices.ContainsFunc(dirs, func(dir string) bool {
		rest, ok := strings.CutPrefix(path, dir)
		return ok && (rest == "" || os.IsPathSeparator(rest[0]) || os.IsPathSeparator(dir[len(dir)-1]))
	})
}

// goroot returns the tree of the toolchain that built this binary, "" with -trimpath.
// runtime.GOROOT is deprecated as a way to find the go command, for which it is not
// used here.
func goroot() string {
	//lint:ignore SA1019 see above
	return runtime.GOROOT()
}

// SystemDir returns the directory of views of the machine's state in which a path lies,
// if there is one: a module that lies there itself, as in /dev/shm, has plain files.
func SystemDir(module logged.Root, path string) (dir string, ok bool) {
	_, inModule := module.Rel(path)
	for _, dir := range []string{"/proc", "/sys", "/dev"} {
		if Within(path, []string{dir}) {
			return dir, !IsHarmless(path) && !(inModule && Within(module.Physical, []string{dir}))
		}
	}
	return "", false
}

// IsHarmless reports whether a file is one that the standard library reads, and that
// changes nothing a fixture could hold.
func IsHarmless(path string) bool {
	return slices.Contains([]string{
		"/dev/null", "/dev/random", "/dev/urandom", "/dev/zero",
		"/proc/sys/net/core/somaxconn", // package net, before it listens
	}, path)
}
