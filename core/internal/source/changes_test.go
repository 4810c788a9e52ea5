package source

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// changeCases are values that look determined, and are changed by something
// that does not look like an assignment to them; and their like that stay.
var changeCases = []struct{ name, src, want string }{
	{"elements set while ranging over them", `func TestX(t *testing.T) {
	grid := [][]int{{1, 2}, {3, 4}}
	for _, row := range grid { for i := range row { row[i] *= seed.Rows() } }
	cachetest.Memo(t, "k", func() (int, error) { return grid[0][0], nil }) //FN CALL
}`, "grid:10"},
	{"elements of elements ranged over", `func TestX(t *testing.T) {
	grid := [][]*conf{{{1}}}
	for _, row := range grid { for _, c := range row { c.n += seed.Rows() } }
	cachetest.Memo(t, "k", func() (int, error) { return grid[0][0].n, nil }) //FN CALL
}`, "grid:10 code"},
	{"pointers changed while ranging over them", `type row struct{ n int }
func TestX(t *testing.T) {
	rows := []*row{{n: 1}, {n: 2}}
	for _, r := range rows { r.n += seed.Rows() }
	cachetest.Memo(t, "k", func() (int, error) { return rows[0].n, nil }) //FN CALL
}`, "rows:11 code"},
	{"pointers handed on while ranging over them", `type row struct{ n int }
func TestX(t *testing.T) {
	rows := []*row{{n: 1}, {n: 2}}
	for _, r := range rows { load(r) }
	cachetest.Memo(t, "k", func() (int, error) { return rows[0].n, nil }) //FN CALL
}`, "rows:11 code"},
	{"a table normalised in a first loop", `type opt struct{ name string; n int }
func TestX(t *testing.T) {
	opts := []*opt{{"a", 1}, {"b", 2}}
	for _, o := range opts { o.n *= seed.Rows() }
	for _, o := range opts {
		cachetest.Memo(t, o.name, func() (int, error) { return o.n * 10, nil }) //FN CALL
	}
}`, "o.n:12 code"},
	{"copies changed while ranging over them", `type row struct{ n int; name string }
func TestX(t *testing.T) {
	rows := []row{{n: 1}, {n: 2}}
	for _, r := range rows { r.n += seed.Rows(); load(r); t.Log(r.name) }
	cachetest.Memo(t, "k", func() (int, error) { return rows[0].n, nil }) //FN CALL
}`, ""},
	{"elements looked at", `type row struct{ n int; list []string }
func TestX(t *testing.T) {
	rows := []*row{{n: 1}, {n: 2}}
	for i, r := range rows { if r.n > i { t.Log(r.list); fmt.Println(r); load(r.n) } }
	cachetest.Memo(t, "k", func() (int, error) { return rows[0].n, nil }) //FN CALL
}`, ""},
	{"a table with lists, ranged over before", `func TestX(t *testing.T) {
	tests := []struct{ name string; args []string }{{"a", nil}, {"b", []string{"x"}}}
	for _, tc := range tests { t.Log(tc.name, len(tc.args)) }
	for _, tc := range tests {
		cachetest.Memo(t, tc.name, func() (int, error) { return run(tc.args) }) //FN CALL
	}
}`, ""},
	{"a writer that is printed to", `func TestX(t *testing.T) {
	buf := &bytes.Buffer{}
	fmt.Fprintf(buf, "rows %d", seed.Rows())
	cachetest.Memo(t, "k", func() (string, error) { return buf.String(), nil }) //FN CALL
}`, "buf:10 code"},
	{"a value that is printed", `func TestX(t *testing.T) {
	conf := &Config{N: 1}
	fmt.Fprintf(os.Stderr, "%v", conf)
	cachetest.Memo(t, "k", func() (int, error) { return seed.Generate(conf) }) //FN CALL
}`, ""},
	{"the target of errors.As", `func TestX(t *testing.T) {
	target := &fail{}
	errors.As(run(), target)
	cachetest.Memo(t, "k", func() (int, error) { return seed.Generate(target) }) //FN CALL
}`, "target:10 code"},
	{"an argument that Call's fn changes", `func TestX(t *testing.T) {
	m := map[string]int{}
	cachetest.Call(t, "prep", m, func(m map[string]int) (int, error) { m["a"] = seed.Rows(); return 1, nil })
	cachetest.Memo(t, "k", func() (int, error) { return m["a"], nil }) //FN CALL
}`, "m:10"},
	{"an argument that Call's fn looks at", `func TestX(t *testing.T) {
	m := map[string]int{"a": 1}
	cachetest.Call(t, "prep", m, func(m map[string]int) (int, error) { return m["a"] + len(m), nil })
	cachetest.Memo(t, "k", func() (int, error) { return m["a"], nil }, cachetest.With("m", m)) //FN CALL
}`, ""},
	{"an argument of a Call whose fn stands elsewhere", `func TestX(t *testing.T) {
	m := map[string]int{"a": 1}
	cachetest.Call(t, "prep", m, load)
	cachetest.Memo(t, "k", func() (int, error) { return m["a"], nil }) //FN CALL
}`, "m:10"},
	{"a method value", `type loader struct{ n int }
func (l *loader) set(n int) { l.n = n }
func TestX(t *testing.T) {
	l := loader{n: 0}
	set := l.set
	set(seed.Rows())
	cachetest.Memo(t, "k", func() (int, error) { return l.n, nil }) //FN CALL
}`, "l.n:13"},
	{"a method value given to a handle", `func TestX(t *testing.T) {
	l := loader{n: 0}
	t.Run("set", l.set)
	cachetest.Memo(t, "k", func() (int, error) { return l.n, nil }) //FN CALL
}`, "l.n:10 code"},
	{"a field that is handed on", `type loader struct{ n int }
func TestX(t *testing.T) {
	l, conf := loader{n: 0}, seed.Config{N: 1}
	n := l.n
	load(l.n, conf.N, n)
	cachetest.Memo(t, "k", func() (int, error) { return l.n + conf.N, nil }) //FN CALL
}`, ""},
	{"a slice of an array", `func TestX(t *testing.T) {
	var sum [4]byte
	copy(sum[:], seed.Text())
	cachetest.Memo(t, "k", func() (int, error) { return int(sum[0]), nil }) //FN CALL
}`, "sum:10"},
	{"an array that is handed on", `func TestX(t *testing.T) {
	sum := [4]byte{1, 2, 3}
	load(sum, sum[1])
	cachetest.Memo(t, "k", func() (int, error) { return int(sum[0]), nil }) //FN CALL
}`, ""},
	{"a method named like one of time's", `type money struct{ n int }
func (m *money) Round(n int) { m.n -= m.n % n }
func TestX(t *testing.T) {
	m := money{n: 1234}
	m.Round(seed.Rows())
	cachetest.Memo(t, "k", func() (int, error) { return m.n, nil }) //FN CALL
}`, "m.n:12"},
	{"methods of durations and times", `func TestX(t *testing.T) {
	d, at := 5 * time.Second, time.Date(2024, 1, 2, 0, 0, 0, 0, time.UTC)
	t.Log(d.String(), d.Seconds(), at.Format(time.RFC3339), at.AddDate(0, 0, 1))
	cachetest.Memo(t, "k", func() (int, error) { return wait(d, at) }) //FN CALL
}`, ""},
	{"a method that gets a copy", `type money struct{ n int }
func (m money) Text() string { m.n++; return strconv.Itoa(m.n) }
func TestX(t *testing.T) {
	m := money{n: 1234}
	t.Log(m.Text())
	cachetest.Memo(t, "k", func() (int, error) { return m.n, nil }) //FN CALL
}`, ""},
	{"a helper that fn calls, and others too", `func TestX(t *testing.T) {
	var sb strings.Builder
	say := func(s string) { sb.WriteString(s) }
	say(seed.Text())
	cachetest.Memo(t, "k", func() (string, error) { say("!"); return sb.String(), nil }) //FN CALL
}`, "sb:9 code"},
	{"a helper that hands on what it changes", `func TestX(t *testing.T) {
	m := map[string]int{}
	add := func(k string, v int) { put(m, k, v) }
	add("a", seed.Rows())
	cachetest.Memo(t, "k", func() (int, error) { add("b", 1); return m["a"], nil }) //FN CALL
}`, "m:9"},
	{"a helper that only fn calls", `func TestX(t *testing.T) {
	n := 5
	twice := func(k int) int { return 2 * k * n }
	cachetest.Memo(t, "k", func() (int, error) { return twice(3), nil }) //FN CALL
}`, ""},
	{"a counter that fn goes on with", `type counter struct{ n int }
func (c *counter) inc() { c.n++ }
func TestX(t *testing.T) {
	c := counter{}
	for i := 0; i < 3; i++ {
		cachetest.Memo(t, fmt.Sprintf("k-%d", i), func() (int, error) { c.inc(); return c.n, nil }) //FN CALL
	}
}`, "c:12 code"},
	{"a builder that one run of fn fills", `func TestX(t *testing.T) {
	var sb strings.Builder
	cachetest.Memo(t, "k", func() (string, error) { sb.WriteString("x"); return sb.String(), nil }) //FN CALL
}`, ""},
	{"methods called on what the rows share", `func TestX(t *testing.T) {
	conf := Config{N: 1}
	for _, name := range []string{"a", "b"} {
		cachetest.Memo(t, name, func() (string, error) { return conf.GetName(name), nil }) //FN CALL
	}
}`, "name covered code"},
	{"an index that is changed tells no row", `func TestX(t *testing.T) {
	for i, tc := range []struct{ s string }{{"a"}, {"b"}} {
		i += seed.Rows()
		cachetest.Memo(t, fmt.Sprintf("k-%d", i), func() (string, error) { return tc.s, nil }) //FN CALL
	}
}`, "tc.s:10 code"},
	{"an index tells a row", `func TestX(t *testing.T) {
	for i, tc := range []struct{ s string }{{"a"}, {"b"}} {
		cachetest.Memo(t, fmt.Sprintf("k-%d", i), func() (string, error) { return tc.s, nil }) //FN CALL
	}
}`, ""},
	{"fields beside a handle", `type suite struct{ t *testing.T; n int }
func TestX(t *testing.T) {
	s := &suite{t: t, n: 5}
	s.t.Log(s.n)
	cachetest.Memo(t, "k", func() (int, error) { return s.n, nil }) //FN CALL
}`, ""},
	{"fields beside a handle that are set", `type suite struct{ t *testing.T; n int }
func TestX(t *testing.T) {
	s := &suite{t: t, n: 5}
	s.n = seed.Rows()
	cachetest.Memo(t, "k", func() (int, error) { return s.n, nil }) //FN CALL
}`, "s.n:11 code"},

	{"a value set after the key was made of it", `func rows(t *testing.T, n, m int) {
	key := fmt.Sprintf("rows-%d", n)
	if n == 0 { n = m }
	cachetest.Memo(t, key, func() (int, error) { return n * 10, nil }) //FN CALL
}`, "n:10"},
	{"a value set before the key is made of it", `func rows(t *testing.T, n, m int) {
	if n == 0 { n = m }
	key := fmt.Sprintf("rows-%d", n)
	use(n)
	cachetest.Memo(t, key, func() (int, error) { return n * 10, nil }) //FN CALL
	n = 0
}`, "n covered"},
	{"a value set after the options were made of it", `func rows(t *testing.T, n int) {
	opts := []cachetest.Option{cachetest.With("n", n)}
	n++
	cachetest.Memo(t, "k", func() (int, error) { return n * 10, nil }, opts...) //FN CALL
}`, "n:10"},
	{"a field set after the key was made of it", `func rows(t *testing.T, c conf) {
	key := "k-" + c.name
	c.name = seed.Text()
	cachetest.Memo(t, key, func() (string, error) { return c.name, nil }) //FN CALL
}`, "c.name:10 code"},
	{"another field set", `func rows(t *testing.T, c conf) {
	key := "k-" + c.name
	c.n = seed.Rows()
	cachetest.Memo(t, key, func() (string, error) { return c.name, nil }) //FN CALL
}`, "c.name covered code"},
	{"a key made before the loop", `func rows(t *testing.T, n int) {
	key := fmt.Sprint("k-", n)
	for range 3 {
		cachetest.Memo(t, key, func() (int, error) { return n, nil }) //FN CALL
		n++
	}
}`, "n:10"},
	{"a key made in the loop", `func rows(t *testing.T, n int) {
	for range 3 {
		key := fmt.Sprint("k-", n)
		t.Run(key, func(t *testing.T) {
			cachetest.Memo(t, key, func() (int, error) { return n, nil }) //FN CALL
		})
	}
}`, "n covered"},
	{"a value set by a helper", `func rows(t *testing.T, n int) {
	set := func() { n = seed.Rows() }
	key := fmt.Sprint("k-", n)
	set()
	cachetest.Memo(t, key, func() (int, error) { return n, nil }) //FN CALL
}`, "n:11"},
	{"a pointer handed on after the key was made", `func rows(t *testing.T, c *conf) {
	key := "k-" + c.name
	load(c)
	cachetest.Memo(t, key, func() (string, error) { return c.name, nil }) //FN CALL
}`, "c.name:10 code"},
	{"a method taken along after the key was made", `type conf struct{ name string; n int }
func (c *conf) set() { c.name = seed.Text() }
func rows(t *testing.T, c conf) {
	key := "k-" + c.name
	set, n := c.set, c.n
	set()
	cachetest.Memo(t, key, func() (string, error) { return c.name, nil }) //FN CALL
}`, "c.name:13"},
	{"a text handed on after the key was made", `func rows(t *testing.T) {
	name := seed.Text()
	key := "k-" + name
	load(name)
	cachetest.Memo(t, key, func() (string, error) { return name, nil }) //FN CALL
}`, "name covered code"},
	{"read from what is told later", `func rows(t *testing.T, cfg *config) {
	n := cfg.n
	cfg.reset()
	cachetest.Memo(t, "k", func() (int, error) { return n, nil }, cachetest.With("cfg", cfg)) //FN CALL
}`, "n:10 code"},
	{"computed from what is told later", `func rows(t *testing.T, cfg *config) {
	n := 2 * cfg.n
	cfg.reset()
	cachetest.Memo(t, "k", func() (int, error) { return n, nil }, cachetest.With("cfg", cfg)) //FN CALL
}`, "n:10 code"},
	{"read from what is told", `func rows(t *testing.T, cfg *config) {
	cfg.reset()
	n, m := cfg.n, 2 * cfg.m
	cachetest.Memo(t, "k", func() (int, error) { return n + m, nil }, cachetest.With("cfg", cfg)) //FN CALL
}`, ""},
}

