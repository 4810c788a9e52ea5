package source

import "slices"

// A reach is what can be reached from some declarations, each with the one
// that it was first reached through.
type reach struct {
	g     *graph
	via   map[*node]*node
	order []*node // as found: nearest first
	next  int
	back  map[*node]bool // what leads to a live package variable
	whole map[*pkg]bool
}

func (g *graph) reachFrom(roots ...*node) *reach {
	r := &reach{g: g, via: map[*node]*node{}, whole: map[*pkg]bool{}}
	for _, n := range roots {
		r.add(n, nil)
	}
	r.follow()
	return r
}

func (r *reach) add(n, via *node) {
	if _, ok := r.via[n]; ok {
		return
	}
	r.via[n] = via
	r.order = append(r.order, n)
}

func (r *reach) has(n *node) bool {
	_, ok := r.via[n]
	return ok
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

// addUnits adds the initialisation code that matters to what is reached, until
// there is no more of it: code that touches a live package variable, or that
// calls into packages which are not known to keep to themselves. All packages
// of the binary count, for a registry is filled by whoever imports it.
//
// Without eager, the latter are left out: what such code does to the world
// happens before any test, and only that which fills variables in reach can
// come back to fn.
func (r *reach) addUnits(eager bool) {
	r.g.prepareUnits()
	if eager {
		for _, u := range r.g.eager {
			r.add(u, nil)
		}
	}
	r.follow()
	r.back = map[*node]bool{}
	for done := 0; done < len(r.order); done++ {
		n := r.order[done]
		if n.fact == nil || n.fact.kind != kindVar {
			continue
		}
		r.walkBack(n)
		r.follow()
	}
}

// walkBack adds each unit that leads to a variable.
func (r *reach) walkBack(v *node) {
	stack := []*node{v}
	for len(stack) > 0 {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if r.back[n] {
			continue
		}
		r.back[n] = true
		if n.fact.flags&declUnit != 0 {
			r.add(n, v)
		}
		stack = append(stack, r.g.reverse[n]...)
	}
}

// prepareUnits builds the reverse edges and finds the units that count for any
// root, once for a graph.
func (g *graph) prepareUnits() {
	if g.reverse != nil {
		return
	}
	g.reverse = map[*node][]*node{}
	impure := map[*node]bool{}
	for _, p := range g.order {
		for _, n := range p.nodes {
			for _, to := range n.edges {
				g.reverse[to] = append(g.reverse[to], n)
			}
			if slices.ContainsFunc(n.ext, func(x extRef) bool { return !isPure(x) }) || p.whole != "" {
				impure[n] = true
			}
		}
	}
	var stack []*node
	for n := range impure {
		stack = append(stack, n)
	}
	seen := map[*node]bool{}
	for len(stack) > 0 {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if !seen[n] {
			seen[n] = true
			stack = append(stack, g.reverse[n]...)
		}
	}
	for _, p := range g.order {
		for _, n := range p.nodes {
			if n.fact.flags&declUnit != 0 && seen[n] {
				g.eager = append(g.eager, n)
			}
		}
	}
}

// purePackages of the standard library leave nothing behind that other code
// could see, whatever is called in them. Notably not: flag, os, net/http,
// image, encoding/gob, database/sql, expvar, log, mime, math/rand, testing.
var purePackages = words(`bufio bytes cmp container/heap container/list container/ring context crypto/md5 crypto/sha1 crypto/sha256 crypto/sha512
	embed encoding/base32 encoding/base64 encoding/binary encoding/csv encoding/hex encoding/json errors fmt go/token hash/adler32 hash/crc32 hash/crc64 hash/fnv
	html io io/fs iter maps math math/big math/bits math/cmplx net/netip net/url path path/filepath reflect regexp regexp/syntax slices sort strconv strings
	sync sync/atomic text/tabwriter text/template text/template/parse time unicode unicode/utf16 unicode/utf8 unsafe`)

func isPure(x extRef) bool { return purePackages[x.path] }

// path returns the declarations from the root to n, nearest to n last.
func (r *reach) path(n *node) []*node {
	var list []*node
	for ; n != nil && len(list) < 1000; n = r.via[n] {
		list = append(list, n)
	}
	slices.Reverse(list)
	return list
}
