package capture_test

import (
	"fmt"
	"go/ast"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/code/capture"
)

// No expression is constant that has one part which is not, whatever its form
// and wherever that part stands. Each random expression is looked at twice: with
// a leaf that is found out at run time, which must be listed, and with a
// constant in its place, which shows that it is the leaf that decides.
func TestNoRuntimeLeafIsConstant(t *testing.T) {
	n := 3200
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	forms := map[string]int{}
	constants := 0
	for range n {
		g := &generator{r: r}
		expr := g.expr(1 + r.IntN(4))
		holder := holders[r.IntN(len(holders))]
		leaf := leaves[r.IntN(len(leaves))]
		if strings.Contains(expr+holder, "func(") { // in a function, what no function around it binds is its code
			leaf = leaves[r.IntN(locals)]
		}
		src := program(holder, expr, leaf)
		countForms(t, src, forms)
		if len(untold(t, src)) == 0 {
			t.Fatalf("seed %d: nothing is listed of\n%s", seed, src)
		}
		if len(untold(t, program(holder, expr, `"c"`))) == 0 {
			constants++
		}
	}
	t.Logf("seed %d: %d expressions, of which %d are constant without the leaf; forms %v", seed, n, constants, forms)
	if constants < n/4 {
		t.Errorf("only %d of %d are constant without the leaf: the test shows little", constants, n)
	}
	for _, e := range []ast.Expr{
		&ast.Ident{}, &ast.Ellipsis{}, &ast.BasicLit{}, &ast.FuncLit{}, &ast.CompositeLit{}, &ast.ParenExpr{}, &ast.SelectorExpr{}, &ast.IndexExpr{},
		&ast.IndexListExpr{}, &ast.SliceExpr{}, &ast.TypeAssertExpr{}, &ast.CallExpr{}, &ast.StarExpr{}, &ast.UnaryExpr{}, &ast.BinaryExpr{}, &ast.KeyValueExpr{},
		&ast.ArrayType{}, &ast.StructType{}, &ast.FuncType{}, &ast.InterfaceType{}, &ast.MapType{}, &ast.ChanType{},
	} {
		if forms[fmt.Sprintf("%T", e)] == 0 {
			t.Errorf("no %T was tried", e)
		}
	}
}

// leaves are found out at run time; the first of them by variables around the function.
var leaves = []string{"param", "<-ch", "obj.method()", "*ptr", "param.field", "list[0]", "any(param).(string)", "func() string { return param }()", "changed", "twice",
	"run()", "seed.Value", "variable", "seed.Make[int]()", "redeclared(5)", "t.TempDir()"}

const locals = 10

// holders bind x to an expression, in their ways.
var holders = []string{
	"x := EXPR",
	"var x = EXPR",
	"var x any = EXPR",
	"x, y := EXPR, 1; _ = y",
	"first := EXPR; x := first",
	"x := []any{EXPR}[0]",
	"x := func() any { return EXPR }",
	"for _, x := range []struct{ name string; v any }{{\"a\", EXPR}, {\"k\", nil}} {",
	"for _, x := range []*struct{ name string; v any }{{name: \"k\", v: EXPR}, {name: \"b\"}} {",
	"for x := range map[string]any{\"k\": EXPR} {",
	"table := []struct{ name string; v any }{{\"k\", EXPR}, {\"b\", nil}}; for _, x := range table {",
}

func program(holder, expr, leaf string) string {
	use, end := "x", ""
	if strings.HasPrefix(holder, "for") || strings.HasSuffix(holder, "{") {
		use, end = "x.v", "\n}"
		if strings.HasPrefix(holder, "for x") {
			use = "x"
		}
	}
	key := `"k"`
	if end != "" && use == "x.v" {
		key = "x.name"
	}
	return head + `var variable = "v"
type conf struct { a, b any; list []any }
type text string
func redeclared(n int) string { return "" }
func generic[A, B any](a A) A { return a }
func TestX(t *testing.T, param string, ch chan string, obj *seed.Config, ptr *string, list []string) {
	type local struct { v any }
	const one = 1
	changed := "c"; changed += "d"
	twice := "c"; if one > 0 { twice = param }
	` + strings.ReplaceAll(holder, "EXPR", strings.ReplaceAll(expr, "LEAF", leaf)) + `
	cachetest.Memo(t, ` + key + `, func() (any, error) { return use(` + use + `), nil }) //FN CALL
	_, _ = changed, twice` + end + `
}
`
}

