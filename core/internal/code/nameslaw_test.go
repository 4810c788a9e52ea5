package code

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/code/capture"
)

// The law of names: whatever a function mentions is an edge, in each position of the
// syntax, whatever else has the same name around it. A case is a random declaration
// with one mention of N, and other things of that name around it: go/types says which it
// is. $ stands for the number of the case.

// nameForms are the syntax of Go with places for an expression, a type and statements: E, T and S.
var nameForms = map[string][]string{
	"E": {"(E)", "E()", "E(1)", "use(E)", "use(1, E)", "use(E...)", "-E", "!E", "*E", "&E", "<-E", "E + 1", "1 << E", "E == nil", "E[0]", "list[E]", "E[1:]", "list[E:]", "list[:E]", "list[0:E:2]", "list[0:1:E]",
		"E.(int)", "any(1).(T)", "E.f", "E.m()", "E.N", "[]any{E}", "[]any{E: 1}", "[...]int{E: 1, 2}", "map[any]any{E: 1}", "map[any]any{1: E}", "map[any]any{1: {N: E}}", "[]point{{E, 1}}", "[]point{{N: E}}", "[]*point{{1, E}}",
		"point{N: E}", "point{N: 1, y: E}", "struct{ N any }{N: E}", "struct{ a any }{E}", "&struct{ N, a any }{a: E}", "func() any { S; return E }", "func(p T) {}", "func() (r T) { return }", "[]any{func(N int) any { return N }, E}", "[]any{func() (N int) { return N }, E}",
		"func(N T) {}", "func(a, N T) any { S; return nil }", "[]T{}", "map[T]int{}", "map[int]T{1: {}}", "[E]int{}", "struct{ N T }{}", "(*T)(nil)", "(func(T) T)(nil)", "(chan<- T)(nil)", "(<-chan T)(nil)", "(interface{ N(T) T })(nil)",
		"generic[T](E)", "pair[int, T]{}", "T(E)", "new(T)", "make([]T, E)", "(*T).m", "any(E).(interface{ m() T })", "len([...]T{})", "func() { S }"},
	"T": {"(T)", "[]T", "[E]T", "*T", "map[T]int", "map[int]T", "func(T)", "func() T", "func(a, N T)", "func(...T)", "func() (N T)", "chan T", "<-chan T", "struct{ N T }", "struct{ a, b T `x` }", "interface{ N(T) }", "interface{ N() T }", "box[T]", "pair[int, T]"},
	"S": {"E()", "_ = E", "x := E; _ = x", "N := E; _ = N", "N, x := 1, E; _, _ = N, x", "var x = E; _ = x", "var N = E; _ = N", "var N T; _ = N", "var x, N T = 1, E", "const c = E", "const N = E", "{ const ( N = 1; c = N ) }; _ = E", "const ( c = iota + E; d )", "type l T", "{ type N []int; use(N{}) }; var x T; _ = x", "type l = T",
		"type l[P T] struct{ p P }", "{ type l[N any] []N; use(l[int]{}) }; S", "type l struct{ N T }", "E++", "x += E", "list[E] = 1", "list[0] = E", "E.f = 1", "E.N = 1", "N.f = E", "list[0], list[1] = 1, E", "*E = 1", "if E == nil { }", "if N := E; N != nil { }", "if N := 1; N > 0 { _ = N } else { _ = N }; S",
		"if E == nil { } else if N := 1; N > 0 { _ = N }", "if true { S } else { S }", "for E != nil { break }", "for N := E; ; { break }", "for N := 0; N < 1; N++ { _ = N }; S", "for i := 0; i < E; i++ { }", "for i := 0; ; i += E { break }", "for range E { }", "for N := range E { break }", "for N, x := range E { S }",
		"for x := range E { S }", "for _, N = range E { }", "for list[E] = range 3 { }", "switch E { }", "switch N := E; N { case 1: S }", "switch { case E == 1: }", "switch { case E == 1: N := 1; _ = N }", "switch 1 { case 0, E: S }", "switch 1 { case 0: N := 1; _ = N; case 1: S; default: S }",
		"switch E.(type) { case T: }", "switch N := any(1).(type) { case T: _ = N }", "switch N := E.(type) { case int: _ = N; S }", "switch N := E; x := any(1).(type) { case int: _, _ = x, N }", "switch x := any(1).(type) { case int, T: _ = x; default: S }", "select { case <-E: }", "select { case N := <-E: _ = N }",
		"select { case N := <-ch: _ = N; default: S }", "select { case E <- 1: }", "select { case ch <- E: S }", "select { case list[E] = <-ch: }", "go E()", "go use(E)", "defer E()", "defer func() { S }()", "func(N int) { _ = N }(1); S", "E <- 1", "ch <- E", "{ N := 1; _ = N }; S", "{ S }", "S; N := 1; _ = N",
		"N: for { S; break N }", "goto N; N: S", "return E", "func() { var N int; _ = N }(); S", "S; type N int; use(N(1))", "{ type N int; _ = N(1) }; S", "_ = func(N int) int { return N }; S", "_ = point{N: 1}; S", "use(list2.N); S", "if N := 1; N > 0 { }; S", "for N := range 3 { _ = N }; S", "switch N := any(1).(type) { default: _ = N }; S"},
}

