package snapshot

import (
	"encoding/binary"
	"hash"
	"math"
	"unsafe"
)

// A slab holds all that a value has of one type, one after the other. What would
// be a pointer is a ref: the slab's number and the index in it. Number 0 is no slab:
// ref 0 is nil, refEmpty stands for memory of no size.
type slab struct {
	index   int
	kind    slabKind
	plan    *plan    // of an element; of a slab of maps: of the map type
	out     buffer   // what is written
	n       uint64   // elements assigned so far: what is written runs behind them
	todo    []uint32 // met, not yet written
	last    []uint64 // by slab, the index behind what was referred to last
	counts  buffer   // of a slab of maps: the number of entries of each
	held    uint64   // of a slab of maps: the number of entries of all
	entries *entries
}

type slabKind uint8

const (
	slabElems   slabKind = iota // elements, part by part
	slabPlain                   // elements that are plain bytes: used where they lie in the file
	slabStrings                 // bytes of strings, likewise
	slabMaps                    // the number of entries of each map, then all entries
	slabObjects                 // what codecs wrote for things with an identity
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

// elemsOf returns the kind of a slab of elements of pl.
func elemsOf(pl *plan) slabKind {
	if pl.flat {
		return slabPlain
	}
	return slabElems
}

// inPlace reports whether elements are used where they lie.
func (k slabKind) inPlace() bool { return k == slabPlain || k == slabStrings }

func (s *slab) ref(index uint64) uint64 { return uint64(s.index)<<refShift | index }

// putRef writes the ref of n elements. Most lead to what lies behind the last that
// was referred to from the same slab, so that a difference takes one byte.
func (e *encoder) putRef(ref uint64, n int) {
	s := e.current
	slab, index := ref>>refShift, ref&refMask
	switch {
	case e.look != nil || ref == 0:
		s.out.num(ref)
	case ref&refByte != 0 || slab == 0:
		s.out.num(slab<<1 | 1)
		s.out.num(index)
	default:
		for uint64(len(s.last)) <= slab {
			s.last = append(s.last, 0)
		}
		diff := int64(index - s.last[slab])
		s.last[slab] = index + uint64(n)
		s.out.num(slab << 1)
		s.out.num(uint64(diff)<<1 ^ uint64(diff>>63))
	}
}

// What is made of the bytes of a slab in memory is at most maxRatio times as much,
// or the encoder adds zeros to them. What is small need not keep to it.
const (
	maxRatio  = 16
	ratioIdle = 4096
)

// mayMake reports whether so many bytes may stand for so much memory.
func mayMake(bytes, memory uint64) bool { return memory <= ratioIdle+maxRatio*bytes }

// memory estimates what n elements take that are made of a slab; of maps: what
// maps take that have so many entries in all.
func (k slabKind) memory(pl *plan, n, entries uint64) uint64 {
	switch k {
	case slabElems, slabObjects:
		return n * uint64(pl.size)
	case slabMaps:
		entry := uint64(pl.ops[0].key.size + pl.ops[0].elem.size)
		return n*64 + min(n, entries)*(16+8*entry) + entries*entry
	}
	return 0
}

// buffer collects bytes without copying them again as it grows; big pieces of
// the value itself are only pointed at.
type buffer struct {
	done [][]byte
	last []byte
	sum  hash.Hash // where only a digest is wanted: takes the pieces
}

const (
	firstPiece  = 512
	maxPiece    = 4 << 20
	hashedPiece = 16 << 10 // stays in the cache
	borrowAbove = 32 << 10 // copying less is cheaper than another piece
)

// room makes room for n bytes.
func (b *buffer) room(n int) {
	if cap(b.last)-len(b.last) >= n {
		return
	}
	b.keep(b.last)
	if b.sum != nil && cap(b.last) >= max(n, hashedPiece) { // nobody will look at it again
		b.last = b.last[:0]
		return
	}
	b.last = make([]byte, 0, max(n, min(max(2*cap(b.last), firstPiece), maxPiece)))
}

//go:noinline
func (b *buffer) num(n uint64) {
	b.room(binary.MaxVarintLen64)
	b.last = binary.AppendUvarint(b.last, n)
}

// add appends data; what is large must not change until it is written.
func (b *buffer) add(data []byte) {
	if len(data) < borrowAbove {
		b.room(len(data))
		b.last = append(b.last, data...)
		return
	}
	rest := b.last
	b.keep(rest)
	b.keep(data)
	b.last = rest[len(rest):cap(rest):cap(rest)][:0]
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

func (b *buffer) size() uint64 {
	n := len(b.last)
	for _, piece := range b.done {
		n += len(piece)
	}
	return uint64(n)
}

//go:noinline
func (b *buffer) appendTo(out []byte) []byte {
	for _, piece := range b.done {
		out = append(out, piece...)
	}
	return append(out, b.last...)
}

// reset begins anew, in the same memory.
func (b *buffer) reset() {
	b.done, b.last = nil, b.last[:0]
	if b.sum != nil {
		b.sum.Reset()
	}
}

// digest returns the digest of all bytes, where only that is wanted.
func (b *buffer) digest() []byte {
	b.sum.Write(b.last)
	return b.sum.Sum(nil)
}

func stringBytes(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }
