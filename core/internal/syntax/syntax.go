// Package syntax parses many Go files, one after another, into the tree that
// go/parser would make of each, in memory that the next file uses again.
//
// It is there for the first closure in a fresh checkout, when every file of a
// test binary is parsed: go/parser takes half of that time, and the million
// objects that it makes for 4 MB of source, each dead a moment later, most of
// the rest.
//
// It promises that a tree which it returns is the one that go/parser returns
// with SkipObjectResolution, positions included, but for comments, of which
// only directives (//go:…) are there. It promises no tree: what is new in a
// later Go, not quite Go, ambiguous or just rare it leaves to go/parser, and
// says so by nil. A test compares both on all files of GOROOT.
package syntax

import (
	"go/ast"
	"go/token"
)

// A Parser holds the memory that trees are made of. It belongs to one
// goroutine.
type Parser struct {
	scanner
	memory
	depth int  // what go/parser calls exprLev: below zero in the header of a statement, where T{ begins its block
	nest  int  // how many expressions, statements and types are open
	bad   bool // this is for go/parser
}

// Parse returns the tree of a file, valid until the next call, or nil if
// go/parser is to be asked: then nothing that each was told holds. Position 1
// is the first byte of src. Names are shared between files; literals and
// directives are parts of src.
//
// Each declaration is handed to each, if that is not nil, as soon as it is
// parsed, with the file as far as it is known: its imports are. A declaration
// that each does not keep is not in the tree, and its memory is used for the
// next one: the tree of a large file need never be there as a whole.
func (p *Parser) Parse(src string, each func(f *ast.File, d ast.Decl) (keep bool)) *ast.File {
	p.memory.reset()
	p.scanner.reset(src)
	p.depth, p.nest, p.bad = 0, 0, false
	p.next()
	f := p.file(each)
	if p.bad || p.broken {
		return nil
	}
	if n := len(p.lines); n > 1 && p.lines[n-1] == len(src) {
		p.lines = p.lines[:n-1] // nothing is on it
	}
	return f
}

// Header returns a file as far as its package clause, or nil as Parse does.
func (p *Parser) Header(src string) *ast.File {
	p.scanner.reset(src)
	p.next()
	if p.broken || p.tok != token.PACKAGE {
		return nil
	}
	return &ast.File{Package: p.pos(), Comments: p.directives}
}

// Lines returns the offset at which each line of the file last parsed begins,
// valid until the next call of Parse.
func (p *Parser) Lines() []int { return p.lines }

func (p *Parser) fail() {
	p.bad = true
	p.stop()
}

// maxNest is far beyond what people and generators write, and far from what the
// stack has room for.
const maxNest = 10_000

func (p *Parser) enter() bool {
	p.nest++
	if p.nest > maxNest {
		p.fail()
		return false
	}
	return true
}

func (p *Parser) leave() { p.nest-- }

// got steps over a token if it is the next one.
func (p *Parser) got(tok token.Token) bool {
	if p.tok == tok {
		p.next()
		return true
	}
	return false
}

// want steps over a token that must be the next one and returns where it was.
func (p *Parser) want(tok token.Token) token.Pos {
	pos := p.pos()
	if p.tok != tok {
		p.fail()
		return pos
	}
	p.next()
	return pos
}

// semi steps over the end of a statement or declaration.
func (p *Parser) semi() {
	if p.tok != token.RPAREN && p.tok != token.RBRACE {
		p.want(token.SEMICOLON)
	}
}

func (p *Parser) ident() *ast.Ident {
	id := p.idents.new()
	*id = ast.Ident{NamePos: p.pos(), Name: p.lit}
	p.want(token.IDENT)
	return id
}

func (p *Parser) literal() *ast.BasicLit {
	lit := p.literals.new()
	*lit = ast.BasicLit{ValuePos: p.pos(), ValueEnd: p.end(), Kind: p.tok, Value: p.lit}
	p.next()
	return lit
}
