package state

import (
	"go/ast"
	"math/bits"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// Covered are package variables that the caller of a fixture answers for.
type Covered struct {
	Package  string   // the package of the call
	Ignored  []string // variables that do not matter: "conf.Mode", or "Mode" in the package of the call or the one that it tests
	Resolved []string // the same in full, "m/conf.Mode", where it is known which conf is meant
	Told     []string // variables whose values are told, in full
	Same     bool     // the call asks for the same fixture each time it is run: see capture.Result
}

func (t Covered) has(p *graph.Package, name string) bool {
	full := p.Path + "." + name
	return slices.Contains(t.Told, full) || slices.Contains(t.Resolved, full) || slices.ContainsFunc(t.Ignored, func(s string) bool {
		if !strings.Contains(s, ".") {
			return s == name && (p.Path == t.Package || p.Path+"_test" == t.Package)
		}
		pkg, bare := splitName(s)
		return s == full || bare == name && (slices.Contains(p.Names, pkg) || pkg == syntax.LikelyName(p.Path))
	})
}

// splitName takes "m/conf.Mode" apart.
func splitName(name string) (path, bare string) {
	dot := strings.LastIndexByte(name, '.')
	return name[:dot], name[dot+1:]
}

// A Search looks at the package variables in reach of a function, and at
// the state of the standard library that its code uses.
type Search struct {
	State   bool          // some is changed in reach, so that what was read before may be in it
	Early   []*graph.Node // code that may have filled some before m.Run, when nothing is recorded
	Effects []graph.Use   // changes of package variables that a hit would not repeat

	*Analysis
	r         *graph.Reach
	covered   Covered
	names     map[string]bool       // the names of the state: "m/conf.Mode", "log.Default"
	mentioned map[string]bool       // names of the standard library in reach
	uses      map[int32][]graph.Use // by id, for declarations in reach that do more than read state, or lead to such

	kept    []graph.Use                 // code in reach that sets a value of which the library keeps a part: another test may have used that before
	unseen  map[*graph.Package]string   // the last state found in a package: code in it that is not Go may change it
	touched map[*graph.Node][]graph.Use // memory of touchExternal
}

// InReach adds the initialisation code that fills variables in reach, and looks at the state
// in reach, but for variables that the caller answers for.
func (s *Analysis) InReach(r *graph.Reach, told Covered) *Search {
	s.mind(false) // whatever the function before asked
	r.AddInit()
	found := s.look(r, told)
	for _, n := range r.Order {
		list := found.touchesOf(n, true)
		if i := slices.IndexFunc(list, func(u graph.Use) bool { return std.IsLogged(u.What) }); i >= 0 && found.kept == nil && !s.initial(n) {
			found.kept = list[i : i+1]
		}
		if name := found.unseen[n.Package]; len(list) == 0 && name != "" && s.opaque(n.Package) {
			list = []graph.Use{{What: name}}
		}
		if len(list) > 0 {
			found.uses[n.ID], found.State = addNew(nil, list, MaxCauses), true
		}
	}
	found.spread()
	found.Early = found.early()
	told.Told = nil // a hit would not change these either
	found.Effects = found.advanced(told)
	return found
}

// Early returns code that may have filled state in reach before m.Run.
func (s *Analysis) Early(r *graph.Reach, told Covered) (list []*graph.Node) {
	if len(s.g.Functions("TestMain")) > 0 {
		list = s.look(r, told).early()
	}
	return list
}

// look finds the state in reach, and in the code of other modules that it leads to, but not
// by names that are covered alone.
func (s *Analysis) look(r *graph.Reach, told Covered) *Search {
	found := &Search{Analysis: s, r: r, covered: told, names: map[string]bool{}, mentioned: map[string]bool{}, uses: map[int32][]graph.Use{}, touched: map[*graph.Node][]graph.Use{}, unseen: map[*graph.Package]string{}}
	far := s.g.LedTo()
	for _, n := range r.Order {
		for _, x := range n.Externals {
			if name := x.Path + "." + x.Name; !found.covers(name) {
				found.mentioned[name] = true
				far.Extend(nil, s.g.ExternalNodes(x)...)
			}
		}
	}
	for _, n := range far.Order {
		s.scan(n.Package)
	}
	all := slices.Concat(r.Order, far.Order)
	s.mind(slices.ContainsFunc(all, func(n *graph.Node) bool { return slices.ContainsFunc(n.Fact.Selected, facts.Tries) }))
	for at, n := range all {
		found.variables(n)
		for _, x := range n.Externals {
			if at >= len(r.Order) || found.mentioned[x.Path+"."+x.Name] {
				found.stdStates(x)
			}
		}
	}
	for _, n := range s.g.LedTo(r.Far...).Order { // code that it leaves in the library may run where a test uses that
		for _, x := range n.Externals {
			if slices.ContainsFunc(std.StateOf(x.Path, x.Name), func(u std.StateUse) bool { return u.Sets }) {
				found.stdStates(x)
			}
		}
	}
	return found
}

// mind sets whether the holder of a lock is state, as it is for code that asks for it, and
// forgets what was found with the other setting.
func (s *Analysis) mind(tries bool) {
	if s.minds != tries {
		s.minds = tries
		s.g.Judged++
		clear(s.verdicts)
		clear(s.changed)
		clear(s.effects)
	}
}

// variables looks at the variables of a declaration, which may be of another module.
func (s *Search) variables(n *graph.Node) {
	for i := range n.Fact.Names {
		v := variable{n, i}
		if n.Fact.Kind != facts.KindVar || s.covered.has(n.Package, n.Fact.Names[i].Name) || s.fixed(v) {
			continue
		}
		s.names[v.name()], s.unseen[n.Package], s.State = true, v.name(), true
	}
}

// stdStates notes state of the standard library that a name of it uses. Where that keeps
// something that it read at its first use, the environment or the working directory are
// state too: another test may have set a variable, or left the directory, before.
func (s *Search) stdStates(x graph.External) {
	note := func(state string, is bool) {
		if is && !s.covers(state) {
			s.names[state] = true
		}
	}
	for _, st := range std.StateOf(x.Path, x.Name) {
		note(st.Name, !st.Silent && !std.IsLogged(st.Name))
	}
	does := std.WorldOf(x.Path, x.Name)
	keeps := std.IsPackage(x.Path) && does&std.Kept != 0
	note(std.Environ, keeps && does&std.Variables != 0)
	note(std.Directory, keeps && does&std.Files != 0)
}

// sets returns the first state of the library that a name of it sets, or uses where the
// binary puts something of its own there, if only when it starts: a decoder, a logger.
func (s *Search) sets(x graph.External) string {
	for _, st := range std.StateOf(x.Path, x.Name) {
		if s.names[st.Name] && (st.Sets || s.g.Start().Sets[st.Name] || s.isSet(splitName(st.Name))) {
			return st.Name
		}
	}
	return ""
}

// covers reports whether the caller answers for state of another package.
func (s *Search) covers(name string) bool {
	path, bare := splitName(name)
	return s.covered.has(&graph.Package{Path: path}, bare)
}

// isState reports whether an access is to some of the state in reach. If the variables of a
// package are one state, a name that is called, or surely no variable, does not belong to it.
func (s *Search) isState(a mention) bool {
	return s.names[a.name] || !a.isNoVariable() && s.names[a.path+".*"] && !s.covers(a.name)
}

// touchesOf returns the state to which a declaration, or code that it leads to in other
// modules, does more than read it.
func (s *Search) touchesOf(n *graph.Node, inside bool) []graph.Use {
	list := s.touchesItself(n, inside, func() bool { return s.initial(n) })
	for _, x := range n.Externals {
		for _, use := range s.touchExternal(x) {
			list = append(list, n.Use(use.What, x.Line))
		}
	}
	return list
}

// touchesItself returns the state to which a declaration itself does more than read it; an
// initial one does so after it has run.
func (s *Search) touchesItself(n *graph.Node, inside bool, initial func() bool) (list []graph.Use) {
	for _, a := range s.accesses(n) {
		counts := s.isState(a) || !inside && a.maySet() && (s.mentioned[a.name] || s.setsLibrary(a))
		begins := counts && a.Kind == facts.AccessWrite && !a.Late && initial() // the value that all tests begin with
		if counts && !begins && s.isTouched(a) {
			list = append(list, n.Use(a.name, a.Line))
		}
	}
	for _, x := range n.Externals {
		if set := s.sets(x); set != "" && (!initial() || !atOnce(n, x.Name)) {
			list = append(list, n.Use(set, x.Line))
		}
	}
	return list
}

// Of other modules no more is known than their source, which is followed as far
// as it is reached.

// touchExternal returns the state that a name of another module touches, of the first
// declaration that it leads to which does. Code that ran at the start has set none since, but
// for values that it keeps or hands on.
func (s *Search) touchExternal(x graph.External) []graph.Use {
	seen := map[*graph.Node]bool{}
	for list := slices.Clone(s.g.ExternalNodes(x)); len(list) > 0; list = list[1:] {
		n := list[0]
		if found, known := s.touched[n]; len(found) > 0 {
			return found
		} else if known || seen[n] {
			continue
		}
		seen[n] = true
		s.scan(n.Package)
		list = append(list, s.g.Next(n)...)
		ran := func() bool { return n.Fact.Kind == facts.KindVar || n.Fact.Kind == facts.KindInit }
		if found := s.touchesItself(n, true, ran); len(found) > 0 {
			s.touched[n] = found
			return found
		}
	}
	for n := range seen {
		s.touched[n] = nil
	}
	return nil
}

// atOnce reports whether all that a declaration does with a name is that it calls it
// where it is evaluated itself.
func atOnce(n *graph.Node, name string) bool {
	calls := 0
	return !slices.ContainsFunc(n.Fact.Accesses, func(a facts.Access) bool {
		if a.Param != 0 || a.Sel != name {
			return false
		}
		calls++
		return a.Late || a.Kind != facts.AccessCall || a.Path != ""
	}) && calls > 0
}

// setsLibrary reports whether a mention is that of a variable of the standard library, where
// code in reach uses the library: any function of that may read the variable. Of variables
// that are state it is known which do.
func (s *Search) setsLibrary(a mention) bool {
	return len(s.mentioned) > 0 && std.IsPackage(a.path) && !std.IsState(a.path, a.bare) && !std.IsNoVariable(a.path, a.bare)
}

// spread adds the uses of declarations that touch state to those in reach that lead to them.
func (s *Search) spread() {
	for more := true; more; {
		more = false
		for _, n := range slices.Backward(s.r.Order) { // what it leads to stands behind it, as a rule
			all := s.uses[n.ID]
			for _, to := range n.Edges {
				all = addNew(all, s.uses[to.ID], MaxCauses)
			}
			if len(all) > len(s.uses[n.ID]) {
				s.uses[n.ID], more = all, true
			}
		}
	}
}

// MaxCauses is how many variables a message names.
const MaxCauses = 10

// addNew appends the uses of state that a list lacks, as long as it has fewer than limit.
func addNew(list, more []graph.Use, limit int) []graph.Use {
	for _, use := range more {
		if len(list) < limit && !slices.ContainsFunc(list, func(o graph.Use) bool { return o.What == use.What }) {
			list = append(list, use)
		}
	}
	return list
}

// Causes returns the code that is executed outside the closure and touches state in it, or
// mentions code in the closure that does: each variable once, and no more than limit of
// them.
func (s *Search) Causes(executed *graph.Reach, limit int) (list []graph.Use) {
	if len(s.kept) > 0 || len(s.names) == 0 && len(s.mentioned) == 0 {
		return s.kept
	}
	literals, running := s.r.Literals(), s.running()
	for _, n := range executed.Order {
		// A test that counts with all of its package is run by itself.
		if s.r.Has(n) && (!graph.IsTestFunc(n) || n.Fact.Name == running) {
			continue
		}
		if rest := s.g.Without(n, literals); rest != n && s.isOneFixture(n) {
			n = rest
		}
		found := s.touchesOf(n, false)
		for _, to := range n.Edges {
			if uses := s.uses[to.ID]; len(uses) > 0 && !s.isBuilt(to) {
				for _, use := range uses {
					found = append(found, n.Use(use.What, n.Fact.Names[0].Line))
				}
			}
		}
		if list = addNew(list, found, limit); len(list) == limit {
			break
		}
	}
	return list
}

// isBuilt reports whether a declaration is the function itself, and is mentioned in the
// binary only as the argument of one call for a fixture, as a literal would be.
func (s *Search) isBuilt(n *graph.Node) bool {
	calls := s.mentions[n.Name()]
	if len(calls) != 1 || calls[0].Kind != facts.AccessArgument || !s.r.Has(n) || s.r.Via(n) != nil || !s.isOneFixture(calls[0].by) {
		return false
	}
	_, path := s.decls(s.file(calls[0].by), calls[0].Callee)
	return syntax.IsAPI(path) && calls[0].by.RunsOnce(calls[0].Line)
}

// isOneFixture reports whether a function asks for the same fixture at each call: a test that
// nothing else calls, or, where the key and the options are constant, a function that takes
// nothing but testing handles, and neither asks for their names nor hands them to one that
// may. Each call of another may ask for another fixture, and find what building one has left.
func (s *Search) isOneFixture(n *graph.Node) bool {
	sig, ok := s.outline.Parse(n.Fact.Form).(*ast.FuncType)
	return graph.IsTestFunc(n) && !slices.ContainsFunc(s.g.All(), func(by *graph.Node) bool { return slices.Contains(by.Edges, n) }) ||
		ok && s.covered.Same && n.Fact.Kind == facts.KindFunc && sig.Params.NumFields() == bits.OnesCount(uint(n.Fact.HandleParams)) && !s.g.UsesName(n, map[*graph.Node]bool{})
}

// running returns the name of the test that the function is, or is called by,
// where that test is what its closure begins with.
func (s *Search) running() (name string) {
	for _, n := range s.r.Order {
		if graph.IsTestFunc(n) && s.r.Via(n) == nil {
			if name != "" && name != n.Fact.Name {
				return "" // all code counts
			}
			name = n.Fact.Name
		}
	}
	return name
}

// early returns TestMain, if it, or code that it leads to, changes state in reach: then
// whatever it has read until then may be in the value.
func (s *Search) early() []*graph.Node {
	mains, literals := s.g.Functions("TestMain"), s.r.Literals()
	changes := func(n *graph.Node) bool {
		return !n.Init() && (len(s.touchesOf(s.g.Without(n, literals), false)) > 0 || s.opaque(n.Package) && s.unseen[n.Package] != "")
	}
	if len(mains) > 0 && slices.ContainsFunc(s.g.ReachFrom(mains...).Order, changes) {
		return mains
	}
	return nil
}
