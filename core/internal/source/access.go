package source

//lint:file-ignore SA1019 see resolve.go

import (
	"go/ast"
	"go/token"
	"strings"
)

// An access says what a declaration does with a name that is not bound in it, with
// one of its parameters, or with a part of either. Operands of arithmetic and
// comparisons, conditions and lengths change nothing and hand on nothing: they
// leave no access.
type access struct {
	mention
	param  int    // 0: the mention; 1: the receiver; 2 and up: a parameter
	path   string // the part that is used, as steps from there
	kind   accessKind
	late   bool // in a function literal or a go statement: not where the declaration is evaluated
	fresh  bool // of accessFill and accessWrite: the value is made of no local variable
	line   int
	callee mention // of accessArgument and accessAddress; of accessFill what arg says
	arg    int     // of accessArgument, accessAddress and accessFill
}

// The arg of an accessFill: how it is known that it is done once. A number from
// 2 up is the parameter that is the key of the map's element.
const (
	fillEmpty = 0  // it was found empty
	fillFlag  = -1 // callee was
	fillOnce  = -2 // callee is a sync.Once
)

type accessKind uint8

const (
	accessRead     accessKind = iota // the value is copied: assigned, returned, sent, captured
	accessRange                      // ranged over
	accessCall                       // called, as a function or a method
	accessArgument                   // handed to a function by name
	accessFormat                     // handed to a method of a testing handle, which prints it
	accessFill                       // assigned once by code that is given nothing; or a function that is called once
	accessAddress                    // its address is taken; and handed to callee, if that is known
	accessWrite                      // assigned, incremented, deleted from, sent to; anything unknown
)

// Steps of a path. A field or method is its name after a dot.
const (
	stepElem  = "[]"
	stepKey   = "[k]"
	stepStar  = "*"
	stepSlice = "[:]"
	stepCopy  = "=" // into a local variable
	stepRef   = "&" // its address, in a local variable
)

// stepEnds begin the step that follows a name.
const stepEnds = ".[*=&"

// A context is what is done with the value of an expression.
type context struct {
	kind    accessKind
	operand bool // it only looks
	path    string
	callee  mention
	arg     int
	keyed   bool // by the one parameter
}

var (
	operand = context{operand: true}
	value   = context{kind: accessRead}
	written = context{kind: accessWrite}
	content = context{kind: accessWrite, path: stepElem} // of what it holds, not of the variable
)

// through is the context of what an expression selects a part from.
func (c context) through(step string) context {
	c.path = step + c.path
	return c
}

// A folder finds the accesses of one declaration. It follows local variables that
// are defined as a part of something, and nothing else.
type folder struct {
	local  func(*ast.Ident) bool
	handle func(*ast.Object) bool
	line   func(token.Pos) int
	skip   func(*ast.FuncLit) bool // literals that are left out

	found []access
	known map[access]bool
	bound map[*ast.Object][]access // what a local variable is a part of
	late  int
	given bool                     // the code around is given something: receiver, parameter
	key   *ast.Object              // the one parameter that it is given
	once  []mention                // the calls of sync.Once around
	empty []access                 // parts that the conditions around found empty
	there map[*ast.Object][]access // parts that a local variable says to be there
	rhs   ast.Expr                 // what is being assigned
}

// function begins with what a function is given.
func (f *folder) function(d *ast.FuncDecl) {
	f.given = d.Recv != nil
	if d.Recv != nil {
		f.bindParams(d.Recv, 1)
	}
	f.bindParams(d.Type.Params, 2)
	given := 0
	for _, field := range d.Type.Params.List {
		for _, name := range field.Names {
			if name.Obj == nil || !f.handle(name.Obj) {
				given++
				f.key = name.Obj
			}
		}
	}
	if f.given || given != 1 {
		f.key = nil
	}
	f.given = f.given || given > 0
	if d.Body != nil {
		f.stmts(d.Body.List)
	}
}

func (f *folder) bindParams(list *ast.FieldList, n int) {
	for _, field := range list.List {
		for _, name := range field.Names {
			if name.Obj != nil {
				f.bind(name.Obj, access{param: n})
			}
			n++
		}
		if len(field.Names) == 0 {
			n++
		}
	}
}

func (f *folder) bind(obj *ast.Object, u access) {
	if f.bound == nil {
		f.bound = map[*ast.Object][]access{}
	}
	f.bound[obj] = append(f.bound[obj], u)
}

// roots returns what an identifier is, or is a part of.
func (f *folder) roots(id *ast.Ident) []access {
	if id.Name == "_" {
		return nil
	}
	if f.local(id) {
		return f.bound[id.Obj]
	}
	return []access{{mention: mention{sel: id.Name}}}
}

