package gomod

import (
	"go/version"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

var samples = []string{
	"module m\n",
	"// a comment\n\nmodule \"example.com/M\" // of m\r\n\ngo 1.25.0\r\n\ntoolchain go1.26.0\n\ngodebug default=go1.21\ngodebug (\n\tpanicnil=1 // why\n)\n",
	"module m\ngo 1.21\nrequire a.b/c v1.2.3\nrequire (\n\n\t// of d\n\ta.b/d/v2 v2.0.0-pre.1+incompatible//indirect\n\t\"a.b/e\" v0.0.0-20200101000000-abcdef123456 // indirect\n\ta.b/f v1.0.0 // indirect; why\n\ta.b/g v1.0.0 // indirect why\n\ta.b/h v1.0.0 // indirect;\n)\n",
	"module m\nreplace a => ./a\nreplace (\n\ta.b/c v1.2.3 => d.e/f v1.0.1\n\ta.b/c => \"../with space\"\n\tx => /abs/dir // there\n)\nexclude a.b/c v1.0.0\nretract [v1.0.0, v1.2.0] // why\nretract v1.3.0\nretract (\n\tv1.4.0\n\t[v1.5.0, v1.6.0]\n)\nrequire ()\nrequire a v1.0.0\n",
	"go 1.25\n\nuse .\nuse (\n\t./a // there\n\t\"./b c\"\n)\nreplace a.b/c => ./d\n",
	"module m\ngo 1.24\ntool a.b/c\ntool (\n\ta.b/d\n)\n",
	"module m\nunknown one (\n\trequire a v1.0.0\n)\nnews x y\nnews (\n\trequire\n)\ngo v1.12.x\n",
	"go (\n1.2\n)\n", "go 00\n", "use (\n\")\"\n)\n", "(\nrequire a v1.0.0\n", "module, m\n", "module m\nrequire a\n", "module m\ngo\n", "module \"m\n", "module a b\n", "module m\nreplace a\n", "replace a b c => d\nrequire a v1.0.0 v2.0.0\n", "",
}

// theirs is what modfile says of a file, and whether the go command takes it as
// that of a main module, as a go.work or as that of a dependency.
func theirs(text string) (f *File, ok bool) {
	f = &File{}
	var goLine *modfile.Go
	var requires []*modfile.Require
	var replaces []*modfile.Replace
	var godebugs []*modfile.Godebug
	if m, err := modfile.Parse("go.mod", []byte(text), nil); err == nil {
		goLine, requires, replaces, godebugs = m.Go, m.Require, m.Replace, m.Godebug
		if m.Module != nil {
			f.Module = m.Module.Mod.Path
		}
	} else if w, err := modfile.ParseWork("go.work", []byte(text), nil); err == nil {
		goLine, replaces, godebugs = w.Go, w.Replace, w.Godebug
		for _, u := range w.Use {
			f.Use = append(f.Use, u.Path)
		}
	} else if m, err := modfile.ParseLax("go.mod", []byte(text), nil); err == nil {
		goLine, requires = m.Go, m.Require
		if m.Module != nil {
			f.Module = m.Module.Mod.Path
		}
	} else {
		return nil, false
	}
	if goLine != nil {
		f.Go = goLine.Version
	}
	for _, r := range requires {
		f.Require = append(f.Require, Require{Version(r.Mod), r.Indirect})
	}
	for _, r := range replaces {
		f.Replace = append(f.Replace, Replace{Version(r.Old), Version(r.New)})
	}
	for _, g := range godebugs {
		f.Godebug = append(f.Godebug, g.Key+"="+g.Value)
	}
	return f, true
}

// canonical reports whether all versions are written out. The go command writes
// those anew that are not, before it builds.
func (f *File) canonical() bool {
	list := []Version{}
	for _, r := range f.Require {
		list = append(list, r.Version)
	}
	for _, r := range f.Replace {
		list = append(list, r.Old, r.New)
	}
	return !slices.ContainsFunc(list, func(v Version) bool { return v.Version != module.CanonicalVersion(v.Version) })
}

// agree holds what Parse makes of a file to what modfile does, if that takes it.
func agree(t *testing.T, text string) {
	t.Helper()
	want, ok := theirs(text)
	if !ok {
		return
	}
	got, err := Parse([]byte(text))
	if err != nil {
		t.Errorf("%s\nis refused: %v", text, err)
		return
	}
	if _, err := modfile.Parse("go.mod", []byte(text), nil); err != nil && want.Use == nil {
		got.Replace, got.Godebug, got.Use = nil, nil, nil // of no meaning in a dependency
		want.Replace, want.Godebug = nil, nil
	}
	if lang := version.Lang("go" + want.Go); lang == "" || lang == version.Lang("go"+got.Go) {
		got.Go = want.Go // nothing but the language counts of one that is malformed
	}
	if got.canonical() && !reflect.DeepEqual(got, want) {
		t.Errorf("%s\nis read as\n%+v\nnot as\n%+v", text, got, want)
	}
}

func TestAgree(t *testing.T) {
	for _, text := range samples {
		agree(t, text)
	}
}

// TestAgreeOnReal reads all that this machine has of others.
func TestAgreeOnReal(t *testing.T) {
	out, err := exec.Command("go", "env", "GOMODCACHE", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Fields(string(out))
	patterns := []string{filepath.Join(lines[1], "src", "go.mod"), filepath.Join(lines[1], "src", "cmd", "go.mod"), "../../../go.mod"}
	for stars := "*"; len(stars) < 16; stars += "/*" {
		patterns = append(patterns, filepath.Join(lines[0], "cache", "download", filepath.FromSlash(stars), "@v", "*.mod"))
	}
	n := 0
	for _, pattern := range patterns {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			agree(t, string(data))
			n++
		}
	}
	if n < 5 {
		t.Errorf("%d files were found", n)
	}
}

// TestRefuse: what would leave out a requirement is an error.
func TestRefuse(t *testing.T) {
	for _, text := range []string{"require a\n", "require (\na\n)\n", "go\n", "module a b\n", "require \"a v1.0.0\n"} {
		if f, err := Parse([]byte(text)); err == nil {
			t.Errorf("%q is read as %+v", text, f)
		}
	}
}

// TestNewer: lines that only a newer Go knows hide none of the others, though the
// x/mod that we are built with refuses them.
func TestNewer(t *testing.T) {
	f, err := Parse([]byte("module m\nyet ./x\nyet (\n\tto come\n)\nrequire a v1.0.0\nreplace a => ./a\n"))
	want := &File{Module: "m", Require: []Require{{Version: Version{"a", "v1.0.0"}}}, Replace: []Replace{{Version{Path: "a"}, Version{Path: "./a"}}}}
	if err != nil || !reflect.DeepEqual(f, want) {
		t.Errorf("%+v, %v", f, err)
	}
}

func TestEscape(t *testing.T) {
	for _, name := range []string{"example.com/a", "github.com/BurntSushi/toml", "v1.2.3-RC1", "v0.0.0-20200101000000-abcdef", "a!b", "a b", "ü.de/x", ""} {
		want, err := module.EscapePath(name)
		if semver.IsValid(name) {
			want, err = module.EscapeVersion(name)
		}
		if got, ok := Escape(name); ok != (err == nil) || got != want {
			t.Errorf("%q is escaped as %q, %v; not as %q, %v", name, got, ok, want, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range samples {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		// In lines that are of no meaning here, modfile takes strings that are none.
		if _, err := Parse([]byte(text)); err == nil || !strings.ContainsAny(text, "\"`") {
			agree(t, text)
		}
	})
}
