package facts

import (
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/codec"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// A File holds the facts of one source file. It is made by parsing that file alone and
// kept in the store, so that an unchanged file is never parsed again.
type File struct {
	Name       string
	Package    string // the package clause
	Constraint string // the expression of //go:build
	Imports    []Import
	Links      []Link
	Decls      []Decl
	Broken     bool // does not parse: its declarations are unknown, and its whole text counts
	Cgo        bool // imports "C": its comments are code, and count
}

// IsTest reports whether the file is compiled for tests only.
func (f *File) IsTest() bool { return strings.HasSuffix(f.Name, "_test.go") }

// An Import is an import. One with an empty name is known by the name of its package.
type Import struct {
	Name, Path string
	Line       int
}

// A Link is a //go:linkname: local is, or is to be, known as target, which is spelled
// as the linker does.
type Link struct{ Local, Target string }

// A Kind is a kind of declaration.
type Kind uint8

const (
	KindFunc Kind = iota
	KindMethod
	KindInit
	KindType
	KindVar
	KindConst
)

// A Decl is one declaration: a function, a method, one spec of a type, var or
// const declaration, or a group of constants that depend on each other.
type Decl struct {
	Kind     Kind
	Line     int
	Lines    int
	Name     string       // the first of Names
	Names    []Name       // the names that it declares
	Digest   codec.Digest // of its tokens
	Form     string       // the source of a type, of the type of variables or constants, or of a signature: see form
	Values   []string     // the forms of the values of variables or constants
	Refs     []string     // identifiers that are not proved local, predeclared ones among them
	Quals    []Qual       // x.Sel where x is not proved local: a package, or a name of this one
	Selected []string     // the names of fields and methods that it selects, of whatever type
	Recv     string       // base type of a method
	Accesses []Access

	Embeds       []string // patterns of //go:embed
	NamedArgs    []NamedArg
	HandleUses   []HandleUse
	HandleParams int      // the parameters that are testing handles, as bits
	Types        int      // how many types its functions declare
	Calls        []string // the functions that an initialiser calls, or types, by name; "" for any other

	Alias   bool // type A = B
	NoBody  bool // its code is elsewhere: assembly or a linkname
	Pointer bool // a method with a pointer receiver
	Always  bool // counts whatever the root: a //go:debug line
	Lazy    bool // a variable that does nothing before it is used: see isLazy
}

// A Name is a name that a declaration declares, and its line.
type Name struct {
	Name string
	Line int
}

// Index returns which of its names one is.
func (f *Decl) Index(name string) int {
	return slices.IndexFunc(f.Names, func(n Name) bool { return n.Name == name })
}

// Spans reports whether a line of the file is one of the declaration's.
func (f *Decl) Spans(line int) bool { return f.Line <= line && line < f.Line+f.Lines }

// A Mention is x.sel, or sel alone.
type Mention struct{ X, Sel string }

// A Qual is a qualified name.
type Qual struct {
	Mention
	Line int // where it is first mentioned
}

// Tries reports whether a method tells, unlike the others of a lock, whether somebody holds
// the lock: where code selects it, to lock is to change.
func Tries(method string) bool { return method == "TryLock" || method == "TryRLock" }

// IsSpecial reports whether a predeclared identifier is one whose calls facts know by the
// rules of the language.
func IsSpecial(name string) bool { return special.Has(name) || syntax.IsBasicType(name) }

const special std.Words = " append clear close copy delete len make new "
