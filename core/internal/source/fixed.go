package source

import (
	"go/ast"
	"slices"
)

// A variable is a package variable. A declaration may hold several.
type variable struct {
	n *node
	i int
}

func (v variable) name() string { return v.n.nameOf(v.i) }

// state judges the package variables of a graph: one is fixed if it holds, while
// tests run, what initialisation left in it, as every mention of it in the
// binary shows. All others are state.
type state struct {
	g        *graph
	parsed   map[string]ast.Expr    // by form
	mentions map[string][]mentioned // by path.Name of what is mentioned
	scanned  map[*pkg]bool
	verdicts map[variable]*verdict
	reads    map[given]bool // whether a function only reads what it is given
	quiets   map[*node]bool // whether methods of a type only read it
	reached  map[extRef][]*node
	named    map[*node][]namedAccess
	depth    int
}

// A mentioned is an access, and where it stands.
type mentioned struct {
	by *node
	access
}

// A verdict says why a variable is not fixed.
type verdict struct {
	impure []mentioned // mentions that are no pure reads
	filled *node       // which fills it by what it finds out itself, if that is all that is done to it
}

type given struct {
	f     *node
	param int
}

// newState returns an analysis of a graph that is loaded.
func newState(g *graph) *state {
	s := &state{g: g, parsed: map[string]ast.Expr{}, mentions: map[string][]mentioned{}, scanned: map[*pkg]bool{},
		verdicts: map[variable]*verdict{}, reads: map[given]bool{}, quiets: map[*node]bool{}, reached: map[extRef][]*node{}, named: map[*node][]namedAccess{}}
	for _, p := range g.order {
		s.scan(p)
	}
	return s
}

// scan notes what a package mentions.
func (s *state) scan(p *pkg) {
	if s.scanned[p] {
		return
	}
	s.scanned[p] = true
	for _, n := range p.nodes {
		for _, a := range s.accesses(n) {
			s.mentions[a.name] = append(s.mentions[a.name], mentioned{n, a.access})
		}
	}
}

// A namedAccess is an access, and what is mentioned, in full: "m/conf.Mode".
type namedAccess struct {
	name string
	access
}

// accesses returns those of a declaration. An x.sel that may be two things is
// both.
func (s *state) accesses(n *node) []namedAccess {
	list, ok := s.named[n]
	if ok {
		return list
	}
	found := func(path, name string, a access) { list = append(list, namedAccess{path + "." + name, a}) }
	for _, a := range n.fact.does().accesses {
		switch path, imported := n.file.names[a.x]; {
		case a.param != 0:
		case a.x == "":
			if len(n.pkg.decls[a.sel]) > 0 {
				found(n.pkg.path, a.sel, a)
			}
			for _, dot := range n.file.dots {
				found(dot, a.sel, a)
			}
		default:
			if imported {
				found(path, a.sel, a)
			} else {
				for _, vague := range n.file.vague {
					found(vague, a.sel, a)
				}
			}
			if !imported || len(n.pkg.decls[a.x]) > 0 {
				b := a
				b.path = "." + a.sel + a.path
				found(n.pkg.path, a.x, b)
				for _, dot := range n.file.dots {
					found(dot, a.x, b)
				}
			}
		}
	}
	s.named[n] = list
	return list
}

// assigned reports whether something gives a variable another value than its
// initialiser, be it when the program starts.
func (s *state) assigned(v variable) bool {
	return slices.ContainsFunc(s.mentions[v.name()], func(m mentioned) bool { return m.kind >= accessFill })
}

// judge finds out whether a variable is fixed.
func (s *state) judge(v variable) *verdict {
	if d, ok := s.verdicts[v]; ok {
		return d
	}
	d := &verdict{}
	s.verdicts[v] = d
	t := s.typeOf(v)
	if path, name := s.stdName(s.under(t)); path == "sync" && stdLocks.has(name) {
		return d
	}
	var fills []mentioned
	for _, m := range s.mentions[v.name()] {
		switch {
		case !s.opaque(m.by.pkg) && s.fills(t, m):
			fills = append(fills, m)
		case s.touchesOf(v, m):
			d.impure = append(d.impure, m)
		}
	}
	if (s.opaque(v.n.pkg) || s.g.linked(v.n)) && d.impure == nil {
		d.impure = []mentioned{{by: v.n}}
	}
	if len(fills) > 0 {
		d.filled = fills[0].by // with what calls it, as it is in reach
		if slices.ContainsFunc(fills, func(m mentioned) bool { return m.by != d.filled }) || d.impure != nil {
			d.filled = nil
			d.impure = append(d.impure, fills...)
		}
	}
	return d
}

