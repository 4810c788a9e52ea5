package snapshot

import (
	"reflect"
	"sync"
	"unsafe"

	"github.com/fixturecache/fixturecache/core/internal/global"
	"github.com/fixturecache/fixturecache/core/internal/typeid"
)

// syncMapFill is a sync.Map to be filled once all maps are.
type syncMapFill struct {
	dst *sync.Map
	src unsafe.Pointer // a map[any]any
}

// build makes the value of plan root at dst out of the slabs: memory for every
// slab, then what codecs wrote and the maps, empty, then the elements, then the
// entries of the maps, whose keys must be complete before they can be hashed.
func (d *decoder) build(root *plan, dst unsafe.Pointer) error {
	if len(d.slabs) == 0 || d.slabs[0].plan != root || d.slabs[0].kind > slabPlain || root.size > 0 && d.slabs[0].n != 1 {
		return damaged("no root")
	}
	d.last = make([]uint64, len(d.slabs)+1)
	for i := range d.slabs {
		d.allocate(i, dst)
	}
	d.each(slabObjects, d.readObjects)
	d.each(slabMaps, d.makeMaps)
	d.each(slabElems, func(s *readSlab) { d.elems(s.plan, s.base, int(s.n)) })
	d.each(slabMaps, d.fillMaps)
	if d.err != nil {
		return d.err
	}
	for _, s := range d.syncs {
		for k, v := range *(*map[any]any)(unsafe.Pointer(&s.src)) {
			s.dst.Store(k, v)
		}
	}
	if s := &d.slabs[0]; root.size > 0 && s.base != dst {
		reflect.NewAt(root.t, dst).Elem().Set(reflect.NewAt(root.t, s.base).Elem())
	}
	return nil
}

// each calls f for the slabs of a kind, what is left of each being next to be read.
func (d *decoder) each(kind slabKind, f func(*readSlab)) {
	for i := range d.slabs {
		if s := &d.slabs[i]; s.kind == kind && d.err == nil {
			d.rest = s.data
			clear(d.last)
			f(s)
			s.data = d.rest
		}
	}
}

// allocate gives slab i its memory. Plain bytes stay where they are; the root,
// alone in its slab, is built in the caller's variable, so that pointers into it
// are right.
func (d *decoder) allocate(i int, root unsafe.Pointer) {
	s := &d.slabs[i]
	switch {
	case s.kind == slabMaps: // made one by one
	case s.n == 0 || s.plan.size == 0:
		s.base = global.ZeroBase()
	case s.kind.inPlace():
		s.base = unsafe.Pointer(&s.data[0])
	case i == 0:
		reflect.NewAt(s.plan.t, root).Elem().SetZero()
		s.base = root
	default:
		s.base = newArray(s.plan.t, int(s.n))
	}
}

func newArray(t reflect.Type, n int) unsafe.Pointer {
	if n == 1 {
		return reflect.New(t).UnsafePointer()
	}
	return reflect.MakeSlice(reflect.SliceOf(t), n, n).UnsafePointer()
}

func (d *decoder) readObjects(s *readSlab) {
	for i := range uintptr(s.n) {
		d.decoded(&s.plan.ops[0], add(s.base, i*s.plan.size))
	}
}

// decoded makes at p what a codec wrote.
func (d *decoder) decoded(o *op, p unsafe.Pointer) {
	data := d.bytes()
	if d.err != nil {
		return
	}
	if err := o.codec.decode(data, o.t, p); err != nil {
		d.fail("codec %s: %v", o.codec.name, err)
	}
}

// makeMaps makes the maps of a slab, empty.
func (d *decoder) makeMaps(s *readSlab) {
	key, held := s.plan.ops[0].key, uint64(0)
	s.maps = unsafe.Slice((*unsafe.Pointer)(newArray(reflect.TypeFor[unsafe.Pointer](), int(s.n))), s.n)
	s.counts = make([]int, s.n)
	for i := range s.maps {
		n := d.num()
		if held += n; n > maxLen || n > 1 && key.size == 0 || !mayMake(s.size, s.kind.memory(s.plan, s.n, held)) {
			d.fail("map of %d entries", n)
			return
		}
		s.counts[i] = int(n)
		s.maps[i] = reflect.MakeMapWithSize(s.plan.t, int(n)).UnsafePointer()
	}
}

