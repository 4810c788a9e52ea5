package process

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/logged"
	"github.com/fixturecache/fixturecache/core/internal/settings"
)

// TestBinaryID compares with what the go command says of this very binary.
func TestBinaryID(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("go", "tool", "buildid", exe).Output()
	if err != nil {
		t.Skipf("go tool buildid: %v", err)
	}
	if want := strings.TrimSpace(string(out)); BinaryID() != want {
		t.Errorf("got %q, want %q", BinaryID(), want)
	}
}

// The modules lie in the first GOPATH if GOMODCACHE does not say where: what lies there
// else is no module.
func TestOutside(t *testing.T) {
	first, second, cache := filepath.Join(t.TempDir(), "1"), filepath.Join(t.TempDir(), "2"), t.TempDir()
	env := map[string]string{"GOPATH": first + string(filepath.ListSeparator) + second}
	for _, tt := range []struct{ cache, want string }{{"", filepath.Join(first, "pkg", "mod")}, {cache, cache}} {
		env["GOMODCACHE"] = tt.cache
		h := &Host{Env: func() map[string]string { return env }}
		got := slices.DeleteFunc(h.outside(), func(dir string) bool { return dir == goroot() })
		if len(got) != 1 || got[0] != tt.want {
			t.Errorf("GOMODCACHE=%s: %q, want %s", tt.cache, got, tt.want)
		}
		module := filepath.Join(tt.want, "m@v1.0.0")
		for _, root := range []logged.Root{{Lexical: module}, {Physical: module}} {
			h.Root = root
			if Within(filepath.Join(module, "in.txt"), h.outside()) {
				t.Errorf("GOMODCACHE=%s: a version stands for what is in %s, which is tested there", tt.cache, module)
			}
		}
	}
}

// An ID that somebody chose says nothing of the content.
func TestChosenBuildID(t *testing.T) {
	for _, id := range []string{"", "release-1", "a/b/c/d", strings.Repeat("x", 20) + "/" + strings.Repeat("y", 62)} {
		if fullBuildID(id) {
			t.Errorf("%q passes for the go command's", id)
		}
	}
}

var _ = flag.String("text", "", "a flag of a test's own, for TestArguments")

// TestArguments leaves out what package testing takes, and nothing that package flag
// leaves to the test.
func TestArguments(t *testing.T) {
	for _, tt := range []struct {
		args []string
		want string
	}{
		{nil, ""},
		{[]string{"-test.v", "--test.run", "A", "-test.count=1"}, ""},
		{[]string{"-test.v", "-seed=7", "-test.run", "A", "-update"}, "-seed=7 -update"},
		{[]string{"-text", "a", "-test.v"}, "-text a"},
		{[]string{"-text", "-test.v", "-test.v"}, "-text -test.v"},
		{[]string{"-text", "a", "b", "-test.v"}, "-text a b -test.v"},
		{[]string{"-text", "a b", "-test.v"}, `-text "a b"`},
		{[]string{"--", "-test.v"}, "-- -test.v"},
		{[]string{"-", "-test.v"}, "- -test.v"},
		{[]string{"", "-test.v"}, `"" -test.v`},
		{[]string{"a\nb", `"a`, `b"`}, `"a\nb" "\"a" "b\""`},
		{[]string{`"a b"`}, `"\"a b\""`},
		{[]string{"-text"}, "-text"},
		{[]string{"-test.run"}, ""},
	} {
		if got := join(ownArguments(tt.args)); got != tt.want {
			t.Errorf("%q: %s, want %s", tt.args, got, tt.want)
		}
	}
}

// What lies in /dev is no file that stays, but for a module there, with all that is
// in it.
func TestSystemDir(t *testing.T) {
	for _, tc := range []struct {
		root, path string
		want       bool
	}{
		{"/m", "/dev/shm/in.txt", true},
		{"/dev/shm/m", "/dev/shm/m/in.txt", false},
		{"/dev/shm/m", "/dev/shm/in.txt", true},
		{"/dev/shm/m", "/proc/stat", true},
		{"/", "/proc/stat", true},
		{"", "/proc/stat", true},
		{"/m", "/dev/null", false},
	} {
		root := logged.Root{Lexical: filepath.FromSlash(tc.root), Physical: filepath.FromSlash(tc.root)}
		if _, got := SystemDir(root, filepath.FromSlash(tc.path)); got != tc.want && filepath.Separator == '/' {
			t.Errorf("%s in a module at %q: %v", tc.path, tc.root, got)
		}
	}
}

// A CPU profile reads what is mapped while the first tests run.
func TestOwnFileOfProfile(t *testing.T) {
	profile := flag.Lookup("test.cpuprofile").Value
	defer profile.Set(profile.String())
	for _, file := range []string{"", "cpu.out"} {
		if profile.Set(file); OwnFile("/proc/self/maps") != (file != "") {
			t.Errorf("with -cpuprofile=%s: %v", file, file == "")
		}
	}
}

func TestTempDirAsSetting(t *testing.T) {
	for _, dir := range []string{"", t.TempDir()} {
		t.Setenv("TMPDIR", dir)
		if got := Setting(settings.TempDir); got != os.TempDir() {
			t.Errorf("with TMPDIR=%q it is %q, and os.TempDir %q", dir, got, os.TempDir())
		}
	}
}
