package source

//lint:file-ignore SA1019 see resolve.go

import (
	"go/ast"
	"go/token"
	"slices"
	"strconv"
	"strings"
)

// A text is what an expression makes of its operands, part by part: a key
// fmt.Sprintf("%s-%d", name, n) is name, "-" and n.
type text struct {
	parts    []part
	tellings []telling
}

// A part is a literal, or what a value is printed as.
type part struct {
	literal string
	form    form
}

// A form says what a printed value may look like, which helps to tell where it
// ends.
type form int

const (
	literal  form = iota
	free          // any text
	number        // an integer in base 10, perhaps padded
	quotedGo      // a quoted string
	truth         // true or false
)

// key reads the expression that is the key. What it tells may depend on its
// text: "a-b-c" tells no %s-%s.
func (c *coverage) key(e ast.Expr) {
	t := &text{}
	c.read(t, e, asText, 0)
	for _, tell := range t.tellings {
		if t.touch(tell.from) || t.touch(tell.to) {
			continue
		}
		if t.unknowns() > 1 && tell.to-tell.from < len(t.parts) {
			tell.text = t
		}
		c.tellings = append(c.tellings, tell)
	}
}

// touch reports whether two values meet where part i begins, with nothing
// between them: of "ab" + "c" and "a" + "bc" nobody can tell which it was.
func (t *text) touch(i int) bool {
	return i > 0 && i < len(t.parts) && t.parts[i-1].form != literal && t.parts[i].form != literal
}

// exactText reads another expression, whose text is not known when it is asked
// what it tells: it must tell its values whatever they are.
func (c *coverage) exactText(e ast.Expr) {
	t := &text{}
	c.read(t, e, asText, 0)
	for _, tell := range t.tellings {
		if t.unknowns() <= 1 || tell.to-tell.from == len(t.parts) || t.separates() {
			c.tellings = append(c.tellings, tell)
		}
	}
}

func (t *text) unknowns() (n int) {
	for _, p := range t.parts {
		if p.form != literal {
			n++
		}
	}
	return n
}

// separates reports whether every value is of a form that ends where the
// literal after it begins.
func (t *text) separates() bool {
	for i, p := range t.parts {
		switch {
		case p.form == free, t.touch(i):
			return false
		case p.form == literal && strings.ContainsAny(p.literal[:1]+p.literal[len(p.literal)-1:], "0123456789+- \"`"):
			return false
		}
	}
	return true
}

// add appends a part, and says whose value it is.
//
//go:noinline
func (t *text) add(f form, refs ...ref) {
	for _, r := range refs {
		t.tellings = append(t.tellings, telling{ref: r, from: len(t.parts), to: len(t.parts) + 1, simple: r.path == ""})
	}
	t.parts = append(t.parts, part{form: f})
}

func (t *text) addLiteral(s string) {
	if s != "" {
		t.parts = append(t.parts, part{literal: s})
	}
}

// A reading says what becomes of a value where it stands.
type reading int

const (
	asText  reading = iota // it is text: an operand of +, an element that is joined
	printed                // a function of fmt prints it with %v or %s
)

// read appends the text of an expression.
func (c *coverage) read(t *text, e ast.Expr, how reading, depth int) {
	e = ast.Unparen(e)
	if r, ok := c.r.refOf(e); ok {
		c.readVariable(t, e, r, how, depth)
		return
	}
	switch e := e.(type) {
	case *ast.BasicLit:
		if s, err := strconv.Unquote(e.Value); err == nil && e.Kind == token.STRING {
			t.addLiteral(s)
			return
		}
	case *ast.BinaryExpr:
		if e.Op == token.ADD && isText(e) && depth < 16 { // only of text does + keep both sides
			c.read(t, e.X, how, depth+1)
			c.read(t, e.Y, how, depth+1)
			return
		}
	case *ast.CallExpr:
		if depth < 16 && c.readCall(t, e, depth+1) {
			return
		}
	}
	t.add(free)
}

