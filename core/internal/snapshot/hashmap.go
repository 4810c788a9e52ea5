package snapshot

import (
	"bytes"
	"fmt"
	"reflect"
	"unsafe"
)

// maxKeyDepth bounds maps behind the keys of maps behind the keys of maps.
const maxKeyDepth = 32

func (h *hasher) mapWord(p unsafe.Pointer, o *op, w where) {
	m := loadPtr(p)
	if m == nil {
		h.out.word(tagNil)
		return
	}
	if name, ok := h.names[identity{m, o.t}]; ok {
		h.out.word(tagGlobal)
		h.out.string(name)
		return
	}
	h.out.word(tagThere)
	// Number by the map itself, then walk through a word of our own: the
	// place it was found in need not outlive this item.
	cell := new(unsafe.Pointer)
	*cell = m
	key := visit{m, o.self, 0}
	n, seen := h.visited[key]
	if !seen {
		n = uint64(len(h.visited))
		h.visited[key] = n
		h.journal = append(h.journal, key)
		h.queue = append(h.queue, hashItem{plan: key.plan, p: unsafe.Pointer(cell), n: 1, isMap: true, parent: &trail{up: w.up, step: w.step(o.path)}})
	}
	h.out.word(n)
}

// mapContent writes the entries in the order of their keys.
func (h *hasher) mapContent(it hashItem) error {
	o := &it.plan.ops[0]
	m := newEntries(o, it.p)
	h.out.word(uint64(m.n))
	order, err := h.order(m, it.parent)
	if err != nil {
		return err
	}
	for _, r := range order {
		i := int(r.at)
		w := where{it.parent, -1, ""}
		if err := h.elem(m.key, m.keyAt(i), w); err != nil {
			return err
		}
		w.path = m.path(i)
		if err := h.elem(m.val, m.valAt(i), w); err != nil {
			return err
		}
	}
	return nil
}

// entries are the entries of a map, copied where they can be pointed at.
type entries struct {
	n          int
	key, val   *plan
	keys, vals unsafe.Pointer
	rkeys      reflect.Value
}

// newEntries copies the map whose word is at p.
func newEntries(o *op, p unsafe.Pointer) *entries {
	m := reflect.NewAt(o.t, p).Elem()
	n := m.Len()
	keys := reflect.MakeSlice(reflect.SliceOf(o.key.t), n, n)
	vals := reflect.MakeSlice(reflect.SliceOf(o.elem.t), n, n)
	i := 0
	for it := m.MapRange(); it.Next() && i < n; i++ {
		keys.Index(i).SetIterKey(it)
		vals.Index(i).SetIterValue(it)
	}
	return &entries{n: i, key: o.key, val: o.elem, keys: keys.UnsafePointer(), vals: vals.UnsafePointer(), rkeys: keys}
}

func (m *entries) keyAt(i int) unsafe.Pointer { return add(m.keys, uintptr(i)*m.key.size) }
func (m *entries) valAt(i int) unsafe.Pointer { return add(m.vals, uintptr(i)*m.val.size) }

// path names entry i for a message.
func (m *entries) path(i int) string {
	switch k := m.rkeys.Index(i); k.Kind() {
	case reflect.String:
		return fmt.Sprintf("[%q]", k.String())
	case reflect.Pointer, reflect.Interface, reflect.Struct, reflect.Array:
		return "[" + k.Type().String() + "]"
	default:
		return fmt.Sprintf("[%v]", k)
	}
}

// order returns the indices of the entries in canonical order: strings and
// plain keys by themselves, other keys by a hash of what they reach; where
// keys are alike (NaNs, pointers to equal things), by the hash of the value.
func (h *hasher) order(m *entries, up *trail) ([]ranked, error) {
	order := places(m.n)
	if m.key.t.Kind() == reflect.String && len(m.key.ops) == 1 && m.key.ops[0].kind == opString {
		keys := unsafe.Slice((*string)(m.keys), m.n)
		return rankTexts(order, func(at uint32) []byte { return stringBytes(keys[at]) }), nil
	}
	sums := make([][]byte, m.n)
	for i := range sums {
		sum, err := h.sortKey(m.key, m.keyAt(i), up)
		if err != nil {
			return nil, err
		}
		sums[i] = sum
	}
	order = rankTexts(order, func(at uint32) []byte { return sums[at] })
	return order, h.breakTies(order, sums, m, up)
}

// breakTies orders runs of entries with equal keys by their values.
func (h *hasher) breakTies(order []ranked, sums [][]byte, m *entries, up *trail) error {
	for lo := 0; lo < len(order); {
		hi := lo + 1
		for hi < len(order) && bytes.Equal(sums[order[lo].at], sums[order[hi].at]) {
			hi++
		}
		if run := order[lo:hi]; len(run) > 1 {
			for _, r := range run {
				sum, err := h.sortKey(m.val, m.valAt(int(r.at)), up)
				if err != nil {
					return err
				}
				sums[r.at] = sum
			}
			copy(run, rankTexts(run, func(at uint32) []byte { return sums[at] }))
		}
		lo = hi
	}
	return nil
}

// sortKey returns bytes that order one key or value: its own if it is plain,
// else a hash of what it reaches, made in the state of numbering that the map
// as a whole is met in. What it numbers is taken back.
func (h *hasher) sortKey(pl *plan, p unsafe.Pointer, up *trail) ([]byte, error) {
	if pl.flat {
		return bytesAt(p, pl.size), nil
	}
	if h.depth++; h.depth > maxKeyDepth {
		return nil, &RefusedError{Path: where{up, -1, ""}.String(), Reason: "maps within the keys of maps lie too deep to be put in order"}
	}
	out, mark, types := h.out, len(h.journal), h.types
	h.out, h.types = newSink(), map[reflect.Type]uint64{}
	err := h.run(hashItem{plan: pl, p: p, n: 1, parent: up})
	sum := h.out.sum()
	h.out, h.types = out, types
	for _, v := range h.journal[mark:] {
		delete(h.visited, v)
	}
	h.journal = h.journal[:mark]
	h.depth--
	return sum[:], err
}
