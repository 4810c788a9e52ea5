package capture

import (
	"go/ast"
	"go/token"
	"slices"
	"strconv"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
)

// A phrase is what an expression of text makes of its operands, part by part: of
// fmt.Sprintf("%s-%d", name, n) the parts are name, "-" and n.
type phrase struct {
	*judge
	parts []part
}

// A part is constant text, or what an operand is printed as.
type part struct {
	form form
	text string // if it is constant
	ref  ref    // the operand, if it is a variable or a field
}

// A form says what a printed operand may look like.
type form int

const (
	constantText form = iota
	freeText          // any text
	integer           // in base 10, perhaps padded with zeros
	boolean           // true or false
	quoted            // as %q writes it
)

// told returns the operands that the text tells: all of them if each can be
// told apart from its neighbours, else none. Integers, booleans and quoted text
// end where constant text begins, so that one free text between them is what
// remains. But a dash before an integer may be its sign: then the text tells the
// operands only if it holds no "--".
func (p *phrase) told() (list []ref, dashed bool) {
	operands, free, last := 0, 0, -1
	for i, part := range p.parts {
		if part.form == constantText {
			continue
		}
		operands++
		if part.form == freeText {
			free++
		}
		if last >= 0 && !p.divided(last, i) {
			free = 2
		}
		dashed = dashed || last >= 0 && part.form == integer && p.parts[last].form == freeText && strings.HasSuffix(p.parts[i-1].text, "-")
		last = i
	}
	if free > 1 && operands > 1 {
		return nil, false
	}
	for _, part := range p.parts {
		if part.ref.def != nil {
			list = append(list, part.ref)
		}
	}
	return list, dashed
}

// divided reports whether constant text divides two operands, and begins and
// ends so that neither can take a part of it for its own.
func (p *phrase) divided(a, b int) bool {
	if b != a+2 {
		return false
	}
	text := p.parts[a+1].text
	digit := func(c byte) bool { return '0' <= c && c <= '9' }
	switch {
	case p.parts[a].form == integer && digit(text[0]), p.parts[b].form == integer && digit(text[len(text)-1]):
		return false
	}
	return p.parts[b].form != quoted || text[len(text)-1] != '\\'
}

func (p *phrase) constant(s string) {
	if s == "" {
		return
	}
	if n := len(p.parts); n > 0 && p.parts[n-1].form == constantText {
		p.parts[n-1].text += s
		return
	}
	p.parts = append(p.parts, part{text: s})
}

func (p *phrase) add(f form, e ast.Expr) {
	r, _ := p.refOf(p.file, e)
	p.parts = append(p.parts, part{form: f, ref: r})
}

// opaque adds text that tells nothing of what it is made of.
func (p *phrase) opaque() { p.parts = append(p.parts, part{form: freeText}) }

// read appends the text of an expression; printed says that a function of fmt
// prints it, and does not take it for text as it is.
func (p *phrase) read(e ast.Expr, printed bool, depth int) {
	e = ast.Unparen(e)
	if s, ok := p.constantOf(e); ok && !(printed && p.printsItself(p.typeOf(p.file, e))) {
		p.constant(s)
		return
	}
	switch x := e.(type) {
	case *ast.Ident, *ast.SelectorExpr:
		p.operand(e, printed)
		return
	case *ast.BinaryExpr:
		if x.Op == token.ADD && depth <= maxDepth && p.isText(x) && !(printed && p.printsItself(p.typeOf(p.file, x))) {
			p.read(x.X, false, depth+1)
			p.read(x.Y, false, depth+1)
			return
		}
	case *ast.CallExpr:
		if depth <= maxDepth && p.call(x, depth+1) {
			return
		}
	}
	if printed {
		p.operand(e, true)
		return
	}
	p.opaque()
}

// operand appends a variable or field: text as it is, or as fmt prints it.
func (p *phrase) operand(e ast.Expr, printed bool) {
	t := p.typeOf(p.file, e)
	switch {
	case !printed:
		p.add(freeText, e)
	case p.printsItself(t):
		p.opaque()
	case p.isBasic(t, "string"):
		p.add(freeText, e)
	case p.isBasic(t, "bool"):
		p.add(boolean, e)
	case p.isInteger(t):
		p.add(integer, p.widened(e))
	default:
		p.opaque()
	}
}

func (v env) isInteger(t typ) bool {
	id, ok := v.under(t).expr.(*ast.Ident)
	return ok && (strings.Contains(id.Name, "int") || id.Name == "byte" || id.Name == "rune")
}

// widened leaves out conversions of integers that lose nothing.
func (p *phrase) widened(e ast.Expr) ast.Expr {
	for {
		call, ok := ast.Unparen(e).(*ast.CallExpr)
		if !ok || len(call.Args) != 1 {
			return e
		}
		from := p.typeOf(p.file, call.Args[0])
		wide := p.isPredeclared(p.file, call.Fun, "int64", "uint64") ||
			p.isPredeclared(p.file, call.Fun, "int") && !p.isBasic(from, "int64", "uint64", "uint32", "uintptr", "uint")
		if !wide || !p.isInteger(from) {
			return e
		}
		e = call.Args[0]
	}
}

// constantOf returns the text of a literal, of a constant or of a variable that
// is set to a literal and nothing else.
func (p *phrase) constantOf(e ast.Expr) (string, bool) {
	var value ast.Expr = e
	if id, ok := e.(*ast.Ident); ok {
		value = nil
		if d := scope.Of(id); d != nil {
			spec, _ := d.Node.(*ast.ValueSpec)
			switch {
			case d.Kind == scope.Const && spec != nil:
				value = valueOf(spec, d.Ident.Name)
			case d.Kind == scope.Var && p.unchanged(d, immutable):
				value, _ = definition(p.file, d)
			}
		} else if p.pkg.Kind(id.Name) == Constant {
			if spec, ok := first(p.pkg.Decl(p.file.Path, id.Name)).(*ast.ValueSpec); ok {
				value = valueOf(spec, id.Name)
			}
		}
	}
	lit, ok := value.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}

