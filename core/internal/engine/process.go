package engine

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/trace"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// getenv is os.Getenv, unseen by go test's log.
func getenv(name string) string {
	value, _ := syscall.Getenv(name)
	return value
}

// userCacheDir is os.UserCacheDir, unseen by go test's log.
func userCacheDir() string {
	if runtime.GOOS == "windows" {
		return getenv("LocalAppData")
	}
	if dir := getenv("XDG_CACHE_HOME"); filepath.IsAbs(dir) && runtime.GOOS != "darwin" {
		return dir
	}
	home := getenv("HOME")
	switch {
	case !filepath.IsAbs(home):
		return ""
	case runtime.GOOS == "darwin":
		return filepath.Join(home, "Library", "Caches")
	}
	return filepath.Join(home, ".cache")
}

// tempDir is os.TempDir as it was when the process began.
func tempDir() string {
	if runtime.GOOS == "windows" {
		return os.TempDir()
	}
	if dir := trace.StartEnv()["TMPDIR"]; dir != "" {
		return filepath.Clean(dir)
	}
	return "/tmp"
}

// tempDirs are the directories that temporary files are made in, with and
// without symbolic links.
var tempDirs = sync.OnceValue(func() []string {
	dirs := []string{tempDir()}
	if dir := trace.StartEnv()["GOTMPDIR"]; filepath.IsAbs(dir) {
		dirs = append(dirs, filepath.Clean(dir))
	}
	for _, dir := range dirs {
		if real := resolveLinks(dir); real != dir {
			dirs = append(dirs, real)
		}
	}
	return dirs
})

// resolveLinks is filepath.EvalSymlinks for directories, unseen by go test's
// log: the system resolves the links, if there are any.
func resolveLinks(dir string) string {
	if !hasLinks(dir) {
		return dir
	}
	f, err := unlogged.Open(dir)
	if err != nil {
		return dir
	}
	defer f.Close()
	if real, err := os.Readlink("/proc/self/fd/" + strconv.Itoa(int(f.Fd()))); err == nil {
		return real
	}
	return dir
}

// hasLinks reports whether a path may lead through symbolic links, as a relative
// one always may.
func hasLinks(path string) bool {
	if !filepath.IsAbs(path) {
		return true
	}
	for up := path; ; path = up {
		if up = filepath.Dir(path); up == path {
			return false
		}
		if st, err := unlogged.LstatPath(path); err != nil || st.Mode&fs.ModeSymlink != 0 {
			return true
		}
	}
}

// outsideInputs are directories whose content the toolchain and the module
// versions stand for: as the variables had it when the process began, since a
// test may point them at data of its own.
var outsideInputs = sync.OnceValue(func() []string {
	start := func(name string) string { return trace.StartEnv()[name] }
	dirs := []string{start("GOROOT"), start("GOMODCACHE")}
	if root := goroot(); root != "" && getenv("GOROOT") == start("GOROOT") { // it believes $GOROOT
		dirs = append(dirs, root)
	}
	gopath := start("GOPATH")
	if gopath == "" && start("HOME") != "" {
		gopath = filepath.Join(start("HOME"), "go")
	}
	for _, dir := range filepath.SplitList(gopath) {
		dirs = append(dirs, filepath.Join(dir, "pkg", "mod"))
	}
	return slices.DeleteFunc(dirs, func(dir string) bool { return !filepath.IsAbs(dir) })
})

// within reports whether path is one of dirs or lies in one.
func within(path string, dirs []string) bool {
	return slices.ContainsFunc(dirs, func(dir string) bool {
		rest, ok := strings.CutPrefix(path, dir)
		return ok && (rest == "" || os.IsPathSeparator(rest[0]) || os.IsPathSeparator(dir[len(dir)-1]))
	})
}

// toolchain describes what compiled this binary: the version of Go, the
// platform and each build setting.
var toolchain = sync.OnceValue(func() string {
	detail := runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			// What -cover adds changes no value; who asks for it has the binary
			// for an input.
			if s.Value != "" && !strings.HasPrefix(s.Key, "vcs") && !strings.HasPrefix(s.Key, "-cover") && s.Key != "GOOS" && s.Key != "GOARCH" && s.Key != "-compiler" {
				detail = input.AppendSetting(detail, s.Key, s.Value)
			}
		}
	}
	return detail
})

// buildIDMarks stand before the build ID, near the beginning of a binary: in
// an ELF file it is the note of type 4 of owner "Go", little or big endian;
// elsewhere the linker puts it where the code starts
// (cmd/internal/buildid/buildid.go and note.go).
var buildIDMarks = [][]byte{
	[]byte("\x04\x00\x00\x00Go\x00\x00"), []byte("\x00\x00\x00\x04Go\x00\x00"), []byte("\xff Go build ID: \""),
}