// fillMaps fills the maps of a slab.
func (d *decoder) fillMaps(s *readSlab) {
	o := &s.plan.ops[0]
	key, val := reflect.New(o.key.t), reflect.New(o.elem.t)
	for i := range s.maps {
		m := reflect.NewAt(o.t, unsafe.Pointer(&s.maps[i])).Elem()
		for range s.counts[i] {
			key.Elem().SetZero()
			val.Elem().SetZero()
			d.elem(o.key, key.UnsafePointer())
			d.elem(o.elem, val.UnsafePointer())
			if d.err != nil {
				return
			}
			m.SetMapIndex(key.Elem(), val.Elem())
		}
	}
}

// elems makes n elements at dst, which is zero.
func (d *decoder) elems(pl *plan, dst unsafe.Pointer, n int) {
	for i := 0; i < n && d.err == nil; i++ {
		d.elem(pl, add(dst, uintptr(i)*pl.size))
	}
}

func (d *decoder) elem(pl *plan, dst unsafe.Pointer) {
	for _, r := range pl.runs {
		copy(bytesAt(add(dst, r.off), r.end-r.off), d.take(r.end-r.off))
	}
	for i := range pl.ops {
		if o := &pl.ops[i]; !d.part(o, add(dst, o.off)) {
			d.fail("reference")
		}
	}
}

// part makes one part at dst; ok is false where a ref leads nowhere.
func (d *decoder) part(o *op, dst unsafe.Pointer) (ok bool) {
	ok = true
	switch o.kind {
	case opPtr:
		*(*unsafe.Pointer)(dst), ok = d.address(d.ref(1), o.elem, 1)
	case opString:
		if n := d.num(); n > 0 {
			*(*string)(dst), ok = d.text(d.ref(n), n)
		}
	case opSlice:
		*(*sliceHeader)(dst), ok = d.slice(o.elem)
	case opMap:
		*(*unsafe.Pointer)(dst), ok = d.mapAt(d.ref(1), o.t)
	case opSyncMap:
		var m unsafe.Pointer
		if m, ok = d.mapAt(d.ref(1), o.elem.t); m != nil {
			d.syncs = append(d.syncs, syncMapFill{(*sync.Map)(dst), m})
		}
	case opArray:
		d.elems(o.elem, dst, o.n)
	case opTime:
		wall, ext := d.num(), d.num()
		*(*[2]uint64)(dst) = [2]uint64{wall, ext}
	case opIface:
		return d.iface(o, dst)
	case opCodec:
		if !hasIdentity(o.t) {
			d.decoded(o, dst)
		} else if ref := d.ref(1); ref != 0 {
			return d.object(ref, o.t, dst)
		}
	case opNever:
		d.fail("%s", o.not.What)
	}
	return ok
}

// ref reads the ref of n elements: see putRef.
func (d *decoder) ref(n uint64) uint64 {
	head := d.num()
	slab := head >> 1
	if head == 0 {
		return 0
	}
	index := d.num()
	switch {
	case head == 1:
		return index
	case slab >= uint64(len(d.last)):
		d.fail("slab %d of %d", slab, len(d.slabs))
		return 0
	case head&1 != 0:
		return slab<<refShift | refByte | index&refMask
	}
	index = (d.last[slab] + (index>>1 ^ -(index & 1))) & refMask
	d.last[slab] = index + n
	return slab<<refShift | index
}

// slab returns the slab that a ref leads into; nil if there is none.
func (d *decoder) slab(ref uint64) *readSlab {
	if i := ref >> refShift; i > 0 && i <= uint64(len(d.slabs)) {
		return &d.slabs[i-1]
	}
	return nil
}

// address turns the ref of n elements into a pointer.
func (d *decoder) address(ref uint64, elem *plan, n uint64) (unsafe.Pointer, bool) {
	if ref == 0 {
		return nil, true
	}
	index := ref & (refByte | refMask)
	if ref>>refShift == 0 {
		if index == refEmpty {
			return global.ZeroBase(), elem.size == 0 || n == 0
		}
		return d.global(index, elem.t, n)
	}
	s := d.slab(ref)
	if s == nil {
		return nil, false
	}
	if s.plan == elem && s.kind <= slabPlain && index < s.n && n <= s.n-index {
		return add(s.base, uintptr(index)*elem.size), true
	}
	return s.interior(index, elem, n)
}

// global returns the registered package variable that index stands for in slab 0.
func (d *decoder) global(index uint64, t reflect.Type, n uint64) (unsafe.Pointer, bool) {
	if g := index - refGlobal; index >= refGlobal && g < uint64(len(d.globals)) && n == 1 {
		return global.ByName(d.globals[g], t)
	}
	return nil, false
}