func first(n ast.Node, _ *File) ast.Node { return n }

func valueOf(spec *ast.ValueSpec, name string) ast.Expr {
	i := slices.IndexFunc(spec.Names, func(id *ast.Ident) bool { return id.Name == name })
	if i < 0 || i >= len(spec.Values) {
		return nil
	}
	return spec.Values[i]
}

// isText reports whether an expression is surely text: then + joins it.
func (j *judge) isText(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.BasicLit:
		return e.Kind == token.STRING
	case *ast.BinaryExpr:
		return e.Op == token.ADD && (j.isText(e.X) || j.isText(e.Y))
	}
	return j.isBasic(j.typeOf(j.file, e), "string")
}

// call appends the text that a known function returns.
func (p *phrase) call(e *ast.CallExpr, depth int) bool {
	if sel, ok := e.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "Name" && len(e.Args) == 0 && p.isHandle(p.file, sel.X) {
		p.parts = append(p.parts, part{form: freeText, ref: ref{p.handleDef(sel.X), ".Name()"}})
		return true
	}
	if p.isPredeclared(p.file, e.Fun, "string") && len(e.Args) == 1 && p.isBasic(p.typeOf(p.file, e.Args[0]), "string") {
		p.read(e.Args[0], false, depth)
		return true
	}
	path, name := p.qualified(p.file, e.Fun)
	if len(e.Args) == 0 || e.Ellipsis.IsValid() {
		return false
	}
	switch path + "." + name {
	case "strconv.Itoa":
		p.add(integer, p.widened(e.Args[0]))
	case "strconv.FormatBool":
		p.add(boolean, e.Args[0])
	case "strconv.Quote":
		p.add(quoted, e.Args[0])
	case "fmt.Sprint":
		p.sprint(e.Args, depth)
	case "fmt.Sprintf":
		return p.sprintf(e.Args, depth)
	case "strings.Join":
		return p.join(e.Args, depth)
	default:
		return false
	}
	return true
}

// handleDef follows the names of a testing handle to the first.
func (j *judge) handleDef(e ast.Expr) *scope.Def {
	d := scope.Of(ast.Unparen(e).(*ast.Ident))
	for range maxDepth {
		value, _ := definition(j.file, d)
		id, ok := value.(*ast.Ident)
		if !ok || scope.Of(id) == nil {
			break
		}
		d = scope.Of(id)
	}
	return d
}

// join appends the elements of a list with what strings.Join puts between them.
func (p *phrase) join(args []ast.Expr, depth int) bool {
	list, ok := args[0].(*ast.CompositeLit)
	if !ok || len(args) != 2 {
		return false
	}
	sep, ok := p.constantOf(ast.Unparen(args[1]))
	if !ok {
		return false
	}
	for i, e := range list.Elts {
		if i > 0 {
			p.constant(sep)
		}
		p.read(e, false, depth)
	}
	return true
}

// sprint appends what fmt.Sprint prints, which puts a space between two operands
// neither of which is text.
func (p *phrase) sprint(args []ast.Expr, depth int) {
	for i, e := range args {
		if i > 0 && p.isValue(args[i-1]) && p.isValue(e) {
			p.constant(" ")
		}
		p.read(e, true, depth)
	}
}

func (p *phrase) isValue(e ast.Expr) bool {
	t := p.typeOf(p.file, e)
	return !p.printsItself(t) && (p.isInteger(t) || p.isBasic(t, "bool"))
}

// sprintf appends what fmt.Sprintf prints, for the plain verbs.
func (p *phrase) sprintf(args []ast.Expr, depth int) bool {
	format, ok := p.constantOf(ast.Unparen(args[0]))
	args = args[1:]
	if !ok || strings.ContainsAny(format, "*[") {
		return false
	}
	from := len(p.parts)
	for {
		before, after, found := strings.Cut(format, "%")
		p.constant(before)
		if !found {
			break
		}
		i := strings.IndexFunc(after, func(r rune) bool { return !strings.ContainsRune("+-# 0123456789.", r) })
		if i < 0 {
			break
		}
		flags, verb := after[:i], after[i]
		format = after[i+1:]
		switch {
		case verb == '%':
			p.constant("%")
		case len(args) == 0:
			p.parts = append(p.parts[:from], part{form: freeText})
			return true
		default:
			p.verb(flags, verb, args[0], depth)
			args = args[1:]
		}
	}
	if len(args) > 0 {
		p.parts = append(p.parts[:from], part{form: freeText})
	}
	return true
}

func (p *phrase) verb(flags string, verb byte, arg ast.Expr, depth int) {
	t := p.typeOf(p.file, arg)
	own := p.printsItself(t)
	switch {
	case flags == "" && (verb == 's' || verb == 'v'):
		p.read(arg, true, depth)
	case verb == 'd' && !own && p.isInteger(t) && (flags == "" || flags[0] == '0' && !strings.ContainsAny(flags, "+- #.")):
		p.add(integer, p.widened(arg))
	case verb == 't' && !own && flags == "" && p.isBasic(t, "bool"):
		p.add(boolean, arg)
	case verb == 'q' && !own && flags == "" && p.isBasic(t, "string"):
		p.add(quoted, arg)
	default:
		p.opaque()
	}
}
