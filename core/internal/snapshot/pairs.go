package snapshot

import (
	"math"
	"math/bits"
	"reflect"
	"unsafe"
)

// pairs notes what on side a corresponds to what on side b, for values too big
// for tables of everything met: a bit for each thing on side a, and for each on
// side b its counterpart. What that cannot express (slices of several lengths
// from one element, arrays that overlap by less than themselves) makes it
// unsure, and the comparison starts anew with the tables.
type pairs struct {
	plans map[pairKind]*planPairs
	last  *planPairs
	arena arena
}

// pairKind is of things of one plan and about one size, so that few places in
// tables stay empty.
type pairKind struct {
	plan *plan
	slot uintptr // two things that do not overlap begin in different slots
	head bool    // heads of maps, not places that hold a map
}

func kindOf(pl *plan, n int) pairKind {
	if n == 0 {
		return pairKind{pl, leastMap, true}
	}
	size := uint64(n) * uint64(pl.size)
	return pairKind{pl, min(uintptr(1)<<(bits.Len64(size)-1), 1<<pageBits), false}
}

// leastMap is a size that the head of a map surely has.
const leastMap = 2 * wordSize

type planPairs struct {
	pairKind
	a, b    sparse
	most    int // the largest number of elements of a pair
	entries int
}

// pairEntry says that n-1 elements on side b, off bytes into the slot, pair
// with those at a.
type pairEntry struct {
	a   uintptr
	n   uint32
	off uint16
}

// sparse is an array over addresses, in pieces: one for each page of the heap.
type sparse struct {
	bytes  uintptr // of a page's piece
	dirs   map[uintptr]*sparseDir
	recent [16]recentDir
}

type recentDir struct {
	key uintptr
	dir *sparseDir
}

const dirBits = 9

type sparseDir [1 << dirBits]unsafe.Pointer

// piece returns the piece for the page of address p.
func (s *sparse) piece(p uintptr, arena *arena) unsafe.Pointer {
	key := p >> (pageBits + dirBits)
	r := &s.recent[key%16]
	if r.dir == nil || r.key != key {
		dir := s.dirs[key]
		if dir == nil {
			dir = new(sparseDir)
			s.dirs[key] = dir
		}
		*r = recentDir{key, dir}
	}
	at := &r.dir[p>>pageBits&(1<<dirBits-1)]
	if *at == nil {
		*at = arena.cut(s.bytes)
	}
	return *at
}

// arena is zero memory without pointers, taken piece by piece.
type arena struct {
	free []byte
	size int
}

func (a *arena) cut(n uintptr) unsafe.Pointer {
	if uintptr(len(a.free)) < n {
		a.size = min(max(2*a.size, 1<<12), maxPiece)
		a.free = make([]byte, max(a.size, int(n)))
	}
	p := unsafe.Pointer(unsafe.SliceData(a.free))
	a.free = a.free[n:]
	return p
}

func newPairs() *pairs { return &pairs{plans: map[pairKind]*planPairs{}} }

func (t *pairs) of(kind pairKind) *planPairs {
	if t.last != nil && t.last.pairKind == kind {
		return t.last
	}
	p := t.plans[kind]
	if p == nil {
		p = &planPairs{pairKind: kind}
		p.a = sparse{bytes: max(8, (1<<pageBits)/p.align()/8), dirs: map[uintptr]*sparseDir{}}
		p.b = sparse{bytes: (1 << pageBits) / p.slot * unsafe.Sizeof(pairEntry{}), dirs: map[uintptr]*sparseDir{}}
		t.plans[kind] = p
	}
	t.last = p
	return p
}

// align is what addresses of things are multiples of.
func (p *planPairs) align() uintptr {
	if p.head {
		return wordSize
	}
	return min(p.plan.align, wordSize)
}

// pairing is the result of looking a pair up.
type pairing uint8

const (
	pairNew pairing = iota
	pairKnown
	pairWrong // one of the two is paired with something else
	pairUnsure
)

