package memo_test

import (
	"bytes"
	"context"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/fixturecache/fixturecache/core/memo"
)

func open(t *testing.T) *memo.Cache {
	c, err := memo.Open(memo.Config{Dir: t.TempDir(), Mode: "on"})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestFewNames holds the package to what a program needs: 15 names.
func TestFewNames(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		if f.Name.Name != "memo" {
			continue
		}
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil {
					names = append(names, d.Name.Name)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch spec := spec.(type) {
					case *ast.TypeSpec:
						names = append(names, spec.Name.Name)
					case *ast.ValueSpec:
						for _, name := range spec.Names {
							names = append(names, name.Name)
						}
					}
				}
			}
		}
	}
	names = slices.DeleteFunc(names, func(name string) bool { return !ast.IsExported(name) })
	if len(names) < 10 || len(names) > 15 {
		t.Errorf("%d names: %v", len(names), names)
	}
}

// A key belongs to the package that asks, whichever way it does.
func TestPackageIsTheCallers(t *testing.T) {
	const want = "github.com/fixturecache/fixturecache/core/memo_test"
	c := open(t)
	var events []memo.Event
	spec := memo.Spec{Key: "get", DeclaredOnly: true, Notify: func(e memo.Event) { events = append(events, e) }}
	if _, err := memo.Get(context.Background(), c, spec, func() (int, error) { return 1, nil }); err != nil {
		t.Fatal(err)
	}
	spec.Key = "do"
	if _, err := c.Do(context.Background(), spec, func(context.Context) (memo.Output, error) { return memo.Output{}, nil }); err != nil {
		t.Fatal(err)
	}
	if len(events) != 2 {
		t.Fatalf("events: %+v", events)
	}
	for _, e := range events {
		if e.Package != want {
			t.Errorf("%s of package %s, want %s", e.Text(), e.Package, want)
		}
	}
}

// What a build made can be had as a copy and in its place, from the store or where there is
// none; an output of bytes cannot.
func TestDirectoriesAndFiles(t *testing.T) {
	for name, c := range map[string]*memo.Cache{"on": open(t), "off": memo.Disabled(errors.New("a test"))} {
		for _, file := range []string{"", "a.txt"} { // in the output, or the output itself
			build := func(context.Context) (memo.Output, error) {
				dir := filepath.Join(t.TempDir(), "made")
				err := errors.Join(os.Mkdir(dir, 0o755), os.WriteFile(filepath.Join(dir, "a.txt"), []byte("text"), 0o644))
				return memo.Output{Path: filepath.Join(dir, file)}, err
			}
			in := func(path string) string {
				if file == "" {
					path = filepath.Join(path, "a.txt")
				}
				data, _ := os.ReadFile(path)
				return string(data)
			}
			for run := range 2 {
				res, err := c.Do(context.Background(), memo.Spec{Key: "made " + file, DeclaredOnly: true}, build)
				if err != nil || res.Stored != (name == "on") || res.Hit != (name == "on" && run == 1) {
					t.Fatalf("%s, run %d: %+v, %v", name, run, res, err)
				}
				to := filepath.Join(t.TempDir(), "copy")
				if err := res.CopyTo(to); err != nil || in(to) != "text" {
					t.Errorf("%s, run %d: the copy holds %q, %v", name, run, in(to), err)
				}
				if err := res.CopyTo(to); !errors.Is(err, fs.ErrExist) || in(to) != "text" {
					t.Errorf("%s, run %d: %v: a second copy to the same place left %q", name, run, err, in(to))
				}
				if path, err := res.InPlace(); err != nil || in(path) != "text" {
					t.Errorf("%s, run %d: it holds %q in its place, %v", name, run, in(path), err)
				}
			}
		}
	}
	if err := new(memo.Result).CopyTo(t.TempDir()); err == nil {
		t.Error("bytes were copied as a directory")
	}
}

// reversed is a Codec that writes text backwards.
type reversed struct{}

func (reversed) Name() string { return "reversed 1" }

func (reversed) Encode(w io.Writer, v string) error {
	_, err := io.WriteString(w, reverse(v))
	return err
}

func (reversed) Decode(r io.Reader) (string, error) {
	var b bytes.Buffer
	_, err := b.ReadFrom(r)
	return reverse(b.String()), err
}

func reverse(s string) string {
	b := []byte(s)
	for i := range len(b) / 2 {
		b[i], b[len(b)-1-i] = b[len(b)-1-i], b[i]
	}
	return string(b)
}

// A codec of another type is misuse, and not left out silently.
func TestCodec(t *testing.T) {
	c := open(t)
	spec := memo.Spec{Key: "text", Codec: memo.Codec[string](reversed{}), DeclaredOnly: true}
	for range 2 {
		v, err := memo.Get(context.Background(), c, spec, func() (string, error) { return "some text", nil })
		if v != "some text" || err != nil {
			t.Fatalf("%q, %v", v, err)
		}
	}
	spec.Key = "number"
	if v, err := memo.Get(context.Background(), c, spec, func() (int, error) { return 1, nil }); err == nil {
		t.Errorf("%d is stored by a codec for strings", v)
	}
}
