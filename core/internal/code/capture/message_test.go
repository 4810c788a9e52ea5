package capture_test

import (
	"strings"
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/code/capture"
)

// One message holds all that nothing tells, and recommends With only for what it
// can hash and what can be named at the call.
func TestMessage(t *testing.T) {
	const types = `package p
import ("sync"; "testing")
type opts struct { n int; tags []string; next *opts }
type hooks struct { f func() }
type suite struct { t *testing.T; n int }
type error2 interface{ Error() string }
type guarded struct { sync.Mutex; n int }
func count() (int, error) { return 0, nil }
`
	for _, tc := range []struct{ name, src, want string }{
		{"data", `func f(t *testing.T, n int, o *opts) { m, _ := count(); cachetest.Memo(t, "k", func() (int, error) { return run(n, o.tags, m) }) } //FN CALL`,
			`the build function at a_test.go:9 uses n (f0_test.go:7), o.tags (f0_test.go:7) and m (f0_test.go:7), which are not part of the key: add cachetest.With("n", n), cachetest.With("o.tags", o.tags), cachetest.With("m", m)`},
		{"function", `func f(t *testing.T, gen func() int) { cachetest.Memo(t, "k", func() (int, error) { return gen(), nil }) } //FN CALL`,
			`gen is a function: make it inside the build function, pass what is used of it by With or Call, or add cachetest.IgnoreCapture("gen") if it cannot matter`},
		{"struct with a function", `func f(t *testing.T, h hooks) { cachetest.Memo(t, "k", func() (int, error) { return run(h) }) } //FN CALL`, `h holds a function: add cachetest.With("h", h), which fails at once if that is set, or make it inside the build function, or add`},
		{"list of functions", `func f(t *testing.T, h []func()) { cachetest.Memo(t, "k", func() (int, error) { return run(h) }) } //FN CALL`, `h holds a function: add cachetest.With("h", h), which fails at once if that is set, or make it inside the build function, or add`},
		{"list of interfaces", `func f(t *testing.T, h []error2) { cachetest.Memo(t, "k", func() (int, error) { return run(h) }) } //FN CALL`, `h is of a type that is not known here: add cachetest.With("h", h), which fails`},
		{"context", `func f(t *testing.T, ctx context.Context) { cachetest.Memo(t, "k", func() (int, error) { return run(ctx) }) } //FN CALL`, `ctx is an interface: `},
		{"suite", `func (s *suite) f() { cachetest.Memo(s.t, "k", func() (int, error) { return run(s, s.n) }) } //FN CALL`, `s holds a testing handle: `},
		{"field of a suite", `func (s *suite) f() { cachetest.Memo(s.t, "k", func() (int, error) { return s.n, nil }) } //FN CALL`, `add cachetest.With("s.n", s.n)`},
		{"channel", `func f(t *testing.T) { ch := make(chan int); cachetest.Memo(t, "k", func() (int, error) { return <-ch, nil }) } //FN CALL`, `ch is a channel: `},
		{"file", `func f(t *testing.T, w *os.File) { cachetest.Memo(t, "k", func() (int, error) { return run(w) }) } //FN CALL`, `w holds a function: `},
		{"error", `func f(t *testing.T, e interface{ Error() string }) { cachetest.Memo(t, "k", func() (int, error) { return run(e) }) } //FN CALL`,
			`e is an interface: make it inside the build function, pass what is used of it by With or Call, or add cachetest.With("e", e), which fails at once if it holds no data, or add cachetest.IgnoreCapture("e")`},
		{"predeclared error", `func f(t *testing.T, e error) { cachetest.Memo(t, "k", func() (int, error) { return run(e) }) } //FN CALL`, `e is an error: make it inside`},
		{"set in a loop", `func f(t *testing.T) { var e error; cachetest.Memo(t, "k", func() (int, error) { for { if e = load(); e != nil { return 0, e } } }); check(&e) } //FN CALL`,
			`e is set in the build function, too: declare it inside the build function, or add`},
		{"number set in a loop", `func f(t *testing.T, n int) { cachetest.Memo(t, "k", func() (int, error) { for range 3 { n *= 2 }; return n, nil }) } //FN CALL`, `add cachetest.With("n", n)`},
		{"lock", `func f(t *testing.T) { var m sync.Mutex; m = load(); cachetest.Memo(t, "k", func() (int, error) { return run(m) }) } //FN CALL`,
			`m is a value that must not be copied: make it inside the build function, pass what is used of it by With or Call, or add`},
		{"lock in a struct in an array", `func f(t *testing.T, g [2]guarded) { cachetest.Memo(t, "k", func() (int, error) { return run(g) }) } //FN CALL`, `g holds a value that must not be copied: `},
		{"pointer to a lock", `func f(t *testing.T, g *guarded) { cachetest.Memo(t, "k", func() (int, error) { return run(g) }) } //FN CALL`, `add cachetest.With("g", g)`},
		{"part of a lock", `func f(t *testing.T, g guarded) { cachetest.Memo(t, "k", func() (int, error) { return g.n, nil }) } //FN CALL`, `add cachetest.With("g.n", g.n)`},
		{"lock of another package", `func f(t *testing.T, a atomic.Int64) { cachetest.Memo(t, "k", func() (int, error) { return run(a) }) } //FN CALL`, `a is a value that must not be copied: `},
		{"complex number", `func f(t *testing.T, r float64) { c := 2i * complex(1, r); re := real(c); cachetest.Memo(t, "k", func() (int, error) { return run(c, re) }) } //FN CALL`,
			`c is of a type that is not known here: add cachetest.With("c", c), which fails at once if it is not data`},
		{"type switch", `func f(t *testing.T, y any) { switch x := y.(type) { case string: cachetest.Memo(t, "k", func() (int, error) { return run(x) }) } } //FN CALL`, `x is of a type that is not known here: add cachetest.With("x", x)`},
		{"type switch of several types", `func f(t *testing.T, y any) { switch x := y.(type) { case string, int: cachetest.Memo(t, "k", func() (int, error) { return run(x) }) } } //FN CALL`, `x is of a type that is not known here: `},
		{"dot-imported constant", `func f(t *testing.T) { d := Second * Duration(load()); e := Second; e += d; cachetest.Memo(t, "k", func() (int, error) { return run(d, e) }) } //FN CALL`,
			`d is of a type that is not known here: add cachetest.With("d", d), which fails at once if it is not data`},
		{"temporary directory", `func f(t *testing.T) { dir := t.TempDir() + "/x"; cachetest.Memo(t, "k", func() (int, error) { return run(dir) }) } //FN CALL`,
			`dir names a temporary directory or file: make it inside the build function, or use Dir, or add cachetest.With("dir", cachetest.Path(dir)) for what is there, or add cachetest.IgnoreCapture("dir")`},
		{"what is read of a temporary directory", `func f(t *testing.T) { text := read(t.TempDir()); s := fmt.Sprint(text, len(read(t.TempDir()))); cachetest.Memo(t, "k", func() (int, error) { return run(s) }) } //FN CALL`,
			`s names a temporary directory or file: make it inside the build function, or use Dir, or add cachetest.IgnoreCapture("s")`},
		{"path of another fixture", `func f(t *testing.T) { dir := cachetest.Dir(t, "d", func(dir string) error { return run(t.TempDir()) }) + "/x"; cachetest.Memo(t, "k", func() (int, error) { return run(dir) }) } //FN CALL`,
			`dir is a path of another fixture: add cachetest.With("dir", cachetest.Path(dir)) for what is there, or add cachetest.IgnoreCapture("dir")`},
		{"what is read of another fixture", `func read(name string) string
func f(t *testing.T) { text := read(cachetest.File(t, "f", load)); cachetest.Memo(t, "k", func() (int, error) { return run(text) }) } //FN CALL`, `add cachetest.With("text", text)`},
		{"value of another fixture", `func f(t *testing.T) { v := cachetest.Memo(t, "v", func() ([]opts, error) { return load(t.TempDir()), nil })
	cachetest.Memo(t, "k", func() (int, error) { return run(v) }) } //FN CALL`,
			`add cachetest.With("v", v)`},
		{"value of another fixture, with a function", `func f(t *testing.T) { h := cachetest.Call[int, hooks](t, "v", 1, func(int) (hooks, error) { return hooks{}, nil }); cachetest.Memo(t, "k", func() (int, error) { return run(h) }) } //FN CALL`,
			`h holds a function: add cachetest.With("h", h), which fails at once if that is set`},
		{"clock", `func f(t *testing.T) { now := time.Now().Unix(); cachetest.Memo(t, "k", func() (int, error) { return run(now) }) } //FN CALL`,
			`now differs from run to run: make it inside the build function, or add`},
		{"temporary file", `func f(t *testing.T) { f, err := os.CreateTemp("", "x"); cachetest.Memo(t, "k", func() (int, error) { return run(f, err) }) } //FN CALL`,
			`f names a temporary directory or file: make it inside`},
		{"type that is not known", `func f(t *testing.T, c seed.Config) { cachetest.Memo(t, "k", func() (int, error) { return run(c) }) } //FN CALL`,
			`c is of a type that is not known here: add cachetest.With("c", c), which fails at once if it is not data, or make it inside the build function, or add cachetest.IgnoreCapture("c") if it cannot matter`},
		{"type parameter", `func f[T any](t *testing.T) { cachetest.Memo(t, "k", func() (int, error) { var v T; return run(v) }) } //FN CALL`, `add cachetest.With("T", (*T)(nil))`},
		{"out of scope", `func build(n int) func() (int, error) { return func() (int, error) { return n, nil } } //FN
func f(t *testing.T) { cachetest.Memo(t, "k", build(5)) } //CALL`, `n is not in scope at the call: `},
		{"hidden at the call", `func f(t *testing.T, n int) { build := func() (int, error) { return n, nil } //FN
	{ n := "x"; cachetest.Memo(t, n, build) } } //CALL`, `n is not in scope at the call: `},
		{"name in the file", `func f(t *testing.T, n int) { ct.Memo(t, "k", func() (int, error) { return n, nil }) } //FN CALL`, `add ct.With("n", n)`},
		{"name in the file, of an instance", `func f(t *testing.T, n int) { ct.Memo[int](t, (t.Name)(), func() (int, error) { return n, nil }) } //FN CALL`, `add ct.With("n", n)`},
		{"row under a name that is hidden", `func f(t *testing.T) { for _, tc := range []struct { name string; build func() int }{{"a", nil}} { build := func() (int, error) { return tc.build(), nil } //FN
	{ tc := 1; cachetest.Memo(t, "k", build, tc) } } } //CALL`, `tc.build is not in scope at the call: `},
		{"one of several calls", `func f(t *testing.T) { load := rand.Int; load = nil; fn := func() (int, error) { return load(), nil } //FN
	a, b := cachetest.Memo(t, "a", fn), cachetest.Memo(t, "b", fn); use(a, b) } //CALL`, `load may be of any of several calls in one line: `},
		{"function out of scope", `func build(load func() int) func() (int, error) { return func() (int, error) { return load(), nil } } //FN
func f(t *testing.T) { cachetest.Memo(t, "k", build(rand.Int)) } //CALL`, `load is not in scope at the call: `},
		{"row of a table", `func f(t *testing.T) { tests := []struct { err error }{{load()}}; for _, tc := range tests { cachetest.Memo(t, "k", func() (int, error) { return run(tc.err) }) } } //FN CALL`,
			`tc.err is an error: make tests and tc := tests[i] inside the build function, with cachetest.With("i", i) for the index, pass what is used of it by With or Call, or add cachetest.IgnoreCapture("tc.err")`},
		{"copy of a row, of which the index has a name", `func f(t *testing.T) { tests := []struct { v any }{{load()}}; for n, row := range tests { tc := row; cachetest.Memo(t, "k", func() (int, error) { return run(tc.v) }) } } //FN CALL`,
			`tc.v is of a type that is not known here: add cachetest.With("tc.v", tc.v), which fails at once if it is not data, or make tests and tc := tests[n] inside the build function, with cachetest.With("n", n) for the index, or add`},
		{"row of a list without a name", `func f(t *testing.T) { for _, build := range [...]func() int{load()} { cachetest.Memo(t, "k", func() (int, error) { return build(), nil }) } } //FN CALL`,
			`build is a function: make the list and build := list[i] inside the build function, with cachetest.With("i", i) for the index, pass`},
		{"row of a map", `func f(t *testing.T) { m := map[string]any{"a": load()}; for k, v := range m { cachetest.Memo(t, "k", func() (int, error) { return run(v) }) } } //FN CALL`,
			`or make m and v := m[k] inside the build function, with cachetest.With("k", k) for the index, or add`},
		{"row of a list of the package", `var table = []any{load()}
func f(t *testing.T) { for _, x := range table { cachetest.Memo(t, "k", func() (int, error) { return run(x) }) } } //FN CALL`,
			`or make x := table[i] inside the build function, with cachetest.With("i", i) for the index, or add`},
		{"key of a map", `func f(t *testing.T, m map[any]int) { for k := range m { cachetest.Memo(t, "k", func() (int, error) { return run(k) }) } } //FN CALL`, `or make it inside the build function, or add`},
		{"row that is set", `func f(t *testing.T, m []any) { for _, x := range m { x = load(); cachetest.Memo(t, "k", func() (int, error) { return run(x) }) } } //FN CALL`, `or make it inside the build function, or add`},
		{"what an iterator yields", `func f(t *testing.T, seq func(func(int, any) bool)) { for _, x := range seq { cachetest.Memo(t, "k", func() (int, error) { return run(x) }) } } //FN CALL`, `or make it inside the build function, or add`},
		{"row of what a call returns", `func f(t *testing.T) { for _, x := range []any(load()) { cachetest.Memo(t, "k", func() (int, error) { return run(x) }) } } //FN CALL`, `or make it inside the build function, or add`},
		{"both", `func f(t *testing.T, n int, gen func() int) { cachetest.Memo(t, "k", func() (int, error) { return gen() + n, nil }) } //FN CALL`, `add cachetest.With("n", n); gen is a function: `},
	} {
		src := head + tc.src
		if strings.Contains(src, " ct.Memo") {
			src = strings.Replace(src, `"github.com`, `ct "github.com`, 1)
		}
		src = strings.Replace(src, "import (", `import ("context"; "os"; "sync"; "sync/atomic"; `, 1)
		if strings.Contains(src, " Second") {
			src = strings.Replace(src, `"time"`, `. "time"`, 1)
			src = strings.Replace(src, "var _ = time.Now\n", "var _ = Now\n", 1)
		}
		q := query(parse(t, src, types), src)
		q.Symbol = ""
		if strings.Contains(tc.src, "var v T") || !strings.Contains(tc.src, "//CALL") {
			q.Symbol = "example.com/p.f.func1"
		}
		if strings.HasPrefix(tc.src, "func build") {
			q.Symbol = "example.com/p.build.func1"
		}
		r := capture.Of(q)
		if got := r.Message("a_test.go:9", r.Untold()); !strings.Contains(got, tc.want) {
			t.Errorf("%s:\n%s\nlacks %q", tc.name, got, tc.want)
		}
	}
}

