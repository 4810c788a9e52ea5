package source

import "go/ast"

// without returns a declaration without the literals of a closure that are
// written in it.
func (g *graph) without(n *node, literals []*node) *node {
	var lines []int
	for _, lit := range literals {
		if lit.file == n.file && n.fact.spans(lit.fact.line) {
			lines = append(lines, lit.fact.line)
		}
	}
	if lines == nil {
		return n
	}
	p, err := parseFile(n.file.path)
	if err != nil {
		return n
	}
	for _, d := range p.file.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && p.line(fn.Pos()) == n.fact.line {
			rest := &node{pkg: n.pkg, file: n.file, fact: factsWithout(p, fn, lines)}
			g.resolve(rest)
			return rest
		}
	}
	return n
}
