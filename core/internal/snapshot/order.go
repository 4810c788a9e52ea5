package snapshot

import (
	"sort"

	"github.com/cespare/xxhash/v2"
)

// Entries of maps are put in canonical order: plain keys and strings by their hash,
// others by what is known of them and what they reach, and entries whose keys look
// alike by their values. Only so many things of each are looked at, so that the time it
// takes is proportional to the number of entries. What looks alike then has no certain
// order: equal values may have different bytes, which costs a miss.
const maxLooks = 16

// order returns the places of the entries in their order.
func (e *encoder) order(m *entries) []ranked {
	order := m.order[:m.n]
	for i := range order {
		at := uint32(i)
		if order[i].at = at; m.plan.sortable() {
			order[i].word = xxhash.Sum64(m.keyBytes(at))
		} else {
			order[i].word = e.look(visit{m.key, m.keyAt(at), 1}, true)
		}
	}
	sortRanked(order)
	for lo, hi := 0, 0; lo < len(order); lo = hi {
		for hi = lo + 1; hi < len(order) && order[lo].word == order[hi].word; hi++ {
		}
		if alike := order[lo:hi]; len(alike) > 1 { // of plain keys NaNs are
			for i := range alike {
				alike[i].word = e.look(visit{m.val, m.valAt(alike[i].at), 1}, false)
			}
			sortRanked(alike)
		}
	}
	return order
}

// look is sign as far as it pays.
func (e *encoder) look(v visit, key bool) uint64 {
	if e.err != nil {
		return 0
	}
	sum, went := e.sign(v, key, maxLooks)
	e.spend(went)
	return sum
}

// ranked is a place in some list, with the number that what is there is ordered by.
// All that this package sorts is sorted as ranked: each type that is sorted weighs
// something in a test binary.
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
