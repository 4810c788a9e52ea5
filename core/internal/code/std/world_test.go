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
	l      *library
	edges  map[types.Object][]types.Object
	always map[*types.Package]bool // see inEveryTest
}

func (l *library) graph() *graph {
	g := &graph{l: l, edges: map[types.Object][]types.Object{}}
	for _, files := range l.files {
		for _, f := range files {
			for _, d := range f.Decls {
				switch d := d.(type) {
				case *ast.FuncDecl:
					if fn, ok := l.info.Defs[d.Name].(*types.Func); ok && d.Body != nil {
						g.link(fn, d.Body)
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
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		switch to := g.l.info.Uses[id].(type) {
		case *types.Func:
			g.edges[from] = append(g.edges[from], g.l.linked(to.Origin()))
		case *types.Var:
			if to.Pkg() != nil && to.Parent() == to.Pkg().Scope() {
				g.edges[from] = append(g.edges[from], to)
			}
		case *types.TypeName:
			if t, ok := to.Type().(*types.Named); ok {
				for m := range t.Methods() {
					g.edges[from] = append(g.edges[from], m.Origin())
				}
			}
		}
		return true
	})
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
	"os.Getpid": "N", "os.Getppid": "N", "os.CreateTemp": "N", "os.MkdirTemp": "N", "os.*": "",
	"runtime.GOMAXPROCS": "A", "runtime.NumCPU": "A", "runtime.NumGoroutine": "N", "runtime.ReadMemStats": "N",
	"runtime.Caller": "L", "runtime.Callers": "L", "runtime.CallersFrames": "L", "runtime.FuncForPC": "L", "runtime.Stack": "L", "runtime.*": "",
	"time.initLocal": "Z", "time.LoadLocation": "Z", "time.loadLocation": "Z",
	"time.now": "N", "time.runtimeNano": "N", "time.runtimeNow": "N", "time.newTimer": "N",
	"math/rand.runtime_rand": "N", "math/rand/v2.runtime_rand": "N", "hash/maphash.randUint64": "N", "crypto/internal/sysrand.Read": "N",
	"internal/poll.*":    "N",
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
		for _, to := range g.edges[o] {
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
		return slices.ContainsFunc(g.edges[o], visit)
	}
	return visit(from)
}

// stateRoots are the package variables, and functions, that stand for state of
// the library which programs can see, with the name of that state.
var stateRoots = map[string]string{
	"log.std": "log", "log/slog.defaultLogger": "slog", "log/slog.logLoggerLevel": "slog", "flag.CommandLine": "flag.CommandLine", "flag.Usage": "flag.CommandLine",
	"net/http.DefaultTransport": "net/http", "net/http.DefaultClient": "net/http", "net/http.DefaultServeMux": "net/http", "net/http.defaultServeMux": "net/http",
	"time.Local": "=time.Local", "image.atomicFormats": "image", "mime.mimeTypes": "mime", "mime.extensions": "mime",
	"expvar.vars": "expvar", "encoding/gob.nameToConcreteType": "encoding/gob", "encoding/gob.concreteTypeToName": "encoding/gob", "database/sql.drivers": "database/sql",
	"math/rand.globalRandGenerator": "math/rand", "archive/zip.compressors": "archive/zip", "archive/zip.decompressors": "archive/zip", "crypto.hashes": "crypto",
	"os.Args": "=os.Args", "os.Stdin": "=os.Stdin", "os.Stdout": "=os.Stdout", "os.Stderr": "=os.Stderr", "encoding/xml.HTMLEntity": "encoding/xml", "encoding/xml.HTMLAutoClose": "encoding/xml",
	"crypto/rand.Reader": "=crypto/rand", "os.Getwd": "working-directory", "os.Chdir": "+working-directory", "os.File.Chdir": "+working-directory", "syscall.Chdir": "+working-directory", "syscall.Umask": "+umask",
	"os.Setenv": "+environment", "os.Unsetenv": "+environment", "os.Clearenv": "+environment", "syscall.Setenv": "+environment", "syscall.Unsetenv": "+environment", "syscall.Clearenv": "+environment",
	"runtime/debug.SetGCPercent": "+GC", "runtime/debug.SetMemoryLimit": "+GC", "runtime/debug.SetMaxStack": "+GC", "runtime/debug.SetMaxThreads": "+GC", "runtime.GOMAXPROCS": "+GOMAXPROCS",
	"os/signal.Notify": "+os/signal", "os/signal.Ignore": "+os/signal", "os/signal.Reset": "+os/signal", "os/signal.Stop": "+os/signal",
}

// statesOf returns the state that a function can come to: name, and whether it
// may set it. It may, unless all of the function has been followed and was not
// found to write to the variable.
func (g *graph) statesOf(from types.Object) map[string]bool {
	found := map[string]bool{}
	seen := map[types.Object]bool{}
	var visit func(o, by types.Object)
	visit = func(o, by types.Object) {
		if o.Pkg() == nil {
			return
		}
		if state, ok := stateRoots[nameOf(o)]; ok {
			name, sets := strings.CutPrefix(state, "+")
			name, plain := strings.CutPrefix(name, "=")
			if v, isVar := o.(*types.Var); isVar && !found[name] {
				sets = g.assigns(by, v) || !plain && g.sets(by, v)
			}
			found[name] = found[name] || sets
		}
		if seen[o] {
			return
		}
		seen[o] = true
		switch o.Pkg().Path() {
		case "runtime", "sync", "internal/sync", "syscall", "internal/poll", "internal/godebug":
			return
		case "os":
			if o != from {
				return
			}
		}
		for _, to := range g.edges[o] {
			visit(to, o)
		}
	}
	visit(from, from)
	return found
}

// assigns reports whether a function assigns a variable, or a part of it.
func (g *graph) assigns(by types.Object, v *types.Var) bool {
	return slices.ContainsFunc(g.l.use0(v).other, func(m mention) bool { return m.sets && types.Object(m.fn) == by })
}

// sets reports whether a function that mentions a variable may set it, or what
// it leads to.
func (g *graph) sets(by types.Object, v *types.Var) bool {
	fn, ok := by.(*types.Func)
	if !ok {
		return false // a variable, or what it is set to
	}
	d := g.l.verdict(level, fn, true)
	if d.impure[writesUnknown] || d.impure[callsUnknown] {
		return true
	}
	return d.failed != "" || d.writes[v] || d.leaks[v] || d.gives[v] && !g.l.immutableValue(level, v)
}

// foreign reports whether no package variable or function of a package stands
// for some state.
func foreign(state, path string) bool {
	for name, of := range stateRoots {
		if strings.TrimLeft(of, "+=") == state && name[:strings.LastIndexByte(name, '/')+1]+strings.SplitN(name[strings.LastIndexByte(name, '/')+1:], ".", 2)[0] == path {
			return false
		}
	}
	return true
}

// registers reports whether an import of a package may change what others do in
// a test binary: it, or a package that it brings with it and not every test
// binary has anyway, changes a variable of another package when it is
// initialized.
func (g *graph) registers(p *types.Package) bool {
	for of := range withImports(p) {
		if !g.inEveryTest()[of] && g.changesOthers(of) {
			return true
		}
	}
	return false
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

// changesOthers reports whether the initialization of a package can come to
// change a variable of another: through a function init, or what is called for the
// value of a variable.
func (g *graph) changesOthers(p *types.Package) bool {
	changes := func(fn *types.Func) bool {
		if isRuntime(pathOf(fn)) || g.l.bodies[fn.Origin()] == nil || g.l.bodies[fn.Origin()].Body == nil {
			return false // the run-time system has no registry
		}
		d := g.l.verdict(level, fn, false)
		for _, vars := range []map[*types.Var]bool{d.writes, d.leaks} {
			for v := range vars {
				if v.Pkg() != p && !g.l.fixed(level, v) {
					return true
				}
			}
		}
		return d.failed != ""
	}
	for _, f := range g.l.files[p.Path()] {
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				fn, ok := g.l.info.Defs[d.Name].(*types.Func)
				if ok && d.Recv == nil && d.Name.Name == "init" && changes(fn) {
					return true
				}
			case *ast.GenDecl:
				if d.Tok == token.VAR && slices.ContainsFunc(g.calledFor(d), changes) {
					return true
				}
			}
		}
	}
	return false
}

// calledFor returns the functions that are called for the values of variables:
// not those in a literal which stands where nothing calls it, in a field.
func (g *graph) calledFor(d *ast.GenDecl) (list []*types.Func) {
	e := &env{lib: g.l}
	var visit func(n ast.Node)
	visit = func(n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				return false
			case *ast.CallExpr:
				if fn, ok := e.callee(ast.Unparen(n.Fun)); ok {
					list = append(list, fn)
				}
				for _, x := range append([]ast.Expr{n.Fun}, n.Args...) {
					if lit, ok := ast.Unparen(x).(*ast.FuncLit); ok {
						visit(lit.Body)
					}
				}
			}
			return true
		})
	}
	visit(d)
	return list
}
