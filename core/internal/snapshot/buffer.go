package snapshot

import (
	"encoding/binary"
	"hash"
	"unsafe"
)

// buffer collects bytes without copying them again as it grows; big pieces of
// the value itself are only pointed at.
type buffer struct {
	done [][]byte
	last []byte
	kept uint64    // bytes before last
	sum  hash.Hash // takes the pieces where only a digest is wanted, else nil
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

func (b *buffer) num(n uint64) {
	b.room(binary.MaxVarintLen64)
	b.last = binary.AppendUvarint(b.last, n)
}

// add appends data. Large data must not change until it is written.
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

// text appends a string with its length in front.
func (b *buffer) text(s string) {
	b.num(uint64(len(s)))
	b.add(stringBytes(s))
}

func (b *buffer) keep(piece []byte) {
	b.kept += uint64(len(piece))
	switch {
	case len(piece) == 0:
	case b.sum != nil:
		b.sum.Write(piece)
	default:
		b.done = append(b.done, piece)
	}
}

func (b *buffer) size() uint64 { return b.kept + uint64(len(b.last)) }

func (b *buffer) appendTo(out []byte) []byte {
	for _, piece := range b.done {
		out = append(out, piece...)
	}
	return append(out, b.last...)
}

// digest returns the digest of all bytes, where only that is wanted.
func (b *buffer) digest() []byte {
	b.sum.Write(b.last)
	return b.sum.Sum(nil)
}

func stringBytes(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }
