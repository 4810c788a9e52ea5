package snapshot

import (
	"encoding/binary"
	"hash"
	"math/bits"
	"unsafe"

	"github.com/cespare/xxhash/v2"
)

// sink takes what is hashed, or compares it word by word with what another one
// has taken.
type sink struct {
	h     hash.Hash
	buf   []byte
	n     int // bytes that h has got
	trace *trace
}

func newSink(h hash.Hash) *sink { return &sink{h: h, buf: make([]byte, 0, 4096)} }

func (s *sink) word(n uint64) {
	if s.trace != nil {
		s.trace.token(n)
		return
	}
	s.room(8)
	s.buf = binary.LittleEndian.AppendUint64(s.buf, n)
}

func (s *sink) string(str string) {
	s.word(uint64(len(str)))
	s.write(unsafe.Slice(unsafe.StringData(str), len(str)))
}

func (s *sink) bytes(p unsafe.Pointer, n uintptr) { s.write(bytesAt(p, n)) }

func (s *sink) write(data []byte) {
	if s.trace != nil {
		s.trace.write(data)
		return
	}
	if len(data) > cap(s.buf)/2 {
		s.flush()
		s.h.Write(data)
		s.n += len(data)
		return
	}
	s.room(len(data))
	s.buf = append(s.buf, data...)
}

func (s *sink) room(n int) {
	if len(s.buf)+n > cap(s.buf) {
		s.flush()
	}
}

func (s *sink) flush() {
	s.h.Write(s.buf)
	s.n += len(s.buf)
	s.buf = s.buf[:0]
}

// digest returns the hash of all that was taken.
func (s *sink) digest() hash.Hash {
	s.flush()
	return s.h
}

// sum64 returns the xxhash64 of all that was taken, and begins anew.
func (s *sink) sum64() (sum uint64) {
	if s.n == 0 {
		sum = xxhash.Sum64(s.buf)
	} else {
		sum = s.digest().(hash.Hash64).Sum64()
		s.h.Reset()
	}
	s.buf, s.n = s.buf[:0], 0
	return sum
}

// length takes a length. Where it differs, least is the smaller of the two.
func (s *sink) length(n int) (least int, differs bool) {
	s.word(uint64(n))
	_, differs = s.difference()
	if differs {
		least = min(n, int(s.trace.other))
	}
	return least, differs
}

// difference reports whether what was taken differs from what is wanted, and at
// which byte of the last piece.
func (s *sink) difference() (off uintptr, differs bool) {
	if s.trace == nil {
		return 0, false
	}
	return s.trace.off, s.trace.differs
}

// trace are all words of a value, for a second one to be compared with.
type trace struct {
	words   []uint64
	at      int // the next that is compared
	compare bool
	differs bool
	off     uintptr // in the piece that differs
	other   uint64  // the word that differs on the other side
}

func (t *trace) token(w uint64) bool {
	switch {
	case !t.compare:
		t.words = append(t.words, w)
	case t.differs:
	case t.at == len(t.words) || t.words[t.at] != w:
		t.differs = true
		if t.at < len(t.words) {
			t.other = t.words[t.at]
		}
	default:
		t.at++
	}
	return !t.differs
}

func (t *trace) write(data []byte) {
	for off := 0; off < len(data); off += 8 {
		var piece [8]byte
		copy(piece[:], data[off:])
		if w := binary.LittleEndian.Uint64(piece[:]); !t.token(w) {
			t.off = uintptr(off + bits.TrailingZeros64(w^t.other)/8)
			return
		}
	}
}
