package source

import (
	pathpkg "path"
	"path/filepath"
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
	go/build Default Import ImportDir
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
	syscall Getenv Environ
	text/template ParseFiles ParseGlob
`}

// reads reports whether a mention of something outside reads the world. Of
// package net the names only begin so: its types read nothing.
func reads(x extRef) bool {
	if x.path == "net" {
		return x.name != "Interface" && slices.ContainsFunc(readers.of("net"), func(verb string) bool { return strings.HasPrefix(x.name, verb) })
	}
	return readers.has(x.path, x.name)
}

// waiting is what makes something that reads when it is asked: a variable that
// holds nothing else reads nothing until it is used.
var waiting = nameTable{text: `
	os DirFS
	net/http Dir
`}

// addInit notes what code reads that fills variables of the closure before any
// test runs.
func (b *behaviour) addInit(w *world, units []*node) {
	r := w.g.reachFrom(units...)
	moved := slices.ContainsFunc(w.g.early().order, func(n *node) bool {
		return slices.ContainsFunc(n.ext, leavesDirectory)
	})
	for _, n := range r.order {
		for _, x := range n.ext {
			var list []earlyRead
			if reads(x) || waiting.has(x.path, x.name) && !waits(r, n, shortRef(x)) {
				for _, e := range readsBefore(n, x) {
					list = append(list, earlyRead{WorldRead: e})
				}
			} else {
				list = w.readsOutside(x)
			}
			for _, e := range list {
				if moved && e.Kind == ReadFile && !filepath.IsAbs(e.Name) {
					e.Kind = readUnnamed
				}
				b.addRead(e, w.g.use(n, shortRef(x)+e.by, x.line))
			}
		}
	}
}

// An earlyRead is what was read before the tests began, and by what in another
// package.
type earlyRead struct {
	WorldRead
	by string
}

func (b *behaviour) addRead(e earlyRead, use Use) {
	switch e.Kind {
	case readUnnamed:
		b.Init = append(b.Init, use)
	case readSetting:
		use.What = e.Name
		b.Asks = append(b.Asks, use)
	default:
		b.Early = append(b.Early, e.WorldRead)
	}
}

// waits reports whether n is a variable that holds what waits to be asked, and
// nothing in reach uses it.
func waits(r *reach, n *node, opener string) bool {
	_, initial, _ := strings.Cut(n.fact.form, "=")
	return n.fact.kind == kindVar && strings.HasPrefix(initial, opener+"(") && !strings.Contains(initial, "|") && !slices.ContainsFunc(r.g.leadingTo(n), r.has)
}

// readsOutside follows the functions of external packages to all that they
// read of the world. Methods are not followed: a type has many that nobody
// calls.
func (w *world) readsOutside(x extRef) []earlyRead {
	where := w.g.find(x.path)
	if where.Local || where.Dir == "" || where.Module.Path == "" {
		return nil
	}
	x.line = 0
	if list, ok := w.reads[x]; ok {
		return list
	}
	list := worldReads(w.g.otherModules(), w.g.otherModules().externalNodes(x))
	w.reads[x] = list
	return list
}

// worldReads walks through external packages, and returns what they read from
// some declarations on.
func worldReads(g *graph, queue []*node) (list []earlyRead) {
	seen := map[*node]bool{}
	for len(queue) > 0 && len(g.packages) <= maxOutside {
		n := queue[0]
		queue = queue[1:]
		if seen[n] || n.fact.kind != kindFunc && n.fact.kind != kindVar {
			continue
		}
		seen[n] = true
		g.resolve(n)
		queue = append(queue[:len(queue):len(queue)], n.edges...)
		for _, y := range n.ext {
			if reads(y) {
				for _, e := range readsBefore(n, y) {
					list = append(list, earlyRead{e, ": " + shortRef(y) + " in " + n.name()})
				}
				continue
			}
			queue = append(queue, g.externalNodes(y)...)
		}
	}
	return list
}

// shortRef is how source mentions something of another package.
func shortRef(x extRef) string {
	path := withoutMajor(x.path)
	if path == "io/fs" && isReadingMethod(x.name) {
		return "template." + x.name
	}
	return pathpkg.Base(path) + "." + x.name
}
