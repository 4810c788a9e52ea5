package snapshot

import (
	"sort"

	"github.com/cespare/xxhash/v2"
)

// Entries of maps are put in canonical order: plain keys and strings by their hash,
// others by what is known of them and what they reach. A few things of each key are
// looked at first, and more only where entries look alike, values and keys by turns, so
// that the time it takes is proportional to the number of entries. Entries that look alike
// then are ordered by their addresses. A value that was read back lies in the order in which
// it was written, so that it has the same bytes, but where keys lead to each other's things,
// or from behind an interface; the hash of an equal one may be another, which costs a miss.
const (
	firstLook = 4       // things: a key and what it leads to
	lastLook  = 1 << 16 // things; each look goes four times as far as the one before
	maxLooks  = 64      // things for each entry, in all
	someLooks = 1 << 16
)

// order returns the places of the entries in their order.
func (e *encoder) order(m *entries) []ranked {
	order := m.order[:m.n]
	m.looks = maxLooks*m.n + someLooks
	for i := range order {
		at := uint32(i)
		if order[i].at = at; m.plan.sortable() {
			order[i].word = xxhash.Sum64(m.keyBytes(at))
		} else {
			order[i].word = e.look(m, at, true, firstLook)
		}
	}
	sortRanked(order)
	e.refine(m, order, false, firstLook) // plain keys are alike only if they are NaNs
	return order
}

// refine orders each run of entries that look alike, by their values or their keys.
func (e *encoder) refine(m *entries, order []ranked, key bool, far int) {
	eachAlike(order, func(alike []ranked) {
		if m.looks <= 0 || far > lastLook {
			m.place(alike, 0)
			return
		}
		for i := range alike {
			alike[i].word = e.look(m, alike[i].at, key, far)
		}
		sortRanked(alike)
		if key {
			e.refine(m, alike, false, far)
		} else {
			e.refine(m, alike, true, 4*far)
		}
	})
}

// eachAlike calls do for each run of several with the same number.
func eachAlike(order []ranked, do func(alike []ranked)) {
	for lo, hi := 0, 0; lo < len(order); lo = hi {
		for hi = lo + 1; hi < len(order) && order[lo].word == order[hi].word; hi++ {
		}
		if hi-lo > 1 {
			do(order[lo:hi])
		}
	}
}

// look is sign of a key or a value, and counts what that looks at.
func (e *encoder) look(m *entries, at uint32, key bool, far int) uint64 {
	v := visit{m.key, m.keyAt(at), 1}
	if !key {
		v = visit{m.val, m.valAt(at), 1}
	}
	if e.err != nil {
		return 0
	}
	sum, went := e.sign(v, key, far)
	m.looks -= went
	e.spend(went)
	return sum
}

// ranked is a place in some list, with the number by which it is ordered. Everything
// that this package sorts is sorted as ranked: each type that is sorted weighs something
// in a test binary.
type ranked struct {
	word uint64
	at   uint32
}

type byWord []ranked

func (list byWord) Len() int      { return len(list) }
func (list byWord) Swap(i, j int) { list[i], list[j] = list[j], list[i] }

func (list byWord) Less(i, j int) bool {
	a, b := list[i], list[j]
	return a.word < b.word || a.word == b.word && a.at < b.at
}

func sortRanked(list []ranked) { sort.Sort(byWord(list)) }