// readVariable appends what a variable holds: what it is set from, if that is
// all that it ever is, as in key := fmt.Sprintf("users-%d", n).
func (c *coverage) readVariable(t *text, e ast.Expr, r ref, how reading, depth int) {
	from, told := len(t.parts), len(t.tellings)
	if def, _ := c.r.definition(r.obj); depth < 16 && def != nil && r.path == "" && !c.r.reassigned(r.obj) {
		c.read(t, def, how, depth+1)
		t.tellings = c.stillTold(t.tellings, told, def)
	} else {
		t.add(c.formOf(e))
	}
	if how == asText || c.r.printsWhole(c.r.typeOf(e)) {
		t.tellings = append(t.tellings, telling{ref: r, from: from, to: len(t.parts), simple: r.path == ""})
	}
}

// readCall appends the text that a call of a known function returns.
func (c *coverage) readCall(t *text, e *ast.CallExpr, depth int) bool {
	switch fun := ast.Unparen(e.Fun).(type) {
	case *ast.Ident:
		return fun.Obj == nil && c.r.builtin(fun.Name) && len(e.Args) == 1 && c.readConversion(t, fun.Name, e.Args[0], depth)
	case *ast.SelectorExpr:
		if x, ok := fun.X.(*ast.Ident); ok && x.Obj != nil && x.Obj.Kind == ast.Var && len(e.Args) == 0 && fun.Sel.Name == "Name" {
			if c.r.isHandle(x.Obj) {
				t.add(free, ref{x.Obj, ".Name()"})
				return true
			}
		}
	}
	if len(e.Args) == 0 {
		return false
	}
	switch path, name := c.r.qualified(e.Fun); path {
	case "fmt":
		return c.readPrint(t, name, e.Args, depth)
	case "strconv":
		switch name {
		case "Itoa":
			t.add(number, c.same(e.Args[0])...)
		case "FormatInt", "FormatUint":
			if _, ok := e.Args[min(1, len(e.Args)-1)].(*ast.BasicLit); !ok || len(e.Args) != 2 {
				return false
			}
			t.add(free, c.same(e.Args[0])...)
		case "FormatBool":
			t.add(truth, c.same(e.Args[0])...)
		case "Quote":
			t.add(quotedGo, c.same(e.Args[0])...)
		default:
			return false
		}
		return true
	case "path", "path/filepath":
		if name != "Join" {
			return false
		}
		c.join(t, e.Args, "/", asText, depth)
		return true
	case "strings":
		list, ok := e.Args[0].(*ast.CompositeLit)
		if name != "Join" || !ok || len(e.Args) != 2 {
			return false
		}
		if sep, ok := e.Args[1].(*ast.BasicLit); ok {
			if s, err := strconv.Unquote(sep.Value); err == nil {
				c.join(t, list.Elts, s, asText, depth)
				return true
			}
		}
	}
	return false
}

// readConversion appends the text of a conversion that loses nothing.
func (c *coverage) readConversion(t *text, typ string, arg ast.Expr, depth int) bool {
	switch typ {
	case "string":
		if !c.staysText(arg) {
			return false
		}
		c.read(t, arg, asText, depth)
		return true
	case "int", "int64", "uint64":
		if c.formOf(arg) == number {
			t.add(number, c.same(arg)...)
			return true
		}
	}
	return false
}

func (c *coverage) join(t *text, list []ast.Expr, sep string, how reading, depth int) {
	for i, e := range list {
		if i > 0 {
			t.addLiteral(sep)
		}
		c.read(t, e, how, depth)
	}
}

