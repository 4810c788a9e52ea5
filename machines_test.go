package fixturecache_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// machines are what this machine can be instead by an emulator, with the packages
// whose tests run there: those that lay out bytes, and on Windows those that
// meet its file system.
var machines = []struct {
	goos, goarch string
	emulator     []string // tried in this order
	install      string
	packages     []string
}{
	{"linux", "arm64", []string{"qemu-aarch64", "qemu-aarch64-static"}, "qemu-user", onLinux},
	{"linux", "s390x", []string{"qemu-s390x", "qemu-s390x-static"}, "qemu-user", onLinux},
	{"windows", "amd64", []string{"wine", "wine64"}, "wine64", onWindows},
}

var (
	onLinux = []string{
		"snapshot", "store", "record", "typeid", "code", "code/pack", "code/facts", "code/graph", "code/state", "code/capture", "code/types",
	}
	onWindows = []string{
		"snapshot", "store", "record", "typeid", "tree", "trace", "private", "unlogged", "logged", "since", "input", "process", "config",
		"admin", "compare", "remote", "httpcache", "engine", "../memo", "../cmd/cachetest", "code/pack", "code/facts", "code/graph", "code/state",
	}
)

// TestMachines runs tests of core/internal as other machines, and on Windows a
// fixture: with CACHETEST_LONG=1. A tool that is missing is an error where CI
// is set, as .ci/run installs it.
func TestMachines(t *testing.T) {
	if !long() || runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		t.Skip("set CACHETEST_LONG=1 on linux/amd64")
	}
	for _, m := range machines {
		t.Run(m.goos+"/"+m.goarch, func(t *testing.T) {
			emulator := needTool(t, m.install, m.emulator...)
			env := append(os.Environ(), "GOOS="+m.goos, "GOARCH="+m.goarch, "CGO_ENABLED=0", "CACHETEST_LONG=", "CI=")
			var flags []string
			var drive string
			if m.goos == "windows" {
				var more []string
				drive, more = wine(t, emulator)
				env = append(append(env, more...), "CACHETEST_WINE=1") // which some tests need to know
				flags = overlayForWine(t)
			} else {
				env = append(env, "CACHETEST_EMULATOR="+emulator) // by which a test runs itself again
			}
			for _, pkg := range m.packages {
				t.Run(strings.TrimPrefix(pkg, "../"), func(t *testing.T) {
					dir := filepath.Join("core", "internal", filepath.FromSlash(pkg))
					binary := buildTest(t, dir, env, flags...)
					cmd := exec.Command(emulator, binary, "-test.short", "-test.timeout=20m")
					cmd.Dir, cmd.Env = dir, env
					if out, err := cmd.CombinedOutput(); err != nil {
						t.Errorf("%v\n%s", err, out)
					}
				})
			}
			if m.goos == "windows" {
				t.Run("fixture", func(t *testing.T) { fixtureInWine(t, emulator, drive, env) })
			}
		})
	}
}

// needTool returns the first of some commands that there is.
func needTool(t *testing.T, install string, names ...string) string {
	t.Helper()
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is missing: install %s", names[0], install)
	}
	t.Skipf("%s is missing: install %s", names[0], install)
	return ""
}

// buildTest builds the test binary of the package in dir.
func buildTest(t *testing.T, dir string, env []string, flags ...string) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "m.test.exe")
	cmd := exec.Command("go", append(append([]string{"test", "-c", "-o", binary}, flags...), ".")...)
	cmd.Dir, cmd.Env = dir, env
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go test -c: %v\n%s", err, out)
	}
	return binary
}

// prng is the one function of bcryptprimitives.dll that Go needs and that Wine
// has not had before version 9.
const prng = `#include <windows.h>
#include <ntsecapi.h>
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T size) { return RtlGenRandom(data, size); }
BOOL WINAPI DllMain(HINSTANCE dll, DWORD reason, LPVOID reserved) { return TRUE; }
`

