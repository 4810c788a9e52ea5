package capture_test

import (
	"strings"
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/code/capture"
)

// What is around the function and gives the constants that it uses is part of
// its code, by however many steps. Of each case the words in want must be part
// of it and those in not must not.
var nodeCases = []struct{ name, src, want, not string }{
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
	{"row of a table that an option tells", `func TestX(t *testing.T) {
	for _, row := range []struct{ name string; n int }{{"x", 101}, {"y", 102}} {
		cachetest.Memo(t, row.name, func() (int, error) { return row.n, nil }, cachetest.With("n", row.n)) //FN CALL
	}
}`, "", "101 102 row"},
	{"interface that an option tells", `func TestX(t *testing.T) {
	for _, row := range []struct{ name string; n any }{{"x", 101}, {"y", 102}} {
		cachetest.Memo(t, row.name, func() (any, error) { return of(row.n), nil }, cachetest.With("n", row.n)) //FN CALL
	}
}`, "row", "101 102"},
	{"row of a table that the key tells", `func TestX(t *testing.T) {
	for _, tc := range []struct{ name string; n int }{{"x", 101}, {"y", 102}} {
		cachetest.Memo(t, tc.name, func() (int, error) { return tc.n, nil }) //FN CALL
	}
}`, "101 102", ""},
	{"another field of the row than an option tells", `func TestX(t *testing.T) {
	for _, tc := range []struct{ name string; n int }{{"x", 101}, {"y", 102}} {
		cachetest.Memo(t, tc.name, func() (int, error) { return tc.n, nil }, cachetest.With("name", tc.name)) //FN CALL
	}
}`, "101 102", ""},
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
	{"a key of several operands", `func helper(t *testing.T, n, m int) {
	key := fmt.Sprintf("%d/%d", n, m)
	cachetest.Memo(t, key, func() (int, error) { return n - m, nil }) //FN CALL
}`, "%d/%d", ""},
	{"the rest of the test is not", `func TestX(t *testing.T) {
	const base, other = 101, 7001
	const more = 7002
	for _, n := range []int{1, 2, 7003} {
		name := fmt.Sprintf("%d.txt", n)
		cachetest.Memo(t, name, func() (string, error) { return name, nil }) //FN CALL
		_ = more
	}
}`, "txt", "7002 7003"},
	{"a list that an option tells", `func helper(t *testing.T, n, m int) {
	cachetest.Memo(t, "k", func() (int, error) { return n - m, nil }, cachetest.With("both", []int{n, m})) //FN CALL
}`, "[]int{n m}", ""},
	{"the column that tells a row", `func TestX(t *testing.T) {
	for _, tc := range []struct{ in, out string }{{"a", "b"}, {"b", "a"}} {
		cachetest.Memo(t, tc.out, func() (string, error) { return tc.in, nil }) //FN CALL
	}
}`, "tc.out", ""},
	{"the column that names subtests", `func TestX(t *testing.T) {
	for _, tc := range []struct{ in, out string }{{"a", "b"}, {"b", "a"}} {
		t.Run("x"+tc.out, func(t *testing.T) {
			cachetest.Memo(t, t.Name(), func() (string, error) { return tc.in, nil }) //FN CALL
		})
	}
}`, "\"x\"+tc.out", ""},
}

func TestNodes(t *testing.T) {
	for _, tc := range nodeCases {
		t.Run(tc.name, func(t *testing.T) {
			src := head + tc.src
			p := parse(t, src)
			r := captured(p, src)
			if list := r.Untold(); r.Undecided != nil || len(list) > 0 || r.Escalates() {
				t.Fatalf("undecided: %v; not told: %v; with the test around it: %v", r.Undecided, list, r.Escalates())
			}
			var code strings.Builder
			for _, n := range append(r.Nodes, r.Told...) {
				from, to := int(n.Pos()-p.file().Syntax.FileStart), int(n.End()-p.file().Syntax.FileStart)
				code.WriteString(src[from:to] + "\n")
			}
			for word := range strings.FieldsSeq(tc.want) {
				if !strings.Contains(code.String(), word) {
					t.Errorf("%s is not part of the code:\n%s", word, &code)
				}
			}
			for word := range strings.FieldsSeq(tc.not) {
				if strings.Contains(code.String(), word) {
					t.Errorf("%s is part of the code:\n%s", word, &code)
				}
			}
		})
	}
}

