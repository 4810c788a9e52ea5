package input

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/logged"
)

// TestGoPackagesAgainstGoList compares the inputs of packages of this module
// with what go list -deps -json says that they are built from.
func TestGoPackagesAgainstGoList(t *testing.T) {
	skipWithoutGo(t)
	const pattern = "../../../cachetest/..."
	wd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	w := &World{Root: logged.FindRoot(wd), Dir: wd, Clock: time.Now}
	list, err := w.GoPackages([]string{pattern}, nil)
	if err != nil {
		t.Fatal(err)
	}
	ins := list.Inputs(w, nil)
	for _, in := range ins {
		if in.Kind.HasStat() && filepath.IsAbs(in.Name) {
			t.Errorf("%s %s ties what is built to this machine", in.Kind, in.Name)
		}
	}
	find := NewLookup(ins).Find

	out, err := exec.Command("go", "list", "-deps", "-json", pattern).Output()
	if err != nil {
		t.Fatal(err)
	}
	files, modules := 0, 0
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			Dir                                           string
			Standard                                      bool
			GoFiles, CgoFiles, SFiles, HFiles, EmbedFiles []string
			IgnoredGoFiles, TestGoFiles, XTestGoFiles     []string
			Module                                        *struct {
				Path, Version string
				Main          bool
			}
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		switch {
		case p.Standard:
		case !p.Module.Main:
			modules++
			in := find(Module, p.Module.Path+" go.mod")
			if in == nil || in.Detail != p.Module.Version {
				t.Errorf("module %s %s: the input is %v", p.Module.Path, p.Module.Version, in)
			}
		default:
			name := func(file string) string { return w.Name(filepath.Join(p.Dir, file)) }
			for _, list := range [][]string{p.GoFiles, p.CgoFiles, p.SFiles, p.HFiles, p.EmbedFiles} {
				for _, file := range list {
					files++
					if find(File, name(file)) == nil {
						t.Errorf("%s is compiled, and no input", name(file))
					}
				}
			}
			for _, file := range p.IgnoredGoFiles {
				if !strings.HasSuffix(file, "_test.go") && find(File, name(file)) == nil {
					t.Errorf("%s could be compiled, and is no input", name(file))
				}
			}
			for _, file := range append(p.TestGoFiles, p.XTestGoFiles...) {
				if find(File, name(file)) != nil {
					t.Errorf("%s is a test, and an input", name(file))
				}
			}
		}
	}
	if files < 50 || modules < 3 {
		t.Errorf("%d files, %d packages of modules: that is not all", files, modules)
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		if find(File, name) == nil {
			t.Errorf("%s is no input", name)
		}
	}
	if find(Tool, "go") == nil || find(Env, "GOFLAGS") == nil {
		t.Error("the go command or GOFLAGS is no input")
	}
}

// wantInputs checks that files are inputs of the package in a directory of a tree of
// files, $ROOT, and returns whether flags may name files from there.
func wantInputs(t *testing.T, files map[string]string, cwd string, flags []string, want ...string) (relative bool) {
	t.Helper()
	skipWithoutGo(t)
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(strings.ReplaceAll(text, "$ROOT", root)), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for i, flag := range flags {
		flags[i] = strings.ReplaceAll(flag, "$ROOT", root)
	}
	t.Setenv("CGO_LDFLAGS", strings.ReplaceAll(os.Getenv("CGO_LDFLAGS"), "$ROOT", root))
	w := &World{Root: logged.FindRoot(filepath.Join(root, cwd)), Dir: filepath.Join(root, cwd), Clock: time.Now}
	list, err := w.GoPackages([]string{"."}, flags)
	if err != nil {
		t.Fatal(err)
	}
	ins := NewLookup(list.Inputs(w, nil))
	for _, name := range want {
		if ins.Find(File, w.Name(filepath.Join(root, name))) == nil {
			t.Errorf("%s is no input", name)
		}
	}
	return list.Relative
}

// TestGoVariables has all variables that the go command knows for inputs, but those that
// choose where it looks, keeps and fetches things, and those that it only prints.
func TestGoVariables(t *testing.T) {
	skipWithoutGo(t)
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(out)), "src", "internal", "cfg", "cfg.go"))
	if err != nil {
		t.Skipf("no source of the go command: %v", err)
	}
	_, list, _ := strings.Cut(string(source), "KnownEnv = `")
	list, _, _ = strings.Cut(list, "`")
	elsewhere := strings.Fields("GCCGO GOAUTH GOBIN GOCACHE GOCACHEPROG GOEXE GOGCCFLAGS GOHOSTARCH GOHOSTOS GOINSECURE GOMODCACHE" +
		" GONOPROXY GONOSUMDB GOPATH GOPRIVATE GOPROXY GOSUMDB GOTMPDIR GOTOOLDIR GOVCS")
	known := strings.Fields(list)
	if len(known) < 50 {
		t.Fatalf("%d variables: %q", len(known), known)
	}
	for _, name := range known {
		if slices.Contains(goVariables, name) == slices.Contains(elsewhere, name) {
			t.Errorf("%s must be an input of what the go command builds, or be known to change nothing in it", name)
		}
	}
}

