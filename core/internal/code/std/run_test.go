package std

import (
	"go/ast"
	"go/token"
	"go/types"
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
	reached        map[*types.Func]bool
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
		running: &node{}, strung: &node{}, reached: map[*types.Func]bool{}}
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
	r.reached[fn] = true
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
		r.sites[s] = l
	}
	return l
}

// A ref is a value, or where it lies.
type ref struct {
	l   *loc  // there
	n   *node // there, wherever these are
	val *node // it is that, and lies nowhere
}

func (r *run) only(l *loc) *node {
	n := &node{}
	r.add(n, l)
	return n
}

// field returns where a part lies.
func (r *run) field(at ref, key any, t types.Type) ref {
	switch {
	case at.l != nil:
		return ref{l: r.sub(at.l, key, t)}
	case at.n != nil:
		n := &node{}
		r.on(at.n, func(l *loc) { r.add(n, r.sub(l, key, t)) })
		return ref{n: n}
	}
	return at
}

func (r *run) wasRead(l *loc) {
	if l.root.place == global && !r.starting {
		r.reads[l.root.v] = true
	}
}

func (r *run) wasWritten(l *loc) {
	if r.filling {
		return
	}
	if !r.starting {
		r.wroteAny[l] = true
	}
	switch l.root.place {
	case global:
		if !r.starting {
			r.writes[l.root.v] = true
		}
	case top, deep:
		r.wrote[l] = true
	case unknown:
		if l == r.bytesOfStrings {
			r.failed = "writes a string"
		}
		r.impure["writes where it is not known"] = true
	}
}

// load returns what lies somewhere.
func (r *run) load(at ref, t types.Type) *node {
	inert := r.lib.inert(t)
	if r.lib.isTypeData(t) {
		return r.typeNode
	}
	switch {
	case at.l != nil:
		r.wasRead(at.l)
		if inert {
			return nil
		}
		return at.l.value
	case at.n != nil:
		var n *node
		if !inert {
			n = &node{}
		}
		r.on(at.n, func(l *loc) {
			r.wasRead(l)
			if n != nil {
				r.edge(l.value, n)
			}
		})
		return n
	}
	if inert {
		return nil
	}
	return at.val
}

// isTypeData reports whether a value of a type leads to what the compiler says
// about types, and to no memory of users. Reflection finds it beside each value
// that is in an interface.
func (l *library) isTypeData(t types.Type) bool {
	p, ok := types.Unalias(t).(*types.Pointer)
	if ok {
		t = p.Elem()
	}
	n, isNamed := types.Unalias(t).(*types.Named)
	if !isNamed || n.Obj().Pkg() == nil {
		return false
	}
	switch n.Obj().Pkg().Path() {
	case "internal/abi":
		return ok && (n.Obj().Name() == "Type" || n.Obj().Name() == "ITab")
	case "reflect", "internal/reflectlite":
		return n.Obj().Name() == "rtype"
	}
	return false
}

// store puts a value somewhere.
func (r *run) store(at ref, val *node) {
	put := func(l *loc) {
		r.wasWritten(l)
		if l.place != local || l.root.typ == nil || !r.pointerFree(l.root.typ) {
			r.edge(val, l.self)
		}
	}
	switch {
	case at.l != nil:
		put(at.l)
	case at.n != nil:
		r.on(at.n, put)
	}
}

// copy copies a value, field by field.
func (r *run) copy(dst, src ref, t types.Type) {
	if dst.l == nil && dst.n == nil {
		return
	}
	if src.val == nil && t != nil && !r.lib.inert(t) {
		if _, ok := types.Unalias(t).(*types.TypeParam); !ok {
			switch u := t.Underlying().(type) {
			case *types.Struct:
				r.store(dst, nil)
				for f := range u.Fields() {
					if !r.lib.inert(f.Type()) {
						r.copy(r.field(dst, f.Origin(), f.Type()), r.field(src, f.Origin(), f.Type()), f.Type())
					}
				}
				return
			case *types.Array:
				r.store(dst, nil)
				r.copy(r.field(dst, element, u.Elem()), r.field(src, element, u.Elem()), u.Elem())
				return
			}
		}
	}
	r.store(dst, r.load(src, t))
}

