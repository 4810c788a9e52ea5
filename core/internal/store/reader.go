package store

import (
	"encoding/binary"
	"math"
)

// A Reader takes values off bytes, numbers as varints and strings behind their
// length; Bad is set when it ran out of them.
type Reader struct {
	Rest string
	Bad  bool
}

// Take takes n bytes.
//
//go:noinline
func (r *Reader) Take(n int) string {
	if n < 0 || n > len(r.Rest) {
		r.Bad, r.Rest = true, ""
		return ""
	}
	out := r.Rest[:n]
	r.Rest = r.Rest[n:]
	return out
}

// Byte takes a byte.
func (r *Reader) Byte() byte {
	if b := r.Take(1); b != "" {
		return b[0]
	}
	return 0
}

// Uint takes what binary.AppendUvarint wrote.
func (r *Reader) Uint() uint64 {
	var x uint64
	for shift := 0; shift < 64; shift += 7 {
		b := r.Byte()
		x |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return x
		}
	}
	r.Bad = true
	return 0
}

// Int takes what binary.AppendVarint wrote.
func (r *Reader) Int() int64 {
	u := r.Uint()
	x := int64(u >> 1)
	if u&1 != 0 {
		x = ^x
	}
	return x
}

// Uint64 takes eight bytes, the least first.
func (r *Reader) Uint64() uint64 {
	if b := r.Take(8); b != "" {
		return binary.LittleEndian.Uint64([]byte(b))
	}
	return 0
}

// Text takes a string behind its length.
func (r *Reader) Text() string {
	n := r.Uint()
	if n > math.MaxInt32 {
		r.Bad = true
		return ""
	}
	return r.Take(int(n))
}