// countForms counts the forms of the expressions of a file.
func countForms(t *testing.T, src string, forms map[string]int) {
	p := parse(t, src)
	ast.Inspect(p.file().Syntax, func(n ast.Node) bool {
		if _, ok := n.(ast.Expr); ok {
			forms[reflect.TypeOf(n).String()]++
		}
		return true
	})
}

func untold(t *testing.T, src string) []capture.Value {
	r := captured(parse(t, src), src)
	if r.Undecided != nil {
		t.Fatal(r.Undecided, src)
	}
	return r.Untold()
}

// A generator makes expressions with one leaf in them.
type generator struct{ r *rand.Rand }

// expr returns an expression that is so deep and has the leaf somewhere.
func (g *generator) expr(depth int) string {
	if depth == 0 {
		return "LEAF"
	}
	form := forms[g.r.IntN(len(forms))]
	parts := strings.Count(form, "_")
	at := g.r.IntN(parts)
	for i := range parts {
		part := "(" + g.constant(depth-1) + ")"
		if i == at {
			part = g.expr(depth - 1)
			if g.r.IntN(2) == 0 {
				part = "(" + part + ")"
			}
		}
		form = strings.Replace(form, "_", part, 1)
	}
	return form
}

// constant returns an expression without the leaf.
func (g *generator) constant(depth int) string {
	if depth == 0 || g.r.IntN(2) == 0 {
		return []string{`"s"`, "7", "one", "true", "nil", "'c'", "1.5", "time.Second", "redeclared", "func(a int) int { return a }", "(*conf)(nil)", "len(\"abc\")"}[g.r.IntN(12)]
	}
	return strings.ReplaceAll(g.expr(depth), "LEAF", `"l"`)
}

// forms are expressions whose parts are marked _.
var forms = []string{
	"(_)", "-(_)", "!(_)", "^(_)", "&[]any{_}", "&conf{a: _}", "(_) + (_)", "(_) == (_)", "(_) << (_)", "(_) && (_)",
	"[]any{_}", "[]any{_, _}", "[]any{0: _, 1: _}", "[]any{(_): 1, 2: (_)}", "[...]any{_, 2: _}", "[2]any{_, _}", "map[any]any{(_): (_)}", "map[string]any{\"a\": (_), \"b\": (_)}",
	"conf{_, _, nil}", "conf{a: _, b: 2}", "conf{b: 1, a: (_)}", "local{_}", "local{v: _}", "seed.Config{N: _, M: 2}", "seed.Config{_, 2}", "[]conf{{_, 1, nil}, {b: _}}", "[]*conf{{a: _}, {}}",
	"map[conf]conf{{a: _}: {b: _}}", "struct{ a any; b any }{_, 1}", "struct{ f func(int) chan int; i interface{ m() }; a any }{a: _}", "map[string][]any{\"a\": {_, 1}, \"b\": {2}}",
	"string(_)", "text(_)", "[]byte(_)", "any(_)", "interface{}(_)", "(*conf)(_)", "(func())(_)", "(chan int)(_)", "(<-chan int)(_)", "map[string]int(_)", "time.Duration(_)", "seed.Config(_)",
	"len([]any{_})", "cap([]any{_})", "min(_, _)", "max(1, _)", "complex(_, 1)", "strings.Join([]string{_, \"z\"}, \",\")", "fmt.Sprint(_, 1)", "fmt.Sprintf(\"%v%v\", _, 2)", "strconv.Itoa(_)",
	"([]any{_})[0]", "([]any{1, 2})[_]", "\"abc\"[_:2]", "\"abc\"[1:_]", "([]any{_})[1:2:3]", "([]any{})[1:2:_]", "(_)[1:]", "*(&conf{a: _})", "(_).(string)", "(_).(interface{ m() })",
	"conf{a: _}.a", "conf{a: _, b: 1}.b", "(&conf{a: _}).list", "local{v: _}.v", "generic[int, string](_)", "func(a any) any { return _ }", "func() { use(_) }", "append([]any{1}, _)", "make([]any, _)", "*new(_)", "<-(_)", "unknown(_)", "time.Date(_, 1)",
}

