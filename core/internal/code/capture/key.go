package capture

import (
	"go/ast"
	"go/token"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
	"github.com/fixturecache/fixturecache/core/internal/code/types"
)

// A text is what an expression of text makes of its operands, part by part: of
// fmt.Sprintf("%s-%d", name, n) the parts are name, "-" and n.
type text struct {
	*judge
	parts []part
}

// A part is constant text, or what an operand is printed as.
type part struct {
	form form
	text string // if it is constant, and known
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
func (p *text) told() (list []ref, dashed bool) {
	free, last := 0, -1
	for i, part := range p.parts {
		if part.form == constantText {
			continue
		}
		if part.form == freeText {
			free++
		}
		if last >= 0 && !p.divided(last, i) || free > 1 {
			return nil, false
		}
		dashed = dashed || last >= 0 && part.form == integer && p.parts[last].form == freeText && strings.HasSuffix(p.parts[i-1].text, "-")
		last = i
		if part.ref.def != nil {
			list = append(list, part.ref)
		}
	}
	return list, dashed
}

// divided reports whether constant text divides two operands, and begins and
// ends so that neither can take a part of it for its own.
func (p *text) divided(a, b int) bool {
	if b != a+2 || p.parts[a+1].text == "" {
		return false
	}
	text := p.parts[a+1].text
	first, last := text[0], text[len(text)-1]
	digit := func(c byte) bool { return '0' <= c && c <= '9' }
	return !(p.parts[a].form == integer && digit(first)) && !(p.parts[b].form == integer && digit(last)) && !(p.parts[b].form == quoted && last == '\\')
}

// constant appends text that is the same in each run.
func (p *text) constant(s string) {
	if n := len(p.parts); n > 0 && p.parts[n-1].text != "" && s != "" {
		p.parts[n-1].text += s
		return
	}
	p.parts = append(p.parts, part{text: s})
}

// opaque appends text that tells nothing of what it is made of.
func (p *text) opaque() { p.parts = append(p.parts, part{form: freeText}) }

// printers are functions that print their argument as a verb does.
var printers = map[string]byte{"strconv.Itoa": 'd', "strconv.FormatBool": 't', "strconv.Quote": 'q'}

// read appends the text of an expression as a verb prints it, or as it is if the
// verb is 0.
func (p *text) read(e ast.Expr, verb byte) {
	e = ast.Unparen(e)
	if own := verb != 0 && p.TypeOf(e).PrintsItself(); !own {
		if s, ok := stringLiteral(e); ok && verb != 'q' {
			p.constant(s)
			return
		}
		if p.isConstant(e) {
			p.parts = append(p.parts, part{})
			return
		}
		if x, ok := e.(*ast.BinaryExpr); ok && x.Op == token.ADD && verb != 'q' && p.isText(x) {
			p.read(x.X, 0)
			p.read(x.Y, 0)
			return
		}
	}
	if call, ok := e.(*ast.CallExpr); ok && verb != 'q' && p.call(call) {
		return
	}
	p.operand(e, verb)
}

// isConstant reports whether an expression is the name of a constant, or of a
// variable that is set to a literal and nothing else.
func (p *text) isConstant(e ast.Expr) bool {
	if id, ok := e.(*ast.Ident); ok {
		d := scope.Of(id)
		if d == nil {
			return p.Package.Kind("", id.Name) == types.Constant
		}
		value, _ := p.Definition(d)
		return d.Kind == scope.Const || value != nil && types.IsLiteral(value) && p.unchanged(d, 0)
	}
	path, name := p.Qualified(e)
	return path != "" && p.Package.Kind(path, name) == types.Constant
}

// operand appends a variable or field, as a verb prints it.
func (p *text) operand(e ast.Expr, verb byte) {
	t := p.TypeOf(e)
	plain := verb == 's' || verb == 'v'
	f := constantText
	switch {
	case verb == 0:
		f = freeText
	case t.PrintsItself():
	case plain && t.IsBasic("string"):
		f = freeText
	case (plain || verb == 't') && t.IsBasic("bool"):
		f = boolean
	case (plain || verb == 'd') && t.IsInteger():
		f = integer
	case verb == 'q' && t.IsBasic("string"):
		f = quoted
	}
	if f == constantText {
		p.opaque()
		return
	}
	p.parts = append(p.parts, part{form: f, ref: refOf(e)})
}

// isText reports whether an expression is surely text: then + joins it.
func (j *judge) isText(e ast.Expr) bool {
	if x, ok := ast.Unparen(e).(*ast.BinaryExpr); ok && x.Op == token.ADD {
		return j.isText(x.X) || j.isText(x.Y)
	}
	return j.TypeOf(e).IsBasic("string")
}

// call appends the text that a known function returns.
func (p *text) call(e *ast.CallExpr) bool {
	path, name := p.Qualified(e.Fun)
	verb := printers[path+"."+name]
	switch {
	case p.AsksHandle(e, "Name"):
		p.parts = append(p.parts, part{form: freeText, ref: ref{refOf(e.Fun.(*ast.SelectorExpr).X).def, ".Name()"}})
	case len(e.Args) == 0 || e.Ellipsis.IsValid():
		return false
	case p.Predeclared(e.Fun, "string") && p.TypeOf(e.Args[0]).IsBasic("string"):
		p.read(e.Args[0], 0)
	case verb != 0:
		p.operand(e.Args[0], verb)
	case path == "fmt" && name == "Sprint":
		for _, arg := range e.Args {
			p.read(arg, 'v')
		}
	case path == "fmt" && name == "Sprintf":
		p.sprintf(e.Args[0], e.Args[1:])
	default:
		return false
	}
	return true
}

// sprintf appends what fmt.Sprintf prints, for the plain verbs.
func (p *text) sprintf(format ast.Expr, args []ast.Expr) {
	rest, ok := stringLiteral(format)
	from := len(p.parts)
	for n := 0; ok; {
		before, after, found := strings.Cut(rest, "%")
		if before != "" {
			p.constant(before)
		}
		if !found {
			if n == len(args) {
				return
			}
			break
		}
		verb := strings.TrimLeft(after, "0123456789")
		flags := after[:len(after)-len(verb)]
		switch {
		case verb == "":
			ok = false
		case verb[0] == '%':
			p.constant("%")
		case n == len(args):
			ok = false
		default:
			p.verb(flags, verb[0], args[n])
			n++
		}
		rest = verb[min(1, len(verb)):]
	}
	p.parts = append(p.parts[:from], part{form: freeText})
}

// verb appends an operand that a verb prints, of which flags may say that
// integers are padded with zeros.
func (p *text) verb(flags string, verb byte, arg ast.Expr) {
	switch {
	case flags == "" && strings.IndexByte("svtqd", verb) >= 0, flags != "" && flags[0] == '0' && verb == 'd':
		p.read(arg, verb)
	default:
		p.opaque()
	}
}
