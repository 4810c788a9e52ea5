package capture_test

import (
	"strings"
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/code/capture"
)

// A value is told by a key that prints it only if it is known to be an integer,
// a boolean or text, and to be printed as what it is.
func TestKeyPrints(t *testing.T) {
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
		{`fmt.Sprintf("k-%v", q.kind)`, "q.kind", false}, // nor is it asked whether a type has methods
		{`"k-" + string(q.kind)`, "q.kind", true},
		{`fmt.Sprintf("k-%v", q.level)`, "q.level", false},
		{`fmt.Sprintf("k-%d", q.level)`, "q.level", false},
		{`fmt.Sprintf("k-%v", q.id)`, "q.id", false}, // a method may hide it
		{`fmt.Sprintf("k-%v", q)`, "q", false},
		{`fmt.Sprintf("k-%v", sz)`, "sz", false},
		{`fmt.Sprintf("k-%v", sz)`, "sz.w, sz.d", false},
		{`fmt.Sprint(list)`, "list", false},
		{`fmt.Sprint(named)`, "named", false},
		{`fmt.Sprint(pointed)`, "pointed", false},
		{`fmt.Sprint(row)`, "row", false},
		{`strings.Join(row, " ")`, "row", false},
		{`fmt.Sprint(nums)`, "nums", false},
		{`fmt.Sprintf("%v-%v", yes, f)`, "yes, f", false},
		{`fmt.Sprintf("f-%g", f)`, "f", false},
		{`fmt.Sprintf("f-%.2f", f)`, "f", false},
		{`fmt.Sprintf("f-%f", f)`, "f", false},
		{`fmt.Sprintf("f-%e", f)`, "f", false},
		{`"k-" + string(r)`, "r", false},
		{`fmt.Sprintf("k-%c", r)`, "r", false},
		{`fmt.Sprintf("k-%q", r)`, "r", false},
		{`fmt.Sprintf("k-%d", r)`, "r", true},
		{`fmt.Sprintf("k-%U", r)`, "r", false},
		{`fmt.Sprintf("k-%q", q.table)`, "q.table", true},
		{`fmt.Sprintf("k-%x", q.table)`, "q.table", false},
		{`"k-" + string(data)`, "data", false},
		{`"k-" + string(letter)`, "letter", false},
		{`fmt.Sprint("k-", i)`, "i", true},
		{`fmt.Sprint("k-", n)`, "n", true},
		{`fmt.Sprint("k-", made.table)`, "made.table", true},
		{`fmt.Sprint("k-", own)`, "own", true},
		{`fmt.Sprint("k-", text)`, "text", true},
		{`fmt.Sprint("k-", foreign)`, "foreign", false},
		{`fmt.Sprintf("k-%d", foreign)`, "foreign", false},
		{`"k-" + foreign`, "foreign", true},
		{`fmt.Sprint("k-", d)`, "d", false},
	} {
		src := head + `func TestX(t *testing.T, q query, list []string, named args, pointed ptr, nums []int, yes bool, f float64, r rune, data []byte, d time.Duration, sz size) { ` +
			`for i, row := range [][]string{} { for _, letter := range "abc" { ` +
			`n, err := load(); made := make2(); own := kind("x"); text := fmt.Sprint(err); foreign := seed.Text(); ` +
			`cachetest.Memo(t, ` + tc.key + `, func() (int, error) { return run(` + tc.uses + `) }) } } } //FN CALL`
		r := capture.Of(query(parse(t, src, types), src))
		if told := len(r.Untold()) == 0; told != tc.told {
			t.Errorf("key %s: told %v, want %v", tc.key, told, tc.told)
		}
	}
}

// query asks for a literal in a function of one line.
func query(p *fakePackage, src string) capture.Query {
	return capture.Query{File: p.file(), Site: p.file(), Line: lineOf(src, "//FN"), Call: lineOf(src, "CALL"), Symbol: "example.com/p.TestX.func1", Callee: "Memo"}
}

