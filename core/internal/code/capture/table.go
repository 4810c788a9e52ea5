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
	if lit == nil || key.def != nil && j.tells(key) {
		return lit != nil
	}
	for field, cells := range columns(in, lit) {
		r := ref{value.def, "." + field}
		if distinct(cells) && j.tells(r) || distinct(subtestNames(cells)) && j.subtest(r) {
			return true
		}
	}
	return false
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

// columns returns what stands in each row of a table, by the fields that hold texts
// or integers, where the table is a list of structs or of pointers to them.
func columns(f *types.File, lit *ast.CompositeLit) map[string][]string {
	_, elem := f.TypeOf(lit).Elements()
	row, _ := elem.Pointee()
	st, ok := row.Expr.(*ast.StructType)
	if !ok {
		return nil
	}
	index, found := 0, map[string][]string{}
	for _, f := range st.Fields.List {
		t := row.Part(f.Type)
		for i, n := range f.Names {
			if t.IsBasic("string") || t.IsInteger() {
				for _, row := range lit.Elts {
					found[n.Name] = append(found[n.Name], cell(row, n.Name, index+i))
				}
			}
		}
		index += max(1, len(f.Names))
	}
	return found
}

// distinct reports whether each row of a table has another text in a column.
func distinct(cells []string) bool {
	return !slices.Contains(cells, "") && len(slices.Compact(slices.Sorted(slices.Values(cells)))) == len(cells)
}

// subtestNames returns what a column is as the names of subtests. All that t.Run
// would escape counts as equal, and what it would take apart, where it counts names
// that were used before, as not known.
func subtestNames(cells []string) (names []string) {
	for _, text := range cells {
		if strings.ContainsAny(text, "#/") {
			text = ""
		}
		names = append(names, strings.Map(func(r rune) rune {
			if unicode.IsSpace(r) || !unicode.IsPrint(r) {
				return '_'
			}
			return r
		}, text))
	}
	return names
}

// cell returns a text of what stands in a field of a row, the same for equal
// values: 10 and 0xA. It is empty unless that is a literal which has one.
func cell(row ast.Expr, field string, index int) string {
	if pair, ok := row.(*ast.KeyValueExpr); ok {
		row = pair.Value
	}
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
		case ok && isName(pair.Key, field):
			elt = pair.Value
		case ok || i != index:
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
