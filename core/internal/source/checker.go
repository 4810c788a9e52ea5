package source

//lint:file-ignore SA1019 see resolve.go

import (
	"go/ast"
	"go/token"
	"path/filepath"
	"slices"
	"sort"
	"strings"
)

// A checker collects what the literals of a fixture capture.
type checker struct {
	*resolver
	lits  []*ast.FuncLit  // fn, and literals that its variables hold
	fns   []*ast.FuncType // fn's own; several where they begin in one line
	cover *coverage

	values     []Capture
	determined map[ast.Node]bool
	typed      map[*ast.Object]bool // memory of includeType
	enclosing  bool
	typeArgs   bool
	sets       []Capture
	state      map[*ast.Object]int // memory of free: 1 in work, 2 free, 3 not
	at         ast.Node            // the definition that is looked at; nil for what is read when the call is made
}

// scan lists the captures of one literal.
func (c *checker) scan(lit *ast.FuncLit) {
	ast.Inspect(lit, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || id.Obj == nil || c.pkgLevel(id.Obj) || within(id.Obj.Pos(), lit) || c.isFieldKey(id) {
			return true
		}
		if sel, ok := c.parent[id].(*ast.SelectorExpr); ok && sel.Sel == id {
			return true
		}
		c.captured(id)
		return true
	})
}

func (c *checker) captured(id *ast.Ident) {
	obj := id.Obj
	switch obj.Kind {
	case ast.Con:
		if n, ok := obj.Decl.(ast.Node); ok {
			c.include(c.groupOf(n))
		}
	case ast.Typ:
		c.capturedType(id)
	case ast.Var:
		switch {
		case c.isHandle(obj):
			c.told(id)
		case c.writtenOnly(obj):
			c.set(id)
		case c.free(obj):
		case c.freeField(id):
		default:
			c.add(ref{obj, c.fieldPath(id)}, id)
		}
	}
}

// groupOf returns what must be kept of a constant: with iota or implicit
// values its whole group.
func (c *checker) groupOf(n ast.Node) ast.Node {
	if g, ok := c.parent[n].(*ast.GenDecl); ok {
		return g
	}
	return n
}

// capturedType handles a local type, which is source, and a type parameter,
// which is not.
func (c *checker) capturedType(id *ast.Ident) {
	if isTypeParam(id.Obj) {
		c.typeParameter(id)
	} else if n, ok := id.Obj.Decl.(ast.Node); ok {
		c.include(n)
	}
}

// isTypeParam reports whether a name is a type parameter, of a function or of
// a receiver's type.
func isTypeParam(obj *ast.Object) bool {
	switch obj.Decl.(type) {
	case *ast.Field, *ast.Ident:
		return obj.Kind == ast.Typ
	}
	return false
}

// typeParameter adds a type parameter as a value of its own. The fixture's type
// tells it, and which methods it has, if fn's results mention it; otherwise only
// the running test names those.
func (c *checker) typeParameter(id *ast.Ident) {
	told := len(c.fns) > 0
	for _, fn := range c.fns {
		told = told && fn.Results != nil && mentions(fn.Results, id.Obj)
	}
	c.enclosing = true
	c.typeArgs = c.typeArgs || told
	c.values = append(c.values, Capture{
		Name: id.Name, File: filepath.Base(c.path), Line: c.line(id.Pos()),
		Covered: told || c.cover.covers(ref{obj: id.Obj}), Code: !told, Type: true,
	})
}

// typeArguments handles a generic function given as fn.
func (c *checker) typeArguments(d *ast.FuncDecl) {
	c.fns = append(c.fns, d.Type)
	if d.Type.TypeParams == nil {
		return
	}
	for _, f := range d.Type.TypeParams.List {
		for _, name := range f.Names {
			if name.Obj != nil {
				c.typeParameter(name)
			}
		}
	}
}

func mentions(n ast.Node, obj *ast.Object) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && id.Obj == obj {
			found = true
		}
		return !found
	})
	return found
}

// isTold reports whether a name is one of the methods and fields of a testing
// handle whose answers differ from run to run or test to test. The context says nothing but "stop", and a
// temporary directory is new and empty wherever it lies.
func isTold(name string) bool {
	switch name {
	case "Name", "Deadline", "Failed", "Skipped", "N", "Elapsed", "ArtifactDir":
		return true
	}
	return false
}

