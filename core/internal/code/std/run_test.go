package std

import (
	"go/ast"
	"go/types"
	"strings"
)

// A run follows one function of the library, its entry, and all that it can
// come to.
type run struct {
	lib    *library
	level  int // of what is taken for fixed
	queue  []*node
	bodies []*function
	steps  int
	count  int // functions looked at
	failed string

	functions map[any]*function
	vars      map[*types.Var]*loc
	sites     map[site]*loc
	escaped   map[*loc]bool

	nowhere        *loc   // unknown
	tops           []*loc // by parameter, the receiver first
	deeps          []*loc
	wrote          map[*loc]bool
	wroteAny       map[*loc]bool
	called         map[*loc]bool
	reads          map[*types.Var]bool // package variables
	writes         map[*types.Var]bool
	impure         map[string]bool
	running        *node // what goroutines hold
	entry          *function
	strung         *node // what strings share bytes with
	panicked       *loc  // what code that is not known may panic with
	typeData       *loc
	typeNode       *node
	bytesOfStrings *loc
	starting       bool // the value of a package variable is made
	filling        bool // new memory is filled
}

// A site is where something is made.
type site struct {
	at   any
	what string
	typ  types.Type
	n    int
}

// A function is one whose body is looked at: declared, or a literal.
type function struct {
	fn      *types.Func
	lit     *ast.FuncLit
	sig     *types.Signature
	block   *ast.BlockStmt
	recv    *loc
	params  []*loc
	results []*loc
	yield   func(args []ref) // of the body of a range over a function
}

// Reasons why a function is not pure that are asked for again.
const (
	writesUnknown = "writes where it is not known"
	callsUnknown  = "calls what is not known"
)

// What a run may take at most: beyond it the entry counts as the worst.
const (
	maxFunctions = 500
	maxSteps     = 800_000
)

func (r *run) over() bool {
	if r.failed == "" && (r.count > maxFunctions || r.steps > maxSteps) {
		r.failed = "too much code"
	}
	return r.failed != ""
}

func (l *library) run(level int, fn *types.Func, all bool) *run {
	r := &run{lib: l, level: level, wroteAny: map[*loc]bool{}, functions: map[any]*function{}, vars: map[*types.Var]*loc{}, sites: map[site]*loc{}, escaped: map[*loc]bool{},
		wrote: map[*loc]bool{}, called: map[*loc]bool{}, reads: map[*types.Var]bool{}, writes: map[*types.Var]bool{}, impure: map[string]bool{},
		running: &node{}, strung: &node{}}
	r.nowhere = r.newLoc(unknown, nil)
	r.panicked = r.newLoc(deep, nil)
	r.add(r.panicked.self, r.panicked)
	r.typeData = r.newLoc(local, nil)
	r.collapse(r.typeData)
	r.add(r.typeData.self, r.typeData)
	r.typeNode = r.only(r.typeData)
	r.bytesOfStrings = r.newLoc(unknown, nil)
	r.add(r.nowhere.self, r.nowhere)
	r.on(r.nowhere.self, r.escape)
	f := r.function(fn)
	r.entry = f
	if f == nil {
		r.failed = "no body"
		return r
	}
	r.bindEntry(f)
	if isLock(fn) {
		r.bodies = nil
	}
	if all {
		ast.Inspect(f.block, func(n ast.Node) bool {
			if lit, ok := n.(*ast.FuncLit); ok {
				r.openCall(r.literal(lit), nil)
			}
			return true
		})
	}
	r.solve()
	return r
}

// isLock reports whether a function is a method of a lock: what it writes there
// is no change to anybody.
func isLock(fn *types.Func) bool {
	name := fn.FullName()
	return intrinsics[name] != nil && (strings.HasPrefix(name, "(*sync.Mutex)") || strings.HasPrefix(name, "(*sync.RWMutex)"))
}

// bindEntry gives the parameters of the entry memory of their own.
func (r *run) bindEntry(f *function) {
	bind := func(i int, v *loc) {
		for len(r.tops) <= i {
			r.tops, r.deeps = append(r.tops, nil), append(r.deeps, nil)
		}
		if v == nil || r.lib.inert(v.typ) {
			return
		}
		d := r.newLoc(deep, nil)
		d.param = i
		r.add(d.self, d)
		r.deeps[i] = d
		elem := pointedTo(v.typ)
		if elem == nil {
			r.add(v.self, d)
			return
		}
		t := r.newLoc(top, nil)
		t.param = i
		r.tops[i] = t
		r.add(v.self, t)
		if !r.lib.inert(elem) {
			r.add(t.self, d)
		}
	}
	bind(0, f.recv)
	for i, p := range f.params {
		bind(i+1, p)
	}
}

