package build

import (
	"cmp"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// goFlags are the flags of the go command that built this binary, as far as
// they change which source it is made of. The build information tells nothing
// of them; they stand in $GOFLAGS, in the file of go env -w, and on the command
// lines above this process, which only Linux lets us read without a command.
// Elsewhere a -overlay given on the command line goes unseen.
type goFlags struct {
	hides  string // why the files in their usual places may not be what was compiled, or ""
	linker bool   // -ldflags, or a variable that changes how C is compiled or linked
	seen   bool   // the command line was read
	mod    string // -mod
	tags   []string
	dir    string // where the go command ran; "" if unknown
	root   string // the toolchain that the go command is of, if GOROOT is not set; "" if unknown
	env    func(name string) string
}

// newGoFlags reads the flags of the environment, and then of a command line. The flags
// in $GOFLAGS may be quoted, as may a part of each; it matters only which are set.
// Under -trimpath the build information leaves out the other variables, like -ldflags
// (setBuildInfo in cmd/go/internal/load/pkg.go).
func newGoFlags(f goFlags, args []string) *goFlags {
	for _, name := range []string{"CGO_CFLAGS", "CGO_CPPFLAGS", "CGO_CXXFLAGS", "CGO_LDFLAGS"} {
		f.linker = f.linker || f.setting(name) != ""
	}
	set := strings.Fields(f.setting("GOFLAGS"))
	for i, arg := range set {
		set[i] = strings.Trim(arg, `'"`)
	}
	f.add(set)
	f.add(args)
	return &f
}

func (f *goFlags) add(args []string) {
	for i, arg := range args {
		name, value, hasValue := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		if !hasValue && i+1 < len(args) {
			value = args[i+1]
		}
		switch {
		case !strings.HasPrefix(arg, "-"):
		case name == "args":
			return // the arguments that follow are the test's own
		case name == "mod":
			f.mod = value
		case name == "tags":
			f.tags = tagList(value)
		case value == "":
		case name == "overlay" || name == "toolexec" || name == "modfile":
			f.hides = "built with -" + name
		case name == "ldflags":
			f.linker = true
		}
	}
}

func tagList(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}

// findGoFlags walks up to the go command that started this process, the nearest one.
// Its own variables are better than ours: a program that runs the test for it (-exec)
// may set others.
func findGoFlags() *goFlags {
	for proc := range unlogged.Ancestors {
		line, err := unlogged.ReadFile(proc + "/cmdline")
		if err != nil {
			break
		}
		args := strings.Split(strings.TrimSuffix(string(line), "\x00"), "\x00")
		exe, _ := os.Readlink(proc + "/exe") // Readlink is not logged
		if !isGo(exe, args) {
			continue
		}
		f := goFlags{env: lookUp(unlogged.StartEnviron)}
		if environ, err := unlogged.ReadFile(proc + "/environ"); err == nil {
			f.env, f.seen = lookUp(strings.Split(string(environ), "\x00")), true
		}
		if dir, err := os.Readlink(proc + "/cwd"); err == nil {
			f.dir = unlogged.Spelled(dir, f.env("PWD"))
		}
		f.root = filepath.Dir(filepath.Dir(exe)) // of bin/go
		return newGoFlags(f, args[1:])
	}
	f := goFlags{env: lookUp(unlogged.StartEnviron)}
	if runtime.GOOS == "linux" { // what -exec names runs it in a PID namespace, or as a service
		f.hides = "the flags of go test are not known: it is not among the processes above the test"
	}
	return newGoFlags(f, nil)
}

// isGo reports whether a process is a go command that runs tests, by the name of its file
// or by the one that it was called by, which a link or exec -a chooses. What runs the test
// for it may be a go command too, go run as a rule.
func isGo(exe string, args []string) bool {
	named := strings.HasPrefix(filepath.Base(exe), "go") || strings.HasPrefix(filepath.Base(args[0]), "go")
	at := 1
	if len(args) > 1 && strings.HasPrefix(args[1], "-") { // -C=dir
		if at++; !strings.Contains(args[1], "=") { // -C dir
			at++
		}
	}
	return named && at < len(args) && args[at] == "test"
}

// lookUp returns a function for the environment variables of a go command. It does not use
// os.Getenv: how the binary was built is no input of the test.
func lookUp(environ []string) func(name string) string {
	return func(name string) string {
		for _, kv := range environ {
			if value, ok := strings.CutPrefix(kv, name+"="); ok {
				return value
			}
		}
		return ""
	}
}

// setting returns a setting of the go command: from its environment, else from the
// file that go env -w writes, else from the toolchain's go.env. The last line counts
// (readEnvFile in cmd/go/internal/cfg/cfg.go).
func (f *goFlags) setting(name string) (value string) {
	if v := f.env(name); v != "" {
		return v
	}
	for _, file := range []string{filepath.Join(cmp.Or(f.env("GOROOT"), f.root), "go.env"), unlogged.GoEnvFile(f.env)} {
		if file == "off" {
			break
		}
		data, _ := unlogged.ReadFile(absolute(f.dir, file))
		for line := range strings.Lines(string(data)) {
			if v, ok := strings.CutPrefix(line, name+"="); ok {
				value = strings.TrimSpace(v)
			}
		}
	}
	return value
}

// modCache returns the directory that go env GOMODCACHE prints.
func (f *goFlags) modCache() string {
	if dir := f.setting("GOMODCACHE"); dir != "" {
		return dir
	}
	if list := filepath.SplitList(f.setting("GOPATH")); len(list) > 0 && list[0] != "" {
		return filepath.Join(list[0], "pkg", "mod")
	}
	home := unlogged.UserHomeDir(f.env)
	if home == "" {
		return ""
	}
	return filepath.Join(home, "go", "pkg", "mod")
}

// startDir is where the process began, as the go command spells it: the names of the
// files that it compiles, and where it looks for go.mod and go.work, follow from that.
var startDir = unlogged.Spelled(unlogged.StartDir, unlogged.Getenv("PWD"))
