package capture

import (
	"go/ast"
	"go/token"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/scope"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
	"github.com/fixturecache/fixturecache/core/internal/code/types"
)

// A judge finds what one function captures.
type judge struct {
	*types.File
	q          Query
	fn         *ast.FuncLit  // the function; nil if it is none, or one of several
	call       *ast.CallExpr // the call that it is handed to, nil if it may be one of several
	site       *judge        // the judge of the call's file, if that is another; else this one
	othersRun  bool          // the arguments of the call run code that is not known
	toldValues []toldValue   // the values that the call tells

	types     []*ast.FuncType // the types of the functions that it may be
	constants map[*scope.Def]bool
	uses      map[ast.Decl]map[*scope.Def][]facts.Use
	nodes     map[ast.Node]bool // the nodes that are part of the code; false where one only gives a type
	told      map[ast.Node]bool // see Result.Told

	found Result // as far as it is found before result
}

func newJudge(q Query, f *types.File) *judge {
	j := &judge{File: f, q: q, constants: map[*scope.Def]bool{}, uses: map[ast.Decl]map[*scope.Def][]facts.Use{}, nodes: map[ast.Node]bool{}, told: map[ast.Node]bool{}}
	j.site = j
	return j
}

// bring makes a node part of the code, and looks at what it uses. Constants and
// types use no more of a variable than its type, as in len(array).
func (j *judge) bring(n ast.Node, typeOnly bool) {
	if whole, ok := j.nodes[n]; ok && (whole || typeOnly) {
		return
	}
	j.nodes[n] = !typeOnly
	for m := range ast.Preorder(n) {
		id, _ := m.(*ast.Ident)
		if d := scope.Of(id); d != nil && d.Ident != id && !within(d.Ident.Pos(), n) && !j.IsFieldKey(id) {
			j.use(d, id, typeOnly)
		}
	}
}

// use looks at a mention of a name that is defined around the code.
func (j *judge) use(d *scope.Def, id *ast.Ident, typeOnly bool) {
	switch {
	case d.Kind == scope.TypeParam:
		j.typeParameter(d, id)
	case d.Kind != scope.Var || typeOnly:
		j.define(d, true)
	case j.IsHandle(id): // facts tell where a parameter goes
		_, isParam := d.Node.(*ast.Field)
		j.found.UsesName = j.found.UsesName || !isParam
	case !j.anyUse(d, func(u facts.Use) bool { return j.inCode(u.At) && !isWrite(u) }): // nothing of it goes into the result
		j.set(d, id)
	case !j.optionTells(ref{d, j.fieldPath(id)}) && j.variable(d): // the definition of a told value tells no more
		j.define(d, false)
	default:
		j.add(ref{d, j.fieldPath(id)}, id)
	}
}

// define makes the definition of a name part of the code: of a variable its name and its
// value, and of constants the whole group, for iota.
func (j *judge) define(d *scope.Def, typeOnly bool) {
	if d.Kind == scope.Const {
		j.bring(j.Parent(d.Node), true)
		return
	}
	j.nodes[d.Ident] = true // the name of the value
	from := d.Node
	value, _ := j.Definition(d)
	switch n := d.Node.(type) {
	case *ast.RangeStmt:
		from = n.X
	case *ast.Field:
		from = n.Type
	case *ast.ValueSpec:
		if n.Type != nil && value != nil {
			j.bring(n.Type, typeOnly)
		}
	}
	if value != nil {
		from = value
	}
	j.bring(from, typeOnly)
}

// typeParameter adds a type parameter as a value. The type of the result tells
// it, and which methods it has, if all results mention it; so does the type of Call's
// argument, unless that may be an interface, of which the value has another.
func (j *judge) typeParameter(d *scope.Def, id *ast.Ident) {
	v := Value{Name: d.Ident.Name, Runs: true, remedy: j.remedyFor(ref{def: d}, &types.Traits{})}
	v.Told = !slices.ContainsFunc(j.types, func(t *ast.FuncType) bool {
		if t.Results == nil {
			return true
		}
		fields := t.Results.List
		if len(t.Params.List) == 1 && j.q.Callee == "Call" {
			switch t.Params.List[0].Type.(type) {
			case *ast.ArrayType, *ast.MapType, *ast.StarExpr:
				fields = slices.Concat(fields, t.Params.List)
			}
		}
		return !slices.ContainsFunc(fields, func(f *ast.Field) bool { return j.Carries(f.Type, d) })
	})
	j.found.TypeArgs = j.found.TypeArgs || v.Told
	v.Told = v.Told || j.tells(ref{def: d})
	j.append(v, id)
}

// add adds a variable, or a part of it, as a value.
func (j *judge) add(r ref, id *ast.Ident) {
	t, _ := j.typeOf(r)
	v, has := Value{Name: r.name(), Told: j.tells(r)}, t.Traits()
	j.found.Types = append(j.found.Types, has.Names...)
	switch {
	case v.Told && has.Unknown:
		j.nodes[r.def.Ident] = true // the code may be another for an interface than for what it holds
	case !v.Told:
		v.Code, v.remedy = has.Unknown || has.Never != "", j.remedyFor(r, has)
	}
	j.append(v, id)
}

func (j *judge) append(v Value, id *ast.Ident) {
	v.File, v.Line = j.Name(), j.Line(id.Pos())
	j.found.Values = append(j.found.Values, v)
}

// fieldPath returns the fields that a mention of a variable selects, as far as
// they can be told from methods: what is called counts as one.
func (j *judge) fieldPath(id *ast.Ident) string {
	var path string
	var n ast.Node = id
	for {
		sel, ok := j.Parent(n).(*ast.SelectorExpr)
		if !ok || sel.X != n {
			return path
		}
		if call, ok := j.Parent(sel).(*ast.CallExpr); ok && call.Fun == ast.Expr(sel) && !j.IsField(sel) {
			return path
		}
		path += "." + sel.Sel.Name
		n = sel
	}
}

// inCode reports whether an identifier stands in the code.
func (j *judge) inCode(id *ast.Ident) bool {
	for n := range j.nodes {
		if within(id.Pos(), n) {
			return true
		}
	}
	return false
}

// set notes a variable that the function sets and that is read after the call: a hit leaves
// it as it was. One that is set to true only tells that the function ran.
func (j *judge) set(d *scope.Def, id *ast.Ident) {
	if s, ok := j.Parent(id).(*ast.AssignStmt); ok {
		i := slices.Index(s.Lhs, ast.Expr(id))
		if i < 0 || len(s.Rhs) == len(s.Lhs) && (syntax.IsName(s.Rhs[i], "true") || syntax.IsName(s.Rhs[i], "false")) {
			return
		}
	}
	if j.anyUse(d, func(u facts.Use) bool { return u.At.Pos() > id.Pos() && !j.inCode(u.At) && !isWrite(u) }) {
		j.found.Sets = append(j.found.Sets, Value{Name: id.Name, File: j.Name(), Line: j.Line(id.Pos())})
	}
}

// within reports whether a position lies in a node.
func within(pos token.Pos, n ast.Node) bool { return n.Pos() <= pos && pos < n.End() }
