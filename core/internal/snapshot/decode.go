package snapshot

import (
	"encoding/binary"
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
// slab, then the elements with their refs turned into pointers, then the maps,
// whose keys must be complete before they can be hashed.
func (d *decoder) build(root *plan, dst unsafe.Pointer) error {
	if len(d.slabs) == 0 || d.slabs[0].plan != root || d.slabs[0].kind > slabPlain || root.size > 0 && d.slabs[0].n != 1 {
		return damaged("no root")
	}
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
		if d.slabs[i].kind == slabMaps {
			if err := d.fillMaps(i); err != nil {
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

// allocate gives slab i its memory. Without references it is the image itself;
// the root, alone in its slab, is built in the caller's variable, so that
// pointers into it are right.
func (d *decoder) allocate(i int, root unsafe.Pointer) {
	s := &d.slabs[i]
	switch {
	case s.kind >= slabMaps: // made one by one
	case s.n == 0 || s.plan.size == 0:
		s.base = global.ZeroBase()
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

// word reads what putWord writes.
func word(img []byte, off uintptr) uint64 {
	if wordSize == 8 {
		return binary.NativeEndian.Uint64(img[off:])
	}
	return uint64(binary.NativeEndian.Uint32(img[off:]))
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
		return d.special(index, elem, n)
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

// special resolves refs into slab 0.
func (d *decoder) special(index uint64, elem *plan, n uint64) (unsafe.Pointer, bool) {
	if index == refEmpty {
		return global.ZeroBase(), elem.size == 0 || n == 0
	}
	if g := index - refGlobal; index >= refGlobal && g < uint64(len(d.globals)) && n == 1 {
		return global.ByName(d.globals[g], elem.t)
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

func (d *decoder) str(ref, n uint64) (string, bool) {
	if n == 0 {
		return "", ref == 0
	}
	s, off := d.slab(ref), ref&(refByte|refMask)
	if s == nil || s.kind != slabStrings || off >= s.n || n > s.n-off {
		return "", false
	}
	return unsafe.String((*byte)(add(s.base, uintptr(off))), int(n)), true
}

func (d *decoder) slice(ref, n, capacity uint64, elem *plan) (h sliceHeader, ok bool) {
	if ref == 0 {
		return h, n == 0 && capacity == 0
	}
	if capacity < n || capacity > maxLen {
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
	index := ref & (refByte | refMask)
	if g := index - refGlobal; ref>>refShift == 0 && index >= refGlobal && g < uint64(len(d.globals)) {
		return global.ByName(d.globals[g], t)
	}
	s := d.slab(ref)
	if s == nil || s.kind != slabMaps || s.plan.t != t || index >= s.n {
		return nil, false
	}
	return s.maps[index], true
}
