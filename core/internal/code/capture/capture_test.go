package capture_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strings"
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/code/capture"
	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
	"github.com/fixturecache/fixturecache/core/internal/code/types"
)

const head = "package p\nimport (\"testing\"; \"fmt\"; \"time\"; \"strconv\"; \"sort\"; \"strings\"; \"sync\"; \"path/filepath\"; \"github.com/fixturecache/fixturecache/cachetest\"; \"example.com/seed\")\nvar _ = fmt.Sprint\nvar _ = time.Now\nvar _ = strconv.Itoa\nvar _ = filepath.Join\n"

// A fakePackage knows the declarations of some files, and of other packages what
// the tests use.
type fakePackage struct {
	files map[string][]*types.File // by path, "" for those of the package itself
}

// standard is what the tests use of the standard library.
var standard = map[string]string{
	"time":        "package time\ntype Duration int64\nconst Second Duration = 1e9\nconst RFC3339 = \"\"\ntype Time struct{ wall *int }\nfunc Date(y, m, d, h, mi, s, ns int, l *int) Time",
	"sync":        "package sync\ntype Mutex struct{ state int }",
	"sync/atomic": "package atomic\ntype Int64 struct{ v int64 }",
	"context":     "package context\ntype Context interface{ Done() }",
	"os":          "package os\ntype File struct{ *file }\ntype file struct{ cleanup func() }",
	"fmt":         "package fmt\nfunc Sprint(a ...any) string\nfunc Sprintf(format string, a ...any) string",
}

func parse(t testing.TB, sources ...string) *fakePackage {
	t.Helper()
	p := &fakePackage{files: map[string][]*types.File{}}
	add := func(path, name, src string) {
		source, err := syntax.Parse(token.NewFileSet(), name, []byte(src))
		if err != nil {
			t.Fatal(err)
		}
		p.files[path] = append(p.files[path], types.NewFile(p, path, source))
	}
	for path, src := range standard {
		add(path, path+".go", src)
	}
	for i, src := range sources {
		add("", fmt.Sprintf("f%d_test.go", i), src)
	}
	return p
}

func (p *fakePackage) file() *types.File { return p.files[""][0] }

func (p *fakePackage) Kind(path, name string) types.Kind {
	if path == "example.com/seed" && (name == "Config" || name == "Text2") {
		return types.TypeName
	}
	if path != "" && p.files[path] == nil {
		return types.Unknown
	}
	for _, f := range p.files[path] {
		for _, d := range f.Syntax.Decls {
			if s := declares(d, name); s != nil {
				d, _ := d.(*ast.GenDecl)
				switch {
				case d == nil:
					return types.Func
				case d.Tok == token.CONST:
					return types.Constant
				case d.Tok == token.TYPE:
					return types.TypeName
				}
				return types.Variable
			}
		}
	}
	return types.Undeclared
}

func (p *fakePackage) Decl(path, name string) (ast.Node, *types.File) {
	for _, f := range p.files[path] {
		for _, d := range f.Syntax.Decls {
			if n := declares(d, name); n != nil {
				return n, f
			}
		}
	}
	return nil, nil
}

func declares(d ast.Decl, name string) ast.Node {
	if fn, ok := d.(*ast.FuncDecl); ok {
		if fn.Recv == nil && fn.Name.Name == name {
			return fn
		}
		return nil
	}
	for _, s := range d.(*ast.GenDecl).Specs {
		switch s := s.(type) {
		case *ast.TypeSpec:
			if s.Name.Name == name {
				return s
			}
		case *ast.ValueSpec:
			if slices.ContainsFunc(s.Names, func(id *ast.Ident) bool { return id.Name == name }) {
				return s
			}
		}
	}
	return nil
}

