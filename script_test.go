// Package fixturecache_test runs the scenarios of testdata/script, each of
// which drives child `go test` processes over a small module of its own: what
// go test does with us inside cannot be seen from within one process.
package fixturecache_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// CACHETEST_SCRIPTS=update writes what the commands print into the scripts, for
// you to read. The short run has the one script with each verb.
func TestScripts(t *testing.T) { runScriptsIn(t, "") }

// runScriptsIn runs scripts, all if none is named, in a directory of t, or in place,
// which they then name as it is named here: through symbolic links too.
func runScriptsIn(t *testing.T, place string, files ...string) {
	goenv := goEnv(t)
	dir := t.TempDir()
	os.Chmod(filepath.Dir(dir), 0o755) // some scripts run as another user
	if goroot := filepath.Join(dir, "go"); linkingGoroot(goroot, goenv["GOROOT"], goenv["GOTOOLDIR"]) == nil {
		goenv["GOROOT"] = goroot
	}
	delete(goenv, "GOTOOLDIR")
	scripts := testscript.Params{
		Dir:                 "testdata/script",
		Setup:               func(env *testscript.Env) error { return setupModule(env, goenv, place) },
		Cmds:                scriptCommands,
		Condition:           scriptCondition,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       os.Getenv("CACHETEST_SCRIPTS") == "update",
	}
	if place != "" {
		scripts.WorkdirRoot = place
	}
	if testing.Short() {
		files = []string{"testdata/script/verbs.txtar"}
	}
	if files != nil {
		scripts.Dir, scripts.Files = "", files
	}
	runScripts(t, scripts)
}

// scriptCondition adds [root] (the tests run as root), [long] (for what shows a
// promise once more: see CONTRIBUTING.md), [runs386] (the kernel runs such binaries) and
// [missing:TOOL]: the tool is not there, which is an error where CI is set, as .ci/run
// installs it.
func scriptCondition(cond string) (bool, error) {
	switch cond {
	case "root":
		return os.Getuid() == 0, nil
	case "long":
		return long(), nil
	case "runs386":
		return runs386(), nil
	}
	tool, ok := strings.CutPrefix(cond, "missing:")
	if !ok {
		return false, fmt.Errorf("unknown condition %q", cond)
	}
	_, err := exec.LookPath(tool)
	if err != nil && os.Getenv("CI") == "true" {
		return false, err
	}
	return err != nil, nil
}

// runs386 reports whether a binary for 386 runs: not each kernel for amd64 runs it.
var runs386 = sync.OnceValue(func() bool {
	cmd := exec.Command("go", "test", "-run=^$", "./core/internal/human")
	cmd.Env = append(os.Environ(), "GOARCH=386", "CGO_ENABLED=0")
	return cmd.Run() == nil
})

// long reports that this is the long run: see CONTRIBUTING.md.
func long() bool { return os.Getenv("CACHETEST_LONG") != "" }

// goEnv returns the go command's caches as the parent sees them: scripts run
// with another HOME, and must not compile the standard library again.
func goEnv(t *testing.T) map[string]string {
	env := map[string]string{}
	for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOROOT", "GOTOOLDIR"} {
		out, err := exec.Command("go", "env", name).Output()
		if err != nil {
			t.Fatalf("go env %s: %v", name, err)
		}
		env[name] = strings.TrimSpace(string(out))
	}
	return env
}

