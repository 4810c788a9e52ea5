package capture

import (
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// A text is the form of the text that an expression makes of its operands: for
// fmt.Sprintf("%s-%d", name, n) a mark for any text, a dash and a mark for an integer.
type text struct {
	*judge
	form     string
	operands int
	refs     []ref // the operands that are variables or fields
}

// Marks say what a printed operand may look like.
const (
	freeText = "\x01" // any text
	integer  = "\x02" // in base 10, perhaps padded with zeros
	boolean  = "\x03" // true or false
	quoted   = "\x04" // as %q writes it
	unknown  = "\x05" // text that is constant, and not known
)

// blurred matches two operands that no constant text divides, or only text of which one of
// them may take a part for its own.
var blurred = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(strings.NewReplacer("OP", "[\x01-\x04]", "TEXT", "[^\x01-\x04]*").Replace(
		"OP(TEXT\x05TEXT)?OP|\x02[0-9]TEXTOP|OPTEXT([0-9]\x02|\\\\\x04)"))
})

// signed matches an integer that a dash divides from free text: it may be its sign.
var signed = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile("\x01[^\x01-\x04]*-\x02") })

// told returns the operands that the text tells: all of them if each can be
// told apart from its neighbours, else none. Integers, booleans and quoted text
// end where constant text begins, so that one free text between them is what
// remains. But a dash before an integer may be its sign: then the text tells the
// operands only if it holds no "--".
func (p *text) told() (list []ref, dashed bool) {
	switch {
	case p.operands < 2:
		return p.refs, false
	case strings.Count(p.form, freeText) > 1, blurred().MatchString(p.form):
		return nil, false
	}
	return p.refs, signed().MatchString(p.form)
}

// constant appends text that is known.
func (p *text) constant(s string) {
	if strings.ContainsAny(s, freeText+integer+boolean+quoted+unknown) {
		s = unknown
	}
	p.form += s
}

// add appends an operand.
func (p *text) add(mark string, r ref) {
	p.form, p.operands = p.form+mark, p.operands+1
	if r.def != nil {
		p.refs = append(p.refs, r)
	}
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
		if p.judge.constant(e) {
			p.form += unknown
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
		p.add(freeText, ref{}) // it tells none of its parts
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
	switch name = path + "." + name; {
	case p.CallsHandle(e, "Name"):
		p.add(freeText, ref{refOf(e.Fun).def, ".Name()"})
	case len(e.Args) == 0 || e.Ellipsis.IsValid():
		return false
	case p.Predeclared(e.Fun, "string") && p.TypeOf(e.Args[0]).IsBasic("string"):
		p.read(e.Args[0], 0)
	case name == "strconv.Itoa":
		p.operand(e.Args[0], 'd')
	case name == "fmt.Sprint":
		for _, arg := range e.Args {
			p.read(arg, 'v')
		}
	case name == "fmt.Sprintf":
		p.sprintf(e.Args[0], e.Args[1:])
	default:
		return false
	}
	return true
}

// sprintf appends what fmt.Sprintf prints, for the plain verbs without flags.
func (p *text) sprintf(format ast.Expr, args []ast.Expr) {
	f, ok := stringLiteral(format)
	pieces := strings.Split(strings.ReplaceAll(f, "%%", "\uFFFD"), "%")
	if !ok || len(pieces) != len(args)+1 || slices.ContainsFunc(pieces[1:], func(s string) bool { return s == "" || !strings.Contains("svdtq", s[:1]) }) {
		p.add(freeText, ref{})
		return
	}
	p.constant(pieces[0])
	for i, arg := range args {
		p.read(arg, pieces[i+1][0])
		p.constant(pieces[i+1][1:])
	}
}
