package source

import (
	"cmp"
	"slices"
	"sort"
	"strings"
)

// addEarly notes what the code reads before any test runs, into variables that
// it uses.
func (c *Closure) addEarly(g *graph, r *reach) {
	c.State = c.State || slices.ContainsFunc(r.order, func(n *node) bool { return slices.ContainsFunc(n.ext, g.keepsReads) })
	before := g.filledByTestMain(r)
	for _, n := range r.order {
		if n.fact.flags&declLazy == 0 && n.fact.flags&declUnit != 0 || n.fact.flags&declLazy != 0 && g.early().has(n) {
			before = append(before, n)
		}
	}
	c.addInit(g, before)
	c.Init = compactUses(c.Init)
}

// early is what can run before any test: all initialisation code, but for what
// waits for its first call, and TestMain.
func (g *graph) early() *reach {
	if g.runsEarly == nil {
		roots := g.testNamed("TestMain")
		for _, p := range g.order {
			for _, n := range p.nodes {
				if n.fact.flags&declUnit != 0 && n.fact.flags&declLazy == 0 {
					roots = append(roots, n)
				}
			}
		}
		g.runsEarly = g.reachFrom(roots...)
	}
	return g.runsEarly
}

// presets reports whether code that runs before any test sets environment
// variables, and no test does: all that tests read is what is set when they
// begin.
func (g *graph) presets() bool {
	if !slices.ContainsFunc(g.early().order, func(n *node) bool { return slices.ContainsFunc(n.ext, envSetters.has) }) {
		return false
	}
	sets := func(n *node) bool {
		return slices.ContainsFunc(n.ext, func(x extRef) bool {
			return envSetters.has(x) || !isOpaque(x) && slices.Contains(g.outside(x).asks, AsksToSet)
		})
	}
	var tests []*node
	for _, n := range g.executed().order {
		if n.pkg.dir == g.target.dir && isTestFunc(n) && n.fact.name != "TestMain" {
			tests = append(tests, n)
		}
	}
	return !slices.ContainsFunc(g.reachFrom(tests...).order, sets)
}

// filledByTestMain: before m.Run nothing is recorded. What TestMain calls and
// fn calls too, and fills a variable in reach, such as a lazy load, may have
// read the world by then.
func (g *graph) filledByTestMain(r *reach) (found []*node) {
	mains := g.testNamed("TestMain")
	if len(mains) == 0 {
		return nil
	}
	main, s := g.reachFrom(mains...), g.stateOf()
	for _, n := range main.order {
		if !r.has(n) || n.fact.flags&declUnit != 0 {
			continue
		}
		if s.fillsVariable(n, r) {
			found = append(found, n)
		}
	}
	return found
}

// fillsVariable reports whether a declaration does more to a variable in reach
// than read it.
func (s *state) fillsVariable(n *node, r *reach) bool {
	return slices.ContainsFunc(s.accesses(n), func(a namedAccess) bool {
		dot := strings.LastIndexByte(a.name, '.')
		list, std := s.declared(a.name[:dot], a.name[dot+1:])
		return std == "" && slices.ContainsFunc(list, r.has) && s.isTouched(n, a)
	})
}

// inLiteral reports whether a line of a declaration that is not reached itself
// belongs to a literal that is: fn, written inside a test.
func inLiteral(literals []*node, n *node, line int) bool {
	return slices.ContainsFunc(literals, func(lit *node) bool {
		return lit.file == n.file && lit.fact.line <= line && line < lit.fact.line+lit.fact.lines
	})
}

func compactUses(list []Use) []Use {
	sort.Slice(list, func(i, j int) bool { // SortFunc weighs 15 kB for each type
		a, b := &list[i], &list[j]
		return cmp.Or(strings.Compare(a.What, b.What), strings.Compare(a.File, b.File), a.Line-b.Line) < 0
	})
	return slices.Compact(list)
}

// executed is all that can run in the test binary: what its tests reach, with
// all initialisation code.
func (g *graph) executed() *reach {
	if g.runs != nil {
		return g.runs
	}
	var roots []*node
	for _, p := range g.order {
		for _, n := range p.nodes {
			if n.fact.flags&declUnit != 0 || p.dir == g.target.dir && isTestFunc(n) {
				roots = append(roots, n)
			}
		}
	}
	g.runs = g.reachFrom(roots...)
	return g.runs
}

func isTestFunc(n *node) bool {
	if n.fact.kind != kindFunc || !n.file.facts.isTest() {
		return false
	}
	name := n.fact.name
	for _, prefix := range []string{"Test", "Benchmark", "Fuzz", "Example"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// keepers are packages of the standard library that read the world when they
// are first asked, and keep it.
var keepers = wordSet{text: "crypto/tls crypto/x509 mime net/http os/user"}

// keepsReads reports whether a mention of something outside may use what it has
// read for somebody else before.
func (g *graph) keepsReads(x extRef) bool {
	return keepers.has(x.path) && !isPure(x) || len(g.readsOutside(x)) > 0
}
