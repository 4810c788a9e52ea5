package snapshot

import (
	"bytes"
	"cmp"
	"math/rand/v2"
	"reflect"
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
	for i := range 5000 {
		ints = append(ints, int64(r.Uint64()>>r.IntN(64))*int64(1-2*r.IntN(2)))
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
	checkOrder(t, []uint64{1, 0, 1 << 63, 1<<64 - 1, 255, 256})
}

func checkOrder[K cmp.Ordered](t *testing.T, keys []K) {
	t.Helper()
	m := newEntries(structural().plan(reflect.TypeFor[map[K]int]()).ops[0].elem)
	for n := range 2 { // by bytes, then by comparing
		keys := slices.Compact(slices.Sorted(slices.Values(keys[:len(keys)>>(n*4)])))
		dict := map[K]int{}
		for _, k := range keys {
			dict[k] = 1
		}
		m.read(reflect.ValueOf(dict).UnsafePointer())
		order := newEncoder(structural(), toStore, nil).order(m)
		if len(order) != len(keys) {
			t.Fatal(len(order))
		}
		for i, r := range order {
			if i > 0 && bytes.Compare(m.keyBytes(order[i-1].at), m.keyBytes(r.at)) >= 0 {
				t.Fatalf("%d keys of type %T are in the wrong order", len(keys), keys)
			}
		}
	}
}

// TestBigMaps stores maps of so many entries that they are sorted by words,
// and many maps.
func TestBigMaps(t *testing.T) {
	type maps struct {
		Strings map[string]int
		Ints    map[int]string
		Small   []map[int32]*int
	}
	v := maps{bigMap(3*manyEntries, false), map[int]string{}, make([]map[int32]*int, 3000)}
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