func (p *fakePackage) Method(path, typ, name string) (found, pointer bool) {
	for _, f := range p.files[path] {
		for _, d := range f.Syntax.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv != nil && fn.Name.Name == name {
				recv := fn.Recv.List[0].Type
				star, isPointer := recv.(*ast.StarExpr)
				if isPointer {
					recv = star.X
				}
				if id, ok := recv.(*ast.Ident); ok && id.Name == typ {
					return true, isPointer
				}
			}
		}
	}
	return false, false
}

// captured looks at the function and the call of a file that are marked FN and
// CALL.
func captured(p *fakePackage, src string) capture.Result {
	q := capture.Query{File: p.file(), Site: p.file(), Line: lineOf(src, "//FN"), Call: lineOf(src, "CALL")}
	if strings.Contains(strings.Split(src, "\n")[max(0, q.Call-1)], "cachetest.Call(") {
		q.Callee = "Call"
	}
	return capture.Of(q)
}

func lineOf(src, mark string) int {
	before, _, found := strings.Cut(src, mark)
	if !found {
		return 0
	}
	return strings.Count(before, "\n") + 1
}

// describe lists values as the tables below write them.
func describe(r capture.Result) string {
	var words []string
	for _, v := range r.Values {
		w := fmt.Sprintf("%s:%d", v.Name, v.Line)
		if v.Told {
			w = v.Name + " told"
		}
		words = append(words, w)
	}
	if r.UsesName {
		words = append(words, "asks name")
	}
	return strings.Join(words, " ")
}

// factsAskName reports whether the facts of the literals that a function may be say
// that a handle may be asked for the name of the test.
func factsAskName(p *fakePackage, r capture.Result) bool {
	return slices.ContainsFunc(r.Literals, func(lit *ast.FuncLit) bool {
		d := facts.Literal(p.file().Source, lit, "TestX.func", nil, nil)
		return slices.ContainsFunc(d.HandleUses, func(u facts.HandleUse) bool {
			return u.What == facts.HandleName && (u.To == (facts.Mention{}) || std.IsPackage(u.To.X)) // which takes no handle
		})
	})
}

type captureCase struct{ name, src, want string }

func check(t *testing.T, cases []captureCase) {
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			src := head + tc.src
			p := parse(t, src)
			r := captured(p, src)
			if r.Undecided != nil {
				t.Fatal(r.Undecided)
			}
			if !r.UsesName {
				r.UsesName = factsAskName(p, r)
			}
			if got := describe(r); got != tc.want {
				t.Errorf("got  %q\nwant %q\n%s", got, tc.want, tc.src)
			}
		})
	}
}