// Constants of other files, and tables at package level, whose rows nothing tells.
func TestOtherFiles(t *testing.T) {
	const test = `package p
import ("testing"; "github.com/fixturecache/fixturecache/cachetest")

var tests = []struct{ name string; rows int }{
	{"a", 1},
	{"b", 2},
}

func TestX(t *testing.T) {
	for _, tc := range tests {
		n, other := rows, run()
		cachetest.Memo(t, tc.name, func() (int, error) { _ = user{other: 1}; _ = []user{{other: 2}}; return tc.rows + n, nil }) //FN CALL
		_ = other
	}
}
`
	for _, tc := range []struct {
		name, other, want string
	}{
		{"constant", "package p\n\nconst rows = 5\n\ntype user struct{ other int }\n", "tc.rows:12"},
		{"field of a struct of another file", "package p\n\nconst rows = 5\n\ntype user struct{ other, n int }\n", "tc.rows:12"},
		{"variable of another file", "package p\n\nvar rows = 5\n", "other:12 tc.rows:12 n:12"},
		{"map of another file", "package p\n\nconst rows = 5\n\ntype user map[int]int\n", "other:12 tc.rows:12"},
	} {
		p := parse(t, test, tc.other)
		if got := describe(captured(p, test)); got != tc.want {
			t.Errorf("%s: got %q, want %q", tc.name, got, tc.want)
		}
	}
}

// Another file may say what a name stands for.
func TestNamesOfOtherFiles(t *testing.T) {
	for _, tc := range []struct{ name, other, body, want string }{
		{"map whose type stands elsewhere", "type kind int\n\nconst small kind = 1\n\ntype kinds map[kind]int\n",
			`m := kinds{small: 1}; n := m; n[small] = seed.Rows(); cachetest.Memo(t, "k", func() (int, error) { return m[small], nil })`, "m"},
		{"struct whose type stands elsewhere", "type kinds struct{ small int }\n\nconst small = 1\n",
			`m := kinds{small: 1}; n := m; n.small = seed.Rows(); cachetest.Memo(t, "k", func() (int, error) { return m.small, nil })`, ""},
		{"a max of one's own", "func max(a, b int) int { return len(os.Args) }\n",
			`n := max(1, 2); cachetest.Memo(t, "k", func() (int, error) { return n, nil })`, "n"},
		{"the max of the language", "func most(a, b int) int { return len(os.Args) }\n",
			`n := max(1, 2); cachetest.Memo(t, "k", func() (int, error) { return n, nil })`, ""},
		{"a string of one's own", "func string(a any) any { return os.Args }\n",
			`n := string("a"); cachetest.Memo(t, "k", func() (any, error) { return n, nil })`, "n"},
		{"printing what asks the world", "type level int\n\nfunc (l level) String() string { return os.Args[l] }\n",
			`const l level = 1; s := fmt.Sprint(l); cachetest.Memo(t, "k", func() (string, error) { return s, nil })`, "s"},
		{"printing a local variable that asks the world", "type level struct{ n int }\n\nfunc (l *level) String() string { return os.Args[l.n] }\n",
			`l := &level{1}; s := fmt.Sprint(l); cachetest.Memo(t, "k", func() (string, error) { return s, nil })`, "s"},
		{"printing in a list what asks the world", "type level int\n\nfunc (l level) String() string { return os.Args[l] }\n\ntype levels []level\n",
			`s := fmt.Sprint(levels{1}); cachetest.Memo(t, "k", func() (string, error) { return s, nil })`, "s"},
		{"printing a number with a name", "type level int\n\nfunc (l level) Text() string { return os.Args[l] }\n",
			`const l level = 1; s := fmt.Sprint(l, "x", true, 2.5); cachetest.Memo(t, "k", func() (string, error) { return s, nil })`, "s"},
		{"printing predeclared types", "", `s := fmt.Sprint(1, "x", true, 2.5); cachetest.Memo(t, "k", func() (string, error) { return s, nil })`, ""},
		{"method values of a type elsewhere", "type loader struct{ n int }\n\nfunc (l *loader) set(n int) { l.n = n }\n",
			`l := loader{n: 1}; set := l.set; set(2); cachetest.Memo(t, "k", func() (int, error) { return l.n, nil })`, "l.n"},
		{"methods of a type elsewhere", "type loader struct{ n int }\n\nfunc (l loader) text(n int) string { return \"\" }\n",
			`l := loader{n: 1}; l.text(2); cachetest.Memo(t, "k", func() (int, error) { return l.n, nil })`, ""},
	} {
		src := head + "func TestX(t *testing.T) { " + tc.body + " } //FN CALL"
		var names []string
		for _, v := range capture.Of(query(parse(t, src, "package p\n\n"+tc.other), src)).Untold() {
			names = append(names, v.Name)
		}
		if got := strings.Join(names, " "); got != tc.want {
			t.Errorf("%s: got %q, want %q", tc.name, got, tc.want)
		}
	}
}

// A variable that the function sets for others stays as it was on a hit.
func TestSets(t *testing.T) {
	for _, tc := range []struct{ body, want string }{
		{`meta := "none"; cachetest.Memo(t, "k", func() (int, error) { meta = "set"; return 1, nil }); t.Log(meta)`, "meta"},
		{`var err error; cachetest.Memo(t, "k", func() (n int, _ error) { n, err = load(); return n, nil }); check(err)`, "err"},
		{`meta := "none"; t.Log(meta); cachetest.Memo(t, "k", func() (int, error) { meta = "set"; return 1, nil })`, ""},
		{`calls := 0; cachetest.Memo(t, "k", func() (int, error) { calls++; return 1, nil }); t.Log(calls)`, "calls"},
		{`built := false; cachetest.Memo(t, "k", func() (int, error) { built = true; return 1, nil }); t.Log(built)`, ""},
	} {
		src := head + "func TestX(t *testing.T) { " + tc.body + " } //FN CALL"
		got := ""
		for _, v := range capture.Of(query(parse(t, src), src)).Sets {
			got += v.Name
		}
		if got != tc.want {
			t.Errorf("%s: sets %q, want %q", tc.body, got, tc.want)
		}
	}
}

