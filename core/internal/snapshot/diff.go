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
	if p := c.plan(va.Type()); p.t.Kind() != reflect.Pointer || p.ops[0].kind != opPtr || va.IsNil() || vb.IsNil() {
		return diffAt(c, p, addressable(va), addressable(vb))
	}
	return diffAt(c, c.plan(va.Type().Elem()), va.UnsafePointer(), vb.UnsafePointer())
}

// diffAt compares the values at a and b: fast and, if it does not know, in
// full; both without noting the way and, if they differ, once more with it.
func diffAt(c *coder, p *plan, a, b unsafe.Pointer) (path string, same bool) {
	d := newDiffer(c, false)
	d.pairs = newPairs()
	if d.run(p, a, b); d.unsure {
		d = newDiffer(c, false)
		d.run(p, a, b)
	}
	if !d.found {
		return "", true
	}
	d = newDiffer(c, true)
	d.run(p, a, b)
	return d.path, false
}

// maxDiffDepth bounds recursion; what lies deeper waits in a queue, which is
// slower by far.
const maxDiffDepth = 200

// differ walks two values side by side: breadth first where it notes the way,
// so that the way is short, else depth first.
type differ struct {
	coder  *coder
	traced bool // keep the way
	queue  []diffItem
	depth  int
	pairs  *pairs       // what was met, if that suffices
	unsure bool         // it did not
	a, b   *addrTable   // else: what was met on each side; ref is the address on the other
	ways   [2][]diffWay // by number of what was met on each side, if traced
	boxes  map[[2]visit]bool
	found  bool
	path   string
}

// diffWay is the way to something met.
type diffWay struct {
	w    where
	path string
}

type diffItem struct {
	plan   *plan
	a, b   unsafe.Pointer // a map's item has the maps themselves
	n      int
	isMap  bool
	slice  bool
	box    bool // what an interface holds: shared or not makes no difference
	parent *trail
}

func newDiffer(c *coder, traced bool) *differ {
	return &differ{coder: c, traced: traced, a: newAddrTable(), b: newAddrTable()}
}

func (d *differ) run(p *plan, a, b unsafe.Pointer) {
	root := diffItem{plan: p, a: a, b: b, n: 1}
	if p.size > 0 {
		d.pair(root, where{nil, -1, ""}, "")
		d.a.root, d.b.root = 1, 1
	}
	d.queue = append(d.queue, root)
	for i := 0; i < len(d.queue) && !d.found; i++ {
		item := d.queue[i]
		d.queue[i] = diffItem{}
		d.item(item)
		if i > 1024 && i > len(d.queue)/2 {
			d.queue = append(d.queue[:0], d.queue[i+1:]...)
			i = -1
		}
	}
	switch {
	case d.found:
	case d.pairs == nil:
		d.overlaps()
	default:
		d.found = !d.pairs.overlapsMatch(p, a, b)
	}
}

func (d *differ) differs(w where, path string) {
	if !d.found {
		d.found = true
		if d.traced {
			w.path += path
			d.path = w.String()
		}
	}
}

func (d *differ) item(it diffItem) {
	if it.isMap {
		d.mapContent(it)
		return
	}
	if it.plan.flat && equalMemory(it.a, it.b, uintptr(it.n)*it.plan.size) {
		return
	}
	w := where{it.parent, -1, ""}
	for i := 0; i < it.n && !d.found; i++ {
		if it.slice {
			w.index = i
		}
		off := uintptr(i) * it.plan.size
		d.elem(it.plan, add(it.a, off), add(it.b, off), w)
	}
}

func equalMemory(a, b unsafe.Pointer, n uintptr) bool {
	return unsafe.String((*byte)(a), n) == unsafe.String((*byte)(b), n)
}

func (d *differ) elem(pl *plan, a, b unsafe.Pointer, w where) {
	for _, r := range pl.runs {
		if !equalMemory(add(a, r.off), add(b, r.off), r.end-r.off) {
			x, y := bytesAt(add(a, r.off), r.end-r.off), bytesAt(add(b, r.off), r.end-r.off)
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
	if d.traced {
		it.parent = &trail{up: w.up, step: w.step(path)}
	}
	if it.plan.plain() && !it.isMap {
		d.item(it)
		return
	}
	if !d.traced && d.depth < maxDiffDepth {
		d.depth++
		d.item(it)
		d.depth--
		return
	}
	d.queue = append(d.queue, it)
}

// pair makes the two ends of it correspond; it reports whether they are new.
func (d *differ) pair(it diffItem, w where, path string) bool {
	if d.pairs != nil {
		result := d.pairs.pair(it.plan, it.a, it.b, it.n)
		d.found = d.found || result >= pairWrong
		d.unsure = d.unsure || result == pairUnsure
		return result == pairNew
	}
	ma, idA, newA := d.a.find(it.a, it.plan, it.n)
	mb, idB, newB := d.b.find(it.b, it.plan, it.n)
	if !newA || !newB {
		if newA || newB || ma.ref != uint64(uintptr(it.b)) || mb.ref != uint64(uintptr(it.a)) {
			d.differs(w, path)
		}
		return false
	}
	ma.ref, mb.ref = uint64(uintptr(it.b)), uint64(uintptr(it.a))
	ma.cap, mb.cap = it.n, it.n
	if d.traced {
		d.note(0, idA, diffWay{w, path})
		d.note(1, idB, diffWay{w, path})
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

func (d *differ) note(side int, id uint32, way diffWay) {
	for uint32(len(d.ways[side])) <= id {
		d.ways[side] = append(d.ways[side], diffWay{})
	}
	d.ways[side][id] = way
}
