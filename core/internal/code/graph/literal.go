package graph

import (
	"go/ast"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// LiteralNode makes a declaration of a function literal and of the statements
// that determine what it captures.
func (g *Graph) LiteralNode(file *File, code *syntax.Source, lit *ast.FuncLit, determined [][2]int) *Node {
	name := "func"
	for _, n := range file.spanning(code.Line(lit.Pos())) {
		name = n.Fact.Name + ".func"
	}
	n := &Node{Package: file.pkg, File: file, Fact: facts.Literal(code, lit, name, determined), literal: true, id: g.ids}
	g.ids++
	g.Resolve(n)
	return n
}

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
