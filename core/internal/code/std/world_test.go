package std

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
)

// A graph says which functions, and package variables, each function of the
// library mentions. A function that mentions a type has all its methods, for it
// may hand a value to whoever calls them through an interface.
type graph struct {
	l           *library
	edges       map[types.Object][]types.Object
	once        map[[2]types.Object]bool  // edges that a sync.Once takes
	states      map[*types.Var]string     // see stateOfVar
	always      map[*types.Package]bool   // see inEveryTest
	registrants map[string][]types.Object // see registering
	bodies      map[*types.Func]*body     // see bodyOf

	assigned map[*types.Var][]types.Object // see assignedTo
}

func (l *library) graph() *graph {
	g := &graph{l: l, edges: map[types.Object][]types.Object{}, once: map[[2]types.Object]bool{}}
	for _, files := range l.files {
		for _, f := range files {
			for _, d := range f.Decls {
				switch d := d.(type) {
				case *ast.FuncDecl:
					if fn, ok := l.info.Defs[d.Name].(*types.Func); ok && d.Body != nil {
						g.link(fn, d.Body)
						if d.Type.Results != nil {
							g.link(fn, d.Type.Results)
						}
					}
				case *ast.GenDecl:
					for _, s := range d.Specs {
						if s, ok := s.(*ast.ValueSpec); ok && d.Tok == token.VAR {
							for _, name := range s.Names {
								for _, x := range s.Values {
									g.link(l.info.Defs[name], x)
								}
							}
						}
					}
				}
			}
		}
	}
	return g
}

func (g *graph) link(from types.Object, n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok && isOnce(g.l, c) {
			had := len(g.edges[from])
			for _, x := range c.Args {
				g.link(from, x)
			}
			for _, to := range g.edges[from][had:] {
				g.once[[2]types.Object{from, to}] = true
			}
			return true // the edges that are found again count as taken once too
		}
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		if to := g.mentioned(id); to != nil {
			g.edges[from] = append(g.edges[from], to)
		}
		return true
	})
}

// mentioned returns the function, package variable or type that a name stands for.
func (g *graph) mentioned(id *ast.Ident) types.Object {
	switch to := g.l.info.Uses[id].(type) {
	case *types.Func:
		return g.l.linked(to.Origin())
	case *types.Var:
		if to.Pkg() != nil && to.Parent() == to.Pkg().Scope() {
			return to
		}
	case *types.TypeName:
		if t, ok := to.Type().(*types.Named); ok && t.NumMethods() > 0 {
			return t.Origin().Obj()
		}
	}
	return nil
}

// byType are functions that an encoding runs for values of one type alone, which it finds in
// its argument: a caller that has such a value reaches the type, and that leads to as much.
var byType = map[string]string{"encoding/json/v2.makeTimeArshaler": "time.Time"}

// leadsTo returns what something of the library mentions: a type its methods and
// the types of its exported fields, and a constant its type.
func (g *graph) leadsTo(o types.Object) []types.Object {
	switch o := o.(type) {
	case *types.Func:
		if byType[nameOf(o)] != "" {
			return nil
		}
	case *types.TypeName:
		if t, ok := types.Unalias(o.Type()).(*types.Named); ok && g.edges[o] == nil {
			for m := range t.Methods() {
				g.edges[o] = append(g.edges[o], m.Origin())
			}
			if s, ok := t.Underlying().(*types.Struct); ok {
				for f := range s.Fields() {
					if n, ok := elementOf(f.Type()).(*types.Named); ok && f.Exported() {
						g.edges[o] = append(g.edges[o], n.Origin().Obj())
					}
				}
			}
		}
	case *types.Const:
		if t, ok := o.Type().(*types.Named); ok {
			return []types.Object{t.Obj()}
		}
	}
	return g.edges[o]
}

// elementOf returns what a type is made of that is a pointer, a list or a map.
func elementOf(t types.Type) types.Type {
	for {
		t = types.Unalias(t)
		e, ok := t.(interface{ Elem() types.Type })
		if !ok {
			return t
		}
		t = e.Elem()
	}
}

// nameOf writes a function or variable as the table does, with its package.
func nameOf(obj types.Object) string {
	if obj.Pkg() == nil {
		return obj.Name()
	}
	fn, ok := obj.(*types.Func)
	if !ok || recvNamed(fn) == nil {
		return obj.Pkg().Path() + "." + obj.Name()
	}
	return obj.Pkg().Path() + "." + recvNamed(fn).Obj().Name() + "." + obj.Name()
}

func recvNamed(fn *types.Func) *types.Named {
	r := fn.Type().(*types.Signature).Recv()
	if r == nil {
		return nil
	}
	t := types.Unalias(r.Type())
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	n, _ := t.(*types.Named)
	return n
}

