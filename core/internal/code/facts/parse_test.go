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

// A key of a struct that the file declares is a field, and no mention of what is
// called like it in the package; all others may be one.
func TestKeysOfLiterals(t *testing.T) {
	for _, tc := range []struct{ lit, refs string }{
		{"S{a: b}", "S b"},
		{"[]S{{a: b}}", "S a b"},
		{"[]*S{{a: b}}", "S a b"},
		{"[2][]S{1: {{a: b}}}", "S a b"},
		{"map[S]S{{a: b}: {a: b}}", "S a b"},
		{"A{{a: b}}", "A a b"},
		{"G[int]{a: b}", "G int b"},
		{"struct{ a int }{a: b}", "int b"},
		{"func() any { type L struct{ a int }; return L{a: b} }", "any int b"},
		{"S{a: map[int]int{a: b}}", "S int a b"},
		{"M{a: b}", "M a b"},
		{"[]int{a: b}", "int a b"},
		{"map[int]S{a: {a: b}}", "int S a b"},
		{"Elsewhere{a: b}", "Elsewhere a b"},
		{"[]Elsewhere{{a: b}}", "Elsewhere a b"},
		{"p.S{a: b}", "a b"},
		{"Other{a: b}", "Other a b"},
		{"func() any { type S map[int]int; return S{a: b} }", "any int a b"},
		{"func(S map[int]int) any { type T = [2]int; return T{a: b} }", "int any a b"},
	} {
		f := Extract("a.go", []byte("package p\n\ntype S struct{ a int }\ntype G[T any] struct{ a T }\ntype A []S\ntype M map[int]int\ntype Other Elsewhere\n\nvar v = "+tc.lit+"\n"))
		d := f.Decls[len(f.Decls)-1]
		if got := strings.Join(d.Refs, " "); got != "v "+tc.refs {
			t.Errorf("%s mentions %q, want %q", tc.lit, got, tc.refs)
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