func (c *checker) told(id *ast.Ident) {
	sel, ok := c.parent[id].(*ast.SelectorExpr)
	if !ok || sel.X != ast.Expr(id) || !isTold(sel.Sel.Name) {
		return
	}
	r := ref{id.Obj, "." + sel.Sel.Name}
	if sel.Sel.Name != "N" {
		r.path += "()"
	}
	c.values = append(c.values, Capture{Name: r.name(), File: filepath.Base(c.path), Line: c.line(id.Pos()), Covered: c.cover.covers(r)})
}

func (c *checker) add(r ref, id *ast.Ident) {
	c.enclosing = true
	_, isFunc := c.staticType(r).(*ast.FuncType)
	c.values = append(c.values, Capture{
		Name:    r.name(),
		File:    filepath.Base(c.path),
		Line:    c.line(id.Pos()),
		Covered: c.cover.covers(c.origin(r)) || c.cover.covers(r),
		Code:    c.mayHoldCode(r),
		Func:    isFunc,
	})
}

// include makes n part of fn's code, with the constants and types around it
// that it mentions, and those that these mention in turn.
func (c *checker) include(n ast.Node) {
	if c.determined[n] {
		return
	}
	if c.determined == nil {
		c.determined = map[ast.Node]bool{}
	}
	c.determined[n] = true
	ast.Inspect(n, func(m ast.Node) bool {
		if id, ok := m.(*ast.Ident); ok && id.Obj != nil && !c.pkgLevel(id.Obj) && !within(id.Obj.Pos(), n) && !c.isFieldKey(id) {
			c.includeMentioned(id)
		}
		return true
	})
}

// includeMentioned includes what an identifier of included source stands for.
// The value of a variable is the affair of determine; in a constant or a type a
// variable stands for its type, as in len(array).
func (c *checker) includeMentioned(id *ast.Ident) {
	d, isNode := id.Obj.Decl.(ast.Node)
	switch {
	case id.Obj.Kind == ast.Typ:
		c.capturedType(id)
	case !isNode:
	case id.Obj.Kind == ast.Con:
		c.include(c.groupOf(d))
	case id.Obj.Kind == ast.Var && c.asType(id):
		c.includeType(id.Obj)
	}
}

// asType reports whether an identifier stands in the value of a constant or in
// a type.
func (c *checker) asType(id *ast.Ident) bool {
	for n, child := c.parent[ast.Node(id)], ast.Node(id); n != nil; n, child = c.parent[n], n {
		switch n := n.(type) {
		case *ast.ArrayType:
			return n.Len == child
		case *ast.GenDecl:
			return n.Tok != token.VAR
		case ast.Stmt, *ast.FuncLit:
			return false
		}
	}
	return false
}

// includeType includes what gives a variable its type, and what gives theirs to
// the variables in that: b of b := a, for len(b). Where it is not one piece of
// source, the declaration around fn counts.
func (c *checker) includeType(obj *ast.Object) {
	if c.typed[obj] {
		return
	}
	if c.typed == nil {
		c.typed = map[*ast.Object]bool{}
	}
	c.typed[obj] = true
	n := c.typeFrom(obj)
	if n == nil {
		c.enclosing = true
		return
	}
	c.include(n)
	ast.Inspect(n, func(m ast.Node) bool {
		if id, ok := m.(*ast.Ident); ok && id.Obj != nil && id.Obj.Kind == ast.Var && !c.pkgLevel(id.Obj) {
			c.includeType(id.Obj)
		}
		return true
	})
}

// typeFrom returns the source that a variable has its type from, nil if that is
// not one node.
func (c *checker) typeFrom(obj *ast.Object) ast.Node {
	if stmt, _ := c.rangeOver(obj); stmt != nil {
		return stmt.X
	}
	switch d := obj.Decl.(type) {
	case *ast.Field:
		return d.Type
	case *ast.ValueSpec:
		return d
	case *ast.AssignStmt:
		switch c.parent[d].(type) {
		case *ast.TypeSwitchStmt, nil: // each clause has a type of its own
			return nil
		}
		return d
	}
	return nil
}

// writtenOnly reports whether the literals only assign to a variable, so that
// nothing of it goes into what they return.
func (c *checker) writtenOnly(obj *ast.Object) bool {
	for _, id := range c.uses[obj] {
		if c.inside(id) && c.useOf(id) != useWrite {
			return false
		}
	}
	return true
}

