package snapshot

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
)

// Entries of maps are put in canonical order: strings and plain keys by their bytes,
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
	order, first := m.order[:m.n], m.firstOf
	compare := func(a, b uint32) int { return 0 }
	if m.plan.sortable() {
		first = func(i uint32) uint64 { return firstWord(m.keyBytes(i)) }
		compare = func(a, b uint32) int { return bytes.Compare(m.keyBytes(a), m.keyBytes(b)) }
	}
	for i := range order {
		order[i] = ranked{first(uint32(i)), uint32(i)}
	}
	sortRanked(order, compare)
	e.refine(m, order, runs(nil, order, 0, compare)) // NaNs are alike, too
	return order
}

// runs appends the runs of two and more that are the same to list. The first of
// order has the index base.
func runs(list []span, order []ranked, base int, compare func(a, b uint32) int) []span {
	for lo := 0; lo < len(order); {
		hi := lo + 1
		for hi < len(order) && order[lo].word == order[hi].word && (compare == nil || compare(order[lo].at, order[hi].at) == 0) {
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
				sortRanked(part, nil)
				next = runs(next, part, run.from, nil)
			}
			alike = next
		}
	}
}

// ranked is a place in some list, with the number or the first eight bytes that
// what is there is ordered by. All that this package sorts is sorted as ranked:
// slices.SortFunc weighs 15 kB in a test binary for each type, and to compare the
// things themselves touches memory all over.
type ranked struct {
	word uint64
	at   uint32
}

// sortRanked sorts by word, and where words are equal by tie, if there is one.
func sortRanked(list []ranked, tie func(a, b uint32) int) {
	slices.SortFunc(list, func(a, b ranked) int {
		if order := cmp.Compare(a.word, b.word); order != 0 || tie == nil {
			return order
		}
		return tie(a.at, b.at)
	})
}

// sortByWord sorts a list that may be long, byte by byte, and returns it: as it is
// or in other memory.
func sortByWord(list []ranked) []ranked {
	differ, other := uint64(0), make([]ranked, len(list))
	for _, r := range list {
		differ |= r.word ^ list[0].word
	}
	for shift := 0; shift < 64; shift += 8 {
		if differ>>shift&0xff == 0 {
			continue
		}
		var to [257]int // where the next one with a byte goes
		for _, r := range list {
			to[r.word>>shift&0xff+1]++
		}
		for b := range 256 {
			to[b+1] += to[b]
		}
		for _, r := range list {
			b := r.word >> shift & 0xff
			other[to[b]] = r
			to[b]++
		}
		list, other = other, list
	}
	return list
}

// firstWord returns the first eight bytes as a number that has their order.
func firstWord(s []byte) uint64 {
	if len(s) >= 8 {
		return binary.BigEndian.Uint64(s)
	}
	word := uint64(0)
	for _, c := range s {
		word = word<<8 | uint64(c)
	}
	return word << (8 * (8 - len(s)))
}
