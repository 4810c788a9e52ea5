package source

import (
	"strings"
	"testing"
)

// No composite literal is a constant if one of its parts is none, wherever that
// stands; the last element is a literal in each case.
var compositeCases = []struct{ name, src, want string }{
	{"first element of a slice", `func TestX(t *testing.T) {
	tags := []string{read("a"), "amd64"}
	cachetest.Memo(t, "k", func() ([]string, error) { return tags, nil }) //FN CALL
}`, "tags:9"},
	{"key of a map, then a literal pair", `func TestX(t *testing.T) {
	byName := map[string]int{read("a"): 1, "b": 2}
	cachetest.Memo(t, "k", func() (int, error) { return byName["b"], nil }) //FN CALL
}`, "byName:9"},
	{"value of a map whose next key is a constant", `func TestX(t *testing.T) {
	const b = "b"
	byName := map[string]string{"a": read("a"), b: "x"}
	cachetest.Memo(t, "k", func() (string, error) { return byName[b], nil }) //FN CALL
}`, "byName:10"},
	{"array with an index", `func TestX(t *testing.T) {
	list := [...]string{2: read("a"), 0: "z"}
	cachetest.Memo(t, "k", func() (string, error) { return list[2], nil }) //FN CALL
}`, "list:9"},
	{"struct without field names", `type pair struct{ a, b string }
func TestX(t *testing.T) {
	p := pair{read("a"), "z"}
	cachetest.Memo(t, "k", func() (string, error) { return p.a, nil }) //FN CALL
}`, "p.a:10 code"},
	{"struct with field names", `type pair struct{ a, b string }
func TestX(t *testing.T) {
	p := pair{a: read("a"), b: "z"}
	cachetest.Memo(t, "k", func() (pair, error) { return p, nil }) //FN CALL
}`, "p:10 code"},
	{"pointer to a struct", `type pair struct{ a, b string }
func TestX(t *testing.T) {
	p := &pair{read("a"), "z"}
	cachetest.Memo(t, "k", func() (string, error) { return p.a, nil }) //FN CALL
}`, "p.a:10 code"},
	{"nested", `type pair struct{ a, b []string }
func TestX(t *testing.T) {
	p := []pair{{[]string{read("a"), "b"}, nil}, {nil, nil}}
	cachetest.Memo(t, "k", func() ([]pair, error) { return p, nil }) //FN CALL
}`, "p:10 code"},
	{"element of a literal", `func TestX(t *testing.T) {
	s := []string{read("a"), "z"}[0]
	cachetest.Memo(t, "k", func() (string, error) { return s, nil }) //FN CALL
}`, "s:9 code"},
	{"argument of a pure function", `func TestX(t *testing.T) {
	s := strings.Join([]string{read("a"), "z"}, ",")
	cachetest.Memo(t, "k", func() (string, error) { return s, nil }) //FN CALL
}`, "s:9 code"},
	{"operand", `func TestX(t *testing.T) {
	n := len([]string{read("a"), "z"}) + 1
	cachetest.Memo(t, "k", func() (int, error) { return n, nil }) //FN CALL
}`, "n:9 code"},
	{"first argument of a conversion to text", `func TestX(t *testing.T) {
	s := fmt.Sprint(read("a"), "z")
	cachetest.Memo(t, "k", func() (string, error) { return s, nil }) //FN CALL
}`, "s:9 code"},
	{"row of a table", `func TestX(t *testing.T) {
	for _, tc := range []struct{ name, text string }{{"a", read("a")}, {"b", "literal"}} {
		cachetest.Memo(t, tc.name, func() (string, error) { return tc.text, nil }) //FN CALL
	}
}`, "tc.text:9 code"},
	{"cell of a row that is not the last", `func TestX(t *testing.T) {
	tests := []struct{ name, text, more string }{{"a", read("a"), "m"}, {"b", "literal", "m"}}
	for _, tc := range tests {
		cachetest.Memo(t, tc.name, func() (string, error) { return tc.text, nil }) //FN CALL
	}
}`, "tc.text:10 code"},
	{"row of a table of pointers in a subtest", `type test struct{ name, text string }
func TestX(t *testing.T) {
	for _, tc := range []*test{{"a", read("a")}, {"b", "literal"}} {
		t.Run(tc.name, func(t *testing.T) {
			cachetest.Memo(t, t.Name(), func() (string, error) { return tc.text, nil }) //FN CALL
		})
	}
}`, "tc.text:11 code"},
	{"row of a map table", `func TestX(t *testing.T) {
	for name, tc := range map[string][]string{"a": {read("a"), "z"}, "b": {"c", "d"}} {
		cachetest.Memo(t, name, func() (string, error) { return tc[0], nil }) //FN CALL
	}
}`, "tc:9 code"},
	{"a table of constants alone", `func TestX(t *testing.T) {
	for _, tc := range []struct{ name string; list []string }{{"a", []string{"x", "y"}}, {"b", nil}} {
		cachetest.Memo(t, tc.name, func() ([]string, error) { return tc.list, nil }) //FN CALL
	}
}`, ""},
}

func TestComposites(t *testing.T) {
	for _, tc := range compositeCases {
		t.Run(tc.name, func(t *testing.T) { checkCaptures(t, tc.src, tc.want) })
	}
}

