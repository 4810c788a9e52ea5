package source

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// captureCases are bodies of a file. The line marked //FN holds fn's func
// keyword, the line marked //CALL the call; one line may be both.
var captureCases = []struct{ name, src, want string }{
	{"handle is free, what it tells is not", `func TestX(t *testing.T) {
	cachetest.Memo(t, "k", func() (string, error) { t.Helper(); return t.Name() + t.TempDir(), nil }) //FN CALL
}`, "t.Name():8"},
	{"t.Name() in the key", `func TestX(t *testing.T) {
	cachetest.Memo(t, t.Name(), func() (string, error) { return t.Name(), nil }) //FN CALL
}`, "t.Name() covered"},
	{"another handle's name is another name", `func TestX(t *testing.T) {
	t.Run("a", func(u *testing.T) {
		cachetest.Memo(t, t.Name(), func() (string, error) { return u.Name(), nil }) //FN CALL
	})
}`, "u.Name():9"},
	{"parameter", `func users(t testing.TB, n int) []User {
	return cachetest.Memo(t, "users", func() ([]User, error) { return seed.Generate(n) }) //FN CALL
}`, "n:8"},
	{"parameter in the key", `func users(t testing.TB, n int) []User {
	return cachetest.Memo(t, fmt.Sprintf("users-%d", n), func() ([]User, error) { return seed.Generate(n) }) //FN CALL
}`, "n covered"},
	{"parameter in a key that does not tell it", `func users(t testing.TB, n string) []User {
	return cachetest.Memo(t, fmt.Sprintf("users-%.1s", n), func() ([]User, error) { return seed.Generate(n) }) //FN CALL
}`, "n:8"},
	{"sum does not tell its terms", `func users(t testing.TB, n, m int) []User {
	return cachetest.Memo(t, "k", func() ([]User, error) { return seed.Generate(n, m) }, cachetest.With("s", n+m)) //FN CALL
}`, "n:8 m:8"},
	{"joined text tells its parts", `func users(t testing.TB, n, m string) []User {
	return cachetest.Memo(t, "k/"+n+"/"+m, func() ([]User, error) { return seed.Generate(n, m) }) //FN CALL
}`, "n covered m covered"},
	{"joined text without anything between does not", `func users(t testing.TB, n, m, k string) []User {
	return cachetest.Memo(t, "k/"+n+m+"/"+k, func() ([]User, error) { return seed.Generate(n, m, k) }) //FN CALL
}`, "n:8 m:8 k covered"},
	{"nor do verbs that touch", `func users(t testing.TB, n, m, k string) []User {
	return cachetest.Memo(t, fmt.Sprintf("%s%s-%s", n, m, k), func() ([]User, error) { return seed.Generate(n, m, k) }) //FN CALL
}`, "n:8 m:8 k covered"},
	{"nor does Sprint of two", `func users(t testing.TB, n, m string) []User {
	return cachetest.Memo(t, fmt.Sprint(n, m), func() ([]User, error) { return seed.Generate(n, m) }) //FN CALL
}`, "n:8 m:8"},
	{"a method called on a struct may change it", `func users(t testing.TB) {
	conf := Config{N: 1}
	conf.Read("file")
	cachetest.Memo(t, "k", func() ([]User, error) { return seed.Generate(conf) }) //FN CALL
}`, "conf:10"},
	{"With", `func users(t testing.TB, n int) []User {
	return cachetest.Memo(t, "users", func() ([]User, error) { return seed.Generate(n) }, //FN CALL
		cachetest.Options(cachetest.With("n", n)))
}`, "n covered"},
	{"len covers nothing", `func users(t testing.TB, rows []int) []User {
	return cachetest.Memo(t, "users", func() ([]User, error) { return seed.Generate(rows) }, cachetest.With("n", len(rows))) //FN CALL
}`, "rows:8"},
	{"a namesake of With covers nothing", `func users(t testing.TB, n int) []User {
	return cachetest.Memo(t, "users", func() ([]User, error) { return seed.Generate(n) }, seed.With("n", n)) //FN CALL
}`, "n:8"},
	{"IgnoreCapture", `func users(t testing.TB, c conf) []User {
	return cachetest.Memo(t, "users", func() ([]User, error) { return seed.Generate(c.log, c.n) }, cachetest.IgnoreCapture("c.log")) //FN CALL
}`, "c.log covered code c.n:8 code"},
	{"only the selected field is told", `func users(t testing.TB, tc conf) []User {
	return cachetest.Memo(t, tc.name, func() ([]User, error) { return seed.Generate(tc.name, tc.rows) }) //FN CALL
}`, "tc.name covered code tc.rows:8 code"},
	{"whole struct told", `func users(t testing.TB, tc conf) []User {
	return cachetest.Memo(t, "k", func() ([]User, error) { return seed.Generate(tc.rows) }, cachetest.With("tc", tc)) //FN CALL
}`, "tc.rows covered code"},
	{"constants and locals set from literals are free", `func TestX(t *testing.T) {
	const n = 5
	m, names := 7, []string{"a", "b"}
	conf := Config{N: n, Name: "x"}
	d := 5 * time.Second
	check(conf, m)
	cachetest.Memo(t, "k", func() (int, error) { return seed.Generate(n, m, names, conf, d) }) //FN CALL
}`, ""},
	{"a local set twice is not", `func TestX(t *testing.T) {
	m := 7
	if testing.Short() { m = 3 }
	cachetest.Memo(t, "k", func() (int, error) { return m, nil }) //FN CALL
}`, "m:10"},
	{"a slice that others could change is not", `func TestX(t *testing.T) {
	s := []int{3, 1}
	sort.Ints(s)
	cachetest.Memo(t, "k", func() ([]int, error) { return s, nil }) //FN CALL
}`, "s:10"},
	{"a local set from a call is not", `func TestX(t *testing.T) {
	m := load()
	cachetest.Memo(t, "k", func() (int, error) { return m, nil }) //FN CALL
}`, "m:9 code"},
	{"a local computed from what is told is", `func users(t *testing.T, n int) {
	dir := filepath.Join("testdata", strconv.Itoa(n))
	cachetest.Memo(t, strconv.Itoa(n), func() (int, error) { return read(dir) }) //FN CALL
}`, ""},
	{"counters that fn only adds to are free", `func TestX(t *testing.T) {
	calls := 0
	cachetest.Memo(t, "k", func() (int, error) { calls++; return 1, nil }) //FN CALL
	_ = calls
}`, ""},
	{"counters that fn returns are not", `func TestX(t *testing.T) {
	calls := 0
	cachetest.Memo(t, "k", func() (int, error) { calls++; return calls, nil }) //FN CALL
}`, "calls:9"},
	{"table with distinct names", `func TestX(t *testing.T) {
	for _, tc := range []struct{ name string; rows int }{{"a", 1}, {name: "b", rows: 2}} {
		t.Run(tc.name, func(t *testing.T) {
			tc := tc
			cachetest.Memo(t, tc.name, func() (int, error) { return seed.Generate(tc.rows) }) //FN CALL
		})
	}
}`, ""},
	{"table whose subtest's name is the key", `func TestX(t *testing.T) {
	tests := []struct{ name string; rows int }{{"a", 1}, {name: "b", rows: 2}}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			cachetest.Memo(t, t.Name(), func() (int, error) { return seed.Generate(tc.rows) }) //FN CALL
		})
	}
}`, ""},
	{"table with equal names", `func TestX(t *testing.T) {
	for _, tc := range []struct{ name string; rows int }{{"a", 1}, {"a", 2}} {
		cachetest.Memo(t, tc.name, func() (int, error) { return seed.Generate(tc.rows) }) //FN CALL
	}
}`, "tc.rows:9 code"},
	{"table with equal numbers", `func TestX(t *testing.T) {
	for _, tc := range []struct{ seed int; rows int }{{10, 1}, {0xA, 2}} {
		cachetest.Memo(t, fmt.Sprint("k", tc.seed), func() (int, error) { return seed.Generate(tc.rows) }) //FN CALL
	}
}`, "tc.rows:9 code"},
	{"table with distinct numbers", `func TestX(t *testing.T) {
	for _, tc := range []struct{ seed int; rows int }{{20261123, 1}, {20261124, 2}, {'a', 3}, {1_0, 4}} {
		cachetest.Memo(t, fmt.Sprint("k", tc.seed), func() (int, error) { return seed.Generate(tc.rows) }) //FN CALL
	}
}`, ""},
	{"table with numbers that round to one", `func TestX(t *testing.T) {
	for _, tc := range []struct{ share float32; rows int }{{0.1, 1}, {0.10000000001, 2}} {
		cachetest.Memo(t, fmt.Sprint("k", tc.share), func() (int, error) { return seed.Generate(tc.rows) }) //FN CALL
	}
}`, "tc.rows:9 code"},
	{"table with rows from run time", `func TestX(t *testing.T) {
	for _, tc := range []struct{ name string; rows int }{{"a", 1}, {"b", load()}} {
		cachetest.Memo(t, tc.name, func() (int, error) { return seed.Generate(tc.rows) }) //FN CALL
	}
}`, "tc.rows:9 code"},
	{"map table", `func TestX(t *testing.T) {
	for name, tc := range map[string]conf{"a": {1}, "b": {2}} {
		cachetest.Memo(t, name, func() (int, error) { return seed.Generate(name, tc.rows) }) //FN CALL
	}
}`, "name covered code"},
	{"range over run-time data", `func TestX(t *testing.T) {
	for _, name := range files() {
		cachetest.Memo(t, "k", func() (int, error) { return seed.Generate(name) }) //FN CALL
	}
}`, "name:9 code"},
	{"range over func", `func TestX(t *testing.T) {
	for name := range seq {
		cachetest.Memo(t, name, func() (int, error) { return seed.Generate(name) }) //FN CALL
	}
}`, "name covered code"},
	{"literal in a variable, and a helper literal that captures", `func TestX(t *testing.T, n int) {
	gen := func(k int) int { return k * n } 
	build := func() (int, error) { return gen(3), nil } //FN
	cachetest.Memo(t, "k", build) //CALL
}`, "n:8"},
	{"literal returned by a function", `func builder(n int) func() (int, error) {
	return func() (int, error) { return n, nil } //FN
}
func TestX(t *testing.T) { n := 5
	cachetest.Memo(t, fmt.Sprint(n), builder(n)) //CALL
}`, "n:8"},
	{"named function", `func build() (int, error) { return 1, nil } //FN
func TestX(t *testing.T) {
	cachetest.Memo(t, "k", build) //CALL
}`, ""},
	{"method that calls Memo", `func (s *suite) users() {
	cachetest.Memo(s.t, "k", func() (int, error) { return s.n, nil }) //FN CALL
}`, "s.n:8 code"},
	{"type parameter in the result, and one that is not", `func load[T, K any](t *testing.T) T {
	return cachetest.Memo(t, "k", func() (T, error) { var k K; return decode[T](k) }) //FN CALL
}`, "T covered K:8 code"},
	{"type parameter in a With", `func load[T any](t *testing.T) int {
	return cachetest.Memo(t, "k", func() (int, error) { var v T; return size(v) }, cachetest.With("T", (*T)(nil))) //FN CALL
}`, "T covered code"},
	{"type parameter of a receiver's type", `func (r *repo[T]) load(t *testing.T) int {
	return cachetest.Memo(t, "k", func() (int, error) { var v T; return size(v) }) //FN CALL
}`, "T:8 code"},
	{"type parameter in a local type", `func load[T any](t *testing.T) int {
	type box struct{ v T }
	return cachetest.Memo(t, "k", func() (int, error) { var b box; return size(b.v) }) //FN CALL
}`, "T:8 code"},
	{"type parameter in a variable that the source determines", `func load[T any](t *testing.T) int {
	var zero T
	return cachetest.Memo(t, "k", func() (int, error) { return size(zero) }) //FN CALL
}`, "T:8 code"},
	{"type parameter in the results of a helper only", `func load[T any](t *testing.T) int {
	mk := func() T { var v T; return v }
	return cachetest.Memo(t, "k", func() (int, error) { return size(mk()) }) //FN CALL
}`, "T:8 code"},
	{"generic function as fn", `func build[T any]() (int, error) { var v T; return size(v) } //FN
func TestX(t *testing.T) {
	cachetest.Memo(t, "k", build[int]) //CALL
}`, "T:7 code"},
	{"named result", `func load(t *testing.T) (err error) {
	cachetest.Memo(t, "k", func() (int, error) { err = nil; return 1, nil }) //FN CALL
	return
}`, ""},
	{"two literals on one line: both", `func two(t *testing.T, a, b int) {
	f, g := func() (int, error) { return a, nil }, func() (int, error) { return b, nil } //FN
	cachetest.Memo(t, "k", f) //CALL
	_ = g
}`, "a:8 b:8"},
	{"composite literal keys are no captures", `type user struct{ name string }
func two(t *testing.T, name string) {
	cachetest.Memo(t, "k", func() (user, error) { return user{name: "x"}, nil }) //FN CALL
}`, ""},
	{"Call's argument", `func two(t *testing.T, n int) {
	cachetest.Call(t, "k", conf{n}, func(c conf) (int, error) { return c.n + n, nil }) //FN CALL
}`, "n covered"},
	{"local const group with iota", `func two(t *testing.T) {
	const ( a = iota; b )
	type row struct{ n int }
	cachetest.Memo(t, "k", func() (row, error) { return row{b}, nil }) //FN CALL
}`, ""},
	{"address taken", `func two(t *testing.T) {
	n := 1
	parse(&n)
	cachetest.Memo(t, "k", func() (int, error) { return n, nil }) //FN CALL
}`, "n:10"},
	{"opts in a variable", `func two(t *testing.T, n int) {
	opts := []cachetest.Option{cachetest.With("n", n)}
	cachetest.Memo(t, "k", func() (int, error) { return n, nil }, opts...) //FN CALL
}`, "n covered"},
	{"type switch and channel receive", `func two(t *testing.T, v any, ch chan int) {
	c := <-ch
	switch x := v.(type) { case int:
	cachetest.Memo(t, "k", func() (int, error) { return x+c, nil }) //FN CALL
	}
}`, "x:10 code c:10 code"},
}

