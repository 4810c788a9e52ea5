package capture

import (
	"go/ast"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// isRow reports whether a variable of a loop holds a row of a table that is
// constant in every part, and it is told which row: by the key of a map, by the
// index of a list, or by a field that differs from row to row.
func (j *judge) isRow(d *scope.Def) bool {
	loop, ok := d.Node.(*ast.RangeStmt)
	told := ok && slices.ContainsFunc(j.columns(loop), func(c column) bool {
		return c.distinct && j.tells(c.ref) || c.subtests && j.subtest(c.ref)
	})
	for i := 0; told && i < len(j.site.call.Args); i++ { // by another column the same text may tell another row
		if arg := j.site.call.Args[i]; arg != ast.Expr(j.fn) {
			j.told[arg] = true
		}
	}
	return told
}

// A column is a part of the rows of a constant table: the key of a map, the index
// of a list, or a field.
type column struct {
	ref
	distinct bool // it differs from row to row
	subtests bool // so do the names of the subtests that are run by it
}

// columns returns the columns of a table by which its rows may be told, if it is
// constant and nothing changes the variables of the loop over it.
func (j *judge) columns(loop *ast.RangeStmt) (list []column) {
	key, value := refOf(loop.Key), refOf(loop.Value)
	if key.def != nil && !j.unchanged(key.def) || value.def != nil && !j.unchanged(value.def) {
		return nil
	}
	lit := j.table(loop.X)
	if lit == nil {
		return nil
	}
	if value.def != nil {
		list = j.fields(lit, value.def)
	}
	if key.def != nil && key.name() != "_" {
		list = append(list, column{ref: key, distinct: true})
	}
	return list
}

// rowOf returns the variable that another is a copy of, as by tc := tc.
func (j *judge) rowOf(d *scope.Def) *scope.Def {
	if r := refOf(j.definedOnce(d)); r.def != nil && r.path == "" && r.def != d {
		return j.rowOf(r.def)
	}
	return d
}

// table returns the literal that is ranged over, if it is constant.
func (j *judge) table(x ast.Expr) *ast.CompositeLit {
	value := ast.Unparen(x)
	if r := refOf(x); r.def != nil && r.path == "" && j.variable(r.def) {
		value, _ = j.Definition(r.def)
	}
	if lit, ok := value.(*ast.CompositeLit); ok && j.constant(lit) {
		return lit
	}
	return nil
}

// fields returns the fields of the rows of a table that hold texts or integers,
// where it is a list of structs or of pointers to them.
func (j *judge) fields(lit *ast.CompositeLit, value *scope.Def) (list []column) {
	_, elem := j.TypeOf(lit).Elements()
	row, _ := elem.Pointee()
	st, ok := row.Expr.(*ast.StructType)
	if !ok {
		return nil
	}
	index := 0
	for _, f := range st.Fields.List {
		t := row.Part(f.Type)
		for i, n := range f.Names {
			var cells []string
			for _, row := range lit.Elts {
				cells = append(cells, cell(row, n.Name, index+i))
			}
			if t.IsBasic("string") || t.IsInteger() {
				list = append(list, column{ref: ref{value, "." + n.Name}, distinct: distinct(cells), subtests: distinct(subtestNames(cells))})
			}
		}
		index += max(1, len(f.Names))
	}
	return list
}

// distinct reports whether each row of a table has another text in a column.
func distinct(cells []string) bool {
	return !slices.Contains(cells, "") && len(slices.Compact(slices.Sorted(slices.Values(cells)))) == len(cells)
}

// subtestNames returns the texts of a column as names of subtests. All characters that t.Run
// would escape count as equal. A text that it would take apart, or may change to keep names
// unique, is not known.
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

// cell returns a text of a field of a row, the same for equal values: 10 and 0xA. It is
// empty unless the field is set by a literal of text or an integer.
func cell(row ast.Expr, field string, index int) string {
	lit, _ := row.(*ast.CompositeLit)
	if lit == nil {
		return ""
	}
	for i, elt := range lit.Elts {
		pair, ok := elt.(*ast.KeyValueExpr)
		switch {
		case ok && syntax.IsName(pair.Key, field):
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
			s, name := newJudge(j.q, j.File), j.Parent(lit).(*ast.CallExpr).Args[0]
			s.uses = j.uses
			s.text(name, toldValue{earlier: true})
			if slices.ContainsFunc(s.toldValues, func(t toldValue) bool { return t.ref == r }) {
				j.told[name] = true // as a key is
				return true
			}
		}
	}
	return false
}