// TestLibraries takes the files that cgo has linked for inputs.
func TestLibraries(t *testing.T) {
	t.Setenv("CGO_ENABLED", "1")
	t.Setenv("CGO_LDFLAGS", "-O2 $ROOT/env.a -L$ROOT/env")
	wantInputs(t, map[string]string{
		"lib/libfoo.a": "", "apart/libbar.a": "", "other/libfoo.so": "", "baz.o": "",
		"env.a": "", "env/libenv.a": "", "flag.a": "", "flags/libflag.a": "",
		"go.mod":     "module m\n\ngo 1.25\n",
		"main.go":    "package main\n\n// #cgo LDFLAGS: -L${SRCDIR}/lib -L ${SRCDIR}/apart -lfoo ${SRCDIR}/baz.o\nimport \"C\"\n\nimport _ \"m/other\"\n\nfunc main() {}\n",
		"other/o.go": "package other\n\n// #cgo LDFLAGS: -L${SRCDIR}\nimport \"C\"\n",
	}, ".", []string{`-ldflags=-s -extldflags "-static $ROOT/flag.a -L$ROOT/flags"`},
		"lib/libfoo.a", "apart/libbar.a", "baz.o", "other/libfoo.so", "env.a", "env/libenv.a", "flag.a", "flags/libflag.a")
}

// TestEmbedded takes for inputs what go:embed patterns match, whatever characters they
// and the directory have that mean something in a pattern of Files.
func TestEmbedded(t *testing.T) {
	wantInputs(t, map[string]string{
		"a/go.mod":      "module m\n\ngo 1.25\n\nrequire example.com/lib v0.0.0\n\nreplace example.com/lib => \"../lib{1}[2]\"\n",
		"a/main.go":     "package main\n\nimport (\n\t\"embed\"\n\n\t_ \"example.com/lib\"\n)\n\n//go:embed data{1}.txt [!x]*.dat [^a].csv all:dir{1} d?{2}\nvar _ embed.FS\n\nfunc main() {}\n",
		"a/data{1}.txt": "", "a/xy.dat": "", "a/!q.dat": "", "a/b.csv": "", "a/dir{1}/_x/y": "", "a/d+{2}/sub/z": "",
		"lib{1}[2]/go.mod": "module example.com/lib\n\ngo 1.25\n",
		"lib{1}[2]/lib.go": "package lib\n\nimport \"embed\"\n\n//go:embed a.txt deep/*\nvar _ embed.FS\n",
		"lib{1}[2]/a.txt":  "", "lib{1}[2]/deep/b.txt": "",
	}, "a", nil, "a/data{1}.txt", "a/xy.dat", "a/!q.dat", "a/b.csv", "a/dir{1}/_x/y", "a/d+{2}/sub/z", "lib{1}[2]/a.txt", "lib{1}[2]/deep/b.txt")
}

// TestModulesWithoutPackages takes the go.mod of each module of the build list that
// lies here for an input, in a workspace or before Go 1.17: it chooses the versions of
// others without giving a package.
// So may one that is not there yet, above a package.
func TestModulesWithoutPackages(t *testing.T) {
	t.Setenv("GOFLAGS", "-mod=mod")
	t.Setenv("GOPROXY", "off")
	files := map[string]string{
		"a/go.mod":            "module example.com/a\n\ngo 1.25\n\nreplace example.com/r => ../r\n",
		"a/cmd/app/main.go":   "package main\n\nimport _ \"example.com/a/lib/sub\"\n\nfunc main() {}\n",
		"a/lib/sub/sub.go":    "package sub\n",
		"b/go.mod":            "module example.com/b\n\ngo 1.25\n\nreplace example.com/s => ../s\n",
		"r/go.mod":            "module example.com/r\n\ngo 1.25\n",
		"s/go.mod":            "module example.com/s\n\ngo 1.25\n",
		"elsewhere/other.mod": "module example.com/a\n\ngo 1.16\n\nreplace example.com/s => ../s\n",
	}
	wantInputs(t, files, "a/cmd/app", []string{"-modfile=$ROOT/elsewhere/other.mod"}, "elsewhere/other.mod", "a/go.mod", "s/go.mod")
	t.Setenv("GOFLAGS", "")
	files["go.work"] = "go 1.25\n\nuse ./a\nuse ./b\n"
	wantInputs(t, files, "a/cmd/app", nil, "go.work", "go.work.sum", "a/go.mod", "a/go.sum", "b/go.mod", "r/go.mod", "s/go.mod",
		"a/lib/go.mod", "a/lib/sub/go.mod", "a/cmd/go.mod", "a/cmd/app/go.mod")
}