// interior resolves a pointer to a part of an element, or to an array made of
// elements.
func (s *readSlab) interior(index uint64, elem *plan, n uint64) (unsafe.Pointer, bool) {
	size := uint64(s.plan.size)
	if s.kind > slabPlain || size == 0 || n == 0 || n > refMask || elem.size == 0 {
		return nil, false
	}
	off := index &^ refByte
	if index&refByte == 0 {
		off *= size
	}
	if off >= s.n*size || n*uint64(elem.size) > s.n*size-off {
		return nil, false
	}
	first := off / size
	count := min(s.n-first, n*uint64(elem.size)/size+2)
	if !typeid.Fits(s.plan.t, int(count), uintptr(off%size), elem.t, int(n)) {
		return nil, false
	}
	return add(s.base, uintptr(off)), true
}

// text returns the string of n bytes that a ref leads to.
func (d *decoder) text(ref, n uint64) (string, bool) {
	s, off := d.slab(ref), ref&(refByte|refMask)
	if s == nil || s.kind != slabStrings || off >= s.n || n > s.n-off {
		return "", false
	}
	return unsafe.String((*byte)(add(s.base, uintptr(off))), int(n)), true
}

func (d *decoder) slice(elem *plan) (h sliceHeader, ok bool) {
	n := d.num()
	ref, beyond := d.ref(n), uint64(0)
	if n > 0 {
		beyond = d.num()
	}
	if ref == 0 || max(n, beyond) > maxLen || n+beyond > maxLen {
		return h, n == 0 && ref == 0
	}
	h.data, ok = d.address(ref, elem, n+beyond)
	h.len, h.cap = int(n), int(n+beyond)
	return h, ok
}

func (d *decoder) mapAt(ref uint64, t reflect.Type) (unsafe.Pointer, bool) {
	if ref == 0 {
		return nil, true
	}
	index := ref & (refByte | refMask)
	if ref>>refShift == 0 {
		return d.global(index, t, 1)
	}
	s := d.slab(ref)
	if s == nil || s.kind != slabMaps || s.plan.t != t || index >= s.n {
		return nil, false
	}
	return s.maps[index], true
}

// object copies to dst what a codec made of a thing with an identity.
func (d *decoder) object(ref uint64, t reflect.Type, dst unsafe.Pointer) bool {
	s, index := d.slab(ref), ref&(refByte|refMask)
	if s == nil || s.kind != slabObjects || s.plan.t != t || index >= s.n {
		return false
	}
	reflect.NewAt(t, dst).Elem().Set(reflect.NewAt(t, add(s.base, uintptr(index)*s.plan.size)).Elem())
	return true
}

// tabKey is a pair of interface type and dynamic type.
type tabKey struct{ iface, typ reflect.Type }

// iface makes an interface at dst.
func (d *decoder) iface(o *op, dst unsafe.Pointer) (ok bool) {
	n := d.num()
	if n == 0 {
		return true
	}
	t, err := d.typeAt(n)
	if err != nil {
		return false
	}
	tab := d.tabs[tabKey{o.t, t}]
	if tab == nil {
		if tab, ok = ifaceTab(o.t, t); !ok {
			return false
		}
		if d.tabs == nil {
			d.tabs = map[tabKey]unsafe.Pointer{}
		}
		d.tabs[tabKey{o.t, t}] = tab
	}
	data, ok := d.boxed(t)
	if ok {
		*(*twoWords)(dst) = twoWords{tab, data}
	}
	return ok
}

// boxed returns the data word of an interface that holds a t.
func (d *decoder) boxed(t reflect.Type) (unsafe.Pointer, bool) {
	pl := d.coder.plan(t)
	switch {
	case t == typeid.Rtype:
		named, err := d.typeAt(d.num())
		if err != nil {
			return nil, false
		}
		return reflect.ValueOf(named).UnsafePointer(), true
	case pl.direct:
		word := new(unsafe.Pointer)
		d.elem(pl, unsafe.Pointer(word))
		return *word, d.err == nil
	case pl.size == 0:
		return global.ZeroBase(), true
	}
	p, ok := d.address(d.ref(1), pl, 1)
	return p, ok && p != nil
}

// ifaceTab returns the first word of interfaces of type iface that hold a t.
func ifaceTab(iface, t reflect.Type) (unsafe.Pointer, bool) {
	if t.Kind() == reflect.Interface || !t.Implements(iface) {
		return nil, false
	}
	p := reflect.New(iface)
	p.Elem().Set(reflect.Zero(t))
	return loadPtr(p.UnsafePointer()), true
}
