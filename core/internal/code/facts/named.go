package facts

import (
	"go/ast"
	"go/token"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// byName are functions of the standard library that look at something by its
// name: a variable, a file, a time zone, and what makes a link to a name. The names are the first argument, or
// those from a number to another.
var byName = std.Names{Text: `
	os Getenv LookupEnv ExpandEnv
	os Open OpenFile OpenRoot ReadFile ReadDir Stat Lstat Readlink Symlink
	io/ioutil ReadFile ReadDir
	archive/zip OpenReader
	crypto/tls LoadX509KeyPair:0-1
	debug/buildinfo ReadFile
	debug/elf Open
	debug/macho Open
	debug/pe Open
	go/parser ParseFile:1-1
	html/template ParseFiles:0-99
	syscall Getenv
	text/template ParseFiles:0-99
	time LoadLocation
`}

// openers open, list or look at the path that is their first argument.
var openers = std.Names{Text: `
	os Open OpenFile ReadFile ReadDir Stat Lstat DirFS OpenRoot
	io/ioutil ReadFile ReadDir
	path/filepath Walk WalkDir Glob
`}

// NamedArgsOf returns the numbers of the arguments that are names, and whether
// the function is one of byName.
func NamedArgsOf(path, name string) (first, last int, ok bool) {
	for _, entry := range byName.Of(path) {
		fn, args, _ := strings.Cut(entry, ":")
		if fn == name {
			from, to, _ := strings.Cut(args, "-")
			first, _ = strconv.Atoi(from)
			last, _ = strconv.Atoi(to)
			return first, last, true
		}
	}
	return 0, 0, false
}

// A NamedArg is a name that a function of byName is given. The name "" stands
// for one that the source does not tell.
type NamedArg struct {
	Func Mention
	Name string
}

// A Path is a constant path in a call that opens or lists it.
type Path struct {
	Path string
	Line int
	Open bool // an argument of a function that opens it; else it only looks like one
}

// named notes the names and paths that a call gives to a function.
func (w *walker) named(c *ast.CallExpr) {
	pkg, name := w.x.imports.Qualified(c.Fun)
	if len(c.Args) == 0 || pkg == "" {
		return
	}
	if openers.Has(pkg, name) {
		w.path(c.Args[0], true)
	} else if w.isJoin(c) {
		w.path(c, false)
	}
	first, last, ok := NamedArgsOf(pkg, name)
	if !ok || len(c.Args) <= first || c.Ellipsis.IsValid() {
		return
	}
	var names []string
	for _, arg := range c.Args[first:min(last+1, len(c.Args))] {
		text, ok := w.constant(arg, false)
		if !ok || text == "" {
			return
		}
		names = append(names, text)
	}
	w.noted = c.Fun
	for _, text := range names {
		once(&w.f.NamedArgs, NamedArg{w.callee(c.Fun), text})
	}
}

// imported notes a mention of a function of byName, but in a call of which all is
// known.
func (w *walker) imported(s *ast.SelectorExpr, x *ast.Ident) {
	if _, _, ok := NamedArgsOf(w.x.imports.Paths[x.Name], s.Sel.Name); ok && w.noted != ast.Expr(s) {
		once(&w.f.NamedArgs, NamedArg{Func: Mention{x.Name, s.Sel.Name}})
	}
}

// path notes a constant path that is opened, or that leads to what the go command
// leaves alone.
func (w *walker) path(e ast.Expr, open bool) {
	p, ok := w.constant(e, true)
	if !ok || p == "" || !open && !slices.Contains(strings.Split(path.Dir(p), "/"), "testdata") {
		return
	}
	if !slices.ContainsFunc(w.f.Paths, func(o Path) bool { return o.Path == p && (o.Open || !open) }) {
		w.f.Paths = append(w.f.Paths, Path{p, w.x.Line(e.Pos()), open})
	}
}

// constant returns the string that an expression is; with vars, or was when its
// variable was defined.
func (w *walker) constant(e ast.Expr, vars bool) (string, bool) {
	switch e := ast.Unparen(e).(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		return s, err == nil && e.Kind == token.STRING
	case *ast.Ident:
		w.x.depth++
		defer func() { w.x.depth-- }()
		if v := w.definition(e, vars); v != nil && w.x.depth < 32 { // const a = a parses
			return w.constant(v, vars)
		}
	case *ast.BinaryExpr:
		a, ok1 := w.constant(e.X, vars)
		b, ok2 := w.constant(e.Y, vars)
		return a + b, ok1 && ok2 && e.Op == token.ADD
	case *ast.CallExpr:
		parts, all := make([]string, len(e.Args)), w.isJoin(e)
		for i := 0; all && i < len(parts); i++ {
			parts[i], all = w.constant(e.Args[i], vars)
		}
		return path.Join(parts...), all
	}
	return "", false
}

func (w *walker) isJoin(c *ast.CallExpr) bool {
	pkg, name := w.x.imports.Qualified(c.Fun)
	return name == "Join" && (pkg == "path" || pkg == "path/filepath")
}

// definition returns the expression that a constant is set to, or with vars a
// variable that is defined alone: what else that is set to is not known.
func (w *walker) definition(id *ast.Ident, vars bool) ast.Expr {
	var spec *ast.ValueSpec
	switch d := scope.Of(id); {
	case d == nil:
		spec = w.x.consts[id.Name]
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

// readingMethods are methods that read files. Facts take them for names of package
// io/fs, whatever they are methods of.
var readingMethods = std.Words{Text: "ParseFiles ParseGlob"}

// IsReadingMethod reports whether methods of a name read files.
func IsReadingMethod(name string) bool { return readingMethods.Has(name) }
