package source

//lint:file-ignore SA1019 see resolve.go

import (
	"go/ast"
	"go/token"
	"math/bits"
	"slices"
	"strings"
)

// What the value of an expression depends on: what callers say, and which
// variables it was made of, also by way of local ones.

// A local is what is known of a local variable while its declaration is walked.
type local struct {
	depends
	of     *walker // of the declaration that it is walked with
	param  int8    // the number of the parameter that it is, counted from 1
	partOf int8    // what it holds a part of: a parameter or the receiver; see owner
	handle int8    // whether it is a testing handle, once that was asked
	held   mention // the function or variable that it holds a result or element of
}

// partOfReceiver is what of a local says ofReceiver, as zero says nothing.
const partOfReceiver = 1

const (
	isHandle = iota + 1
	isNoHandle
)

// about returns what is known of a local variable. It is kept where the parser
// leaves room for it.
func (w *walker) about(obj *ast.Object) *local {
	if l, ok := obj.Data.(*local); ok && l.of == w {
		return l
	}
	l := &local{of: w}
	if obj.Data != packageLevel {
		obj.Data = l
	}
	return l
}

// packageLevel is the Data of objects that a file declares outside functions.
var packageLevel any = &local{}

// isHandle reports whether a variable is a parameter that its type says to be a
// testing handle.
func (w *walker) isHandle(obj *ast.Object) bool {
	if obj == nil {
		return false
	}
	l := w.about(obj)
	if l.handle == 0 {
		l.handle = isNoHandle
		if f, ok := obj.Decl.(*ast.Field); ok && f.Type != nil && w.x.names.isHandleType(f.Type) {
			l.handle = isHandle
		}
	}
	return l.handle == isHandle
}

// depends is what an expression depends on.
type depends struct {
	callers uint64   // each bit is a parameter; fromReceiver, fromElsewhere
	names   nameBits // variables of the package, or fields of the receiver
	first   nameBits // the first of them
}

const (
	fromReceiver  = 1 << 63
	fromElsewhere = 1 << 62 // from a parameter of a function literal
)

func (d *depends) add(o depends) {
	d.callers |= o.callers
	d.addName(o.names, o.first)
}

func (d *depends) addName(names, first nameBits) {
	d.names |= names
	if d.first == 0 {
		d.first = first
	}
}

// nameBits is a set of names that a declaration mentions: walker.named holds
// them.
type nameBits uint64

// otherNames stands for all that came too late for a bit of their own.
const (
	lateBit             = 63
	otherNames nameBits = 1 << lateBit
)

// nameBit returns the bit of a variable of the package, or of a field of the
// receiver.
func (w *walker) nameBit(name string, field bool) nameBits {
	n := namedBit{name, field}
	i := slices.Index(w.named, n)
	if i < 0 {
		if len(w.named) == lateBit {
			return otherNames
		}
		i = len(w.named)
		w.named = append(w.named, n)
	}
	return 1 << i
}

type namedBit struct {
	name  string
	field bool
}

// variables returns the names of a set that are no fields, with spaces between.
func (w *walker) variables(set nameBits) string {
	var names []string
	for i, n := range w.named {
		if set&(1<<i) != 0 && !n.field {
			names = append(names, n.name)
		}
	}
	return strings.Join(names, " ")
}

// What is wanted of dependsOn.
type wanted uint8

const (
	everything  wanted = iota
	callersOnly        // no names
	callersTold        // those that the value tells wholly, as far as names go; no names
)

