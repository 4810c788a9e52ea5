package graph

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/build"
	"github.com/fixturecache/fixturecache/core/internal/code/codec"
	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
	"github.com/fixturecache/fixturecache/core/internal/settings"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// Listing returns all that counts in a reach, and why some of it counts whole. The
// declarations after the first own ones are wide. user, unless it is nil, tells places in
// the source.
func (r *Reach) Listing(own int, user *Node) (list []Decl, why []string) {
	whole, why := r.wholes()
	return slices.Concat(r.Decls(own), whole, r.sources(user), r.unitOrder(), r.typeNumbers(), r.imports()), why
}

// Decls lists the declarations of a reach; those after the first own ones are wide.
func (r *Reach) Decls(own int) (list []Decl) {
	g := r.Graph
	list = make([]Decl, 0, len(r.Order))
	for at, n := range r.Order {
		if n.Package.versioned {
			continue
		}
		d := Decl{Name: n.Name(), File: n.File.Rel, Line: n.Fact.Names[0].Line, Lines: n.Fact.Lines, Digest: g.Digest(n), Imports: n.imports(), Root: at < r.roots, Wide: at >= own}
		if via := r.via[at]; via != nil {
			d.Via, d.ViaFile, d.ViaLine = via.Name(), via.File.Rel, via.Fact.Line
		}
		list = append(append(list, d), g.embeds(n, d.Wide)...)
		for i := 1; i < len(n.Fact.Names); i++ {
			d.Name, d.Line, d.Lines = n.NameOf(i), n.Fact.Names[i].Line, 0 // the first has the lines
			list = append(list, d)
		}
	}
	return list
}

// imports returns the packages that the qualifiers of a declaration stand for, a line each
// with the qualifier and the import path.
func (n *Node) imports() string {
	var list []string
	for _, q := range n.Fact.Quals {
		for _, path := range n.meanings(q.X) {
			list = append(list, q.X+" "+strconv.Quote(path))
		}
	}
	for _, x := range n.Externals { // names that may come from a dot import
		if slices.Contains(n.File.Dots, x.Path) {
			list = append(list, ". "+strconv.Quote(x.Path))
		}
	}
	slices.Sort(list)
	return strings.Join(slices.Compact(list), "\n")
}

// Digest returns the digest of a declaration's tokens, of the constraint on its file and
// of the patterns of the files that it embeds. Its imports are not part of it.
func (g *Graph) Digest(n *Node) codec.Digest {
	b := slices.Clone(n.Fact.Digest[:])
	b = append(append(b, n.File.Facts.Constraint...), 0)
	if ends := g.links[n]; ends != nil {
		b = append(b, ends.text...)
	}
	for _, pattern := range n.Fact.Embeds {
		b = append(append(b, pattern...), 0)
	}
	return codec.Sum(b)
}

// Embedded begins the names of embedded files in a listing.
const Embedded = "embedded file "

// embeds lists the files that a declaration embeds, each with its content.
func (g *Graph) embeds(n *Node, wide bool) (list []Decl) {
	for _, pattern := range n.Fact.Embeds {
		pattern, all := strings.CutPrefix(pattern, "all:")
		list = g.embedded(list, n.Package.Dir, "", strings.Split(pattern, "/"), all)
	}
	for i := range list {
		d := &list[i]
		d.Name, d.Line, d.Wide = Embedded+d.Name, 1, wide
		d.Via, d.ViaFile, d.ViaLine = n.Name(), n.File.Rel, n.Fact.Names[0].Line
	}
	return list
}

