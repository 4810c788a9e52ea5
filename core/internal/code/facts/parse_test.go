package facts

import (
	"slices"
	"strings"
	"testing"
)

// A type parameter of one type of a group hides nothing from the types that
// follow, and the names of these are names of the package.
func TestTypeParamsEndWithTheirType(t *testing.T) {
	for _, tc := range []struct{ reason, src, name, refs string }{
		{"a later type of the group", "type (\n\tA[T any] struct{ x T }\n\tB struct{ x T }\n)\ntype T int", "B", "B T"},
		{"a later type mentions one that follows the generic type", "type (\n\tA[T any] struct{}\n\tB int\n\tC struct{ b B }\n)", "C", "C B"},
		{"the second of two generic types", "type (\n\tA[T any] struct{}\n\tB[U any] struct{ u U; t T }\n)\ntype T int", "B", "B any T"},
		{"a group in a function", "func f() {\n\ttype (\n\t\tA[T any] struct{}\n\t\tB struct{ x T }\n\t)\n}\ntype T int", "f", "any T"},
		{"its own parameter", "type (\n\tA[T any] struct{ x T }\n\tB int\n)", "A", "A any"},
	} {
		f := Extract("a.go", []byte("package p\n\n"+tc.src+"\n"))
		i := slices.IndexFunc(f.Decls, func(d Decl) bool { return d.Name == tc.name })
		if got := strings.Join(f.Decls[i].Refs, " "); got != tc.refs {
			t.Errorf("%s: %s mentions %q, want %q", tc.reason, tc.name, got, tc.refs)
		}
	}
}

// FuzzExtract: any bytes give facts.
func FuzzExtract(f *testing.F) {
	f.Add([]byte("package a\n\nimport \"os\"\n\nvar X = os.Getenv(\"A\")\n\nfunc (t *T) M() { X = \"\" }\n"))
	f.Add([]byte("package a\n\ntype (\n\tA[T any] struct{}\n\tB int\n)\n//go:embed x\nvar x string\nconst (\n\ta = iota\n\tb\n)\n"))
	f.Fuzz(func(t *testing.T, src []byte) { Extract("a.go", src) })
}

// What parses need not compile: facts are taken of it all the same.
func TestFactsOfWhatDoesNotCompile(t *testing.T) {
	for _, body := range []string{"a = 1, 2", "a, b = 1", "a := 1, 2", "a, b := 1", "a += 1, 2", "for a, b := range c, d {}", "var a, b = 1", "var a = 1, 2", "switch f() := a.(type) { case int: b = 1 }", "const k = k + k; os.Getenv(k)"} {
		Extract("p.go", []byte("package p\nimport \"os\"\nvar a, b, c, d int\nfunc f() { "+body+" }\n"))
	}
}
