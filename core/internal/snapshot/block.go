package snapshot

import "unsafe"

// blockElems elements of a usual size stay in the first-level cache while their
// parts are worked through one after the other.
const blockElems = 128

// block relocates n elements part by part: a loop per part is several times as
// fast as a switch per part of each element.
func (r *relocation) block(pl *plan, dst unsafe.Pointer, img []byte, n int) error {
	src := unsafe.Pointer(unsafe.SliceData(img))
	for _, c := range pl.runs {
		copyRuns(add(dst, c.off), add(src, c.off), c.end-c.off, pl.size, n)
	}
	for i := range pl.ops {
		o := &pl.ops[i]
		ok := true
		switch o.kind {
		case opPtr:
			ok = r.pointers(o, add(dst, o.off), add(src, o.off), pl.size, n)
		case opString:
			ok = r.strings(add(dst, o.off), add(src, o.off), pl.size, n)
		case opTime:
			copyRuns(add(dst, o.off), add(src, o.off), 16, pl.size, n)
		default:
			if err := r.others(o, dst, img, pl.size, n); err != nil {
				return err
			}
		}
		if !ok {
			return damaged("pointer")
		}
	}
	return nil
}

// copyRuns copies size bytes of each of n elements stride bytes apart.
func copyRuns(dst, src unsafe.Pointer, size, stride uintptr, n int) {
	switch size {
	case 8:
		for i := range uintptr(n) {
			*(*uint64)(add(dst, i*stride)) = *(*uint64)(add(src, i*stride))
		}
	case 16:
		for i := range uintptr(n) {
			*(*[2]uint64)(add(dst, i*stride)) = *(*[2]uint64)(add(src, i*stride))
		}
	default:
		for i := range uintptr(n) {
			copy(bytesAt(add(dst, i*stride), size), bytesAt(add(src, i*stride), size))
		}
	}
}

// pointers relocates one pointer of each element; nearly all lead into the slab
// that the one before led to.
func (r *relocation) pointers(o *op, dst, src unsafe.Pointer, stride uintptr, n int) bool {
	var base unsafe.Pointer
	var slab, count uint64
	size := o.elem.size
	for i := range uintptr(n) {
		ref := *(*uint64)(add(src, i*stride))
		if ref == 0 {
			continue
		}
		if index := ref & (refByte | refMask); ref>>refShift == slab && index < count {
			*(*unsafe.Pointer)(add(dst, i*stride)) = add(base, uintptr(index)*size)
			continue
		}
		p, ok := r.address(ref, o.elem, 1)
		if !ok {
			return false
		}
		*(*unsafe.Pointer)(add(dst, i*stride)) = p
		if at := ref >> refShift; at != 0 {
			if s := &r.slabs[at-1]; s.plan == o.elem && s.kind <= slabPlain {
				slab, base, count = at, s.base, s.n
			}
		}
	}
	return true
}

func (r *relocation) strings(dst, src unsafe.Pointer, stride uintptr, n int) bool {
	for i := range uintptr(n) {
		words := (*[2]uint64)(add(src, i*stride))
		s, ok := r.str(words[0], words[1])
		if !ok {
			return false
		}
		*(*string)(add(dst, i*stride)) = s
	}
	return true
}

// others relocates parts that take more than a word or two.
func (r *relocation) others(o *op, dst unsafe.Pointer, img []byte, stride uintptr, n int) error {
	for i := range uintptr(n) {
		if err := r.part(o, add(dst, i*stride), img[i*stride:][:stride]); err != nil {
			return err
		}
	}
	return nil
}
