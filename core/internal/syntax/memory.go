package syntax

import "go/ast"

// memory is what trees are made of: nodes by their type, and the lists in them.
type memory struct {
	idents     slab[ast.Ident]
	literals   slab[ast.BasicLit]
	calls      slab[ast.CallExpr]
	selectors  slab[ast.SelectorExpr]
	binaries   slab[ast.BinaryExpr]
	unaries    slab[ast.UnaryExpr]
	stars      slab[ast.StarExpr]
	parens     slab[ast.ParenExpr]
	indices    slab[ast.IndexExpr]
	composites slab[ast.CompositeLit]
	keyValues  slab[ast.KeyValueExpr]
	arrays     slab[ast.ArrayType]
	funcTypes  slab[ast.FuncType]
	fields     slab[ast.Field]
	fieldLists slab[ast.FieldList]
	assigns    slab[ast.AssignStmt]
	exprStmts  slab[ast.ExprStmt]
	returns    slab[ast.ReturnStmt]
	blocks     slab[ast.BlockStmt]
	ifs        slab[ast.IfStmt]
	cases      slab[ast.CaseClause]
	values     slab[ast.ValueSpec]
	types      slab[ast.TypeSpec]
	genDecls   slab[ast.GenDecl]
	funcDecls  slab[ast.FuncDecl]

	exprs      lists[ast.Expr]
	stmts      lists[ast.Stmt]
	identLists lists[*ast.Ident]
	fieldRefs  lists[*ast.Field]
	specs      lists[ast.Spec]
	decls      lists[ast.Decl]
	params     []param // a stack
}

func (m *memory) reset() {
	m.idents.reset()
	m.literals.reset()
	m.calls.reset()
	m.selectors.reset()
	m.binaries.reset()
	m.unaries.reset()
	m.stars.reset()
	m.parens.reset()
	m.indices.reset()
	m.composites.reset()
	m.keyValues.reset()
	m.arrays.reset()
	m.funcTypes.reset()
	m.fields.reset()
	m.fieldLists.reset()
	m.assigns.reset()
	m.exprStmts.reset()
	m.returns.reset()
	m.blocks.reset()
	m.ifs.reset()
	m.cases.reset()
	m.values.reset()
	m.types.reset()
	m.genDecls.reset()
	m.funcDecls.reset()
	m.exprs.reset()
	m.stmts.reset()
	m.identLists.reset()
	m.fieldRefs.reset()
	m.specs.reset()
	m.decls.reset()
	m.params = m.params[:0]
}

// chunk is how many elements are got at a time, and maxChunks how many such
// chunks stay for the next file: enough for all but a few.
const (
	chunk     = 256
	maxChunks = 16
)

// A slab hands out elements, to be set by whoever gets them.
type slab[T any] struct {
	chunks [][]T
	now    []T // the chunk that elements are cut from
	at     int // the next of its elements
	used   int // chunks
}

func (s *slab[T]) new() *T {
	if s.at == len(s.now) {
		s.now, s.at = s.more(chunk), 0
	}
	s.at++
	return &s.now[s.at-1]
}

// take returns n elements next to each other.
func (s *slab[T]) take(n int) []T {
	if s.at+n > len(s.now) {
		s.now, s.at = s.more(n), 0
	}
	s.at += n
	return s.now[s.at-n : s.at : s.at]
}

// more returns a chunk that has room for n elements.
func (s *slab[T]) more(n int) []T {
	for s.used < len(s.chunks) {
		s.used++
		if c := s.chunks[s.used-1]; len(c) >= n {
			return c
		}
	}
	s.used++
	c := make([]T, max(n, chunk))
	s.chunks = append(s.chunks, c)
	return c
}

func (s *slab[T]) reset() {
	if len(s.chunks) > maxChunks {
		clear(s.chunks[maxChunks:])
		s.chunks = s.chunks[:maxChunks]
	}
	s.now, s.at, s.used = nil, 0, 0
}

// lists gathers lists that are nested in each other.
type lists[T any] struct {
	stack []T
	slab  slab[T]
}

// open begins a list and returns what close needs to end it.
func (l *lists[T]) open() int { return len(l.stack) }

func (l *lists[T]) add(v T) { l.stack = append(l.stack, v) }

func (l *lists[T]) close(open int) []T {
	n := len(l.stack) - open
	if n == 0 {
		return nil
	}
	list := l.slab.take(n)
	copy(list, l.stack[open:])
	l.stack = l.stack[:open]
	return list
}

// one is the list of a single element.
func (l *lists[T]) one(v T) []T {
	list := l.slab.take(1)
	list[0] = v
	return list
}

func (l *lists[T]) reset() {
	l.stack = l.stack[:0]
	l.slab.reset()
}
