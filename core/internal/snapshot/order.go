package snapshot

import "github.com/cespare/xxhash/v2"

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
		if order[i] = (ranked{m.firstOf(uint32(i)), uint32(i)}); m.plan.sortable() {
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
// All that this package sorts is sorted as ranked: slices.SortFunc weighs 15 kB in a
// test binary for each type.
type ranked struct {
	word uint64
	at   uint32
}

// sortRanked sorts by word, what is long byte by byte.
func sortRanked(list []ranked) {
	const short = 64
	if len(list) < short {
		for i := range list {
			for j := i; j > 0 && list[j].word < list[j-1].word; j-- {
				list[j], list[j-1] = list[j-1], list[j]
			}
		}
		return
	}
	differ, from, into := uint64(0), list, make([]ranked, len(list))
	for _, r := range list {
		differ |= r.word ^ list[0].word
	}
	for shift := 0; shift < 64; shift += 8 {
		if differ>>shift&0xff == 0 {
			continue
		}
		var to [257]int // where the next one with a byte goes
		for _, r := range from {
			to[r.word>>shift&0xff+1]++
		}
		for b := range 256 {
			to[b+1] += to[b]
		}
		for _, r := range from {
			b := r.word >> shift & 0xff
			into[to[b]] = r
			to[b]++
		}
		from, into = into, from
	}
	copy(list, from)
}