// A key tells all of its operands or none. What it does not tell is listed, and
// what only a key without "--" tells is ambiguous.
func TestKeysOfSeveral(t *testing.T) {
	for _, tc := range []struct{ name, expr, untold, ambiguous string }{
		{"one", `"k/" + a`, "b n m yes", ""},
		{"two texts", `fmt.Sprintf("%s-%s", a, b)`, "a b n m yes", ""},
		{"a text and a number", `fmt.Sprintf("%s/%d", a, n)`, "b m yes", ""},
		{"a text and a number that may have a sign", `fmt.Sprintf("%s-%d", a, n)`, "b m yes", "a"},
		{"a number and a text", `fmt.Sprintf("%d-%s", n, a)`, "b m yes", ""},
		{"numbers", `fmt.Sprintf("%d-%d", n, m)`, "a b yes", ""},
		{"padded numbers", `fmt.Sprintf("%03d,%02d", n, m)`, "a b n m yes", ""},
		{"numbers padded by spaces", `fmt.Sprintf("%3d,%d", n, m)`, "a b n m yes", ""},
		{"numbers that touch", `fmt.Sprintf("%d%d", n, m)`, "a b n m yes", ""},
		{"a number beside a digit", `fmt.Sprintf("%d0/%d", n, m)`, "a b n m yes", ""},
		{"a number beside a digit on the other side", `fmt.Sprintf("%d/0%d", n, m)`, "a b n m yes", ""},
		{"one number beside digits", `fmt.Sprintf("0%d0", n)`, "a b m yes", ""},
		{"quoted texts and a text", `fmt.Sprintf("%q-%s", a, b)`, "n m yes", ""},
		{"a text and a quoted text", `fmt.Sprintf("%s-%q", a, b)`, "n m yes", ""},
		{"a quoted text behind a backslash", `fmt.Sprintf("%s-\\%q", a, b)`, "a b n m yes", ""},
		{"a truth and a text", `fmt.Sprintf("%t%%%s", yes, a)`, "b n m", ""},
		{"strconv", `"x" + strconv.Itoa(n) + "-" + strconv.Itoa(m) + "/" + a`, "b yes", ""},
		{"conversions", `strconv.Itoa(int(uint8(n))) + "/" + a`, "b n m yes", ""},
		{"Sprint", `fmt.Sprint(n, "-", m, "/", a)`, "b yes", ""},
		{"Sprint, which puts a space between numbers", `fmt.Sprint(n, m)`, "a b n m yes", ""},
		{"Sprint of texts", `fmt.Sprint(a, n)`, "a b n m yes", ""},
		{"Join", `strings.Join([]string{a, b}, "/")`, "a b n m yes", ""},
		{"a path that is cleaned", `filepath.Join("k", a)`, "a b n m yes", ""},
		{"the name of the test, and a number", `t.Name() + "/" + strconv.Itoa(n)`, "a b m yes", ""},
		{"the name of the test, and a text", `t.Name() + "/" + a`, "a b n m yes", ""},
		{"text that is not known", `load() + "/" + a`, "a b n m yes", ""},
		{"a constant", `prefix + "/" + local + a`, "b n m yes", ""},
		{"a variable set once", `key`, "b m yes", "a"},
		{"a variable set twice", `changed`, "a b n m yes", ""},
		{"a sum", `fmt.Sprint(n + m)`, "a b n m yes", ""},
		{"too many operands", `fmt.Sprintf("%d", n, m)`, "a b n m yes", ""},
		{"too few", `fmt.Sprintf("%d-%d", n)`, "a b n m yes", ""},
		{"a format that is not constant", `fmt.Sprintf(a, n)`, "a b n m yes", ""},
	} {
		src := head + `func TestX(t *testing.T, a, b string, n, m int, yes bool) { key := fmt.Sprintf("%s-%d", a, n); changed := "k/" + a; changed += b; const prefix = "p"; local := "l"; ` +
			`cachetest.Memo(t, ` + tc.expr + `, func() (int, error) { return run(a, b, n, m, yes) }) } //FN CALL`
		r := capture.Of(query(parse(t, src), src))
		var names []string
		for _, v := range r.Untold() {
			names = append(names, v.Name)
		}
		if got := strings.Join(names, " "); got != tc.untold {
			t.Errorf("%s: key %s does not tell %q, want %q", tc.name, tc.expr, got, tc.untold)
		}
		if got := r.Ambiguous("x--3"); got != tc.ambiguous || r.Ambiguous("x-3") != "" {
			t.Errorf("%s: key %s is ambiguous for %q, want %q", tc.name, tc.expr, got, tc.ambiguous)
		}
	}
}

