package graph

import (
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// tellers are what tells where in the source code stands, or how a function is
// called; of log/slog with AddSource alone.
var tellers = std.Names{Text: `
	runtime Caller Callers CallersFrames FuncForPC Stack
	runtime/debug PrintStack Stack
	log Lshortfile Llongfile
	log/slog HandlerOptions
`}

// tellsPlace reports whether a declaration mentions one of them. What a log writes
// to the terminal is in no result.
func (n *Node) tellsPlace() bool {
	log, terminal := false, false
	for _, x := range n.Externals {
		switch {
		case x.Path == "os":
			terminal = terminal || x.Name == "Stderr" || x.Name == "Stdout"
		case !tellers.Has(x.Path, x.Name):
		case x.Path == "log":
			log = true
		case x.Path != "log/slog" || slices.Contains(n.Fact.Refs, "AddSource"):
			return true
		}
	}
	return log && !terminal
}

// PlaceTeller returns the nearest declaration that asks where code stands, or how
// it is called, nil if there is none.
func (r *Reach) PlaceTeller() *Node {
	if i := slices.IndexFunc(r.Order, (*Node).tellsPlace); i >= 0 {
		return r.Order[i]
	}
	return nil
}

// sources lists the files that hold what is reached, each with its content, if
// something asks for places in them: a comment changes what that answers, and so
// does a //line directive.
//
// Code of other modules is not looked at, for loggers and assertions that ask
// are everywhere, and seldom is the answer in a fixture.
func (r *Reach) sources(teller *Node) (list []Decl) {
	if teller == nil {
		return nil
	}
	g, files := r.Graph, map[*File]bool{}
	for _, n := range r.Order {
		if !files[n.File] {
			files[n.File] = true
			name := g.Relative(n.File.Path)
			list = append(list, Decl{Name: "source of " + name, File: name, Digest: n.File.sum,
				Via: teller.Name(), ViaFile: g.Relative(teller.File.Path), ViaLine: teller.Fact.Line})
		}
	}
	return list
}

// addNaming adds what decides the numbers in the names that the compiler gives to
// function literals. It names one after the function around it, with a number: how
// many there are before it. At package level that function is the one that
// initialises the variables of the package, and what is called there counts too,
// which may be inlined. Functions called init are numbered through their package.
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
