package source

import (
	"slices"
	"strings"
)

// addState finds the package variables in reach that change while tests run,
// and who changes them.
//
// Writes by fn's own code are part of what fn does; but then what an earlier
// test has made of such a variable may be in fn's result. Writes by other code
// put values in reach that neither the source of fn nor its key tells.
func (c *Closure) addState(g *graph, r *reach) {
	executed := g.executed()
	var literals []*node
	for _, n := range r.order {
		if n.literal {
			literals = append(literals, n)
		}
	}
	for _, n := range executed.order {
		initial := n.fact.kind == kindInit || n.fact.kind == kindVar
		for _, w := range n.fact.writes {
			if initial && !w.late {
				continue // before any test
			}
			inside := r.has(n) || inLiteral(literals, n, w.line)
			for _, v := range g.changed(n, w) {
				if !r.has(v) {
					continue
				}
				c.State = true
				if !inside {
					c.Written = append(c.Written, Use{What: v.name(), By: n.name(), File: c.relative(n.file.path), Line: w.line})
				} else if w.given {
					c.addSetters(executed, r, n, v)
				}
			}
		}
	}
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
	defer main.done()
	for _, n := range main.order {
		if !r.has(n) || n.fact.flags&declUnit != 0 {
			continue
		}
		fills := slices.ContainsFunc(n.fact.writes, func(w write) bool {
			return slices.ContainsFunc(g.changed(n, w), r.has)
		})
		if fills {
			found = append(found, n)
		}
	}
	return found
}

// addSetters: a function of the closure that sets a variable to what it is
// given is harmless as long as only the closure calls it.
func (c *Closure) addSetters(executed, r *reach, setter, v *node) {
	for _, n := range executed.g.leadingTo(setter) {
		if executed.has(n) && !r.has(n) && n.fact.flags&declUnit == 0 {
			c.Written = append(c.Written, Use{What: v.name(), By: n.name(), File: c.relative(n.file.path), Line: n.fact.line})
		}
	}
}

// inLiteral reports whether a line of a declaration that is not reached itself
// belongs to a literal that is: fn, written inside a test.
func inLiteral(literals []*node, n *node, line int) bool {
	return slices.ContainsFunc(literals, func(lit *node) bool {
		return lit.file == n.file && lit.fact.line <= line && line < lit.fact.line+lit.fact.lines
	})
}

func compactUses(list []Use) []Use {
	slices.SortFunc(list, func(a, b Use) int {
		if n := strings.Compare(a.What, b.What); n != 0 {
			return n
		}
		if n := strings.Compare(a.File, b.File); n != 0 {
			return n
		}
		return a.Line - b.Line
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
	name := n.fact.names[0].name
	for _, prefix := range []string{"Test", "Benchmark", "Fuzz", "Example"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// variables returns the package variables that a write may be one of.
func (g *graph) variables(n *node, w write) []*node {
	return slices.DeleteFunc(slices.Clone(g.named(n, w.x, w.sel)), func(v *node) bool { return v.fact.kind != kindVar })
}

// changed returns those whose content a write may change.
func (g *graph) changed(n *node, w write) []*node {
	if w.far {
		return slices.DeleteFunc(g.farVariables(n, w, map[*node]bool{}), func(v *node) bool { return !g.changesFar(n, v, w) })
	}
	found := slices.DeleteFunc(g.variables(n, w), func(v *node) bool { return !g.changes(n, v, w) })
	for i := 0; i < len(found); i++ {
		for _, o := range found[i].fact.writes {
			if o.op != opAddr && o.op != opAlias || o.late || o.far {
				continue
			}
			for _, v := range g.variables(found[i], o) { // var all = []*T{one, &two}
				if !slices.Contains(found, v) && (o.op == opAddr || !frozen[v.fact.typ]) {
					found = append(found, v)
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

// changes reports whether what is done to a variable may change what it holds.
func (g *graph) changes(n, v *node, w write) bool {
	typ := v.fact.typ
	if strings.HasPrefix(typ, "sync.") && typ != "sync.Map" && typ != "sync.Pool" {
		return false // locks; sync.Once guards code of fn's own closure
	}
	switch w.op {
	case opSet:
		return true
	case opAddr:
		return !strings.HasPrefix(typ, "sync.")
	case opAlias:
		return (typ == "map" || typ == "slice" || strings.HasPrefix(typ, "*") && !frozen[typ]) && g.keeps(n, w)
	}
	if stays(typ, w.method) {
		return false
	}
	return g.methodChanges(v, w.method, 0)
}

// keeps reports whether the function that a variable is handed to may change
// it, keep it or hand it on. Only local functions are looked at.
func (g *graph) keeps(n *node, w write) bool {
	var found []*node
	if path, ok := n.file.names[w.callee.x]; ok {
		if p := g.packages[path]; p != nil {
			found = p.decls[w.callee.sel]
		}
	} else if w.callee.x == "" {
		found = n.pkg.decls[w.callee.sel]
	}
	return len(found) == 0 || slices.ContainsFunc(found, func(f *node) bool {
		return f.fact.kind != kindFunc || f.fact.flags&declNoBody != 0 || f.fact.keeps&(1<<min(w.arg, 63)) != 0
	})
}

// methodChanges looks at the methods of a variable's type, where it is local.
func (g *graph) methodChanges(v *node, method string, depth int) bool {
	types := g.typesOf(v, v.fact.typ, depth)
	known := false
	for _, t := range types {
		for _, m := range g.methodsOf(t) {
			if m.fact.names[0].name != method {
				continue
			}
			known = true
			if m.fact.flags&declAlters != 0 {
				return true
			}
		}
	}
	return !known && !leavesAlone(method)
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