// at returns u with a path behind its own; the first field of a name may belong
// to a qualified name.
func (u access) at(path string) access {
	if u.path == "" && u.x == "" && u.param == 0 && strings.HasPrefix(path, ".") {
		end := strings.IndexAny(path[1:], stepEnds) + 1
		if end == 0 {
			end = len(path)
		}
		u.x, u.sel, path = u.sel, path[1:end], path[end:]
	}
	u.path += path
	return u
}

func (f *folder) ident(id *ast.Ident, c context) {
	if c.operand {
		return
	}
	for _, u := range f.roots(id) {
		u = u.at(c.path)
		u.kind, u.callee, u.arg, u.late = c.kind, c.callee, c.arg, f.late > 0
		switch {
		case u.kind == accessWrite:
			u.fresh = f.rhs != nil && f.isFresh(f.rhs)
			f.fills(&u, c.keyed)
		case u.kind == accessCall && u.path == "" && u.x == "":
			f.callsFill(&u)
		}
		u.line = 0
		if f.known[u] {
			continue
		}
		if f.known == nil {
			f.known = map[access]bool{}
		}
		f.known[u] = true
		u.line = f.line(id.Pos())
		f.found = append(f.found, u)
	}
}

func (f *folder) exprs(list []ast.Expr, c context) {
	for _, e := range list {
		f.expr(e, c)
	}
}

// expr folds over an expression whose value is used as c says.
func (f *folder) expr(e ast.Expr, c context) {
	switch e := e.(type) {
	case nil, *ast.BasicLit, *ast.ArrayType, *ast.MapType, *ast.ChanType, *ast.StructType, *ast.InterfaceType, *ast.FuncType:
	case *ast.Ident:
		f.ident(e, c)
	case *ast.ParenExpr:
		f.expr(e.X, c)
	case *ast.SelectorExpr:
		f.expr(e.X, c.through("."+e.Sel.Name))
	case *ast.IndexExpr:
		id, ok := e.Index.(*ast.Ident)
		c.keyed = ok && id.Obj != nil && id.Obj == f.key
		f.expr(e.X, c.through(stepElem))
		f.expr(e.Index, value)
	case *ast.IndexListExpr: // types
		f.expr(e.X, c)
	case *ast.StarExpr:
		f.expr(e.X, c.through(stepStar))
	case *ast.SliceExpr:
		f.expr(e.X, c.through(stepSlice))
		f.exprs([]ast.Expr{e.Low, e.High, e.Max}, operand)
	case *ast.BinaryExpr:
		f.expr(e.X, operand)
		f.expr(e.Y, operand)
	case *ast.UnaryExpr:
		f.unary(e, c)
	case *ast.TypeAssertExpr:
		f.expr(e.X, value)
	case *ast.KeyValueExpr:
		f.expr(e.Key, value)
		f.expr(e.Value, value)
	case *ast.CompositeLit:
		f.exprs(e.Elts, value)
	case *ast.FuncLit:
		f.literal(e)
	case *ast.CallExpr:
		if len(e.Args) == 1 && isListType(e.Fun) {
			f.expr(e.Args[0], c) // a conversion to it has the same elements
			return
		}
		f.call(e)
	default:
		f.unknown(e)
	}
}

// isListType reports whether an expression is a slice or map type without a name.
func isListType(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.ArrayType:
		return e.Len == nil
	case *ast.MapType:
		return true
	}
	return false
}

// unknown folds over a form that this code does not know: anything may happen.
func (f *folder) unknown(n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			f.ident(id, written)
		}
		return true
	})
}

func (f *folder) unary(e *ast.UnaryExpr, c context) {
	switch e.Op {
	case token.AND:
		if _, ok := ast.Unparen(e.X).(*ast.CompositeLit); ok {
			f.expr(e.X, value)
			return
		}
		f.expr(e.X, context{kind: accessAddress, callee: c.callee, arg: c.arg})
	case token.ARROW:
		f.expr(e.X, content)
	default:
		f.expr(e.X, operand)
	}
}

// literal folds over the body of a function literal, which may be run at any
// time.
func (f *folder) literal(e *ast.FuncLit) {
	if f.skip != nil && f.skip(e) {
		return
	}
	given, empty, key := f.given, f.empty, f.key
	f.empty = nil
	if e.Type.Params.NumFields() > 0 {
		f.given, f.key = true, nil
	}
	f.late++
	f.stmts(e.Body.List)
	f.late--
	f.given, f.empty, f.key = given, empty, key
}

