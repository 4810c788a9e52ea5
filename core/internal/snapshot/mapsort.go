package snapshot

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
)

// ranked is a place in some list, with the number or the first eight bytes that
// what is there is ordered by. All that this package sorts is sorted as ranked:
// slices.SortFunc weighs 15 kB in a test binary for each type, and to compare the
// things themselves touches memory all over.
type ranked struct {
	word uint64
	at   uint32
}

// manyRanked is from where on sorting byte by byte pays.
const manyRanked = 1 << 10

// sortRanked sorts by word, and where words are equal by tie, if there is one.
func sortRanked(list []ranked, tie func(a, b uint32) int) {
	if len(list) >= manyRanked && !slices.IsSortedFunc(list, byWord) {
		sortByWord(list)
	}
	// What is sorted by words is passed over quickly.
	slices.SortFunc(list, func(a, b ranked) int {
		if a.word != b.word || tie == nil {
			return byWord(a, b)
		}
		return tie(a.at, b.at)
	})
}

func byWord(a, b ranked) int { return cmp.Compare(a.word, b.word) }

// sortByWord sorts byte by byte, from the last; a byte that is the same in all
// words is passed over.
func sortByWord(list []ranked) {
	from, to := list, make([]ranked, len(list))
	for shift := 0; shift < 64; shift += 8 {
		var starts [256]int
		for i := range from {
			starts[byte(from[i].word>>shift)]++
		}
		if starts[byte(from[0].word>>shift)] == len(from) {
			continue
		}
		sum := 0
		for b, n := range starts {
			starts[b], sum = sum, sum+n
		}
		for _, r := range from {
			b := byte(r.word >> shift)
			to[starts[b]] = r
			starts[b]++
		}
		from, to = to, from
	}
	copy(list, from)
}

// rankTexts sorts by the bytes that text returns of each place in list.
func rankTexts(list []ranked, text func(at uint32) []byte) {
	for i := range list {
		list[i].word = firstWord(text(list[i].at))
	}
	sortRanked(list, func(a, b uint32) int { return bytes.Compare(text(a), text(b)) })
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
