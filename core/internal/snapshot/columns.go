package snapshot

import (
	"encoding/binary"
	"reflect"
	"unsafe"
)

// Elements with references are stored in blocks and within a block word by
// word: the same word of neighbours differs little, so that it takes a byte or
// two of difference to the least of them. That is less to read, to check and
// to have faulted in, and it is undone in the first-level cache.
//
// A block is a code for each column, and for each column its base, if the code
// says so, and its differences; then, for each part that is an array, the blocks
// of its elements. All take multiples of eight bytes.

const (
	blockElems    = 128
	blockSize     = 128 << 10 // has to fit in the cache: of large elements there are fewer in a block
	maxRunColumns = 8         // a run of more words is copied

	// maxRatio bounds what is made of an image in memory. The encoder adds
	// zeros to an image that would be smaller.
	maxRatio  = 16
	ratioIdle = 4096 // what is small need not keep to it
)

// column is one word of each element, or more than eight bytes to be copied.
type column struct{ off, size uintptr }

const (
	codeWidth = 0x0f // bytes of each difference: 0, 1, 2, 4 or 8
	codeBase  = 0x10
	codeNil   = 0x20 // no difference stands for 0, as of a nil pointer among others
)

// wordPlan is of the counts in a map slab.
var wordPlan = &plan{
	t: reflect.TypeFor[uint64](), size: 8, align: 8, runs: []run{{0, 8}}, flat: true, filled: true,
	cols: []column{{0, 8}}, runCols: 1, perBlock: blockElems,
}

// layOut splits elements of p into columns.
func (p *plan) layOut() {
	p.cols = nil
	for _, r := range p.runs {
		p.cols = append(p.cols, r.columns(p.align)...)
	}
	p.runCols = len(p.cols)
	for i := range p.ops {
		o := &p.ops[i]
		size := wordSize
		if o.kind == opTime {
			size = 8
		}
		for w := range uintptr(o.words()) {
			p.cols = append(p.cols, column{o.off + w*size, size})
		}
	}
	p.leaves = p.hasLeaves()
	if len(p.ops) == 1 && p.ops[0].kind == opMap {
		p.fast = fastMapFor(p.ops[0].key, p.ops[0].elem)
	}
	p.perBlock = blockElems
	if p.size > 0 {
		p.perBlock = int(max(1, min(blockElems, blockSize/p.size)))
	}
}

// isRef reports whether word w of a part is a ref, or a number in a table.
func (o *op) isRef(w int) bool {
	return o.kind != opTime && (w == 0 || o.kind == opIface)
}

// words returns how many words of an image a part takes.
func (o *op) words() int {
	switch o.kind {
	case opPtr, opMap, opSyncMap:
		return 1
	case opString, opIface, opTime:
		return 2
	case opSlice:
		return 3
	case opCodec:
		if hasIdentity(o.t) {
			return 1
		}
	}
	return 0
}

// hasLeaves reports whether codecs write values of no identity for elements of p.
func (p *plan) hasLeaves() bool {
	for i := range p.ops {
		if o := &p.ops[i]; o.kind == opCodec && o.words() == 0 || o.kind == opArray && o.elem.hasLeaves() {
			return true
		}
	}
	return false
}

// columns splits r into words that lie as their size demands.
func (r run) columns(align uintptr) (cols []column) {
	for off := r.off; off < r.end; {
		size := min(align, wordSize)
		for off%size != 0 || off+size > r.end {
			size /= 2
		}
		cols = append(cols, column{off, size})
		off += size
	}
	if len(cols) > maxRunColumns {
		return []column{{r.off, r.end - r.off}}
	}
	return cols
}

func roundUp8(n int) int { return (n + 7) &^ 7 }

// pack appends a block of n elements at src.
func (b *buffer) pack(pl *plan, src unsafe.Pointer, n int) {
	codes := b.room(roundUp8(len(pl.cols)))
	var vals [blockElems]uint64
	for i, c := range pl.cols {
		if c.size > 8 {
			dst := b.room(roundUp8(n * int(c.size)))
			for i := range uintptr(n) {
				copy(dst[i*c.size:], bytesAt(add(src, c.off+i*pl.size), c.size))
			}
			continue
		}
		least, most, nils := gather(vals[:n], add(src, c.off), c.size, pl.size)
		codes[i] = b.packColumn(vals[:n], least, most, nils)
	}
	for i := range pl.ops {
		if o := &pl.ops[i]; o.kind == opArray {
			o.eachBlock(src, pl.size, n, func(p unsafe.Pointer, n int) error {
				b.pack(o.elem, p, n)
				return nil
			})
		}
	}
}

