package source

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/fixturecache/fixturecache/core/internal/quiet"
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
}

// maxAncestors bounds the walk: go test, perhaps a wrapper of -exec, a task
// runner, shells. Only the nearest go command counts.
const maxAncestors = 16

func findGoFlags() goFlags {
	var f goFlags
	f.gowork = goEnv("GOWORK")
	f.addVariable("GOFLAGS", goEnv("GOFLAGS"))
	if runtime.GOOS == "linux" {
		f.addAncestors()
	}
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

// addAncestors walks up to the go command that started this process.
func (f *goFlags) addAncestors() {
	pid := os.Getppid()
	for range maxAncestors {
		if pid <= 1 {
			return
		}
		proc := "/proc/" + strconv.Itoa(pid)
		line, err := quiet.ReadFile(proc + "/cmdline")
		if err != nil {
			return
		}
		args := strings.Split(strings.TrimSuffix(string(line), "\x00"), "\x00")
		if isGo(args) {
			// Its own environment: that of this process may have been changed.
			environ, err := quiet.ReadFile(proc + "/environ")
			for kv := range strings.SplitSeq(string(environ), "\x00") {
				name, value, _ := strings.Cut(kv, "=")
				f.addVariable(name, value)
			}
			f.seen = err == nil
			f.add(args[1:])
			f.dir, _ = os.Readlink(proc + "/cwd") // Readlink is not logged
			return
		}
		if pid = parentOf(proc); pid < 0 {
			return
		}
	}
}

func isGo(args []string) bool {
	name := strings.TrimSuffix(filepath.Base(args[0]), ".exe")
	return strings.HasPrefix(name, "go") && len(args) > 1 && (args[1] == "test" || strings.HasPrefix(args[1], "-C") || args[1] == "vet" || args[1] == "run")
}

// parentOf reads the fourth field of /proc/PID/stat; the second is a name in
// parentheses that may itself hold any character.
func parentOf(proc string) int {
	data, err := quiet.ReadFile(proc + "/stat")
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

// goEnv returns a setting of the go command: from the environment, else from
// the file that go env -w writes. Not through os.Getenv: how the binary was
// built is no input of the test.
func goEnv(name string) string {
	if v := env(name); v != "" {
		return v
	}
	file := env("GOENV")
	if file == "off" {
		return ""
	}
	if file == "" {
		file = defaultGoEnv()
	}
	data, err := quiet.ReadFile(file)
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

// defaultGoEnv is os.UserConfigDir()/go/env, not logged.
func defaultGoEnv() string {
	switch runtime.GOOS {
	case "windows":
		return filepath.Join(env("AppData"), "go", "env")
	case "darwin", "ios":
		return filepath.Join(homeDir(), "Library", "Application Support", "go", "env")
	}
	if dir := env("XDG_CONFIG_HOME"); dir != "" {
		return filepath.Join(dir, "go", "env")
	}
	return filepath.Join(homeDir(), ".config", "go", "env")
}

func homeDir() string {
	if runtime.GOOS == "windows" {
		return env("USERPROFILE")
	}
	return env("HOME")
}

// env is os.Getenv, not logged.
func env(name string) string {
	v, _ := syscall.Getenv(name)
	return v
}
