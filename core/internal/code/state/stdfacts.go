package state

import (
	"go/ast"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/graph"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// What is known of the standard library by name, see package std: here stands
// what its derivation does not find, each with a test that reads the source of
// Go for it.

// stdArgument says what a function does to an argument of a type: it only reads
// it, or it does so and calls its methods. What a function value that it calls
// keeps is not known.
func (s *Analysis) stdArgument(t typed, path, name string, i int) (reads, calls bool) {
	x := graph.External{Path: path, Name: name}
	for _, entry := range forwards.Of(path) { // which have a first argument more
		if from, to, _ := strings.Cut(entry, ":"); from == name {
			return s.stdArgument(t, path, to, i+1)
		}
	}
	if i == 0 && handsElements.Has(x.Path, x.Name) {
		_, elem, _ := s.elements(t)
		return s.immutable(elem, false, 0), false
	}
	_, isFunc := t.Under().Expr.(*ast.FuncType)
	does := std.Argument(path, name, i)
	return does == std.Reads, does == std.Calls && !isFunc || i == 0 && marshals.Has(x.Path, x.Name)
}

// forwards are functions that do nothing but hand their arguments on.
var forwards = std.Names{Text: `
	fmt Print:Fprint Printf:Fprintf Println:Fprintln
`}

// handsElements are functions that do nothing with their first argument but to
// hand its elements to the function that they are given.
var handsElements = std.Names{Text: `
	slices ContainsFunc IndexFunc
`}

// marshals are functions that look at their argument by reflection, and call no
// method of package reflect that writes.
var marshals = std.Names{Text: `
	encoding/json Marshal MarshalIndent
`}

// stdImmutable reports whether values of a type, "T" or "*T", cannot be changed
// by who holds them.
func stdImmutable(path, name string) bool {
	if path == "os" && name == "FileMode" { // another name for it
		path = "io/fs"
	}
	if name, ok := strings.CutPrefix(name, "*"); ok {
		return std.ImmutablePointer(path, name) || fillsItself.Has(path, name)
	}
	return std.ImmutableType(path, name)
}

// fillsItself are types that nothing changes after the value was made but a
// sync.Once of their own: it makes of the value the same each time.
var fillsItself = std.Names{Text: `
	strings Replacer
`}

// stdResult reports whether the result of a function cannot be changed by who
// holds it, but for what it keeps of its arguments.
func stdResult(path, name string) bool {
	return std.ImmutableResult(path, name) || stdImmutable(path, std.TypeOf(path, name)) || path == "fmt" && name == "Errorf"
}

// stdKeeps reports whether the result of a function may lead to an argument.
func stdKeeps(path, name string, i int) bool { return std.Argument(path, name, i) >= std.Keeps }

// resultOf returns the type of the first result of a function, if it is known.
func resultOf(path, name string) string { return std.TypeOf(path, name) }

// stdVariable reports whether nobody can change what a variable leads to but by
// assigning it.
func stdVariable(path, name string) bool { return std.ImmutableVar(path, name) }

// stdLocks are types of package sync whose values do not carry over what a
// program computes.
var stdLocks = std.Words{Text: "Mutex RWMutex Once WaitGroup Pool"}

// stdMethod reports whether a method of a type, "T" or "*T", only reads its
// receiver. What it keeps of one that nobody can change is nothing to others.
func stdMethod(path, typ, method string) bool {
	typ = strings.TrimPrefix(typ, "*")
	if typ == "" || path == "sync" && stdLocks.Has(typ) || fillsItself.Has(path, typ) {
		return typ != ""
	}
	does := std.Argument(path, typ+"."+method, -1)
	return does == std.Reads || does == std.Keeps && std.ImmutableType(path, typ)
}
