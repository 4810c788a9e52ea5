package facts

import (
	"go/ast"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code/codec"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// Literal returns the facts of a function literal. The nodes of its file
// that determine what it captures, given as byte ranges, count as part of it.
func Literal(p *syntax.Source, lit *ast.FuncLit, name string, determined [][2]int) *Decl {
	x := newExtractor(&File{}, syntax.NewResolver(p))
	f := x.newDecl(lit.Pos(), lit.End())
	f.Name, f.NameLine = name, int32(f.Line)
	w := x.walker(f)
	w.given = true // perhaps what it captures
	w.literal(lit)
	buf := syntax.AppendTokens(nil, x.Text(lit.Pos(), lit.End()))
	ast.Inspect(p.Syntax, func(n ast.Node) bool {
		if n == nil {
			return false
		}
		from, to := p.Offset(n.Pos()), p.Offset(n.End())
		if slices.Contains(determined, [2]int{from, to}) {
			buf = syntax.AppendTokens(append(buf, 0), p.Src[from:to])
			w.walk(n)
			return false
		}
		return true
	})
	f.Digest = codec.Sum(buf)
	w.done()
	return f
}

// Without returns the facts of a function without the literals in it that
// begin in some lines.
func Without(p *syntax.Source, fn *ast.FuncDecl, lines []int) *Decl {
	x := newExtractor(&File{}, syntax.NewResolver(p))
	x.without = func(lit *ast.FuncLit) bool { return slices.Contains(lines, p.Line(lit.Pos())) }
	f := x.newDecl(fn.Pos(), fn.End())
	x.setName(f, fn.Name)
	w := x.walker(f)
	w.function(fn)
	w.done()
	return f
}
