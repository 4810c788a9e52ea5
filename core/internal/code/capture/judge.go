package capture

import (
	"go/ast"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
)

// A judge finds what one function captures.
type judge struct {
	env
	file *File
	fn   *ast.FuncLit // nil if it is no literal, or one of several
	call *ast.CallExpr
	site *site

	othersRun bool // the arguments of the call run code that is not known

	types  []*ast.FuncType // of the functions that it may be
	lits   []ast.Node      // what is walked: the function and the definitions of what it uses
	grades map[*scope.Def]grade
	nodes  map[ast.Node]bool // what is part of the code; false where only its type matters

	typeOnly bool // what is walked only serves to give a type

	values   []Value
	sets     []Value
	asksName bool
	typeArgs bool
	dashed   []string
}

func newJudge(pkg Package, f *File) *judge {
	j := &judge{env: env{pkg}, file: f, grades: map[*scope.Def]grade{}, nodes: map[ast.Node]bool{}}
	j.site = &site{judge: j}
	return j
}

// readSite reads what the call tells: of several in a line the one that holds
// the function, or else what all of them tell.
func (j *judge) readSite(q Query, calls []*ast.CallExpr) {
	at := j
	if q.Site != q.File {
		at = newJudge(q.Around, q.Site) // its variables are others
	}
	if holding := slices.DeleteFunc(slices.Clone(calls), func(c *ast.CallExpr) bool {
		return at != j || j.fn == nil || !within(j.fn.Pos(), c)
	}); len(holding) > 0 {
		calls = holding[len(holding)-1:] // the innermost comes last
	}
	if len(calls) == 1 {
		at.call, at.othersRun = calls[0], at.runsOthers(calls[0])
	} else {
		at.othersRun = true
	}
	for i, call := range calls {
		s := at.tellings(call, q.Callee)
		if i > 0 {
			s = j.site.common(s)
		}
		j.site = s
		at.site = s
	}
}

// bring makes a node part of the code, and looks at what it uses.
func (j *judge) bring(n ast.Node) {
	if whole, ok := j.nodes[n]; ok && (whole || j.typeOnly) {
		return
	}
	j.nodes[n] = !j.typeOnly
	j.lits = append(j.lits, n)
	ast.Inspect(n, func(m ast.Node) bool {
		id, ok := m.(*ast.Ident)
		if !ok {
			return true
		}
		if d := scope.Of(id); d != nil && d.Ident != id && !within(d.Ident.Pos(), n) && !j.isFieldKey(j.file, id) {
			j.use(d, id)
		}
		return true
	})
}

// use looks at a mention of something that is defined around the code.
func (j *judge) use(d *scope.Def, id *ast.Ident) {
	switch d.Kind {
	case scope.Const, scope.Type:
		j.define(d)
	case scope.TypeParam:
		j.typeParameter(d, id)
	case scope.Var:
		j.variableUse(d, id)
	}
}

func (j *judge) variableUse(d *scope.Def, id *ast.Ident) {
	switch {
	case j.typeOnly:
		j.define(d)
	case j.inType(id):
		j.typeOnly = true
		j.define(d)
		j.typeOnly = false
	case j.isHandle(j.file, id):
		j.ask(id)
	case j.onlySet(d):
		j.set(d, id)
	case j.setFirst(d):
		j.set(d, id)
		j.typeOnly = true
		j.define(d)
		j.typeOnly = false
	case j.variable(d) != runtime:
		if value, bound := definition(j.file, d); !bound || value == nil || j.value(value) != runtime {
			j.define(d)
		} else { // another name of what is told
			j.use(j.refs(value).def, id)
		}
	default:
		j.add(ref{d, j.fieldPath(id)}, id)
	}
}

func (j *judge) refs(e ast.Expr) ref {
	r, _ := j.refOf(j.file, e)
	return r
}

// inType reports whether a mention of a variable only serves to give a constant
// or a type, as in len(array): then the type of the variable counts, and not
// its value.
func (j *judge) inType(id *ast.Ident) bool {
	for n := j.file.Parent(id); n != nil; n = j.file.Parent(n) {
		switch n := n.(type) {
		case *ast.TypeSpec:
			return true
		case *ast.GenDecl:
			return n.Tok.String() == "const"
		case *ast.ArrayType:
			return n.Len != nil && within(id.Pos(), n.Len)
		case *ast.FuncLit, ast.Stmt:
			return false
		}
	}
	return false
}

// define makes the definition of a name part of the code.
func (j *judge) define(d *scope.Def) {
	for _, n := range j.definitionNodes(d) {
		if n == ast.Node(d.Ident) {
			j.nodes[n] = true // what the rest is bound to
		} else {
			j.bring(n)
		}
	}
}

