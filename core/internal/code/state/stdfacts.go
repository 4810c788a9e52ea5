package state

import (
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// What is known of the standard library by name, see package std: here stands
// what its derivation does not find, each with a test that reads the source of
// Go for it.

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

// stdLocks are types of package sync whose values do not carry over what a
// program computes.
var stdLocks = std.Words{Text: "Mutex RWMutex Once WaitGroup Pool"}

// stdEffect tells what a method of a type, "T" or "*T", does to its receiver.
func stdEffect(path, typ, method string) effect {
	switch method = strings.TrimPrefix(typ, "*") + "." + method; {
	case stdMethod(path, typ, method[strings.IndexByte(method, '.')+1:]):
		return reads
	case std.Advances(path, method, -1):
		return advances
	}
	return unknown
}

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