// worldRoots are where the library leaves what Go source says: by name, or with
// a star all of a package. A name with an empty list is as far as the search
// goes: package os tells the log what it opens, and what it is handed has been
// opened; the other names are no reads.
var worldRoots = map[string]string{
	"os.StartProcess": "C", "syscall.StartProcess": "C", "syscall.ForkExec": "C", "syscall.Exec": "C", "os/exec.Command": "C", "os/exec.CommandContext": "C",
	"os.Environ": "E", "syscall.Environ": "E",
	"os.Readlink": "R", "os.Hostname": "R", "syscall.*": "R", "plugin.*": "R", "runtime/cgo.*": "R", "os/user.*": "R", "log/syslog.*": "R",
	"os.Args": "A", "os.Executable": "A", "os.Getuid": "A", "os.Geteuid": "A", "os.Getgid": "A", "os.Getegid": "A", "os.Getgroups": "A",
	"os.OpenFile": "M", "os.Create": "M", "os.WriteFile": "M", "os.Mkdir": "M", "os.MkdirAll": "M", "os.OpenRoot": "M", "os.CopyFS": "MP", "io/fs.FileInfo.Mode": "P", "io/fs.FileInfoToDirEntry": "", // which tells the type of the mode
	"os.Getpid": "N", "os.Getppid": "N", "os.CreateTemp": "N", "os.MkdirTemp": "N", "os.*": "",
	"runtime.GOMAXPROCS": "A", "runtime.NumCPU": "A", "runtime.NumGoroutine": "N", "runtime.ReadMemStats": "N",
	"runtime.Caller": "L", "runtime.Callers": "L", "runtime.CallersFrames": "L", "runtime.FuncForPC": "L", "runtime.Stack": "L", "runtime.*": "",
	"time.initLocal": "Z", "time.Local": "Z", "time.localLoc": "Z", "time.LoadLocation": "Z", "time.loadLocation": "Z",
	"time.now": "N", "time.runtimeNano": "N", "time.runtimeNow": "N", "time.newTimer": "N",
	"math/rand.runtime_rand": "N", "math/rand/v2.runtime_rand": "N", "hash/maphash.randUint64": "N", "crypto/internal/sysrand.Read": "N",
	"net.Interfaces": "NRTZ", "net.InterfaceByName": "NRTZ", "net.InterfaceByIndex": "NRTZ", "net.InterfaceAddrs": "RT",
	"internal/poll.*":    "NT",
	"internal/godebug.*": "", "internal/testlog.*": "", "internal/syscall/unix.*": "N", "internal/syscall/windows.*": "N",
	"reflect.valueMethodName": "", "internal/reflectlite.methodName": "", "flag.CommandLine": "A", "testing.Short": "A", "testing.Verbose": "A", "testing.CoverMode": "A", "internal/sync.*": "", "sync.*": "", "internal/runtime/syscall/linux.*": "R",
}

// worldOf returns what a function can come to.
func (g *graph) worldOf(from types.Object) string {
	found := map[rune]bool{}
	seen := map[types.Object]bool{}
	var visit func(o types.Object)
	visit = func(o types.Object) {
		if seen[o] || o.Pkg() == nil {
			return
		}
		seen[o] = true
		name := nameOf(o)
		letters, ok := worldRoots[name]
		if !ok {
			letters, ok = worldRoots[o.Pkg().Path()+".*"]
			if o.Pkg().Path() == "syscall" && !g.entersSystem(o) {
				letters = ""
			}
		}
		if ok {
			for _, c := range letters {
				found[c] = true
			}
			return
		}
		for _, to := range g.leadsTo(o) {
			visit(to)
		}
	}
	visit(from)
	return string(slices.Sorted(maps.Keys(found)))
}

// entersSystem reports whether something of package syscall can come to a
// function that has no body.
func (g *graph) entersSystem(from types.Object) bool {
	seen := map[types.Object]bool{}
	var visit func(o types.Object) bool
	visit = func(o types.Object) bool {
		if seen[o] {
			return false
		}
		seen[o] = true
		fn, ok := o.(*types.Func)
		if ok && g.l.bodies[fn] != nil && g.l.bodies[fn].Body == nil && fn.Type().(*types.Signature).Recv() == nil {
			return !strings.HasPrefix(fn.Name(), "runtime")
		}
		if o.Pkg() != nil && strings.HasPrefix(o.Pkg().Path(), "internal/runtime/syscall") {
			return true
		}
		return slices.ContainsFunc(g.leadsTo(o), visit)
	}
	return visit(from)
}

// registers returns the state that an import of a package sets: that of other packages
// which its initialization can come to set, or that of a package which it brings with it
// and not every test binary has anyway. Who uses the state of a package has its
// initialization in any case.
func (g *graph) registers(p *types.Package) []string {
	found := map[string]bool{}
	for of := range withImports(p) {
		if g.inEveryTest()[of] {
			continue
		}
		for _, o := range g.initialized(of) {
			for state, sets := range g.statesOf(o) {
				if sets && !strings.HasPrefix(state, of.Path()+".") {
					found[state] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// inEveryTest returns the packages that package testing, and the function main of
// a test binary, bring with them.
func (g *graph) inEveryTest() map[*types.Package]bool {
	if g.always == nil {
		g.always = map[*types.Package]bool{}
		for _, path := range strings.Fields("os reflect testing testing/internal/testdeps") {
			if p, err := g.l.Import(path); err == nil {
				maps.Copy(g.always, withImports(p))
			}
		}
	}
	return g.always
}

// withImports returns a package and all that it imports, by whatever way.
func withImports(p *types.Package) map[*types.Package]bool {
	found := map[*types.Package]bool{}
	var visit func(p *types.Package)
	visit = func(p *types.Package) {
		if !found[p] {
			found[p] = true
			for _, imp := range p.Imports() {
				visit(imp)
			}
		}
	}
	visit(p)
	return found
}

// initialized returns the variables of a package, which stand for what is called for
// their values, and its functions init.
func (g *graph) initialized(p *types.Package) (list []types.Object) {
	for _, name := range p.Scope().Names() {
		if v, ok := p.Scope().Lookup(name).(*types.Var); ok {
			list = append(list, v)
		}
	}
	for _, f := range g.l.files[p.Path()] {
		for _, d := range f.Decls {
			if d, ok := d.(*ast.FuncDecl); ok && d.Recv == nil && d.Name.Name == "init" {
				list = append(list, g.l.info.Defs[d.Name])
			}
		}
	}
	return list
}
