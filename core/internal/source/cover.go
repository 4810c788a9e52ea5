package source

//lint:file-ignore SA1019 see resolve.go

import (
	"go/ast"
	"go/token"
	"slices"
	"strconv"
	"strings"
)

// A coverage is what a call tells about the values around it.
type coverage struct {
	tellings []telling           // by the key, a With or Call's argument
	ignored  []string            // IgnoreCapture names
	rows     map[*ast.Object]row // variables that hold a row of a table
	relied   []telling           // those that count only if the key's text is read in one way
	r        *resolver
	call     *ast.CallExpr // where all this stands
}

// A telling is a value that a call tells; t.Name() is {t, ".Name()"}.
type telling struct {
	ref
	text     *text // what it is a part of, if others are too; nil if it is told exactly
	from, to int   // its parts
	simple   bool  // a number or a text, if its type cannot be told
}

// A row is a variable that holds a row of a table, which the telling names.
type row struct {
	table ast.Node
	by    telling
}

// callees are the functions that fixtures are handed to, and where the
// arguments that make up the key stand.
var callees = map[string][]int{"Memo": {1}, "Call": {1, 2}, "Dir": {1}, "File": {1}, "Get": {2},
	"Dir@0": {0}, "File@0": {0}}

// options are those whose arguments are compared with those of the record.
var options = wordSet{text: `With Version Files Env Tool GoPackages Scope`}

// callsAt returns the calls that the runtime places in a line, by the name of
// the function called; any of callees if that is "".
func callsAt(r *resolver, line int, callee string) []*ast.CallExpr {
	var calls []*ast.CallExpr
	name, _, _ := strings.Cut(callee, "@") // "Dir@0" is another function of that name
	ast.Inspect(r.file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		id := calledName(call.Fun)
		if id == nil || name != "" && id.Name != name || callee == "" && callees[id.Name] == nil {
			return true
		}
		if r.line(id.Pos()) == line || r.line(call.Pos()) == line || r.line(call.Lparen) == line {
			calls = append(calls, call)
		}
		return true
	})
	return calls
}

func calledName(fun ast.Expr) *ast.Ident {
	switch f := ast.Unparen(fun).(type) {
	case *ast.Ident:
		return f
	case *ast.SelectorExpr:
		return f.Sel
	case *ast.IndexExpr:
		return calledName(f.X)
	case *ast.IndexListExpr:
		return calledName(f.X)
	}
	return nil
}

// coverageAt is what the call in a line covers. Of several in one line it is
// the one that holds the literal, or else only what all of them cover.
func coverageAt(site *resolver, line int, callee string, lits []*ast.FuncLit) *coverage {
	calls := callsAt(site, line, callee)
	if holding := slices.DeleteFunc(slices.Clone(calls), func(c *ast.CallExpr) bool {
		return !slices.ContainsFunc(lits, func(l *ast.FuncLit) bool { return within(l.Pos(), c) })
	}); len(holding) > 0 && len(lits) == 1 {
		calls = holding[len(holding)-1:] // the innermost comes last
	}
	var all *coverage
	for _, call := range calls {
		c := coverageOf(site, call, callee)
		if all == nil {
			all = c
		} else {
			all.intersect(c)
		}
	}
	if all == nil {
		all = &coverage{r: site}
	}
	return all
}

func (c *coverage) intersect(o *coverage) {
	c.tellings = slices.DeleteFunc(c.tellings, func(t telling) bool {
		other, ok := o.find(t.ref)
		return !ok || t.text != nil || other.text != nil
	})
	c.ignored = slices.DeleteFunc(c.ignored, func(name string) bool { return !slices.Contains(o.ignored, name) })
}

func coverageOf(site *resolver, call *ast.CallExpr, callee string) *coverage {
	c := &coverage{r: site, call: call}
	if callee == "" {
		callee = calledName(call.Fun).Name
	}
	keys, known := callees[callee]
	for i, arg := range call.Args {
		switch {
		case slices.Contains(keys, i) && i == 2 && callee == "Call":
			c.value(arg)
		case slices.Contains(keys, i):
			c.key(arg)
		case known:
			c.option(arg, 0)
		}
	}
	return c
}

