// Package effect tells what an access does to a value, by its type: to a local variable
// that a function captures, as to one of a package.
//
// It folds over the steps of an access with one combinator. A type that is not known,
// and a function that is called and not known, count as the worst.
package effect

import (
	"go/ast"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
	"github.com/fixturecache/fixturecache/core/internal/code/types"
)

// An Effect says what an access does to a value, or a function to its argument. The
// greater is the worse.
type Effect uint8

const (
	Reads    Effect = iota // nobody can change anything by it
	HandsOn                // its target goes where it is not followed
	Changes                // it, or a part of it, may be set, or handed on
	Advances               // it surely is set, to a value that is computed from the old one
)

// A Place is where the value lies that an access comes to.
type Place uint8

const (
	Itself    Place = iota // in the variable
	Copied                 // in a copy: changes of that do not matter to others
	Elsewhere              // behind a pointer, in a list or a map
)

// A Judge knows the code around an access, as far as the fold needs it.
type Judge struct {
	Method    func(t types.Type, name string) Effect // the effect of a method on its receiver
	Argument  func(a facts.Access) Effect            // the effect of a function on the argument that it is given
	Functions bool                                   // functions in values have no memory of their own
}

// Of returns the effect of an access that begins with a value of a type, which lies in a
// place, and the place in which it is done.
func (j *Judge) Of(t types.Type, a facts.Access, in Place) (Effect, Place) {
	shares := false // a slice of an array shares the elements, as do copies of it
	for step := range strings.SplitAfterSeq(a.Path, " ") {
		switch step {
		case "": // after the last
			continue
		case facts.StepCopy, facts.StepSet:
			switch {
			case shares:
			case j.immutable(t, a.Kind >= facts.AccessAddress || a.Param > 0, 0):
				return Reads, in
			default:
				in = Copied
			}
			continue
		}
		next, apart, ok := part(t, step)
		_, isStruct := t.Under().Expr.(*ast.StructType)
		_, name := t.Name() // a copy of one without may have a type with methods of its own
		shares = false
		switch {
		case !ok && (a.Kind >= facts.AccessAddress || in == Copied && isStruct && name == ""):
			return Changes, in
		case !ok:
			return j.Method(t, strings.Trim(step, ". ")), in
		case apart && (in == Copied || isKnown(t)): // else it may be an array
			in = Elsewhere
		default:
			shares = step == facts.StepSlice
		}
		t = next
	}
	if shares && (a.Kind == facts.AccessRead || a.Kind == facts.AccessArgument) {
		a.Kind = facts.AccessAddress
	}
	return j.end(t, a, in), in
}

// end returns the effect on the value at the end of a path.
func (j *Judge) end(t types.Type, a facts.Access, in Place) Effect {
	key, elem := t.Elements()
	path, _ := t.Name() // to range over an iterator calls a function, which may have a memory
	_, isPointer := t.Under().Expr.(*ast.StarExpr)
	switch {
	case a.Kind == facts.AccessArgument && isPointer && j.Argument(a) >= Changes: // *p = *q
		return Changes
	case a.Kind == facts.AccessWrite && in == Copied, a.Kind < facts.AccessAddress && j.immutable(t, a.Param > 0, 0): // a parameter may be an address of what can be set as a whole
		return Reads
	case a.Kind == facts.AccessRange && elem.Expr != nil && j.Immutable(key) && path != "iter":
		return Reads // the loop alone does nothing
	case a.Kind == facts.AccessWrite && a.Arg == facts.Advances:
		return Advances
	case a.Kind == facts.AccessWrite:
		return Changes
	case a.Kind == facts.AccessAddress && j.Argument(a) == HandsOn:
		return Changes
	case a.Kind >= facts.AccessArgument:
		return j.Argument(a)
	}
	return HandsOn // the call of a function, for example, which may have a memory
}

