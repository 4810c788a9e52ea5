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
	refs    []ref                    // whose value is part of the key, a With or Call's argument; t.Name() is {t, ".Name()"}
	ignored []string                 // IgnoreCapture names
	rows    map[*ast.Object]ast.Node // variables that hold a row which is told -> the table
	r       *resolver
}

// callees are the functions that fixtures are handed to, and where the
// arguments that make up the key stand.
var callees = map[string][]int{"Memo": {1}, "Call": {1, 2}, "Dir": {1}, "File": {1}, "Get": {2},
	"Dir@0": {0}, "File@0": {0}}

// options are those whose arguments are compared with those of the record.
var options = map[string]bool{"With": true, "Version": true, "Files": true, "Env": true, "Tool": true, "GoPackages": true, "Scope": true}

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
	c.refs = slices.DeleteFunc(c.refs, func(r ref) bool { return !o.covers(r) })
	c.ignored = slices.DeleteFunc(c.ignored, func(name string) bool { return !slices.Contains(o.ignored, name) })
}

func coverageOf(site *resolver, call *ast.CallExpr, callee string) *coverage {
	c := &coverage{r: site}
	if callee == "" {
		callee = calledName(call.Fun).Name
	}
	keys, known := callees[callee]
	for i, arg := range call.Args {
		switch {
		case slices.Contains(keys, i) && i == 2 && callee == "Call":
			c.value(arg)
		case slices.Contains(keys, i):
			c.text(arg, 0)
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
	return slices.ContainsFunc(c.refs, func(o ref) bool {
		return o.obj == r.obj && inSelection(r.path, o.path) || o.obj == r.obj && o.path == ""
	})
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
				c.option(def, depth+1)
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
	case options[id.Name]:
		for _, arg := range call.Args {
			c.text(arg, 0)
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
				c.refs = append(c.refs, ref{obj: id.Obj})
			}
			return
		}
		// With("dir", cachetest.Path(dir)) tells what is there.
		if id := calledName(e.Fun); id != nil && id.Name == "Path" && len(e.Args) == 1 && c.isOption(e.Fun) {
			c.value(e.Args[0])
			return
		}
		c.text(e, 0)
	default:
		c.text(e, 0)
	}
}

// text reads an expression that becomes text, such as the key: it tells the
// values that can be read back off that text.
func (c *coverage) text(e ast.Expr, depth int) {
	if depth > 16 {
		return
	}
	e = ast.Unparen(e)
	if r, ok := c.r.refOf(e); ok {
		c.refs = append(c.refs, r)
		if def, _ := c.r.definition(r.obj); def != nil && r.path == "" && !c.r.reassigned(r.obj) {
			c.text(def, depth+1) // key := fmt.Sprintf("users-%d", n)
		}
		return
	}
	switch e := e.(type) {
	case *ast.BinaryExpr:
		// Only of text does + keep both sides.
		if e.Op == token.ADD && isText(e) {
			for _, part := range apart(summands(e)) {
				c.text(part, depth+1)
			}
		}
	case *ast.CallExpr:
		c.textCall(e, depth)
	}
}

// summands returns what a chain of + joins, in order.
func summands(e ast.Expr) []ast.Expr {
	if b, ok := ast.Unparen(e).(*ast.BinaryExpr); ok && b.Op == token.ADD {
		return append(summands(b.X), summands(b.Y)...)
	}
	return []ast.Expr{e}
}

// apart returns those parts of a text that are no literals and have a literal,
// or an end of the text, on both sides: of "ab" + "c" and "a" + "bc" nobody
// can tell which it was.
func apart(parts []ast.Expr) []ast.Expr {
	fixed := func(i int) bool {
		if i < 0 || i >= len(parts) {
			return true
		}
		lit, ok := ast.Unparen(parts[i]).(*ast.BasicLit)
		return ok && len(lit.Value) > 2
	}
	var list []ast.Expr
	for i, part := range parts {
		if !fixed(i) && fixed(i-1) && fixed(i+1) {
			list = append(list, part)
		}
	}
	return list
}

