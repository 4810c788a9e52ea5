package source

import (
	"go/ast"
	"slices"
	"strings"
)

// Of other modules no more is known than their source, which is followed as far
// as it is reached. There a variable is state if something but its initialisation
// surely writes to it: what merely might is too much of what they do.

// reachAbroad returns what a name of another module leads to there.
func (s *state) reachAbroad(x extRef) []*node {
	x.line = 0
	if list, ok := s.reached[x]; ok {
		return list
	}
	s.reached[x] = nil
	where := s.g.find(x.path)
	if where.Local || where.Module.Path == "" || where.Dir == "" {
		return nil
	}
	seen := map[*node]bool{}
	var list []*node
	push := func(nodes []*node) {
		for _, n := range nodes {
			if !seen[n] {
				seen[n] = true
				list = append(list, n)
			}
		}
	}
	push(s.abroad(x))
	for i := 0; i < len(list); i++ {
		s.g.otherModules().resolve(list[i])
		push(list[i].edges)
		for _, y := range list[i].ext {
			if where := s.g.find(y.path); !where.Local && where.Module.Path != "" {
				push(s.abroad(y))
			}
		}
	}
	s.reached[x] = list
	return list
}

// writtenAbroad reports whether a variable of another module is state.
func (s *state) writtenAbroad(v variable) bool {
	t := s.typeOf(v)
	if path, name := s.stdName(s.under(t)); path == "sync" && stdLocks.has(name) {
		return false
	}
	return slices.ContainsFunc(s.mentions[v.name()], func(m mentioned) bool {
		initial := m.kind == accessWrite && !m.late && s.initial(m.by, 0)
		m.fresh = true // nothing surely writes to what else may lead to the value
		return !initial && !s.fills(t, m) && s.writes(t, m, false)
	})
}

// writes reports whether an access surely writes to a value of a type.
func (s *state) writes(t typed, m mentioned, own bool) bool {
	for step := range steps(m.path) {
		if step == stepCopy {
			own = true
			continue
		}
		next, apart, ok := s.step(t, step)
		if !ok {
			return m.kind >= accessFill || step[0] == '.' && s.methodWrites(t, step[1:])
		}
		t, own = next, own && !apart
	}
	switch {
	case m.kind == accessFill, m.kind == accessWrite:
		return !own
	case m.kind == accessAddress, strings.HasSuffix(m.path, stepRef):
		return !own && !s.onlyLooks(t, m)
	case m.kind == accessArgument:
		found, _ := s.decls(m.by, m.callee.x, m.callee.sel)
		return len(found) == 1 && found[0].fact.kind == kindFunc && s.writesTo(found[0], m.arg+2)
	}
	return false
}

// onlyLooks reports whether the function that an address is handed to does not
// surely write to what it leads to.
func (s *state) onlyLooks(t typed, m mentioned) bool {
	found, std := s.decls(m.by, m.callee.x, m.callee.sel)
	if std != "" {
		return s.argument(t, m)
	}
	return len(found) == 1 && found[0].fact.kind == kindFunc && !s.writesTo(found[0], m.arg+2)
}

func (s *state) methodWrites(t typed, name string) bool {
	if star, ok := t.e.(*ast.StarExpr); ok {
		t.e = star.X
	}
	found, _ := s.namedBy(t.e, t.at)
	return len(found) == 1 && slices.ContainsFunc(s.g.methodsOf(found[0]), func(m *node) bool { return m.fact.name == name && s.writesTo(m, 1) })
}

// writesTo reports whether a function surely writes to what a parameter leads to.
func (s *state) writesTo(f *node, param int) bool {
	key := given{f, -param}
	if found, known := s.reads[key]; known {
		return found
	}
	s.reads[key] = false
	sig, ok := s.parse(f.fact.form).(*ast.FuncType)
	s.reads[key] = ok && param <= len(sig.Params.List) && slices.ContainsFunc(f.fact.does().accesses, func(a access) bool {
		return a.param == param && s.writes(typed{sig.Params.List[param-1].Type, f}, mentioned{f, a}, true)
	})
	return s.reads[key]
}

// touchAbroad returns the first state that a name of another module leads to.
func (s *stateSearch) touchAbroad(x extRef) (name string) {
	x.line = 0
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
func (s *state) abroad(x extRef) []*node {
	g := s.g.otherModules()
	if where := s.g.find(x.path); where.Dir == "" || len(g.packages) > maxOutside {
		return nil
	}
	found := g.externalNodes(x)
	if p := g.packages[x.path]; p != nil {
		s.scan(p)
	}
	return found
}
