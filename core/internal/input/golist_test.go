package input

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
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
	find := Find(ins).Find

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

// TestLibraries takes the files of the module that cgo has linked for inputs.
func TestLibraries(t *testing.T) {
	skipWithoutGo(t)
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"lib/libfoo.a": "", "other/libfoo.so": "", "baz.o": "",
		"go.mod":     "module m\n\ngo 1.25\n",
		"main.go":    "package main\n\n// #cgo LDFLAGS: -L${SRCDIR}/lib -lfoo ${SRCDIR}/baz.o\nimport \"C\"\n\nimport _ \"m/other\"\n\nfunc main() {}\n",
		"other/o.go": "package other\n\n// #cgo LDFLAGS: -L${SRCDIR}\nimport \"C\"\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("CGO_ENABLED", "1")
	w := &World{Root: logged.FindRoot(dir), Dir: dir, Clock: time.Now}
	list, err := w.GoPackages([]string{"."}, nil)
	if err != nil {
		t.Fatal(err)
	}
	find := Find(list.Inputs(w, nil)).Find
	for _, name := range []string{"lib/libfoo.a", "baz.o", "other/libfoo.so"} {
		if find(File, name) == nil {
			t.Errorf("%s is linked, and no input", name)
		}
	}
}
