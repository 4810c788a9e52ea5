package std

import (
	"go/types"
	"maps"
	"slices"
	"strings"
)

// stateRoots are package variables that stand for state of the library which
// programs can see, with the exported name that the state goes by: for the rest,
// what is exported, or handed out, says it. With a plus they are functions by
// which the run-time system is changed, and with a minus those that look at it.
var stateRoots = map[string]string{
	"log.std": "log.Default", "log/slog.Default": "-log.Default", "log/slog.defaultLogger": "log/slog.SetDefault", "log/slog.logLoggerLevel": "log/slog.SetDefault", "flag.Usage": "flag.CommandLine",
	"net/http.defaultServeMux": "net/http.DefaultServeMux", "net/http.DefaultServeMux": "net/http.DefaultServeMux", "net/http.DefaultClient": "net/http.DefaultClient",
	"net/http.DefaultTransport": "net/http.DefaultTransport", "net.DefaultResolver": "net.DefaultResolver", "time.localLoc": "time.Local", "time.loadFromEmbeddedTZData": "time.Local", "image.atomicFormats": "image.RegisterFormat",
	"mime.mimeTypes": "mime.AddExtensionType", "mime.mimeTypesLower": "mime.AddExtensionType", "mime.extensions": "mime.AddExtensionType",
	"expvar.vars": "expvar.Publish", "encoding/gob.nameToConcreteType": "encoding/gob.Register", "encoding/gob.concreteTypeToName": "encoding/gob.Register",
	"encoding/gob.Encoder.EncodeValue": "+encoding/gob.NewEncoder", "crypto/internal/fips140/drbg.Read": "-crypto/rand.Reader",
	"database/sql.drivers": "database/sql.Register", "math/rand.globalRandGenerator": "math/rand.Seed", "crypto.hashes": "crypto.RegisterHash",
	"archive/zip.compressors": "archive/zip.RegisterCompressor", "archive/zip.decompressors": "archive/zip.RegisterDecompressor",
	"crypto/x509.systemRoots": "crypto/x509.SetFallbackRoots", "crypto/x509.useFallbackRoots": "crypto/x509.SetFallbackRoots",
	"runtime/pprof.profiles": "runtime/pprof.NewProfile", "runtime/pprof.cpu": "runtime/pprof.NewProfile", "runtime/trace.tracing": "runtime/trace.Start",
	"os/signal.handlers": "os/signal.Notify", "os/signal.ignoreSignal": "+os/signal.Notify", "os/signal.signalIgnored": "-os/signal.Notify",
	"os.Setenv": "+os.Environ", "os.Unsetenv": "+os.Environ", "os.Clearenv": "+os.Environ", "syscall.Setenv": "+os.Environ", "syscall.Unsetenv": "+os.Environ", "syscall.Clearenv": "+os.Environ",
	"os.Chdir": "+os.Getwd", "syscall.Chdir": "+os.Getwd", "syscall.Fchdir": "+os.Getwd",
	"syscall.Umask": "+syscall.Umask", "os.OpenFile": "-syscall.Umask", "os.Mkdir": "-syscall.Umask", "os.Create": "-syscall.Umask", "os.WriteFile": "-syscall.Umask", "os.MkdirAll": "-syscall.Umask", "os.CreateTemp": "-syscall.Umask", "os.MkdirTemp": "-syscall.Umask", "os.CopyFS": "-syscall.Umask", "os.Root.OpenFile": "-syscall.Umask", "os.Root.Mkdir": "-syscall.Umask",
	"runtime/debug.SetGCPercent": "+runtime/debug.SetGCPercent", "runtime/debug.SetMemoryLimit": "+runtime/debug.SetGCPercent", "runtime/debug.SetMaxStack": "+runtime/debug.SetGCPercent",
	"runtime/debug.SetMaxThreads": "+runtime/debug.SetGCPercent", "runtime/debug.SetPanicOnFault": "+runtime/debug.SetGCPercent", "runtime/debug.SetTraceback": "+runtime/debug.SetGCPercent",
	"runtime/debug.ReadGCStats": "-runtime/debug.SetGCPercent", "runtime.ReadMemStats": "-runtime/debug.SetGCPercent", "runtime/metrics.Read": "-runtime/debug.SetGCPercent",
	"runtime.SetMutexProfileFraction": "+runtime.SetMutexProfileFraction", "runtime.SetBlockProfileRate": "+runtime.SetMutexProfileFraction", "runtime.SetCPUProfileRate": "+runtime.SetMutexProfileFraction",
}

