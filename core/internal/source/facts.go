package source

import (
	"strings"
	"sync"
)

// A fileFacts is what the closure needs to know of one source file. It is made by
// parsing that alone and kept in the store, so that an unchanged file is never
// parsed again.
type fileFacts struct {
	name       string
	pkg        string // the package clause
	constraint string // the expression of //go:build
	imports    []importFact
	links      []linkFact
	decls      []declFact
	flags      fileFlags
	moves      Digest // of its //line directives and where they stand, zero without any
}

// fileFlags say what is special of a file.
type fileFlags uint8

const (
	fileBroken fileFlags = 1 << iota // does not parse: what it declares is unknown
	fileCgo                          // imports "C": comments are code
	fileRaw                          // the whole text counts, comments too (cgo, or broken)
	fileUnread                       // nothing but the name and perhaps the constraint is known: the build leaves it out
)

// An importFact with an empty name is known by the name its package has.
type importFact struct {
	name, path string
	line       int
}

// A linkFact is a //go:linkname: local is, or is to be, known as target.
type linkFact struct{ local, target string }

// A declKind is a kind of declaration.
type declKind uint8

const (
	kindFunc declKind = iota
	kindMethod
	kindInit
	kindType
	kindVar
	kindConst
)

// A declFact is one declaration: a function, a method, or one spec of a type,
// var or const declaration. Most are constants: what they have none of stands
// apart.
type declFact struct {
	kind     declKind
	flags    declFlags
	nameLine int32
	line     int
	lines    int
	name     string   // the first, if there are several
	digest   Digest   // of its tokens
	form     string   // of its type, as text: see typeForm
	refs     []string // identifiers that are not proved local, but for predeclared ones
	universe uint32   // predeclared identifiers, as bits: see universeBit
	quals    []qual   // x.Sel where x is not proved local: a package, or a name of this one
	acts     *actFacts
	others   *rareFacts
}

// actFacts are what functions, and initialisers, do.
type actFacts struct {
	recv     string // base type of a method
	accesses []access
}

// rareFacts are facts that few declarations have.
type rareFacts struct {
	names  []nameFact // but the first
	embeds []string   // patterns of //go:embed
	paths  []pathFact
	tells  []tellFact

	asks    []askFact
	hands   []handleFact
	handles []string // fields that are testing handles
	named   []namedFact
}

var (
	noActs      actFacts
	noRareFacts rareFacts
)

// does returns what it does, which is to be read only.
func (f *declFact) does() *actFacts {
	if f.acts == nil {
		return &noActs
	}
	return f.acts
}

// count returns how many names it declares.
func (f *declFact) count() int { return 1 + len(f.rare().names) }

// nameAt returns the i-th of them.
func (f *declFact) nameAt(i int) nameFact {
	if i == 0 {
		return nameFact{f.name, int(f.nameLine)}
	}
	return f.others.names[i-1]
}

// spans reports whether a line of the file is one of the declaration's.
func (f *declFact) spans(line int) bool { return f.line <= line && line < f.line+f.lines }

// rare returns the facts that few have, which are to be read only.
func (f *declFact) rare() *rareFacts {
	if f.others == nil {
		return &noRareFacts
	}
	return f.others
}

// more returns facts that are to be added to.
//
//go:noinline
func (f *declFact) more() *rareFacts {
	if f.others == nil {
		f.others = &rareFacts{}
	}
	return f.others
}

// A nameFact is a name that a declaration declares, and its line.
type nameFact struct {
	name string
	line int
}

// declFlags say what is special of a declaration.
type declFlags uint16

const (
	declUnit      declFlags = 1 << iota // runs code when the program starts
	declAlias                           // type A = B
	declNoBody                          // its code is elsewhere: assembly or a linkname
	declGenerics                        // has type parameters
	declPointer                         // a method with a pointer receiver
	declCode                            // a type that may hold code that no source around it names: an interface, a func
	declAlways                          // counts whatever the root: a //go:debug line
	declWantsFile                       // calls runtime.Caller for the file alone, to find a directory by it
	declLiteral                         // holds a function literal
	declLazy                            // a variable set to sync.OnceValue and its kin: what it does is done at its first call
)

// A mention is x.sel, or sel alone.
type mention struct{ x, sel string }

// A qual is a qualified name.
type qual struct {
	mention
	line int // where it is first mentioned
}

// A pathFact is a constant path in a call that opens or lists it.
type pathFact struct {
	path string
	line int
	open bool // an argument of a function that opens it; else it only looks like one
}

// A tellFact is a question to a testing handle that was handed in.
type tellFact struct {
	what string // "Name()"
	line int
}

// predeclared identifiers that are so frequent that facts keep no more than a
// bit of each: it counts in a package that declares such a name itself.
var predeclared = wordSet{text: `nil true false string int bool byte error any len append make int64 float64 uint64 panic _`}

// universeNames returns the predeclared identifiers in the order of their bits.
func universeNames() []string { return universeList() }

var universeList = sync.OnceValue(func() []string { return strings.Fields(predeclared.text) })

var universeBits = sync.OnceValue(func() map[string]uint32 {
	bits := map[string]uint32{}
	for i, name := range universeNames() {
		bits[name] = 1 << i
	}
	return bits
})

// universeBit returns the bit of a predeclared identifier, 0 of another one.
func universeBit(name string) uint32 { return universeBits()[name] }

// isTest reports whether the file is compiled for tests only.
func (f *fileFacts) isTest() bool { return strings.HasSuffix(f.name, "_test.go") }

// external reports whether the file is of the external test package.
func (f *fileFacts) external() bool { return f.isTest() && strings.HasSuffix(f.pkg, "_test") }

// isBasicType reports whether a name is that of a predeclared type whose values
// have no parts.
func isBasicType(name string) bool { return basicTypes.has(name) }

// basicTypes are the predeclared types whose values have no parts.
var basicTypes = wordSet{text: `bool string int int8 int16 int32 int64 uint uint8 uint16 uint32 uint64 uintptr byte rune float32 float64 complex64 complex128`}

// index returns which of its names one is.
func (f *declFact) index(name string) int {
	for i := range f.count() {
		if f.nameAt(i).name == name {
			return i
		}
	}
	return 0
}
