package source

//lint:file-ignore SA1019 ast.Object is deprecated for lack of types; scopes within one function, all that is asked of it here, it does resolve

import (
	"go/ast"
	"go/token"
	"iter"
	"strconv"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// A resolver answers, for one file, what an identifier stands for and what is
// done with it.
type resolver struct {
	*parsed
	parent  map[ast.Node]ast.Node
	uses    map[*ast.Object][]*ast.Ident
	imports map[string]string // name in this file -> import path
	dots    []string          // paths imported with a dot
	pkg     string            // the import path of the package, or ""
	cache   Cache             // keeps the facts of the package; nil for none
	beside  []*fileFacts      // memory of siblings

	declared map[string][]declBeside // memory of where
	opened   map[string]*resolver    // memory of sibling
}

func newResolver(p *parsed) *resolver {
	r := &resolver{parsed: p, parent: map[ast.Node]ast.Node{}, uses: map[*ast.Object][]*ast.Ident{}}
	r.imports, r.dots = importsOf(p.file)
	for _, d := range p.file.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv != nil && len(fn.Recv.List) == 1 {
			resolveReceiverTypes(fn)
		}
	}
	var stack []ast.Node
	ast.Inspect(p.file, func(n ast.Node) bool {
		if n == nil {
			stack = stack[:len(stack)-1]
			return true
		}
		if len(stack) > 0 {
			r.parent[n] = stack[len(stack)-1]
		}
		stack = append(stack, n)
		if id, ok := n.(*ast.Ident); ok && id.Obj != nil {
			r.uses[id.Obj] = append(r.uses[id.Obj], id)
		}
		return true
	})
	return r
}

// resolveReceiverTypes gives the type parameters of a receiver's type an object,
// which the parser leaves them without (go.dev/issue/50956).
func resolveReceiverTypes(fn *ast.FuncDecl) {
	typ := fn.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	var params []ast.Expr
	switch t := typ.(type) {
	case *ast.IndexExpr:
		params = []ast.Expr{t.Index}
	case *ast.IndexListExpr:
		params = t.Indices
	}
	objects := map[string]*ast.Object{}
	for _, e := range params {
		if id, ok := e.(*ast.Ident); ok {
			objects[id.Name] = &ast.Object{Kind: ast.Typ, Name: id.Name, Decl: id}
		}
	}
	if len(objects) == 0 {
		return
	}
	ast.Inspect(fn, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && id.Obj == nil {
			id.Obj = objects[id.Name]
		}
		return true
	})
	ast.Inspect(fn, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			sel.Sel.Obj = nil // a field or method of that name
		}
		return true
	})
}

// importsOf returns the names by which a file knows its imports. A package
// whose name cannot be read off its path gets every name it may well have.
func importsOf(file *ast.File) (names map[string]string, dots []string) {
	names = map[string]string{}
	for _, spec := range file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		switch {
		case spec.Name == nil && std.IsPackage(path):
			names[likelyNames(path)[0]] = path
		case spec.Name == nil:
			for _, name := range likelyNames(path) {
				if names[name] == "" { // what is certain stays
					names[name] = path
				}
			}
		case spec.Name.Name == ".":
			dots = append(dots, path)
		default:
			names[spec.Name.Name] = path
		}
	}
	return names, dots
}

// likelyNames returns the names that the package of an import path may have.
func likelyNames(path string) []string {
	path = withoutMajor(path)
	last := path[strings.LastIndexByte(path, '/')+1:]
	names := []string{last}
	if !strings.ContainsAny(last, ".-") {
		return names
	}
	if i := strings.LastIndex(last, ".v"); i > 0 {
		last = last[:i]
		names = append(names, last)
	}
	for _, short := range []string{strings.TrimPrefix(last, "go-"), strings.TrimSuffix(last, "-go"), strings.ReplaceAll(last, "-", "_"), strings.ReplaceAll(last, "-", "")} {
		if short != last {
			names = append(names, short)
		}
	}
	return names
}

// withoutMajor leaves out a last element that is a major version: the package of
// math/rand/v2 is rand.
func withoutMajor(path string) string {
	i := strings.LastIndexByte(path, '/')
	if last := path[i+1:]; i > 0 && len(last) > 1 && last[0] == 'v' && strings.Trim(last[1:], "0123456789") == "" {
		return path[:i]
	}
	return path
}

// pkgLevel reports whether obj is declared at the top of this file.
func (r *resolver) pkgLevel(obj *ast.Object) bool {
	return r.file.Scope != nil && r.file.Scope.Lookup(obj.Name) == obj
}

// qualified returns the import path and name of a selector on a package.
func (r *resolver) qualified(e ast.Expr) (path, name string) {
	if x, sel := qualifier(e); x != nil {
		return r.imports[x.Name], sel
	}
	return "", ""
}

// qualifier takes apart pkg.F, and pkg.F[T], where pkg is not proved local.
func qualifier(e ast.Expr) (x *ast.Ident, sel string) {
	switch ix := e.(type) {
	case *ast.IndexExpr:
		e = ix.X
	case *ast.IndexListExpr:
		e = ix.X
	}
	if s, ok := e.(*ast.SelectorExpr); ok {
		if x, ok := s.X.(*ast.Ident); ok && x.Obj == nil {
			return x, s.Sel.Name
		}
	}
	return nil, ""
}

