package build

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestGoFlags(t *testing.T) {
	for _, tc := range []struct {
		args []string
		want string
	}{
		{[]string{"test", "-overlay", "x.json", "./..."}, "built with -overlay"},
		{[]string{"test", "--toolexec=time", "."}, "built with -toolexec"},
		{[]string{"test", "-modfile=x.mod"}, "built with -modfile"},
		{[]string{"test", "-run", "overlay", ".", "-args", "-overlay=x"}, ""},
		{[]string{"test", "-mod=vendor", "-race"}, ""},
	} {
		var f goFlags
		f.add(tc.args)
		if f.hides != tc.want {
			t.Errorf("%q: %q", tc.args, f.hides)
		}
	}
}

// Quotes around flags, and what -trimpath hides.
func TestGoVariables(t *testing.T) {
	for _, tc := range []struct {
		name, value   string
		hides, linker bool
	}{
		{"GOFLAGS", `'-overlay=a b.json'`, true, false},
		{"GOFLAGS", `-race "-ldflags=-X a.b=c"`, false, true},
		{"GOFLAGS", "-mod=mod", false, false},
		{"CGO_CFLAGS", "-DX=1", false, true},
		{"CGO_CFLAGS", "", false, false},
	} {
		f := newGoFlags(goFlags{env: lookUp([]string{"GOENV=off", tc.name + "=" + tc.value})}, nil)
		if f.hides != "" != tc.hides || f.linker != tc.linker {
			t.Errorf("%s=%s: hides %q, linker %v", tc.name, tc.value, f.hides, f.linker)
		}
	}
}

// A go command may be called by any name.
func TestIsGo(t *testing.T) {
	for _, tc := range []struct {
		exe, args string
		want      bool
	}{
		{"/usr/lib/go/bin/go", "go test ./...", true},
		{"/usr/lib/go/bin/go", "/home/u/bin/compiler test -overlay=x.json", true},
		{"/usr/lib/go/bin/go", "tool -C dir test", true},
		{"/usr/lib/go/bin/go", "go --C dir test", true},
		{"/usr/lib/go/bin/go", "go -C=dir test", true},
		{"/usr/lib/go/bin/go", "go run ./as /tmp/app.test", false}, // -exec="go run ./as"
		{"/usr/lib/go/bin/go", "go -C test run ./as /tmp/app.test", false},
		{"/usr/lib/go/bin/go", "go -C=test", false},
		{"", "go1.25.0 test", true}, // of another user, whose file is not told
		{"/usr/lib/go/bin/go", "go build", false},
		{"/usr/lib/go/bin/go", "go", false},
		{"/usr/bin/make", "make test", false},
	} {
		if got := isGo(tc.exe, strings.Fields(tc.args)); got != tc.want {
			t.Errorf("%s as %s: %v", tc.exe, tc.args, got)
		}
	}
}

// The go command that runs this test is found.
func TestFindGoFlags(t *testing.T) {
	if runtime.GOOS != "linux" || Running().made() == 0 {
		t.Skip("only on Linux, below go test, it can be")
	}
	f := findGoFlags()
	if _, err := os.Stat(filepath.Join(f.root, "bin", "go")); err != nil || !f.seen {
		t.Errorf("the command line is seen: %v; the toolchain: %v", f.seen, err)
	}
}

// A setting is what the go command takes for it, wherever it is written.
func TestSetting(t *testing.T) {
	const hides = "GOFLAGS=-overlay=x.json\n"
	for _, tc := range []struct {
		name, variable, user, toolchain string
		want                            string
	}{
		{name: "the toolchain's go.env", toolchain: "# A comment.\n" + hides, want: "-overlay=x.json"},
		{name: "the user's file is above it", user: "GOFLAGS=-v\n", toolchain: hides, want: "-v"},
		{name: "a line that takes a setting back", user: "GOFLAGS=\n", toolchain: hides},
		{name: "the last line counts", user: "GOFLAGS=-v\n" + hides, want: "-overlay=x.json"},
		{name: "a name begins its line", user: hides + " GOFLAGS=-v\n", want: "-overlay=x.json"},
		{name: "the environment is above all", variable: "-v", user: hides, toolchain: hides, want: "-v"},
	} {
		dir := t.TempDir()
		for name, text := range map[string]string{"go.env": tc.toolchain, "user": tc.user} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		for _, where := range []goFlags{
			{root: dir, env: lookUp([]string{"GOENV=" + filepath.Join(dir, "user"), "GOFLAGS=" + tc.variable})},
			{dir: dir, env: lookUp([]string{"GOROOT=" + dir, "GOENV=user", "GOFLAGS=" + tc.variable})},
		} {
			if got := where.setting("GOFLAGS"); got != tc.want {
				t.Errorf("%s: %q, not %q", tc.name, got, tc.want)
			}
		}
	}
	off := goFlags{dir: t.TempDir(), env: lookUp([]string{"GOENV=off"})}
	if err := os.WriteFile(filepath.Join(off.dir, "off"), []byte(hides), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := off.setting("GOFLAGS"); got != "" {
		t.Errorf("GOENV=off: %q", got)
	}
}
