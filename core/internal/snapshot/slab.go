package snapshot

import (
	"encoding/binary"
	"hash"
	"math"
	"unsafe"
)

// A slab holds all elements of one type, one after the other, in memory
// layout. What would be a pointer is a ref: the slab's number and the byte in
// it. Number 0 is no slab: ref 0 is nil, refEmpty stands for memory of no size.
type slab struct {
	index   int
	kind    slabKind
	plan    *plan    // elements; of a map slab: the map type
	layout  *plan    // of what the image consists of
	out     buffer   // the image
	n       uint64   // elements assigned so far: the image runs behind it
	todo    []uint32 // met, not yet written
	block   []byte   // elements not yet in out
	held    int      // how many
	packed  bool     // in blocks
	leaves  buffer   // what codecs wrote for elements, in their order
	keys    *slab    // of a map slab
	vals    *slab
	entries *entries
	recent  map[string]uint64 // refs of small texts
}

type slabKind uint8

const (
	slabElems   slabKind = iota // elements with references: copied and relocated
	slabPlain                   // elements without: used where they lie in the file
	slabStrings                 // bytes of strings
	slabMaps                    // a count for each map
	slabKeys                    // entries of all maps of one slab
	slabVals
)

// A ref is a slab's number and the index of an element in it or, with refByte
// set, the index of a byte: a pointer to a part of an element.
const (
	refShift  = 40
	refByte   = 1 << (refShift - 1)
	refMask   = refByte - 1
	maxLen    = refMask & math.MaxInt
	refEmpty  = 1 // slab 0: memory of no size
	refGlobal = 2 // slab 0: the first registered global
)

// layout returns the plan of what the image consists of.
func (k slabKind) layout(pl *plan) *plan {
	if k == slabMaps {
		return wordPlan
	}
	return pl
}

// packs reports whether elements are stored in blocks.
func (k slabKind) packs() bool { return k != slabStrings && k != slabPlain }

// elem returns room for the image of the next element; it is zero.
func (s *slab) elem() []byte {
	size := int(s.layout.size)
	if !s.packed {
		return s.out.room(size)
	}
	if s.held == s.layout.perBlock {
		s.flush()
	}
	at := s.held * size
	if at == len(s.block) {
		s.block = append(s.block, make([]byte, min(max(8*size, len(s.block)), s.layout.perBlock*size-at))...)
	}
	s.held++
	return s.block[at : at+size : at+size]
}

// flush packs the elements at hand.
func (s *slab) flush() {
	if s.held > 0 {
		s.out.pack(s.layout, unsafe.Pointer(unsafe.SliceData(s.block)), s.held)
		clear(s.block)
		s.held = 0
	}
}

// minImage returns how many bytes must stand for so many bytes of memory.
func minImage(decoded uint64) uint64 {
	if decoded <= ratioIdle {
		return 0
	}
	return (decoded - ratioIdle + maxRatio - 1) / maxRatio
}

// mapMemory estimates what n maps with so many entries in all take.
func mapMemory(n, entries uint64, o *op) uint64 {
	return n*64 + min(n, entries)*(16+8*uint64(o.key.size+o.elem.size))
}

// elemsOf returns the kind of a slab of elements of pl.
func elemsOf(pl *plan) slabKind {
	if pl.plain() {
		return slabPlain
	}
	return slabElems
}

func (s *slab) ref(index uint64) uint64 { return uint64(s.index)<<refShift | index }

// buffer collects bytes without copying them again as it grows; big pieces of
// the value itself are only pointed at.
type buffer struct {
	done [][]byte
	last []byte
	n    uint64
	sum  hash.Hash // where only a digest is wanted: takes the pieces
}

const (
	firstPiece  = 512
	maxPiece    = 4 << 20
	hashedPiece = 16 << 10 // stays in the cache
	borrowAbove = 32 << 10 // copying less is cheaper than another piece
)

// room returns n bytes to be filled in; they are zero.
func (b *buffer) room(n int) []byte {
	if cap(b.last)-len(b.last) < n {
		b.next(n)
	}
	at := len(b.last)
	b.last = b.last[:at+n]
	b.n += uint64(n)
	return b.last[at : at+n : at+n]
}

func (b *buffer) next(n int) {
	b.keep(b.last)
	size := min(max(2*cap(b.last), firstPiece), maxPiece)
	if b.sum != nil {
		if size = min(size, hashedPiece); cap(b.last) >= max(size, n) { // nobody will look at it again
			clear(b.last)
			b.last = b.last[:0]
			return
		}
	}
	b.last = make([]byte, 0, max(size, n))
}

// borrow appends data without copying; it must not change until it is written.
func (b *buffer) borrow(data []byte) {
	if len(data) < borrowAbove {
		copy(b.room(len(data)), data)
		return
	}
	rest := b.last
	b.keep(rest)
	b.keep(data)
	b.last = rest[len(rest):cap(rest):cap(rest)][:0]
	b.n += uint64(len(data))
}

func (b *buffer) keep(piece []byte) {
	switch {
	case len(piece) == 0:
	case b.sum != nil:
		b.sum.Write(piece)
	default:
		b.done = append(b.done, piece)
	}
}

// digest returns the digest of all bytes, where only that is wanted.
func (b *buffer) digest() []byte {
	if b.sum == nil {
		return nil
	}
	b.sum.Write(b.last)
	return b.sum.Sum(nil)
}

// putWord writes a word of the machine.
func putWord(dst []byte, off uintptr, w uint64) {
	if wordSize == 8 {
		binary.NativeEndian.PutUint64(dst[off:], w)
	} else {
		binary.NativeEndian.PutUint32(dst[off:], uint32(w))
	}
}

// putRef writes a reference where the value has a pointer. In a word of 32 bits
// a short form of it is stored; for a digest, what has no room there is written
// beside the image.
func (e *encoder) putRef(dst []byte, off uintptr, ref uint64) {
	switch {
	case wordSize == 8:
		putWord(dst, off, ref)
	case e.purpose == toStore:
		short, ok := shortRef(ref)
		e.tooLarge = e.tooLarge || !ok
		putWord(dst, off, short)
	default:
		putWord(dst, off, ref)
		e.beside(binary.NativeEndian.AppendUint32(nil, uint32(ref>>32)))
	}
}

// A short ref has the same parts as a ref in 32 bits.
const (
	shortShift = 23
	shortByte  = 1 << (shortShift - 1)
	shortMask  = shortByte - 1
)

// shortRef returns the short form of a ref, unless its parts are too large.
func shortRef(ref uint64) (short uint64, ok bool) {
	slab, index := ref>>refShift, ref&refMask
	short = slab<<shortShift | index
	if ref&refByte != 0 {
		short |= shortByte
	}
	return short, slab < 1<<(32-shortShift) && index <= shortMask
}

// longRefs turns short refs into refs.
func longRefs(refs []uint64) {
	for i, short := range refs {
		refs[i] = short>>shortShift<<refShift | short&shortMask
		if short&shortByte != 0 {
			refs[i] |= refByte
		}
	}
}

// beside writes bytes that go with the slab's elements, in their order.
func (e *encoder) beside(data []byte) {
	to := &e.current.leaves
	if e.newSum != nil && to.sum == nil {
		to.sum = e.newSum()
	}
	to.borrow(data)
}

func stringBytes(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }
