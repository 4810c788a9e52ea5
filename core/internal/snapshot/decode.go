package snapshot

import (
	"bytes"
	"fmt"
	"reflect"
	"sync"
	"time"
	"unsafe"

	"github.com/fixturecache/fixturecache/core/internal/global"
	"github.com/fixturecache/fixturecache/core/internal/typeid"
)

// decoder rebuilds a value from its stream.
type decoder struct {
	reader // reads the stream
	arenas
	coder   *coder
	totals  []uint64 // elements of each arena but the first
	plain   reader   // the arenas of plain bytes that are not met yet
	types   []*plan
	globals []string
	memory  uint64 // bytes of memory that were made
	room    uint64 // bytes of the stream, which bound the memory
	whole   int    // bytes of the data in all
	inKey   bool
	deep    int // interfaces within one another, in a key
	tabs    map[tabKey]unsafe.Pointer
	syncs   []syncMapFill
	zones   []*time.Location
}

// syncMapFill is a sync.Map to be filled once all maps are.
type syncMapFill struct {
	dst *sync.Map
	src unsafe.Pointer // a map[any]any
}

// build makes the value of plan root at dst, in the order in which the encoder
// wrote it. The root is built in the caller's variable, so that pointers into it are
// right.
func (d *decoder) build(root *plan, dst unsafe.Pointer) error {
	a := d.add(root)
	a.base, a.n = dst, min(1, uint64(root.size))
	a.total = a.n
	reflect.NewAt(root.t, dst).Elem().SetZero()
	for a := d.next(); a != nil && d.err == nil; a = d.next() {
		switch {
		case a.plan.isContents():
			d.fillMaps(a)
		case a.inPlace():
			a.done = a.n
		}
		for ; a.done < a.n && d.err == nil; a.done++ {
			d.elem(a.plan, unsafe.Add(a.base, uintptr(a.done)*a.plan.size))
		}
	}
	if d.err != nil {
		return d.err
	}
	for _, s := range d.syncs {
		for k, v := range *(*map[any]any)(unsafe.Pointer(&s.src)) {
			s.dst.Store(k, v)
		}
	}
	for _, l := range d.zones {
		setCache(l, time.Now())
	}
	return nil
}

// mayMake reports whether so much memory may be made.
func (d *decoder) mayMake(memory uint64) bool {
	d.memory += memory
	if mayMake(d.room, d.memory) {
		return true
	}
	d.fail("%d bytes of memory of %d", d.memory, d.room)
	return false
}

// arena returns the arena of pl; nil where there is none. A new one gets its memory:
// plain bytes stay where they are.
func (d *decoder) arena(pl *plan) *arena {
	a, isNew := d.get(pl)
	if !isNew {
		return a
	}
	if a.index > len(d.totals) || pl.size == 0 || d.totals[a.index-1] > maxLen/uint64(pl.size) {
		d.fail("arena %d of %d", a.index, len(d.totals))
		return nil
	}
	a.total = d.totals[a.index-1]
	if a.inPlace() {
		d.plain.take(-uintptr(d.whole-len(d.plain.rest)) % alignment)
		if data := d.plain.take(uintptr(a.total) * pl.size); len(data) > 0 {
			a.base = unsafe.Pointer(&data[0])
		} else if a.total > 0 {
			d.fail("plain bytes of arena %d", a.index)
		}
	} else if d.mayMake(pl.memory(a.total)) {
		t := pl.t
		if pl.isContents() {
			t = reflect.TypeFor[unsafe.Pointer]()
			a.counts = make([]int, a.total)
		}
		a.base = newArray(t, int(a.total))
	}
	return a
}

func newArray(t reflect.Type, n int) unsafe.Pointer {
	if n == 1 {
		return reflect.New(t).UnsafePointer()
	}
	return reflect.MakeSlice(reflect.SliceOf(t), n, n).UnsafePointer()
}

// decoded makes at p the value that a codec wrote.
func (d *decoder) decoded(o *op, p unsafe.Pointer) {
	data := d.bytes()
	if d.err != nil {
		return
	}
	if err := o.codec.Decode(bytes.NewReader(data), reflect.NewAt(o.t, p).Interface()); err != nil {
		d.err = fmt.Errorf("codec %s: %w", o.codec.Name(), err)
	}
}

