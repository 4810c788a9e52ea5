package build

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// goFlags are the flags of the go command that built this binary, as far as
// they change which source it is made of. The build information tells nothing
// of them; they stand in $GOFLAGS, in the file of go env -w, and on the command
// lines above this process, which only Linux lets us read without a command.
// Elsewhere a -overlay given on the command line goes unseen.
type goFlags struct {
	overlay  bool
	toolexec bool
	modfile  bool
	ldflags  bool   // -ldflags, or a variable that changes how C is compiled or linked
	seen     bool   // the command line was read
	mod      string // -mod
	gowork   string // $GOWORK
	dir      string // where the go command ran; "" if unknown

	env func(name string) string // the go command's variables; nil for those of now
}

// maxAncestors bounds the walk: go test, perhaps a wrapper of -exec, a task
// runner, shells. Only the nearest go command counts.
const maxAncestors = 16

func findGoFlags() goFlags {
	f := goFlags{env: startEnv}
	var args []string
	if runtime.GOOS == "linux" {
		args = f.readAncestors()
	}
	f.gowork = f.goEnv("GOWORK")
	f.addVariable("GOFLAGS", f.goEnv("GOFLAGS"))
	f.add(args)
	return f
}

// hides returns why the files in their usual places may not be what was
// compiled, or "".
func (f goFlags) hides() string {
	switch {
	case f.overlay:
		return "built with -overlay"
	case f.toolexec:
		return "built with -toolexec"
	case f.modfile:
		return "built with -modfile"
	}
	return ""
}

// cgoFlags change what C code is compiled to. Under -trimpath the build
// information leaves them out, like -ldflags (setBuildInfo in
// cmd/go/internal/load/pkg.go).
var cgoFlags = []string{"CGO_CFLAGS", "CGO_CPPFLAGS", "CGO_CXXFLAGS", "CGO_LDFLAGS"}

// addVariable adds what a variable of the go command says. The flags in
// $GOFLAGS may be quoted, as may a part of each; what matters is which are set.
func (f *goFlags) addVariable(name, value string) {
	switch {
	case value == "":
	case name == "GOFLAGS":
		args := strings.Fields(value)
		for i, arg := range args {
			args[i] = strings.Trim(arg, `'"`)
		}
		f.add(args)
	case slices.Contains(cgoFlags, name):
		f.ldflags = true
	}
}

func (f *goFlags) add(args []string) {
	for i, arg := range args {
		if !strings.HasPrefix(arg, "-") {
			continue
		}
		name, value, hasValue := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		if !hasValue && i+1 < len(args) {
			value = args[i+1]
		}
		switch name {
		case "overlay":
			f.overlay = f.overlay || value != ""
		case "toolexec":
			f.toolexec = f.toolexec || value != ""
		case "modfile":
			f.modfile = f.modfile || value != ""
		case "ldflags":
			f.ldflags = f.ldflags || value != ""
		case "mod":
			f.mod = value
		case "args":
			return // what follows is the test's own
		}
	}
}

// readAncestors walks up to the go command that started this process, and
// returns its arguments. Its own variables are better than ours: what runs the
// test for it (-exec) may set others.
func (f *goFlags) readAncestors() []string {
	pid := os.Getppid()
	for range maxAncestors {
		if pid <= 1 {
			return nil
		}
		proc := "/proc/" + strconv.Itoa(pid)
		line, err := unlogged.ReadFile(proc + "/cmdline")
		if err != nil {
			return nil
		}
		args := strings.Split(strings.TrimSuffix(string(line), "\x00"), "\x00")
		if isGo(args) {
			if environ, err := unlogged.ReadFile(proc + "/environ"); err == nil {
				f.seen, f.env = true, lookup(string(environ))
			}
			if dir, err := os.Readlink(proc + "/cwd"); err == nil { // Readlink is not logged
				f.dir = spelled(dir, f.variable("PWD"))
			}
			return args[1:]
		}
		if pid = parentOf(proc); pid < 0 {
			return nil
		}
	}
	return nil
}

// lookup finds variables in a list of name=value, each ended by a zero byte.
func lookup(environ string) func(string) string {
	vars := map[string]string{}
	for kv := range strings.SplitSeq(environ, "\x00") {
		if name, value, ok := strings.Cut(kv, "="); ok {
			vars[name] = value
		}
	}
	return func(name string) string { return vars[name] }
}

func isGo(args []string) bool {
	name := strings.TrimSuffix(filepath.Base(args[0]), ".exe")
	return strings.HasPrefix(name, "go") && len(args) > 1 && (args[1] == "test" || strings.HasPrefix(args[1], "-C") || args[1] == "vet" || args[1] == "run")
}

// parentOf reads the fourth field of /proc/PID/stat; the second is a name in
// parentheses that may itself hold any character.
func parentOf(proc string) int {
	data, err := unlogged.ReadFile(proc + "/stat")
	if err != nil {
		return -1
	}
	fields := strings.Fields(string(data[bytes.LastIndexByte(data, ')')+1:]))
	if len(fields) < 2 {
		return -1
	}
	pid, err := strconv.Atoi(fields[1])
	if err != nil {
		return -1
	}
	return pid
}

// startEnviron is the environment as it was before TestMain or a test could set
// variables: some of them say how this binary was built.
var startEnviron = syscall.Environ()

func startEnv(name string) string {
	for _, kv := range startEnviron {
		if value, ok := strings.CutPrefix(kv, name+"="); ok {
			return value
		}
	}
	return ""
}

// goEnv returns a setting of the go command: from its environment, else from
// the file that go env -w writes. Not through os.Getenv: how the binary was
// built is no input of the test.
func (f goFlags) goEnv(name string) string {
	if v := f.variable(name); v != "" {
		return v
	}
	file := f.variable("GOENV")
	if file == "off" {
		return ""
	}
	if file == "" {
		file = f.defaultGoEnv()
	}
	data, err := unlogged.ReadFile(file)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(data)) {
		if v, ok := strings.CutPrefix(strings.TrimSpace(line), name+"="); ok {
			return v
		}
	}
	return ""
}

func (f goFlags) variable(name string) string {
	if f.env == nil {
		return env(name)
	}
	return f.env(name)
}

// defaultGoEnv is os.UserConfigDir()/go/env, not logged.
func (f goFlags) defaultGoEnv() string {
	switch runtime.GOOS {
	case "windows":
		return filepath.Join(f.variable("AppData"), "go", "env")
	case "darwin", "ios":
		return filepath.Join(f.homeDir(), "Library", "Application Support", "go", "env")
	}
	if dir := f.variable("XDG_CONFIG_HOME"); dir != "" {
		return filepath.Join(dir, "go", "env")
	}
	return filepath.Join(f.homeDir(), ".config", "go", "env")
}

func (f goFlags) homeDir() string {
	if runtime.GOOS == "windows" {
		return f.variable("USERPROFILE")
	}
	return f.variable("HOME")
}

// env is os.Getenv, not logged.
func env(name string) string {
	v, _ := syscall.Getenv(name)
	return v
}

// modCache is what go env GOMODCACHE prints.
func (f goFlags) modCache() string {
	if dir := f.goEnv("GOMODCACHE"); dir != "" {
		return dir
	}
	gopath := f.goEnv("GOPATH")
	if list := filepath.SplitList(gopath); len(list) > 0 {
		gopath = list[0]
	}
	if gopath == "" {
		if gopath = f.homeDir(); gopath == "" {
			return ""
		}
		gopath = filepath.Join(gopath, "go")
	}
	return filepath.Join(gopath, "pkg", "mod")
}