// nameDecls are the declarations that hold a mention.
var nameDecls = []string{"func fn$() any { S; return nil }", "func fn$() any { return E }", "func fn$(N int) any { { S }; return nil }", "func fn$(a T) { }", "func fn$() (a T) { return }", "func fn$[P T]() { }", "func fn$[P []T, N any]() { }",
	"func fn$() any { return v$ }\nvar v$ = E", "func fn$() any { return v$ }\nvar v$ T", "func fn$() any { return v$ }\nvar u$, v$ = 1, E", "func fn$() any { return c$ }\nconst c$ = E", "func fn$() any { return d$ }\nconst (\n\tc$ = E + iota\n\td$\n)",
	"func fn$() any { return t${} }\ntype t$ T", "func fn$() any { return t${} }\ntype t$ struct { N T }", "func fn$() any { return t${}.N() }\ntype t$ struct{}\nfunc (t$) N() any { S; return nil }", "func fn$() any { return t$[int]{} }\ntype t$[P any] []T",
	"func fn$() any { return t$(nil) }\ntype t$ = []T", "func fn$() any { return v$() }\nvar v$ = func() any { S; return nil }"}

// A nameSource makes source at random; leaf is what stands for the mention.
type nameSource struct {
	r    *rand.Rand
	leaf map[string]string
	used []string // the forms around the mention
}

var nameFillers = map[string][]string{"E": {"(1)", "nil", "list", "ch", `"N"`, "(func() {})"}, "T": {"int", "point", "[]any", "any"}, "S": {"", "_ = 1", "{ N := 1; _ = N }", "use(point{N: 1}.N)", "func(N int) { _ = N }(1)"}}

// fill replaces the places of a form. One of them holds the mention, so many forms deep;
// what has no place for it is filled.
func (g *nameSource) fill(form string, depth int) string {
	var places []int
	for i, c := range form {
		if g.isPlace(form, i, c) {
			places = append(places, i)
		}
	}
	at := places[g.r.IntN(len(places))]
	var b strings.Builder
	for i, c := range form {
		kind := string(c)
		switch {
		case !g.isPlace(form, i, c):
			b.WriteRune(c)
		case i != at:
			b.WriteString(nameFillers[kind][g.r.IntN(len(nameFillers[kind]))])
		case kind != "S" && (depth <= 0 || g.r.IntN(3) == 0):
			b.WriteString(g.leaf[kind])
		default:
			list := nameForms[kind]
			inner := list[g.r.IntN(len(list))]
			g.used = append(g.used, inner)
			text := g.fill(inner, depth-1)
			if kind == "E" && g.r.IntN(3) == 0 {
				text = "(" + text + ")"
			}
			b.WriteString(text)
		}
	}
	return b.String()
}

// isPlace reports whether a letter of a form is a place: no part of a word.
func (g *nameSource) isPlace(form string, i int, c rune) bool {
	word := func(j int) bool {
		return j >= 0 && j < len(form) && (form[j] == '_' || form[j] >= 'a' && form[j] <= 'z' || form[j] >= 'A' && form[j] <= 'Z')
	}
	return nameForms[string(c)] != nil && !word(i-1) && !word(i+1)
}

// A nameKind is what a mention may stand for: how it is written as an expression and as a
// type, and what declares it, in the package, in another, or around a literal.
type nameKind struct {
	name, expr, typ, decl, far, param string
	local                             bool
}

