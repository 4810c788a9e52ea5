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
		{"generic", generic[int], 16, "generic[...]", "generic"},
		{"returned", returned(2), 19, "returned", ""}, // inlined or not
	} {
		t.Run(tc.name, func(t *testing.T) {
			f, err := Find(tc.fn)
			if err != nil {
				t.Fatal(err)
			}
			var flags []string
			for name, set := range map[string]bool{"method": f.MethodValue, "generic": f.Generic} {
				if set {
					flags = append(flags, name)
				}
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

// The running test of this package was built by go test from what is on disk.
func TestRunningIsFresh(t *testing.T) {
	b := Running()
	if why := b.NoSource(); why != "" {
		t.Skip("no source here: " + why) // a -c binary
	}
	if err := b.CheckFresh(filepath.Join(b.Dir(), "find.go")); err != nil {
		t.Error(err)
	}
	if p := b.packageOf(filepath.Join(b.Dir(), "find.go")); !strings.HasSuffix(p, "core/internal/code") {
		t.Errorf("package %q", p)
	}
}
