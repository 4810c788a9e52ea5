package state

import (
	"go/ast"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/effect"
	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
	"github.com/fixturecache/fixturecache/core/internal/code/outline"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
	"github.com/fixturecache/fixturecache/core/internal/code/types"
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
	outline  *outline.Packages
	mentions map[string][]*mention // by the path.Name that is mentioned
	scanned  map[*graph.Package]bool
	verdicts map[variable]bool             // whether it is fixed
	changed  map[*graph.Node][]*graph.Node // memory of changers
	types    map[variable]types.Type
	effects  map[parameter]effect.Effect
	looked   []parameter // while the effect of the first is looked for
	accessed map[*graph.Node][]mention
	followed bool // the packages of other modules are scanned
	minds    bool // the holder of a lock is state: see mind
}

// A mention is an access, where it stands, and what is mentioned, in full, "m/conf.Mode",
// and in parts.
type mention struct {
	name, path, bare string
	by               *graph.Node
	*facts.Access
}

// isNoVariable reports whether the mentioned name is called, or surely no variable of the library.
func (m mention) isNoVariable() bool {
	return m.Kind == facts.AccessCall && m.Path == "" || std.IsNoVariable(m.path, m.bare)
}

// maySet reports whether an access may assign to a variable, if through a pointer that it holds.
func (m mention) maySet() bool {
	return m.Kind >= facts.AccessAddress || m.Kind == facts.AccessArgument && std.ImmutableVar(m.path, m.bare)
}

// A parameter is a parameter of a function: the receiver is 1, others follow.
type parameter struct {
	f     *graph.Node
	param int
}

// New returns an analysis of a graph that is loaded, and lets the graph use it from then on.
func New(g *graph.Graph) *Analysis {
	s := &Analysis{g: g, mentions: map[string][]*mention{}, scanned: map[*graph.Package]bool{}, verdicts: map[variable]bool{}, changed: map[*graph.Node][]*graph.Node{}, types: map[variable]types.Type{},
		effects: map[parameter]effect.Effect{}, accessed: map[*graph.Node][]mention{}}
	s.outline = outline.New(s.find, s.result)
	for _, p := range g.ByPath {
		s.scan(p)
	}
	g.Changers, g.ChangedBy = s.changers, s.changedBy
	return s
}

// scan notes what a package mentions.
func (s *Analysis) scan(p *graph.Package) {
	if s.scanned[p] {
		return
	}
	s.scanned[p] = true
	for _, n := range p.Nodes {
		list := s.accesses(n)
		for i := range list {
			s.mentions[list[i].name] = append(s.mentions[list[i].name], &list[i])
		}
	}
}

// accesses returns the accesses of a declaration, one for each meaning of what it mentions.
func (s *Analysis) accesses(n *graph.Node) []mention {
	list, ok := s.accessed[n]
	if !ok {
		list = make([]mention, 0, len(n.Fact.Accesses))
		for i := range n.Fact.Accesses {
			a := &n.Fact.Accesses[i] // one to a parameter mentions nothing
			n.Meanings(a.Mention, func(path, name string, isPart bool) {
				of := a
				if isPart {
					whole := *a
					whole.Path = facts.StepField(a.Sel) + a.Path
					of = &whole
				}
				list = append(list, mention{path + "." + name, path, name, n, of})
			})
		}
		s.accessed[n] = list
	}
	return list
}

// follow notes what the packages of other modules mention, in all that the binary is made of.
func (s *Analysis) follow() {
	if !s.followed {
		s.followed = true
		for _, p := range s.g.ExternalPackages() {
			s.scan(p)
		}
	}
}

// fixed reports whether a variable is fixed. Any code of the binary may change one of another
// module: all that is executed is looked through first.
func (s *Analysis) fixed(v variable) bool {
	if v.n.Package.External {
		s.follow()
	}
	fixed, known := s.verdicts[v]
	if !known {
		s.verdicts[v] = false
		fixed = !s.opaque(v.n.Package) && !s.g.Linked(v.n) && !slices.ContainsFunc(s.mentions[v.name()], func(m *mention) bool { return s.touches(v, *m) })
		s.verdicts[v] = fixed
	}
	return fixed
}

// changers returns the declarations that may change the variables of one once they were made,
// if only when the program starts: the declaration itself where that cannot be told.
func (s *Analysis) changers(n *graph.Node) (by []*graph.Node) {
	if by, known := s.changed[n]; known {
		return by
	}
	for i := range n.Fact.Names {
		v := variable{n, i}
		fixed := s.fixed(v)
		if n.Fact.Lazy || s.opaque(n.Package) || s.g.Linked(n) {
			return []*graph.Node{n}
		}
		// A function that it is handed to may give it a name: a stored value then leads to it, and to no copy.
		named := len(s.mentions["github.com/fixturecache/fixturecache/cachetest.RegisterGlobal"]) > 0
		for _, m := range s.mentions[v.name()] {
			if named && m.Callee.Sel != "" || s.initialises(*m) || s.aliases(v, *m) || !fixed && s.touches(v, *m) {
				by = append(by, m.by)
			}
		}
	}
	s.changed[n] = by
	return by
}