// makeMap makes map i of an arena, empty.
func (d *decoder) makeMap(a *arena, i uint64) {
	n := d.num()
	if n > maxLen || n > 1 && a.plan.key.size == 0 || !d.mayMake(a.plan.mapMemory(n)) {
		d.fail("map of %d entries", n)
		return
	}
	a.counts[i] = int(n)
	*a.mapAt(i) = reflect.MakeMapWithSize(a.plan.t, int(n)).UnsafePointer()
}

// mapAt returns the address of the pointer to map i.
func (a *arena) mapAt(i uint64) *unsafe.Pointer {
	return (*unsafe.Pointer)(unsafe.Add(a.base, uintptr(i)*wordSize))
}

// fillMaps fills the maps that are due. Keys are complete when they are read: what
// interfaces in them hold lies there.
func (d *decoder) fillMaps(a *arena) {
	key, val := reflect.New(a.plan.key.t), reflect.New(a.plan.val.t)
	for ; a.done < a.n; a.done++ {
		m := reflect.NewAt(a.plan.t, unsafe.Pointer(a.mapAt(a.done))).Elem()
		for range a.counts[a.done] {
			key.Elem().SetZero()
			val.Elem().SetZero()
			d.inKey = true
			d.elem(a.plan.key, key.UnsafePointer())
			d.inKey = false
			d.elem(a.plan.val, val.UnsafePointer())
			if d.err != nil {
				return
			}
			m.SetMapIndex(key.Elem(), val.Elem())
		}
	}
}

// elem makes one element at dst, which is zero.
func (d *decoder) elem(pl *plan, dst unsafe.Pointer) {
	for _, r := range pl.runs {
		copy(bytesAt(unsafe.Add(dst, r.off), r.end-r.off), d.take(r.end-r.off))
	}
	for i := 0; i < len(pl.ops) && d.err == nil; i++ {
		o := &pl.ops[i]
		d.part(o, unsafe.Add(dst, o.off))
	}
}

// part makes one part at dst.
func (d *decoder) part(o *op, dst unsafe.Pointer) {
	switch o.kind {
	case opPtr, opMap:
		*(*unsafe.Pointer)(dst) = d.refer(o.elem, 1)
	case opString:
		data := d.bytes()
		*(*string)(dst) = unsafe.String(unsafe.SliceData(data), len(data))
	case opSlice:
		*(*sliceHeader)(dst) = d.slice(o.elem)
	case opSyncMap:
		if m := d.refer(o.elem, 1); m != nil {
			d.syncs = append(d.syncs, syncMapFill{(*sync.Map)(dst), m})
		}
	case opArray:
		for i := 0; i < o.n && d.err == nil; i++ {
			d.elem(o.elem, unsafe.Add(dst, uintptr(i)*o.elem.size))
		}
	case opTime:
		wall, ext := d.num(), d.num()
		*(*[2]uint64)(dst) = [2]uint64{wall, ext}
	case opZone:
		d.zones = append(d.zones, (*time.Location)(dst))
	case opIface:
		d.iface(o, dst)
	case opCodec:
		d.object(o, dst)
	case opNever:
		d.fail("%s", o.not.What)
	}
}

// refer reads a reference to n elements of pl.
func (d *decoder) refer(pl *plan, n uint64) unsafe.Pointer {
	code := d.num()
	switch code {
	case refNil:
		return nil
	case refEmpty:
		if pl.size > 0 {
			d.fail("something of no size")
		}
		return global.ZeroBase()
	case refGlobal:
		return d.global(pl.t, n)
	case refAway:
		return d.away(pl, n)
	}
	a := d.arena(pl)
	if d.err != nil {
		return nil
	}
	at := a.last + zagzig(code-refHere)
	isNew := at == a.n
	if isNew && n <= a.total-at {
		a.n += n
	}
	if n > a.n || at > a.n-n {
		d.fail("%d elements at %d of %d", n, at, a.n)
		return nil
	}
	a.last = at + n
	if !pl.isContents() {
		return unsafe.Add(a.base, uintptr(at)*pl.size)
	}
	if isNew {
		d.makeMap(a, at)
	}
	return *a.mapAt(at)
}

