package source

import (
	"cmp"
	"slices"
	"sort"
	"strings"
)

// addState finds the package variables in reach that change while tests run,
// and who changes them.
//
// Writes by fn's own code are part of what fn does; but then what an earlier
// test has made of such a variable may be in fn's result. Writes by other code
// put values in reach that neither the source of fn nor its key tells, and so
// do calls by other code of functions in reach that leave behind what their
// callers did.
func (c *Closure) addState(g *graph, r *reach) {
	executed := g.executed()
	s := stateOfReach{Closure: c, g: g, r: r, executed: executed, literals: r.literals()}
	for _, n := range executed.order {
		initial := n.fact.kind == kindInit || n.fact.kind == kindVar
		for _, w := range n.fact.does().writes {
			if !initial || w.late { // else before any test
				s.addWrite(n, w)
			}
		}
	}
	s.addStdState()
	c.State = c.State || slices.ContainsFunc(r.order, func(n *node) bool { return slices.ContainsFunc(n.ext, g.keepsReads) })
	c.addAsks(g, r)
	before := g.filledByTestMain(r)
	for _, n := range r.order {
		if n.fact.flags&declLazy != 0 {
			c.State = true // an earlier test may have been the first to call it
			if g.early().has(n) {
				before = append(before, n)
			}
		} else if n.fact.flags&declUnit != 0 {
			before = append(before, n)
		}
	}
	c.addInit(g, before)
	c.Written = compactUses(c.Written)
	c.Init = compactUses(c.Init)
}

// stateOfReach is what addState works with.
type stateOfReach struct {
	*Closure
	g           *graph
	r, executed *reach
	literals    []*node
	callers     map[*node]*node // see callersOutside
}

// addWrite notes what something done by n means for variables in reach.
func (s *stateOfReach) addWrite(n *node, w write) {
	inside := s.r.has(n) || inLiteral(s.literals, n, w.line)
	for _, ch := range s.g.changed(n, w) {
		if !s.r.has(ch.v) {
			continue
		}
		s.State = true
		switch {
		case !inside && ch.how == altered:
			s.written(ch.v, n, w.line)
		case inside && ch.how == altered && w.given && s.r.has(n) && (w.op != opAlias || len(s.g.callees(n, w.callee)) > 0):
			s.addSetters(n, ch.v)
		}
	}
}

func (s *stateOfReach) written(v, by *node, line int) {
	s.Written = append(s.Written, Use{What: v.name(), By: by.name(), File: s.relative(by.file.path), Line: line})
}

// addSetters: a function of the closure that leaves in a variable what its
// callers did is harmless as long as only the closure calls it.
func (s *stateOfReach) addSetters(setter, v *node) {
	if s.callers == nil {
		s.callers = s.callersOutside()
	}
	if by := s.callers[setter]; by != nil {
		s.written(v, by, by.fact.line)
	}
}

// callersOutside returns, for each function in reach that code which is not may
// come to call, some such code.
func (s *stateOfReach) callersOutside() map[*node]*node {
	callers := map[*node]*node{}
	var queue []*node
	enter := func(n, f, by *node) {
		if s.r.has(f) && f.fact.kind != kindType && callers[f] == nil && !s.callsOnce(n, f) {
			callers[f] = by
			queue = append(queue, f)
		}
	}
	for _, n := range s.executed.order {
		if s.r.has(n) || n.fact.flags&declUnit != 0 && n.fact.flags&declLazy == 0 {
			continue
		}
		for _, f := range s.edgesOf(n) {
			enter(n, f, n)
		}
	}
	for len(queue) > 0 {
		n := queue[0]
		queue = queue[1:]
		if n.fact.kind == kindVar && n.fact.flags&declLazy != 0 {
			continue
		}
		for _, f := range n.edges {
			enter(n, f, callers[n])
		}
	}
	return callers
}

// callsOnce reports whether n calls f through sync.Once alone, or where it
// finds empty what f fills.
func (s *stateOfReach) callsOnce(n, f *node) bool {
	return slices.ContainsFunc(n.fact.does().passes, func(p passFact) bool {
		if p.of != ofNothing || !slices.Contains(s.g.named(n, p.callee.x, p.callee.sel), f) {
			return false
		}
		return p.method == "" || slices.ContainsFunc(f.fact.does().writes, func(w write) bool {
			return slices.Contains(strings.Fields(p.method), w.sel) || slices.Contains(strings.Fields(p.method), w.x)
		})
	})
}

