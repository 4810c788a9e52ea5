package source

import (
	"slices"
	"strings"
)

// opaque are the calls of the standard library whose reads nobody can see from
// inside the process. "*" stands for all of a package.
var opaque = map[string][]string{
	"os/exec":                        {"Command", "CommandContext", "Cmd"},
	"os":                             {"Environ", "StartProcess"},
	"plugin":                         {"*"},
	"runtime/cgo":                    {"*"},
	"os/user":                        {"Current", "Lookup", "LookupId", "LookupGroup"},
	"syscall":                        {"*"},
	"golang.org/x/sys/unix":          {"*"},
	"golang.org/x/sys/windows":       {"*"},
	"golang.org/x/sys/execabs":       {"*"},
	"go/build":                       {"Import", "ImportDir", "Default"},
	"golang.org/x/tools/go/packages": {"Load"},
}

// harmlessSyscalls begin the names in package syscall that read nothing.
var harmlessSyscalls = []string{"SIG", "Signal", "Errno", "O_", "S_", "Stat_t", "SysProcAttr", "WaitStatus", "Getpid", "Getuid", "Geteuid", "Getgid", "Getpagesize",
	"Kill", "Exit", "Stdin", "Stdout", "Stderr", "Rusage", "Time", "Nsec", "Flock", "LOCK_", "Dup", "Close", "Umask", "RLIMIT", "Rlimit", "Getrlimit", "Setrlimit",
	"Winsize", "TIOC", "TC", "IoctlGet", "IoctlSet", "Termios", "AF_", "SOCK_", "IPPROTO", "SO_", "SOL_", "Sockaddr", "Setsockopt", "Handle", "ERROR_", "Mmap", "Munmap", "MAP_", "PROT_"}

func isOpaque(x extRef) bool {
	list := opaque[x.path]
	if !slices.Contains(list, x.name) && !slices.Contains(list, "*") {
		return false
	}
	if x.path == "syscall" || strings.HasPrefix(x.path, "golang.org/x/sys/") {
		if len(x.name) > 1 && x.name[0] == 'E' && 'A' <= x.name[1] && x.name[1] <= 'Z' {
			return false // ENOENT
		}
		return !slices.ContainsFunc(harmlessSyscalls, func(p string) bool { return strings.HasPrefix(x.name, p) })
	}
	return true
}

// unsteady are calls whose answers differ from run to run: a hint, no more.
var unsteady = map[string][]string{
	"time":         {"Now", "Since", "Until"},
	"math/rand":    {"Int", "Intn", "Int31", "Int31n", "Int63", "Int63n", "Float64", "Float32", "Perm", "Shuffle", "Uint32", "Uint64", "Read", "NormFloat64", "ExpFloat64"},
	"math/rand/v2": {"Int", "IntN", "Int32", "Int32N", "Int64", "Int64N", "Float64", "Float32", "Perm", "Shuffle", "Uint32", "Uint64", "N", "NormFloat64", "ExpFloat64", "UintN"},
	"crypto/rand":  {"*"},
	"net":          {"Dial", "DialTimeout", "Dialer", "Listen", "LookupHost", "LookupIP", "LookupAddr"},
	"net/http":     {"Get", "Post", "Head", "PostForm", "Client", "DefaultClient", "NewRequest", "NewRequestWithContext"},
	"maphash":      {"*"},
}

// addHidden lists what the closure calls that cannot be seen through, also in
// external packages whose source is at hand.
func (c *Closure) addHidden(g *graph, r *reach) {
	for _, n := range r.order {
		for _, x := range n.ext {
			use := Use{What: shortRef(x), By: n.name(), File: c.relative(n.file.path), Line: x.line}
			list := unsteady[x.path]
			switch {
			case isOpaque(x):
				c.Hidden = append(c.Hidden, use)
			case slices.Contains(list, x.name) || slices.Contains(list, "*"):
				c.Hints = append(c.Hints, use)
			default:
				if inner, ok := g.outside(x); ok {
					use.What += ": " + inner
					c.Hidden = append(c.Hidden, use)
				}
			}
		}
	}
	for p := range r.whole {
		for _, f := range p.files {
			if f.facts.flags&fileCgo != 0 {
				c.Hidden = append(c.Hidden, Use{What: "cgo", By: p.path, File: c.relative(f.path), Line: 1})
			}
		}
	}
	c.Hidden = compactUses(c.Hidden)
	c.Hints = compactUses(c.Hints)
}

// maxOutside bounds how many external packages are parsed to look for calls
// that nothing can see through. Beyond it they count as having some.
const maxOutside = 400

// outside follows a name of an external package through the source of external
// packages and returns the first call that cannot be seen through.
func (g *graph) outside(x extRef) (string, bool) {
	x.line = 0
	if found, ok := g.opaque[x]; ok {
		return found, found != ""
	}
	if g.opaque == nil {
		g.opaque = map[extRef]string{}
		g.abroad = &graph{b: g.b, mods: g.mods, cache: g.cache, match: g.match, packages: map[string]*pkg{}}
	}
	g.opaque[x] = ""
	if where := g.mods.find(x.path); where.local || where.dir == "" {
		return "", false
	}
	g.opaque[x] = g.abroad.follow(x)
	return g.opaque[x], g.opaque[x] != ""
}

// follow walks through external packages, loading them as they are reached.
func (g *graph) follow(x extRef) string {
	seen := map[*node]bool{}
	var queue []*node
	push := func(n *node) {
		if !seen[n] {
			seen[n] = true
			queue = append(queue, n)
		}
	}
	for _, n := range g.externalNodes(x) {
		push(n)
	}
	for len(queue) > 0 {
		n := queue[0]
		queue = queue[1:]
		g.resolve(n)
		for _, to := range n.edges {
			push(to)
		}
		for _, y := range n.ext {
			if isOpaque(y) {
				return shortRef(y) + " in " + n.name()
			}
			for _, to := range g.externalNodes(y) {
				push(to)
			}
		}
		for _, f := range n.pkg.files {
			if f.facts.flags&fileCgo != 0 {
				return "cgo in " + n.pkg.path
			}
		}
		if len(g.packages) > maxOutside {
			return "too much code to look through"
		}
	}
	return ""
}

func (g *graph) externalNodes(x extRef) []*node {
	where := g.mods.find(x.path)
	if where.local || where.dir == "" {
		return nil
	}
	p := g.packages[x.path]
	if p == nil {
		p = newPkg(x.path, where.dir)
		p.external = true
		g.packages[x.path] = p
		pk, err := loadPack(where.dir, g.cache)
		if err != nil {
			return nil
		}
		for i := range pk.files {
			f := &pk.files[i]
			if f.facts != nil && !f.facts.isTest() && g.match.match(f.name, f.facts.constraint) {
				p.add(f)
			}
		}
		g.resolveExternalImports(p)
	}
	return p.decls[x.name]
}

// resolveExternalImports is resolveImports where packages are not loaded
// before they are reached: names are guessed from paths.
func (g *graph) resolveExternalImports(p *pkg) {
	for _, f := range p.files {
		f.names = map[string]string{}
		for _, imp := range f.facts.imports {
			switch imp.name {
			case ".":
				f.dots = append(f.dots, imp.path)
			case "_":
			case "":
				for _, name := range likelyNames(imp.path) {
					f.names[name] = imp.path
				}
			default:
				f.names[imp.name] = imp.path
			}
		}
	}
}