// Of options With alone tells values, and none by a text in which a dash may be
// a sign.
func TestTextOfOptions(t *testing.T) {
	for option, told := range map[string]bool{
		`cachetest.Version(fmt.Sprintf("%s/%d", a, n))`:                    false,
		`cachetest.Files("testdata/" + a), cachetest.Env(strconv.Itoa(n))`: false,
		`cachetest.With("k", fmt.Sprintf("%s-%d", a, n))`:                  false,
		`cachetest.With("k", fmt.Sprintf("%d %s", n, a))`:                  true,
		`seed.With("k", fmt.Sprintf("%d %s", n, a))`:                       false,
	} {
		src := head + `func TestX(t *testing.T, a string, n int) { cachetest.Memo(t, "k", func() (int, error) { return run(a, n) }, ` + option + `) } //FN CALL`
		if got := len(capture.Of(query(parse(t, src), src)).Untold()) == 0; got != told {
			t.Errorf("%s: told %v, want %v", option, got, told)
		}
	}
}

// A call asks for the same fixture each time it is run if what stands behind its handle is
// constant, the function among it.
func TestSame(t *testing.T) {
	for args, same := range map[string]bool{
		`t, "k", func() (int, error) { return 1, nil }`: true,
		`t, "k", run1`: true,
		`t, "k" + suffix, run1, cachetest.With("n", 5), cachetest.Files("a", "b"), cachetest.Code(cachetest.CodePackage)`: true,
		`t, "k", run1, cachetest.Options(cachetest.Version("1"), cachetest.With("dir", cachetest.Path("a")))`:             true,
		`t, key, run1`:       false,
		`t, "k" + key, run1`: false,
		`t, "k", run1, cachetest.With("T", (*T)(nil))`: false,
		`t, "k" + name(), run1`:                        false,
		`t, "k" + os.Getenv("K"), run1`:                false,
		`t, a, run1`:                                   false,
		`t, "k-" + t.Name(), run1`:                     false,
		`t, "k", f`:                                    false,
		`t, "k", func() (int, error) { return 1, nil }, cachetest.With("key", key)`:                                                  false,
		`t, "k", func() (int, error) { return 1, nil }, cachetest.With("key", []any{1, &key})`:                                       false,
		`t, "k", func() (int, error) { return 1, nil }, cachetest.With("n", n)`:                                                      false,
		`t, "k", func() (int, error) { return 1, nil }, opts...`:                                                                     false,
		`t, "k", func() (int, error) { return 1, nil }, options()`:                                                                   false,
		`t, "k", func() (int, error) { return 1, nil }, cachetest.Files(a)`:                                                          false,
		`t, "k", func() (int, error) { return 1, nil }, cachetest.Options(cachetest.Version("1"), cachetest.With("n", len(list())))`: false,
	} {
		src := head + `const suffix = "s"
var key = "k"
var opts []cachetest.Option
func run1() (int, error) { return 1, nil }
func name() string { return key }
func options() cachetest.Option { return cachetest.Version(key) }
func list() []int { return nil }
func TestX[T any](t *testing.T, a string, n int, f func() (int, error)) { cachetest.Memo(` + args + `) } //FN CALL`
		q := query(parse(t, src), src)
		if strings.Contains(args, "run1") {
			q.Line = lineOf(src, "func run1")
		}
		if got := capture.Of(q).Same; got != same {
			t.Errorf("%s: %v, want %v", args, got, same)
		}
	}
}
