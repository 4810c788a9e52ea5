package capture

import (
	"go/ast"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
	"github.com/fixturecache/fixturecache/core/internal/code/types"
)

// isRow reports whether a variable of a loop holds a row of a table that is
// constant in every part, and it is told which row: by the key of a map, by the
// index of a list, or by a field that differs from row to row.
func (j *judge) isRow(d *scope.Def) bool {
	loop, ok := d.Node.(*ast.RangeStmt)
	if !ok {
		return false
	}
	key, value := refOf(loop.Key), refOf(loop.Value)
	if key.def != nil && !j.unchanged(key.def, 0) || value.def != nil && !j.unchanged(value.def, 0) {
		return false
	}
	lit, in := j.table(loop.X)
	if lit == nil {
		return false
	}
	return key.def != nil && j.tells(key) || value.def != nil && slices.ContainsFunc(columns(in, lit), func(c column) bool {
		r := ref{value.def, "." + c.name}
		return c.distinct(lit, false) && j.tells(r) || c.distinct(lit, true) && j.subtest(r)
	})
}

// table returns the literal that is ranged over and its file, if it is constant.
func (j *judge) table(x ast.Expr) (*ast.CompositeLit, *types.File) {
	in, value := j, ast.Unparen(x)
	if id, ok := value.(*ast.Ident); ok {
		d := scope.Of(id)
		value = nil
		if d != nil && j.variable(d) {
			value, _ = j.Definition(d)
		} else if n, f := j.Package.Decl("", id.Name); d == nil && f != nil && j.q.Fixed(id.Name) {
			spec, ok := n.(*ast.ValueSpec)
			if _, elem := j.TypeOf(id).Elements(); ok && len(spec.Names) == 1 && len(spec.Values) == 1 && elem.Immutable() {
				in, value = newJudge(j.q, f), spec.Values[0]
			}
		}
	}
	if lit, ok := value.(*ast.CompositeLit); ok && in.constant(lit) {
		return lit, in.File
	}
	return nil, nil
}

// A column is a field of a table's rows.
type column struct {
	name  string
	index int
}

// columns returns the fields of a table's rows that hold texts or integers, where
// the table is a list of structs or of pointers to them.
func columns(f *types.File, lit *ast.CompositeLit) (list []column) {
	_, elem := f.TypeOf(lit).Elements()
	row, _ := elem.Pointee()
	st, ok := row.Expr.(*ast.StructType)
	if !ok {
		return nil
	}
	index := 0
	for _, f := range st.Fields.List {
		t := row.Part(f.Type)
		for _, n := range f.Names {
			if t.IsBasic("string") || t.IsInteger() {
				list = append(list, column{n.Name, index})
			}
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
		text := c.cell(row)
		if subtests && strings.ContainsAny(text, "#/") || text == "" {
			return false
		}
		if subtests {
			text = strings.Map(subtestRune, text)
		}
		if seen[text] {
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

// cell returns a text of what stands in a column of a row, the same for equal
// values: 10 and 0xA. It is empty unless that is a literal which has one.
func (c column) cell(row ast.Expr) string {
	if u, ok := row.(*ast.UnaryExpr); ok {
		row = u.X
	}
	lit, _ := row.(*ast.CompositeLit)
	if lit == nil {
		return ""
	}
	for i, elt := range lit.Elts {
		pair, ok := elt.(*ast.KeyValueExpr)
		switch {
		case ok && isName(pair.Key, c.name):
			elt = pair.Value
		case ok || i != c.index:
			continue
		}
		if text, ok := stringLiteral(elt); ok {
			return text
		}
		if number, ok := elt.(*ast.BasicLit); ok && number.Kind == token.INT {
			if n, err := strconv.ParseUint(number.Value, 0, 64); err == nil {
				return strconv.FormatUint(n, 10)
			}
		}
	}
	return ""
}

// subtest reports whether the name of the running subtest tells a value: the
// t.Run around the function is given it, and the key tells the name.
func (j *judge) subtest(r ref) bool {
	if j.fn == nil {
		return false
	}
	for n := j.Parent(j.fn); n != nil; n = j.Parent(n) {
		lit, ok := n.(*ast.FuncLit)
		if !ok {
			continue
		}
		if handle := j.subtestOf(lit); handle != nil && j.tells(ref{handle, ".Name()"}) {
			s := newJudge(j.q, j.File)
			s.text(j.Parent(lit).(*ast.CallExpr).Args[0], telling{earlier: true})
			if slices.ContainsFunc(s.tellings, func(t telling) bool { return t.ref == r }) {
				return true
			}
		}
	}
	return false
}
