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

// addNaming adds what decides the numbers in the names that functions in reach get
// when their packages are initialised.
func (r *Reach) addNaming() {
	for done := 0; done < len(r.Order); done++ {
		n := r.Order[done]
		if n.literal || n.Fact.Kind != facts.KindInit && (n.Fact.Kind != facts.KindVar || n.Fact.Flags&(facts.DeclLiteral|facts.DeclInit) == 0) {
			continue
		}
		for _, m := range n.Package.Nodes {
			if m.Fact.Kind == n.Fact.Kind {
				r.add(n, m)
			}
		}
		r.follow()
	}
}

// AppendAround appends the digest of the declaration that holds a literal: the
// literals before it decide its number.
func (n *Node) AppendAround(b []byte) []byte {
	for _, around := range n.File.spanning(n.Fact.Line) {
		b = append(b, around.Fact.Digest[:]...)
	}
	return b
}
