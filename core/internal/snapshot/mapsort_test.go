//go:build !purego

package snapshot

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestOrderOfManyKeys: sorting by words must agree with comparing, or equal
// maps would have different bytes.
func TestOrderOfManyKeys(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var texts []string
	var ints []int64
	var smalls []int32
	for i := range 5000 {
		ints = append(ints, int64(r.Uint64()>>r.IntN(64))*int64(1-2*r.IntN(2)))
		smalls = append(smalls, int32(r.Uint32()))
		text := strings.Repeat("k", r.IntN(12))
		for range r.IntN(6) {
			text += string([]byte{0, 1, 'k', 0xff}[r.IntN(4)])
		}
		texts = append(texts, text)
		if i%2 == 0 {
			texts = append(texts, text+"\x00")
		}
	}
	checkOrder(t, texts)
	checkOrder(t, ints)
	checkOrder(t, smalls)
	checkOrder(t, []uint64{1, 0, 1 << 63, 1<<64 - 1, 255, 256})
	checkOrder(t, []uint32{1, 0, 1 << 31, 1<<32 - 1, 255, 256})
}

func checkOrder[K cmp.Ordered](t *testing.T, keys []K) {
	t.Helper()
	var got []K
	for _, r := range orderKeys(len(keys), func(i int) *K { return &keys[i] }) {
		got = append(got, keys[r.at])
	}
	want := slices.Sorted(slices.Values(keys))
	if !slices.Equal(got, want) {
		t.Errorf("%T are in the wrong order", keys)
	}
}

// TestBigMaps stores maps of so many entries that they are sorted by words, and
// so many maps that memory is asked for ahead.
func TestBigMaps(t *testing.T) {
	needs64Bit(t)
	type maps struct {
		Strings map[string]int
		Ints    map[int]string
		Small   []map[int32]*int
	}
	v := maps{bigMap(3*manyEntries, false), map[int]string{}, make([]map[int32]*int, 2*manyMaps)}
	for i := range 3 * manyEntries {
		v.Ints[i*(1-2*(i%2))] = strings.Repeat("v", i%9)
	}
	for i := range v.Small {
		v.Small[i] = map[int32]*int{int32(-i): &[]int{i}[0]}
	}
	var out, again maps
	data, err := Default().RoundTrip(&v, &out)
	if err != nil {
		t.Fatal(err)
	}
	other := maps{bigMap(3*manyEntries, true), v.Ints, v.Small}
	second, err := Default().RoundTrip(&other, &again)
	if err != nil || string(data) != string(second) {
		t.Errorf("equal maps have different bytes: %v", err)
	}
}
