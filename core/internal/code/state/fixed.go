package state

import (
	"go/ast"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
)

// A variable is a package variable. A declaration may hold several.
type variable struct {
	n *graph.Node
	i int
}

func (v variable) name() string { return v.n.NameOf(v.i) }

// Analysis judges the package variables of a graph: one is fixed if it holds,
// while tests run, what initialisation left in it, as every mention of it in
// the binary shows. All others are state.
type Analysis struct {
	g        *graph.Graph
	parsed   map[string]ast.Expr    // by form
	mentions map[string][]mentioned // by path.Name of what is mentioned
	scanned  map[*graph.Package]bool
	verdicts map[variable]*verdict
	reads    map[given]bool       // whether a function only reads what it is given
	written  map[written]bool     // whether it surely writes to that
	quiets   map[*graph.Node]bool // whether methods of a type only read it
	named    map[*graph.Node][]namedAccess
	outlooks map[graph.External]*outlook
	depth    int
}

// A mentioned is an access, and where it stands.
type mentioned struct {
	by *graph.Node
	facts.Access
}

// A verdict says why a variable is not fixed.
type verdict struct {
	impure []mentioned // mentions that are no pure reads
	filled *graph.Node // which fills it by what it finds out itself, if that is all that is done to it
}

type given struct {
	f     *graph.Node
	param int
}

type written struct {
	given
	advance bool
}

// New returns an analysis of a graph that is loaded.
func New(g *graph.Graph) *Analysis {
	s := &Analysis{g: g, parsed: map[string]ast.Expr{}, mentions: map[string][]mentioned{}, scanned: map[*graph.Package]bool{},
		verdicts: map[variable]*verdict{}, reads: map[given]bool{}, written: map[written]bool{}, quiets: map[*graph.Node]bool{}, named: map[*graph.Node][]namedAccess{}, outlooks: map[graph.External]*outlook{}}
	for _, p := range g.ByPath {
		s.scan(p)
	}
	return s
}

// scan notes what a package mentions.
func (s *Analysis) scan(p *graph.Package) {
	if s.scanned[p] {
		return
	}
	s.scanned[p] = true
	for _, n := range p.Nodes {
		for _, a := range s.accesses(n) {
			s.mentions[a.name] = append(s.mentions[a.name], mentioned{n, a.Access})
		}
	}
}

// A namedAccess is an access, and what is mentioned, in full: "m/conf.Mode".
type namedAccess struct {
	name string
	facts.Access
}

// accesses returns those of a declaration. An x.sel that may be two things is
// both.
func (s *Analysis) accesses(n *graph.Node) []namedAccess {
	list, ok := s.named[n]
	if ok {
		return list
	}
	found := func(path, name string, a facts.Access) { list = append(list, namedAccess{path + "." + name, a}) }
	for _, a := range n.Fact.Acts().Accesses {
		switch path, imported := n.File.Names[a.X]; {
		case a.Param != 0:
		case a.X == "":
			if len(n.Package.Decls[a.Sel]) > 0 {
				found(n.Package.Path, a.Sel, a)
			}
			for _, dot := range n.File.Dots {
				found(dot, a.Sel, a)
			}
		default:
			if imported {
				found(path, a.Sel, a)
			} else {
				for _, vague := range n.File.Vague {
					found(vague, a.Sel, a)
				}
			}
			if !imported || len(n.Package.Decls[a.X]) > 0 {
				b := a
				b.Path = "." + a.Sel + a.Path
				found(n.Package.Path, a.X, b)
				for _, dot := range n.File.Dots {
					found(dot, a.X, b)
				}
			}
		}
	}
	s.named[n] = list
	return list
}

// assigned reports whether something gives a variable another value than its
// initialiser, be it when the program starts.
func (s *Analysis) assigned(v variable) bool {
	return slices.ContainsFunc(s.mentions[v.name()], func(m mentioned) bool { return m.Kind >= facts.AccessFill })
}