// dependsOn returns what the value of an expression depends on.
func (w *walker) dependsOn(e ast.Expr, want wanted) (d depends) {
	switch e := e.(type) {
	case nil, *ast.BasicLit:
	case *ast.Ident:
		d.callers = w.callersOf(e)
		switch {
		case want != everything:
		case w.local(e):
			l := w.about(e.Obj)
			d.names, d.first = l.names, l.first
		default:
			if !predeclared.has(e.Name) {
				d.names = w.nameBit(e.Name, false)
				d.first = d.names
			}
		}
	case *ast.SelectorExpr:
		if x, ok := e.X.(*ast.Ident); ok {
			return w.dependsOnSelected(x, e.Sel, want)
		}
		d = w.dependsOn(e.X, want)
		if want == everything && !predeclared.has(e.Sel.Name) {
			name := w.nameBit(e.Sel.Name, false)
			d.addName(name, name)
		}
	case *ast.BinaryExpr:
		d = w.dependsOn(e.X, want)
		d.add(w.dependsOn(e.Y, want))
	case *ast.UnaryExpr:
		return w.dependsOn(e.X, want)
	case *ast.ParenExpr:
		return w.dependsOn(e.X, want)
	case *ast.StarExpr:
		return w.dependsOn(e.X, want)
	case *ast.IndexExpr:
		d = w.dependsOn(e.X, want)
		d.add(w.dependsOn(e.Index, want))
	case *ast.CallExpr:
		if id, ok := e.Fun.(*ast.Ident); ok && want == callersTold && (id.Name == "len" || id.Name == "cap") {
			return d
		}
		d = w.dependsOn(e.Fun, want)
		for _, arg := range e.Args {
			d.add(w.dependsOn(arg, want))
		}
	case *ast.CompositeLit:
		d = w.dependsOn(e.Type, want)
		for _, elt := range e.Elts {
			d.add(w.dependsOn(elt, want))
		}
	case *ast.KeyValueExpr:
		d = w.dependsOn(e.Key, want)
		d.add(w.dependsOn(e.Value, want))
	case *ast.TypeAssertExpr:
		d = w.dependsOn(e.X, want)
		d.add(w.dependsOn(e.Type, want))
	case *ast.StructType:
		return w.dependsOnFields(e.Fields, want)
	case *ast.InterfaceType:
		return w.dependsOnFields(e.Methods, want)
	case *ast.FuncLit:
		return w.dependsOnParts(e, max(want, callersOnly)) // what it mentions it need not look at
	default:
		return w.dependsOnParts(e, want)
	}
	return d
}

func (w *walker) dependsOnParts(e ast.Expr, want wanted) (d depends) {
	ast.Inspect(e, func(n ast.Node) bool {
		x, ok := n.(ast.Expr)
		if !ok || x == e {
			return true
		}
		d.add(w.dependsOn(x, want))
		return false
	})
	return d
}

// dependsOnFields leaves out the names of fields and methods, which are no
// mentions.
func (w *walker) dependsOnFields(list *ast.FieldList, want wanted) (d depends) {
	for _, f := range list.List {
		d.add(w.dependsOn(f.Type, want))
	}
	return d
}

func (w *walker) dependsOnSelected(x, sel *ast.Ident, want wanted) (d depends) {
	if want != callersTold { // the name of a field is none of a variable
		d.callers = w.callersOf(x)
	}
	if want != everything {
		return d
	}
	switch {
	case w.recv != nil && x.Obj == w.recv:
		d.names = w.nameBit(sel.Name, true)
	case !w.local(x) && !w.x.sure[x.Name]:
		d.names = w.nameBit(x.Name, false)
	}
	d.first = d.names
	if x.Obj != nil {
		l := w.about(x.Obj)
		d.addName(l.names, l.first)
	}
	return d
}

func (w *walker) callersOf(id *ast.Ident) uint64 {
	if id.Obj == nil || w.isHandle(id.Obj) {
		return 0
	}
	if w.recv != nil && id.Obj == w.recv {
		return fromReceiver
	}
	l := w.about(id.Obj)
	switch {
	case l.param > 0:
		return 1 << min(l.param-1, 61)
	case l.callers != 0:
		return l.callers
	}
	if f, ok := id.Obj.Decl.(*ast.Field); ok && f.Type != nil && w.local(id) {
		return fromElsewhere
	}
	return 0
}

