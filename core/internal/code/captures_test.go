package code

import (
	"path/filepath"
	"strings"
	"testing"
)

// What a literal captures is found with the facts of the files beside its own,
// which are kept.
func TestCapturesUseKeptFacts(t *testing.T) {
	root := writeTree(t,
		"go.mod", "module example.com/m\n",
		"a.go", "package m\n\nvar limit = 3\n",
		"a_test.go", "package m\n\nfunc TestA() {\n\tlimit := limit\n\tMemo(func() int { return limit })\n}\n")
	cache := &memCache{m: map[string][]byte{}}
	file := filepath.Join(root, "a_test.go")
	for hits := range 2 {
		c := Static(root).captures(Func{File: file, Line: 5}, Site{File: file, Line: 5}, "Memo", cache)
		if len(c.Values) != 1 || c.Undecided != "" {
			t.Fatalf("%+v", c)
		}
		if cache.hits != hits || len(cache.m) != 1 {
			t.Errorf("%d facts found of %d that are kept, want %d of 1", cache.hits, len(cache.m), hits)
		}
	}
}

// A table at package level is constant if its elements are immutable and all that
// the package does is to read them.
func TestTablesOfPackages(t *testing.T) {
	const one = "type test struct { name string; n int }\n\nvar tests = []test{{\"a\", 1}, {\"b\", 2}}\n"
	for _, tc := range []struct {
		reason, decls, body string
		constant            bool
	}{
		{"read alone", one, "for _, tc := range tests { use(tc.n) }; use(tests[0].n, len(tests))", true},
		{"elements copied", one, "for _, tc := range tests { tc.n++; use(&tc, tc) }; one := tests[1]; use(one)", true},
		{"rows that code makes", "type test struct { name string; n int }\n\nvar tests = []test{{\"a\", number()}, {\"b\", 2}}\n\nfunc number() int { return 1 }\n", "", true},
		{"names that code makes", "type test struct { name string; n int }\n\nvar tests = []test{{name(), 1}, {\"b\", 2}}\n\nfunc name() string { return \"a\" }\n", "", false},
		{"a map", "type test struct { name string; n int }\n\nvar tests = map[int]test{1: {\"a\", 1}, 2: {\"b\", 2}}\n", "use(tests[0].n)", true},
		{"pointers, which others may follow", "type test struct { name string; n int }\n\nvar tests = []*test{{\"a\", 1}, {\"b\", 2}}\n", "for _, tc := range tests { use(tc) }", false},
		{"lists, which others may change", "type test struct { name string; n []int }\n\nvar tests = []test{{\"a\", nil}, {\"b\", nil}}\n", "for _, tc := range tests { use(tc.n) }", false},
		{"an element set", one, "tests[0].n = 2", false},
		{"the table handed on", one, "use(tests)", false},
		{"a part of it handed on", one, "use(tests[1:])", false},
		{"another name of it", one, "list := tests; use(list)", false},
		{"another name of a part", one, "list := tests[1:]; list[0].n = 2", false},
		{"a pointer to an element", one, "p := &tests[0]; use(p)", false},
		{"a method of an element", one + "\nfunc (t *test) set() { t.n++ }\n", "tests[0].set()", false},
		{"set anew", one, "tests = nil", false},
		{"exported", strings.ReplaceAll(one, "tests", "Tests"), "", false},
	} {
		table := "tests"
		if strings.Contains(tc.decls, "Tests") {
			table = "Tests"
		}
		root := writeTree(t,
			"go.mod", "module example.com/m\n",
			"a.go", "package m\n\n"+tc.decls+"\nfunc use(...any) {}\n",
			"b.go", "package m\n\nfunc other() { "+tc.body+" }\n",
			"a_test.go", "package m\n\nfunc TestA() {\n\tfor _, tc := range "+table+" {\n\t\tMemo(nil, tc.name, func() int { use(tc.n); return 1 })\n\t}\n}\n")
		file := filepath.Join(root, "a_test.go")
		c := Static(root).captures(Func{File: file, Line: 5}, Site{File: file, Line: 5}, "Memo", nil)
		if constant := len(c.Untold()) == 0; constant != tc.constant || c.Undecided != "" {
			t.Errorf("%s: constant %v, want %v: %v %s", tc.reason, constant, tc.constant, c.Untold(), c.Undecided)
		}
	}
}
