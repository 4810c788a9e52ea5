package source

//lint:file-ignore SA1019 see resolve.go

import (
	"go/ast"
	"slices"
	"strings"
)

// What a function returns may lead into a package variable: Get().Rows = 5
// changes what another Get() gives. Facts say what a function's results may be
// a part of (declFact.returns), and what callers do to results and to elements
// of variables, also by way of a local variable that holds one: far writes.

// callOf returns the function whose result an expression is a part of:
// conf.Get of conf.Get().Rows[i].
func callOf(e ast.Expr) (fun *ast.Ident, sel string, part bool) {
	for {
		switch x := e.(type) {
		case *ast.ParenExpr:
			e = x.X
		case *ast.IndexExpr:
			e, part = x.X, true
		case *ast.SliceExpr:
			e, part = x.X, true
		case *ast.StarExpr:
			e, part = x.X, true
		case *ast.TypeAssertExpr:
			e = x.X
		case *ast.SelectorExpr:
			e, part = x.X, true
		case *ast.CallExpr:
			f := x.Fun
			if ix, ok := f.(*ast.IndexExpr); ok { // Get[T]()
				f = ix.X
			}
			switch f := f.(type) {
			case *ast.Ident:
				return f, "", part
			case *ast.SelectorExpr:
				if id, ok := f.X.(*ast.Ident); ok {
					return id, f.Sel.Name, part
				}
				e, part = f.X, true
			default:
				return nil, "", false
			}
		default:
			return nil, "", false
		}
	}
}

// source returns what e, or what it is a part of, is: the result of a function,
// an element of a variable, or a local variable that holds such.
func (w *walker) source(e ast.Expr) (of mention, part, ok bool) {
	if id, sel, part := callOf(e); id != nil {
		if w.local(id) {
			of, ok = w.heldBy(id) // a method of what it holds
			return of, true, ok && sel != ""
		}
		if sel == "" && predeclared.has(id.Name) || isStd(w.importedPath(id)) {
			return of, false, false
		}
		return qualOf(id, sel), part, true
	}
	if t, ok := e.(*ast.TypeAssertExpr); ok {
		return w.source(t.X)
	}
	id, sel, part := root(e)
	switch {
	case id == nil:
		return of, false, false
	case w.local(id):
		of, ok = w.heldBy(id)
		return of, part, ok
	}
	_, element := ast.Unparen(e).(*ast.IndexExpr)
	return qualOf(id, sel), part, element
}

func (w *walker) heldBy(id *ast.Ident) (mention, bool) {
	held := w.about(id.Obj).held
	return held, held != (mention{})
}

// qualOf names x.sel, or x alone.
func qualOf(x *ast.Ident, sel string) mention {
	if sel == "" {
		return mention{sel: x.Name}
	}
	return mention{x: x.Name, sel: sel}
}

// hold notes that a local variable gets what an expression is.
func (w *walker) hold(l, r ast.Expr) {
	id, ok := l.(*ast.Ident)
	if !ok || id.Obj == nil || !w.local(id) || id.Name == "err" || id.Name == "ok" {
		return
	}
	if of, _, ok := w.source(r); ok {
		w.about(id.Obj).held = of
	}
	w.holdPart(id, r)
}

func (w *walker) holdAll(lhs, rhs []ast.Expr) {
	for i, l := range lhs {
		if len(rhs) == len(lhs) {
			w.hold(l, rhs[i])
		} else if len(rhs) == 1 {
			w.hold(l, rhs[0])
		}
	}
}

// far notes that something is done to what e leads to.
func (w *walker) far(e ast.Expr, wr write, why *cause) {
	of, part, ok := w.source(e)
	if !ok || wr.op == opSet && !part {
		return
	}
	wr.far, wr.x, wr.sel, wr.given, wr.late, wr.line = true, of.x, of.sel, w.given(why), w.literal > 0, w.x.line(e.Pos())
	if !slices.ContainsFunc(w.acts.writes, func(o write) bool {
		o.line = wr.line
		return o == wr
	}) {
		w.acts.writes = append(w.acts.writes, wr)
	}
}

// returned notes what a result may be a part of.
func (w *walker) returned(e ast.Expr) {
	if u, ok := ast.Unparen(e).(*ast.UnaryExpr); ok {
		e = u.X
	}
	of, _, ok := w.source(e)
	if !ok {
		id, sel, _ := root(e)
		if id == nil || w.local(id) || sel == "" && predeclared.has(id.Name) {
			return
		}
		of = qualOf(id, sel)
	}
	if !slices.Contains(w.acts.returns, of) {
		w.acts.returns = append(w.acts.returns, of)
	}
}

// farVariables returns the package variables that a far write may change: the
// one that it names, or those that results of the function which it names may
// lead into.
func (g *graph) farVariables(n *node, w write, seen map[*node]bool) (vars []*node) {
	for _, d := range g.named(n, w.x, w.sel) {
		switch {
		case seen[d]:
			continue
		case d.fact.kind == kindVar:
			vars = append(vars, d)
			continue
		case d.fact.kind != kindFunc || !g.leadsOn(d):
			continue
		}
		seen[d] = true
		for _, q := range d.fact.does().returns {
			vars = append(vars, g.farVariables(d, write{mention: q}, seen)...)
		}
		for _, o := range d.fact.does().writes {
			if o.op == opAlias && o.callee == (mention{}) {
				vars = append(vars, g.farVariables(d, o, seen)...)
			}
		}
	}
	return vars
}

// leadsOn reports whether the result of a function may share memory with what
// it was taken from: numbers, strings and structs are copies.
func (g *graph) leadsOn(f *node) bool {
	if f.fact.typ == "basic" {
		return false
	}
	types := g.typesOf(f, f.fact.typ, 0)
	return strings.HasPrefix(f.fact.typ, "*") || !slices.ContainsFunc(types, func(t *node) bool { return t.fact.typ == "struct" || t.fact.typ == "basic" })
}

// changesFar is changes for a far write.
func (g *graph) changesFar(n, v *node, w write) alteration {
	if frozen.has(v.fact.typ) && v.fact.typ != "basic" && (w.op != opCall || stays(v.fact.typ, w.method)) {
		return untouched
	}
	switch w.op {
	case opAlias:
		isFunc := slices.ContainsFunc(g.named(n, w.x, w.sel), func(d *node) bool { return d.fact.kind == kindFunc })
		if isFunc || g.elementShares(v, len(g.callees(n, w.callee)) == 0) {
			return g.handedOn(n, w)
		}
		return untouched
	case opCall:
		if g.callsField(v, g.typesOf(v, v.fact.typ, 0), w.method) {
			return untouched
		}
		return g.anyMethod(w.method)
	}
	return altered
}
