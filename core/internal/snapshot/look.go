package snapshot

import (
	"unsafe"

	"github.com/fixturecache/fixturecache/core/internal/global"

	"github.com/cespare/xxhash/v2"
)

// look hashes a part of a value as far as it can afford to, for a number by which
// things are told apart that have no order of their own. An encoder walks for it;
// what that cannot store does not count.
type look struct {
	walk  *encoder
	known func(visit) (uint64, bool) // what has a number outside
	local map[visit]uint64
	queue []visit
	left  int   // things that may be looked at
	cut   bool  // there was more
	each  *look // for the entries of maps
}

func newLook(c *coder, names global.Names, known func(visit) (uint64, bool)) *look {
	l := &look{known: known}
	l.walk = &encoder{coder: c, purpose: toOrder, names: names, look: l}
	return l
}

// sign returns a number that is the same for values that reach the same things,
// as far as it looks.
func (l *look) sign(v visit, far int) uint64 {
	if l.local == nil {
		l.local, l.walk.held = map[visit]uint64{}, map[unsafe.Pointer]*held{}
		l.walk.out.sum = xxhash.New()
	}
	clear(l.local)
	l.left, l.cut = far, false
	l.queue = append(l.queue[:0], v)
	out := &l.walk.out
	out.last, l.walk.err = out.last[:0], nil // a codec may fail: it will be asked again
	out.sum.Reset()
	for i := 0; i < len(l.queue); i++ {
		if v := l.queue[i]; l.afford(&v) {
			if v.plan.isContents() {
				out.num(l.entries(v))
			} else {
				l.walk.elems(v.plan, v.p, v.n)
			}
		}
	}
	out.keep(out.last)
	return out.sum.(*xxhash.Digest).Sum64()
}

// afford reports whether something is to be looked at, and cuts off what is too
// much of it.
func (l *look) afford(v *visit) bool {
	const bytesPerThing = 64
	n := v.n
	if v.plan.isContents() {
		n = mapLen(v.p)
	} else if v.plan.flat {
		n = int(uintptr(n)*v.plan.size+bytesPerThing-1) / bytesPerThing
	}
	if n = max(n, 1); n <= l.left {
		l.left -= n
		return true
	}
	l.cut = true
	left := l.left
	if l.left = 0; v.plan.isContents() || v.plan.flat && v.plan.size > bytesPerThing || left <= 0 {
		return false
	}
	if v.n = left; v.plan.flat {
		v.n = left * bytesPerThing / int(v.plan.size)
	}
	return true
}

// follow returns the number of v, which is looked at in its turn.
func (l *look) follow(v visit) uint64 {
	if l.left <= 0 {
		l.cut = true
		return 0
	}
	n, known := l.find(v)
	if !known {
		n = 2*uint64(len(l.local)) + 1
		l.local[v] = n / 2
		l.queue = append(l.queue, v)
	}
	return n
}

func (l *look) find(v visit) (uint64, bool) {
	if n, ok := l.known(v); ok {
		return 2 * n, true
	}
	n, ok := l.local[v]
	return 2*n + 1, ok
}

// entries returns a number for the entries of a map in any order, each looked at
// by itself.
func (l *look) entries(v visit) (sum uint64) {
	m := newEntries(v.plan)
	m.read(v.p)
	if l.each == nil {
		l.each = newLook(l.walk.coder, l.walk.names, l.find)
	}
	spent := 0
	for i := range uint32(m.n) {
		far := l.left/m.n + 1
		words := [2]uint64{l.each.sign(visit{m.key, m.keyAt(i), 1}, far)}
		spent += far - l.each.left
		words[1] = l.each.sign(visit{m.val, m.valAt(i), 1}, far)
		spent += far - l.each.left
		l.cut = l.cut || l.each.cut
		sum += xxhash.Sum64(bytesAt(unsafe.Pointer(&words), unsafe.Sizeof(words)))
	}
	l.left = max(0, l.left-spent)
	return sum + uint64(m.n)
}
