package source

import (
	"go/ast"
	"math"
	"slices"
	"strings"
	"unsafe"

	"github.com/fixturecache/fixturecache/core/internal/syntax"
)

// gather is what extracting facts from one file after another needs memory
// for. It belongs to one goroutine.
type gather struct {
	parser  syntax.Parser
	slow    bool // go/parser instead, for a test that compares
	scopes  scopes
	walker  walker
	symbols map[string]*symbol
	recent  [2048]recentSymbol // by where their names lie
	pairs   map[mention]bool   // the quals of a declaration that has many
	file    int32              // number of the file
	decl    int32              // and of the declaration
	encoder encoder
	src     []byte   // the file: nothing that is kept refers to it
	decls   declList // of the file, until it is done
	buf     []byte
	refs    []string
	quals   []qual

	// Lists of a few elements each, of which facts hold many: cut from
	// larger ones.
	keptRefs  slab[string]
	keptQuals slab[qual]
	keptActs  slab[actFacts]
	symbolMem slab[symbol]
}

// A symbol is a name, and what it was found to be where it was last met.
type symbol struct {
	name        string
	imported    *importOf
	decl        int32 // the declaration that last mentioned it
	predeclared bool
}

// An importOf says what a name is imported as in a file.
type importOf struct {
	file int32
	path string
	sure bool // it is that import: else it may be something else
}

// newGather makes one with room for some names.
func newGather(names int) *gather {
	g := &gather{symbols: make(map[string]*symbol, names)}
	for name := range strings.FieldsSeq(predeclared.text) {
		g.symbols[name] = &symbol{name: name, predeclared: true, decl: math.MaxInt32}
	}
	return g
}

// symbol returns the one copy of a name that is kept.
func (g *gather) symbol(name string) *symbol {
	s := g.symbols[name]
	if s == nil {
		s = &g.symbolMem.keep([]symbol{{name: name}})[0]
		g.symbols[name] = s
	}
	return s
}

// symbolOf returns that of an identifier. The parser hands out one copy of each
// name: most are known by where they lie. That they are here keeps them there.
func (g *gather) symbolOf(id *ast.Ident) *symbol {
	text := unsafe.StringData(id.Name)
	at := uintptr(unsafe.Pointer(text))
	r := &g.recent[(at>>3^at>>13)%uintptr(len(g.recent))]
	if r.symbol == nil || r.text != text || len(r.symbol.name) != len(id.Name) {
		r.text, r.symbol = text, g.symbol(id.Name)
	}
	return r.symbol
}

type recentSymbol struct {
	text   *byte
	symbol *symbol
}

// kept returns the one copy that is kept of a part of the source.
func (g *gather) kept(part string) string {
	if s := g.symbols[part]; s != nil {
		return s.name
	}
	return g.symbol(strings.Clone(part)).name
}

// importOf returns what a part of the source was last imported as.
func (g *gather) importOf(name string) *importOf {
	s := g.symbol(g.kept(name))
	if s.imported == nil {
		s.imported = &importOf{}
	}
	return s.imported
}

// mention notes a name, once for a declaration.
func (g *gather) mention(id *ast.Ident) {
	if s := g.symbolOf(id); s.decl < g.decl {
		s.decl = g.decl
		g.refs = append(g.refs, s.name)
	}
}

// qualified notes a qualified name, once for a declaration.
func (g *gather) qualified(x, sel string, line func() int) {
	const many = 32 // beyond it a look through the list is slow
	m := mention{x, sel}
	if len(g.quals) <= many {
		if slices.ContainsFunc(g.quals, func(q qual) bool { return q.sel == sel && q.x == x }) {
			return
		}
		if len(g.quals) == many {
			g.pairs = emptied(g.pairs)
			for _, q := range g.quals {
				g.pairs[q.mention] = true
			}
		}
	}
	if len(g.quals) >= many {
		if g.pairs[m] {
			return
		}
		g.pairs[m] = true
	}
	g.quals = append(g.quals, qual{m, line()})
}

// A slab cuts small slices from larger ones.
type slab[T any] struct{ free []T }

// keep returns a copy of a list.
func (s *slab[T]) keep(list []T) []T {
	n := len(list)
	if n == 0 {
		return nil
	}
	if n > cap(s.free)-len(s.free) {
		s.free = make([]T, 0, max(n, min(2*cap(s.free), 512), 16))
	}
	at := len(s.free)
	s.free = append(s.free, list...)
	return s.free[at : at+n : at+n]
}

// A declList hands out declarations such that those of a file lie next to each
// other.
type declList struct {
	block []declFact // room for more, and those of the file so far
	first int        // where these begin
}

// next adds one, to be filled in. Those before it stay where they are only if
// there is room.
func (l *declList) next() *declFact {
	l.reserve(1)
	n := len(l.block)
	l.block = l.block[:n+1]
	return &l.block[n]
}

// reserve makes room for n more.
func (l *declList) reserve(n int) {
	const size = 256
	if len(l.block)+n > cap(l.block) {
		have := l.block[l.first:]
		l.block = append(make([]declFact, 0, max(size, 2*len(have), len(have)+n)), have...)
		l.first = 0
	}
}

// drop takes back the last.
func (l *declList) drop() {
	l.block[len(l.block)-1] = declFact{}
	l.block = l.block[:len(l.block)-1]
}

// begin gives up what was not listed.
func (l *declList) begin() {
	clear(l.block[l.first:])
	l.block = l.block[:l.first]
}

// list returns those of the file.
func (l *declList) list() []declFact {
	list := slices.Clip(l.block[l.first:])
	l.first = len(l.block)
	return list
}