// eachBlock calls f with the blocks of an array in each of n elements at p.
func (o *op) eachBlock(p unsafe.Pointer, stride uintptr, n int, f func(p unsafe.Pointer, n int) error) error {
	for i := range uintptr(n) {
		for at := 0; at < o.n; at += o.elem.perBlock {
			if err := f(add(p, i*stride+o.off+uintptr(at)*o.elem.size), min(o.elem.perBlock, o.n-at)); err != nil {
				return err
			}
		}
	}
	return nil
}

// gather reads a column. least is the least value but 0; nils tells whether
// there is a 0.
func gather(vals []uint64, src unsafe.Pointer, size, stride uintptr) (least, most uint64, nils bool) {
	least = ^uint64(0)
	for i := range vals {
		v := loadWord(add(src, uintptr(i)*stride), size)
		least, most = min(least, v-1), max(most, v) // 0-1 is the most there is
		nils = nils || v == 0
		vals[i] = v
	}
	return least + 1, most, nils
}

func widthOf(v uint64) int {
	switch {
	case v == 0:
		return 0
	case v < 1<<8:
		return 1
	case v < 1<<16:
		return 2
	case v < 1<<32:
		return 4
	}
	return 8
}

// packColumn appends a column and returns its code.
func (b *buffer) packColumn(vals []uint64, least, most uint64, nils bool) byte {
	base, code := least, byte(codeBase)
	if nils {
		base, code = least-1, codeBase|codeNil
	}
	width := widthOf(most - base)
	if most == 0 || width == widthOf(most) {
		base, code, width = 0, 0, widthOf(most) // a base would save nothing
	} else {
		binary.NativeEndian.PutUint64(b.room(8), base)
	}
	if width == 0 {
		return code
	}
	if code&codeNil != 0 {
		for i, v := range vals {
			if v == 0 {
				vals[i] = base
			}
		}
	}
	dst := unsafe.Pointer(unsafe.SliceData(b.room(roundUp8(len(vals) * width))))
	for i, v := range vals {
		storeWord(add(dst, uintptr(i*width)), uintptr(width), v-base)
	}
	return code | byte(width)
}

// columnReader takes packed blocks apart, column by column.
type columnReader struct {
	rest  []byte // of the image
	codes []byte
	n     int // elements in this block
	bad   bool
}

// block begins the next block, of n elements.
func (b *columnReader) block(pl *plan, n int) {
	b.codes, b.n = b.take(roundUp8(len(pl.cols))), n
}

func (b *columnReader) take(n int) []byte {
	if n > len(b.rest) {
		b.bad, b.rest = true, nil
		return nil
	}
	part := b.rest[:n:n]
	b.rest = b.rest[n:]
	return part
}

// bytes returns a column of n times size bytes.
func (b *columnReader) bytes(size uintptr) []byte { return b.take(roundUp8(b.n * int(size))) }

// column fills vals with column i, which is c; where the image ends early it
// sets bad, and what is in vals does not matter.
func (b *columnReader) column(i int, c column, vals *[blockElems]uint64) []uint64 {
	out := vals[:b.n]
	if b.bad {
		return out
	}
	code, base := b.codes[i], uint64(0)
	width := code & codeWidth
	if code&^(codeWidth|codeBase|codeNil) != 0 || uintptr(width) > c.size || width&(width-1) != 0 {
		b.bad = true
		return out
	}
	if code&codeBase != 0 {
		if part := b.take(8); part != nil {
			base = binary.NativeEndian.Uint64(part)
		}
	}
	data := b.take(roundUp8(b.n * int(width)))
	if b.bad {
		return out
	}
	src := unsafe.Pointer(unsafe.SliceData(data))
	for i := range out {
		out[i] = base + loadWord(add(src, uintptr(i)*uintptr(width)), uintptr(width))
	}
	if code&codeNil != 0 {
		for i, v := range out {
			if v == base {
				out[i] = 0
			}
		}
	}
	return out
}

// scatter writes a column of plain words of this size.
func scatter(dst unsafe.Pointer, vals []uint64, size, stride uintptr) {
	for i, v := range vals {
		storeWord(add(dst, uintptr(i)*stride), size, v)
	}
}

// loadWord returns the number of 0, 1, 2, 4 or 8 bytes at p.
func loadWord(p unsafe.Pointer, size uintptr) uint64 {
	switch size {
	case 8:
		return *(*uint64)(p)
	case 4:
		return uint64(*(*uint32)(p))
	case 2:
		return uint64(*(*uint16)(p))
	case 1:
		return uint64(*(*uint8)(p))
	}
	return 0
}

func storeWord(p unsafe.Pointer, size uintptr, v uint64) {
	switch size {
	case 8:
		*(*uint64)(p) = v
	case 4:
		*(*uint32)(p) = uint32(v)
	case 2:
		*(*uint16)(p) = uint16(v)
	case 1:
		*(*uint8)(p) = uint8(v)
	}
}
