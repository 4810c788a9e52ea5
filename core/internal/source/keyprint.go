package source

//lint:file-ignore SA1019 see resolve.go

import (
	"go/ast"
	"go/token"
	"slices"
	"strconv"
	"strings"
)

// readPrint appends what a function of fmt prints.
func (c *coverage) readPrint(t *text, name string, args []ast.Expr, depth int) bool {
	switch name {
	case "Sprint": // which puts a space where neither is a string: no text is read then
		c.join(t, args, "", printed, depth)
	case "Sprintln":
		c.join(t, args, " ", printed, depth)
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
	switch {
	case flags == "" && (verb == 's' || verb == 'v'):
		c.read(t, arg, printed, depth)
	case strings.Contains(flags, ".") || !c.tells(flags, verb, arg):
		t.add(free)
	case verb == 'd':
		t.add(c.formOf(arg), c.same(arg)...)
	case verb == 't':
		t.add(truth, c.same(arg)...)
	default:
		t.add(free, c.same(arg)...)
	}
}

// tells reports whether a verb prints a value so that no other value of its
// type is printed like it. What it is good for says something of a value whose
// type cannot be told: what is printed by %d is a number, for go vet looks.
func (c *coverage) tells(flags string, verb byte, arg ast.Expr) bool {
	typ := c.r.typeOf(arg)
	padded := strings.ContainsAny(flags, " 0123456789")
	if c.r.under(typ).Expr == nil {
		return strings.IndexByte("dtbogG", verb) >= 0
	}
	switch verb {
	case 'd', 't', 'b', 'o', 'O', 'U', 'g', 'G':
		return c.r.isSimple(typ) && !c.r.hasMethod(typ, "Format")
	case 'q':
		return flags == "" && c.r.isNamed(c.r.under(typ), "string") && c.r.printsWhole(typ)
	case 'v', 's', 'x', 'X':
		return !padded && c.r.printsWhole(typ)
	}
	return false // %c takes all that is no character for the same, %e and %f round
}

// ownText are the methods by which a value says itself how it is printed.
var ownText = []string{"String", "Error", "Format", "GoString"}

// printsWhole reports whether no two values of a type are printed alike by %v:
// numbers, texts, times, and lists and structs of numbers. Not an address, not the elements
// of a list without what is between them, not 1 and "1", and not what methods
// of the package make of a value.
func (r *resolver) printsWhole(t static) bool {
	return r.isSimple(t) && !r.hasMethod(t, ownText...)
}

// isSimple reports whether a type is known to be a basic one, a time, or a list
// or struct of numbers.
func (r *resolver) isSimple(t static) bool {
	u := r.under(t)
	switch u.Expr.(type) {
	case *ast.Ident, *ast.SelectorExpr:
		return true
	}
	return r.ofNumbers(t, 0)
}

// ofNumbers reports whether a type is a number or a truth, or a list or struct
// of such, none of which has methods that say how it is printed.
func (r *resolver) ofNumbers(t static, depth int) bool {
	u := r.under(t)
	if depth > 8 || depth > 0 && r.hasMethod(t, ownText...) {
		return false
	}
	switch e := u.Expr.(type) {
	case *ast.Ident:
		return e.Name != "string"
	case *ast.ArrayType:
		return r.ofNumbers(static{e.Elt, u.in}, depth+1)
	case *ast.StructType:
		return !slices.ContainsFunc(e.Fields.List, func(f *ast.Field) bool { return !r.ofNumbers(static{f.Type, u.in}, depth+1) })
	}
	return false
}

// isNamed reports whether a type is the basic one of a name.
func (r *resolver) isNamed(t static, name string) bool {
	id, ok := t.Expr.(*ast.Ident)
	return ok && id.Name == name
}

// hasMethod reports whether a type of this package has one of some methods.
func (r *resolver) hasMethod(t static, names ...string) bool {
	return slices.ContainsFunc(r.names(t), func(typ string) bool {
		return slices.ContainsFunc(names, func(name string) bool { return r.method(typ, name).found })
	})
}