// captureCases are bodies of a file. The line marked //FN holds the func keyword
// of the function, the line marked CALL the call; one line may be both.
var captureCases = []captureCase{
	{"handle is free, what it tells is not", `func TestX(t *testing.T) {
	cachetest.Memo(t, "k", func() (string, error) { t.Helper(); return t.Name() + t.TempDir(), nil }) //FN CALL
}`, "asks name"},
	{"t.Name() in the key", `func TestX(t *testing.T) {
	cachetest.Memo(t, t.Name(), func() (string, error) { return t.Name(), nil }) //FN CALL
}`, "asks name"},
	{"another handle's name is another name", `func TestX(t *testing.T) {
	t.Run("a", func(u *testing.T) {
		cachetest.Memo(t, t.Name(), func() (string, error) { return u.Name(), nil }) //FN CALL
	})
}`, "asks name"},
	{"a handle under another name", `func TestX(t *testing.T) {
	cachetest.Memo(t, "k", func() (string, error) { tb := t; return tb.Name(), nil }) //FN CALL
}`, "asks name"},
	{"a handle as another type", `func TestX(t *testing.T) {
	cachetest.Memo(t, "k", func() (string, error) { return testing.TB(t).Name(), nil }) //FN CALL
}`, "asks name"},
	{"a handle in a value", `func TestX(t *testing.T) {
	cachetest.Memo(t, "k", func() (string, error) { return []testing.TB{t}[0].Name(), nil }) //FN CALL
}`, "asks name"},
	{"a handle in an interface", `func TestX(t *testing.T) {
	cachetest.Memo(t, "k", func() (string, error) { var x any = t; return x.(interface{ Name() string }).Name(), nil }) //FN CALL
}`, "asks name"},
	{"a method expression", `func TestX(t *testing.T) {
	cachetest.Memo(t, "k", func() (string, error) { return (*testing.T).Name(t), nil }) //FN CALL
}`, "asks name"},
	{"a handle given to a literal", `func TestX(t *testing.T) {
	cachetest.Memo(t, "k", func() (string, error) { return func(u testing.TB) string { return u.Name() }(t), nil }) //FN CALL
}`, "asks name"},
	{"a handle given to the standard library", `func TestX(t *testing.T) {
	cachetest.Memo(t, "k", func() (string, error) { return fmt.Sprint(t), nil }) //FN CALL
}`, "asks name"},
	{"the handle of a subtest", `func TestX(t *testing.T) {
	cachetest.Memo(t, "k", func() (s string, err error) { t.Run("in", func(u *testing.T) { s = u.Name() }); return }) //FN CALL
}`, "asks name"},
	{"a handle given to a function, and compared", `func TestX(t *testing.T) {
	cachetest.Memo(t, "k", func() (string, error) { if t != nil { seed.Run(t) }; return "", nil }) //FN CALL
}`, ""},
	{"parameter", `func users(t testing.TB, n int) []User {
	return cachetest.Memo(t, "users", func() ([]User, error) { return seed.Generate(n) }) //FN CALL
}`, "n:8"},
	{"parameter in the key", `func users(t testing.TB, n int) []User {
	return cachetest.Memo(t, fmt.Sprintf("users-%d", n), func() ([]User, error) { return seed.Generate(n) }) //FN CALL
}`, "n told"},
	{"parameter in a key that does not tell it", `func users(t testing.TB, n string) []User {
	return cachetest.Memo(t, fmt.Sprintf("users-%.1s", n), func() ([]User, error) { return seed.Generate(n) }) //FN CALL
}`, "n:8"},
	{"sum does not tell its terms", `func users(t testing.TB, n, m int) []User {
	return cachetest.Memo(t, "k", func() ([]User, error) { return seed.Generate(n, m) }, cachetest.With("s", n+m)) //FN CALL
}`, "n:8 m:8"},
	{"joined text of two does not tell its parts", `func users(t testing.TB, n, m string) []User {
	return cachetest.Memo(t, "k/"+n+"/"+m, func() ([]User, error) { return seed.Generate(n, m) }) //FN CALL
}`, "n:8 m:8"},
	{"joined text without anything between does not", `func users(t testing.TB, n, m, k string) []User {
	return cachetest.Memo(t, "k/"+n+m+"/"+k, func() ([]User, error) { return seed.Generate(n, m, k) }) //FN CALL
}`, "n:8 m:8 k:8"},
	{"nor do verbs that touch", `func users(t testing.TB, n, m, k string) []User {
	return cachetest.Memo(t, fmt.Sprintf("%s%s-%s", n, m, k), func() ([]User, error) { return seed.Generate(n, m, k) }) //FN CALL
}`, "n:8 m:8 k:8"},
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
}`, "n told"},
	{"len covers nothing", `func users(t testing.TB, rows []int) []User {
	return cachetest.Memo(t, "users", func() ([]User, error) { return seed.Generate(rows) }, cachetest.With("n", len(rows))) //FN CALL
}`, "rows:8"},
	{"a namesake of With covers nothing", `func users(t testing.TB, n int) []User {
	return cachetest.Memo(t, "users", func() ([]User, error) { return seed.Generate(n) }, seed.With("n", n)) //FN CALL
}`, "n:8"},
	{"only the selected field is told", `func users(t testing.TB, tc conf) []User {
	return cachetest.Memo(t, tc.name, func() ([]User, error) { return seed.Generate(tc.name, tc.rows) }) //FN CALL
}`, "tc.name told tc.rows:8"},
	{"whole struct told", `func users(t testing.TB, tc conf) []User {
	return cachetest.Memo(t, "k", func() ([]User, error) { return seed.Generate(tc.rows) }, cachetest.With("tc", tc)) //FN CALL
}`, "tc.rows told"},
	{"constants and locals set from literals are free", `type Config struct { N int; Name string }
