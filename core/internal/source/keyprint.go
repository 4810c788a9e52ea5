package source

//lint:file-ignore SA1019 see resolve.go

import (
	"go/ast"
	"go/token"
	"strconv"
	"strings"
)

// readPrint appends what a function of fmt prints.
func (c *coverage) readPrint(t *text, name string, args []ast.Expr, depth int) bool {
	switch name {
	case "Sprint": // which puts a space where neither is a string: no text is read then
		c.join(t, args, "", depth)
	case "Sprintln":
		c.join(t, args, " ", depth)
		t.addLiteral("\n")
	case "Sprintf":
		lit, ok := args[0].(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return false
		}
		format, err := strconv.Unquote(lit.Value)
		if err != nil || strings.ContainsAny(format, "*[") {
			return false
		}
		return c.readFormat(t, format, args[1:], depth)
	default:
		return false
	}
	return true
}

// readFormat appends what Sprintf prints. A value is told if it is printed
// whole: %.3s and %T do not, and %5s pads with what a text may end in.
func (c *coverage) readFormat(t *text, format string, args []ast.Expr, depth int) bool {
	for {
		before, after, found := strings.Cut(format, "%")
		t.addLiteral(before)
		if !found {
			return len(args) == 0
		}
		i := strings.IndexFunc(after, func(r rune) bool { return !strings.ContainsRune("+-# 0123456789.", r) })
		if i < 0 {
			return false
		}
		flags, verb := after[:i], after[i]
		format = after[i+1:]
		if verb == '%' {
			t.addLiteral("%")
			continue
		}
		if len(args) == 0 {
			return false
		}
		c.verb(t, flags, verb, args[0], depth)
		args = args[1:]
	}
}

func (c *coverage) verb(t *text, flags string, verb byte, arg ast.Expr, depth int) {
	padded := strings.ContainsAny(flags, " 0123456789")
	switch {
	case flags == "" && (verb == 's' || verb == 'v'):
		c.read(t, arg, depth)
	case strings.Contains(flags, ".") || c.losesParts(arg):
		t.add(free)
	case verb == 'd':
		t.add(c.formOf(arg), c.same(arg)...)
	case verb == 'q' && flags == "":
		t.add(free, c.same(arg)...)
	case verb == 't':
		t.add(truth, c.same(arg)...)
	case strings.IndexByte("obc", verb) >= 0, strings.IndexByte("vsqxX", verb) >= 0 && !padded:
		t.add(free, c.same(arg)...)
	default:
		t.add(free)
	}
}