// pair makes n elements at a and b correspond.
func (t *pairs) pair(pl *plan, a, b unsafe.Pointer, n int) pairing {
	p := t.of(kindOf(pl, n))
	slot, at := p.slot, uintptr(b)%(1<<pageBits)
	e := (*pairEntry)(add(p.b.piece(uintptr(b), &t.arena), at/slot*unsafe.Sizeof(pairEntry{})))
	if e.n != 0 {
		switch {
		case e.off != uint16(at%slot) || e.n != uint32(n)+1:
			return pairUnsure
		case e.a != uintptr(a):
			return pairWrong
		}
		return pairKnown
	}
	if uint64(n) >= math.MaxUint32 {
		return pairUnsure
	}
	bit := uintptr(a) % (1 << pageBits) / p.align()
	seen := (*byte)(add(p.a.piece(uintptr(a), &t.arena), bit/8))
	if *seen&(1<<(bit%8)) != 0 {
		return pairWrong
	}
	*seen |= 1 << (bit % 8)
	*e = pairEntry{uintptr(a), uint32(n) + 1, uint16(at % slot)}
	p.most = max(p.most, n)
	p.entries++
	return pairNew
}

// all calls f with each pair.
func (p *planPairs) all(f func(a, b uintptr, n int)) {
	slot := p.slot
	for key, dir := range p.b.dirs {
		for i, piece := range dir {
			if piece == nil {
				continue
			}
			page := (key<<dirBits + uintptr(i)) << pageBits
			for j, e := range unsafe.Slice((*pairEntry)(piece), p.b.bytes/unsafe.Sizeof(pairEntry{})) {
				if e.n != 0 {
					f(e.a, page+uintptr(j)*slot+uintptr(e.off), int(e.n)-1)
				}
			}
		}
	}
}

// extent is memory on one side, and where its counterpart begins.
type extent struct{ lo, hi, other uintptr }

// overlapsMatch reports whether memory that overlaps on one side does so on the
// other, by the same distance.
func (t *pairs) overlapsMatch(root *plan, rootA, rootB unsafe.Pointer) bool {
	check := t.mayOverlap(root, uintptr(rootA), uintptr(rootB))
	n := 0
	for _, p := range check {
		n += p.entries
	}
	if n < 2 {
		return true
	}
	sides := [2][]extent{make([]extent, 0, n), make([]extent, 0, n)}
	for _, p := range check {
		p.all(func(a, b uintptr, n int) {
			size := uintptr(n) * p.plan.size
			sides[0] = append(sides[0], extent{a, a + size, b})
			sides[1] = append(sides[1], extent{b, b + size, a})
		})
	}
	return shiftedAlike(sides[0]) && shiftedAlike(sides[1])
}

func shiftedAlike(list []extent) bool {
	var end, shift uintptr
	for _, e := range byAddress(list) {
		if e.lo < end && e.other-e.lo != shift {
			return false
		}
		if e.hi > end {
			end, shift = e.hi, e.other-e.lo
		}
	}
	return true
}

// byAddress sorts; what was allocated in a row often comes sorted.
func byAddress(list []extent) []extent {
	sorted := true
	for i := 1; i < len(list) && sorted; i++ {
		sorted = list[i-1].lo <= list[i].lo
	}
	if sorted {
		return list
	}
	order := make([]ranked, len(list))
	for i := range list {
		order[i] = ranked{uint64(list[i].lo), uint32(i)}
	}
	result := make([]extent, 0, len(list))
	for _, r := range sortRanked(order, nil) {
		result = append(result, list[r.at])
	}
	return result
}

// mayOverlap returns the plans whose things may overlap others: see overlapping.
func (t *pairs) mayOverlap(root *plan, rootA, rootB uintptr) (list []*planPairs) {
	for _, p := range t.plans {
		if !p.head && t.overlapsAny(p, root, rootA, rootB) {
			list = append(list, p)
		}
	}
	return list
}

func (t *pairs) overlapsAny(p *planPairs, root *plan, rootA, rootB uintptr) bool {
	for _, q := range t.plans {
		if q.plan == p.plan && (q.most > 1 || q.plan.t.Kind() == reflect.Array) && !q.head {
			return true
		}
		if p.plan == q.plan || q.head || !holds(p.plan.t, q.plan.t) && !holds(q.plan.t, p.plan.t) {
			continue
		}
		if t.onlyRoot(p, root) && !q.touches(rootA, rootB, root.size) || t.onlyRoot(q, root) && !p.touches(rootA, rootB, root.size) {
			continue // the root is nearly always a variable of its own
		}
		return true
	}
	return false
}

func (t *pairs) onlyRoot(p *planPairs, root *plan) bool { return p.plan == root && p.entries == 1 }

// touches reports whether some thing lies in the root of one side.
func (p *planPairs) touches(rootA, rootB, size uintptr) (found bool) {
	p.all(func(a, b uintptr, n int) {
		n1 := uintptr(n) * p.plan.size
		found = found || a < rootA+size && rootA < a+n1 || b < rootB+size && rootB < b+n1
	})
	return found
}
