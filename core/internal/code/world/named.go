package world

import "github.com/fixturecache/fixturecache/core/internal/code/graph"

// namesGiven returns the names that a declaration gives to a function of byName, and
// whether it gives no others.
//
//go:noinline
func namesGiven(n *graph.Node, x graph.External) (list []string, all bool) {
	for _, f := range n.Fact.NamedArgs {
		if f.Func.Sel != x.Name || n.File.Names[f.Func.X] != x.Path {
			continue
		}
		if f.Name == "" {
			return nil, false
		}
		list = append(list, f.Name)
	}
	return list, len(list) > 0
}