// What is ignored, or a field of that, is not told and need not be.
func TestIgnored(t *testing.T) {
	src := head + `func f(t *testing.T, c conf, cc int) { cachetest.Memo(t, "k", func() (int, error) { return run(c.log, c.n, cc) }) } //FN CALL`
	r := capture.Of(query(parse(t, src), src))
	for ignored, want := range map[string]string{"": "c.log c.n cc", "c": "cc", "c.log": "c.n cc", "cc": "c.log c.n"} {
		var got []string
		for _, v := range r.Untold(ignored) {
			got = append(got, v.Name)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("without %q: %s", ignored, got)
		}
	}
}

// With ends the search: only what is ignored, or has no name that could be told,
// may bring code along that is not known.
func TestEscalates(t *testing.T) {
	for _, tc := range []struct {
		name, src string
		ignored   []string
		want      bool
	}{
		{"told", `func f(t *testing.T, c conf) { cachetest.Memo(t, "k", func() (int, error) { return run(c) }, cachetest.With("c", c)) }`, nil, false},
		{"Call's argument", `func f(t *testing.T, c any) { cachetest.Call(t, "k", c, func(c any) (int, error) { return run(c) }) }`, nil, false},
		{"told by the key", `func f(t *testing.T, c string) { cachetest.Memo(t, c, func() (int, error) { return run(c) }) }`, nil, false},
		{"ignored", `func f(t *testing.T, c conf) { cachetest.Memo(t, "k", func() (int, error) { return run(c) }) }`, []string{"c"}, true},
		{"ignored and basic", `func f(t *testing.T, c string) { cachetest.Memo(t, "k", func() (int, error) { return run(c) }) }`, []string{"c"}, false},
		{"type parameter", `func f[T any](t *testing.T) { cachetest.Memo(t, "k", func() (int, error) { var v T; return run(v) }) }`, nil, true},
		{"type parameter in the result", `func f[T any](t *testing.T) T { return cachetest.Memo(t, "k", func() (T, error) { var v T; return v, nil }) }`, nil, false},
		{"constant", `func f(t *testing.T) { c := []int{1}; cachetest.Memo(t, "k", func() (int, error) { return run(c) }) }`, nil, false},
	} {
		src := head + tc.src + " //FN CALL"
		q := query(parse(t, src), src)
		q.Callee = ""
		if got := capture.Of(q).Escalates(tc.ignored...); got != tc.want {
			t.Errorf("%s: escalates %v, want %v", tc.name, got, tc.want)
		}
	}
}
