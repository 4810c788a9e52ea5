package world

import (
	pathpkg "path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// readers are what initialisation code reads the world by.
var readers = std.Names{Text: `
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
	os Open OpenFile OpenInRoot ReadFile ReadDir Stat Lstat Readlink Getenv LookupEnv ExpandEnv OpenRoot Getwd Hostname Args Stdin Environ UserHomeDir UserCacheDir UserConfigDir StartProcess
	os/exec *
	os/user Current Lookup LookupGroup LookupGroupId LookupId
	path/filepath Walk WalkDir Glob Abs EvalSymlinks
	syscall Getenv Environ
	text/template ParseFiles ParseGlob
`}

// reads reports whether a mention of something outside reads the world. Of
// package net the names only begin so: its types read nothing.
func reads(x graph.External) bool {
	if x.Path == "net" {
		return x.Name != "Interface" && slices.ContainsFunc(readers.Of("net"), func(verb string) bool { return strings.HasPrefix(x.Name, verb) })
	}
	return readers.Has(x.Path, x.Name)
}

// waiting is what makes something that reads when it is asked: a variable that
// holds nothing else reads nothing until it is used.
var waiting = std.Names{Text: `
	os DirFS
	net/http Dir
`}

// addInit notes what code reads that fills variables of the closure before any
// test runs.
func (b *Behaviour) addInit(w *Analysis, units []*graph.Node) {
	r := w.g.ReachFrom(units...)
	moved := slices.ContainsFunc(w.g.BeforeTests().Order, func(n *graph.Node) bool {
		return slices.ContainsFunc(n.Externals, graph.LeavesDirectory)
	})
	for _, n := range r.Order {
		for _, x := range n.Externals {
			var list []earlyRead
			if reads(x) || waiting.Has(x.Path, x.Name) && !waits(r, n, shortRef(x)) {
				for _, e := range readsBefore(n, x) {
					list = append(list, earlyRead{Read: e})
				}
			} else {
				list = w.readsOutside(x)
			}
			for _, e := range list {
				if moved && e.Kind == ReadFile && !filepath.IsAbs(e.Name) {
					e.Kind = readUnnamed
				}
				b.addRead(e, w.g.Use(n, shortRef(x)+e.by, x.Line))
			}
		}
	}
}

// An earlyRead is what was read before the tests began, and by what in another
// package.
type earlyRead struct {
	Read
	by string
}

func (b *Behaviour) addRead(e earlyRead, use graph.Use) {
	switch e.Kind {
	case readUnnamed:
		b.Init = append(b.Init, use)
	case readSetting:
		use.What = e.Name
		b.Settings = append(b.Settings, use)
	default:
		b.Early = append(b.Early, e.Read)
	}
}

// waits reports whether n is a variable that holds what waits to be asked, and
// nothing in reach uses it.
func waits(r *graph.Reach, n *graph.Node, opener string) bool {
	_, initial, _ := strings.Cut(n.Fact.Form, "=")
	return n.Fact.Kind == facts.KindVar && strings.HasPrefix(initial, opener+"(") && !strings.Contains(initial, "|") && !slices.ContainsFunc(r.Graph.LeadingTo(n), r.Has)
}

// readsOutside follows the functions of external packages to all that they
// read of the world. Methods are not followed: a type has many that nobody
// calls.
func (w *Analysis) readsOutside(x graph.External) []earlyRead {
	where := w.g.Find(x.Path)
	if where.Local || where.Dir == "" || where.Module.Path == "" {
		return nil
	}
	x.Line = 0
	if list, ok := w.reads[x]; ok {
		return list
	}
	list := worldReads(w.g.OtherModules(), w.g.OtherModules().ExternalNodes(x))
	w.reads[x] = list
	return list
}

// worldReads walks through external packages, and returns what they read from
// some declarations on.
func worldReads(g *graph.Graph, queue []*graph.Node) (list []earlyRead) {
	seen := map[*graph.Node]bool{}
	for len(queue) > 0 && len(g.Packages) <= graph.MaxOutside {
		n := queue[0]
		queue = queue[1:]
		if seen[n] || n.Fact.Kind != facts.KindFunc && n.Fact.Kind != facts.KindVar {
			continue
		}
		seen[n] = true
		g.Resolve(n)
		queue = append(queue[:len(queue):len(queue)], n.Edges...)
		for _, y := range n.Externals {
			if reads(y) {
				for _, e := range readsBefore(n, y) {
					list = append(list, earlyRead{e, ": " + shortRef(y) + " in " + n.Name()})
				}
				continue
			}
			queue = append(queue, g.ExternalNodes(y)...)
		}
	}
	return list
}

// shortRef is how source mentions something of another package.
func shortRef(x graph.External) string {
	path := syntax.WithoutMajor(x.Path)
	if path == "io/fs" && facts.IsReadingMethod(x.Name) {
		return "template." + x.Name
	}
	return pathpkg.Base(path) + "." + x.Name
}
