package facts

import (
	"slices"
	"testing"
)

// The key of a struct literal is a field, where the file tells that it is one.
func TestKeys(t *testing.T) {
	for _, tc := range []struct {
		src  string
		want bool
	}{
		{"type s struct{ Mode int }\nfunc f() any { return s{Mode: 1} }", false},
		{"type s struct{ Mode int }\nfunc f() any { return &s{Mode: 1} }", false},
		{"func f() any { return struct{ Mode int }{Mode: 1} }", false},
		{"func f() any { type s struct{ Mode int }; return s{Mode: 1} }", false},
		{"type s struct{ Mode int }\nfunc f() any { return s{Mode: Mode} }", true},
		{"type s struct{ Mode int }\nfunc f() any { type s map[int]int; return s{Mode: 1} }", true},
		{"type s map[int]int\nfunc f() any { return s{Mode: 1} }", true},
		{"func f() any { return other{Mode: 1} }", true},
		{"func f() any { return map[int]int{Mode: 1} }", true},
		{"type s struct{ Mode int }\nfunc f() any { return map[int]s{Mode: {}} }", true},
	} {
		f := Extract("a.go", []byte("package p\n\n"+tc.src+"\n"))
		i := slices.IndexFunc(f.Decls, func(d Decl) bool { return d.Name == "f" })
		if got := slices.Contains(f.Decls[i].Refs, "Mode"); got != tc.want {
			t.Errorf("%s: mentions Mode: %v", tc.src, got)
		}
	}
}