// maxVariables is how many exported variables of a package are told apart.
const maxVariables = 8

// stateOfVar returns the state that a package variable is, "" if it is none.
func (g *graph) stateOfVar(v *types.Var) string {
	if g.states == nil {
		g.findStates()
	}
	return g.states[v]
}

// findStates takes for state what programs can change: an exported variable of
// which it is not known that nobody can change what it leads to, and a variable
// that an exported function hands out, if it is none that package sync fills.
func (g *graph) findStates() {
	g.states = map[*types.Var]string{}
	for _, path := range publicPackages(g.l.context.GOROOT) {
		p := g.l.packages[path]
		if p == nil || path == "unsafe" {
			continue
		}
		var exported []*types.Var
		scope := p.Scope()
		for _, name := range scope.Names() {
			switch obj := scope.Lookup(name).(type) {
			case *types.Var:
				if root := stateRoots[nameOf(obj)]; root != "" {
					g.states[obj] = root
				} else if obj.Exported() && !g.l.immutableValue(level, obj) && !isError(obj.Type()) {
					exported = append(exported, obj)
				}
			case *types.Func:
				if obj.Exported() {
					g.findHandedOut(obj)
				}
			}
		}
		for _, v := range exported {
			if g.states[v] = nameOf(v); len(exported) > maxVariables {
				g.states[v] = path + ".*"
			}
		}
	}
}

// inertStates returns the states of a package that hold no code, by which a use of them
// could change something: nothing but tables.
func (g *graph) inertStates(p *types.Package) []string {
	g.stateOfVar(nil) // finds all
	inert := map[string]bool{}
	note := func(state string, is bool) {
		if strings.HasPrefix(state, p.Path()+".") {
			known, ok := inert[state]
			inert[state] = is && (known || !ok)
		}
	}
	for v, state := range g.states {
		note(state, !holdsCode(v.Type(), map[types.Type]bool{}))
	}
	for _, root := range stateRoots {
		if state := strings.TrimLeft(root, "+-"); state != root {
			note(state, false) // of the run-time system
		}
	}
	maps.DeleteFunc(inert, func(_ string, is bool) bool { return !is })
	return slices.Sorted(maps.Keys(inert))
}

// holdsCode reports whether a value of a type may lead to a function.
func holdsCode(t types.Type, seen map[types.Type]bool) bool {
	if seen[t] {
		return false
	}
	seen[t] = true
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Kind() == types.UnsafePointer
	case *types.Pointer:
		return holdsCode(u.Elem(), seen)
	case *types.Slice:
		return holdsCode(u.Elem(), seen)
	case *types.Array:
		return holdsCode(u.Elem(), seen)
	case *types.Map:
		return holdsCode(u.Key(), seen) || holdsCode(u.Elem(), seen)
	case *types.Struct:
		return slices.ContainsFunc(slices.Collect(u.Fields()), func(f *types.Var) bool { return holdsCode(f.Type(), seen) })
	}
	return true
}

// isOneState reports whether the variables of a package are not told apart.
func (g *graph) isOneState(p *types.Package) bool {
	return slices.ContainsFunc(p.Scope().Names(), func(name string) bool {
		v, ok := p.Scope().Lookup(name).(*types.Var)
		return ok && g.stateOfVar(v) == p.Path()+".*"
	})
}

func (g *graph) findHandedOut(fn *types.Func) {
	for _, to := range g.edges[fn] {
		v, ok := to.(*types.Var)
		if ok && !strings.HasPrefix(v.Type().String(), "sync") && !v.Exported() && v.Pkg() == fn.Pkg() && stateRoots[nameOf(v)] == "" && g.states[v] == "" && g.l.change(fn, v).gives && !g.l.immutableValue(level, v) {
			g.states[v] = nameOf(fn)
		}
	}
}