func TestX(t *testing.T) {
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
}`, "m:9"},
	{"a local computed from what is told is not told", `func users(t *testing.T, n int) {
	dir := filepath.Join("testdata", strconv.Itoa(n))
	cachetest.Memo(t, strconv.Itoa(n), func() (int, error) { return read(dir) }) //FN CALL
}`, "dir:9"},
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
}`, "tc.rows:9"},
	{"table with equal numbers", `func TestX(t *testing.T) {
	for _, tc := range []struct{ seed int; rows int }{{10, 1}, {0xA, 2}} {
		cachetest.Memo(t, fmt.Sprint("k", tc.seed), func() (int, error) { return seed.Generate(tc.rows) }) //FN CALL
	}
}`, "tc.rows:9"},
	{"table with distinct numbers", `func TestX(t *testing.T) {
	for _, tc := range []struct{ seed int; rows int }{{20261123, 1}, {20261124, 2}, {1_0, 4}} {
		cachetest.Memo(t, fmt.Sprint("k", tc.seed), func() (int, error) { return seed.Generate(tc.rows) }) //FN CALL
	}
}`, ""},
	{"table with numbers that round to one", `func TestX(t *testing.T) {
	for _, tc := range []struct{ share float32; rows int }{{0.1, 1}, {0.10000000001, 2}} {
		cachetest.Memo(t, fmt.Sprint("k", tc.share), func() (int, error) { return seed.Generate(tc.rows) }) //FN CALL
	}
}`, "tc.rows:9"},
	{"table with integers that round to one", `func TestX(t *testing.T) {
	for _, tc := range []struct{ share float32; rows int }{{16777216, 1}, {16777217, 2}} {
		cachetest.Memo(t, "k", func() (int, error) { return seed.Generate(tc.rows) }, cachetest.With("share", tc.share)) //FN CALL
	}
}`, "tc.rows:9"},
	{"table with rows from run time", `func TestX(t *testing.T) {
	for _, tc := range []struct{ name string; rows int }{{"a", 1}, {"b", load()}} {
		cachetest.Memo(t, tc.name, func() (int, error) { return seed.Generate(tc.rows) }) //FN CALL
	}
}`, "tc.rows:9"},
	{"map table", `func TestX(t *testing.T) {
	for name, tc := range map[string]conf{"a": {1}, "b": {2}} {
		cachetest.Memo(t, name, func() (int, error) { return seed.Generate(name, tc.rows) }) //FN CALL
	}
}`, ""},
	{"range over run-time data", `func TestX(t *testing.T) {
	for _, name := range files() {
		cachetest.Memo(t, "k", func() (int, error) { return seed.Generate(name) }) //FN CALL
	}
}`, "name:9"},
	{"range over func", `func TestX(t *testing.T) {
	for name := range seq {
		cachetest.Memo(t, name, func() (int, error) { return seed.Generate(name) }) //FN CALL
	}
}`, "name told"},
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
}`, "s.n:8"},
	{"type parameter in the result, and one that is not", `func load[T, K any](t *testing.T) T {
	return cachetest.Memo(t, "k", func() (T, error) { var k K; return decode[T](k) }) //FN CALL
}`, "T told K:8"},
	{"type parameter in a With", `func load[T any](t *testing.T) int {
	return cachetest.Memo(t, "k", func() (int, error) { var v T; return size(v) }, cachetest.With("T", (*T)(nil))) //FN CALL
}`, "T told"},
	{"type parameter of a receiver's type", `func (r *repo[T]) load(t *testing.T) int {
	return cachetest.Memo(t, "k", func() (int, error) { var v T; return size(v) }) //FN CALL
}`, "T:8"},
	{"type parameter in a local type", `func load[T any](t *testing.T) int {
	type box struct{ v T }
	return cachetest.Memo(t, "k", func() (int, error) { var b box; return size(b.v) }) //FN CALL
}`, "T:8"},
	{"type parameter in a variable that the source determines", `func load[T any](t *testing.T) int {
	var zero T
	return cachetest.Memo(t, "k", func() (int, error) { return size(zero) }) //FN CALL
}`, "T:8"},
	{"type parameter in the results of a helper only", `func load[T any](t *testing.T) int {
	mk := func() T { var v T; return v }
	return cachetest.Memo(t, "k", func() (int, error) { return size(mk()) }) //FN CALL
}`, "T:8"},
	{"type parameter in Call's argument", `func load[T any](t *testing.T, rows []T) int {
	return cachetest.Call(t, "k", rows, func(rows []T) (int, error) { var v T; return size(v, rows) }) //FN CALL
}`, "T told"},
	{"type parameter that is Call's argument, perhaps an interface", `func load[T any](t *testing.T, row T) int {
	return cachetest.Call(t, "k", row, func(row T) (int, error) { var v T; return size(v, row) }) //FN CALL
}`, "T:8"},
	{"type parameter in an interface that is Call's argument", `func load[T any](t *testing.T, row Getter[T]) int {
	return cachetest.Call(t, "k", row, func(row Getter[T]) (int, error) { var v T; return size(v, row) }) //FN CALL
}`, "T:8"},
	{"type parameter in the parameter of another function", `func load[T any](t *testing.T, rows []T) int {
	return cachetest.Memo(t, "k", func(rows []T) (int, error) { var v T; return size(v, rows) }) //FN CALL
}`, "T:8"},
	{"type parameter of a generic type in the result", `type boxed[T any] struct{ v T }
