package source

import (
	"slices"
	"strings"
)

// How much something done to a variable may change what it holds.
type alteration uint8

const (
	untouched alteration = iota
	filled               // the same whoever comes first
	altered
)

// paramAltered reports what a function may do to what a parameter leads to.
func (g *graph) paramAltered(f *node, i int) alteration {
	i = min(i, 63)
	if f.fact.kind != kindFunc || f.fact.flags&declNoBody != 0 || f.fact.does().keeps&(1<<i) != 0 {
		return altered
	}
	return g.passesAlter(f, i)
}

// receiverAltered is that of a method and what it is of.
func (g *graph) receiverAltered(m *node) alteration {
	if m.fact.flags&declAlters != 0 || m.fact.flags&declNoBody != 0 {
		return altered
	}
	found := g.passesAlter(m, ofReceiver)
	if m.fact.flags&declFills != 0 {
		found = max(found, filled)
	}
	return found
}

// A passed is a parameter of a function: a memory of passesAlter.
type passed struct {
	f  *node
	of int
}

// passesAlter looks at what a parameter or receiver is handed to. What is being
// looked at already adds nothing.
func (g *graph) passesAlter(f *node, of int) alteration {
	key := passed{f, of}
	if a, ok := g.alters[key]; ok {
		return a
	}
	if g.alters == nil {
		g.alters = map[passed]alteration{}
	}
	g.alters[key] = untouched
	found := untouched
	for _, p := range f.fact.does().passes {
		if p.of != of {
			continue
		}
		a := g.passAlters(f, p)
		if p.once {
			a = min(a, filled)
		}
		found = max(found, a)
	}
	g.alters[key] = found
	return found
}

func (g *graph) passAlters(f *node, p passFact) alteration {
	if p.method != "" {
		if p.of == ofReceiver && !p.part {
			if a, known := g.methodOf(f.pkg.decls[f.fact.does().recv], p.method); known {
				return a
			}
		}
		return g.anyMethod(p.method)
	}
	found := g.callees(f, p.callee)
	if len(found) == 0 {
		if p.part {
			if g.mutates(f, p.callee) {
				return altered
			}
			return untouched // most fields are numbers and strings
		}
		return g.outsideAlters(f, p.callee)
	}
	a := untouched
	for _, d := range found {
		if d.fact.kind == kindType && p.part {
			continue // a conversion
		}
		a = max(a, g.paramAltered(d, p.arg))
	}
	return a
}

// callees returns the local functions that a call may be of.
func (g *graph) callees(n *node, callee mention) []*node {
	if path, ok := n.file.names[callee.x]; ok {
		if p := g.packages[path]; p != nil {
			return p.decls[callee.sel]
		}
		return nil
	}
	if callee.x == "" && callee.sel != "" {
		return g.named(n, "", callee.sel)
	}
	return nil
}

// outsideAlters is what a function that is not ours may do to an argument.
func (g *graph) outsideAlters(n *node, callee mention) alteration {
	if path, ok := n.file.names[callee.x]; ok && looksOnly(path, callee.sel) {
		return untouched
	}
	if callee.x == "" && predeclared.has(callee.sel) {
		return untouched
	}
	return altered
}

// mutates reports whether a function of the standard library is there to change
// what it is given.
func (g *graph) mutates(n *node, callee mention) bool {
	return mutators.has(extRef{path: n.file.names[callee.x], name: callee.sel})
}

// methodOf returns what the methods of a name that some types have may do; not
// known if they have none.
func (g *graph) methodOf(types []*node, method string) (a alteration, known bool) {
	for _, t := range types {
		for _, m := range g.methodsOf(t) {
			if m.fact.name == method {
				known = true
				a = max(a, g.receiverAltered(m))
			}
		}
	}
	return a, known
}

// anyMethod returns what a method of a name may do, of whatever type it is: of
// ours if any has it, else what its name says.
func (g *graph) anyMethod(method string) alteration {
	if a, ok := g.methodAlters[method]; ok {
		return a
	}
	if g.methodAlters == nil {
		g.methodAlters = map[string]alteration{}
	}
	g.methodAlters[method] = untouched
	a, known := untouched, false
	for _, p := range g.order {
		for _, methods := range p.methods {
			for _, m := range methods {
				if m.fact.name == method {
					known = true
					a = max(a, g.receiverAltered(m))
				}
			}
		}
	}
	if !known && !leavesAlone(method) {
		a = altered
	}
	g.methodAlters[method] = a
	return a
}

