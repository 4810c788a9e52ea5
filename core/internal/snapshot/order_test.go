package snapshot

import (
	"bytes"
	"container/list"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// TestOrderOfManyKeys: the order of keys must not depend on how a map was filled, or
// equal maps would have different bytes.
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

func checkOrder[K comparable](t *testing.T, keys []K) {
	t.Helper()
	for n := range 2 { // many, and few
		keys := keys[:len(keys)>>(n*4)]
		forth, back := map[K]int{}, make(map[K]int, 2*len(keys))
		for i, k := range keys {
			forth[k] = 1
			back[keys[len(keys)-1-i]] = 1
		}
		first, second := orderOf(forth), orderOf(back)
		if len(first) != len(forth) || !slices.Equal(first, second) {
			t.Fatalf("%d keys of type %T are in two orders", len(keys), keys)
		}
	}
}

// orderOf returns the keys of a map in canonical order.
func orderOf[K comparable](dict map[K]int) (keys []K) {
	m := &entries{plan: structural().plan(reflect.TypeFor[map[K]int]()).ops[0].elem}
	m.read(reflect.ValueOf(dict).UnsafePointer())
	for _, r := range newEncoder(structural(), toStore, nil).order(m) {
		keys = append(keys, *(*K)(m.keyAt(r.at)))
	}
	return keys
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

type branch struct {
	parent *branch
	kids   []*branch
}

type elementAt struct {
	*list.Element
	at int
}

type elementNamed struct {
	*list.Element
	name string
}

// TestKeysThatLookAlike stores sets of things that no bounded look tells apart: in the
// order that they had when they were stored, they have the same bytes.
func TestKeysThatLookAlike(t *testing.T) {
	tree, chain, ring := map[*branch]bool{}, map[*branch]bool{}, map[*list.Element]*list.List{}
	var grow func(parent *branch, depth int) *branch
	grow = func(parent *branch, depth int) *branch {
		b := &branch{parent: parent}
		tree[b] = true
		for range 3 * min(depth, 1) {
			b.kids = append(b.kids, grow(b, depth-1))
		}
		return b
	}
	many := 3000
	if testing.Short() {
		many = 500
	}
	root := grow(nil, 7)
	for last, i := (*branch)(nil), 0; i < many; i++ {
		last = &branch{parent: last}
		chain[last] = true
	}
	elements := list.New()
	placed, named, edges := map[elementAt]bool{}, map[elementNamed]bool{}, map[[2]*branch]bool{}
	for b := range chain {
		e := elements.PushBack(1)
		ring[e] = elements
		placed[elementAt{e, 1}], named[elementNamed{e, "a"}], edges[[2]*branch{b, root}] = true, true, true
	}
	for _, v := range []any{&tree, &chain, &ring, &placed, &named, &edges, &map[any]int{grow(nil, 1): 1, grow(nil, 1): 1}} {
		data, err := Default().Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		stored := reflect.New(reflect.TypeOf(v).Elem()).Interface()
		if err := Default().Unmarshal(data, stored); err != nil {
			t.Fatal(err)
		}
		if again, err := Default().Marshal(stored); err != nil || !bytes.Equal(data, again) {
			t.Errorf("%T has other bytes: %v", v, err)
		}
	}
}
