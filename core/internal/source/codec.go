package source

import (
	"encoding/binary"
	"errors"
	"io/fs"

	"github.com/fixturecache/fixturecache/core/internal/quiet"
)

// Everything that is kept is written as varints, with each string once.

// An encoder writes what a decoder reads.
type encoder struct {
	buf   []byte
	index map[string]uint64
}

// uint is called in many places: inlined, it would weigh more than it saves.
//
//go:noinline
func (e *encoder) uint(v uint64) {
	if v < 0x80 { // nearly all
		e.buf = append(e.buf, byte(v))
		return
	}
	e.buf = binary.AppendUvarint(e.buf, v)
}

// bool writes a truth value.
func (e *encoder) bool(b bool) { e.uint(bit(b)) }

// int writes a number that is not negative.
func (e *encoder) int(v int) { e.uint(uint64(v)) }

// int64 writes any number.
func (e *encoder) int64(v int64) { e.buf = binary.AppendVarint(e.buf, v) }

// str writes a string in full the first time, then its number.
func (e *encoder) str(s string) {
	if i, ok := e.index[s]; ok {
		e.uint(i<<1 | 1)
		return
	}
	if e.index == nil {
		e.index = map[string]uint64{}
	}
	e.index[s] = uint64(len(e.index))
	e.uint(uint64(len(s)) << 1)
	e.buf = append(e.buf, s...)
}

// bit returns 1 for true.
func bit(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// digest writes a digest as it is.
func (e *encoder) digest(d Digest) { e.buf = append(e.buf, d[:]...) }

// encodeList writes a list. Elements go by pointer: declarations are large.
func encodeList[T any](e *encoder, list []T, one func(*T)) {
	e.int(len(list))
	for i := range list {
		one(&list[i])
	}
}

// strs writes a list of strings.
func (e *encoder) strs(list []string) {
	e.int(len(list))
	for _, s := range list {
		e.str(s)
	}
}

// errDamaged says that bytes are not what was written.
var errDamaged = errors.New("damaged")

// A decoder reads what an encoder wrote. It is safe on any bytes: the first
// fault sets err, and all that follows reads as zero.
type decoder struct {
	buf     []byte
	strings []string
	err     error
}

// fail is, like others that are called in many places, not inlined for its
// weight: see TestWeight.
//
//go:noinline
func (d *decoder) fail() {
	d.err = errDamaged
	d.buf = nil
}

// uint reads an unsigned number.
func (d *decoder) uint() uint64 {
	if len(d.buf) > 0 && d.buf[0] < 0x80 {
		v := d.buf[0]
		d.buf = d.buf[1:]
		return uint64(v)
	}
	v, n := binary.Uvarint(d.buf)
	if n <= 0 {
		d.fail()
		return 0
	}
	d.buf = d.buf[n:]
	return v
}

// int reads a number that is not negative.
func (d *decoder) int() int {
	v := d.uint()
	if v > 1<<31 {
		d.fail()
		return 0
	}
	return int(v)
}

// int64 reads any number.
func (d *decoder) int64() int64 {
	v, n := binary.Varint(d.buf)
	if n <= 0 {
		d.fail()
		return 0
	}
	d.buf = d.buf[n:]
	return v
}

// str reads a string.
func (d *decoder) str() string {
	v := d.uint()
	if v&1 == 1 {
		if v>>1 >= uint64(len(d.strings)) {
			d.fail()
			return ""
		}
		return d.strings[v>>1]
	}
	n := v >> 1
	if n > uint64(len(d.buf)) {
		d.fail()
		return ""
	}
	s := string(d.buf[:n])
	d.buf = d.buf[n:]
	d.strings = append(d.strings, s)
	return s
}

// digest reads a digest.
func (d *decoder) digest() (g Digest) {
	if len(d.buf) < len(g) {
		d.fail()
		return g
	}
	copy(g[:], d.buf)
	d.buf = d.buf[len(g):]
	return g
}

// decodeList reads a list. Each element takes a byte at least, which bounds
// what a damaged length can make us allocate.
func decodeList[T any](d *decoder, one func() T) []T {
	n := d.int()
	if n == 0 || d.err != nil {
		return nil
	}
	if n > len(d.buf) {
		d.fail()
		return nil
	}
	list := make([]T, 0, min(n, 1024))
	for range n {
		list = append(list, one())
		if d.err != nil {
			return nil
		}
	}
	return list
}

// stat writes what the file system says of a file.
func (e *encoder) stat(s quiet.Stat) {
	e.int64(s.Size)
	e.int64(s.ModTime)
	e.int64(s.ChangeTime)
	e.uint(s.Inode)
	e.uint(s.Device)
	e.uint(uint64(s.Mode))
}

// stat reads what the file system said of a file.
func (d *decoder) stat() quiet.Stat {
	return quiet.Stat{Size: d.int64(), ModTime: d.int64(), ChangeTime: d.int64(), Inode: d.uint(), Device: d.uint(), Mode: fs.FileMode(d.uint())}
}