// What a key of several values tells depends on its text.
func TestKeyText(t *testing.T) {
	for _, tc := range []struct{ name, expr, key, want string }{
		{"each value ends in one place", `fmt.Sprintf("%s-%s", a, b)`, "x-y", ""},
		{"x-y and z, or x and y-z", `fmt.Sprintf("%s-%s", a, b)`, "x-y-z", "a"},
		{"the outer literals bind", `"k/" + a + "/" + b`, "k/x/y", ""},
		{"the separator in a value", `"k/" + a + "/" + b`, "k/x/y/z", "a"},
		{"a number ends the text", `fmt.Sprintf("%s-%d", a, n)`, "x-y-3", ""},
		{"a number below zero", `fmt.Sprintf("%s-%d", a, n)`, "x--3", "a"},
		{"two numbers", `fmt.Sprintf("%d-%d", n, m)`, "-1--2", ""},
		{"padded numbers", `fmt.Sprintf("%3d,%03d", n, m)`, "  1,002", ""},
		{"padding that a literal could be", `fmt.Sprintf("%s %3d", a, n)`, "x   1", "a"},
		{"quoted text ends", `strconv.Quote(a) + "-" + strconv.Quote(b)`, `"x\"-"-"y"`, ""},
		{"the test's name and a value", `t.Name() + "/" + a`, "TestX/sub/x", "a"},
		{"by way of a variable", `key`, "x-y-z", "a"},
		{"a clean path", `filepath.Join("gen", a, b)`, "gen/x/y", ""},
		{"a path that was cleaned", `filepath.Join("gen", a, b)`, "gen/x", "a"},
		{"Sprint puts a space between numbers", `fmt.Sprint(n, "-", m)`, "1 - 2", ""},
		{"a With tells the rest", `a + "-" + b`, "x-y-z", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			with := ""
			if tc.name == "a With tells the rest" {
				with = `, cachetest.With("a", a), cachetest.With("b", b)`
			}
			p, err := parseSource("x_test.go", []byte(captureHead+`func f(t *testing.T, a, b string, n, m int) {
	key := a + "-" + b
	_ = key
	cachetest.Memo(t, `+tc.expr+`, func() (int, error) { return seed.Generate(t.Name(), a, b, n, m) }, cachetest.IgnoreCapture("t.Name()")`+with+`)
}`))
			if err != nil {
				t.Fatal(err)
			}
			r := newResolver(p)
			if got := capturesAt(r, Func{Line: 10}, r, 10, "").Ambiguous(tc.key); got != tc.want {
				t.Errorf("%s tells all but %q of %q, want %q", tc.expr, got, tc.key, tc.want)
			}
		})
	}
}

