package source

import (
	"cmp"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/build"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// A reach is what can be reached from some declarations, each with the one
// that it was first reached through.
type reach struct {
	g     *graph
	order []*node // as found: nearest first
	from  []int32 // for each of order, the place of what it was first reached through, 0 for a root
	place []int32 // of a node in order, counted from 1, by its id
	next  int
	back  []bool // what leads to a live package variable, by id
	whole map[*pkg]bool
}

// reachFrom returns what can be reached from some declarations.
func (g *graph) reachFrom(roots ...*node) *reach {
	r := &reach{g: g, place: make([]int32, g.ids.Load()), whole: map[*pkg]bool{}}
	r.extend(roots...)
	return r
}

// extend adds more roots, and all that they lead to.
func (r *reach) extend(roots ...*node) {
	for _, n := range roots {
		r.add(n, nil)
	}
	r.follow()
}

func (r *reach) add(n, via *node) {
	if r.has(n) {
		return
	}
	r.order = append(r.order, n)
	from := int32(0)
	if via != nil {
		from = r.place[via.id]
	}
	r.from = append(r.from, from)
	for int(n.id) >= len(r.place) { // a literal, made since
		r.place = append(r.place, 0)
	}
	r.place[n.id] = int32(len(r.order))
}

// has reports whether a declaration is reached.
func (r *reach) has(n *node) bool {
	return int(n.id) < len(r.place) && r.place[n.id] > 0
}

// via returns what a node was first reached through, nil for a root.
func (r *reach) via(n *node) *node {
	if !r.has(n) || r.from[r.place[n.id]-1] == 0 {
		return nil
	}
	return r.order[r.from[r.place[n.id]-1]-1]
}

// literals returns the function literals that are reached.
func (r *reach) literals() (list []*node) {
	for _, n := range r.order {
		if n.literal {
			list = append(list, n)
		}
	}
	return list
}

// follow takes the edges of all that is new.
func (r *reach) follow() {
	for ; r.next < len(r.order); r.next++ {
		n := r.order[r.next]
		for _, to := range n.edges {
			r.add(to, n)
		}
		if p := n.pkg; p != nil && p.whole != "" && !r.whole[p] {
			r.whole[p] = true
			for _, m := range p.nodes {
				r.add(m, n)
			}
		}
	}
}

// addInit adds the initialisation code that fills variables in reach, until
// there is no more of it. All packages of the binary count, for a registry is
// filled by whoever imports it.
func (r *reach) addInit() {
	r.g.prepareUnits()
	r.follow()
	if r.back == nil {
		r.back = make([]bool, r.g.ids.Load())
	}
	for done := 0; done < len(r.order); done++ {
		n := r.order[done]
		if n.fact == nil || n.fact.kind != kindVar {
			continue
		}
		r.walkBack(n)
		r.follow()
	}
}

// addAllInit adds also the initialisation code that calls into packages which
// are not known to keep to themselves: what it does to the world can come back
// to fn by other ways than variables. readsFlags reports whether a mention of
// something outside looks at flags that it need not name: then all that define
// some count.
func (r *reach) addAllInit(readsFlags func(extRef) bool) {
	r.g.prepareUnits()
	r.extend(r.g.eager...)
	r.addInit()
	if len(r.g.flagUnits) > 0 && slices.ContainsFunc(r.order, func(n *node) bool { return slices.ContainsFunc(n.ext, readsFlags) }) {
		r.extend(r.g.flagUnits...)
		r.addInit()
	}
}

// setsOutside reports whether a declaration assigns to a variable of another
// package than ours, such as time.Local or os.Args, or hands a pointer that is
// kept in one to code that may assign through it.
func (n *node) setsOutside(g *graph) bool {
	return slices.ContainsFunc(n.fact.does().accesses, func(a access) bool {
		if a.param != 0 {
			return false
		}
		name := a.sel
		paths := n.meanings(a.x)
		if a.x == "" || len(paths) == 0 {
			if name = cmp.Or(a.x, a.sel); !n.mayBeDotted(name) {
				return false
			}
			paths = n.file.dots
		}
		return slices.ContainsFunc(paths, func(path string) bool {
			switch {
			case a.kind >= accessFill:
				return g.packages[path] == nil
			case a.kind == accessRead || a.kind == accessArgument:
				to := n.file.names[a.callee.x]
				return a.path != stepElem && (std.IsState(path, name) || strings.HasPrefix(std.TypeOf(path, name), "*")) && !(std.IsPackage(to) && std.Argument(to, a.callee.sel, a.arg) < std.Writes)
			}
			return false
		})
	})
}

// walkBack adds each unit that leads to a variable.
func (r *reach) walkBack(v *node) {
	stack := []*node{v}
	for len(stack) > 0 {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if r.back[n.id] {
			continue
		}
		r.back[n.id] = true
		if n.fact.flags&declUnit != 0 {
			r.add(n, v)
		}
		stack = append(stack, r.g.leadingTo(n)...)
	}
}

// prepareUnits finds the units and imports that count for any root, once for a
// graph.
func (g *graph) prepareUnits() {
	if g.prepared {
		return
	}
	g.prepared = true
	var impure, flags []*node
	for _, p := range g.order {
		for _, n := range p.nodes {
			if p.whole != "" || n.fact.flags&declAlways != 0 || n.setsOutside(g) || len(g.links[n].outside) > 0 || slices.ContainsFunc(n.ext, func(x extRef) bool { return !isPure(x) }) {
				impure = append(impure, n)
			}
			if slices.ContainsFunc(n.ext, func(x extRef) bool { return x.path == "flag" }) {
				flags = append(flags, n)
			}
		}
	}
	g.eager = g.unitsTo(impure)
	g.flagUnits = g.unitsTo(flags)
	g.registering = g.importDecls()
}

// unitsTo returns the units that lead to any of some declarations, in order.
func (g *graph) unitsTo(stack []*node) []*node {
	seen := make([]bool, g.ids.Load())
	for len(stack) > 0 {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if !seen[n.id] {
			seen[n.id] = true
			stack = append(stack, g.leadingTo(n)...)
		}
	}
	var units []*node
	for _, p := range g.order {
		for _, n := range p.nodes {
			if n.fact.flags&declUnit != 0 && seen[n.id] {
				units = append(units, n)
			}
		}
	}
	return units
}

// isPure reports whether a mention of something outside has no effect that fn
// could notice. What only defines a flag counts as pure here: readsFlags.
func isPure(x extRef) bool {
	return build.IsLibrary(x.path) || !std.Leaves(x.path, x.name) && !leavesDirectory(x)
}

// leaves are what may leave the working directory. Facts take a method Chdir for
// a name of io/fs.
var leaves = nameTable{text: `
	os Chdir
	io/fs Chdir
	syscall Chdir Fchdir
	golang.org/x/sys/unix Chdir Fchdir
`}

// leavesDirectory reports whether a mention of something outside may leave the
// working directory.
func leavesDirectory(x extRef) bool { return leaves.has(x.path, x.name) }

// path returns the declarations from the root to n, nearest to n last.
func (r *reach) path(n *node) []*node {
	var list []*node
	for ; n != nil && len(list) < 1000; n = r.via(n) {
		list = append(list, n)
	}
	slices.Reverse(list)
	return list
}
