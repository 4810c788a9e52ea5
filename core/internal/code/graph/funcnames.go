package graph

import (
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// The compiler names a function literal after the function around it, with a
// number: how many there are before it. At package level that function is the
// one that initialises the variables of the package, and what is called there
// counts too, which may be inlined. Functions called init are numbered through
// their package.

// nameTellers are what tells how a function is called; of log/slog with
// AddSource alone.
var nameTellers = std.Names{Text: `
	runtime CallersFrames FuncForPC Stack
	runtime/debug PrintStack Stack
	log/slog HandlerOptions
`}

// MayTellName reports whether a declaration mentions what tells the name of a
// function.
func (n *Node) MayTellName() bool {
	return slices.ContainsFunc(n.Externals, func(x External) bool {
		return nameTellers.Has(x.Path, x.Name) && (x.Path != "log/slog" || slices.Contains(n.Fact.Refs, "AddSource"))
	})
}

// Complete adds the initialisation code that matters, and what decides how
// functions are called, if some code asks for that. For readsFlags see AddAllInit.
func (r *Reach) Complete(readsFlags func(External) bool) {
	r.AddAllInit(readsFlags)
	if !slices.ContainsFunc(r.Order, (*Node).MayTellName) {
		return
	}
	for done := 0; done < len(r.Order); done++ {
		r.addNaming(r.Order[done])
		if r.follow(); done == len(r.Order)-1 {
			r.AddAllInit(readsFlags)
		}
	}
}

// addNaming adds what decides the numbers in the names that a node's functions
// get when the package is initialised.
func (r *Reach) addNaming(n *Node) {
	if n.literal || n.Fact.Kind != facts.KindInit && (n.Fact.Kind != facts.KindVar || n.Fact.Flags&(facts.DeclLiteral|facts.DeclInit) == 0) {
		return
	}
	for _, m := range n.Package.Nodes {
		if m.Fact.Kind == n.Fact.Kind {
			r.add(m, n)
		}
	}
}

// AppendAround appends the digest of the declaration that holds a literal: the
// literals before it decide its number.
func (n *Node) AppendAround(b []byte) []byte {
	for _, around := range n.Package.declAround(n.File, n.Fact.Line) {
		b = append(b, around.Fact.Digest[:]...)
	}
	return b
}