// wine makes a Windows and returns its drive C: and the environment for it.
func wine(t *testing.T, emulator string) (drive string, env []string) {
	t.Helper()
	gcc := needTool(t, "gcc-mingw-w64-x86-64-win32", "x86_64-w64-mingw32-gcc")
	dir, err := os.MkdirTemp("", "wine-")
	if err != nil {
		t.Fatal(err)
	}
	prefix := filepath.Join(dir, "wine")
	env = []string{"WINEPREFIX=" + prefix, "WINEDEBUG=-all", "CACHETEST_DIR="}
	run := func(name string, args ...string) {
		t.Helper()
		cmd := exec.Command(name, args...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "prng.c"), []byte(prng), 0o600); err != nil {
		t.Fatal(err)
	}
	run(emulator, "wineboot", "-i")
	t.Cleanup(func() {
		cmd := exec.Command(emulator, "wineboot", "-k")
		cmd.Env = append(os.Environ(), env...)
		cmd.Run()
		for try := 0; os.RemoveAll(dir) != nil && try < 100; try++ {
			time.Sleep(50 * time.Millisecond) // its server writes there until it ends, a little later
		}
	})
	drive = filepath.Join(prefix, "drive_c")
	run(gcc, "-shared", "-o", filepath.Join(drive, "windows", "system32", "bcryptprimitives.dll"), "prng.c", "-ladvapi32")
	return drive, env
}

// forWine are changes to the standard library's files. os.RemoveAll removes files as
// on an old Windows: to the newer way Wine 8 answers "Invalid function", which Go does
// not expect. And t.TempDir may leave a directory: in Wine a file that is open keeps
// its name when it is removed, unlike on Windows, until it is closed.
var forWine = []struct{ file, was, is string }{
	{"internal/syscall/windows/at_windows.go", "var TestDeleteatFallback bool", "var TestDeleteatFallback = true"},
	{"testing/testing.go", `c.Errorf("TempDir RemoveAll cleanup`, `c.Logf("TempDir RemoveAll cleanup`},
}

// overlayForWine returns the flags of the go command that make the changes.
func overlayForWine(t *testing.T) []string {
	t.Helper()
	dir := t.TempDir()
	replace := map[string]string{}
	for _, change := range forWine {
		path := filepath.Join(goEnv(t)["GOROOT"], "src", change.file)
		source, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(source, []byte(change.was)) {
			t.Fatalf("%s has no %q any more: find another way to have %q", path, change.was, change.is)
		}
		replace[path] = filepath.Join(dir, filepath.Base(path))
		if err := os.WriteFile(replace[path], bytes.Replace(source, []byte(change.was), []byte(change.is), 1), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	list := filepath.Join(dir, "overlay.json")
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err == nil {
		err = os.WriteFile(list, overlay, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return []string{"-overlay", list}
}

// fixtureInWine runs a test binary with a value and a directory in a Windows: a
// miss, a hit, a miss after an edit of the file that they read, and a hit.
func fixtureInWine(t *testing.T, emulator, drive string, env []string) {
	dir := filepath.Join(drive, "m") // on another drive Go finds the time zones of this machine, and we read all
	if err := os.CopyFS(dir, os.DirFS("testdata/machines")); err != nil {
		t.Fatal(err)
	}
	repo, err := os.Getwd()
	if err == nil {
		err = writeModule(dir, repo)
	}
	if err != nil {
		t.Fatal(err)
	}
	env = append(env, "GOFLAGS=-mod=mod", `CACHETEST_DIR=C:\store`)
	binary := buildTest(t, dir, env)
	run := func(data string, want ...string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, "data.txt"), []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(emulator, binary, "-test.v")
		cmd.Dir, cmd.Env = dir, env
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		for _, line := range append(want, "value: "+data, "dir: "+data) {
			if !bytes.Contains(out, []byte(line)) {
				t.Errorf("no %q in\n%s", line, out)
			}
		}
	}
	run("one", `miss "value": first run`, `miss "dir": first run`)
	run("one", `hit "value"`, `hit "dir"`)
	run("other", `miss "value": file data.txt modified`, `miss "dir": file data.txt modified`)
	run("other", `hit "value"`, `hit "dir"`)
	// an edit that leaves the size, at once: there is no change time to tell it
	run("third", `miss "value": file data.txt modified`, `miss "dir": file data.txt modified`)
}