// covers reports whether the value of r is told, by itself or by something it
// is a field of.
func (c *coverage) covers(r ref) bool {
	if slices.ContainsFunc(c.ignored, func(name string) bool { return inSelection(r.name(), name) }) {
		return true
	}
	t, ok := c.find(r)
	if ok {
		c.rely(t)
	}
	return ok
}

// find returns what tells the value of r, exactly if it can.
func (c *coverage) find(r ref) (found telling, ok bool) {
	for _, t := range c.tellings {
		if t.obj == r.obj && (t.path == "" || inSelection(r.path, t.path)) && (!ok || t.text == nil) {
			found, ok = t, true
		}
	}
	return found, ok
}

// rely notes that a telling is made use of.
func (c *coverage) rely(t telling) {
	if t.text != nil && !slices.Contains(c.relied, t) {
		c.relied = append(c.relied, t)
	}
}

// option reads an argument in the place of options.
func (c *coverage) option(e ast.Expr, depth int) {
	if depth > 4 {
		return
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident: // a variable that holds an option
		if e.Obj != nil && e.Obj.Kind == ast.Var && !c.r.reassigned(e.Obj) {
			if def, _ := c.r.definition(e.Obj); def != nil {
				told := len(c.tellings)
				c.option(def, depth+1)
				c.tellings = c.stillTold(c.tellings, told, def)
			}
		}
	case *ast.CompositeLit: // opts...
		for _, elt := range e.Elts {
			c.option(elt, depth+1)
		}
	case *ast.CallExpr:
		c.optionCall(e, depth)
	}
}

func (c *coverage) optionCall(call *ast.CallExpr, depth int) {
	id := calledName(call.Fun)
	if id == nil || !c.isOption(call.Fun) {
		return
	}
	switch {
	case id.Name == "Options":
		for _, arg := range call.Args {
			c.option(arg, depth+1)
		}
	case id.Name == "IgnoreCapture":
		for _, arg := range call.Args {
			if lit, ok := arg.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if name, err := strconv.Unquote(lit.Value); err == nil {
					c.ignored = append(c.ignored, name)
				}
			}
		}
	case id.Name == "With" && len(call.Args) == 2:
		c.value(call.Args[1])
	case options.has(id.Name):
		for _, arg := range call.Args {
			c.exactText(arg)
		}
	}
}

// isOption reports whether a function is one of ours, not a namesake.
func (c *coverage) isOption(fun ast.Expr) bool {
	if path, _ := c.r.qualified(fun); path != "" {
		return isOurs(path)
	}
	_, bare := ast.Unparen(fun).(*ast.Ident)
	return bare && (c.r.file.Name.Name == "cachetest" || slices.ContainsFunc(c.r.dots, isOurs))
}

// value reads an expression whose value is hashed exactly: a With value or
// Call's argument.
func (c *coverage) value(e ast.Expr) {
	if r, ok := c.r.refOf(e); ok {
		c.tellings = append(c.tellings, telling{ref: r})
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.CompositeLit:
		for _, elt := range e.Elts {
			if kv, ok := elt.(*ast.KeyValueExpr); ok {
				elt = kv.Value
			}
			c.value(elt)
		}
	case *ast.UnaryExpr:
		if e.Op == token.AND {
			c.value(e.X)
		}
	case *ast.StarExpr:
		c.value(e.X)
	case *ast.TypeAssertExpr:
		c.value(e.X)
	case *ast.CallExpr:
		if star, ok := ast.Unparen(e.Fun).(*ast.StarExpr); ok { // (*T)(nil) tells a type
			if id, ok := star.X.(*ast.Ident); ok && id.Obj != nil && isTypeParam(id.Obj) {
				c.tellings = append(c.tellings, telling{ref: ref{obj: id.Obj}})
			}
			return
		}
		// With("dir", cachetest.Path(dir)) tells what is there.
		if id := calledName(e.Fun); id != nil && id.Name == "Path" && len(e.Args) == 1 && c.isOption(e.Fun) {
			c.value(e.Args[0])
			return
		}
		c.exactText(e)
	default:
		c.exactText(e)
	}
}
