package source

import (
	"go/ast"
	"slices"
)

// beside returns a function without some literals in it.
func (g *graph) beside(n *node, literals []*node) *node {
	p, err := parseFile(n.file.path)
	if err != nil {
		return n
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
		w.f.name, w.f.nameLine = n.fact.name, n.fact.nameLine
		w.function(fn)
		w.done()
		rest := &node{pkg: n.pkg, file: n.file, fact: w.f}
		(&linker{graph: g}).resolve(rest)
		return rest
	}
	return n
}
