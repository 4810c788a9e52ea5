package snapshot

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
)

// ranked is a place in some list, with the number or the first eight bytes that
// what is there is ordered by. All that this package sorts is sorted as ranked:
// slices.SortFunc weighs 8 kB in a test binary for each type, and to compare the
// things themselves touches memory all over.
type ranked struct {
	word uint64
	at   uint32
}

// manyRanked is from where on sorting by bytes pays.
const manyRanked = 1 << 10

// sortRanked sorts by word, and where words are equal by tie, if there is one.
// The result may be in other memory than list.
func sortRanked(list []ranked, tie func(a, b uint32) int) []ranked {
	if len(list) < manyRanked {
		sortFew(list, tie)
		return list
	}
	list = sortByWord(list)
	if tie == nil {
		return list
	}
	for lo := 0; lo < len(list); {
		hi := lo + 1
		for hi < len(list) && list[hi].word == list[lo].word {
			hi++
		}
		if hi-lo > 1 {
			sortFew(list[lo:hi], tie)
		}
		lo = hi
	}
	return list
}

func sortFew(list []ranked, tie func(a, b uint32) int) {
	slices.SortFunc(list, func(a, b ranked) int {
		if a.word != b.word || tie == nil {
			return cmp.Compare(a.word, b.word)
		}
		return tie(a.at, b.at)
	})
}

// rankTexts sorts by the bytes that text returns of each place in list.
func rankTexts(list []ranked, text func(at uint32) []byte) []ranked {
	for i := range list {
		list[i].word = firstWord(text(list[i].at))
	}
	return sortRanked(list, func(a, b uint32) int { return bytes.Compare(text(a), text(b)) })
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

// sortByWord sorts byte by byte, from the last; a byte that is the same in all
// words is passed over.
func sortByWord(list []ranked) []ranked {
	other := make([]ranked, len(list))
	for shift := 0; shift < 64; shift += 8 {
		var starts [256]int
		for i := range list {
			starts[byte(list[i].word>>shift)]++
		}
		if starts[byte(list[0].word>>shift)] == len(list) {
			continue
		}
		sum := 0
		for b, n := range starts {
			starts[b], sum = sum, sum+n
		}
		for _, r := range list {
			b := byte(r.word >> shift)
			other[starts[b]] = r
			starts[b]++
		}
		list, other = other, list
	}
	return list
}
