package graph

import (
	"go/ast"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// Without returns a declaration without the literals of a closure that are
// written in it.
func (g *Graph) Without(n *Node, literals []*Node) *Node {
	var lines []int
	for _, lit := range literals {
		if lit.File == n.File && n.Fact.Spans(lit.Fact.Line) {
			lines = append(lines, lit.Fact.Line)
		}
	}
	if lines == nil {
		return n
	}
	p, err := syntax.ParseFile(n.File.Path)
	if err != nil {
		return n
	}
	for _, d := range p.Syntax.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && p.Line(fn.Pos()) == n.Fact.Line {
			rest := &Node{Package: n.Package, File: n.File, Fact: facts.Without(p, fn, lines)}
			g.Resolve(rest)
			return rest
		}
	}
	return n
}
