package facts

import (
	"go/ast"
	"go/token"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// byName lists functions of the standard library that look at something by its name: a
// variable, a file, a time zone, the target of a link; and os.Args. The names are the first
// argument, or those from a number to another; a slash says that files below a directory
// are read, too, by names that the call does not tell.
var byName = std.Names{Text: `
	os Getenv LookupEnv ExpandEnv Args
	os Open OpenFile OpenRoot/ DirFS/ ReadFile ReadDir Stat Lstat Symlink Readlink
	io/ioutil ReadFile ReadDir
	archive/zip OpenReader
	crypto/tls LoadX509KeyPair:0-1
	debug/buildinfo ReadFile
	debug/elf Open
	debug/macho Open
	debug/pe Open
	go/parser ParseFile:1-1
	html/template ParseFiles:0-99 ParseGlob/
	path/filepath Glob/ Walk/ WalkDir/
	syscall Getenv
	text/template ParseFiles:0-99 ParseGlob/
	time LoadLocation
`}

// Waits lists functions and types whose values read files only when they are used.
const Waits std.Words = " net/http.Dir os.DirFS "

// NameArgs are the arguments of a function of byName that are names, by their numbers.
type NameArgs struct {
	First, Last int
	Below       bool // files below them are read too
}

// NameArgsOf returns the NameArgs of a function; ok is false if it is none of byName.
func NameArgsOf(path, name string) (args NameArgs, ok bool) {
	for _, entry := range byName.Of(path) {
		fn, numbers, _ := strings.Cut(entry, ":")
		if fn, args.Below = strings.CutSuffix(fn, "/"); fn == name {
			first, last, _ := strings.Cut(numbers, "-")
			args.First, _ = strconv.Atoi(first)
			args.Last, _ = strconv.Atoi(last)
			return args, true
		}
	}
	return NameArgs{}, false
}

// A NamedArg is a name that a function of byName is given; without a function it is a
// path into a testdata directory. The name "" stands for one that the source does not
// tell, and A_* for all variables whose names begin with A_.
type NamedArg struct {
	Func Mention
	Name string
	Line int
	Sure bool // it is constant, and not only the first value of a variable
}

// named notes the names that a call gives to a function.
func (w *walker) named(c *ast.CallExpr) {
	pkg, name := w.imports.Qualified(c.Fun)
	if w.isJoin(c) {
		w.testdata(c)
	}
	at, ok := NameArgsOf(pkg, name)
	if !ok || len(c.Args) <= at.First || c.Ellipsis.IsValid() {
		return
	}
	var names []NamedArg
	for _, arg := range c.Args[at.First:min(at.Last+1, len(c.Args))] {
		text, sure := w.constant(arg, false)
		if !sure && text != "" && !strings.Contains(text, " ") && (name == "Getenv" || name == "LookupEnv") { // a space would end it in the name of the input
			text, sure = text+"*", true
		}
		if !sure {
			text, _ = w.constant(arg, true)
		}
		if text == "" {
			return
		}
		names = append(names, NamedArg{MentionOf(syntax.Plain(c.Fun)), text, w.Line(arg.Pos()), sure})
	}
	w.noted = c.Fun
	for _, n := range names {
		once(&w.f.NamedArgs, n)
	}
}

// Given returns what a declaration gives as an argument to a function of a name: constants,
// and parameters of its own that it never sets, by their numbers. ok is false if it gives
// something else, does anything but call that name, or does not mention it.
func (f *Decl) Given(p *syntax.Source, name string, arg int) (names []string, params []int, ok bool) {
	if p == nil {
		return nil, nil, false
	}
	w, uses, mentions := newWalker(&File{}, p), map[*scope.Def][]Use{}, 0
	ast.Inspect(p.Syntax, func(n ast.Node) bool {
		switch n := n.(type) {
		case ast.Spec:
			return f.Spans(p.Line(n.Pos()))
		case *ast.FuncDecl:
			if !f.Spans(p.Line(n.Pos())) {
				return false
			}
			w.bindParams(n.Type.Params, 0)
			maps.Copy(uses, Uses(p, n, nil))
		case *ast.Ident:
			if n.Name == name {
				mentions++
			}
		case *ast.CallExpr:
			if MentionOf(syntax.Plain(n.Fun)).Sel != name || len(n.Args) <= arg || n.Ellipsis.IsValid() {
				break
			}
			id, _ := ast.Unparen(n.Args[arg]).(*ast.Ident)
			d := scope.Of(id)
			isSet := slices.ContainsFunc(uses[d], func(u Use) bool { return u.Kind == AccessWrite || u.Kind == AccessAddress })
			if text, sure := w.constant(n.Args[arg], false); sure {
				names = append(names, text)
			} else if d != nil && len(w.bound[d]) == 1 && !isSet {
				params = append(params, w.bound[d][0].Param)
			}
		}
		return true
	})
	if f.Index(name) >= 0 {
		mentions-- // where it is declared
	}
	return names, params, mentions > 0 && mentions == len(names)+len(params)
}

// first notes code that looks at the first argument of the process alone: os.Args[0].
func (w *walker) first(list, index ast.Expr) {
	lit, ok := index.(*ast.BasicLit)
	if pkg, name := w.imports.Qualified(list); ok && lit.Value == "0" && pkg == "os" && name == "Args" {
		w.noted = list
		once(&w.f.NamedArgs, NamedArg{Func: MentionOf(list), Name: lit.Value, Sure: true})
	}
}

// imported notes a mention of a function of byName, but in a call of which all is known.
func (w *walker) imported(s *ast.SelectorExpr, x *ast.Ident) {
	if _, ok := NameArgsOf(w.imports.Paths[x.Name], s.Sel.Name); ok && w.noted != ast.Expr(s) {
		once(&w.f.NamedArgs, NamedArg{Func: Mention{x.Name, s.Sel.Name}})
	}
}

// testdata notes a constant path into a testdata directory.
func (w *walker) testdata(e ast.Expr) {
	p, ok := w.constant(e, true)
	if ok && slices.Contains(strings.Split(path.Dir(p), "/"), "testdata") && !slices.ContainsFunc(w.f.NamedArgs, func(a NamedArg) bool { return a.Name == p }) {
		w.f.NamedArgs = append(w.f.NamedArgs, NamedArg{Name: p, Line: w.Line(e.Pos())})
	}
}

// constant returns the string that an expression is; with vars, or was when its variable was
// defined. Without vars, if it is not all, the string surely begins with it.
func (w *walker) constant(e ast.Expr, vars bool) (string, bool) {
	switch e := ast.Unparen(e).(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		return s, err == nil && e.Kind == token.STRING
	case *ast.Ident:
		w.depth++
		defer func() { w.depth-- }()
		if v := w.definition(e, vars); v != nil && w.depth < 32 { // const a = a parses
			return w.constant(v, vars)
		}
	case *ast.BinaryExpr:
		a, ok := w.constant(e.X, vars)
		if b, also := w.constant(e.Y, vars); ok { // else b would be only the end of a name
			return a + b, also && e.Op == token.ADD
		}
		return a, false
	case *ast.CallExpr:
		if pkg, name := w.imports.Qualified(e.Fun); pkg == "fmt" && name == "Sprintf" && len(e.Args) > 0 && !vars {
			format, _ := w.constant(e.Args[0], false)
			begins, _, _ := strings.Cut(format, "%")
			return begins, false
		}
		parts, all := make([]string, len(e.Args)), w.isJoin(e)
		for i := 0; all && i < len(parts); i++ {
			parts[i], all = w.constant(e.Args[i], vars)
		}
		if all || vars { // else what follows may take an element away
			return path.Join(parts...), all
		}
	}
	return "", false
}

func (w *walker) isJoin(c *ast.CallExpr) bool {
	pkg, name := w.imports.Qualified(c.Fun)
	return name == "Join" && (pkg == "path" || pkg == "path/filepath")
}

// definition returns the expression that a constant is set to, or with vars a variable
// that is defined alone, which may be set again.
func (w *walker) definition(id *ast.Ident, vars bool) ast.Expr {
	var spec *ast.ValueSpec
	switch d := scope.Of(id); {
	case d == nil:
		spec, _ = w.specs[id.Name].(*ast.ValueSpec)
	case d.Kind == scope.Const:
		spec, _ = d.Node.(*ast.ValueSpec)
	case vars:
		if by, ok := d.Node.(*ast.AssignStmt); ok && len(by.Lhs) == 1 {
			return by.Rhs[0]
		}
	}
	if spec == nil || len(spec.Names) != 1 || len(spec.Values) != 1 {
		return nil
	}
	return spec.Values[0]
}
