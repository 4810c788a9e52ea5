package snapshot

import (
	"encoding/binary"
	"reflect"
	"runtime"
	"sync"
	"unsafe"
)

// syncMapFill is a sync.Map to be filled once all maps are.
type syncMapFill struct {
	dst *sync.Map
	src unsafe.Pointer // a map[any]any
}

// build makes the value of plan root at dst out of the slabs: memory for every
// slab, then the elements with their refs turned into pointers, then the maps,
// whose keys must be complete before they can be hashed.
func (d *decoder) build(root *plan, dst unsafe.Pointer) error {
	if len(d.slabs) == 0 || d.slabs[0].plan != root || d.slabs[0].kind > slabPlain || root.size > 0 && d.slabs[0].n != 1 {
		return damaged("no root")
	}
	held := ballast(d.memory())
	defer runtime.KeepAlive(held)
	for i := range d.slabs {
		d.allocate(i, dst)
	}
	for i := range d.slabs {
		if d.slabs[i].kind == slabMaps {
			if err := d.createMaps(i); err != nil {
				return err
			}
		}
	}
	for i := range d.slabs {
		if s := &d.slabs[i]; s.kind == slabElems {
			if err := d.relocate(s); err != nil {
				return err
			}
		}
	}
	for i := range d.slabs {
		if s := &d.slabs[i]; s.kind == slabMaps && !s.filled {
			if err := d.fillMaps(i, func(j int, n uint64) (unsafe.Pointer, error) { return s.maps[j], nil }); err != nil {
				return err
			}
		}
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

// memory estimates what decoding allocates.
func (d *decoder) memory() (n uint64) {
	for i := range d.slabs {
		switch s := &d.slabs[i]; s.kind {
		case slabElems:
			n += s.n * uint64(s.plan.size)
		case slabMaps:
			n += mapMemory(s.n, d.slabs[i+1].n, &s.plan.ops[0])
		}
	}
	return n
}

// allocate gives slab i its memory. Without references it is the image itself;
// the root, alone in its slab, is built in the caller's variable, so that
// pointers into it are right.
func (d *decoder) allocate(i int, root unsafe.Pointer) {
	s := &d.slabs[i]
	switch {
	case s.kind >= slabMaps: // made one by one
	case len(s.image) == 0:
		s.base = zeroBase
	case s.kind == slabStrings || s.kind == slabPlain:
		s.base = unsafe.Pointer(&s.image[0])
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

// relocate turns the image of s into elements.
func (d *decoder) relocate(s *readSlab) error {
	r := d.relocation(s)
	if err := r.elements(s.base, int(s.n)); err != nil {
		return err
	}
	return r.end()
}

// relocation is the state of working through one slab.
type relocation struct {
	*decoder
	slab   *readSlab
	packed blockReader
	cols   [3][blockElems]uint64
	leaves []byte
	tabs   map[tabKey]unsafe.Pointer
	syncs  []syncMapFill
}

func (d *decoder) relocation(s *readSlab) *relocation {
	return &relocation{decoder: d, slab: s, packed: blockReader{rest: s.image}, leaves: s.leaves, tabs: map[tabKey]unsafe.Pointer{}}
}

// elements makes the next n elements at dst, which is zero.
func (r *relocation) elements(dst unsafe.Pointer, n int) error {
	pl := r.slab.plan
	size := int(pl.size)
	if !r.slab.isPacked() {
		image := r.packed.take(n * size)
		for i := range n {
			if err := r.element(pl, add(dst, uintptr(i*size)), image[i*size:][:size]); err != nil {
				return err
			}
		}
		return nil
	}
	for at := 0; at < n; at += blockElems {
		if err := r.block(pl, add(dst, uintptr(at*size)), min(blockElems, n-at)); err != nil {
			return err
		}
	}
	return nil
}

// end ends the work on a slab.
func (r *relocation) end() error {
	if len(r.leaves) > 0 {
		return damaged("codec values of no element")
	}
	r.decoder.syncs = append(r.decoder.syncs, r.syncs...)
	return nil
}

// element makes the element at dst, which is zero, from its image.
func (r *relocation) element(pl *plan, dst unsafe.Pointer, img []byte) error {
	for _, c := range pl.runs {
		copy(bytesAt(add(dst, c.off), c.end-c.off), img[c.off:c.end])
	}
	for i := range pl.ops {
		if err := r.part(&pl.ops[i], dst, img); err != nil {
			return err
		}
	}
	return nil
}

// part makes one part of the element at dst.
func (r *relocation) part(o *op, dst unsafe.Pointer, img []byte) error {
	at, ok := add(dst, o.off), true
	switch o.kind {
	case opPtr:
		*(*unsafe.Pointer)(at), ok = r.address(word(img, o.off), o.elem, 1)
	case opString:
		*(*string)(at), ok = r.str(word(img, o.off), word(img, o.off+8))
	case opSlice:
		*(*sliceHeader)(at), ok = r.slice(word(img, o.off), word(img, o.off+8), word(img, o.off+16), o.elem)
	case opMap:
		*(*unsafe.Pointer)(at), ok = r.mapAt(word(img, o.off), o.t)
	default:
		return r.rare(o, at, img)
	}
	if !ok {
		return damaged("reference")
	}
	return nil
}

func word(img []byte, off uintptr) uint64 { return binary.NativeEndian.Uint64(img[off:]) }

func (r *relocation) rare(o *op, at unsafe.Pointer, img []byte) error {
	switch o.kind {
	case opIface:
		return r.iface(o, at, word(img, o.off), word(img, o.off+8))
	case opArray:
		for i := range o.n {
			off := uintptr(i) * o.elem.size
			if err := r.element(o.elem, add(at, off), img[o.off+off:][:o.elem.size]); err != nil {
				return err
			}
		}
	case opNever:
		return damaged("%s", o.not.what)
	case opTime:
		copy(bytesAt(at, 16), img[o.off:])
	case opCodec:
		return r.codec(o, at, img)
	case opSyncMap:
		m, ok := r.mapAt(word(img, o.off), o.elem.t)
		if !ok {
			return damaged("sync.Map")
		}
		if m != nil {
			r.syncs = append(r.syncs, syncMapFill{(*sync.Map)(at), m})
		}
	}
	return nil
}

// address turns the ref of n elements into a pointer.
func (d *decoder) address(ref uint64, elem *plan, n uint64) (unsafe.Pointer, bool) {
	if ref == 0 {
		return nil, true
	}
	i, index := ref>>refShift, ref&(refByte|refMask)
	if i == 0 {
		return d.special(index, elem, n)
	}
	if i > uint64(len(d.slabs)) {
		return nil, false
	}
	s := &d.slabs[i-1]
	if s.plan == elem && s.kind <= slabPlain && index < s.n && n <= s.n-index {
		return add(s.base, uintptr(index)*elem.size), true
	}
	return s.interior(index, elem, n)
}

// special resolves refs into slab 0.
func (d *decoder) special(index uint64, elem *plan, n uint64) (unsafe.Pointer, bool) {
	if index == refEmpty {
		return zeroBase, elem.size == 0 || n == 0
	}
	if g := index - refGlobal; index >= refGlobal && g < uint64(len(d.globals)) && n == 1 {
		return globalByName(d.globals[g], elem.t)
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
	if !partFits(s.plan.t, int(count), uintptr(off%size), elem.t, int(n)) {
		return nil, false
	}
	return add(s.base, uintptr(off)), true
}

func (d *decoder) str(ref, n uint64) (string, bool) {
	if n == 0 {
		return "", ref == 0
	}
	i, off := ref>>refShift, ref&(refByte|refMask)
	if i == 0 || i > uint64(len(d.slabs)) {
		return "", false
	}
	s := &d.slabs[i-1]
	if s.kind != slabStrings || off >= s.n || n > s.n-off {
		return "", false
	}
	return unsafe.String((*byte)(add(s.base, uintptr(off))), int(n)), true
}

func (d *decoder) slice(ref, n, capacity uint64, elem *plan) (h sliceHeader, ok bool) {
	if ref == 0 {
		return h, n == 0 && capacity == 0
	}
	if capacity < n || capacity > refMask {
		return h, false
	}
	h.data, ok = d.address(ref, elem, capacity)
	h.len, h.cap = int(n), int(capacity)
	return h, ok
}

func (d *decoder) mapAt(ref uint64, t reflect.Type) (unsafe.Pointer, bool) {
	if ref == 0 {
		return nil, true
	}
	i, index := ref>>refShift, ref&(refByte|refMask)
	if i == 0 && index >= refGlobal && index-refGlobal < uint64(len(d.globals)) {
		return globalByName(d.globals[index-refGlobal], t)
	}
	if i == 0 || i > uint64(len(d.slabs)) {
		return nil, false
	}
	s := &d.slabs[i-1]
	if s.kind != slabMaps || s.plan.t != t || index >= s.n {
		return nil, false
	}
	return s.maps[index], true
}

// tabKey is a pair of interface type and dynamic type.
type tabKey struct {
	iface reflect.Type
	typ   uint64
}

// iface makes the interface of dynamic type number n at dst.
func (r *relocation) iface(o *op, dst unsafe.Pointer, n, ref uint64) error {
	if n == 0 {
		return nil
	}
	t, err := r.typeAt(n)
	if err != nil {
		return err
	}
	tab, ok := r.tabs[tabKey{o.t, n}]
	if !ok {
		if tab, ok = ifaceTab(o.t, t); !ok {
			return damaged("%s in a %s", t, o.t)
		}
		r.tabs[tabKey{o.t, n}] = tab
	}
	data, err := r.boxed(t, ref)
	if err != nil {
		return err
	}
	*(*twoWords)(dst) = twoWords{tab, data}
	return nil
}

// boxed returns the data word of an interface that holds a t.
func (r *relocation) boxed(t reflect.Type, ref uint64) (unsafe.Pointer, error) {
	if t == rtypeType {
		named, err := r.typeAt(ref)
		if err != nil {
			return nil, err
		}
		return reflect.ValueOf(named).UnsafePointer(), nil
	}
	pl := r.coder.plan(t)
	if !pl.direct {
		p, ok := r.address(ref, pl, 1)
		if !ok || p == nil {
			return nil, damaged("interface")
		}
		return p, nil
	}
	cell := new(unsafe.Pointer)
	err := r.element(pl, unsafe.Pointer(cell), binary.NativeEndian.AppendUint64(nil, ref))
	return *cell, err
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

func (r *relocation) codec(o *op, at unsafe.Pointer, img []byte) error {
	if hasIdentity(o.t) {
		n := word(img, o.off)
		if n == 0 {
			return nil
		}
		if n > uint64(len(r.objects)) || r.objects[n-1].t != o.t {
			return damaged("codec value %d", n)
		}
		reflect.NewAt(o.t, at).Elem().Set(reflect.NewAt(o.t, r.objects[n-1].p).Elem())
		return nil
	}
	if len(r.leaves) < 8 {
		return damaged("codec values end early")
	}
	n := binary.LittleEndian.Uint64(r.leaves)
	if n > uint64(len(r.leaves)-8) {
		return damaged("codec values end early")
	}
	data := r.leaves[8 : 8+n : 8+n]
	r.leaves = r.leaves[8+n:]
	if err := o.codec.decode(data, o.t, at); err != nil {
		return damaged("codec %s: %v", o.codec.name, err)
	}
	return nil
}