// address returns the pointer to where something lies.
func (r *run) address(at ref, by any, t types.Type) *node {
	switch {
	case at.l != nil:
		return r.only(at.l)
	case at.n != nil:
		return at.n
	}
	l := r.made(by, "moved", local, t, 0)
	r.edge(at.val, l.self)
	return r.only(l)
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

// unknownCall is one of code that is not known.
func (r *run) unknownCall(of *loc, args []ref, argTypes []types.Type, results []*loc) {
	switch of.place {
	case top, deep:
		r.called[of] = true
	default:
		r.impure["calls what is not known"] = true
	}
	for i, a := range args {
		r.edge(r.load(a, argTypes[i]), r.nowhere.self)
	}
	for _, l := range results {
		r.edge(r.nowhere.value, l.self)
	}
}

// escape is done with all that code which is not known gets hold of: it can
// use the exported fields, and call the exported methods.
func (r *run) escape(l *loc) {
	if r.escaped[l] {
		return
	}
	r.escaped[l] = true
	switch l.place {
	case top, deep, unknown:
	case code:
		r.openCall(l.fn, l.recv)
	case boxed:
		r.expose(l, l.typ)
		r.openMethods(l, l.typ)
	default:
		if l.root.place == global {
			r.reads[l.root.v] = true
			if !r.lib.fixed(r.level, l.root.v) {
				r.writes[l.root.v] = true
			}
		}
		r.expose(l, l.typ)
		if l.typ != nil {
			p := r.made(l, "pointer", boxed, types.NewPointer(l.typ), 0)
			r.add(p.self, l)
			r.openMethods(p, types.NewPointer(l.typ))
		}
	}
}

func (r *run) expose(l *loc, t types.Type) {
	if t != nil && r.pointerFree(t) {
		return
	}
	if t != nil && !l.root.collapsed {
		if _, ok := types.Unalias(t).(*types.TypeParam); !ok {
			if u, ok := t.Underlying().(*types.Struct); ok {
				r.edge(l.up, r.nowhere.self)
				for f := range u.Fields() {
					if (f.Exported() || f.Embedded()) && !r.lib.inert(f.Type()) {
						r.expose(r.sub(l, f.Origin(), f.Type()), f.Type())
					}
				}
				return
			}
		}
	}
	r.edge(l.value, r.nowhere.self)
	if l.place != boxed {
		r.edge(r.nowhere.value, l.self)
	}
}

// pointerFree reports whether memory that was made for a type can hold no
// pointers.
func (r *run) pointerFree(t types.Type) bool {
	if s, ok := core(t).(*types.Slice); ok && !isTypeParam(t) {
		t = s.Elem()
	}
	return r.lib.inert(t)
}

// openMethods calls all exported methods of a type, with arguments that are
// not known.
func (r *run) openMethods(l *loc, t types.Type) {
	if types.IsInterface(t) || r.lib.isTypeData(t) {
		return
	}
	set := types.NewMethodSet(t)
	for sel := range set.Methods() {
		fn := sel.Obj().(*types.Func)
		if !fn.Exported() {
			continue
		}
		n := fn.Type().(*types.Signature)
		var results []*loc
		for i, v := range seq(n.Results()) {
			results = append(results, r.made(l, "open "+fn.Name(), local, v.Type(), i))
		}
		e := &env{run: r, lib: r.lib}
		args, argTypes := r.unknownArgs(n)
		e.method(l, ref{l: l}, t, sel.Index(), fn, args, argTypes, results)
		r.giveOut(results)
	}
}

func (r *run) unknownArgs(sig *types.Signature) (args []ref, argTypes []types.Type) {
	for v := range sig.Params().Variables() {
		args, argTypes = append(args, ref{val: r.nowhere.value}), append(argTypes, v.Type())
	}
	return args, argTypes
}

func (r *run) openCall(f *function, recv *node) {
	if f == nil {
		return
	}
	args, argTypes := r.unknownArgs(f.sig)
	r.bind(f, recv, args, argTypes, nil)
	r.giveOut(f.results)
}

func (r *run) giveOut(results []*loc) {
	for _, l := range results {
		if !r.lib.inert(l.typ) {
			r.edge(l.value, r.nowhere.self)
		}
	}
}

// bind hands arguments to a function and its results to locations.
func (r *run) bind(f *function, recv *node, args []ref, argTypes []types.Type, results []*loc) {
	if f.yield != nil {
		f.yield(args)
		return
	}
	if f.recv != nil && recv != nil {
		r.edge(recv, f.recv.self)
	}
	if f.recv != nil && recv == nil && len(args) > 0 && len(args) == len(f.params)+1 { // a method expression
		r.copy(ref{l: f.recv}, args[0], argTypes[0])
		args, argTypes = args[1:], argTypes[1:]
	}
	for i, p := range f.params {
		if i < len(args) {
			r.copy(ref{l: p}, args[i], argTypes[i])
		}
	}
	for i, l := range results {
		if i < len(f.results) {
			r.copy(ref{l: l}, ref{l: f.results[i]}, f.results[i].typ)
		}
	}
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

// mapOrder reports whether a function ranges over a map, and does not sort.
func mapOrder(l *library, b *ast.BlockStmt) bool {
	ranges, sorts := false, false
	ast.Inspect(b, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.RangeStmt:
			if t := l.info.Types[n.X].Type; t != nil {
				if _, ok := t.Underlying().(*types.Map); ok && n.Key != nil && n.Tok != token.ILLEGAL {
					ranges = true
				}
			}
		case *ast.SelectorExpr:
			if fn, ok := l.info.Uses[n.Sel].(*types.Func); ok && fn.Pkg() != nil {
				if p := fn.Pkg().Path(); (p == "sort" || p == "slices") && len(fn.Name()) >= 4 {
					switch fn.Name()[:4] {
					case "Sort", "Stri", "Slic", "Ints":
						sorts = true
					}
				}
				if fn.FullName() == "(reflect.Value).MapRange" {
					ranges = true
				}
			}
		}
		return true
	})
	return ranges && !sorts
}
