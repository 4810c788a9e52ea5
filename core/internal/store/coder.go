package store

import (
	"encoding/binary"
	"unsafe"
)

// String returns data as a string without a copy, which costs more than to read a file and
// to check it: nobody may change data any more.
func String(data []byte) string { return unsafe.String(unsafe.SliceData(data), len(data)) }

// A Coder writes values one after the other, or with Reading reads them: the same calls in
// the same order do both. A call writes its argument and returns it, or ignores it and
// returns the value that it has read. Numbers are varints, and a string follows its
// length.
type Coder struct {
	Out     []byte // the bytes that were written
	Reading bool
	Rest    string // the bytes that are left to be read
	Bad     bool   // Rest ended too early, or cannot have been written by these calls
}

// Take reads n bytes.
//
//go:noinline // inlined, it adds 2 kB to each test binary
func (c *Coder) Take(n int) string {
	if n < 0 || n > len(c.Rest) {
		c.Bad, c.Rest = true, ""
		return ""
	}
	out := c.Rest[:n]
	c.Rest = c.Rest[n:]
	return out
}

// Raw codes bytes of which the number is known.
func (c *Coder) Raw(b []byte) {
	if c.Reading {
		copy(b, c.Take(len(b)))
	} else {
		c.Out = append(c.Out, b...)
	}
}

// Byte codes a byte.
func (c *Coder) Byte(b byte) byte {
	if !c.Reading {
		c.Out = append(c.Out, b)
		return b
	}
	if c.Rest == "" {
		c.Bad = true
		return 0
	}
	b, c.Rest = c.Rest[0], c.Rest[1:]
	return b
}

// Flag codes a bool as a byte.
func (c *Coder) Flag(is bool) bool {
	b := byte(0)
	if is {
		b = 1
	}
	return c.Byte(b) == 1
}

// Uint codes a number as binary.AppendUvarint does.
func (c *Coder) Uint(n uint64) uint64 {
	if !c.Reading {
		c.Out = binary.AppendUvarint(c.Out, n)
		return n
	}
	var x uint64
	for shift := 0; shift < 64; shift += 7 {
		b := c.Byte(0)
		x |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return x
		}
	}
	c.Bad = true
	return 0
}

// Int codes a number as binary.AppendVarint does.
func (c *Coder) Int(n int64) int64 {
	u := c.Uint(uint64(n)<<1 ^ uint64(n>>63))
	return int64(u>>1) ^ -int64(u&1)
}

// Uint64 codes eight bytes, the least first.
func (c *Coder) Uint64(n uint64) uint64 {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], n)
	c.Raw(b[:])
	return binary.LittleEndian.Uint64(b[:])
}

// Text codes a string after its length.
func (c *Coder) Text(s string) string {
	n := c.Uint(uint64(len(s)))
	if !c.Reading {
		c.Out = append(c.Out, s...)
		return s
	}
	return c.Take(int(min(n, uint64(len(c.Rest))+1))) // one more than there are is too many as well
}

// Name codes a string that shares its beginning with the one before it.
func (c *Coder) Name(name, last string) string {
	shared := 0
	for shared < min(len(last), len(name)) && last[shared] == name[shared] {
		shared++
	}
	n := c.Uint(uint64(shared))
	if n > uint64(len(last)) {
		c.Bad = true
		return ""
	}
	return last[:n] + c.Text(name[shared:])
}
