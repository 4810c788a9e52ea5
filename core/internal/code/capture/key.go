package capture

import (
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strings"
	"sync"

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

// constant appends text that is known.
//
//go:noinline
func (p *text) constant(s string) {
	if n := len(p.parts); n > 0 && p.parts[n-1].text != "" {
		p.parts[n-1].text += s
	} else if s != "" {
		p.parts = append(p.parts, part{text: s})
	}
}

// opaque appends text that tells nothing of what it is made of.
func (p *text) opaque() { p.add(freeText, ref{}) }

//go:noinline
func (p *text) add(f form, r ref) { p.parts = append(p.parts, part{form: f, ref: r}) }

// verbOf returns the verb that prints an argument as a function does.
func verbOf(function string) byte {
	switch function {
	case "strconv.Itoa":
		return 'd'
	case "strconv.FormatBool":
		return 't'
	case "strconv.Quote":
		return 'q'
	}
	return 0
}

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
			p.add(constantText, ref{}) // which is not known
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
	own, plain := t.PrintsItself(), verb == 's' || verb == 'v'
	switch {
	case verb == 0, !own && plain && t.IsBasic("string"):
		p.add(freeText, refOf(e))
	case !own && (plain || verb == 't') && t.IsBasic("bool"):
		p.add(boolean, refOf(e))
	case !own && (plain || verb == 'd') && t.IsInteger():
		p.add(integer, refOf(e))
	case !own && verb == 'q' && t.IsBasic("string"):
		p.add(quoted, refOf(e))
	default:
		p.opaque()
	}
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
	verb := verbOf(path + "." + name)
	switch {
	case p.AsksHandle(e, "Name"):
		p.add(freeText, ref{refOf(e.Fun).def, ".Name()"})
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

// sprintf appends what fmt.Sprintf prints, for the plain verbs, and for integers
// that are padded with zeros.
func (p *text) sprintf(format ast.Expr, args []ast.Expr) {
	f, ok := stringLiteral(format)
	pieces := strings.Split(strings.ReplaceAll(f, "%%", "\uFFFD"), "%")
	if !ok || len(pieces) != len(args)+1 || slices.ContainsFunc(pieces[1:], func(s string) bool { return !verbs().MatchString(s) }) {
		p.opaque()
		return
	}
	p.constant(pieces[0])
	for i, arg := range args {
		verb := strings.TrimLeft(pieces[i+1], "0123456789")
		flags := len(pieces[i+1]) - len(verb)
		if flags == 0 || pieces[i+1][0] == '0' && verb[0] == 'd' {
			p.read(arg, verb[0])
		} else {
			p.opaque()
		}
		p.constant(verb[1:])
	}
}

// verbs matches what follows a percent sign, if it has no flags but a width.
var verbs = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9]*[a-zA-Z]`) })
