package state

import (
	"go/ast"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
)

// Of other modules no more is known than their source, which is followed as far
// as it is reached. There a variable is state if something but its initialisation
// surely writes to it: what merely might is too much of what they do.

// reachAbroad returns what a name of another module leads to there.
func (s *Analysis) reachAbroad(x graph.External) []*graph.Node {
	x.Line = 0
	if list, ok := s.reached[x]; ok {
		return list
	}
	s.reached[x] = nil
	where := s.g.Find(x.Path)
	if where.Local || where.Module.Path == "" || where.Dir == "" {
		return nil
	}
	seen := map[*graph.Node]bool{}
	var list []*graph.Node
	push := func(nodes []*graph.Node) {
		for _, n := range nodes {
			if !seen[n] {
				seen[n] = true
				list = append(list, n)
			}
		}
	}
	push(s.abroad(x))
	for i := 0; i < len(list); i++ {
		s.g.OtherModules().Resolve(list[i])
		push(list[i].Edges)
		for _, y := range list[i].Externals {
			if where := s.g.Find(y.Path); !where.Local && where.Module.Path != "" {
				push(s.abroad(y))
			}
		}
	}
	s.reached[x] = list
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
		return !initial && !s.fills(t, m) && s.writes(t, m, false)
	})
}

// writes reports whether an access surely writes to a value of a type.
func (s *Analysis) writes(t typed, m mentioned, own bool) bool {
	for step := range steps(m.Path) {
		if step == facts.StepCopy {
			own = true
			continue
		}
		next, apart, ok := s.step(t, step)
		if !ok {
			return m.Kind >= facts.AccessFill || step[0] == '.' && s.methodWrites(t, step[1:])
		}
		t, own = next, own && !apart
	}
	switch {
	case m.Kind == facts.AccessFill, m.Kind == facts.AccessWrite:
		return !own
	case m.Kind == facts.AccessAddress, strings.HasSuffix(m.Path, facts.StepRef):
		return !own && !s.onlyLooks(t, m)
	case m.Kind == facts.AccessArgument:
		found, _ := s.decls(m.by, m.Callee.X, m.Callee.Sel)
		return len(found) == 1 && found[0].Fact.Kind == facts.KindFunc && s.writesTo(found[0], m.Arg+2)
	}
	return false
}

// onlyLooks reports whether the function that an address is handed to does not
// surely write to what it leads to.
func (s *Analysis) onlyLooks(t typed, m mentioned) bool {
	found, std := s.decls(m.by, m.Callee.X, m.Callee.Sel)
	if std != "" {
		return s.argument(t, m)
	}
	return len(found) == 1 && found[0].Fact.Kind == facts.KindFunc && !s.writesTo(found[0], m.Arg+2)
}

func (s *Analysis) methodWrites(t typed, name string) bool {
	if star, ok := t.Expr.(*ast.StarExpr); ok {
		t.Expr = star.X
	}
	found, _ := s.namedBy(t.Expr, at(t))
	return len(found) == 1 && slices.ContainsFunc(s.g.MethodsOf(found[0]), func(m *graph.Node) bool { return m.Fact.Name == name && s.writesTo(m, 1) })
}

// writesTo reports whether a function surely writes to what a parameter leads to.
func (s *Analysis) writesTo(f *graph.Node, param int) bool {
	key := given{f, -param}
	if found, known := s.reads[key]; known {
		return found
	}
	s.reads[key] = false
	sig, ok := s.parse(f.Fact.Form).(*ast.FuncType)
	s.reads[key] = ok && param <= len(sig.Params.List) && slices.ContainsFunc(f.Fact.Acts().Accesses, func(a facts.Access) bool {
		return a.Param == param && s.writes(s.typed(sig.Params.List[param-1].Type, f), mentioned{f, a}, true)
	})
	return s.reads[key]
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
