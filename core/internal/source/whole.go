package source

import (
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// Told are package variables whose value the caller of a fixture tells, or says
// not to matter: "conf.Mode", or "Mode" in the package of the call.
type Told struct {
	Package string // of the call
	Names   []string
}

func (t Told) has(p *pkg, name string) bool {
	return slices.ContainsFunc(t.Names, func(s string) bool {
		pkg, bare, qualified := strings.Cut(s, ".")
		if !qualified {
			return s == name && p.path == t.Package
		}
		return bare == name && (pkg == p.name || pkg == p.path[strings.LastIndexByte(p.path, '/')+1:])
	})
}

// A stateFound is what the state in reach of a function means for its closure.
type stateFound struct {
	state bool // what an earlier test has read may be in it
	cause *Use // what may change it beside the closure; nil if nothing does
}

// A stateSearch looks at the package variables in reach of a function, and at
// the state of the standard library that its code uses.
type stateSearch struct {
	*state
	r       *reach
	told    Told
	names   map[string]bool  // the state: "m/conf.Mode", "log.Default"
	mention map[string]bool  // names of the standard library in reach
	touches map[*node]string // declarations in reach that do more than read some, or lead to such
	found   stateFound

	unseen    map[*pkg]string   // one of a package: code in it that is not Go may change it
	abroadToo bool              // some of the state is that of other modules
	touched   map[extRef]string // memory of touchAbroad
}

// inReach looks at the state in reach. told are variables that the caller
// answers for.
func (judge *state) inReach(r *reach, told Told) stateFound {
	s := &stateSearch{state: judge, r: r, told: told, names: map[string]bool{}, mention: map[string]bool{}, touches: map[*node]string{}, touched: map[extRef]string{}, unseen: map[*pkg]string{}}
	for _, n := range r.order {
		if n.fact.kind == kindVar {
			s.variables(n)
		}
		for _, x := range n.ext {
			s.outside(x)
		}
	}
	for _, n := range r.order {
		name, _ := s.touch(n, true)
		if name == "" && s.opaque(n.pkg) {
			name = s.unseen[n.pkg]
		}
		if name != "" {
			s.touches[n] = name
			s.found.state = true
		}
	}
	s.spread()
	s.found.cause = s.causeOutside()
	s.found.state = s.found.state || s.found.cause != nil
	return s.found
}

// variables looks at those of one declaration.
func (s *stateSearch) variables(n *node) {
	if n.fact.flags&declLazy != 0 {
		s.found.state = true // an earlier test may have been the first to call it
	}
	for i := range n.fact.count() {
		d := s.judge(variable{n, i})
		filled := d.filled != nil && s.r.has(d.filled)
		if filled || d.filled != nil || d.impure != nil {
			if s.told.has(n.pkg, n.fact.nameAt(i).name) {
				continue
			}
			s.found.state = true
			if !filled {
				s.names[n.nameOf(i)] = true
				s.unseen[n.pkg] = n.nameOf(i)
			}
		}
	}
}

// outside notes state of the standard library that a name of it uses.
func (s *stateSearch) outside(x extRef) {
	if s.told.has(&pkg{path: x.path}, x.name) {
		return
	}
	s.mention[x.path+"."+x.name] = true
	for _, n := range s.reachAbroad(x) {
		for i := range n.fact.count() {
			if n.fact.kind == kindVar && !s.told.has(n.pkg, n.fact.nameAt(i).name) && s.writtenAbroad(variable{n, i}) {
				s.names[n.nameOf(i)], s.abroadToo, s.found.state = true, true, true
			}
		}
	}
	for _, st := range std.StateOf(x.path, x.name) {
		if dot := strings.LastIndexByte(st.Name, '.'); !s.told.has(&pkg{path: st.Name[:dot]}, st.Name[dot+1:]) {
			s.names[st.Name] = true
		}
	}
}

// isState reports whether an access is to some of the state in reach. What is
// called is no variable that is said of with the others of its package.
func (s *stateSearch) isState(a namedAccess) bool {
	dot := strings.LastIndexByte(a.name, '.')
	called := a.kind == accessCall && a.path == ""
	return s.names[a.name] || !called && s.names[a.name[:dot]+".*"] && !s.told.has(&pkg{path: a.name[:dot]}, a.name[dot+1:])
}

// touch returns the first state that a declaration does more to than read it.
func (s *stateSearch) touch(n *node, inside bool) (name string, line int) {
	initial := s.initial(n, 0)
	for _, a := range s.accesses(n) {
		if name != "" || initial && !a.late && s.g.packages[a.name[:strings.LastIndexByte(a.name, '.')]] == nil {
			continue // the value of the library's variable that all tests begin with
		}
		counts := s.isState(a) || !inside && a.kind >= accessFill && (s.mention[a.name] || s.setsLibrary(a.name))
		if counts && s.isTouched(n, a) {
			name, line = a.name, a.line
		}
	}
	for _, x := range n.ext {
		if name == "" && s.abroadToo && !initial {
			name, line = s.touchAbroad(x), x.line
		}
		for _, st := range std.StateOf(x.path, x.name) {
			late := slices.ContainsFunc(n.fact.does().accesses, func(a access) bool { return a.late && a.sel == x.name })
			if name == "" && st.Sets && s.names[st.Name] && (!initial || late) {
				name, line = st.Name, x.line
			}
		}
	}
	return name, line
}

// setsLibrary reports whether a name is that of a variable of the standard
// library, where the functions in reach use the library: any of them may read the
// variable. Of those that are state it is known which do.
func (s *stateSearch) setsLibrary(name string) bool {
	i := strings.LastIndexByte(name, '.')
	path, bare := name[:i], name[i+1:]
	return len(s.mention) > 0 && std.IsPackage(path) && !std.IsState(path, bare)
}

// isTouched reports whether an access to a variable is no pure read.
func (s *state) isTouched(n *node, a namedAccess) bool {
	i := strings.LastIndexByte(a.name, '.')
	list, std := s.declared(a.name[:i], a.name[i+1:])
	if std != "" {
		return !s.stdLooks(n, a, std, a.name[i+1:]) && !s.pure(typed{}, mentioned{n, a.access}, false, false)
	}
	return len(list) == 0 || slices.ContainsFunc(list, func(d *node) bool {
		if d.fact.kind != kindVar {
			return false
		}
		v := variable{d, d.fact.index(a.name[i+1:])}
		return s.touchesOf(v, mentioned{n, a.access})
	})
}

// stdLooks reports whether an access to a variable of the standard library leaves
// it as it is: it is given to what only calls its methods, or one that only reads is
// called.
func (s *state) stdLooks(n *node, a namedAccess, path, name string) bool {
	switch {
	case a.kind >= accessFill:
		return false
	case stdVariable(path, name):
		return true
	case a.kind == accessArgument && a.path == "":
		_, callee := s.decls(n, a.callee.x, a.callee.sel)
		return callee != "" && std.Argument(callee, a.callee.sel, a.arg) <= std.Calls
	}
	return strings.HasPrefix(a.path, ".") && stdMethod(path, std.TypeOf(path, name), a.path[1:])
}

// spread adds to declarations in reach those in reach that lead to them.
func (s *stateSearch) spread() {
	var queue []*node
	for _, n := range s.r.order {
		if s.touches[n] != "" {
			queue = append(queue, n)
		}
	}
	for len(queue) > 0 {
		n := queue[0]
		queue = queue[1:]
		for _, by := range s.g.leadingTo(n) {
			if s.r.has(by) && s.touches[by] == "" {
				s.touches[by] = s.touches[n]
				queue = append(queue, by)
			}
		}
	}
}

// causeOutside returns the first code outside the closure that touches state in
// it, or mentions what in the closure does.
func (s *stateSearch) causeOutside() *Use {
	if len(s.names) == 0 && len(s.mention) == 0 {
		return nil
	}
	literals := s.r.literals()
	running := s.running()
	for _, n := range s.g.executed().order {
		// A test that counts with all of its package is run by itself.
		if s.r.has(n) && (!isTestFunc(n) || n.fact.name == running) {
			continue
		}
		n = s.g.without(n, literals)
		name, line := s.touch(n, false)
		for _, to := range n.edges {
			if name == "" && s.touches[to] != "" {
				name, line = s.touches[to], int(n.fact.nameLine)
			}
		}
		if name != "" {
			use := s.g.use(n, name, line)
			return &use
		}
	}
	return nil
}

// running returns the name of the test that the function is, or is called by,
// where that test is what its closure begins with.
func (s *stateSearch) running() (name string) {
	for _, n := range s.r.order {
		if isTestFunc(n) && s.r.via(n) == nil {
			if name != "" && name != n.fact.name {
				return "" // all code counts
			}
			name = n.fact.name
		}
	}
	return name
}
