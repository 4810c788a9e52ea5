package snapshot

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"unsafe"
)

func (d *differ) slice(a, b sliceHeader, o *op, w where) {
	nilA, nilB := a.data == nil, b.data == nil
	if o.nilIsEmpty {
		nilA, nilB = a.len == 0, b.len == 0
	}
	switch {
	case nilA != nilB || a.len != b.len:
		if a.len != b.len && min(a.len, b.len) > 0 {
			o = &op{path: o.path + fmt.Sprintf("[%d]", min(a.len, b.len))}
		}
		d.differs(w, o.path)
	case a.len > 0:
		d.follow(diffItem{plan: o.elem, a: a.data, b: b.data, n: a.len, slice: true}, w, o.path)
	}
}

func (d *differ) iface(o *op, a, b unsafe.Pointer, w where) {
	if ifaceIsNil(a) || ifaceIsNil(b) {
		if ifaceIsNil(a) != ifaceIsNil(b) {
			d.differs(w, o.path)
		}
		return
	}
	t := ifaceType(o.t, a)
	if t != ifaceType(o.t, b) {
		d.differs(w, o.path)
		return
	}
	wa, wb := ifaceWord(a), ifaceWord(b)
	if t == rtypeType {
		if wa != wb {
			d.differs(w, o.path)
		}
		return
	}
	dyn := d.coder.plan(t)
	if !dyn.direct {
		d.follow(diffItem{plan: dyn, a: wa, b: wb, n: 1, box: true}, w, o.path)
		return
	}
	w.path += o.path
	if t.Kind() == reflect.Pointer && dyn.ops[0].kind == opPtr {
		d.follow(diffItem{plan: dyn.ops[0].elem, a: wa, b: wb, n: 1}, w, "")
		return
	}
	cells := &[2]unsafe.Pointer{wa, wb}
	d.elem(dyn, unsafe.Pointer(&cells[0]), unsafe.Pointer(&cells[1]), w)
}

func (d *differ) array(o *op, a, b unsafe.Pointer, w where) {
	for i := 0; i < o.n && !d.found; i++ {
		in := w
		in.path = fmt.Sprintf("%s%s[%d]", w.path, o.path, i)
		off := uintptr(i) * o.elem.size
		d.elem(o.elem, add(a, off), add(b, off), in)
	}
}

// codec compares what has a codec: by memory, by encoding or, where the type's
// own marshalling was used, part by part, funcs and the like by nil-ness.
func (d *differ) codec(o *op, a, b unsafe.Pointer, w where) {
	w.path += o.path
	if o.own != nil {
		tolerant := *o.own
		tolerant.ops = nil
		for _, part := range o.own.ops {
			if part.kind != opZero && part.kind != opNever {
				tolerant.ops = append(tolerant.ops, part)
			} else if isZero(add(a, part.off), part.size) != isZero(add(b, part.off), part.size) {
				d.differs(w, part.path)
			}
		}
		d.elem(&tolerant, a, b, w)
		return
	}
	if bytes.Equal(bytesAt(a, o.size), bytesAt(b, o.size)) {
		return
	}
	x, errA := o.codec.encode(a)
	y, errB := o.codec.encode(b)
	if errA != nil || errB != nil || !bytes.Equal(x, y) {
		d.differs(w, "")
	}
}

func (d *differ) syncMap(o *op, a, b unsafe.Pointer, w where) {
	var maps [2]map[any]any
	for i, p := range []unsafe.Pointer{a, b} {
		maps[i] = map[any]any{}
		(*sync.Map)(p).Range(func(k, v any) bool { maps[i][k] = v; return true })
	}
	w.path += o.path
	d.mapContent(diffItem{plan: o.elem, isMap: true, parent: &trail{up: w.up, step: w.step("")},
		a: reflect.ValueOf(maps[0]).UnsafePointer(), b: reflect.ValueOf(maps[1]).UnsafePointer()})
}

func (d *differ) mapWord(o *op, a, b unsafe.Pointer, w where) {
	d.follow(diffItem{plan: o.self, a: a, b: b, n: 0, isMap: true}, w, o.path)
}

// mapContent compares two maps: by key where keys are found by value, else in
// canonical order, which puts alike entries side by side.
func (d *differ) mapContent(it diffItem) {
	o := &it.plan.ops[0]
	w := where{it.parent, -1, ""}
	if f := o.fastMap(); f != nil && !d.traced {
		if !f.compare(d, o, it.a, it.b, w) {
			d.differs(w, "")
		}
		return
	}
	a, b := newEntries(o, unsafe.Pointer(&it.a)), newEntries(o, unsafe.Pointer(&it.b))
	if a.n != b.n {
		d.differs(w, lonelyKey(a, b))
		return
	}
	orderA, errA := orderOf(d.coder, a)
	orderB, errB := orderOf(d.coder, b)
	if errA != nil || errB != nil {
		d.differs(w, "")
		return
	}
	for i := 0; i < a.n && !d.found; i++ {
		ka, kb := int(orderA[i].at), int(orderB[i].at)
		w := where{it.parent, -1, a.path(ka)}
		if d.elem(a.key, a.keyAt(ka), b.keyAt(kb), w); !d.found {
			d.elem(a.val, a.valAt(ka), b.valAt(kb), w)
		}
	}
}

// lonelyKey names a key that only one of two maps has.
func lonelyKey(a, b *entries) string {
	names := map[string]int{}
	for i := range a.n {
		names[a.path(i)]++
	}
	for i := range b.n {
		names[b.path(i)]--
	}
	var lonely []string
	for name, n := range names {
		if n != 0 {
			lonely = append(lonely, name)
		}
	}
	if len(lonely) == 0 {
		return ""
	}
	return slices.Min(lonely)
}

// orderOf puts the entries of a map by itself in canonical order.
func orderOf(c *coder, m *entries) ([]ranked, error) {
	h := newHasher(c)
	h.lenient = true
	return h.order(m, nil)
}

// overlaps checks that memory which overlaps on one side does so on the other,
// by the same distance: a pointer into an array stays one.
func (d *differ) overlaps() {
	check := overlapping(d.a)
	for i, t := range []*addrTable{d.a, d.b} {
		if id, ok := brokenOverlap(t, check); !ok && !d.found {
			way := diffWay{}
			if d.traced {
				way = d.ways[i][id]
			}
			d.differs(way.w, way.path)
		}
	}
}

// brokenOverlap returns the number of something met in t that overlaps another,
// where the two do not on the other side, at ref.
func brokenOverlap(t *addrTable, check map[*plan]bool) (id uint32, ok bool) {
	pieces := sortPieces(candidates(t, check))
	var end, shift uintptr
	for _, p := range pieces {
		m := t.at(p.at)
		other := uintptr(m.ref)
		if uintptr(p.word) < end && other-uintptr(p.word) != shift {
			return p.at, false
		}
		if m.hi() > end {
			end, shift = m.hi(), other-uintptr(p.word)
		}
	}
	return 0, true
}