// away reads a reference that putAway wrote, to n elements of elem.
func (d *decoder) away(elem *plan, n uint64) unsafe.Pointer {
	var a *arena
	switch i := d.num(); {
	case i < uint64(len(d.list)):
		a = d.list[i]
	case i == uint64(len(d.list)):
		if pl := d.typ(); pl != nil {
			a = d.arena(pl)
		}
	}
	more, off := d.num(), d.num()
	if d.err == nil && a != nil && !a.plan.opaque && !elem.opaque && (more == 0 || more <= a.total-a.n) {
		if a.n += more; a.holds(off, elem, n) {
			return unsafe.Add(a.base, uintptr(off))
		}
	}
	d.fail("a reference away")
	return nil
}

// holds reports whether n elements of elem lie at byte off.
func (a *arena) holds(off uint64, elem *plan, n uint64) bool {
	size, each := uint64(a.plan.size), uint64(elem.size)
	if size == 0 || each == 0 || off >= a.n*size || n > maxLen || n*each > a.n*size-off {
		return false
	}
	count := min(a.n-off/size, n*each/size+2)
	return typeid.Fits(a.plan.t, int(count), uintptr(off%size), elem.t, int(n))
}

// global reads the number of a registered package variable, and the name that follows
// the number of a new one.
func (d *decoder) global(t reflect.Type, n uint64) unsafe.Pointer {
	i := d.num()
	if i == uint64(len(d.globals)) {
		d.globals = append(d.globals, d.str())
	}
	if i < uint64(len(d.globals)) && n == 1 {
		if p, ok := global.ByName(d.globals[i], t); ok {
			return p
		}
	}
	d.fail("global %d", i)
	return nil
}

func (d *decoder) slice(elem *plan) (h sliceHeader) {
	n := d.num()
	if n == 0 {
		if code := d.num(); code == refEmpty {
			h.data = global.ZeroBase()
		} else if code != refNil {
			d.fail("an empty slice")
		}
		return h
	}
	if n > maxLen {
		d.fail("a slice of %d", n)
		return h
	}
	data := d.refer(elem, n)
	if data == nil {
		d.fail("a slice of nothing")
	}
	return sliceHeader{data, int(n), int(n)}
}

// object makes at dst the value that a codec wrote, once for each identity.
func (d *decoder) object(o *op, dst unsafe.Pointer) {
	if o.elem == nil {
		d.decoded(o, dst)
		return
	}
	ref := d.num()
	if ref == 0 {
		return
	}
	a := d.arena(o.elem)
	if d.err != nil || ref > a.n+1 || ref > a.total {
		d.fail("object %d", ref)
		return
	}
	p := unsafe.Add(a.base, uintptr(ref-1)*o.elem.size)
	if ref > a.n {
		a.n, a.done = ref, ref
		d.decoded(o, p)
	}
	reflect.NewAt(o.t, dst).Elem().Set(reflect.NewAt(o.t, p).Elem())
}

// tabKey is a pair of interface type and dynamic type.
type tabKey struct{ iface, typ reflect.Type }

// iface makes an interface at dst.
func (d *decoder) iface(o *op, dst unsafe.Pointer) {
	pl := d.typ()
	if pl == nil {
		return
	}
	key := tabKey{o.t, pl.t}
	tab := d.tabs[key]
	if tab == nil {
		if tab = ifaceTab(o.t, pl.t); tab == nil {
			d.fail("a %s in a %s", pl.t, o.t)
			return
		}
		if d.tabs == nil {
			d.tabs = map[tabKey]unsafe.Pointer{}
		}
		d.tabs[key] = tab
	}
	if data := d.boxed(pl); d.err == nil {
		*(*twoWords)(dst) = twoWords{tab, data}
	}
}

// boxed returns the data word of an interface that holds an element of pl.
func (d *decoder) boxed(pl *plan) (p unsafe.Pointer) {
	switch {
	case pl.t == typeid.Rtype:
		if named := d.typ(); named != nil {
			return reflect.ValueOf(named.t).UnsafePointer()
		}
	case pl.direct:
		word := new(unsafe.Pointer)
		d.elem(pl, unsafe.Pointer(word))
		return *word
	case pl.size == 0, d.inKey:
		if d.deep++; d.deep > maxDeep {
			d.fail("interfaces within interfaces")
		} else if d.mayMake(uint64(pl.size)) {
			p = newArray(pl.t, 1)
			d.elem(pl, p)
		}
		d.deep--
	default:
		p = d.refer(pl, 1)
	}
	if p == nil {
		d.fail("an interface that holds nothing")
	}
	return p
}
