package source

import (
	"go/ast"
	"slices"
)

// edgesBeside returns what a function leads to without some literals in it.
func (g *graph) edgesBeside(n *node, literals []*node) []*node {
	p, err := parseFile(n.file.path)
	if err != nil {
		return n.edges
	}
	res := newResolver(p)
	for _, d := range p.file.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || res.line(fn.Pos()) != n.fact.line {
			continue
		}
		x := newExtractor(&fileFacts{}, res)
		x.without = func(lit *ast.FuncLit) bool {
			line := res.line(lit.Pos())
			return slices.ContainsFunc(literals, func(l *node) bool { return l.file == n.file && l.fact.line == line })
		}
		w := x.walker(x.newDecl(fn.Pos(), fn.End()))
		w.f.name = n.fact.name
		if fn.Body != nil {
			w.stmts(fn.Body.List)
		}
		w.done()
		rest := &node{pkg: n.pkg, file: n.file, fact: w.f}
		(&linker{graph: g}).resolve(rest)
		return rest.edges
	}
	return n.edges
}