// edgesOf returns what a declaration leads to; where fn is written inside it,
// beside fn.
func (s *stateOfReach) edgesOf(n *node) []*node {
	if slices.ContainsFunc(s.literals, func(lit *node) bool { return inLiteral([]*node{n}, lit, lit.fact.line) }) {
		return s.g.edgesBeside(n, s.literals)
	}
	return n.edges
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

// filledByTestMain: before m.Run nothing is recorded. What TestMain calls and
// fn calls too, and fills a variable in reach, such as a lazy load, may have
// read the world by then.
func (g *graph) filledByTestMain(r *reach) (found []*node) {
	mains := g.testNamed("TestMain")
	if len(mains) == 0 {
		return nil
	}
	main := g.reachFrom(mains...)
	for _, n := range main.order {
		if !r.has(n) || n.fact.flags&declUnit != 0 {
			continue
		}
		fills := slices.ContainsFunc(n.fact.does().writes, func(w write) bool {
			return slices.ContainsFunc(g.changed(n, w), func(c change) bool { return r.has(c.v) })
		})
		if fills {
			found = append(found, n)
		}
	}
	return found
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

// variables returns the package variables that a write may be one of.
func (g *graph) variables(n *node, w write) []*node {
	found := g.named(n, w.x, w.sel)
	isOther := func(v *node) bool { return v.fact.kind != kindVar }
	switch {
	case !slices.ContainsFunc(found, isOther):
		return found
	case len(found) == 1:
		return nil
	}
	return slices.DeleteFunc(slices.Clone(found), isOther)
}

// A change is what something may do to a variable.
type change struct {
	v   *node
	how alteration
}

func (g *graph) altered(list []*node, how func(v *node) alteration) (found []change) {
	for _, v := range list {
		if a := how(v); a != untouched {
			found = append(found, change{v, a})
		}
	}
	return found
}

// changed returns those whose content a write may change.
func (g *graph) changed(n *node, w write) []change {
	if w.far {
		return g.withParts(g.altered(g.farVariables(n, w, map[*node]bool{}), func(v *node) alteration { return g.changesFar(n, v, w) }))
	}
	return g.withParts(g.altered(g.variables(n, w), func(v *node) alteration { return g.changes(n, v, w) }))
}

// withParts adds variables that those in a list were made of.
func (g *graph) withParts(found []change) []change {
	for i := 0; i < len(found); i++ {
		of := found[i]
		for _, o := range of.v.fact.does().writes {
			if o.op != opAddr && o.op != opAlias || o.late || o.far {
				continue
			}
			for _, v := range g.variables(of.v, o) { // var all = []*T{one, &two}
				if !slices.ContainsFunc(found, func(c change) bool { return c.v == v }) && (o.op == opAddr || g.shares(v, v.fact.typ, true)) {
					found = append(found, change{v, of.how})
				}
			}
		}
	}
	return found
}

// named returns what x.sel, or sel alone, stands for where n mentions it: x if
// that is no package.
func (g *graph) named(n *node, x, sel string) []*node {
	var found []*node
	if x == "" {
		found = n.pkg.decls[sel]
	} else if path, ok := n.file.names[x]; ok {
		if p := g.packages[path]; p != nil {
			found = p.decls[sel]
		}
	} else {
		found = n.pkg.decls[x]
	}
	if found == nil {
		for _, path := range n.file.dots {
			if p := g.packages[path]; p != nil {
				found = append(found, p.decls[sel]...)
			}
		}
	}
	return found
}

// changes reports how what is done to a variable may change what it holds.
func (g *graph) changes(n, v *node, w write) alteration {
	typ := v.fact.typ
	if strings.HasPrefix(typ, "sync.") && typ != "sync.Map" && typ != "sync.Pool" {
		return untouched // locks; sync.Once guards code of fn's own closure
	}
	switch w.op {
	case opSet:
		return altered
	case opAddr:
		if strings.HasPrefix(typ, "sync.") {
			return untouched
		}
		return altered
	case opAlias:
		if !g.sharesPart(n, v, w) {
			return untouched
		}
		return g.handedOn(n, w)
	}
	if w.method == printing && !memories.has(typ) || stays(typ, w.method) {
		return untouched
	}
	return g.methodChanges(v, w)
}

// sharesPart reports whether what is handed on of a variable leads to what it
// holds. That of structs and interfaces counts only where it is known who gets
// it: most are values that nobody changes.
func (g *graph) sharesPart(n, v *node, w write) bool {
	sure := len(g.callees(n, w.callee)) == 0
	switch {
	case w.method == slicePart:
		return v.fact.typ == "array" || g.shares(v, v.fact.typ, sure)
	case w.method == elementPart:
		return g.elementShares(v, sure)
	case w.x != "" && n.file.names[w.x] == "":
		return g.fieldShares(v, w.sel, sure)
	}
	return g.shares(v, v.fact.typ, sure)
}

// Parts of a variable that are handed on, as method of an opAlias.
const (
	slicePart   = "[:]"
	elementPart = "[]"
)

// handedOn reports what the function that a variable is handed to may do to
// it: change it, keep it or hand it on.
func (g *graph) handedOn(n *node, w write) alteration {
	found := g.callees(n, w.callee)
	if len(found) == 0 {
		return g.outsideAlters(n, w.callee)
	}
	a := untouched
	for _, f := range found {
		a = max(a, g.paramAltered(f, w.arg))
	}
	return a
}

// typesOf returns the local type declarations that a type word stands for.
func (g *graph) typesOf(v *node, typ string, depth int) []*node {
	if depth > 3 {
		return nil
	}
	call := strings.HasSuffix(typ, "()")
	typ = strings.TrimSuffix(strings.TrimLeft(typ, "*"), "()")
	decls := v.pkg.decls[typ]
	if x, sel, ok := strings.Cut(typ, "."); ok {
		decls = nil
		if p := g.packages[v.file.names[x]]; p != nil {
			decls = p.decls[sel]
		}
	}
	var types []*node
	for _, d := range decls {
		switch {
		case call && d.fact.kind == kindFunc:
			types = append(types, g.typesOf(d, d.fact.typ, depth+1)...)
		case d.fact.kind == kindType:
			types = append(types, d)
		}
	}
	return types
}