const captureHead = "package p\nimport (\"testing\"; \"fmt\"; \"time\"; \"strconv\"; \"sort\"; \"strings\"; \"path/filepath\"; \"github.com/fixturecache/fixturecache/cachetest\"; \"example.com/seed\")\nvar _ = fmt.Sprint\nvar _ = time.Now\nvar _ = strconv.Itoa\nvar _ = filepath.Join\n"

func TestCaptures(t *testing.T) {
	for _, tc := range captureCases {
		t.Run(tc.name, func(t *testing.T) { checkCaptures(t, tc.src, tc.want) })
	}
}

func checkCaptures(t *testing.T, src, want string) {
	t.Helper()
	p, err := parseSource("x_test.go", []byte(captureHead+src))
	if err != nil {
		t.Fatal(err)
	}
	r := newResolver(p)
	fn, line := Func{Line: lineOf(p.src, "//FN")}, lineOf(p.src, "CALL")
	got := capturesAt(r, fn, r, line, "")
	if got.Undecided != "" {
		t.Fatal(got.Undecided)
	}
	var words []string
	for _, v := range got.Values {
		w := fmt.Sprintf("%s:%d", v.Name, v.Line)
		if v.Covered {
			w = v.Name + " covered"
		}
		if v.Code {
			w += " code"
		}
		words = append(words, w)
	}
	if s := strings.Join(words, " "); s != want {
		t.Errorf("got  %q\nwant %q", s, want)
	}
}