// embedded adds the files that a //go:embed pattern, of which some elements are left,
// matches at a path below a directory. In a directory that it matches it leaves out names
// that begin with a dot or underscore, unless the pattern said all:.
func (g *Graph) embedded(list []Decl, root, rel string, elems []string, all bool) []Decl {
	if len(elems) > 0 && !strings.ContainsAny(elems[0], `*?[\`) {
		return g.embedded(list, root, path.Join(rel, elems[0]), elems[1:], all)
	}
	p := filepath.Join(root, rel)
	data, err := unlogged.ReadFile(p)
	entries, notDir := unlogged.ReadDir(p)
	if err := g.b.CheckFresh(p); err != nil { // after the reading: a change before it shows in the times
		g.Stale = fmt.Errorf("//go:embed: %w", err)
	}
	for _, entry := range entries {
		name, rest := entry.Name(), elems
		matches := all || name[0] != '.' && name[0] != '_'
		if len(elems) > 0 {
			matches, _ = path.Match(elems[0], name)
			rest = elems[1:]
		}
		if matches {
			list = g.embedded(list, root, path.Join(rel, name), rest, all)
		}
	}
	if notDir == nil || len(elems) > 0 {
		return list
	}
	if err != nil {
		data = []byte(err.Error())
	}
	return append(list, g.aside(rel, p, 0, codec.Sum(data)))
}

// aside makes a part of a closure that is no declaration.
func (g *Graph) aside(name, path string, line int, sum codec.Digest) Decl {
	return Decl{Name: name, File: g.Relative(path), Line: line, Digest: sum, Aside: true}
}

// wholes lists the files of packages that cannot be taken apart, with the reasons, the name
// of each package in reach, and go and godebug lines, which change what the same tokens do.
func (r *Reach) wholes() (list []Decl, why []string) {
	g := r.Graph
	for _, p := range r.packages() {
		// Types and panics are printed with the name of the package. As a rule it is the
		// last element of the import path, which is part of every declaration's name.
		if names := strings.Join(p.Names, " "); names != syntax.LikelyName(p.Path) {
			list = append(list, g.aside("package clause of "+p.Path, p.Files[0].Path, 1, codec.Sum([]byte(names))))
		}
		if p.Whole == "" {
			continue
		}
		why = append(why, fmt.Sprintf("all of %s counts: %s", p.Path, p.Whole))
		for _, s := range p.sums {
			list = append(list, g.aside(p.Path+"/"+s.Name, filepath.Join(p.Dir, s.Name), 1, s.Sum))
		}
	}
	for file, lines := range g.mods.GoLines {
		name := "go and godebug lines"
		if rel := g.Relative(file); rel != "go.mod" {
			name += " of " + rel
		}
		list = append(list, g.aside(name, file, 1, codec.Sum([]byte(lines))))
	}
	return list, why
}

// Included returns the packages in reach with code that may include files which lie
// elsewhere: those are known by the test binary alone.
func (r *Reach) Included() (list []Use) {
	for _, p := range r.packages() {
		if p.Includes {
			list = append(list, Use{What: settings.Included, By: p.Path, File: p.Files[0].Rel, Line: 1})
		}
	}
	return list
}

// imports lists the packages that are not local and may register something when they are
// initialised, whichever function needs them: those of the standard library that set state
// of it which is used, an image format or a handler, and all of other modules. This library
// is there in any case. Local packages register in units, which are looked at.
func (r *Reach) imports() (list []Decl) {
	g := r.Graph
	for path, imported := range g.imported {
		used := func(state string) bool { return r.states[state] || r.states[""] || state == "" }
		if slices.ContainsFunc(std.SetByImport(path), used) && (g.Find(path).Local || !build.IsLibrary(path)) {
			list = append(list, imported)
		}
	}
	return list
}

// unitOrder lists the order in which initialisation code that is reached runs: it
// is part of what the program does. So is the place of each variable that is set from
// others: what it finds there depends on what has run. The same goes for packages, whose
// order their imports decide.
func (r *Reach) unitOrder() (list []Decl) {
	g := r.Graph
	var live []*Package
	for _, p := range r.packages() {
		var b []byte
		for _, n := range p.Nodes {
			isSet := n.Fact.Kind == facts.KindVar && slices.ContainsFunc(n.Edges, func(to *Node) bool { return to.Fact.Kind == facts.KindVar })
			if r.Has(n) && (n.Init() || isSet) {
				b = append(b, n.Fact.Digest[:]...)
			}
		}
		if len(b) > 0 {
			live = append(live, p)
		}
		if len(b) > len(codec.Digest{}) {
			list = append(list, g.aside("initialisation order of "+p.Path, p.Dir, 0, codec.Sum(b)))
		}
	}
	if len(live) > 1 {
		for _, p := range g.withImports(live) {
			paths := slices.DeleteFunc(slices.Clone(p.imports), func(path string) bool { return g.Packages[path] == nil })
			slices.Sort(paths)
			d := g.aside("imports of "+p.Path, p.Path, 0, codec.Sum(nil))
			if d.Imports = strings.Join(paths, "\n"); len(paths) > 0 {
				list = append(list, d)
			}
		}
	}
	return list
}

// typeNumbers lists how many types functions of a package declare up to each in reach that
// does: the compiler numbers them, through its other files and then its tests, and the name of
// a generic type tells the number of its argument.
func (r *Reach) typeNumbers() (list []Decl) {
	literals := slices.DeleteFunc(r.Literals(), func(n *Node) bool { return n.Fact.Types == 0 })
	for _, p := range r.packages() {
		var b []byte
		count := 0
		for _, tests := range []bool{false, true} {
			for _, n := range p.Nodes {
				if n.Fact.Types == 0 || n.File.Facts.IsTest() != tests {
					continue
				}
				count += n.Fact.Types
				if r.Has(n) || slices.ContainsFunc(literals, func(lit *Node) bool { return lit.File == n.File && n.Fact.Spans(lit.Fact.Line) }) {
					b = fmt.Appendln(b, n.Name(), count)
				}
			}
		}
		if b != nil {
			list = append(list, r.Graph.aside("numbers of types in functions of "+p.Path, p.Dir, 0, codec.Sum(b)))
		}
	}
	return list
}

// callerInfo lists names that tell where in the source code stands, or how a function is
// called, as TestCallerInfo finds them in the source of Go; of log/slog with AddSource or Source.
var callerInfo = std.Names{Text: `
	runtime Caller Callers CallersFrames CPUProfile FuncForPC ReadTrace Stack
	runtime/debug PrintStack Stack
	log Lshortfile Llongfile
	log/slog HandlerOptions NewRecord Record
`}

// FindCallerInfo returns the nearest declaration that asks where code stands, or how it
// is called, nil if there is none. Package log counts with byLog: initialisation may set
// its flags for all code that uses it.
func (r *Reach) FindCallerInfo(byLog bool) *Node {
	for _, n := range r.Order {
		for _, x := range n.Externals {
			asks := x.Path != "log/slog" || slices.Contains(n.Fact.Refs, "AddSource") || slices.Contains(n.Fact.Selected, "AddSource") || slices.Contains(n.Fact.Selected, "Source")
			if asks && !n.Package.versioned && callerInfo.Has(x.Path, x.Name) && (x.Path != "log" || byLog) {
				return n
			}
		}
	}
	return nil
}

// sources lists the files of the packages in reach, and of those that they import, each
// with its content, if code asks where it stands or how a function is called: a
// comment changes what that answers, and so does a //line directive. The compiler names
// a function literal after the function around it, with a number that others before it
// raise: at package level those of all files, and of functions of other packages that
// are inlined there. Code of other modules is not looked at, for loggers and assertions
// that ask are everywhere, and seldom is the answer in a fixture.
func (r *Reach) sources(user *Node) (list []Decl) {
	if user == nil {
		return nil
	}
	g := r.Graph
	for _, p := range g.withImports(r.packages()) { // functions of imports may be inlined where variables are set
		if p.versioned {
			continue
		}
		for _, f := range p.Files {
			d := g.aside("source of "+f.Rel, f.Path, 0, f.sum)
			d.Via, d.ViaFile, d.ViaLine = user.Name(), user.File.Rel, user.Fact.Line
			list = append(list, d)
		}
	}
	return list
}