// maxNames bounds what is known of a local variable; beyond it anything may be
// in it.
const maxNames = 16

// derive notes what a local variable is made of.
func (w *walker) derive(l ast.Expr, d depends) {
	id, ok := l.(*ast.Ident)
	if !ok || id.Obj == nil || !w.local(id) {
		return
	}
	v := w.about(id.Obj)
	v.callers |= d.callers
	if bits.OnesCount64(uint64(v.names|d.names)) > maxNames || d.names&otherNames != 0 {
		v.callers |= fromElsewhere
	} else {
		v.addName(d.names, d.first)
	}
}

// counted notes that a local variable is changed in place.
func (w *walker) counted(e ast.Expr) {
	if id, ok := e.(*ast.Ident); ok && id.Obj != nil && w.about(id.Obj).names != 0 {
		w.about(id.Obj).callers |= fromElsewhere
	}
}

// nameOf is the one of the names of an expression that stands for what is set.
func (w *walker) nameOf(e ast.Expr) nameBits {
	id, sel, _ := root(e)
	switch {
	case id == nil:
		return 0
	case w.recv != nil && id.Obj == w.recv:
		return w.nameBit(sel, true)
	case !w.local(id):
		return w.nameBit(id.Name, false)
	}
	return w.about(id.Obj).first
}

// tested notes what a condition looks at.
func (w *walker) tested(s *ast.IfStmt) nameBits {
	d := w.dependsOn(s.Cond, everything)
	if a, ok := s.Init.(*ast.AssignStmt); ok {
		for _, r := range a.Rhs {
			d.add(w.dependsOn(r, everything))
		}
	}
	names := d.names &^ otherNames
	w.guards |= names
	cond := ast.Unparen(s.Cond)
	if not, ok := cond.(*ast.UnaryExpr); ok && not.Op == token.NOT {
		cond = ast.Unparen(not.X)
	}
	if _, call := cond.(*ast.CallExpr); !call && w.nameOf(cond) != 0 {
		w.flag = true
	}
	return names
}

// guarded reports whether a condition has looked at what an expression is a
// part of.
func (w *walker) guarded(e ast.Expr) bool {
	return w.once > 0 || w.flag || w.guards != 0 && w.guards&w.nameOf(e) != 0
}

// fills reports whether l = r gives l what it would have been given whoever came
// first: l was looked at, and r depends on nothing that a caller says; or l is
// an element and r depends on its key alone.
func (w *walker) fills(l, r ast.Expr) bool {
	if r == nil || isZero(r) || !w.guarded(l) {
		return false
	}
	name := w.nameOf(l)
	d := w.dependsOn(r, everything)
	if id, _, _ := root(l); id != nil && w.recv != nil && id.Obj == w.recv || w.isField(name) {
		d.callers &^= fromReceiver
	}
	if ix, ok := ast.Unparen(l).(*ast.IndexExpr); ok {
		d.callers &^= w.dependsOn(ix.Index, callersTold).callers
	}
	_, alone := ast.Unparen(r).(*ast.Ident)
	if !alone && w.once == 0 && d.names&(name|otherNames) != 0 {
		return false
	}
	return d.callers == 0
}

// isField reports whether a bit is that of a field of the receiver.
func (w *walker) isField(name nameBits) bool {
	return name != 0 && name != otherNames && w.named[bits.TrailingZeros64(uint64(name))].field
}

// isZero reports whether an expression empties what it is assigned to.
func isZero(e ast.Expr) bool {
	id, ok := ast.Unparen(e).(*ast.Ident)
	return ok && (id.Name == "nil" || id.Name == "false")
}

// fixed reports whether no caller says what a call is given.
func (w *walker) fixed(args []ast.Expr, unless ast.Expr) bool {
	for _, arg := range args {
		if arg != unless && w.dependsOn(arg, callersOnly).callers != 0 {
			return false
		}
	}
	return true
}