var nameKinds = []nameKind{
	{name: "variable", expr: "N", typ: "[len(N)]int", decl: "var N = list"},
	{name: "constant", expr: "N", typ: "[N]int", decl: "const N = 1"},
	{name: "function", expr: "N", typ: "[N(1)]int", decl: "func N(...any) {}"},
	{name: "type", expr: "N(1)", typ: "N", decl: "type N int"},
	{name: "embedded type", expr: "struct{ N }{}", typ: "struct{ N }", decl: "type N int"},
	{name: "type of an interface", expr: "interface{ N }(nil)", typ: "interface{ ~[]N | int }", decl: "type N int"},
	{name: "generic type", expr: "N[int]{}", typ: "N[int]", decl: "type N[P any] []P"},
	{name: "type of a literal", expr: "N{a: 1}", typ: "*N", decl: "type N struct{ a int }"},
	{name: "import", expr: "N.V$", typ: "N.T$", decl: "import N \"m/sub\"", far: "var V$ = 1\n\ntype T$ int\n"},
	{name: "local variable", expr: "N", typ: "[len(N)]int", local: true, decl: "N := load()"},
	{name: "local constant", expr: "N", typ: "[N]int", local: true, decl: "const N = 1"},
	{name: "local type", expr: "N(nil)", typ: "N", local: true, decl: "type N []int"},
	{name: "parameter", expr: "N", typ: "[len(N)]int", local: true, param: "N any, "},
}

const nameShared = "package m\n\ntype point struct{ N, y any }\n\ntype box[P any] []P\n\ntype pair[P, Q any] struct{}\n\nvar list, list2, ch = []any{1, 2}, point{}, make(chan any)\n\nfunc use(...any) {}\n\nfunc generic[P any](any) {}\n\nfunc load() any { return 1 }\n"

// nameFile is the file of a case, or the same without the mention; decl is what that
// means, and far what it means in another package.
func nameFile(r *rand.Rand, id string, k nameKind, mention bool) (src, decl, far string, used []string) {
	named := func(s, name string) string { return nameWord.ReplaceAllString(s, name) }
	g := &nameSource{r: r, leaf: map[string]string{"E": "(1)", "T": "int"}}
	if mention {
		g.leaf = map[string]string{"E": named(k.expr, "/*HERE*/N"), "T": named(k.typ, "/*HERE*/N")}
	}
	form, depth := nameDecls[r.IntN(len(nameDecls))], 1+r.IntN(3)
	imports := ""
	if k.local {
		imports = "import (\n\t\"testing\"\n\n\t\"github.com/fixturecache/fixturecache/cachetest\"\n)\n\n"
		src = "func fn$(" + k.param + "t *testing.T) {\n\t" + k.decl + "\n\tcachetest.Memo(t, \"k\", func() (any, error) { // fn\n" + g.fill("S", depth) + "\n\treturn nil, nil\n\t})\n}"
	} else if src, decl = g.fill(form, depth), k.decl; k.far != "" {
		imports, decl = decl+"\n\n", ""
	}
	whole := strings.NewReplacer("$", id)
	return whole.Replace(named("package m\n\n"+imports+src+"\n", "N$$")), whole.Replace(named(decl, "N$$")), whole.Replace(k.far), g.used
}

var nameWord = regexp.MustCompile(`\bN\b`)

// A nameMeaning is what go/types says of a mention, and the syntax that it is a part of,
// parentheses and calls apart.
type nameMeaning struct {
	object     types.Object
	in         ast.Node
	pkg        *types.Package
	line, call int // of what is declared, and of the call for a fixture
}

// is reports whether that is what declares the name for its kind, and nothing nearer.
func (m nameMeaning) is(k nameKind) bool {
	if m.object == nil {
		return false
	}
	_, isImport := m.object.(*types.PkgName)
	local := !isImport && m.object.Parent() != m.pkg.Scope()
	return local == k.local && (!local || m.line < m.call)
}

// nameMeanings type-checks the files of a directory.
func nameMeanings(t *testing.T, dir string) map[string]nameMeaning {
	fset, info := token.NewFileSet(), &types.Info{Uses: map[*ast.Ident]types.Object{}}
	paths, _ := filepath.Glob(filepath.Join(dir, "*.go"))
	var files []*ast.File
	for _, path := range paths {
		f, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	pkg, _ := (&types.Config{Importer: nameImporter{}, Error: func(error) {}}).Check("m", fset, files, info)
	meanings := map[string]nameMeaning{}
	for i, f := range files {
		m := nameMeaning{pkg: pkg}
		mark := token.NoPos
		for _, group := range f.Comments {
			switch group.List[0].Text {
			case "/*HERE*/":
				mark = group.End()
			case "// fn":
				m.call = fset.Position(group.Pos()).Line
			}
		}
		var stack []ast.Node
		ast.Inspect(f, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && id.Pos() == mark && info.Uses[id] != nil {
				m.object = info.Uses[id]
				for i, paren, call := len(stack)-1, true, false; paren || call; i-- { // what a call returns has no ++
					m.in = stack[i]
					_, paren = m.in.(*ast.ParenExpr)
					_, call = m.in.(*ast.CallExpr)
				}
				m.line = fset.Position(m.object.Pos()).Line
			}
			if stack = append(stack, n); n == nil {
				stack = stack[:len(stack)-2]
			}
			return true
		})
		meanings[filepath.Base(paths[i])] = m
	}
	return meanings
}