// touchesOf reports whether a mention of a variable is no pure read, nor part of
// its initialisation.
func (s *state) touchesOf(v variable, m mentioned) bool {
	if s.opaque(m.by.pkg) {
		return true
	}
	plain := v.n.fact.flags&declUnit == 0 && !s.assigned(v)
	return !(m.kind == accessWrite && !m.late && s.initial(m.by, 0)) && !s.pure(s.typeOf(v), m, plain, false)
}

// opaque reports whether code in a package cannot be told by its facts, which
// take predeclared names for what the language makes of them.
func (s *state) opaque(p *pkg) bool { return p.whole != "" || p.shadows != 0 }

// initial reports whether a declaration is run when the program starts, and
// never again: an initialiser, or a function that only such call.
func (s *state) initial(n *node, depth int) bool {
	switch n.fact.kind {
	case kindInit, kindVar:
		return true
	case kindFunc:
		calls := s.mentions[n.name()]
		return depth < 4 && len(calls) > 0 && !isTestFunc(n) && !s.g.linked(n) && !(n.pkg.external && ast.IsExported(n.fact.name)) && !slices.ContainsFunc(calls, func(m mentioned) bool {
			return m.kind != accessCall || m.path != "" || m.late || !s.initial(m.by, depth+1)
		})
	}
	return false
}

// fills reports whether an access fills a variable of a type, by code that is
// given nothing, once. Of a value that was made of local variables somebody else
// may hold a part.
func (s *state) fills(t typed, m mentioned) bool {
	switch {
	case m.kind == accessWrite && !m.late:
		return s.calledOnce(m.by) && (m.fresh || s.immutable(s.part(t, m.path), false, 0))
	case m.kind != accessFill || !m.fresh && !s.immutable(s.part(t, m.path), false, 0):
		return false
	case m.arg >= 2: // the key
		sig, ok := s.parse(m.by.fact.form).(*ast.FuncType)
		return ok && m.arg <= len(sig.Params.List) && s.immutable(typed{sig.Params.List[m.arg-1].Type, m.by}, false, 0)
	case m.arg == fillFlag:
		found, name, path := s.callee(m)
		return len(found) == 1 && slices.ContainsFunc(s.mentions[found[0].pkg.path+"."+name], func(o mentioned) bool {
			return o.by == m.by && o.kind >= accessFill && o.path == path
		})
	case m.arg == fillOnce:
		return s.isOnce(m)
	}
	return true
}

// calledOnce reports whether a function that is given nothing is called once
// only: by a sync.Once, or where what it fills is empty.
func (s *state) calledOnce(f *node) bool {
	sig, ok := s.parse(f.fact.form).(*ast.FuncType)
	if f.fact.kind != kindFunc || !ok || len(sig.Params.List) != 1 {
		return false
	}
	calls := s.mentions[f.name()]
	return len(calls) > 0 && !s.g.linked(f) && !slices.ContainsFunc(calls, func(m mentioned) bool {
		if m.kind != accessFill || m.path != "" {
			return true
		}
		if m.arg == fillOnce {
			return !s.isOnce(m)
		}
		return !slices.ContainsFunc(f.fact.does().accesses, func(a access) bool { return a.mention == m.callee && a.kind >= accessFill })
	})
}

// callee returns the variable that the callee of a fill is, or is a field of.
func (s *state) callee(m mentioned) (found []*node, name, path string) {
	name = m.callee.sel
	if m.callee.x != "" {
		name, path = m.callee.x, "."+m.callee.sel
	}
	found, _ = s.decls(m.by, "", name)
	return found, name, path
}

// isOnce reports whether a function is called, or a fill done, by a sync.Once.
func (s *state) isOnce(m mentioned) bool {
	found, name, path := s.callee(m)
	if len(found) != 1 || found[0].fact.kind != kindVar {
		return false
	}
	t := s.typeOf(variable{found[0], found[0].fact.index(name)})
	if path != "" {
		t, _, _ = s.field(t, path[1:], 0)
	}
	t, _ = s.pointee(t)
	std, typ := s.stdName(t)
	return std == "sync" && typ == "Once"
}
