package code

import (
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

type receiver struct{ n int }

func (r receiver) build() (int, error) { return r.n, nil }

func named() (int, error) { return 1, nil }

func generic[T any]() (T, error) { var z T; return z, nil }

func returned(n int) func() (int, error) {
	return func() (int, error) { return n, nil }
}

func here() int {
	_, _, line, _ := runtime.Caller(1)
	return line
}

func TestFind(t *testing.T) {
	for _, tc := range []struct {
		name   string
		fn     any
		line   int
		symbol string
		flags  string
	}{
		{"literal", func() (int, error) { return 1, nil }, here(), "TestFind", ""},
		{"named", named, 14, ".named", ""},
		{"method value", receiver{}.build, 1, "receiver.build-fm", "method wrapper"},
		{"method expression", receiver.build, 12, "receiver.build", ""},
		{"generic", generic[int], 16, "generic[...]", ""},
		{"returned", returned(2), 19, "returned", ""}, // inlined or not
	} {
		t.Run(tc.name, func(t *testing.T) {
			f, err := Find(tc.fn)
			if err != nil {
				t.Fatal(err)
			}
			var flags []string
			if f.MethodValue {
				flags = append(flags, "method")
			}
			if f.Wrapper {
				flags = append(flags, "wrapper")
			}
			if f.Line != tc.line || !strings.Contains(f.Symbol, tc.symbol) || strings.Join(flags, " ") != tc.flags {
				t.Errorf("got %+v, want line %d, %q, flags %q", f, tc.line, tc.symbol, tc.flags)
			}
			if !f.Wrapper && filepath.Base(f.File) != "find_test.go" {
				t.Errorf("file %s", f.File)
			}
		})
	}
	for _, bad := range []any{nil, 1, (func())(nil)} {
		if _, err := Find(bad); err == nil {
			t.Errorf("Find(%v) found something", bad)
		}
	}
}

// TestFindWithoutStartLine: a version of Go without the field leaves a line of
// the function itself, the literals of which are then still told apart.
func TestFindWithoutStartLine(t *testing.T) {
	defer func(field string) { startLineField = field }(startLineField)
	var lines [2][]int
	for i, field := range []string{startLineField, "gone"} {
		startLineField = field
		for _, fn := range []any{named, receiver.build, generic[int], returned(2), func() (int, error) {
			return 1, nil
		}, func() (int, error) { n := make([]int, here()); return len(n), nil }} {
			f, err := Find(fn)
			if err != nil {
				t.Fatal(err)
			}
			lines[i] = append(lines[i], f.Line)
		}
	}
	for i, with := range lines[0] {
		if without := lines[1][i]; without < with || without > with+1 {
			t.Errorf("line %d of a function that begins in line %d", without, with)
		}
	}
}

func memo() Site {
	s, err := Caller(0)
	if err != nil {
		panic(err)
	}
	return s
}

func TestCaller(t *testing.T) {
	line := here() + 1
	s := memo()
	if s.Line != line || filepath.Base(s.File) != "find_test.go" || s.Package != "github.com/fixturecache/fixturecache/core/internal/code" {
		t.Errorf("got %+v, want line %d", s, line)
	}
	func() { s = memo() }()
	if s.Package != "github.com/fixturecache/fixturecache/core/internal/code" {
		t.Errorf("in a literal: %+v", s)
	}
}

// An external test package is its own package, a package whose own name ends in _test
// is not one.
func TestPackageOf(t *testing.T) {
	root := writeTree(t, "go.mod", "module m\n", "a.go", "package m\n", "a_test.go", "package m\n", "x_test.go", "package m_test\n",
		"my/a.go", "package my_test\n", "my/a_test.go", "package my_test\n", "my/x_test.go", "package my_test_test\n", "only/x_test.go", "package only_test\n")
	for file, want := range map[string]string{
		"a.go": "m", "a_test.go": "m", "x_test.go": "m_test", "my/a_test.go": "m/my", "my/x_test.go": "m/my_test", "only/x_test.go": "m/only_test",
	} {
		if got := isolated(root).packageOf(filepath.Join(root, file)); got != want {
			t.Errorf("%s: %s, want %s", file, got, want)
		}
	}
}

// The running test of this package was built by go test from what is on disk.
func TestRunningIsFresh(t *testing.T) {
	b := Running()
	if why := b.NoSource(); why != "" {
		t.Skip("no source here: " + why) // a -c binary
	}
	if err := b.CheckFresh(filepath.Join(b.Dir, "find.go")); err != nil {
		t.Error(err)
	}
	if p := b.packageOf(filepath.Join(b.Dir, "find.go")); !strings.HasSuffix(p, "core/internal/code") {
		t.Errorf("package %q", p)
	}
}
