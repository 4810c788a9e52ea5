package capture

import (
	"go/ast"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
)

// isRow reports whether a variable of a loop holds a row of a table that is
// constant in every part, and it is told which row: by the key of a map, by the
// index of a list, or by a field that differs from row to row.
func (j *judge) isRow(d *scope.Def) bool {
	loop, ok := d.Node.(*ast.RangeStmt)
	if !ok || !j.unchangedVar(loop.Key) || !j.unchangedVar(loop.Value) {
		return false
	}
	lit, in := j.table(loop.X)
	if lit == nil {
		return false
	}
	if key, ok := loop.Key.(*ast.Ident); ok && j.tells(ref{def: scope.Of(key)}) {
		return true
	}
	value, ok := loop.Value.(*ast.Ident)
	return ok && slices.ContainsFunc(j.columns(lit, in), func(c column) bool {
		r := ref{scope.Of(value), "." + c.name}
		return c.distinct(lit, false) && j.tells(r) || c.distinct(lit, true) && j.subtest(r)
	})
}

// unchangedVar reports whether nothing changes a variable of a loop, if it is
// one.
func (j *judge) unchangedVar(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return !ok || scope.Of(id) != nil && j.unchanged(scope.Of(id), shared)
}

// table returns the literal that is ranged over and its file, if it is constant.
func (j *judge) table(x ast.Expr) (*ast.CompositeLit, *File) {
	in, value := j, ast.Unparen(x)
	if id, ok := value.(*ast.Ident); ok {
		value = nil
		if d := scope.Of(id); d != nil {
			if j.variable(d) != runtime {
				value, _ = definition(j.file, d)
			}
		} else if n, f := j.pkg.Decl("", id.Name); f != nil && j.pkg.Fixed(id.Name) {
			if spec, ok := n.(*ast.ValueSpec); ok && len(spec.Names) == 1 && len(spec.Values) == 1 {
				in, value = newJudge(j.pkg, f), spec.Values[0]
			}
		}
	}
	lit, ok := value.(*ast.CompositeLit)
	if !ok || in.value(lit) == runtime {
		return nil, nil
	}
	return lit, in.file
}

// A column is a field of a table's rows.
type column struct {
	name  string
	index int
}

// columns returns the fields of a table's rows, where the table is a list of
// structs or of pointers to them.
func (j *judge) columns(lit *ast.CompositeLit, file *File) (list []column) {
	_, elem := j.elements(j.literalType(file, lit))
	u := j.under(elem)
	if star, ok := u.expr.(*ast.StarExpr); ok {
		u = j.under(typ{star.X, u.file})
	}
	st, ok := u.expr.(*ast.StructType)
	if !ok {
		return nil
	}
	index := 0
	for _, f := range st.Fields.List {
		for _, n := range f.Names {
			list = append(list, column{n.Name, index})
			index++
		}
		if len(f.Names) == 0 {
			index++
		}
	}
	return list
}

// distinct reports whether each row of a table has another literal in a column.
// As names of subtests those count as equal that testing may make equal, or
// take apart where it counts names that were used before.
func (c column) distinct(lit *ast.CompositeLit, subtests bool) bool {
	seen := map[string]bool{}
	for _, row := range lit.Elts {
		if pair, ok := row.(*ast.KeyValueExpr); ok {
			row = pair.Value
		}
		text, ok := c.cell(row)
		if subtests {
			ok = ok && text != "" && !strings.ContainsAny(text, "#/")
			text = strings.Map(subtestRune, text)
		}
		if !ok || seen[text] {
			return false
		}
		seen[text] = true
	}
	return true
}

// subtestRune is what t.Run makes of a rune of a name. All that it would escape
// counts as equal.
func subtestRune(r rune) rune {
	if unicode.IsSpace(r) || !unicode.IsPrint(r) {
		return '_'
	}
	return r
}

// cell returns the literal in a column of a row, such that literals of equal
// values are equal.
func (c column) cell(row ast.Expr) (string, bool) {
	if u, ok := row.(*ast.UnaryExpr); ok {
		row = u.X
	}
	lit, ok := row.(*ast.CompositeLit)
	if !ok {
		return "", false
	}
	for i, elt := range lit.Elts {
		if pair, ok := elt.(*ast.KeyValueExpr); ok {
			if !isName(pair.Key, c.name) {
				continue
			}
			elt = pair.Value
		} else if i != c.index {
			continue
		}
		cell, ok := elt.(*ast.BasicLit)
		if !ok {
			return "", false
		}
		return literalText(cell)
	}
	return "", false
}

// literalText returns one text for all literals of a text or an integer: 10 is
// 0xA.
func literalText(lit *ast.BasicLit) (string, bool) {
	switch lit.Kind {
	case token.STRING:
		s, err := strconv.Unquote(lit.Value)
		return s, err == nil
	case token.CHAR:
		r, _, _, err := strconv.UnquoteChar(lit.Value[1:], '\'')
		return strconv.FormatUint(uint64(r), 10), err == nil
	case token.INT:
		n, err := strconv.ParseUint(lit.Value, 0, 64)
		return strconv.FormatUint(n, 10), err == nil
	}
	return "", false
}
