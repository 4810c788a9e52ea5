package state

import (
	"go/ast"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// Of other modules no more is known than their source, which is followed as far
// as it is reached. There a variable is state if something but its initialisation
// surely writes to it: what merely might is too much of what they do.

// reachAbroad returns what a name of another module leads to there.
func (s *Analysis) reachAbroad(x graph.External) []*graph.Node {
	if std.IsPackage(x.Path) {
		return nil
	}
	list := s.g.Outside(x, true).Nodes
	for _, n := range list {
		s.scan(n.Package)
	}
	return list
}

// writtenAbroad reports whether a variable of another module is state.
func (s *Analysis) writtenAbroad(v variable) bool {
	t := s.typeOf(v)
	if path, name := s.stdName(t.Under()); path == "sync" && stdLocks.Has(name) {
		return false
	}
	return slices.ContainsFunc(s.mentions[v.name()], func(m mentioned) bool {
		initial := m.Kind == facts.AccessWrite && !m.Late && s.initial(m.by, 0)
		m.Fresh = true // nothing surely writes to what else may lead to the value
		return !initial && !s.fills(t, m) && s.writes(t, m, false, false)
	})
}

// writes reports whether an access surely writes to a value of a type; with
// advance, what surely comes of the value that was there.
func (s *Analysis) writes(t typed, m mentioned, own, advance bool) bool {
	for step := range steps(m.Path) {
		if step == facts.StepCopy {
			own = true
			continue
		}
		next, apart, ok := s.step(t, step)
		if !ok {
			return m.Kind >= facts.AccessFill && !advance || step[0] == '.' && s.methodWrites(t, step[1:], advance)
		}
		t, own = next, own && !apart
	}
	switch {
	case m.Kind == facts.AccessFill, m.Kind == facts.AccessWrite:
		return !own && (!advance || m.Kind == facts.AccessWrite && m.Arg == facts.Advances)
	case m.Kind == facts.AccessAddress, strings.HasSuffix(m.Path, facts.StepRef):
		return !own && s.writesBy(t, m, advance)
	case m.Kind == facts.AccessArgument:
		found, _ := s.decls(m.by, m.Callee.X, m.Callee.Sel)
		return len(found) == 1 && found[0].Fact.Kind == facts.KindFunc && s.writesTo(found[0], m.Arg+2, advance)
	}
	return false
}

// writesBy reports whether the function that an address is handed to writes to
// what it leads to; without advance, one that is not known does.
func (s *Analysis) writesBy(t typed, m mentioned, advance bool) bool {
	found, path := s.decls(m.by, m.Callee.X, m.Callee.Sel)
	switch {
	case path != "" && advance:
		return std.Advances(path, m.Callee.Sel, m.Arg)
	case path != "":
		return !s.argument(t, m)
	}
	return len(found) != 1 && !advance || len(found) == 1 && (found[0].Fact.Kind != facts.KindFunc && !advance || found[0].Fact.Kind == facts.KindFunc && s.writesTo(found[0], m.Arg+2, advance))
}

func (s *Analysis) methodWrites(t typed, name string, advance bool) bool {
	if star, ok := t.Expr.(*ast.StarExpr); ok {
		t.Expr = star.X
	}
	path, typ := s.stdName(t)
	if call, ok := t.Expr.(*ast.CallExpr); ok { // of the standard library
		if sel, ok := call.Fun.(*ast.SelectorExpr); ok {
			_, path = s.namedBy(sel, at(t))
			typ = resultOf(path, sel.Sel.Name)
		}
	}
	if path != "" {
		return advance && std.Advances(path, strings.TrimPrefix(typ, "*")+"."+name, -1)
	}
	found, _ := s.namedBy(t.Expr, at(t))
	return len(found) == 1 && slices.ContainsFunc(s.g.MethodsOf(found[0]), func(m *graph.Node) bool { return m.Fact.Name == name && s.writesTo(m, 1, advance) })
}

// writesTo reports whether a function surely writes to what a parameter leads to.
func (s *Analysis) writesTo(f *graph.Node, param int, advance bool) bool {
	key := written{given{f, param}, advance}
	if found, known := s.written[key]; known {
		return found
	}
	s.written[key] = false
	sig, ok := s.parse(f.Fact.Form).(*ast.FuncType)
	s.written[key] = ok && param <= len(sig.Params.List) && slices.ContainsFunc(f.Fact.Acts().Accesses, func(a facts.Access) bool {
		return a.Param == param && s.writes(s.typed(sig.Params.List[param-1].Type, f), mentioned{f, a}, true, advance)
	})
	return s.written[key]
}

// touchAbroad returns the first state that a name of another module leads to.
func (s *search) touchAbroad(x graph.External) (name string) {
	x.Line = 0
	if name, ok := s.touched[x]; ok {
		return name
	}
	defer func() { s.touched[x] = name }()
	for _, n := range s.reachAbroad(x) {
		for _, a := range s.accesses(n) {
			if s.names[a.name] && s.isTouched(n, a) {
				return a.name
			}
		}
	}
	return ""
}

// abroad returns the declarations of a name of another module's package.
func (s *Analysis) abroad(x graph.External) []*graph.Node {
	g := s.g.OtherModules()
	if where := s.g.Find(x.Path); where.Dir == "" || len(g.Packages) > graph.MaxOutside {
		return nil
	}
	found := g.ExternalNodes(x)
	if p := g.Packages[x.Path]; p != nil {
		s.scan(p)
	}
	return found
}