// Whatever may change a value that copies share makes it no constant, wherever
// that stands around the function.
func TestNoChangedValueIsConstant(t *testing.T) {
	kinds := []string{"[]any{1, 2}", "map[string]any{}", "&conf{a: 1}", "conf{list: []any{1}}", "[]*conf{{a: 1}}", "[][]int{{1}}", "conf2{1}", "[2]any{&conf{}, 1}", "map[*conf]any{{a: 1}: 1}"}
	ways := []string{
		"x = y", "x, z = y, 1", "x[0] = 2", "x[0] += 2", "x.list[0]++", "x.a = 3", "*x = y", "(x).a = 1", "x[0].a = 2", "for i := range 3 { x[i] = nil }",
		"for x[0] = range y {}", "for _, e := range x { e.a = 1 }", "for _, e := range x { use(e) }", "for _, e := range x { for i := range e { e[i]++ } }", "for k := range x { k.set() }",
		"copy(x, y)", "clear(x)", "delete(x, 1)", "z := append(x, 1); _ = z", "p := &x; _ = p", "p := &x.a; _ = p", "p := &x[0]; _ = p", "x.set()", "f := x.set; f()", "defer x.set()", "go use(x)",
		"use(x)", "use(x.list)", "use(x[0])", "obj.method(x)", "ch <- x", "z := x; z[0] = 1", "z := x; use(z)", "var z = x; z.a = 1", "y := []any{x}; use(y)", "y := conf{a: x}; use(y)", "y := map[any]any{x: 1}; use(y)",
		"f := func() any { return x }; use(f)", "switch z := any(x).(type) { case conf: z.list[0] = 1; default: use(z) }", "z := x[1:]; z[0] = 1", "z := x.(conf); use(z)", "t.Log(x)", "fmt.Println(x)", "json.Unmarshal(data, x)", "sort.Ints(x)",
		"z := any(x); use(z)", "global = x", "obj.field = x", "if z := x; true { use(z) }", "select { case ch <- x: }", "return; use(x)", "L: x[0] = 1; goto L",
		"p := &x; p.a = 1", "p := &x; q := p; q.list[0] = 1", "p := &x.list; (*p)[0] = 1", "z := &x; use(z)", "z := *(&x); use(z)", "z := x.list; z[0] = 1", "z := x; y := z; y.list[0] = 1",
		"x, w := y, 1; _ = w", "x.list = append(x.list, 1)", "z = x; z.list[0] = 1", "for _, z = range x { }; use(z)", "for i := range x { p := &x[i]; p.a = 1 }", "for i := range x { z := x[i]; use(z) }",
		"func(z any) { use(z) }(x)", "z := func() any { return x }(); use(z)", "z := struct{ c any }{x}; use(z)", "var z any = x; use(z)", "z := (x); use(z)", "x, z := x, 1; _ = z", "defer func() { x = y }()",
		"switch z := x; { case true: use(z) }", "if set(&x) { }", "z := [1]any{x}; use(z)", "close(x)", "set := x.set; use(set)", "z := x[0:1:1]; use(z)", "y[0], x = x, y", "x.a, _ = y.(int)", "x, ok := <-ch; _ = ok",
	}
	places := []string{"WAY", "helper := func() { WAY }; helper()", "if one > 0 { WAY }", "t.Cleanup(func() { WAY })"}
	n, immutable := 0, 0
	for _, kind := range kinds {
		for _, way := range ways {
			if strings.HasPrefix(way, "for k") && !strings.HasPrefix(kind, "map[*") {
				continue // of an index or a text nothing can be called
			}
			for _, place := range places {
				if strings.HasPrefix(way, "x, ") && strings.Contains(way, ":=") && place != "WAY" {
					continue // in a block of its own that is another x
				}
				src := head + `type conf struct { a any; list []any }
type conf2 struct { n int }
var global any
func TestX(t *testing.T, y any, z any, obj any, ch chan any) {
	const one = 1
	x := ` + kind + `
	` + strings.ReplaceAll(place, "WAY", way) + `
	cachetest.Memo(t, "k", func() (any, error) { return use(x), nil }) //FN CALL
}
`
				n++
				if len(untold(t, src)) > 0 {
					continue
				}
				if kind == "conf2{1}" && !strings.Contains(way, "set") {
					immutable++ // a copy of it shares nothing
					continue
				}
				t.Errorf("nothing is listed of\n%s", src)
			}
		}
	}
	t.Logf("%d ways, of which %d leave alone what copies do not share", n, immutable)
}