// touches reports whether a mention of a variable is no pure read, nor part of
// its initialisation.
func (s *Analysis) touches(v variable, m mention) bool {
	return s.opaque(m.by.Package) || !s.initialises(m) && s.does(s.typeOf(v), m, effect.Itself) > effect.Reads && !(s.aliases(v, m) && s.fixed(variable{m.by, 0}))
}

// aliases reports whether a mention makes a variable, or a part of it, a part of another
// one, of which each mention counts then.
func (s *Analysis) aliases(v variable, m mention) bool {
	f := m.by.Fact
	return f.Kind == facts.KindVar && !m.by.Init() && len(f.Names) == 1 && !m.Late && (m.Kind == facts.AccessRead || m.Kind == facts.AccessAddress) &&
		s.does(s.typeOf(v), m, effect.Itself) > effect.Reads
}

// isTouched reports whether an access to a variable is no pure read.
func (s *Analysis) isTouched(m mention) bool {
	list, path := s.declared(m.path, m.bare)
	if path != "" {
		return !s.stdLooks(m, path, m.bare) && s.does(types.Type{}, m, effect.Itself) > effect.Reads
	}
	return len(list) == 0 || slices.ContainsFunc(list, func(d *graph.Node) bool {
		return d.Fact.Kind == facts.KindVar && s.touches(variable{d, d.Fact.Index(m.bare)}, m)
	})
}

// changedBy returns the variables of the standard library to which a declaration does more
// than to read them.
func (s *Analysis) changedBy(n *graph.Node) (list []graph.External) {
	for _, a := range s.accesses(n) {
		leads := std.IsState(a.path, a.bare) || strings.HasPrefix(std.TypeOf(a.path, a.bare), "*")
		if std.IsPackage(a.path) && !a.isNoVariable() && (a.maySet() || leads) && s.isTouched(a) {
			list = append(list, graph.External{Path: a.path, Name: a.bare, Line: a.Line})
		}
	}
	return list
}

// stdLooks reports whether an access leaves a variable of the standard library as it is: it
// is given to a function that only calls its methods, or a method that only reads is called.
func (s *Analysis) stdLooks(m mention, path, name string) bool {
	switch {
	case m.Kind >= facts.AccessAddress:
		return false
	case path == "os" && (name == "Stdout" || name == "Stderr") && m.Path != facts.StepField("Close"): // who has one writes to it, which is in no result
		return true
	case s.isSet(path, name):
		return false
	case std.ImmutableVar(path, name): // through a pointer it may be assigned to
		return m.Kind != facts.AccessArgument || !strings.HasPrefix(std.TypeOf(path, name), "*") || s.argument(m.by, *m.Access) < effect.Changes
	case m.Kind == facts.AccessArgument && m.Path == "":
		_, callee := s.decls(s.file(m.by), m.Callee)
		return callee != "" && std.Argument(callee, m.Callee.Sel, m.Arg) <= std.Calls
	}
	method, isMethod := strings.CutPrefix(m.Path, ".")
	return isMethod && effect.StdMethod(path, std.TypeOf(path, name), strings.TrimSpace(method)) == effect.Reads
}

// isSet reports whether the binary sets a variable of the standard library, if only when
// the program starts, to what may be changed by use.
func (s *Analysis) isSet(path, name string) bool {
	if effect.StdImmutable(path, std.TypeOf(path, name)) {
		return false
	}
	s.follow()
	return slices.ContainsFunc(s.mentions[path+"."+name], func(m *mention) bool { return m.Kind >= facts.AccessAddress })
}

// opaque reports whether facts do not tell the code of a package: they know calls of
// predeclared names by the rules of the language.
func (s *Analysis) opaque(p *graph.Package) bool { return p.Whole != "" || p.Shadows }

// initialises reports whether an access assigns to a variable when the program
// starts, and never again.
func (s *Analysis) initialises(m mention) bool {
	return m.Kind == facts.AccessWrite && !m.Late && s.initial(m.by)
}

// initial reports whether a declaration is run when the program starts, and never again: an
// initialiser, or a function that only initialisers call.
func (s *Analysis) initial(n *graph.Node) bool { return s.initialAmong(nil, n, 0) }

// initialAmong is initial among the declarations of a reach: of a literal, and not of the function around it.
func (s *Analysis) initialAmong(r *graph.Reach, n *graph.Node, depth int) bool {
	switch n.Fact.Kind {
	case facts.KindInit, facts.KindVar:
		return true
	case facts.KindFunc:
		calls := s.mentions[n.Name()]
		root := r != nil && (r.Via(n) == nil || slices.ContainsFunc(r.Literals(), func(lit *graph.Node) bool { return slices.Contains(lit.Edges, n) }))
		calledByOthers := root || graph.IsTestFunc(n) || s.g.Linked(n) || n.Package.External && ast.IsExported(n.Fact.Name)
		return depth < 4 && len(calls) > 0 && !calledByOthers && !slices.ContainsFunc(calls, func(m *mention) bool {
			return (r == nil || r.Has(m.by)) && (m.Kind != facts.AccessCall || m.Path != "" || m.Late || !s.initialAmong(r, m.by, depth+1))
		})
	}
	return false
}