// pointedTo returns what a type points to, nil where that is not one thing.
func pointedTo(t types.Type) types.Type {
	switch u := core(t).(type) {
	case *types.Pointer:
		return u.Elem()
	case *types.Slice:
		return u.Elem()
	case *types.Chan:
		return u.Elem()
	case *types.Map:
		if isInert(u.Key(), 0) {
			return u.Elem()
		}
		return types.NewStruct([]*types.Var{types.NewField(0, nil, "k", u.Key(), false)}, nil)
	}
	return nil
}

// function returns a declared function to look at, nil if it has no body.
func (r *run) function(fn *types.Func) *function {
	fn = fn.Origin()
	if f, ok := r.functions[fn]; ok {
		return f
	}
	decl := r.lib.bodies[fn]
	if decl == nil || decl.Body == nil {
		r.functions[fn] = nil
		return nil
	}
	f := &function{fn: fn, sig: fn.Type().(*types.Signature), block: decl.Body}
	r.functions[fn] = f
	r.frame(f)
	return f
}

func (r *run) literal(lit *ast.FuncLit) *function {
	if f, ok := r.functions[lit]; ok {
		return f
	}
	f := &function{lit: lit, sig: r.lib.info.Types[lit].Type.(*types.Signature), block: lit.Body}
	r.functions[lit] = f
	r.frame(f)
	return f
}

func (r *run) frame(f *function) {
	if recv := f.sig.Recv(); recv != nil {
		f.recv = r.variable(recv)
	}
	for v := range f.sig.Params().Variables() {
		f.params = append(f.params, r.variable(v))
	}
	for v := range f.sig.Results().Variables() {
		f.results = append(f.results, r.variable(v))
	}
	r.count++
	r.bodies = append(r.bodies, f)
}

// variable returns the location of a variable.
func (r *run) variable(v *types.Var) *loc {
	v = v.Origin()
	if l := r.vars[v]; l != nil {
		return l
	}
	if v.Pkg() != nil && v.Parent() == v.Pkg().Scope() {
		return r.global(v)
	}
	l := r.newLoc(local, v.Type())
	r.vars[v] = l
	return l
}

// global returns the location of a package variable, and what it holds from
// the start. What else it may come to hold is not known, unless it is fixed.
func (r *run) global(v *types.Var) *loc {
	l := r.newLoc(global, v.Type())
	l.v = v
	r.vars[v] = l
	if init := r.lib.vars[v]; init != nil {
		was := r.starting
		r.starting = true
		e := &env{run: r, lib: r.lib}
		if init.result < 0 {
			e.assign(ref{l: l}, init.expr, v.Type())
		} else if results := e.values(init.expr); init.result < len(results) {
			r.copy(ref{l: l}, results[init.result], v.Type())
		}
		r.starting = was
	}
	if !r.lib.inert(v.Type()) && (!r.lib.fixed(r.level, v) || r.lib.setAtInit(v)) {
		r.add(l.self, r.nowhere)
	}
	return l
}

// made returns the location of what is made at a site.
func (r *run) made(at any, what string, p place, t types.Type, n int) *loc {
	s := site{at, what, t, n}
	l := r.sites[s]
	if l == nil {
		l = r.newLoc(p, t)
		switch what {
		case "make", "append", "bytes", "rest", "literal":
			_, isSlice := core(t).(*types.Slice)
			l.array = isSlice && p == local
		}
		r.sites[s] = l
	}
	return l
}

// reachable returns all that can be reached from a set, as one.
func (r *run) reachable(in *node) *node {
	if in == nil {
		return nil
	}
	all := &node{}
	r.edge(in, all)
	r.on(all, func(l *loc) {
		r.collapse(l)
		r.edge(l.root.down, all)
	})
	return all
}

func seq(t *types.Tuple) func(func(int, *types.Var) bool) {
	return func(yield func(int, *types.Var) bool) {
		for i := range t.Len() {
			if !yield(i, t.At(i)) {
				return
			}
		}
	}
}

// body looks at the statements of a function.
func (r *run) body(f *function) {
	if f.block == nil {
		return
	}
	e := &env{run: r, lib: r.lib, f: f, has: r.lib.versioned(f), cur: map[*types.Var]*loc{}}
	if mapOrder(r.lib, f.block) {
		r.impure["order of a map"] = true
	}
	e.stmt(f.block)
}
