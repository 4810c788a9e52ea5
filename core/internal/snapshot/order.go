package snapshot

import (
	"sort"

	"github.com/cespare/xxhash/v2"
)

// Entries of maps are put in canonical order: plain keys and strings by their hash,
// others by what is known of them and what they reach. A few things of each are
// looked at first, and more only where entries look alike, keys and values by turns,
// so that the time it takes is proportional to the number of entries. What still
// looks alike at the end has no certain order: equal values may have different bytes
// then, which costs a miss.
const (
	firstLook = 2  // a key and what it leads to
	nextLook  = 4  // times as many, where entries look alike
	maxLooks  = 64 // things for each entry, in all
	someLooks = 1 << 16
)

// order returns the places of the entries in their order.
func (e *encoder) order(m *entries) []ranked {
	order := m.order[:m.n]
	for i := range order {
		if order[i] = (ranked{at: uint32(i)}); m.plan.sortable() {
			order[i].word = xxhash.Sum64(m.keyBytes(uint32(i)))
		}
	}
	sortRanked(order)
	e.refine(m, order, runs(nil, order, 0)) // NaNs are alike, too
	return order
}

// runs appends the runs of two and more that are the same to list. The first of
// order has the index base.
func runs(list []span, order []ranked, base int) []span {
	for lo := 0; lo < len(order); {
		hi := lo + 1
		for hi < len(order) && order[lo].word == order[hi].word {
			hi++
		}
		if hi-lo > 1 {
			list = append(list, span{base + lo, base + hi})
		}
		lo = hi
	}
	return list
}

// refine orders each run of entries that look alike, the longer they look alike
// the further it looks.
func (e *encoder) refine(m *entries, order []ranked, alike []span) {
	spent, cut := 0, true
	for far := firstLook; len(alike) > 0 && cut && spent <= maxLooks*m.n+someLooks; far *= nextLook {
		cut = false
		for _, key := range []bool{true, false} {
			var next []span
			for _, run := range alike {
				part := order[run.from:run.to]
				for i := range part {
					v := visit{m.key, m.keyAt(part[i].at), 1}
					if !key {
						v = visit{m.val, m.valAt(part[i].at), 1}
					}
					word, went, more := e.sign(v, key, far)
					part[i].word, spent, cut = word, spent+went, cut || more
					if e.spend(m.plan, went); e.err != nil {
						return
					}
				}
				sortRanked(part)
				next = runs(next, part, run.from)
			}
			alike = next
		}
	}
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
