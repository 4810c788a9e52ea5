package source

//lint:file-ignore SA1019 see resolve.go

import (
	"go/ast"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// tables finds, among what is covered, names that tell a row: the key of a map
// literal, the index of a slice literal, a field that is a constant of its own
// in each row. The whole row is then told, for the table is part of the code.
func (c *coverage) tables(ch *checker) {
	if c.r.file != ch.file {
		return
	}
	c.rows = map[*ast.Object]row{}
	for _, t := range slices.Concat(c.tellings, c.subtestNames(ch.lits)) {
		o := ch.origin(t.ref)
		stmt, isValue := ch.rangeOver(o.obj)
		if stmt == nil {
			continue
		}
		lit, def := ch.tableLiteral(stmt.X)
		if lit == nil || ch.determineAt(lit, lit) == unknown {
			continue
		}
		holder := o.obj
		switch {
		case !isValue && o.path == "":
			value, ok := stmt.Value.(*ast.Ident)
			if !ok || value.Obj == nil || ch.changes(o.obj, solid) {
				continue
			}
			holder = value.Obj
		case !isValue || strings.Count(o.path, ".") != 1 || !distinct(lit, ch.columns(lit), o.path[1:]):
			continue
		}
		if old, ok := c.rows[holder]; !ok || old.by.text != nil {
			c.rows[holder] = row{def, t}
		}
	}
	ch.state = nil // what was not determined may be so now
}

// tableLiteral returns the literal that is ranged over and the node to keep of
// it: itself, or the definition of the variable that holds it.
func (c *checker) tableLiteral(x ast.Expr) (*ast.CompositeLit, ast.Node) {
	switch x := ast.Unparen(x).(type) {
	case *ast.CompositeLit:
		return x, x
	case *ast.Ident:
		switch {
		case x.Obj == nil:
			return nil, nil
		case c.pkgLevel(x.Obj):
			if !c.neverChanged(x.Obj) || c.changes(x.Obj, fluid) {
				return nil, nil
			}
		case c.changes(x.Obj, fluid):
			return nil, nil
		}
		def, stmt := c.definition(x.Obj)
		if lit, ok := def.(*ast.CompositeLit); ok {
			return lit, stmt
		}
	}
	return nil, nil
}

// A tableColumn is a field of a table's rows.
type tableColumn struct {
	name  string
	whole bool // its type is one of integers
}

// columns returns those of a table, in order.
func (c *checker) columns(lit *ast.CompositeLit) []tableColumn {
	array, ok := lit.Type.(*ast.ArrayType)
	if !ok {
		return nil
	}
	st, ok := c.structOf(array.Elt)
	if !ok {
		return nil
	}
	var columns []tableColumn
	for _, f := range st.Fields.List {
		if len(f.Names) == 0 {
			return nil
		}
		for _, n := range f.Names {
			columns = append(columns, tableColumn{n.Name, isInteger(f.Type)})
		}
	}
	return columns
}

func isInteger(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return ok && isBasic(e) && (strings.Contains(id.Name, "int") || id.Name == "byte" || id.Name == "rune")
}

// distinct reports whether each row of a table has a literal of its own in a
// column, even after what testing does to the names of subtests.
func distinct(lit *ast.CompositeLit, columns []tableColumn, column string) bool {
	seen := map[string]bool{}
	for _, row := range lit.Elts {
		if kv, ok := row.(*ast.KeyValueExpr); ok {
			row = kv.Value
		}
		cell, ok := cellOf(row, columns, column)
		cell = strings.Map(subtestRune, cell)
		if !ok || cell == "" || seen[cell] {
			return false
		}
		seen[cell] = true
	}
	return true
}

// subtestRune is what t.Run makes of a rune of a name. All that it would
// escape is taken for equal, which errs on the safe side.
func subtestRune(r rune) rune {
	if unicode.IsSpace(r) || !unicode.IsPrint(r) {
		return '_'
	}
	return r
}

// subtestNames returns what the t.Run around a fixture names its subtest by.
// The Name() of that subtest's handle tells it.
func (c *coverage) subtestNames(lits []*ast.FuncLit) []telling {
	var names []telling
	for _, lit := range lits {
		for n := c.r.parent[ast.Node(lit)]; n != nil; n = c.r.parent[n] {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 2 {
				continue
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			sub, isLit := call.Args[1].(*ast.FuncLit)
			if !ok || sel.Sel.Name != "Run" || !isLit || len(sub.Type.Params.List) != 1 || len(sub.Type.Params.List[0].Names) != 1 {
				continue
			}
			r, isRef := c.r.refOf(call.Args[0])
			if t, ok := c.find(ref{sub.Type.Params.List[0].Names[0].Obj, ".Name()"}); ok && isRef {
				t.ref = r
				names = append(names, t)
			}
		}
	}
	return names
}

// cellOf returns the literal that stands in a row's column, such that literals
// of equal values are equal.
func cellOf(row ast.Expr, columns []tableColumn, column string) (string, bool) {
	if u, ok := row.(*ast.UnaryExpr); ok {
		row = u.X
	}
	lit, ok := row.(*ast.CompositeLit)
	if !ok {
		return "", false
	}
	at := slices.IndexFunc(columns, func(c tableColumn) bool { return c.name == column })
	for i, elt := range lit.Elts {
		if kv, ok := elt.(*ast.KeyValueExpr); ok {
			if id, ok := kv.Key.(*ast.Ident); !ok || id.Name != column {
				continue
			}
			elt = kv.Value
		} else if i != at {
			continue
		}
		cell, ok := elt.(*ast.BasicLit)
		if !ok {
			return "", false
		}
		if s, err := strconv.Unquote(cell.Value); err == nil && cell.Kind == token.STRING {
			return s, true
		}
		return numberText(cell, at >= 0 && columns[at].whole)
	}
	return "", false
}

// numberText returns one text for all literals of a number: 10 is 0xA. What is not
// known to stay an integer is taken for as coarse as a float32.
func numberText(lit *ast.BasicLit, whole bool) (string, bool) {
	var n uint64
	var f float64
	var err error
	switch lit.Kind {
	case token.INT:
		n, err = strconv.ParseUint(lit.Value, 0, 64)
		f = float64(n)
	case token.CHAR:
		var r rune
		r, _, _, err = strconv.UnquoteChar(lit.Value[1:], '\'')
		n, f = uint64(r), float64(r)
	case token.FLOAT:
		f, err = strconv.ParseFloat(lit.Value, 64)
		n = uint64(f) // as an integer it has no more than that
	default:
		return "", false
	}
	if whole {
		return strconv.FormatUint(n, 10), err == nil
	}
	return strconv.FormatFloat(f, 'g', -1, 32), err == nil
}
