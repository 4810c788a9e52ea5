package std

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"maps"
	"os"
	"slices"
	"strings"
)

// What a function reads by names, which the log of a test tells, is derived more
// exactly than the rest of what it asks the world, since that is done everywhere:
// of a type that can have values, in what is reached, only those methods count
// that are named there, or called through an interface.

// readRoots are where the library reads by names: package os tells the log of a
// test, and package syscall reads the environment. A name with an empty list is
// as far as the search goes: what makes or removes a file looks at what is there to
// say why it failed, zones count by what they are, and chance is none.
var readRoots = map[string]string{
	"syscall.Getenv": "V", "syscall.Environ": "V",
	"internal/testlog.Open": "F", "internal/testlog.Stat": "F", "os.Getwd": "FV",
	"os.File.ReadDir": "D", "os.File.Readdir": "D", "os.File.Readdirnames": "D", "os.RemoveAll": "F",
	"os.Stdin": "F", "os.Mkdir": "", "os.MkdirAll": "", "os.MkdirTemp": "", "os.CreateTemp": "", "os.Rename": "", "os.Chdir": "", "os.File.Chdir": "",
	"time.initLocal": "", "time.LoadLocation": "", "crypto/internal/sysrand.*": "", "internal/godebug.*": "", "testing.*": "",
}

// isRead reports whether a letter of a World is one that readsOf finds.
func isRead(c rune) bool { return strings.ContainsRune("VFOD", c) }

// reader is a walk through what is reached from something of the library.
type reader struct {
	g       *graph
	seen    map[types.Object]bool
	queue   []types.Object
	live    map[*types.TypeName]bool
	called  map[string]bool // names of methods of interfaces
	letters map[rune]bool
	once    []types.Object // what a sync.Once calls
}

// readsOf returns what a function reads by names, and whether it keeps some of
// that: letters of a World.
func (g *graph) readsOf(from types.Object) string {
	r := g.read(from)
	kept := g.read(r.once...)
	if kept.letters['V'] || kept.letters['F'] {
		r.letters['O'] = true
	}
	return string(slices.Sorted(maps.Keys(r.letters)))
}

func (g *graph) read(from ...types.Object) *reader {
	r := &reader{g: g, seen: map[types.Object]bool{}, live: map[*types.TypeName]bool{}, called: map[string]bool{}, letters: map[rune]bool{}}
	for _, o := range from {
		r.push(o)
	}
	for len(r.queue) > 0 {
		o := r.queue[0]
		r.queue = r.queue[1:]
		r.visit(o)
	}
	return r
}

func (r *reader) push(o types.Object) {
	if o != nil && o.Pkg() != nil && !r.seen[o] {
		r.seen[o] = true
		r.queue = append(r.queue, o)
	}
}

func (r *reader) visit(o types.Object) {
	letters, ok := readRoots[nameOf(o)]
	if !ok {
		letters, ok = readRoots[o.Pkg().Path()+".*"]
	}
	for _, c := range letters {
		r.letters[c] = true
	}
	if ok {
		return
	}
	switch o := o.(type) {
	case *types.Func:
		b := r.g.bodyOf(o)
		for _, t := range b.types {
			r.lives(t)
		}
		for _, name := range b.methods {
			r.calls(name)
		}
		for _, to := range b.objects {
			r.mentioned(to)
		}
		r.once = append(r.once, b.once...)
	case *types.Var:
		r.lives(o.Type())
		for _, to := range append(r.g.edges[o], r.g.assignedTo(o)...) {
			r.mentioned(to)
		}
	}
}

// A body is what a function mentions, in order.
type body struct {
	types   []types.Type
	methods []string       // of interfaces
	objects []types.Object // functions and variables
	once    []types.Object // functions that a sync.Once calls
}