// definitionNodes returns what must be kept of a definition: the name and what
// it is defined by, and of constants the whole group, for iota.
func (j *judge) definitionNodes(d *scope.Def) []ast.Node {
	name := ast.Node(d.Ident)
	switch n := d.Node.(type) {
	case *ast.ValueSpec:
		if d.Kind == scope.Const {
			return []ast.Node{j.file.Parent(n)}
		}
		nodes := []ast.Node{name}
		if n.Type != nil {
			nodes = append(nodes, n.Type)
		}
		if value, _ := definition(j.file, d); value != nil {
			return append(nodes, value)
		}
		for _, value := range n.Values {
			nodes = append(nodes, value)
		}
		return nodes
	case *ast.AssignStmt:
		if value, _ := definition(j.file, d); value != nil {
			return []ast.Node{name, value}
		}
		return []ast.Node{n}
	case *ast.RangeStmt:
		return []ast.Node{name, n.X}
	case *ast.Field:
		return []ast.Node{name, n.Type}
	}
	return []ast.Node{d.Node}
}

// typeParameter adds a type parameter as a value. The type of the result tells
// it, and which methods it has, if all results mention it.
func (j *judge) typeParameter(d *scope.Def, id *ast.Ident) {
	inResult := len(j.types) > 0
	for _, t := range j.types {
		inResult = inResult && t.Results != nil && j.mentions(t.Results, d)
	}
	j.typeArgs = j.typeArgs || inResult
	j.append(Value{Name: d.Ident.Name, Type: true, Code: true, Told: inResult || j.tells(ref{def: d}), remedy: j.remedyFor(d, typ{})}, id)
}

// typeArguments handles a generic function that is handed over by its name.
func (j *judge) typeArguments(d *ast.FuncDecl) {
	if d.Type.TypeParams == nil {
		return
	}
	for _, f := range d.Type.TypeParams.List {
		for _, name := range f.Names {
			if def := scope.Of(name); def != nil {
				j.typeParameter(def, name)
			}
		}
	}
}

func (j *judge) mentions(n ast.Node, d *scope.Def) (found bool) {
	ast.Inspect(n, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		found = found || ok && scope.Of(id) == d
		return !found
	})
	return found
}

// ask notes a question to a testing handle. The name of the test is an input of
// its own; nothing tells the other answers.
func (j *judge) ask(id *ast.Ident) {
	switch what := asks(j.file, id); what {
	case "":
	case "Name()":
		j.asksName = true
	default:
		j.append(Value{Name: id.Name + "." + what, remedy: remedy{kind: answer}}, id)
	}
}

func asksName(f *File, lit ast.Node) (found bool) {
	ast.Inspect(lit, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		found = found || ok && asks(f, id) == "Name()"
		return !found
	})
	return found
}

func (j *judge) add(r ref, id *ast.Ident) {
	t := j.typeOfName(j.file, id, 0)
	for _, name := range strings.Split(r.path, ".")[1:] {
		t, _ = j.field(t, name)
	}
	v := Value{Name: r.name(), Told: j.tells(r), Code: !j.holdsNoCode(t, 0), remedy: j.remedyFor(r.def, t)}
	if (v.remedy.kind == unknownValue || v.remedy.kind == neverHashed || v.remedy.kind == uncopied) && j.setInside(r.def) {
		v.remedy.kind = setInside
	}
	j.append(v, id)
}

func (j *judge) append(v Value, id *ast.Ident) {
	v.File, v.Line = j.file.Name, j.file.Line(id.Pos())
	v.Ignored = v.isIgnored(j.site.ignored)
	j.values = append(j.values, v)
}

// fieldPath returns the fields that a mention of a variable selects, as far as
// they can be told from methods: what is called counts as one.
func (j *judge) fieldPath(id *ast.Ident) string {
	var path string
	var n ast.Node = id
	for {
		sel, ok := j.file.Parent(n).(*ast.SelectorExpr)
		if !ok || sel.X != n {
			return path
		}
		if call, ok := j.file.Parent(sel).(*ast.CallExpr); ok && call.Fun == ast.Expr(sel) && !j.isField(sel) {
			return path
		}
		path += "." + sel.Sel.Name
		n = sel
	}
}

// onlySet reports whether the code only assigns to a variable, so that nothing
// of it goes into the result.
func (j *judge) onlySet(d *scope.Def) bool {
	return !slices.ContainsFunc(j.file.Uses(d), func(id *ast.Ident) bool { return j.inCode(id) && j.useOf(id) != writes })
}

func (j *judge) inCode(id *ast.Ident) bool {
	return slices.ContainsFunc(j.lits, func(n ast.Node) bool { return within(id.Pos(), n) })
}

// set notes a variable that the function sets for those who read it after the
// call: a hit leaves it as it was. What is counted or set to true only tells
// that the function ran.
func (j *judge) set(d *scope.Def, id *ast.Ident) {
	s, ok := j.file.Parent(id).(*ast.AssignStmt)
	if !ok || s.Tok.String() != "=" {
		return
	}
	i := slices.Index(s.Lhs, ast.Expr(id))
	if i < 0 || len(s.Rhs) == len(s.Lhs) && (isName(s.Rhs[i], "true") || isName(s.Rhs[i], "false")) {
		return
	}
	if slices.ContainsFunc(j.file.Uses(d), func(o *ast.Ident) bool { return o.Pos() > id.Pos() && !j.inCode(o) && j.useOf(o) != writes }) {
		j.sets = append(j.sets, Value{Name: id.Name, File: j.file.Name, Line: j.file.Line(id.Pos())})
	}
}