func load[T any](t *testing.T) map[string]*boxed[T] {
	return cachetest.Memo(t, "k", func() (map[string]*boxed[T], error) { var v T; return decode(v) }) //FN CALL
}`, "T told"},
	{"type parameter of an alias in the result", `type alias[T any] = string
func load[T any](t *testing.T) alias[T] {
	return cachetest.Memo(t, "k", func() (alias[T], error) { var v T; return name(v), nil }) //FN CALL
}`, "T:9"},
	{"type parameter of an alias in Call's argument", `type alias[T any] = string
func load[T any](t *testing.T, rows []alias[T]) int {
	return cachetest.Call(t, "k", rows, func(rows []alias[T]) (int, error) { var v T; return size(v, rows) }) //FN CALL
}`, "T:9"},
	{"type parameter in the length of an array", `func load[T any](t *testing.T, rows []int) int {
	return cachetest.Call(t, "k", rows, func(rows [len([3]T{})]int) (int, error) { var v T; return size(v, rows) }) //FN CALL
}`, "T:8"},
	{"generic function as fn of Call", `func build[T any](rows map[string]*T) (int, error) { var v T; return size(v) } //FN
func TestX(t *testing.T) {
	cachetest.Call(t, "k", map[string]*int{}, build) //CALL
}`, "T told"},
	{"generic function as fn", `func build[T any]() (int, error) { var v T; return size(v) } //FN
func TestX(t *testing.T) {
	cachetest.Memo(t, "k", build[int]) //CALL
}`, "T:7"},
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
}`, "n told"},
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
}`, "n told"},
	{"type switch and channel receive", `func two(t *testing.T, v any, ch chan int) {
	c := <-ch
	switch x := v.(type) { case int:
	cachetest.Memo(t, "k", func() (int, error) { return x+c, nil }) //FN CALL
	}
}`, "x:10 c:10"},
}

func TestCaptures(t *testing.T) { check(t, captureCases) }
