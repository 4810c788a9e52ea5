package snapshot

import (
	"encoding/binary"

	"github.com/fixturecache/fixturecache/core/internal/typeid"

	"github.com/cespare/xxhash/v2"
)

// The bytes, in order:
//
//	head    magic, length, sum of the stream, its end
//	stream  the root's type digest, its codecs, the number of elements of each
//	        arena but that of the root; then the elements as the encoder meets them
//	plain   the arenas of plain bytes, used where they lie
//
// The stream is not looked at before its sum has been checked. Plain bytes may be
// anything: to know that they are right is up to who stores them.

const (
	magic     = "fxsnap\x00\x07"
	headSize  = 32
	alignment = 8 // of each arena of plain bytes: no Go type needs more
)

// bytes returns the head, the stream and the plain bytes.
func (e *encoder) bytes(root *plan) []byte {
	var first buffer
	d := typeid.Of(root.t)
	first.add(d[:])
	first.text(codecNames(root))
	first.num(uint64(len(e.list) - 1))
	plain := uint64(0)
	for _, a := range e.list[1:] {
		first.num(a.n)
		plain += a.plain.size() + alignment
		if !a.inPlace() {
			e.memory += a.plan.memory(a.n)
		}
	}
	for !mayMake(first.size()+e.out.size(), e.memory) {
		e.out.num(0)
	}
	out := make([]byte, headSize, headSize+first.size()+e.out.size()+plain)
	out = e.out.appendTo(first.appendTo(out))
	end := len(out)
	for _, a := range e.list {
		if a.inPlace() {
			out = append(out, make([]byte, -uint(len(out))%alignment)...)
			out = a.plain.appendTo(out)
		}
	}
	copy(out, magic)
	for i, n := range []uint64{uint64(len(out)), xxhash.Sum64(out[headSize:end]), uint64(end)} {
		binary.LittleEndian.PutUint64(out[8+8*i:], n)
	}
	return out
}

// The memory that is made of a stream has at most ratioIdle bytes, and maxRatio bytes
// for each byte of the stream. Where it would have more, the encoder appends zeros.
const (
	maxRatio  = 16
	ratioIdle = 1 << 16
)

// mayMake reports whether so many bytes may stand for so much memory.
func mayMake(bytes, memory uint64) bool { return memory <= ratioIdle+maxRatio*bytes }

// memory estimates what n elements take, without the entries of maps.
func (p *plan) memory(n uint64) uint64 {
	if p.isContents() {
		return n * 64
	}
	return n * uint64(p.size)
}

// mapMemory estimates what n entries of a map take.
func (p *plan) mapMemory(n uint64) uint64 {
	entry := uint64(p.key.size + p.val.size)
	return min(n, 1)*(16+8*entry) + n*entry
}
