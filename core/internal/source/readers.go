package source

import (
	pathpkg "path"
	"slices"
	"strings"
)

// readers are what initialisation code reads the world by.
var readers = nameTable{text: `
	archive/zip OpenReader
	crypto/tls LoadX509KeyPair
	crypto/x509 SystemCertPool
	debug/buildinfo ReadFile
	debug/elf Open
	debug/macho Open
	debug/pe Open
	flag Parse
	go/importer *
	go/parser ParseFile ParseDir
	html/template ParseFiles ParseGlob
	io/fs ParseFiles ParseGlob
	io/ioutil ReadFile ReadDir
	mime TypeByExtension ExtensionsByType
	net Dial Listen Lookup Resolve Interface
	net/http Get Post Head PostForm ProxyFromEnvironment
	os Open OpenFile OpenInRoot ReadFile ReadDir Stat Lstat Readlink Getenv LookupEnv ExpandEnv OpenRoot Getwd Hostname Args Stdin Environ UserHomeDir UserCacheDir UserConfigDir
	os/exec *
	os/user Current Lookup LookupGroup LookupGroupId LookupId
	path/filepath Walk WalkDir Glob Abs EvalSymlinks
	text/template ParseFiles ParseGlob
`}

// isReadingMethod reports whether methods of a name read files, whatever they
// are methods of: facts take them for names of io/fs.
func isReadingMethod(name string) bool { return name == "ParseFiles" || name == "ParseGlob" }

// reads reports whether a mention of something outside reads the world. Of
// package net the names only begin so: its types read nothing.
func reads(x extRef) bool {
	if x.path == "net" {
		return x.name != "Interface" && slices.ContainsFunc(readers.of("net"), func(verb string) bool { return strings.HasPrefix(x.name, verb) })
	}
	return readers.has(x)
}

// waiting is what makes something that reads when it is asked: a variable that
// holds nothing else reads nothing until it is used.
var waiting = nameTable{text: `
	os DirFS
	net/http Dir
`}

// addInit notes what code reads that fills variables of the closure before any
// test runs.
func (c *Closure) addInit(g *graph, units []*node) {
	r := g.reachFrom(units...)
	for _, n := range r.order {
		for _, x := range n.ext {
			by := ""
			if !reads(x) && !(waiting.has(x) && !r.waits(n, shortRef(x))) {
				if by = g.readsAbroad(x); by == "" {
					continue
				}
				by = ": " + by
			}
			c.Init = append(c.Init, Use{What: shortRef(x) + by, By: n.name(), File: c.relative(n.file.path), Line: x.line})
		}
	}
}

// waits reports whether n is a variable that holds what waits to be asked, and
// nothing in reach uses it.
func (r *reach) waits(n *node, opener string) bool {
	_, initial, _ := strings.Cut(n.fact.form, "=")
	return n.fact.kind == kindVar && strings.HasPrefix(initial, opener+"(") && !strings.Contains(initial, "|") && !slices.ContainsFunc(r.g.leadingTo(n), r.has)
}

// readsAbroad follows the functions of external packages to the first that
// reads the world. Methods are not followed: a type has many that nobody calls.
func (g *graph) readsAbroad(x extRef) string {
	where := g.find(x.path)
	if where.Local || where.Dir == "" || where.Module.Path == "" {
		return ""
	}
	x.line = 0
	if by, ok := g.readAbroad[x]; ok {
		return by
	}
	if g.readAbroad == nil {
		g.readAbroad = map[extRef]string{}
	}
	by := g.otherModules().firstReader(x)
	g.readAbroad[x] = by
	return by
}

func (g *graph) firstReader(x extRef) string {
	seen := map[*node]bool{}
	queue := g.externalNodes(x)
	l := linker{graph: g}
	for len(queue) > 0 && len(g.packages) <= maxOutside {
		n := queue[0]
		queue = queue[1:]
		if seen[n] || n.fact.kind != kindFunc && n.fact.kind != kindVar {
			continue
		}
		seen[n] = true
		l.resolve(n)
		queue = append(queue[:len(queue):len(queue)], n.edges...)
		for _, y := range n.ext {
			if reads(y) {
				return shortRef(y) + " in " + n.name()
			}
			queue = append(queue, g.externalNodes(y)...)
		}
	}
	return ""
}

// shortRef is how source mentions something of another package.
func shortRef(x extRef) string {
	path := withoutMajor(x.path)
	if path == "io/fs" && isReadingMethod(x.name) {
		return "template." + x.name
	}
	return pathpkg.Base(path) + "." + x.name
}
