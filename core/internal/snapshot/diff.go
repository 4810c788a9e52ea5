package snapshot

import (
	"bytes"
	"fmt"
	"reflect"
	"unsafe"
)

// Diff compares a and b in lock step and returns the path of the first
// difference, such as "[3].Profile.Name"; same is true if there is none. It
// compares by bits (NaN is equal to itself, -0 is not 0), nil-ness, dynamic
// types, unexported fields, cycles and sharing; neither capacity, padding,
// blank fields nor the monotonic reading of times. Functions, channels and the
// like are the same only if they are identical.
func Diff(a, b any) (path string, same bool) {
	return diffWith(structural(), a, b)
}

func diffWith(c *coder, a, b any) (path string, same bool) {
	if a == nil || b == nil {
		return "", a == nil && b == nil
	}
	va, vb := reflect.ValueOf(a), reflect.ValueOf(b)
	if va.Type() != vb.Type() {
		return "", false
	}
	p := c.plan(va.Type())
	return diffAt(c, p, addressable(va), addressable(vb))
}

// diffAt compares the values at a and b.
func diffAt(c *coder, p *plan, a, b unsafe.Pointer) (path string, same bool) {
	d := &differ{coder: c, aToB: map[visit]unsafe.Pointer{}, bToA: map[visit]unsafe.Pointer{}}
	d.queue = append(d.queue, diffItem{plan: p, a: a, b: b, n: 1})
	for i := 0; i < len(d.queue) && !d.found; i++ {
		item := d.queue[i]
		d.queue[i] = diffItem{}
		d.item(item)
		if i > 1024 && i > len(d.queue)/2 {
			d.queue = append(d.queue[:0], d.queue[i+1:]...)
			i = -1
		}
	}
	if !d.found {
		d.overlaps()
	}
	return d.path, !d.found
}

// differ walks two values side by side, breadth first.
type differ struct {
	coder   *coder
	queue   []diffItem
	aToB    map[visit]unsafe.Pointer // what each thing of a corresponds to
	bToA    map[visit]unsafe.Pointer
	boxes   map[[2]visit]bool // compared already
	regions []regionPair
	found   bool
	path    string
}

type diffItem struct {
	plan   *plan
	a, b   unsafe.Pointer
	n      int
	isMap  bool
	slice  bool
	box    bool // what an interface holds: shared or not makes no difference
	parent *trail
}

func (d *differ) differs(w where, path string) {
	if !d.found {
		w.path += path
		d.found, d.path = true, w.String()
	}
}

func (d *differ) item(it diffItem) {
	switch {
	case it.isMap:
		d.mapContent(it)
		return
	case it.plan.flat && bytes.Equal(bytesAt(it.a, uintptr(it.n)*it.plan.size), bytesAt(it.b, uintptr(it.n)*it.plan.size)):
		return
	}
	for i := 0; i < it.n && !d.found; i++ {
		index := -1
		if it.slice {
			index = i
		}
		off := uintptr(i) * it.plan.size
		d.elem(it.plan, add(it.a, off), add(it.b, off), where{it.parent, index, ""})
	}
}

func (d *differ) elem(pl *plan, a, b unsafe.Pointer, w where) {
	for _, r := range pl.runs {
		x, y := bytesAt(add(a, r.off), r.end-r.off), bytesAt(add(b, r.off), r.end-r.off)
		if !bytes.Equal(x, y) {
			i := 0
			for x[i] == y[i] {
				i++
			}
			d.differs(w, partAt(pl.t, r.off+uintptr(i)))
			return
		}
	}
	for i := range pl.ops {
		if d.op(&pl.ops[i], a, b, w); d.found {
			return
		}
	}
}

// partAt names the innermost field or array element of t that holds byte off.
func partAt(t reflect.Type, off uintptr) string {
	switch t.Kind() {
	case reflect.Struct:
		for i := t.NumField() - 1; i >= 0; i-- {
			f := t.Field(i)
			if f.Offset <= off && off < f.Offset+f.Type.Size() {
				return "." + f.Name + partAt(f.Type, off-f.Offset)
			}
		}
	case reflect.Array:
		i := off / t.Elem().Size()
		return fmt.Sprintf("[%d]%s", i, partAt(t.Elem(), off%t.Elem().Size()))
	}
	return ""
}

func (d *differ) op(o *op, baseA, baseB unsafe.Pointer, w where) {
	a, b := add(baseA, o.off), add(baseB, o.off)
	same := true
	switch o.kind {
	case opPtr:
		d.follow(diffItem{plan: o.elem, a: loadPtr(a), b: loadPtr(b), n: 1}, w, o.path)
	case opString:
		same = loadString(a) == loadString(b)
	case opSlice:
		d.slice(loadSlice(a), loadSlice(b), o, w)
	case opMap:
		d.mapWord(o, loadPtr(a), loadPtr(b), w)
	case opIface:
		d.iface(o, a, b, w)
	case opArray:
		d.array(o, a, b, w)
	case opZero, opNever:
		same = bytes.Equal(bytesAt(a, o.size), bytesAt(b, o.size))
	case opTime:
		wa, ea := timeWords(a)
		wb, eb := timeWords(b)
		same = wa == wb && ea == eb
	case opCodec:
		d.codec(o, a, b, w)
	case opSyncMap:
		d.syncMap(o, a, b, w)
	}
	if !same {
		d.differs(w, o.path)
	}
}

// follow compares what two pointers lead to, once: from then on each end must
// correspond to the other, or things were shared that are not, or the reverse.
func (d *differ) follow(it diffItem, w where, path string) {
	if it.a == nil || it.b == nil {
		if it.a != it.b {
			d.differs(w, path)
		}
		return
	}
	switch {
	case it.plan.size == 0 && !it.isMap:
		it.n = min(it.n, 1)
	case it.box:
		if !d.newBox(it) {
			return
		}
	case !d.pair(it, w, path):
		return
	}
	it.parent = &trail{up: w.up, step: w.step(path)}
	d.queue = append(d.queue, it)
}

// pair makes the two ends of it correspond; it reports whether they are new.
func (d *differ) pair(it diffItem, w where, path string) bool {
	ka, kb := visit{it.a, it.plan, it.n}, visit{it.b, it.plan, it.n}
	b, seenA := d.aToB[ka]
	a, seenB := d.bToA[kb]
	if seenA || seenB {
		if !seenA || !seenB || b != it.b || a != it.a {
			d.differs(w, path)
		}
		return false
	}
	d.aToB[ka], d.bToA[kb] = it.b, it.a
	if !it.isMap {
		d.regions = append(d.regions, regionPair{uintptr(it.a), uintptr(it.b), uintptr(it.n) * it.plan.size, w, path})
	}
	return true
}

func (d *differ) newBox(it diffItem) bool {
	key := [2]visit{{it.a, it.plan, it.n}, {it.b, it.plan, it.n}}
	if d.boxes[key] {
		return false
	}
	if d.boxes == nil {
		d.boxes = map[[2]visit]bool{}
	}
	d.boxes[key] = true
	return true
}