// set notes a variable that fn sets for those who read it after the call: on a
// hit it stays as it was. What is counted or set to true tells that fn was run.
func (c *checker) set(id *ast.Ident) {
	s, ok := c.parent[id].(*ast.AssignStmt)
	i := -1
	if ok && s.Tok == token.ASSIGN {
		i = slices.Index(s.Lhs, ast.Expr(id))
	}
	if i < 0 || len(s.Rhs) == len(s.Lhs) && isTruth(s.Rhs[i]) {
		return
	}
	if slices.ContainsFunc(c.uses[id.Obj], func(o *ast.Ident) bool { return o.Pos() > id.Pos() && !c.inside(o) && c.useOf(o) != useWrite }) {
		c.sets = append(c.sets, Capture{Name: id.Name, File: filepath.Base(c.path), Line: c.line(id.Pos())})
	}
}

func isTruth(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return ok && (id.Name == "true" || id.Name == "false")
}

func (c *checker) inside(id *ast.Ident) bool {
	return slices.ContainsFunc(c.lits, func(l *ast.FuncLit) bool { return within(id.Pos(), l) })
}

// isHandle reports whether a variable is a testing handle: declared as one, or
// set once from one.
func (r *resolver) isHandle(obj *ast.Object) bool {
	switch d := obj.Decl.(type) {
	case *ast.Field:
		return r.isHandleType(d.Type)
	case *ast.ValueSpec:
		if d.Type != nil {
			return r.isHandleType(d.Type)
		}
	}
	def, _ := r.definition(obj)
	if id, ok := def.(*ast.Ident); ok && id.Obj != nil && id.Obj != obj && id.Obj.Kind == ast.Var && id.Obj.Pos() < obj.Pos() {
		return r.isHandle(id.Obj)
	}
	return false
}

// isHandleExpr reports whether an expression is such a variable.
func (r *resolver) isHandleExpr(e ast.Expr) bool {
	id, ok := ast.Unparen(e).(*ast.Ident)
	return ok && id.Obj != nil && id.Obj.Kind == ast.Var && r.isHandle(id.Obj)
}

func (r *resolver) isHandleType(e ast.Expr) bool {
	if star, ok := e.(*ast.StarExpr); ok {
		path, name := r.qualified(star.X)
		return path == "testing" && (name == "T" || name == "B" || name == "F")
	}
	if id, ok := e.(*ast.Ident); ok && id.Name == "TB" {
		return r.file.Name.Name == "cachetest" || slices.ContainsFunc(r.dots, isOurs)
	}
	path, name := r.qualified(e)
	return name == "TB" && (path == "testing" || isOurs(path))
}

// isOurs reports whether an import path is that of the package with the API.
func isOurs(path string) bool { return strings.HasSuffix(path, "fixturecache/cachetest") }

// structOf returns the struct type that a type expression stands for, where
// this file declares it.
func (r *resolver) structOf(e ast.Expr) (*ast.StructType, bool) {
	switch e := e.(type) {
	case *ast.StructType:
		return e, true
	case *ast.StarExpr:
		return r.structOf(e.X)
	case *ast.Ident:
		if e.Obj != nil {
			if spec, ok := e.Obj.Decl.(*ast.TypeSpec); ok {
				return r.structOf(spec.Type)
			}
		}
	}
	return nil, false
}

// result puts the values in order, one for each name, leaves out fields of
// what is listed whole, and flattens what determines the others.
func (c *checker) result() Captured {
	out := Captured{Enclosing: c.enclosing, TypeArgs: c.typeArgs, Sets: c.sets}
	sort.SliceStable(c.values, func(i, j int) bool { return c.values[i].Line < c.values[j].Line })
	for _, v := range c.values {
		if i := slices.IndexFunc(out.Values, func(o Capture) bool { return inSelection(v.Name, o.Name) && o.Covered == v.Covered }); i >= 0 {
			out.Values[i].Code = out.Values[i].Code || v.Code
			continue
		}
		out.Values = append(out.Values, v)
	}
	for n := range c.determined {
		out.Determined = append(out.Determined, [2]int{c.offset(n.Pos()), c.offset(n.End())})
	}
	sort.Slice(out.Determined, func(i, j int) bool {
		a, b := out.Determined[i], out.Determined[j]
		return a[0] < b[0] || a[0] == b[0] && a[1] < b[1]
	})
	return out
}