func TestChanges(t *testing.T) {
	for _, tc := range changeCases {
		t.Run(tc.name, func(t *testing.T) { checkCaptures(t, tc.src, tc.want) })
	}
}

// What a name stands for, another file may say.
func TestChangesOfPackage(t *testing.T) {
	for _, tc := range []struct{ name, other, body, want string }{
		{"map whose type stands elsewhere", "type kind int\n\nconst small kind = 1\n\ntype kinds map[kind]int\n",
			`m := kinds{small: 1}; n := m; n[small] = seed.Rows(); cachetest.Memo(t, "k", func() (int, error) { return m[small], nil })`, "m"},
		{"struct whose type stands elsewhere", "type kinds struct{ small int }\n\nconst small = 1\n",
			`m := kinds{small: 1}; n := m; n.small = seed.Rows(); cachetest.Memo(t, "k", func() (int, error) { return m.small, nil })`, ""},
		{"a max of one's own", "func max(a, b int) int { return len(os.Args) }\n",
			`n := max(1, 2); cachetest.Memo(t, "k", func() (int, error) { return n, nil })`, "n"},
		{"the max of the language", "func most(a, b int) int { return len(os.Args) }\n",
			`n := max(1, 2); cachetest.Memo(t, "k", func() (int, error) { return n, nil })`, ""},
		{"printing what asks the world", "type level int\n\nfunc (l level) String() string { return os.Args[l] }\n",
			`const l level = 1; s := fmt.Sprint(l); cachetest.Memo(t, "k", func() (string, error) { return s, nil })`, "s"},
		{"printing in a list what asks the world", "type level int\n\nfunc (l level) String() string { return os.Args[l] }\n\ntype levels []level\n",
			`s := fmt.Sprint(levels{1}); cachetest.Memo(t, "k", func() (string, error) { return s, nil })`, "s"},
		{"printing a number with a name", "type level int\n\nfunc (l level) Text() string { return os.Args[l] }\n",
			`const l level = 1; s := fmt.Sprint(l, "x", true, 2.5); cachetest.Memo(t, "k", func() (string, error) { return s, nil })`, ""},
		{"method values of a type elsewhere", "type loader struct{ n int }\n\nfunc (l *loader) set(n int) { l.n = n }\n",
			`l := loader{n: 1}; set := l.set; set(2); cachetest.Memo(t, "k", func() (int, error) { return l.n, nil })`, "l.n"},
		{"a row of a table that is handed on", "func prepare(r *row) { r.n = len(os.Args) }\n",
			`prepare(tests[0]); for _, tc := range tests { cachetest.Memo(t, tc.name, func() (int, error) { return tc.n, nil }) } }; type row struct { name string; n int }; var tests = []*row{{"a", 1}}; func _() {`, "tc.n"},
		{"a table whose rows are looked at", "func show(n int) {}\n",
			`show(tests[0].n); for _, tc := range tests { cachetest.Memo(t, tc.name, func() (int, error) { return tc.n, nil }) } }; type row struct { name string; n int }; var tests = []*row{{"a", 1}}; func _() {`, ""},
		{"methods of a type elsewhere", "type loader struct{ n int }\n\nfunc (l loader) text(n int) string { return \"\" }\n",
			`l := loader{n: 1}; l.text(2); cachetest.Memo(t, "k", func() (int, error) { return l.n, nil })`, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := uncoveredIn(t, "package p\n\nimport \"os\"\n\nvar _ = os.Args\n\n"+tc.other, "func TestX(t *testing.T) { "+tc.body+" }")
			if got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

// uncoveredIn returns the names of what fn captures in a test of one line, in
// a package of two files.
func uncoveredIn(t *testing.T, other, test string) string {
	t.Helper()
	root := writeTree(t, "b.go", other, "x_test.go", captureHead+test+"\n")
	p, err := parseFile(filepath.Join(root, "x_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	r := newResolver(p)
	got := capturesAt(r, Func{Line: 7, Symbol: "example.com/p.TestX.func1"}, r, 7, "Memo")
	if got.Undecided != "" {
		t.Fatal(got.Undecided)
	}
	var names []string
	for _, v := range got.Uncovered() {
		names = append(names, v.Name)
	}
	return strings.Join(names, " ")
}

// A value is told by a key that prints it only if no other value of its type is
// printed alike.
func TestKeyPrint(t *testing.T) {
	const types = `package p

type query struct { table string; cols []string; n int; any any; kind kind; level level; embedded }
type embedded struct { id int }
type args []string
type kind string
type level int
func (l level) String() string { return "level" }
type ptr struct { p *int }
type size struct { w, h int; d [2]float64 }
func load() (int, error) { return 0, nil }
func make2() query { return query{} }
`
	for _, tc := range []struct {
		key, uses string
		told      bool
	}{
		{`fmt.Sprintf("rows-%s-%s", q.table, q.cols)`, "q.cols", false},
		{`fmt.Sprintf("rows-%s-%d", q.table, q.n)`, "q.table, q.n", true},
		{`fmt.Sprintf("k-%v", q.any)`, "q.any", false},
		{`fmt.Sprintf("k-%d", q.any)`, "q.any", false},
		{`fmt.Sprintf("k-%v", q.kind)`, "q.kind", true},
		{`"k-" + string(q.kind)`, "q.kind", true},
		{`fmt.Sprintf("k-%v", q.level)`, "q.level", false},
		{`fmt.Sprintf("k-%d", q.level)`, "q.level", true},
		{`fmt.Sprintf("k-%v", q.id)`, "q.id", true},
		{`fmt.Sprintf("k-%v", q)`, "q", false},
		{`fmt.Sprintf("k-%v", sz)`, "sz", true},
		{`fmt.Sprintf("k-%v", sz)`, "sz.w, sz.d", true},
		{`fmt.Sprint(list)`, "list", false},
		{`fmt.Sprint(named)`, "named", false},
		{`fmt.Sprint(pointed)`, "pointed", false},
		{`fmt.Sprint(row)`, "row", false},
		{`strings.Join(row, " ")`, "row", false},
		{`fmt.Sprint(nums)`, "nums", true},
		{`fmt.Sprintf("%v-%v", yes, f)`, "yes, f", true},
		{`fmt.Sprintf("f-%g", f)`, "f", true},
		{`fmt.Sprintf("f-%.2f", f)`, "f", false},
		{`fmt.Sprintf("f-%f", f)`, "f", false},
		{`fmt.Sprintf("f-%e", f)`, "f", false},
		{`"k-" + string(r)`, "r", false},
		{`fmt.Sprintf("k-%c", r)`, "r", false},
		{`fmt.Sprintf("k-%q", r)`, "r", false},
		{`fmt.Sprintf("k-%d", r)`, "r", true},
		{`fmt.Sprintf("k-%U", r)`, "r", true},
		{`fmt.Sprintf("k-%q", q.table)`, "q.table", true},
		{`fmt.Sprintf("k-%x", q.table)`, "q.table", true},
		{`"k-" + string(data)`, "data", true},
		{`"k-" + string(letter)`, "letter", true},
		{`fmt.Sprint("k-", i)`, "i", true},
		{`fmt.Sprint("k-", n)`, "n", true},
		{`fmt.Sprint("k-", made.table)`, "made.table", true},
		{`fmt.Sprint("k-", own)`, "own", true},
		{`fmt.Sprint("k-", text)`, "text", true},
		{`fmt.Sprint("k-", foreign)`, "foreign", false},
		{`fmt.Sprintf("k-%d", foreign)`, "foreign", true},
		{`"k-" + foreign`, "foreign", true},
		{`fmt.Sprint("k-", d)`, "d", true},
	} {
		got := uncoveredIn(t, types, `func TestX(t *testing.T, q query, list []string, named args, pointed ptr, nums []int, yes bool, f float64, r rune, data []byte, d time.Duration, sz size) { `+
			`for i, row := range [][]string{} { for _, letter := range "abc" { `+
			`n, err := load(); made := make2(); own := kind("x"); text := fmt.Sprint(err); foreign := seed.Text(); `+
			`cachetest.Memo(t, `+tc.key+`, func() (int, error) { return run(`+tc.uses+`) }) } } }`)
		if told := got == ""; told != tc.told {
			t.Errorf("key %s: told %v, want %v", tc.key, told, tc.told)
		}
	}
}

// A function that is written in one line with the literal in it is no other
// function to hand to Memo.
func TestOneLineHelper(t *testing.T) {
	const src = `func fixture(t *testing.T) string { return cachetest.Memo(t, "k", func() (string, error) { return "v", nil }) } //FN
func func1() func() (string, error) { return func() (string, error) { return "v", nil } } //OTHER`
	p, err := parseSource("x_test.go", []byte(captureHead+src))
	if err != nil {
		t.Fatal(err)
	}
	r := newResolver(p)
	for _, tc := range []struct {
		mark, symbol string
		several      bool
	}{
		{"//FN", "example.com/p.fixture.func1", false},
		{"//FN", "example.com/p.TestX.fixture.func1", false},
		{"//FN", "example.com/p.fixture", false},
		{"//FN", "", true},
		{"//OTHER", "example.com/p.func1.func1", true},
	} {
		line := lineOf(p.src, tc.mark)
		if got := capturesAt(r, Func{Line: line, Symbol: tc.symbol}, r, line, "Memo"); got.Several != tc.several || got.Undecided != "" {
			t.Errorf("%s: several %v, want %v", fmt.Sprint(tc), got.Several, tc.several)
		}
	}
}

// A variable that fn sets for others stays as it was on a hit.
func TestSets(t *testing.T) {
	for _, tc := range []struct{ body, want string }{
		{`meta := "none"; cachetest.Memo(t, "k", func() (int, error) { meta = "set"; return 1, nil }); t.Log(meta)`, "meta"},
		{`var err error; cachetest.Memo(t, "k", func() (n int, _ error) { n, err = load(); return n, nil }); check(err)`, "err"},
		{`meta := "none"; t.Log(meta); cachetest.Memo(t, "k", func() (int, error) { meta = "set"; return 1, nil })`, ""},
		{`calls := 0; cachetest.Memo(t, "k", func() (int, error) { calls++; return 1, nil }); t.Log(calls)`, ""},
		{`built := false; cachetest.Memo(t, "k", func() (int, error) { built = true; return 1, nil }); t.Log(built)`, ""},
	} {
		p, err := parseSource("x_test.go", []byte(captureHead+"func TestX(t *testing.T) { "+tc.body+" }"))
		if err != nil {
			t.Fatal(err)
		}
		r := newResolver(p)
		got := ""
		for _, v := range capturesAt(r, Func{Line: 7, Symbol: "example.com/p.TestX.func1"}, r, 7, "Memo").Sets {
			got += v.Name
		}
		if got != tc.want {
			t.Errorf("%s: sets %q, want %q", tc.body, got, tc.want)
		}
	}
}