// What is around fn and determines what it captures is part of fn's code, by
// however many steps. Of each case the words in want must be part of it and
// those in not must not.
var determinedCases = []struct{ name, src, want, not string }{
	{"constant of a constant", `func TestX(t *testing.T) {
	const pages = 101
	const rows = pages * 50
	cachetest.Memo(t, "k", func() (int, error) { return rows, nil }) //FN CALL
}`, "101 50", ""},
	{"constant of a constant of a constant, in a group", `func TestX(t *testing.T) {
	const base = 101
	const (
		one = base + 1
		two = one * 2
	)
	const three = two + 3
	cachetest.Memo(t, "k", func() (int, error) { return three, nil }) //FN CALL
}`, "101 3", ""},
	{"iota on a local base", `func TestX(t *testing.T) {
	const base = 101
	const (
		a = base + iota
		b
	)
	cachetest.Memo(t, "k", func() (int, error) { return b, nil }) //FN CALL
}`, "101", ""},
	{"constant outside of a subtest", `func TestX(t *testing.T) {
	const outer = 101
	t.Run("sub", func(t *testing.T) {
		const inner = outer * 2
		cachetest.Memo(t, "k", func() (int, error) { return inner, nil }) //FN CALL
	})
}`, "101", ""},
	{"type of a constant", `func TestX(t *testing.T) {
	type size uint8
	const n size = 101
	cachetest.Memo(t, "k", func() (string, error) { return fmt.Sprintf("%T", n), nil }) //FN CALL
}`, "uint8", ""},
	{"length in a local type", `func TestX(t *testing.T) {
	const n = 101
	type row [n]int
	type table struct{ rows []row }
	cachetest.Memo(t, "k", func() (table, error) { return table{}, nil }) //FN CALL
}`, "101 row table", ""},
	{"length in a variable", `func TestX(t *testing.T) {
	const n = 101
	var row [n]int
	cachetest.Memo(t, "k", func() (int, error) { return len(row), nil }) //FN CALL
}`, "101", ""},
	{"length in a variable's literal, and its elements", `func TestX(t *testing.T) {
	const n = 101
	first := 7001
	row := [n]int{first}
	cachetest.Memo(t, "k", func() (int, error) { return row[0], nil }) //FN CALL
}`, "101 7001", ""},
	{"row of a table", `func TestX(t *testing.T) {
	const base = 101
	const rows = base * 2
	for _, tc := range []struct{ name string; n int }{{"a", rows}, {"b", 2}} {
		cachetest.Memo(t, tc.name, func() (int, error) { return tc.n, nil }) //FN CALL
	}
}`, "101", ""},
	{"printed constant", `func TestX(t *testing.T) {
	const base = 101
	const rows = base * 2
	name := fmt.Sprintf("%d.txt", rows)
	cachetest.Memo(t, "k", func() (string, error) { return name, nil }) //FN CALL
}`, "101", ""},
	{"length of a local array", `func TestX(t *testing.T) {
	list := [...]string{"a101", "b"}
	sort.Strings(list[:])
	const n = len(list)
	cachetest.Memo(t, "k", func() (int, error) { return n, nil }) //FN CALL
}`, "a101", ""},
	{"length of a copy of an array, in a type", `func TestX(t *testing.T) {
	const size = 101
	list := mk[[size]int]()
	second := list
	type row [len(second)]int
	cachetest.Memo(t, "k", func() (row, error) { return row{}, nil }) //FN CALL
}`, "101", ""},
	{"length of a parameter", `func helper(t *testing.T, list [101]int, other int) {
	const n = len(list)
	cachetest.Memo(t, "k", func() (int, error) { return n, nil }) //FN CALL
}`, "101", "other"},
	{"length of a row that is ranged over", `func TestX(t *testing.T) {
	for _, row := range [][101]int{load(), load()} {
		const n = len(row)
		cachetest.Memo(t, "k", func() (int, error) { return n, nil }) //FN CALL
	}
}`, "101", ""},
	{"constant of a helper that fn calls", `func TestX(t *testing.T) {
	const base = 101
	const rows = base * 2
	gen := func() int { return rows }
	cachetest.Memo(t, "k", func() (int, error) { return gen(), nil }) //FN CALL
}`, "101", ""},
	{"the rest of the test and what the key tells is not", `func TestX(t *testing.T) {
	const base, other = 101, 7001
	const more = 7002
	for _, n := range []int{1, 2, 7003} {
		name := fmt.Sprintf("%d.txt", n)
		cachetest.Memo(t, fmt.Sprint(n), func() (string, error) { return name, nil }) //FN CALL
		_ = more
	}
}`, "txt", "7002 7003"},
}

func TestDetermined(t *testing.T) {
	for _, tc := range determinedCases {
		t.Run(tc.name, func(t *testing.T) {
			p, err := parseSource("x_test.go", []byte(captureHead+tc.src))
			if err != nil {
				t.Fatal(err)
			}
			r := newResolver(p)
			found := capturesAt(r, Func{Line: lineOf(p.src, "//FN")}, r, lineOf(p.src, "CALL"), "")
			if list := found.Uncovered(); found.Undecided != "" || found.Enclosing || len(list) > 0 {
				t.Fatalf("undecided: %q; with the declaration around it: %v; not told: %v", found.Undecided, found.Enclosing, list)
			}
			var code strings.Builder
			for _, d := range found.Determined {
				code.Write(p.src[d[0]:d[1]])
				code.WriteByte('\n')
			}
			for word := range strings.FieldsSeq(tc.want) {
				if !strings.Contains(code.String(), word) {
					t.Errorf("%s is not part of fn's code:\n%s", word, &code)
				}
			}
			for word := range strings.FieldsSeq(tc.not) {
				if strings.Contains(code.String(), word) {
					t.Errorf("%s is part of fn's code:\n%s", word, &code)
				}
			}
		})
	}
}