// isText reports whether a chain of + surely joins strings.
func isText(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.BasicLit:
		return e.Kind == token.STRING
	case *ast.BinaryExpr:
		return e.Op == token.ADD && (isText(e.X) || isText(e.Y))
	case *ast.CallExpr:
		id := calledName(e.Fun)
		return id != nil && (id.Name == "Sprint" || id.Name == "Sprintf" || id.Name == "Itoa" || id.Name == "Name")
	}
	return false
}

func (c *coverage) textCall(e *ast.CallExpr, depth int) {
	args := e.Args
	switch fun := ast.Unparen(e.Fun).(type) {
	case *ast.Ident: // a conversion that loses nothing
		if fun.Obj == nil && len(args) == 1 && (fun.Name == "string" || fun.Name == "int" || fun.Name == "int64" || fun.Name == "uint64") && !c.isFloat(args[0]) {
			c.text(args[0], depth+1)
		}
		return
	case *ast.SelectorExpr:
		if x, ok := fun.X.(*ast.Ident); ok && x.Obj != nil && x.Obj.Kind == ast.Var && len(args) == 0 && fun.Sel.Name == "Name" {
			if (&checker{resolver: c.r}).isHandle(x.Obj) {
				c.refs = append(c.refs, ref{x.Obj, ".Name()"})
			}
			return
		}
	}
	switch path, name := c.r.qualified(e.Fun); {
	case path == "fmt" && name == "Sprintf":
		args = formatted(args)
	case path == "fmt" && name == "Sprint":
		args = apart(args)
	case path == "fmt" && name == "Sprintln":
	case path == "strconv" && (name == "Itoa" || name == "FormatInt" || name == "FormatUint" || name == "FormatBool" || name == "Quote"):
		args = args[:min(1, len(args))]
	case path == "strings" && name == "Join":
		args = args[:min(1, len(args))]
	case (path == "path" || path == "path/filepath") && name == "Join":
	default:
		return
	}
	for _, arg := range args {
		if !c.isPointer(arg) {
			c.text(arg, depth+1)
		}
	}
}

// formatted returns the arguments of Sprintf that are printed whole: %.3s and
// %T do not tell a value. Widths may be given, but not by arguments.
func formatted(args []ast.Expr) []ast.Expr {
	if len(args) == 0 {
		return nil
	}
	lit, ok := args[0].(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return nil
	}
	format, err := strconv.Unquote(lit.Value)
	if err != nil || strings.ContainsAny(format, "*[") {
		return nil
	}
	var whole []ast.Expr
	rest := args[1:]
	for touching := false; ; {
		before, after, found := strings.Cut(format, "%")
		if !found {
			return whole
		}
		if touching && before == "" && len(whole) > 0 {
			whole = whole[:len(whole)-1] // and neither what follows it
		}
		i := strings.IndexFunc(after, func(r rune) bool { return !strings.ContainsRune("+-# 0123456789.", r) })
		if i < 0 {
			return whole
		}
		flags, verb := after[:i], after[i]
		format = after[i+1:]
		if verb == '%' {
			touching = false
			continue
		}
		if len(rest) == 0 {
			return whole
		}
		if strings.IndexByte("vdsqxXobtc", verb) >= 0 && !strings.Contains(flags, ".") && !(touching && before == "") {
			whole = append(whole, rest[0])
		}
		touching = true
		rest = rest[1:]
	}
}

func (c *coverage) declaredType(e ast.Expr) ast.Expr {
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok || id.Obj == nil {
		return nil
	}
	switch d := id.Obj.Decl.(type) {
	case *ast.Field:
		return d.Type
	case *ast.ValueSpec:
		return d.Type
	}
	return nil
}

func (c *coverage) isFloat(e ast.Expr) bool {
	id, ok := c.declaredType(e).(*ast.Ident)
	return ok && strings.HasPrefix(id.Name, "float")
}

// isPointer reports whether an expression is visibly of a type of which fmt
// prints addresses.
func (c *coverage) isPointer(e ast.Expr) bool {
	if u, ok := ast.Unparen(e).(*ast.UnaryExpr); ok && u.Op == token.AND {
		return true
	}
	switch c.declaredType(e).(type) {
	case *ast.StarExpr, *ast.FuncType, *ast.ChanType, *ast.InterfaceType:
		return true
	}
	return false
}