// A function that is written in one line with the literal in it is no other
// function to hand over.
func TestOneLineHelper(t *testing.T) {
	const src = head + `func fixture(t *testing.T) string { return cachetest.Memo(t, "k", func() (string, error) { return "v", nil }) } //FN
func func1() func() (string, error) { return func() (string, error) { return "v", nil } } //OTHER`
	p := parse(t, src)
	for mark, several := range map[string]bool{"//FN": false, "//OTHER": true} {
		q := query(p, src)
		q.Line, q.Call, q.Symbol = lineOf(src, mark), lineOf(src, mark), ""
		if r := capture.Of(q); r.Several != several || r.Undecided != nil {
			t.Errorf("%s: several %v, want %v", mark, r.Several, several)
		}
	}
}

// A literal that begins in the line of the one around it is the function, and what
// that one binds is captured.
func TestLiteralsInOneLine(t *testing.T) {
	for _, tc := range []struct{ reason, body, symbol, want string }{
		{"a helper", `load := func(rows int) int { return cachetest.Memo(t, "k", func() (int, error) { return rows, nil }) }; load(2)`, "TestX.func1.1", "rows"},
		{"a helper that was inlined", `load := func(rows int) int { return cachetest.Memo(t, "k", func() (int, error) { return rows, nil }) }; load(2)`, "TestX.TestX.func1.func2", "rows"},
		{"a subtest", `t.Run("x", func(t *testing.T) { n := count(); cachetest.Memo(t, "k", func() (int, error) { return n, nil }) })`, "TestX.func1.1", "n"},
		{"two in one another", `func() { n := count(); func() { m := count(); cachetest.Memo(t, "k", func() (int, error) { return n + m, nil }) }() }()`, "TestX.func1.1.1", "n m"},
		{"a made one", `mk := func(n int) func() (int, error) { return func() (int, error) { return n, nil } }; cachetest.Memo(t, "k", mk(count()))`, "TestX.func1.1", "n"},
		{"a made one that was inlined", `mk := func(n int) func() (int, error) { return func() (int, error) { return n, nil } }; cachetest.Memo(t, "k", mk(count()))`, "TestX.TestX.func1.func2", "n"},
		{"the outer one", `cachetest.Memo(t, "k", func() (int, error) { n := count(); return func() int { return n }(), nil })`, "TestX.func1", ""},
		{"the outer one, of which the source alone is known", `cachetest.Memo(t, "k", func() (int, error) { n := count(); return func() int { return n }(), nil })`, "", ""},
		{"a helper, of which the source alone is known", `load := func(rows int) int { return cachetest.Memo(t, "k", func() (int, error) { return rows, nil }) }; load(2)`, "", "rows"},
		{"one beside another argument", `n, m := count(), count(); cachetest.Memo(t, name(func() int { return m }), func() (int, error) { return n, nil })`, "TestX.func2", "n"},
		{"the outer one, of which the source alone is known, named", `fn := func() (int, error) { n := count(); return func() int { return n }(), nil }; cachetest.Memo(t, "k", fn)`, "TestX.func1", "n"},
	} {
		src := head + "func TestX(t *testing.T) {\n" + tc.body + " //FN CALL\n}"
		q := query(parse(t, src), src)
		if q.Symbol = ""; tc.symbol != "" {
			q.Symbol = "example.com/e." + tc.symbol
		}
		var got []string
		for _, v := range capture.Of(q).Values {
			got = append(got, v.Name)
		}
		if strings.Join(got, " ") != tc.want {
			t.Errorf("%s: captures %q, want %q", tc.reason, got, tc.want)
		}
	}
}

// What a method value is called on has no name, and is never told.
func TestReceivers(t *testing.T) {
	for _, body := range []string{
		`cachetest.Memo(t, "k", suite{4}.Build)`,
		`s := load(); cachetest.Memo(t, "k", s.Build, cachetest.With("s", s))`,
		`f := load().Build; cachetest.Memo(t, "k", f)`,
	} {
		src := head + "type suite struct{ n int }\nfunc (s suite) Build() (int, error) { return s.n, nil }\nfunc TestX(t *testing.T) { " + body + " } //FN CALL"
		q := query(parse(t, src), src)
		q.Method, q.Symbol = true, "example.com/e.suite.Build-fm"
		r := capture.Of(q)
		if list := r.Untold(); len(list) != 1 || list[0].Name != "the receiver of e.suite.Build" || !r.Escalates() {
			t.Errorf("%s: %v is not told", body, list)
		}
	}
}