// setupModule makes $WORK a module that uses this checkout, unless the script
// brings a go.mod of its own, and gives it an empty store, a temporary
// directory and a home outside the module ($OUT/store, $OUT/tmp, $OUT/home).
func setupModule(env *testscript.Env, goenv map[string]string, place string) error {
	repo, err := os.Getwd()
	if err != nil {
		return err
	}
	if place != "" {
		work := filepath.Join(place, filepath.Base(env.WorkDir))
		env.Setenv("WORK", work)
		env.Cd = work
	}
	out, err := os.MkdirTemp(place, "script-out-")
	if err != nil {
		return err
	}
	env.Defer(func() { removeAll(out) })
	for _, dir := range []string{"tmp", "home"} {
		if err := os.Mkdir(filepath.Join(out, dir), 0o755); err != nil {
			return err
		}
	}
	for name, value := range goenv {
		env.Setenv(name, value)
	}
	env.Setenv("REPO", repo)
	env.Setenv("OUT", out)
	env.Setenv("HOME", filepath.Join(out, "home"))
	env.Setenv("TMPDIR", filepath.Join(out, "tmp"))
	if runtime.GOOS == "windows" {
		env.Setenv("TMP", filepath.Join(out, "tmp"))
		env.Setenv("LocalAppData", filepath.Join(out, "home"))
	}
	env.Setenv("CACHETEST_DIR", filepath.Join(out, "store"))
	env.Setenv("GOPROXY", "off")
	env.Setenv("GOFLAGS", "-mod=mod -vet=off -buildvcs=false")
	env.Setenv("GOTOOLCHAIN", "local")
	env.Setenv("CI", "")
	env.Setenv("GOGC", "400") // of the go command, the compiler and the linker, a sixth of whose time it saves
	if err := writeModule(env.WorkDir, repo); err != nil || place == "" {
		return err
	}
	return age(env.WorkDir) // where times are coarse, what is new may be newer than the build
}

// writeModule writes go.mod (module example.com/m) and go.sum into dir. A
// script's own go.mod is completed with what it takes to use this checkout.
func writeModule(dir, repo string) error {
	ours, err := os.ReadFile(filepath.Join(repo, "go.mod"))
	if err != nil {
		return err
	}
	mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		mod = []byte("module example.com/m\n\ngo 1.25.0\n")
	}
	mod = fmt.Appendf(mod, "\nrequire github.com/fixturecache/fixturecache v0.0.0\n\nreplace github.com/fixturecache/fixturecache => %s\n\n", repo)
	if _, requires, found := bytes.Cut(ours, []byte("\nrequire (")); found {
		mod = append(append(mod, "require ("...), requires...)
	}
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), mod, 0o644); err != nil {
		return err
	}
	sum, err := os.ReadFile(filepath.Join(repo, "go.sum"))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "go.sum"), sum, 0o644)
}

// removeAll removes a tree that may hold read-only directories.
func removeAll(dir string) {
	filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			os.Chmod(path, 0o755)
		}
		return nil
	})
	os.RemoveAll(dir)
}

var scriptCommands = map[string]func(ts *testscript.TestScript, neg bool, args []string){
	"edit":  cmdEdit,
	"age":   cmdAge,
	"sleep": cmdSleep,
}

// cmdEdit is `edit FILE OLD NEW`: replaces every OLD in FILE; none is an error.
func cmdEdit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: edit FILE OLD NEW")
	}
	file := ts.MkAbs(args[0])
	data, err := os.ReadFile(file)
	ts.Check(err)
	if !bytes.Contains(data, []byte(args[1])) {
		ts.Fatalf("edit: %s does not contain %q", args[0], args[1])
	}
	data = bytes.ReplaceAll(data, []byte(args[1]), []byte(args[2]))
	ts.Check(os.WriteFile(file, data, 0o644))
}

// cmdAge is `age PATH...`: sets the modification time of each path, and of all
// below it, to an hour ago, so that go test's two-second rule ("too new to
// cache") is out of the way.
func cmdAge(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: age PATH...")
	}
	for _, arg := range args {
		ts.Check(age(ts.MkAbs(arg)))
	}
}

func age(path string) error {
	old := time.Now().Add(-time.Hour)
	return filepath.WalkDir(path, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.Type()&fs.ModeSymlink != 0 {
			return err
		}
		return os.Chtimes(path, old, old)
	})
}

// cmdSleep is `sleep DURATION`.
func cmdSleep(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: sleep DURATION")
	}
	d, err := time.ParseDuration(args[0])
	ts.Check(err)
	time.Sleep(d)
}