// methodChanges looks at the methods of a variable's type, where it is local.
func (g *graph) methodChanges(v *node, w write) alteration {
	types := g.typesOf(v, v.fact.typ, 0)
	if a, known := g.methodOf(types, w.method); known {
		return a
	}
	if w.arg == uncalled || w.method == "Do" { // of sync.Once, embedded
		return untouched
	}
	if g.callsField(v, types, w.method) {
		return untouched
	}
	if len(types) == 0 && !isLocalWord(g, v, v.fact.typ) {
		if leavesAlone(w.method) {
			return untouched
		}
		return altered
	}
	return g.anyMethod(w.method)
}

// isLocalWord reports whether a type word may stand for something of ours.
func isLocalWord(g *graph, v *node, typ string) bool {
	x, _, ok := strings.Cut(strings.TrimLeft(typ, "*"), ".")
	if !ok {
		return true
	}
	path, isImport := v.file.names[x]
	return !isImport || g.packages[path] != nil
}

// callsField reports whether x.f() calls a field that holds a function, which
// changes nothing of x by itself.
func (g *graph) callsField(v *node, types []*node, name string) bool {
	has := func(n *node) bool { return slices.Contains(n.fact.rare().funcs, name) }
	if has(v) || slices.ContainsFunc(types, has) {
		return true
	}
	return slices.ContainsFunc(v.edges, func(n *node) bool { return n.fact.kind == kindType && has(n) })
}

// shares reports whether a copy of a value leads to the memory that the value
// leads to, as far as the word for its type says. If it must be sure, structs
// and interfaces do not.
func (g *graph) shares(v *node, typ string, sure bool) bool { return g.sharesDeep(v, typ, sure, 0) }

func (g *graph) sharesDeep(v *node, typ string, sure bool, depth int) bool {
	switch {
	case depth > 4 || frozen.has(typ) || typ == "":
		return false
	case typ == "struct" || typ == "interface" || typ == "chan" || typ == "any":
		return !sure && (typ != "struct" || slices.ContainsFunc(v.fact.rare().parts, func(part string) bool {
			name, word, _ := strings.Cut(part, " ")
			return name != "[]" && word != "interface" && word != "any" && g.sharesDeep(v, word, sure, depth+1)
		}))
	case strings.HasPrefix(typ, "*"), typ == "map", typ == "slice":
		return true
	case typ == "array":
		return g.elementShares(v, sure)
	}
	name, call := strings.CutSuffix(typ, "()")
	decls := v.pkg.decls[name]
	if x, sel, ok := strings.Cut(name, "."); ok {
		p := g.packages[v.file.names[x]]
		if p == nil {
			return movers.has(typ)
		}
		decls = p.decls[sel]
	}
	return slices.ContainsFunc(decls, func(d *node) bool {
		if depth > 0 && d.fact.typ == "interface" {
			return false // of a field: most hold values
		}
		return (d.fact.kind == kindFunc) == call && (call || d.fact.kind == kindType) && g.sharesDeep(d, d.fact.typ, sure, depth+1)
	})
}

// movers are types of the standard library of which a copy leads to the same
// memory.
var movers = wordSet{text: `http.Header url.Values textproto.MIMEHeader net.IP json.RawMessage bytes.NewBuffer() bytes.NewBufferString() strings.NewReader()
	rand.New() list.New() http.NewServeMux() flag.NewFlagSet() x509.NewCertPool()`}

// elementShares reports whether a copy of an element of a map, slice or array
// leads to the memory that the element leads to.
func (g *graph) elementShares(v *node, sure bool) bool {
	return slices.ContainsFunc(g.partsNamed(v, "[]"), func(p typedPart) bool { return p.word != "array" && g.shares(p.of, p.word, sure) })
}

// fieldShares is that of a field of a struct, or of what points to one.
func (g *graph) fieldShares(v *node, field string, sure bool) bool {
	if parts := g.partsNamed(v, field); len(parts) > 0 {
		return slices.ContainsFunc(parts, func(p typedPart) bool { return g.shares(p.of, p.word, sure) })
	}
	return strings.HasPrefix(v.fact.typ, "*") && !isLocalWord(g, v, v.fact.typ)
}

// A typedPart is the word for the type of a field or element, where a declaration
// says so.
type typedPart struct {
	of   *node
	word string
}

// partsNamed returns those of a name that a variable has, or its type.
func (g *graph) partsNamed(v *node, name string) (found []typedPart) {
	for _, d := range append([]*node{v}, g.typesOf(v, v.fact.typ, 0)...) {
		for _, text := range d.fact.rare().parts {
			if has, word, _ := strings.Cut(text, " "); has == name {
				found = append(found, typedPart{d, word})
			}
		}
	}
	return found
}