// statesOf returns the state that a function can come to: name, and whether it
// changes it, or hands it out. What a sync.Once calls does not, nor do methods of
// types that are only mentioned on the way: of what the function returns they do.
func (g *graph) statesOf(from types.Object) map[string]bool {
	found := map[string]bool{}
	type step struct {
		o    types.Object
		uses bool // and sets nothing
	}
	seen := map[step]bool{}
	var visit func(o, by types.Object, uses bool)
	visit = func(o, by types.Object, uses bool) {
		if o.Pkg() == nil {
			return
		}
		switch o := o.(type) {
		case *types.Var:
			if state := g.stateOfVar(o); state != "" {
				shared := o == from && state != nameOf(o) && state != o.Pkg().Path()+".*" // who sets it sets state of another name
				found[state] = found[state] || shared || !uses && g.sets(by, o, from)
				for _, init := range g.registering(state) { // what is registered may be called
					visit(init, init, true)
				}
			}
		case *types.Func:
			if root := stateRoots[nameOf(o)]; root != "" {
				name := strings.TrimLeft(root, "+-")
				found[name] = found[name] || !uses && root[0] == '+'
			}
		}
		if seen[step{o, uses}] || seen[step{o, false}] {
			return
		}
		seen[step{o, uses}] = true
		switch o.Pkg().Path() {
		case "runtime", "sync", "internal/sync", "syscall", "internal/poll", "internal/godebug":
			return
		case "os":
			if o != from {
				return
			}
		case "testing": // which does the same in each run
			if o != from && !(from.Pkg() == o.Pkg() && IsWorldMethod(from.Name())) {
				return
			}
		}
		for _, to := range g.leadsTo(o) {
			_, isType := to.(*types.TypeName)
			visit(to, o, uses || g.once[[2]types.Object{o, to}] || isType && !(o == from && returns(o, to)))
		}
	}
	visit(from, from, false)
	return found
}

// registering returns the functions init of the library that call the function which state
// goes by, with what they register there.
func (g *graph) registering(state string) []types.Object {
	if g.registrants == nil {
		g.registrants = map[string][]types.Object{}
		for _, path := range publicPackages(g.l.context.GOROOT) {
			if p := g.l.packages[path]; p != nil {
				for _, o := range g.initialized(p) {
					if _, isFunc := o.(*types.Func); !isFunc {
						continue
					}
					for _, to := range g.edges[o] {
						if fn, ok := to.(*types.Func); ok && fn.Pkg() != nil && fn.Pkg() != p {
							g.registrants[nameOf(fn)] = append(g.registrants[nameOf(fn)], o)
						}
					}
				}
			}
		}
	}
	return g.registrants[state]
}

// returns reports whether something of the library is no function, or returns a
// value of a type.
func returns(o, typ types.Object) bool {
	fn, ok := o.(*types.Func)
	return !ok || slices.ContainsFunc(slices.Collect(fn.Signature().Results().Variables()), func(v *types.Var) bool {
		return typeMentions(v.Type(), typ.Type().(*types.Named), 0)
	})
}

// sets reports whether a function that mentions a variable changes it, or is the
// one that is looked at and hands it out, or perhaps to a function that it is given.
func (g *graph) sets(by types.Object, v *types.Var, from types.Object) bool {
	fn, ok := by.(*types.Func)
	if !ok {
		return false // a variable, or what it is set to
	}
	c := g.l.change(fn, v)
	return c.mutates || by == from && (c.gives || slices.ContainsFunc(slices.Collect(fn.Signature().Params().Variables()), func(p *types.Var) bool {
		_, isFunc := p.Type().Underlying().(*types.Signature)
		return isFunc
	}))
}

// sortedStates writes the states of something as the table does.
func (g *graph) sortedStates(o types.Object) (list []string) {
	states := g.statesOf(o)
	silent := tellsNothing(o) && !slices.Contains(slices.Collect(maps.Values(states)), true)
	for _, name := range slices.Sorted(maps.Keys(states)) {
		switch {
		case states[name]:
			name += "+"
		case silent:
			name += "~"
		}
		list = append(list, name)
	}
	return list
}

// tellsNothing reports whether a function has no result, nor an argument by which
// it could tell its caller something: what it uses may show in what it prints.
func tellsNothing(o types.Object) bool {
	fn, ok := o.(*types.Func)
	if !ok || fn.Signature().Recv() != nil || fn.Signature().Results().Len() > 0 {
		return false
	}
	return !slices.ContainsFunc(slices.Collect(fn.Signature().Params().Variables()), func(v *types.Var) bool {
		t := v.Type()
		if s, ok := t.Underlying().(*types.Slice); ok {
			t = s.Elem()
		}
		i, ok := t.Underlying().(*types.Interface)
		return !isInert(t, 0) && !(ok && i.NumMethods() == 0) && t.String() != "context.Context"
	})
}
