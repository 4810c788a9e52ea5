package snapshot

import "unsafe"

// block makes the next n elements of a packed image at dst, column by column: a
// loop per part is several times as fast as a switch per part of each element.
func (r *relocation) block(pl *plan, dst unsafe.Pointer, n int) error {
	b := &r.packed
	b.block(pl, n)
	for i, c := range pl.cols[:pl.runCols] {
		if c.size > wordSize {
			copyIn(add(dst, c.off), b.bytes(c.size), c.size, pl.size)
		} else {
			scatter(add(dst, c.off), b.column(i, c, &r.cols[0]), c.size, pl.size)
		}
	}
	at := pl.runCols
	for i := range pl.ops {
		o := &pl.ops[i]
		var words [3][]uint64
		for w := range o.kind.words() {
			words[w] = b.column(at, pl.cols[at], &r.cols[w])
			at++
		}
		if b.bad {
			break
		}
		if err := r.columns(o, add(dst, o.off), pl.size, words); err != nil {
			return err
		}
	}
	if b.bad {
		return damaged("packed elements")
	}
	return nil
}

// columns relocates one part of each element.
func (r *relocation) columns(o *op, dst unsafe.Pointer, stride uintptr, words [3][]uint64) error {
	ok := true
	switch o.kind {
	case opPtr:
		ok = r.pointers(o, dst, stride, words[0])
	case opString:
		ok = r.strings(dst, stride, words[0], words[1])
	case opSlice:
		for i := uintptr(0); i < uintptr(len(words[0])) && ok; i++ {
			*(*sliceHeader)(add(dst, i*stride)), ok = r.slice(words[0][i], words[1][i], words[2][i], o.elem)
		}
	case opMap:
		for i := uintptr(0); i < uintptr(len(words[0])) && ok; i++ {
			*(*unsafe.Pointer)(add(dst, i*stride)), ok = r.mapAt(words[0][i], o.t)
		}
	case opTime:
		scatter(dst, words[0], wordSize, stride)
		scatter(add(dst, wordSize), words[1], wordSize, stride)
	case opIface:
		for i := range words[0] {
			if err := r.iface(o, add(dst, uintptr(i)*stride), words[0][i], words[1][i]); err != nil {
				return err
			}
		}
	}
	if !ok {
		return damaged("reference")
	}
	return nil
}

// copyIn copies size bytes to each element.
func copyIn(dst unsafe.Pointer, src []byte, size, stride uintptr) {
	for i := uintptr(0); uintptr(len(src)) >= size; i++ {
		copy(bytesAt(add(dst, i*stride), size), src)
		src = src[size:]
	}
}

// scatter writes a column of plain words of this size.
func scatter(dst unsafe.Pointer, vals []uint64, size, stride uintptr) {
	switch size {
	case 8:
		for i, v := range vals {
			*(*uint64)(add(dst, uintptr(i)*stride)) = v
		}
	case 4:
		for i, v := range vals {
			*(*uint32)(add(dst, uintptr(i)*stride)) = uint32(v)
		}
	case 2:
		for i, v := range vals {
			*(*uint16)(add(dst, uintptr(i)*stride)) = uint16(v)
		}
	default:
		for i, v := range vals {
			*(*uint8)(add(dst, uintptr(i)*stride)) = uint8(v)
		}
	}
}

// pointers relocates one pointer of each element; nearly all lead into the slab
// that the one before led to.
func (r *relocation) pointers(o *op, dst unsafe.Pointer, stride uintptr, refs []uint64) bool {
	var base unsafe.Pointer
	var slab, count uint64
	size := o.elem.size
	for i, ref := range refs {
		if ref == 0 {
			continue
		}
		if index := ref & (refByte | refMask); ref>>refShift == slab && index < count {
			*(*unsafe.Pointer)(add(dst, uintptr(i)*stride)) = add(base, uintptr(index)*size)
			continue
		}
		p, ok := r.address(ref, o.elem, 1)
		if !ok {
			return false
		}
		*(*unsafe.Pointer)(add(dst, uintptr(i)*stride)) = p
		if at := ref >> refShift; at != 0 {
			if s := &r.slabs[at-1]; s.plan == o.elem && s.kind <= slabPlain {
				slab, base, count = at, s.base, s.n
			}
		}
	}
	return true
}

// strings makes one string of each element; all lie in one slab.
func (r *relocation) strings(dst unsafe.Pointer, stride uintptr, refs, lens []uint64) bool {
	var base unsafe.Pointer
	var slab, count uint64
	for i, ref := range refs {
		n, off := lens[i], ref&(refByte|refMask)
		if ref>>refShift == slab && off < count && n <= count-off && n > 0 {
			*(*string)(add(dst, uintptr(i)*stride)) = unsafe.String((*byte)(add(base, uintptr(off))), int(n))
			continue
		}
		s, ok := r.str(ref, n)
		if !ok {
			return false
		}
		*(*string)(add(dst, uintptr(i)*stride)) = s
		if at := ref >> refShift; at != 0 {
			slab, base, count = at, r.slabs[at-1].base, r.slabs[at-1].n
		}
	}
	return true
}
