package snapshot

import (
	"unsafe"

	"github.com/cespare/xxhash/v2"
)

// sign returns a number that is the same for elements that reach equal ones, as far as
// it looks: it orders keys of maps that have no order of their own. Another encoder
// walks for it, over at most far things, and went is over how many. Parts that cannot
// be stored do not count.
func (e *encoder) sign(v visit, key bool, far int) (sum uint64, went int) {
	s := e.looker
	if s == nil {
		s = &encoder{coder: e.coder, purpose: toOrder, names: e.names, outer: e}
		s.out.sum = xxhash.New()
		e.looker = s
	}
	s.left = far
	s.begin(v.plan)
	s.out.last = s.out.last[:0]
	s.out.sum.Reset()
	s.inKey = key
	if s.afford(&v) {
		s.elems(v.plan, v.p, v.n)
	}
	s.inKey = false
	for a := s.next(); a != nil; a = s.next() {
		s.write(a)
	}
	s.out.keep(s.out.last)
	return s.out.sum.(*xxhash.Digest).Sum64(), far - s.left
}

// afford reports whether v may be looked at, by what is left, and cuts off elements for
// which nothing is left.
func (e *encoder) afford(v *visit) bool {
	const bytesPerThing = 64
	n := v.n
	switch {
	case e.outer == nil:
		return true
	case v.plan.isContents():
		n = mapLen(v.p)
	case v.plan.flat:
		n = int(uintptr(n)*v.plan.size+bytesPerThing-1) / bytesPerThing
	}
	if n = max(n, 1); n <= e.left {
		e.left -= n
		return true
	}
	left := e.left
	if e.left = 0; v.plan.isContents() || v.plan.flat && v.plan.size > bytesPerThing || left <= 0 {
		return false
	}
	if v.n = left; v.plan.flat {
		v.n = left * bytesPerThing / int(v.plan.size)
	}
	return true
}

// known returns a number for elements that were met.
func (e *encoder) known(v visit) (n uint64, ok bool) {
	if id := *e.met.slot(v); id != 0 {
		m := e.met.at(id)
		return 2 * (uint64(m.arena.index)<<40 | m.at), true
	}
	if e.outer != nil {
		n, ok = e.outer.known(v)
	}
	return 2*n + 1, ok
}

// addEntries writes a number for the entries of a map in any order, each looked at by
// itself.
func (e *encoder) addEntries(m *entries) {
	sum, spent := uint64(m.n), 0
	for i := range uint32(m.n) {
		var words [2]uint64
		for j, v := range []visit{{m.key, m.keyAt(i), 1}, {m.val, m.valAt(i), 1}} {
			word, went := e.sign(v, j == 0, e.left/m.n+1)
			words[j] = word
			spent += went
		}
		sum += xxhash.Sum64(bytesAt(unsafe.Pointer(&words), unsafe.Sizeof(words)))
	}
	e.left = max(0, e.left-spent)
	e.out.num(sum)
}
