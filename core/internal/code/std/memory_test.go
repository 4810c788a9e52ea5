package std

import "go/types"

// The derivation follows pointers as Andersen's analysis does: each place that
// the code can make is one location, and each value the set of the locations
// that it may point to. It knows the fields of a location apart. It does not
// know the order of statements.

// A place says what a location stands for.
type place uint8

const (
	local   place = iota // a variable, a literal, what make and new return
	boxed                // a value in an interface, its type known
	code                 // a function value
	top                  // what a parameter of the entry function points to itself
	deep                 // all memory that is reached through that
	unknown              // what code that is not known points to
	global               // a package variable
)

// A loc is a location in memory.
type loc struct {
	place     place
	typ       types.Type // of what lies there
	param     int        // of top and deep
	v         *types.Var // of global
	fn        *function  // of code
	recv      *node      // of a method value
	parent    *loc
	root      *loc
	subs      map[any]*loc
	depth     int
	collapsed bool
	array     bool // the elements of a slice of the type, and no variable

	self  *node // what was stored there
	up    *node // self and what was stored in what it is part of
	down  *node // self and what was stored in its parts
	value *node // what a load yields
}

// A node is a set of locations that grows, and what depends on it.
type node struct {
	set    map[*loc]bool
	delta  []*loc
	queued bool
	out    []*node
	leads  map[*node]bool // what out holds
	each   []func(*loc)
}

// The keys of the parts of a location that are no fields.
type part string

const (
	element part = "element"
	mapKey  part = "key"
)

const maxDepth = 8

func (r *run) newLoc(p place, t types.Type) *loc {
	l := &loc{place: p, typ: t, param: -2}
	l.root = l
	r.wire(l)
	return l
}

func (r *run) wire(l *loc) {
	l.self, l.up, l.down, l.value = &node{}, &node{}, &node{}, &node{}
	r.edge(l.self, l.up)
	r.edge(l.self, l.down)
	r.edge(l.up, l.value)
	r.edge(l.down, l.value)
	if l.parent != nil {
		r.edge(l.down, l.parent.down)
		r.edge(l.parent.up, l.up)
	}
}

// sub returns a part of a location.
func (r *run) sub(l *loc, key any, t types.Type) *loc {
	switch l.place {
	case top, deep, unknown, code:
		return l // one location stands for all of it
	}
	if l.root.collapsed {
		return l.root
	}
	if s := l.subs[key]; s != nil {
		return s
	}
	if l.depth >= maxDepth {
		r.collapse(l)
		return l
	}
	s := &loc{place: l.place, typ: t, param: -2, v: l.v, parent: l, root: l.root, depth: l.depth + 1}
	if s.place == boxed {
		s.place = local
	}
	r.wire(s)
	if l.subs == nil {
		l.subs = map[any]*loc{}
	}
	l.subs[key] = s
	return s
}

// collapse makes all parts of what a location is part of one.
func (r *run) collapse(l *loc) {
	if root := l.root; !root.collapsed {
		root.collapsed = true
		r.edge(root.down, root.up)
	}
}

func (r *run) add(n *node, l *loc) {
	if n == nil || n.set[l] {
		return
	}
	if n.set == nil {
		n.set = map[*loc]bool{}
	}
	n.set[l] = true
	n.delta = append(n.delta, l)
	if !n.queued {
		n.queued = true
		r.queue = append(r.queue, n)
	}
}

// edge makes all that a leads to be in b.
func (r *run) edge(a, b *node) {
	if a == nil || b == nil || a == b {
		return
	}
	if a.leads[b] {
		return
	}
	if a.leads == nil {
		a.leads = map[*node]bool{}
	}
	a.leads[b] = true
	a.out = append(a.out, b)
	for l := range a.set {
		r.add(b, l)
	}
}

// on calls f for each location that is, or comes to be, in a set.
func (r *run) on(n *node, f func(*loc)) {
	if n == nil {
		return
	}
	seen := make([]*loc, 0, len(n.set))
	for l := range n.set {
		seen = append(seen, l)
	}
	n.each = append(n.each, f)
	waiting := map[*loc]bool{}
	for _, l := range n.delta {
		waiting[l] = true // comes by itself
	}
	for _, l := range seen {
		if !waiting[l] {
			f(l)
		}
	}
}

// solve follows all sets until none grows.
func (r *run) solve() {
	for !r.over() {
		switch {
		case len(r.queue) > 0:
			n := r.queue[len(r.queue)-1]
			r.queue = r.queue[:len(r.queue)-1]
			n.queued = false
			delta := n.delta
			n.delta = nil
			r.steps += len(delta) * (len(n.out) + len(n.each) + 1)
			for _, to := range n.out {
				for _, l := range delta {
					r.add(to, l)
				}
			}
			for _, f := range n.each[:len(n.each):len(n.each)] { // one that is added now sees these by itself
				for _, l := range delta {
					f(l)
				}
			}
		case len(r.bodies) > 0:
			f := r.bodies[len(r.bodies)-1]
			r.bodies = r.bodies[:len(r.bodies)-1]
			r.body(f)
		default:
			return
		}
	}
}

// inert reports whether a value of a type leads to no memory that anybody can
// write: numbers, strings, and structs and arrays of them.
func (l *library) inert(t types.Type) bool {
	if v, ok := l.inertness[t]; ok {
		return v
	}
	v := isInert(t, 0)
	l.inertness[t] = v
	return v
}

func isInert(t types.Type, depth int) bool {
	if t == nil || depth > 20 {
		return t == nil
	}
	if p, ok := types.Unalias(t).(*types.TypeParam); ok {
		return inertTerms(p, depth)
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Kind() != types.UnsafePointer && u.Kind() != types.Uintptr
	case *types.Array:
		return isInert(u.Elem(), depth+1)
	case *types.Struct:
		for f := range u.Fields() {
			if !isInert(f.Type(), depth+1) {
				return false
			}
		}
		return true
	case *types.Tuple:
		for v := range u.Variables() {
			if !isInert(v.Type(), depth+1) {
				return false
			}
		}
		return true
	}
	return false
}

// inertTerms reports whether all types of a constraint are inert.
func inertTerms(p *types.TypeParam, depth int) bool {
	var union func(t types.Type) bool
	union = func(t types.Type) bool {
		switch t := types.Unalias(t).(type) {
		case *types.Union:
			for term := range t.Terms() {
				if !union(term.Type()) {
					return false
				}
			}
			return true
		}
		if i, ok := t.Underlying().(*types.Interface); ok {
			for n := range i.NumEmbeddeds() {
				if union(i.EmbeddedType(n)) {
					return true
				}
			}
			return false
		}
		return isInert(t, depth+1) || types.Identical(t.Underlying(), types.Typ[types.Uintptr])
	}
	return union(p.Constraint())
}