// staysText reports whether string(x) tells x: of text and bytes it does, and
// of what ranging over text gives; all that is no character looks alike.
func (c *coverage) staysText(x ast.Expr) bool {
	u := c.r.under(c.r.typeOf(x))
	switch typ := u.Expr.(type) {
	case *ast.Ident:
		if id, ok := ast.Unparen(x).(*ast.Ident); ok && typ.Name == "rune" && id.Obj != nil && !c.r.reassigned(id.Obj) {
			stmt, value := c.r.rangeOver(id.Obj)
			return value && c.r.isNamed(c.r.under(c.r.typeOf(stmt.X)), "string")
		}
		return typ.Name == "string" || typ.Name == "byte" || typ.Name == "uint8"
	case *ast.ArrayType:
		elem := c.r.under(static{typ.Elt, u.in})
		return c.r.isNamed(elem, "byte") || c.r.isNamed(elem, "uint8")
	}
	// A type of another package is a text, or else go vet would complain.
	_, foreign := c.r.typeOf(x).Expr.(*ast.SelectorExpr)
	return foreign || isText(x)
}

// same returns the variables whose value an expression is.
func (c *coverage) same(e ast.Expr) (list []ref) {
	var from ast.Node // the last definition on the way
	for range 16 {
		if call, ok := ast.Unparen(e).(*ast.CallExpr); ok && len(call.Args) == 1 {
			if fun, ok := call.Fun.(*ast.Ident); !ok || fun.Obj != nil || !basicTypes.has(fun.Name) || !c.r.builtin(fun.Name) || c.formOf(call.Args[0]) != number || !strings.HasSuffix(fun.Name, "int") && !strings.HasSuffix(fun.Name, "int64") {
				return list
			}
			e = call.Args[0] // int(n)
		}
		r, ok := c.r.refOf(e)
		if !ok || from != nil && !c.steady(r, from, r.path == "") {
			return list
		}
		list = append(list, r)
		def, _ := c.r.definition(r.obj)
		if def == nil || r.path != "" || c.r.reassigned(r.obj) {
			return list
		}
		e, from = def, def
	}
	return list
}

// formOf is how a value is printed by %d or %v, as far as its type says.
func (c *coverage) formOf(e ast.Expr) form {
	t := c.r.typeOf(e)
	if id, ok := c.r.under(t).Expr.(*ast.Ident); ok && strings.Contains(id.Name, "int") && !c.r.hasMethod(t, ownText...) {
		return number
	}
	return free
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

// Ambiguous returns the name of a value that fn uses and that nothing but the
// key tells, if this key could be made of other values of it; "" if there is
// none.
func (c Captured) Ambiguous(key string) string {
	for _, t := range c.relied {
		if !t.text.tells(key, t.from, t.to) {
			return t.name()
		}
	}
	return ""
}

// tells reports whether some of the parts are the same text however s is cut
// into parts.
func (t *text) tells(s string, from, to int) bool {
	// cuts[i] are the places of s where part i may begin, counted from the
	// start; of those the ones from which the end can be reached stay.
	cuts := make([][]int, len(t.parts)+1)
	cuts[0] = []int{0}
	for i, p := range t.parts {
		for end := range len(s) + 1 {
			if slices.ContainsFunc(cuts[i], func(start int) bool { return start <= end && p.matches(s[start:end]) }) {
				cuts[i+1] = append(cuts[i+1], end)
			}
		}
	}
	cuts[len(t.parts)] = slices.DeleteFunc(cuts[len(t.parts)], func(end int) bool { return end != len(s) })
	for i, p := range slices.Backward(t.parts) {
		cuts[i] = slices.DeleteFunc(cuts[i], func(start int) bool {
			return !slices.ContainsFunc(cuts[i+1], func(end int) bool { return start <= end && p.matches(s[start:end]) })
		})
	}
	return len(cuts[from]) == 1 && len(cuts[to]) == 1
}

func (p part) matches(s string) bool {
	switch p.form {
	case literal:
		return s == p.literal
	case number:
		digits := strings.Trim(s, " ")
		digits = strings.TrimLeft(digits[:min(1, len(digits))], "+-") + digits[min(1, len(digits)):]
		return digits != "" && strings.Trim(digits, "0123456789") == ""
	case truth:
		return s == "true" || s == "false"
	case quotedGo:
		_, err := strconv.Unquote(s)
		return err == nil
	}
	return true
}