// findBuildID returns the build ID in the first bytes of a binary.
func findBuildID(head []byte) (id string, ok bool) {
	const length = 4*20 + 3
	for _, mark := range buildIDMarks {
		if _, rest, found := bytes.Cut(head, mark); found && len(rest) >= length {
			if id := string(rest[:length]); fullBuildID(id) {
				return id, true
			}
		}
	}
	return "", false
}

// binaryID stands for the content of this binary: the build ID that the go
// command gave it, which is made of the digests of all that was linked, or
// the digest of the file. It is "" if the file cannot be read.
func binaryID() string {
	id, _ := identity()
	return id
}

var identity = sync.OnceValues(func() (string, error) {
	if id, ok := findBuildID(mappedHead()); ok {
		return id, nil
	}
	f, err := openBinary()
	if err != nil {
		return "", err
	}
	defer f.Close()
	for _, size := range []int{4 << 10, 64 << 10} { // in the first page, as a rule
		head := make([]byte, size)
		n, _ := f.ReadAt(head, 0)
		if id, ok := findBuildID(head[:n]); ok {
			return id, nil
		}
	}
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
})

// inPlace returns an error if the program that runs is not, or cannot be read,
// where it was started: what lies around it says nothing of it then.
var inPlace = sync.OnceValue(func() error {
	if _, err := identity(); err != nil {
		return err
	}
	f, err := openBinary()
	if err == nil {
		f.Close()
	}
	return err
})

// openBinary opens the program that runs.
func openBinary() (*os.File, error) {
	path, err := os.Executable()
	if err != nil {
		return nil, err
	}
	f, err := unlogged.Open(path)
	if err != nil {
		return nil, err
	}
	if err := isRunning(f); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// isRunning returns an error if a file is not the program that runs but one
// that has taken its place: Linux can tell.
func isRunning(f *os.File) error {
	own, err := unlogged.StatPath("/proc/self/exe")
	if err != nil {
		return nil // not Linux, or without /proc
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if st := unlogged.FromInfo(info); st.Inode != own.Inode || st.Device != own.Device {
		return errors.New(f.Name() + " is another file by now")
	}
	return nil
}

// fullBuildID reports whether an ID has the four parts that cmd/go gives a
// linked binary (cmd/go/internal/work/buildid.go), each 120 bits in base64:
// -ldflags=-buildid= can put anything else in its place.
func fullBuildID(id string) bool {
	parts := strings.Split(id, "/")
	return len(parts) == 4 && !slices.ContainsFunc(parts, func(p string) bool {
		return len(p) != 20 || strings.Trim(p, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != ""
	})
}

// arguments are those of this process that are neither package testing's nor
// -update: that golden files are to be written changes no fixture.
var arguments = sync.OnceValue(func() string {
	var own []string
	for i := 1; i < len(os.Args); i++ {
		arg := os.Args[i]
		if flag, _, _ := strings.Cut(strings.TrimLeft(arg, "-"), "="); flag == "update" && strings.HasPrefix(arg, "-") {
			continue
		}
		name, ok := strings.CutPrefix("-"+strings.TrimLeft(arg, "-"), "-test.")
		if !ok || !strings.HasPrefix(arg, "-") {
			own = append(own, arg)
			continue
		}
		// A value may stand by itself, but not that of a boolean flag.
		if !strings.Contains(name, "=") && !isBoolFlag("test."+name) {
			i++
		}
	}
	return strings.Join(own, " ")
})

// commandLine is all of it, but for the paths of this run that go test made up.
var commandLine = sync.OnceValue(func() string {
	line := []string{filepath.Base(os.Args[0])}
	for _, arg := range os.Args[1:] {
		name, _, _ := strings.Cut(arg, "=")
		if slices.Contains(pathFlags, strings.TrimLeft(name, "-")) {
			arg = name
		}
		line = append(line, arg)
	}
	return strings.Join(line, " ")
})

// pathFlags are those to which go test gives another path each time.
var pathFlags = []string{"test.testlogfile", "test.gocoverdir"}

func isBoolFlag(name string) bool {
	f := flag.Lookup(name)
	if f == nil {
		return true
	}
	b, ok := f.Value.(interface{ IsBoolFlag() bool })
	return ok && b.IsBoolFlag()
}

// boolFlag is the value of a flag of package testing.
func boolFlag(name string) string {
	f := flag.Lookup(name)
	if f == nil || f.Value.String() == "" {
		return "false"
	}
	return f.Value.String()
}

// ownFile reports whether path is that of the log that go test asked for.
func ownFile(path string) bool {
	if exe, err := os.Executable(); err == nil && path == exe {
		return true
	}
	f := flag.Lookup("test.testlogfile")
	return f != nil && f.Value.String() == path
}