// part returns the type of a part, and whether it lies elsewhere than the value
// itself. It fails for a method, and for a field of a type that is not known.
func part(t types.Type, step string) (_ types.Type, apart, ok bool) {
	whole, isPointer := t.Pointee()
	array, isArray := whole.Expr.(*ast.ArrayType)
	apart = isPointer || !isArray || array.Len == nil
	_, elem := t.Elements()
	switch step {
	case facts.StepStar:
		return whole, true, true
	case facts.StepElem:
		return elem, apart, true
	case facts.StepSlice:
		if t.IsBasic("string") || !apart || !isKnown(t) {
			return t, apart, true // the elements are those of the array, if it is one
		}
		return elem.Part(&ast.ArrayType{Elt: elem.Expr}), apart, true
	}
	t, apart = t.Field(strings.Trim(step, ". "))
	return t, apart, t.Expr != nil
}

// isKnown reports whether the declaration of a type is known, and not its name alone.
func isKnown(t types.Type) bool {
	t = t.Under()
	_, name := t.Expr.(*ast.SelectorExpr)
	return t.Expr != nil && !name
}

// Immutable reports whether the holder of a copy of a value can change nothing through it.
func (j *Judge) Immutable(t types.Type) bool { return j.immutable(t, false, 0) }

// immutable is Immutable. With set it is asked of a holder who has the address of the copy,
// or assigns to its target: a target of std.ImmutablePointer can be set as a whole.
func (j *Judge) immutable(t types.Type, set bool, depth int) bool {
	if depth > 8 {
		return false
	}
	if path, name := t.Name(); path != "" && StdImmutable(path, name) {
		return true
	}
	t = t.Under()
	switch e := t.Expr.(type) {
	case *ast.Ident:
		return syntax.IsBasicType(e.Name) && e.Name != "uintptr" || e.Name == types.Context // a uintptr may be the address of something
	case *ast.FuncLit: // stands for what is known by where it comes from, which may be a pointer
		return !set
	case *ast.FuncType:
		return j.Functions
	case *ast.SelectorExpr:
		return StdImmutable(t.Name())
	case *ast.StarExpr:
		to := t.Part(e.X).Under()
		st, ok := to.Expr.(*ast.StructType)
		path, name := to.Name()
		return ok && len(st.Fields.List) == 0 || !set && StdImmutable(path, "*"+name)
	case *ast.ArrayType:
		return e.Len != nil && j.immutable(t.Part(e.Elt), set, depth+1)
	case *ast.StructType:
		return !slices.ContainsFunc(e.Fields.List, func(f *ast.Field) bool { return !j.immutable(t.Part(f.Type), set, depth+1) })
	}
	return false
}

// StdImmutable reports whether values of a type of the standard library, "T" or "*T",
// cannot be changed by their holders.
func StdImmutable(path, typ string) bool {
	name, isPointer := strings.CutPrefix(typ, "*")
	return isPointer && std.ImmutablePointer(path, name) || !isPointer && std.ImmutableType(path, typ) || unchanging.Has(path+"."+name)
}

// unchanging lists types of the standard library that nothing changes after the value
// was made, which package std does not derive; a test reads the source of Go for each.
// A file that an embed.FS opens has a place of its own. The sync.Once of a
// strings.Replacer makes the same of the value each time.
const unchanging std.Words = " embed.FS strings.Replacer "

// StdMethod returns the effect of a method of a type of the standard library, "T" or "*T",
// on its receiver. If nobody can change the receiver, a method may keep it.
func StdMethod(path, typ, method string) Effect {
	typ = strings.TrimPrefix(typ, "*")
	does := std.Argument(path, typ+"."+method, -1)
	switch {
	case typ == "":
		return Changes
	case unchanging.Has(path + "." + typ), does == std.Reads, does == std.Keeps && std.ImmutableType(path, typ):
		return Reads
	case std.Advances(path, typ+"."+method, -1):
		return Advances
	}
	return Changes
}

// StdArgument returns the effect of a function of the standard library on an argument. Of
// any other function nothing is known.
func StdArgument(path, name string, arg int) Effect {
	switch {
	case std.Argument(path, name, arg) == std.Reads:
		return Reads
	case std.Advances(path, name, arg):
		return Advances
	}
	return HandsOn
}
