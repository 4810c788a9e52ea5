package source

import "slices"

// The compiler names a function literal after the function around it, with a
// number: how many there are before it. At package level that function is the
// one that initialises the variables of the package, and what is called there
// counts too, which may be inlined. Functions called init are numbered through
// their package.

// nameTellers are what tells how a function is called; of log/slog with
// AddSource alone.
var nameTellers = nameTable{text: `
	runtime CallersFrames FuncForPC Stack
	runtime/debug PrintStack Stack
	log/slog HandlerOptions
`}

// mayTellName reports whether a declaration mentions what tells the name of a
// function.
func (n *node) mayTellName() bool {
	return slices.ContainsFunc(n.ext, func(x extRef) bool {
		return nameTellers.has(x.path, x.name) && (x.path != "log/slog" || slices.Contains(n.fact.refs, "AddSource"))
	})
}

// complete adds the initialisation code that matters, and what decides how
// functions are called, if some code asks for that. For readsFlags see addAllInit.
func (r *reach) complete(readsFlags func(extRef) bool) {
	r.addAllInit(readsFlags)
	if !slices.ContainsFunc(r.order, (*node).mayTellName) {
		return
	}
	for done := 0; done < len(r.order); done++ {
		r.addNaming(r.order[done])
		if r.follow(); done == len(r.order)-1 {
			r.addAllInit(readsFlags)
		}
	}
}

// addNaming adds what decides the numbers in the names that a node's functions
// get when the package is initialised.
func (r *reach) addNaming(n *node) {
	if n.literal || n.fact.kind != kindInit && (n.fact.kind != kindVar || n.fact.flags&(declLiteral|declUnit) == 0) {
		return
	}
	for _, m := range n.pkg.nodes {
		if m.fact.kind == n.fact.kind {
			r.add(m, n)
		}
	}
}

// appendAround appends the digest of the declaration that holds a literal: the
// literals before it decide its number.
func (n *node) appendAround(b []byte) []byte {
	for _, around := range n.pkg.declAround(n.file, n.fact.line) {
		b = append(b, around.fact.digest[:]...)
	}
	return b
}
