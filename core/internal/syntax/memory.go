package syntax

import "go/ast"

// memory is what trees are made of: nodes of the frequent types, and the lists in
// them. Each type costs a test binary some KB; rare ones are left to the heap.
type memory struct {
	idents     slab[ast.Ident]
	literals   slab[ast.BasicLit]
	calls      slab[ast.CallExpr]
	selectors  slab[ast.SelectorExpr]
	binaries   slab[ast.BinaryExpr]
	unaries    slab[ast.UnaryExpr]
	indices    slab[ast.IndexExpr]
	composites slab[ast.CompositeLit]
	keyValues  slab[ast.KeyValueExpr]
	funcTypes  slab[ast.FuncType]
	fields     slab[ast.Field]
	assigns    slab[ast.AssignStmt]
	exprStmts  slab[ast.ExprStmt]
	blocks     slab[ast.BlockStmt]
	values     slab[ast.ValueSpec]
	ifs        slab[ast.IfStmt]
	returns    slab[ast.ReturnStmt]
	fieldLists slab[ast.FieldList]

	exprs      lists[ast.Expr]
	stmts      lists[ast.Stmt]
	identLists lists[*ast.Ident]
	fieldRefs  lists[*ast.Field]
	specs      lists[ast.Spec]
	params     []param // a stack

	all    []arena // of these
	states []state // of all, before the declaration that is being parsed
}

// An arena can go back to an earlier state: what was made since is made again.
type arena interface {
	now() state
	back(state)
	trim()
}

type state struct{ chunks, at int }

func (m *memory) reset() {
	if m.all == nil {
		m.all = []arena{
			&m.idents, &m.literals, &m.calls, &m.selectors, &m.binaries, &m.unaries, &m.indices, &m.composites,
			&m.keyValues, &m.funcTypes, &m.fields, &m.assigns, &m.exprStmts, &m.blocks, &m.values, &m.ifs, &m.returns, &m.fieldLists,
			&m.exprs, &m.stmts, &m.identLists, &m.fieldRefs, &m.specs,
		}
		m.states = make([]state, len(m.all))
	}
	for _, a := range m.all {
		a.back(state{})
		a.trim()
	}
	m.params = m.params[:0]
}

// mark begins a declaration, and release gives up what it was made of.
func (m *memory) mark() {
	for i, a := range m.all {
		m.states[i] = a.now()
	}
}

func (m *memory) release() {
	for i, a := range m.all {
		a.back(m.states[i])
	}
}

// chunk is how many elements are got at a time, and maxChunks how many such
// chunks stay for the next file: enough for all but a few declarations.
const (
	chunk     = 256
	maxChunks = 8
)

// A slab hands out elements, to be set by whoever gets them.
type slab[T any] struct {
	chunks [][]T
	last   []T // the chunk that elements are cut from
	at     int // the next of its elements
	used   int // chunks
}

func (s *slab[T]) new() *T {
	if s.at == len(s.last) {
		s.last, s.at = s.more(chunk), 0
	}
	s.at++
	return &s.last[s.at-1]
}

// take returns n elements next to each other.
func (s *slab[T]) take(n int) []T {
	if s.at+n > len(s.last) {
		s.last, s.at = s.more(n), 0
	}
	s.at += n
	return s.last[s.at-n : s.at : s.at]
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

func (s *slab[T]) now() state { return state{s.used, s.at} }

func (s *slab[T]) back(to state) {
	s.used, s.at, s.last = to.chunks, to.at, nil
	if s.used > 0 {
		s.last = s.chunks[s.used-1]
	}
}

// trim gives up what only a large declaration needed.
func (s *slab[T]) trim() {
	if len(s.chunks) > maxChunks {
		clear(s.chunks[maxChunks:])
		s.chunks = s.chunks[:maxChunks]
	}
}

// lists gathers lists that are nested in each other.
type lists[T any] struct {
	slab[T]
	stack []T
}

// open begins a list and returns what close needs to end it.
func (l *lists[T]) open() int { return len(l.stack) }

func (l *lists[T]) add(v T) { l.stack = append(l.stack, v) }

func (l *lists[T]) close(open int) []T {
	n := len(l.stack) - open
	if n == 0 {
		return nil
	}
	list := l.take(n)
	copy(list, l.stack[open:])
	l.stack = l.stack[:open]
	return list
}

// one is the list of a single element.
func (l *lists[T]) one(v T) []T {
	list := l.take(1)
	list[0] = v
	return list
}

// back is called between declarations: all lists are closed, or given up.
func (l *lists[T]) back(to state) {
	l.stack = l.stack[:0]
	l.slab.back(to)
}
