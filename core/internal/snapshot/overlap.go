package snapshot

import (
	"cmp"
	"reflect"
	"slices"
	"unsafe"

	"github.com/fixturecache/fixturecache/core/internal/typeid"
)

// Slices of one array, pointers to fields and elements: memory that was met
// more than once, under several types or lengths. The first pass copies as if
// there were none; if what it met turns out to overlap, the next one copies
// each group of overlapping pieces as one array and points into it, until a pass
// meets no other groups than it was given.

// group is memory that several pointers lead into.
type group struct {
	lo, hi uintptr // the addresses from the first piece to the end of the last
	base   unsafe.Pointer
	elem   *plan // of the array's elements
	used   []span
	first  uint64 // the number of its first element in its arena
	arena  *arena // nil until placed
}

// span is a range of elements of a group.
type span struct{ from, to int }

func (m *met) hi() uintptr { return uintptr(m.p) + uintptr(m.n)*m.plan.size }

// findGroups looks for overlaps among what was met, in canonical order of
// addresses; ok is false where memory of unrelated types overlaps.
func (e *encoder) findGroups() (groups []group, ok bool) {
	pieces := e.met.byAddress()
	for i := 0; i < len(pieces); {
		j, end := i+1, e.met.at(pieces[i].at).hi()
		for j < len(pieces) && uintptr(pieces[j].word) < end {
			end = max(end, e.met.at(pieces[j].at).hi())
			j++
		}
		if j-i > 1 {
			g, fits := e.newGroup(pieces[i:j])
			if !fits {
				return nil, false
			}
			groups = append(groups, g)
		}
		i = j
	}
	return groups, true
}

// newGroup makes the array that all pieces, in the order of their addresses, are
// part of. Its element is the largest type among them; arrays count as their
// elements.
func (e *encoder) newGroup(pieces []ranked) (g group, ok bool) {
	for _, p := range pieces {
		elem := e.elemOf(e.met.at(p.at).plan)
		if g.elem == nil || elem.size > g.elem.size || elem.size == g.elem.size && elem != g.elem && typeid.Fits(elem.t, 1, 0, g.elem.t, 1) {
			g.elem = elem
		}
	}
	for _, p := range pieces {
		if m := e.met.at(p.at); e.elemOf(m.plan) == g.elem {
			if g.base == nil {
				g.lo, g.base = uintptr(m.p), m.p
			}
			g.hi = max(g.hi, m.hi())
		}
	}
	for _, p := range pieces {
		m := e.met.at(p.at)
		off, size := uintptr(m.p)-g.lo, g.elem.size
		from, to := int(off/size), int((m.hi()-g.lo+size-1)/size)
		if uintptr(m.p) < g.lo || m.hi() > g.hi || !typeid.Fits(g.elem.t, to-from, off%size, m.plan.t, m.n) {
			return g, false
		}
		if n := len(g.used); n > 0 && from <= g.used[n-1].to {
			g.used[n-1].to = max(g.used[n-1].to, to)
		} else {
			g.used = append(g.used, span{from, to})
		}
	}
	return g, true
}

func (e *encoder) elemOf(pl *plan) *plan {
	for pl.t.Kind() == reflect.Array && pl.t.Len() > 0 {
		pl = e.coder.plan(pl.t.Elem())
	}
	return pl
}

// groupOf returns the group whose memory p points into.
func (e *encoder) groupOf(p unsafe.Pointer) *group {
	if len(e.groups) == 0 {
		return nil
	}
	i, found := slices.BinarySearchFunc(e.groups, uintptr(p), func(g group, a uintptr) int { return cmp.Compare(g.lo, a) })
	if !found {
		i--
	}
	if i < 0 || uintptr(p) >= e.groups[i].hi {
		return nil
	}
	return &e.groups[i]
}

// inGroup writes a reference to n elements within a group, which it places if need
// be.
func (e *encoder) inGroup(g *group, p unsafe.Pointer, pl *plan, n int) {
	newArena, before := false, uint64(0)
	if g.arena == nil {
		newArena = e.placeGroup(g)
		before = g.first
	} else {
		before = g.arena.n
	}
	off := uint64(uintptr(p) - g.lo)
	if m, _, isNew := e.met.find(visit{pl, p, n}); isNew {
		m.arena, m.at, m.lies = g.arena, g.first+off/uint64(g.elem.size), true
	}
	e.putAway(g.arena, newArena, g.arena.n-before, g.first*uint64(g.elem.size)+off)
}

// is reports whether the group is the size bytes at p and nothing else.
func (g *group) is(p unsafe.Pointer, size uintptr) bool {
	return g.lo == uintptr(p) && g.hi-g.lo == size
}

// placeGroup gives a group its place: the elements in use, and zeros for those that
// no length covers. It reports whether that is in a new arena.
func (e *encoder) placeGroup(g *group) (isNew bool) {
	if root := e.list[0]; g.is(e.rootAt, root.plan.size) {
		g.arena = root
		m, id, _ := e.met.find(visit{root.plan, e.rootAt, 1})
		m.arena, m.lies = root, true
		e.assign(root, id, 1)
		return false
	}
	g.arena, isNew = e.get(g.elem)
	g.first = g.arena.n
	at := 0
	for _, u := range g.used {
		if u.from > at {
			e.assign(g.arena, e.met.add(met{visit: visit{plan: g.elem, n: u.from - at}}), u.from-at)
		}
		v := visit{g.elem, unsafe.Add(g.base, uintptr(u.from)*g.elem.size), u.to - u.from}
		m, id, _ := e.met.find(v)
		m.arena, m.at, m.lies = g.arena, g.first+uint64(u.from), true
		e.assign(g.arena, id, v.n)
		at = u.to
	}
	return isNew
}

// same reports whether two passes found the same group.
func (g group) same(o group) bool {
	return g.lo == o.lo && g.hi == o.hi && g.elem == o.elem && slices.Equal(g.used, o.used)
}

var errUnrelated = &RefusedError{Reason: "pointers of unrelated types lead into the same memory, which cannot be stored"}