// A nameImporter has packages in which nothing is declared.
type nameImporter struct{}

func (nameImporter) Import(path string) (*types.Package, error) {
	p := types.NewPackage(path, filepath.Base(path))
	p.MarkComplete()
	return p, nil
}

// TestLawOfNames has mentions of declarations of the package, of imports, and of what the
// function around a literal binds. That only counts a variable up is no use of its value.
func TestLawOfNames(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	all, compared, anyway, forms := 0, 0, 0, map[string]int{}
	rounds := 16
	if testing.Short() {
		rounds = 2
	}
	for n := range rounds * len(nameKinds) {
		k := nameKinds[n%len(nameKinds)]
		const cases = 20
		files := []string{"go.mod", "module m\n\ngo 1.24\n", "shared_test.go", nameShared}
		decls, apart := "package m\n\n", "package sub\n\n"
		around := map[string][]string{}
		for i := range cases {
			id := fmt.Sprint(i)
			for try := range uint64(1000) {
				r := func() *rand.Rand { return rand.New(rand.NewPCG(seed, uint64(n*cases+i)<<16|try)) }
				with, decl, far, used := nameFile(r(), id, k, true)
				without, declWithout, farWithout, _ := nameFile(r(), id+"w", k, false)
				if parses(with) && parses(without) {
					files = append(files, "c"+id+"_test.go", with, "c"+id+"w_test.go", without)
					around[id] = used
					decls, apart = decls+decl+"\n\n"+declWithout+"\n\n", apart+far+farWithout
					break
				}
			}
		}
		root := writeTree(t, append(files, "decls_test.go", decls, "sub/sub.go", apart)...)
		b, cache := isolated(root), &memCache{m: map[string][]byte{}}
		p, err := b.program(cache)
		if err != nil {
			t.Fatal(err)
		}
		meanings := nameMeanings(t, root)
		for i := range cases {
			id := fmt.Sprint(i)
			m := meanings["c"+id+"_test.go"]
			if all++; !m.is(k) {
				continue
			}
			if _, counts := m.in.(*ast.IncDecStmt); counts && k.local {
				continue
			}
			compared++
			for _, form := range around[id] {
				forms[form]++
			}
			if !nameIsEdge(t, b, p, cache, root, id, k) {
				t.Errorf("seed %d: no edge to %s, in %T\n%s", seed, k.name, m.in, files[slices.Index(files, "c"+id+"_test.go")+1])
			} else if nameIsEdge(t, b, p, cache, root, id+"w", k) {
				anyway++
			}
		}
	}
	t.Logf("seed %d: %d of %d mentions compared, the others mean what is nearer; %d would be edges by what is beside them", seed, compared, all, anyway)
	if testing.Short() {
		return
	}
	for _, form := range slices.Concat(nameForms["E"], nameForms["T"], nameForms["S"]) {
		if forms[form] == 0 {
			t.Errorf("seed %d: no mention in %s", seed, form)
		}
	}
	if compared-anyway < 3000 {
		t.Errorf("only %d mentions show anything", compared-anyway)
	}
}

func parses(src string) bool {
	_, err := parser.ParseFile(token.NewFileSet(), "", src, parser.SkipObjectResolution)
	return err == nil
}

// nameLine is the line of the call in a case.
func nameLine(t *testing.T, path string) int {
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, _, _ := strings.Cut(string(data), "// fn")
	return strings.Count(before, "\n") + 1
}

// nameIsEdge reports whether a case has an edge to what its mention means.
func nameIsEdge(t *testing.T, b *Binary, p *program, cache Cache, root, id string, k nameKind) bool {
	if !k.local {
		return slices.ContainsFunc(p.graph.ReachFrom(p.graph.Functions("fn"+id)...).Decls(0), func(d Decl) bool {
			return d.Name == "m.N"+id || d.Name == "m/sub.V"+id || d.Name == "m/sub.T"+id
		})
	}
	path := filepath.Join(root, "c"+id+"_test.go")
	call := nameLine(t, path)
	c := b.Captures(Func{File: path, Line: call}, Site{File: path, Line: call}, "Memo", cache)
	if c.Undecided != nil {
		t.Fatal(c.Undecided)
	}
	for _, n := range c.Nodes {
		if line := c.source.Line(n.Pos()); line == call-1 {
			return true
		}
	}
	return slices.ContainsFunc(c.Untold(), func(v capture.Value) bool { return v.Name == "N"+id || strings.HasPrefix(v.Name, "N"+id+".") })
}
