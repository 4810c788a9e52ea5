package codec

import (
	"encoding/binary"
	"errors"
	"io/fs"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// Everything that is kept is written as varints, with each string once.

// An Encoder writes what a decoder reads.
type Encoder struct {
	Buf   []byte
	index map[string]uint64
}

// Uint is called in many places: inlined, it would weigh more than it saves.
//
//go:noinline
func (e *Encoder) Uint(v uint64) {
	if v < 0x80 { // nearly all
		e.Buf = append(e.Buf, byte(v))
		return
	}
	e.Buf = binary.AppendUvarint(e.Buf, v)
}

// Bool writes a truth value.
func (e *Encoder) Bool(b bool) { e.Uint(Bit(b)) }

// Int writes a number that is not negative.
func (e *Encoder) Int(v int) { e.Uint(uint64(v)) }

// Int64 writes any number.
func (e *Encoder) Int64(v int64) { e.Buf = binary.AppendVarint(e.Buf, v) }

// Str writes a string in full the first time, then its number.
func (e *Encoder) Str(s string) {
	if i, ok := e.index[s]; ok {
		e.Uint(i<<1 | 1)
		return
	}
	if e.index == nil {
		e.index = map[string]uint64{}
	}
	e.index[s] = uint64(len(e.index))
	e.Uint(uint64(len(s)) << 1)
	e.Buf = append(e.Buf, s...)
}

// Bit returns 1 for true.
func Bit(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// Digest writes a digest as it is.
func (e *Encoder) Digest(d Digest) { e.Buf = append(e.Buf, d[:]...) }

// EncodeList writes a list. Elements go by pointer: declarations are large.
func EncodeList[T any](e *Encoder, list []T, one func(*T)) {
	e.Int(len(list))
	for i := range list {
		one(&list[i])
	}
}

// Strs writes a list of strings.
func (e *Encoder) Strs(list []string) {
	e.Int(len(list))
	for _, s := range list {
		e.Str(s)
	}
}

// ErrDamaged says that bytes are not what was written.
var ErrDamaged = errors.New("damaged")

// A Decoder reads what an encoder wrote. It is safe on any bytes: the first
// fault sets err, and all that follows reads as zero.
type Decoder struct {
	Buf     []byte
	strings []string
	Err     error
}

// Fail is, like others that are called in many places, not inlined for its
// weight: see TestWeight.
//
//go:noinline
func (d *Decoder) Fail() {
	d.Err = ErrDamaged
	d.Buf = nil
}

// Uint reads an unsigned number.
func (d *Decoder) Uint() uint64 {
	if len(d.Buf) > 0 && d.Buf[0] < 0x80 {
		v := d.Buf[0]
		d.Buf = d.Buf[1:]
		return uint64(v)
	}
	v, n := binary.Uvarint(d.Buf)
	if n <= 0 {
		d.Fail()
		return 0
	}
	d.Buf = d.Buf[n:]
	return v
}

// Int reads a number that is not negative.
func (d *Decoder) Int() int {
	v := d.Uint()
	if v > 1<<31 {
		d.Fail()
		return 0
	}
	return int(v)
}

// Int64 reads any number.
func (d *Decoder) Int64() int64 {
	v, n := binary.Varint(d.Buf)
	if n <= 0 {
		d.Fail()
		return 0
	}
	d.Buf = d.Buf[n:]
	return v
}

// Str reads a string.
func (d *Decoder) Str() string {
	v := d.Uint()
	if v&1 == 1 {
		if v>>1 >= uint64(len(d.strings)) {
			d.Fail()
			return ""
		}
		return d.strings[v>>1]
	}
	n := v >> 1
	if n > uint64(len(d.Buf)) {
		d.Fail()
		return ""
	}
	s := string(d.Buf[:n])
	d.Buf = d.Buf[n:]
	d.strings = append(d.strings, s)
	return s
}

// Digest reads a digest.
func (d *Decoder) Digest() (g Digest) {
	if len(d.Buf) < len(g) {
		d.Fail()
		return g
	}
	copy(g[:], d.Buf)
	d.Buf = d.Buf[len(g):]
	return g
}

// DecodeList reads a list. Each element takes a byte at least, which bounds
// what a damaged length can make us allocate.
func DecodeList[T any](d *Decoder, one func() T) []T {
	n := d.Int()
	if n == 0 || d.Err != nil {
		return nil
	}
	if n > len(d.Buf) {
		d.Fail()
		return nil
	}
	list := make([]T, 0, min(n, 1024))
	for range n {
		list = append(list, one())
		if d.Err != nil {
			return nil
		}
	}
	return list
}

// Stat writes what the file system says of a file.
func (e *Encoder) Stat(s unlogged.Stat) {
	e.Int64(s.Size)
	e.Int64(s.ModTime)
	e.Int64(s.ChangeTime)
	e.Uint(s.Inode)
	e.Uint(s.Device)
	e.Uint(uint64(s.Mode))
}

// Stat reads what the file system said of a file.
func (d *Decoder) Stat() unlogged.Stat {
	return unlogged.Stat{Size: d.Int64(), ModTime: d.Int64(), ChangeTime: d.Int64(), Inode: d.Uint(), Device: d.Uint(), Mode: fs.FileMode(d.Uint())}
}
