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
// there were none; if what it met turns out to overlap, a second pass copies
// each group of overlapping pieces as one array and points into it.

// group is memory that several pointers lead into.
type group struct {
	lo, hi uintptr // what some slice or pointer covers by its length
	base   unsafe.Pointer
	elem   *plan // the array's
	used   []span
	first  uint64 // the number of its first element in its arena
	arena  *arena // nil until placed
}

// span is a range of elements of a group.
type span struct{ from, to int }

func (m *met) hi() uintptr    { return uintptr(m.p) + uintptr(m.n)*m.plan.size }
func (m *met) reach() uintptr { return uintptr(m.p) + uintptr(m.cap)*m.plan.size }

// findGroups looks for overlaps among what was met, in canonical order of
// addresses; ok is false where memory of unrelated types overlaps.
func (e *encoder) findGroups() (groups []group, ok bool) {
	pieces := e.met.byAddress()
	for i := 0; i < len(pieces); {
		j, reach := i+1, e.met.at(pieces[i].at).reach()
		for j < len(pieces) && uintptr(pieces[j].word) < reach {
			reach = max(reach, e.met.at(pieces[j].at).reach())
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

// newGroup makes the array that all pieces are part of. Its element is the
// largest type among them; arrays count as their elements.
func (e *encoder) newGroup(pieces []ranked) (group, bool) {
	g := group{}
	for _, p := range pieces {
		m := e.met.at(p.at)
		elem := e.elemOf(m.plan)
		if g.elem == nil || elem.size > g.elem.size || elem.size == g.elem.size && elem != g.elem && typeid.Fits(elem.t, 1, 0, g.elem.t, 1) {
			g.elem, g.lo, g.base = elem, uintptr(m.p), m.p
		}
	}
	for _, p := range pieces {
		m := e.met.at(p.at)
		if e.elemOf(m.plan) == g.elem {
			if uintptr(m.p) < g.lo {
				g.lo, g.base = uintptr(m.p), m.p
			}
			g.hi = max(g.hi, m.hi())
		}
	}
	for _, p := range pieces {
		from, to, ok := g.span(e.met.at(p.at))
		if !ok {
			return g, false
		}
		g.use(span{from, to})
	}
	return g, true
}

func (e *encoder) elemOf(pl *plan) *plan {
	for pl.t.Kind() == reflect.Array && pl.t.Len() > 0 {
		pl = e.coder.plan(pl.t.Elem())
	}
	return pl
}

// span returns the elements that m covers, if it fits into the group.
func (g *group) span(m *met) (from, to int, ok bool) {
	size, lo := g.elem.size, uintptr(m.p)
	if lo < g.lo || m.hi() > g.hi {
		return 0, 0, false
	}
	off := lo - g.lo
	from, to = int(off/size), int((m.hi()-g.lo+size-1)/size)
	return from, to, typeid.Fits(g.elem.t, to-from, off%size, m.plan.t, m.n)
}

// use adds a range of elements; pieces come in the order of their addresses.
func (g *group) use(s span) {
	if n := len(g.used); n > 0 && s.from <= g.used[n-1].to {
		g.used[n-1].to = max(g.used[n-1].to, s.to)
		return
	}
	g.used = append(g.used, s)
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

// inGroup writes what leads to n elements within a group, which it places if need
// be.
func (e *encoder) inGroup(g *group, p unsafe.Pointer, pl *plan, n, capacity int) {
	isNew, before := false, uint64(0)
	if g.arena == nil {
		isNew = e.placeGroup(g)
		before = g.first
	} else {
		before = g.arena.n
	}
	off := uint64(uintptr(p) - g.lo)
	e.putAway(g.arena, isNew, g.arena.n-before, g.first*uint64(g.elem.size)+off, g.reach(p, pl, n, capacity)-n)
}

// is reports whether the group is the size bytes at p and nothing else.
func (g *group) is(p unsafe.Pointer, size uintptr) bool {
	return g.lo == uintptr(p) && g.hi-g.lo == size
}

// placeGroup gives a group its place: the elements in use, and zeros for those that
// no length covers. It reports whether that is in a new arena.
func (e *encoder) placeGroup(g *group) (isNew bool) {
	if root := e.list[0]; g.is(e.rootAt, root.plan.size) {
		g.arena, g.elem = root, root.plan
		m, id, _ := e.met.find(visit{root.plan, e.rootAt, 1})
		m.arena, m.cap = root, 1
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
		v := visit{g.elem, add(g.base, uintptr(u.from)*g.elem.size), u.to - u.from}
		m, id, _ := e.met.find(v)
		m.arena, m.at, m.cap = g.arena, g.first+uint64(u.from), v.n
		e.assign(g.arena, id, v.n)
		at = u.to
	}
	return isNew
}

// reach returns the capacity that a slice keeps: as far as its group goes.
func (g *group) reach(p unsafe.Pointer, elem *plan, length, capacity int) int {
	n := int((g.hi - uintptr(p)) / elem.size)
	n = max(min(capacity, n), length)
	off := (uintptr(p) - g.lo) % g.elem.size
	for n > length && !typeid.Fits(g.elem.t, int((off+uintptr(n)*elem.size+g.elem.size-1)/g.elem.size), off, elem.t, n) {
		n-- // the array within the element ends earlier
	}
	return n
}

// mergeGroups adds the groups that a pass has found to those it knew; a new one
// takes the place of those that it overlaps.
func mergeGroups(known, found []group) []group {
	all := found[:len(found):len(found)]
	for _, k := range known {
		if !slices.ContainsFunc(found, func(f group) bool { return f.lo < k.hi && k.lo < f.hi }) {
			k.arena = nil
			all = append(all, k)
		}
	}
	order := make([]ranked, len(all))
	for i := range order {
		order[i] = ranked{uint64(all[i].lo), uint32(i)}
	}
	merged := make([]group, len(all))
	sortRanked(order)
	for i, r := range order {
		merged[i] = all[r.at]
	}
	return merged
}