// TestOtherModules takes for inputs what another module embeds, and where packages of
// it may come that a pattern stands for, whatever the directories above are called.
func TestOtherModules(t *testing.T) {
	skipWithoutGo(t)
	t.Setenv("GOFLAGS", "")
	t.Setenv("GOPROXY", "off")
	temp, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	root := filepath.Join(temp, "vendor", "w[1]")
	for name, text := range map[string]string{
		"go.work": "go 1.25\n\nuse ./a\nuse ./b\nuse ./empty\n", "a/go.mod": "module example.com/a\n\ngo 1.25\n\nreplace example.com/r => ../other\n", "b/go.mod": "module example.com/b\n\ngo 1.25\n",
		"empty/go.mod": "module example.com/empty\n\ngo 1.25\n", "other/go.mod": "module example.com/r\n\ngo 1.25\n",
		"a/a.go": "package a\n\nimport _ \"example.com/b/d\"\n", "b/d/d.go": "package d\n\nimport _ \"embed\"\n\n//go:embed data/*.txt\nvar text string\n", "b/d/data/one.txt": "",
		"b/t/t_test.go": "package t\n",
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(root, name)), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	w := &World{Root: logged.FindRoot(filepath.Join(root, "a")), Dir: filepath.Join(root, "a"), Clock: time.Now}
	for _, pattern := range []string{"example.com/b/...", "../b/...", "../b/d...", "all", "work"} {
		list, err := w.GoPackages([]string{pattern}, nil)
		if err != nil {
			t.Fatal(err)
		}
		ins := NewLookup(list.Inputs(w, nil))
		if ins.Find(File, w.Name(filepath.Join(root, "b/d/data/one.txt"))) == nil {
			t.Errorf("%s: what is embedded is no input", pattern)
		}
		found := false
		for key, in := range ins {
			found = found || key.kind == Glob && strings.Contains(in.Detail, "b/d/d.go\n") && strings.Contains(in.Detail, "b/t/t_test.go")
		}
		if !found || ins.Find(Walk, w.Name(filepath.Join(root, "b"))) == nil {
			t.Errorf("%s: a package that comes changes nothing", pattern)
		}
		for _, dir := range []string{"empty", "other"} { // a module that has no package yet
			if pattern[0] != '.' && ins.Find(Walk, w.Name(filepath.Join(root, dir))) == nil {
				t.Errorf("%s: the first package in %s changes nothing", pattern, dir)
			}
		}
	}
}

// TestRelativeFlags tells which flags may name a file from the directory of the test.
func TestRelativeFlags(t *testing.T) {
	files := map[string]string{
		"go.mod": "module m\n\ngo 1.25\n", "main.go": "package main\n\nfunc main() {}\n",
		"abs.json":  `{"Replace": {"$ROOT/x.go": "$ROOT/main.go", "$ROOT/y.go": ""}}`,
		"name.json": `{"Replace": {"x.go": "$ROOT/main.go"}}`, "file.json": `{"Replace": {"$ROOT/x.go": "main.go"}}`,
	}
	for _, tt := range []struct {
		flag     string
		relative bool
	}{
		{"-ldflags=-X main.V=1", false},
		{"-ldflags=-s -w -X=main.V=1 -X 'main.V=a -linkmode b'", false},
		{`-ldflags=-X "main.V=1"-extldflags=lib.a`, true}, // a quote ends the word
		{"-ldflags=-extldflags=lib.a", true},
		{"-ldflags=./...=-s", true},
		{"-gcflags=-N", true},
		{"-pgo=off", false},
		{"-pgo=auto", false},
		{"-pgo=p.pgo", true},
		{"-overlay=$ROOT/abs.json", false},
		{"-overlay=$ROOT/name.json", true},
		{"-overlay=$ROOT/file.json", true},
	} {
		if relative := wantInputs(t, files, ".", []string{tt.flag}); relative != tt.relative {
			t.Errorf("%s: %v", tt.flag, relative)
		}
	}
}