// A ref is a variable with a path of fields selected from it.
type ref struct {
	obj  *ast.Object
	path string // "" or ".name.first"
}

func (r ref) name() string { return r.obj.Name + r.path }

// fields yields the fields in its path.
func (r ref) fields() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, name := range strings.Split(r.path, ".")[1:] {
			if r.path == "" || !yield(name) {
				return
			}
		}
	}
}

// refOf reads an expression x, x.f, x.f.g as a ref.
func (r *resolver) refOf(e ast.Expr) (ref, bool) {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if e.Obj != nil && e.Obj.Kind == ast.Var && !r.pkgLevel(e.Obj) {
			return ref{obj: e.Obj}, true
		}
	case *ast.SelectorExpr:
		if x, ok := r.refOf(e.X); ok {
			x.path += "." + e.Sel.Name
			return x, true
		}
	}
	return ref{}, false
}

// fieldPath returns the fields that the use of a variable selects, as far as
// they can be told from methods: what is called counts as one.
func (r *resolver) fieldPath(id *ast.Ident) string {
	var path string
	var n ast.Node = id
	for {
		sel, ok := r.parent[n].(*ast.SelectorExpr)
		if !ok || sel.X != n {
			return path
		}
		if call, ok := r.parent[sel].(*ast.CallExpr); ok && call.Fun == sel {
			return path
		}
		path += "." + sel.Sel.Name
		n = sel
	}
}

// definition returns the expression that a variable is defined by, where that
// is one expression for this variable alone, and the statement that holds it.
// A nil expression with a statement is a var without value.
func (r *resolver) definition(obj *ast.Object) (ast.Expr, ast.Node) {
	switch d := obj.Decl.(type) {
	case *ast.AssignStmt:
		if len(d.Lhs) != len(d.Rhs) {
			return nil, nil
		}
		for i, l := range d.Lhs {
			if id, ok := l.(*ast.Ident); ok && id.Obj == obj && id.Pos() == obj.Pos() {
				if u, ok := d.Rhs[i].(*ast.UnaryExpr); ok && u.Op == token.RANGE {
					return nil, nil
				}
				if _, ok := r.parent[d].(*ast.TypeSwitchStmt); ok {
					return nil, nil
				}
				return d.Rhs[i], d
			}
		}
	case *ast.ValueSpec:
		for i, name := range d.Names {
			if name.Obj != obj {
				continue
			}
			if len(d.Values) == 0 {
				return nil, d
			}
			if len(d.Values) == len(d.Names) {
				return d.Values[i], d
			}
		}
	}
	return nil, nil
}

// rangeOver returns the range statement that a variable is the key or value of.
func (r *resolver) rangeOver(obj *ast.Object) (stmt *ast.RangeStmt, value bool) {
	for _, id := range r.uses[obj] {
		if id.Pos() != obj.Pos() {
			continue
		}
		if s, ok := r.parent[id].(*ast.RangeStmt); ok && s.Tok == token.DEFINE {
			return s, s.Value == ast.Expr(id)
		}
	}
	return nil, false
}

// A use says what one mention of a variable does with it.
type use int

const (
	useRead  use = iota
	useWrite     // x = v, x++, x += v: and nothing of x goes anywhere
	useAlter     // part of it may be changed: &x, x.f = v, x[i] = v
	useAlias     // its whole value goes where it is not followed
	useCall      // x.M(): a method that may have a pointer receiver
)

func (r *resolver) useOf(id *ast.Ident) use {
	var n ast.Node = id
	selected := false
	for {
		switch p := r.parent[n].(type) {
		case *ast.ParenExpr:
		case *ast.SelectorExpr:
			if call, ok := r.parent[p].(*ast.CallExpr); ok && call.Fun == p {
				return useCall
			}
			selected = true
		case *ast.IndexExpr:
			if p.X != n {
				return useRead
			}
			selected = true
		case *ast.SliceExpr:
			if p.X != n {
				return useRead
			}
			if array, ok := r.under(r.typeOf(p.X)).Expr.(*ast.ArrayType); ok && array.Len != nil {
				return useAlter // as &x
			}
			return useAlias
		case *ast.StarExpr:
			selected = true
		case *ast.AssignStmt:
			return assignUse(p, n, selected)
		case *ast.IncDecStmt:
			return writeUse(selected)
		case *ast.RangeStmt:
			if p.Key == n || p.Value == n {
				return writeUse(selected)
			}
			return useRead
		case *ast.UnaryExpr:
			if p.Op == token.AND {
				return useAlter
			}
			return useRead
		case *ast.BinaryExpr, *ast.IfStmt, *ast.ForStmt, *ast.SwitchStmt, *ast.CaseClause:
			return useRead
		case *ast.CallExpr:
			if name, ok := p.Fun.(*ast.Ident); ok && name.Obj == nil && (name.Name == "len" || name.Name == "cap") {
				return useRead
			}
			return useAlias
		default:
			return useAlias
		}
		n = r.parent[n]
	}
}

func assignUse(s *ast.AssignStmt, n ast.Node, selected bool) use {
	for _, l := range s.Lhs {
		if l == n {
			return writeUse(selected)
		}
	}
	return useAlias
}

func writeUse(selected bool) use {
	if selected {
		return useAlter
	}
	return useWrite
}

// within reports whether a position lies in a node.
func within(pos token.Pos, n ast.Node) bool { return n.Pos() <= pos && pos < n.End() }
