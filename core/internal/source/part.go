package source

import (
	"go/ast"
	"slices"
)

// literalFacts returns the facts of a function literal. The nodes of its file
// that determine what it captures, given as byte ranges, count as part of it.
func literalFacts(p *parsed, lit *ast.FuncLit, name string, determined [][2]int) *declFact {
	x := newExtractor(&fileFacts{}, newResolver(p))
	f := x.newDecl(lit.Pos(), lit.End())
	f.name, f.nameLine = name, int32(f.line)
	w := x.walker(f)
	w.given = true // perhaps what it captures
	w.literal(lit)
	buf := appendTokens(nil, x.text(lit.Pos(), lit.End()))
	ast.Inspect(p.file, func(n ast.Node) bool {
		if n == nil {
			return false
		}
		from, to := p.offset(n.Pos()), p.offset(n.End())
		if slices.Contains(determined, [2]int{from, to}) {
			buf = appendTokens(append(buf, 0), p.src[from:to])
			w.walk(n)
			return false
		}
		return true
	})
	f.digest = sum(buf)
	w.done()
	return f
}

// factsWithout returns the facts of a function without the literals in it that
// begin in some lines.
func factsWithout(p *parsed, fn *ast.FuncDecl, lines []int) *declFact {
	x := newExtractor(&fileFacts{}, newResolver(p))
	x.without = func(lit *ast.FuncLit) bool { return slices.Contains(lines, p.line(lit.Pos())) }
	f := x.newDecl(fn.Pos(), fn.End())
	x.setName(f, fn.Name)
	w := x.walker(f)
	w.function(fn)
	w.done()
	return f
}