// judge finds out whether a variable is fixed.
func (s *Analysis) judge(v variable) *verdict {
	if d, ok := s.verdicts[v]; ok {
		return d
	}
	d := &verdict{}
	s.verdicts[v] = d
	t := s.typeOf(v)
	if path, name := s.stdName(t.Under()); path == "sync" && stdLocks.Has(name) {
		return d
	}
	var fills []mentioned
	for _, m := range s.mentions[v.name()] {
		switch {
		case !s.opaque(m.by.Package) && s.fills(t, m):
			fills = append(fills, m)
		case s.touchesOf(v, m):
			d.impure = append(d.impure, m)
		}
	}
	if (s.opaque(v.n.Package) || s.g.Linked(v.n)) && d.impure == nil {
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
func (s *Analysis) touchesOf(v variable, m mentioned) bool {
	if s.opaque(m.by.Package) {
		return true
	}
	plain := v.n.Fact.Flags&facts.DeclInit == 0 && !s.assigned(v)
	return !(m.Kind == facts.AccessWrite && !m.Late && s.initial(m.by, 0)) && !s.pure(s.typeOf(v), m, plain, false)
}

// opaque reports whether code in a package cannot be told by its facts, which
// take predeclared names for what the language makes of them.
func (s *Analysis) opaque(p *graph.Package) bool { return p.Whole != "" || p.Shadows != 0 }

// initial reports whether a declaration is run when the program starts, and
// never again: an initialiser, or a function that only such call.
func (s *Analysis) initial(n *graph.Node, depth int) bool {
	switch n.Fact.Kind {
	case facts.KindInit, facts.KindVar:
		return true
	case facts.KindFunc:
		calls := s.mentions[n.Name()]
		return depth < 4 && len(calls) > 0 && !graph.IsTestFunc(n) && !s.g.Linked(n) && !(n.Package.External && ast.IsExported(n.Fact.Name)) && !slices.ContainsFunc(calls, func(m mentioned) bool {
			return m.Kind != facts.AccessCall || m.Path != "" || m.Late || !s.initial(m.by, depth+1)
		})
	}
	return false
}

// fills reports whether an access fills a variable of a type, by code that is
// given nothing, once. Of a value that was made of local variables somebody else
// may hold a part.
func (s *Analysis) fills(t typed, m mentioned) bool {
	switch {
	case m.Kind == facts.AccessWrite && !m.Late:
		return s.calledOnce(m.by) && (m.Fresh || s.immutable(s.part(t, m.Path), false, 0))
	case m.Kind != facts.AccessFill || !m.Fresh && !s.immutable(s.part(t, m.Path), false, 0):
		return false
	case m.Arg >= 2: // the key
		sig, ok := s.parse(m.by.Fact.Form).(*ast.FuncType)
		return ok && m.Arg <= len(sig.Params.List) && s.immutable(s.typed(sig.Params.List[m.Arg-1].Type, m.by), false, 0)
	case m.Arg == facts.FillFlag:
		found, name, path := s.callee(m)
		return len(found) == 1 && slices.ContainsFunc(s.mentions[found[0].Package.Path+"."+name], func(o mentioned) bool {
			return o.by == m.by && o.Kind >= facts.AccessFill && o.Path == path
		})
	case m.Arg == facts.FillOnce:
		return s.isOnce(m)
	}
	return true
}

// calledOnce reports whether a function that is given nothing is called once
// only: by a sync.Once, or where what it fills is empty.
func (s *Analysis) calledOnce(f *graph.Node) bool {
	sig, ok := s.parse(f.Fact.Form).(*ast.FuncType)
	if f.Fact.Kind != facts.KindFunc || !ok || len(sig.Params.List) != 1 {
		return false
	}
	calls := s.mentions[f.Name()]
	return len(calls) > 0 && !s.g.Linked(f) && !slices.ContainsFunc(calls, func(m mentioned) bool {
		if m.Kind != facts.AccessFill || m.Path != "" {
			return true
		}
		if m.Arg == facts.FillOnce {
			return !s.isOnce(m)
		}
		return !slices.ContainsFunc(f.Fact.Acts().Accesses, func(a facts.Access) bool { return a.Mention == m.Callee && a.Kind >= facts.AccessFill })
	})
}

// callee returns the variable that the callee of a fill is, or is a field of.
func (s *Analysis) callee(m mentioned) (found []*graph.Node, name, path string) {
	name = m.Callee.Sel
	if m.Callee.X != "" {
		name, path = m.Callee.X, "."+m.Callee.Sel
	}
	found, _ = s.decls(m.by, "", name)
	return found, name, path
}

// isOnce reports whether a function is called, or a fill done, by a sync.Once.
func (s *Analysis) isOnce(m mentioned) bool {
	found, name, path := s.callee(m)
	if len(found) != 1 || found[0].Fact.Kind != facts.KindVar {
		return false
	}
	t := s.typeOf(variable{found[0], found[0].Fact.Index(name)})
	if path != "" {
		t, _ = t.Field(path[1:])
	}
	t, _ = t.Pointee()
	std, typ := s.stdName(t)
	return std == "sync" && typ == "Once"
}