func lineOf(src []byte, mark string) int {
	for i, line := range strings.Split(string(src), "\n") {
		if strings.Contains(line, mark) {
			return i + 1
		}
	}
	return 0
}

// What stands in other files, or at package level, is looked up on disk.
func TestCapturesOfPackage(t *testing.T) {
	for _, tc := range []struct{ name, other, want string }{
		{"constant and table that nothing changes", "package p\n\nconst rows = 5\n\ntype user struct{ other int }\n", ""},
		{"field of a struct of another file", "package p\n\nconst rows = 5\n\ntype user struct{ other, n int }\n\nfunc mk() []user { return []user{{n: 1}} }\n", ""},
		{"variable of another file", "package p\n\nvar rows = 5\n", "other:12 n:12"},
		{"table that another file changes", "package p\n\nconst rows = 5\n\nfunc f() { tests[0].rows = 2 }\n\ntype user map[int]int\n", "other:12 tc.rows:12"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			root := writeTree(t, "b.go", tc.other, "x_test.go", `package p
import ("testing"; "github.com/fixturecache/fixturecache/cachetest")

var tests = []struct{ name string; rows int }{
	{"a", 1},
	{"b", 2},
}

func TestX(t *testing.T) {
	for _, tc := range tests {
		n, other := rows, run()
		cachetest.Memo(t, tc.name, func() (int, error) { _ = user{other: 1}; _ = []user{{other: 2}}; return tc.rows + n, nil })
		_ = other
	}
}
`)
			p, err := parseFile(filepath.Join(root, "x_test.go"))
			if err != nil {
				t.Fatal(err)
			}
			r := newResolver(p)
			var got []string
			for _, v := range capturesAt(r, Func{Line: 12}, r, 12, "Memo").Uncovered() {
				got = append(got, fmt.Sprintf("%s:%d", v.Name, v.Line))
			}
			if strings.Join(got, " ") != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

// A covered value of a type that holds no code leaves the root as it is.
func TestPlainTypes(t *testing.T) {
	root := writeTree(t, "b.go", "package p\n\nimport \"time\"\n\ntype plain struct {\n\tName string\n\tList []inner\n\tAge time.Duration\n}\n\ntype inner map[string][size]int\n\nconst size = 2\n\ntype holder struct{ f func() }\n\ntype outer struct{ h *holder }\n",
		"x_test.go", `package p
import ("testing"; "github.com/fixturecache/fixturecache/cachetest")

func users(t *testing.T, a plain, b outer, c any) {
	cachetest.Memo(t, "k", func() (int, error) { return f(a, b, c) }, cachetest.With("a", a), cachetest.With("b", b), cachetest.With("c", c))
}
`)
	p, err := parseFile(filepath.Join(root, "x_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	r := newResolver(p)
	got := ""
	for _, v := range capturesAt(r, Func{Line: 5}, r, 5, "Memo").Values {
		got += fmt.Sprintf("%s %v %v;", v.Name, v.Covered, v.Code)
	}
	if want := "a true false;b true true;c true true;"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestCapturedReceiver(t *testing.T) {
	for _, tc := range []struct{ body, want string }{
		{`cachetest.Memo(t, "k", suite{4}.Build)`, "suite{4} true"},
		{`s := suite{4}; cachetest.Memo(t, "k", s.Build)`, "s true"},
		{`s := load(); cachetest.Memo(t, "k", s.Build)`, "s false"},
		{`s := load(); cachetest.Memo(t, "k", s.Build, cachetest.With("s", s))`, "s true"},
		{`s := suite{4}; s.n = load(); cachetest.Memo(t, "k", s.Build)`, "s false"},
		{`f := load().Build; cachetest.Memo(t, "k", f)`, "the receiver of e.suite.Build false"},
		{`s, u := suite{4}, load(); cachetest.Memo(t, "k", s.Build); cachetest.Memo(t, "l", u.Build)`, "s true u false"},
	} {
		p, err := parseSource("x_test.go", []byte(captureHead+"func f(t *testing.T) { "+tc.body+" }"))
		if err != nil {
			t.Fatal(err)
		}
		got := methodValue(Func{Symbol: "example.com/e.suite.Build-fm"}, newResolver(p), Site{Line: 7}, "Memo").Values
		var words []string
		for _, v := range got {
			words = append(words, v.Name, fmt.Sprint(v.Covered))
		}
		if s := strings.Join(words, " "); s != tc.want {
			t.Errorf("%s: %s, want %s", tc.body, s, tc.want)
		}
	}
}