// bodyOf looks through a function, once.
func (g *graph) bodyOf(fn *types.Func) *body {
	if b := g.bodies[fn]; b != nil {
		return b
	}
	b := &body{}
	if g.bodies == nil {
		g.bodies = map[*types.Func]*body{}
	}
	g.bodies[fn] = b
	decl := g.l.bodies[fn]
	if decl == nil || decl.Body == nil {
		return b
	}
	ast.Inspect(decl.Body, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok && g.empties(c) {
			return false
		}
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		switch to := g.l.info.Uses[id].(type) {
		case *types.TypeName:
			b.types = append(b.types, to.Type())
		case *types.Func:
			if to.Signature().Recv() != nil && types.IsInterface(recvType(to.Signature())) {
				b.methods = append(b.methods, to.Name())
				return true
			}
			linked := g.l.linked(to.Origin())
			if g.once[[2]types.Object{fn, linked}] {
				b.once = append(b.once, linked)
			}
			b.objects = append(b.objects, linked)
		case *types.Var:
			if to.Pkg() != nil && to.Parent() == to.Pkg().Scope() {
				b.objects = append(b.objects, to)
			}
		}
		return true
	})
	return b
}

// assignedTo returns the functions and variables that functions of the library
// assign to a package variable.
func (g *graph) assignedTo(v *types.Var) []types.Object {
	if g.assigned == nil {
		g.assigned = map[*types.Var][]types.Object{}
		for _, files := range g.l.files {
			for _, f := range files {
				ast.Inspect(f, func(n ast.Node) bool {
					s, ok := n.(*ast.AssignStmt)
					for i := 0; ok && s.Tok == token.ASSIGN && i < len(s.Lhs); i++ {
						if id, ok := s.Lhs[i].(*ast.Ident); ok {
							g.assigns(id, s.Rhs[min(i, len(s.Rhs)-1)])
						}
					}
					return true
				})
			}
		}
	}
	return g.assigned[v]
}

func (g *graph) assigns(id *ast.Ident, x ast.Expr) {
	v, ok := g.l.info.Uses[id].(*types.Var)
	if !ok || v.Pkg() == nil || v.Parent() != v.Pkg().Scope() {
		return
	}
	ast.Inspect(x, func(n ast.Node) bool {
		if _, called := n.(*ast.CallExpr); called {
			return false // what it returns is none of these
		}
		if id, ok := n.(*ast.Ident); ok {
			if fn, ok := g.l.info.Uses[id].(*types.Func); ok {
				g.assigned[v] = append(g.assigned[v], fn)
			}
		}
		return true
	})
}

// empties reports whether a call opens a file that is new, or empty then.
func (g *graph) empties(c *ast.CallExpr) bool {
	fn, ok := (&env{lib: g.l}).callee(ast.Unparen(c.Fun))
	if !ok || nameOf(fn) != "os.OpenFile" {
		return false
	}
	flag, ok := constant.Int64Val(constant.ToInt(valueOf(g.l.info.Types[c.Args[1]].Value)))
	return ok && flag&int64(os.O_TRUNC|os.O_EXCL) != 0
}

// valueOf returns a value, or one that is not known.
func valueOf(v constant.Value) constant.Value {
	if v == nil {
		return constant.MakeUnknown()
	}
	return v
}

func (r *reader) mentioned(o types.Object) {
	if t, ok := o.(*types.TypeName); ok {
		r.lives(t.Type())
		return
	}
	if fn, ok := o.(*types.Func); ok {
		for v := range fn.Signature().Results().Variables() {
			r.lives(v.Type())
		}
	}
	r.push(o)
}

// lives notes that there can be values of a type, and of what it is made of.
func (r *reader) lives(t types.Type) {
	t = elementOf(t)
	if n, ok := t.(*types.Named); ok {
		obj := n.Origin().Obj()
		if obj.Pkg() == nil || r.live[obj] {
			return
		}
		r.live[obj] = true
		for m := range n.Origin().Methods() {
			if r.called[m.Name()] {
				r.push(m.Origin())
			}
		}
	}
	if s, ok := t.Underlying().(*types.Struct); ok {
		for f := range s.Fields() {
			r.lives(f.Type())
		}
	}
}

// calls notes that methods of a name are called of values that are not known.
func (r *reader) calls(name string) {
	if r.called[name] {
		return
	}
	r.called[name] = true
	for obj := range r.live {
		for m := range obj.Type().(*types.Named).Methods() {
			if m.Name() == name {
				r.push(m.Origin())
			}
		}
	}
}