func (f *folder) call(c *ast.CallExpr) {
	fun := ast.Unparen(c.Fun)
	if id, ok := fun.(*ast.Ident); ok && id.Obj == nil && f.builtin(id.Name, c) {
		return
	}
	f.expr(c.Fun, context{kind: accessCall})
	if once, ok := f.onceDo(c); ok {
		f.once = append(f.once, once)
		f.doneOnce(c.Args[0])
		f.once = f.once[:len(f.once)-1]
		return
	}
	callee, handle := f.callee(fun)
	for i, arg := range c.Args {
		switch {
		case handle:
			f.expr(arg, context{kind: accessFormat})
		case callee != mention{}:
			f.expr(arg, context{kind: accessArgument, callee: callee, arg: i})
		default:
			f.expr(arg, value)
		}
	}
}

// callee names a function that is called, if it has a name of the package or
// of an import, and says whether it is a method of a testing handle.
func (f *folder) callee(fun ast.Expr) (m mention, handle bool) {
	switch x := fun.(type) {
	case *ast.IndexExpr: // f[T]
		return f.callee(x.X)
	case *ast.IndexListExpr:
		return f.callee(x.X)
	case *ast.Ident:
		if !f.local(x) {
			return mention{sel: x.Name}, false
		}
	case *ast.SelectorExpr:
		if id, ok := x.X.(*ast.Ident); ok {
			if id.Obj != nil && f.handle(id.Obj) && formats.has(x.Sel.Name) {
				return mention{}, true
			}
			if !f.local(id) {
				return mention{id.Name, x.Sel.Name}, false
			}
		}
	}
	return mention{}, false
}

// formats are the methods of testing handles that print what they are given.
var formats = wordSet{text: "Log Logf Error Errorf Fatal Fatalf Skip Skipf"}

// builtin folds over a call of a builtin function or a conversion to a basic
// type, and reports whether it is one.
func (f *folder) builtin(name string, c *ast.CallExpr) bool {
	first, rest := ast.Expr(nil), []ast.Expr(nil)
	if len(c.Args) > 0 {
		first, rest = c.Args[0], c.Args[1:]
	}
	switch name {
	case "len":
		f.exprs(c.Args, operand)
	case "append":
		f.expr(first, content)
		if c.Ellipsis.IsValid() && len(rest) > 0 {
			f.expr(rest[len(rest)-1], value.through(stepElem))
			rest = rest[:len(rest)-1]
		}
		f.exprs(rest, value)
	case "copy":
		f.expr(first, content)
		for _, src := range rest { // another file may declare a copy of its own
			f.expr(src, context{kind: accessArgument, callee: mention{sel: name}, arg: 1})
		}
	case "delete", "clear", "close":
		f.expr(first, content)
		f.exprs(rest, value)
	case "new":
		f.exprs(c.Args, value)
	case "make":
		f.exprs(rest, operand)
	default:
		if !basicTypes.has(name) || !predeclared.has(name) {
			return false
		}
		f.exprs(c.Args, operand)
	}
	return true
}

// part returns what a plain expression, x.f.g, is a part of.
func (f *folder) part(e ast.Expr, path string) (list []access) {
	switch e := ast.Unparen(e).(type) {
	case *ast.SelectorExpr:
		return f.part(e.X, "."+e.Sel.Name+path)
	case *ast.IndexExpr:
		return f.part(e.X, stepElem+path)
	case *ast.StarExpr:
		return f.part(e.X, stepStar+path)
	case *ast.UnaryExpr:
		if e.Op == token.AND {
			return f.part(e.X, stepRef+path)
		}
	case *ast.Ident:
		for _, u := range f.roots(e) {
			list = append(list, u.at(path))
		}
	}
	return list
}

func (e *encoder) access(u *access) {
	e.uint(uint64(u.kind)<<2 | bit(u.late) | bit(u.fresh)<<1)
	e.str(u.x)
	e.str(u.sel)
	e.int(u.param)
	e.str(u.path)
	e.int(u.line)
	e.str(u.callee.x)
	e.str(u.callee.sel)
	e.int(u.arg + 2)
}

func (d *decoder) access() (u access) {
	bits := d.uint()
	u.kind, u.late, u.fresh = accessKind(bits>>2), bits&1 == 1, bits>>1&1 == 1
	u.x, u.sel, u.param, u.path, u.line = d.str(), d.str(), d.int(), d.str(), d.int()
	u.callee.x, u.callee.sel, u.arg = d.str(), d.str(), d.int()-2
	return u
}

// fold begins the accesses of the declaration that w walks.
func (w *walker) fold() *folder {
	return &folder{local: w.local, handle: w.isHandle, line: w.x.line, skip: w.x.without}
}

// used hands over what was found.
func (w *walker) used(f *folder) {
	w.acts.accesses = append(w.acts.accesses, f.found...)
}
