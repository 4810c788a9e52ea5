//go:build !purego

package snapshot

import (
	"cmp"
	"encoding/binary"
	"slices"
	"unsafe"
)

// ranked is an entry of a map with the first eight bytes that its key is
// ordered by: comparing the keys themselves would touch memory all over.
type ranked struct {
	word uint64
	at   uint32
}

// manyEntries is from where on sorting by bytes pays.
const manyEntries = 1 << 10

// orderKeys returns the order of n keys, of which at returns one.
func orderKeys[K cmp.Ordered](n int, at func(i int) *K) []ranked {
	order := makeRanked(n)
	word := wordOf[K]()
	for i := range order {
		order[i] = ranked{word(at(i)), uint32(i)}
	}
	order = sortByWord(order)
	for lo := 0; lo < n; {
		hi := lo + 1
		for hi < n && order[hi].word == order[lo].word {
			hi++
		}
		if hi-lo > 1 {
			slices.SortFunc(order[lo:hi], func(a, b ranked) int { return cmp.Compare(*at(int(a.at)), *at(int(b.at))) })
		}
		lo = hi
	}
	return order
}

func makeRanked(n int) []ranked {
	list := make([]ranked, n)
	useHugePages(unsafe.Pointer(&list[0]), uintptr(n)*unsafe.Sizeof(ranked{}))
	return list
}

// wordOf returns what turns a key into a number that has its order as far as it
// goes.
func wordOf[K cmp.Ordered]() func(k *K) uint64 {
	var zero K
	switch any(zero).(type) {
	case string:
		return func(k *K) uint64 {
			s := stringBytes(*(*string)(unsafe.Pointer(k)))
			if len(s) >= 8 {
				return binary.BigEndian.Uint64(s)
			}
			var first [8]byte
			copy(first[:], s)
			return binary.BigEndian.Uint64(first[:])
		}
	case int64:
		return func(k *K) uint64 { return uint64(*(*int64)(unsafe.Pointer(k))) ^ 1<<63 }
	case int32:
		return func(k *K) uint64 { return uint64(*(*int32)(unsafe.Pointer(k))) ^ 1<<63 }
	case uint32:
		return func(k *K) uint64 { return uint64(*(*uint32)(unsafe.Pointer(k))) }
	}
	return func(k *K) uint64 { return *(*uint64)(unsafe.Pointer(k)) } // uint64
}

// sortByWord sorts byte by byte, from the last; a byte that is the same in all
// words is passed over.
func sortByWord(list []ranked) []ranked {
	other := makeRanked(len(list))
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
