package codec

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"reflect"
)

// A coder writes values, or reads what was written into the same.
type coder struct {
	err     error  // the first fault in what is read
	buf     []byte // what is written, or what is left to read
	reading bool
	index   map[string]int // of the strings that are written
	strings []string       // and of those that are read
}

// ErrDamaged says that bytes are not what was written.
var ErrDamaged = errors.New("damaged")

// Write returns what a pointer leads to as bytes that begin with a version.
func Write(version string, from any) []byte {
	c := &coder{buf: []byte(version), index: map[string]int{}}
	c.value(reflect.ValueOf(from).Elem())
	return c.buf
}

// Read reads what Write has written, all of it, into what a pointer leads to,
// which is zero. Another version is damage.
func Read(version string, data []byte, to any) error {
	c := &coder{reading: true}
	var ok bool
	if c.buf, ok = bytes.CutPrefix(data, []byte(version)); !ok {
		return ErrDamaged
	}
	if c.value(reflect.ValueOf(to).Elem()); len(c.buf) > 0 {
		c.fail()
	}
	return c.err
}

//go:noinline
func (c *coder) fail() { c.err, c.buf = ErrDamaged, nil }

// value writes or reads a value with all its parts, but for fields that are not
// exported.
func (c *coder) value(v reflect.Value) {
	switch kind := v.Kind(); {
	case kind == reflect.String:
		c.text(v)
	case kind == reflect.Bool:
		if is := c.flag(v.Bool()); c.reading {
			v.SetBool(is)
		}
	case v.CanInt():
		if n := c.number(v.Int()); v.OverflowInt(n) {
			c.fail()
		} else if c.reading {
			v.SetInt(n)
		}
	case v.CanUint():
		if n := uint64(c.number(int64(v.Uint()))); v.OverflowUint(n) {
			c.fail()
		} else if c.reading {
			v.SetUint(n)
		}
	case kind == reflect.Array && c.reading: // of bytes
		copy(v.Bytes(), c.take(v.Len()))
	case kind == reflect.Array:
		c.buf = append(c.buf, v.Bytes()...)
	case kind == reflect.Slice:
		c.list(v)
	case kind == reflect.Struct:
		for i := range v.NumField() {
			if field := v.Field(i); field.CanSet() {
				c.value(field)
			}
		}
	case kind == reflect.Pointer:
		if !c.flag(!v.IsNil()) {
			return
		}
		if c.reading {
			v.Set(reflect.New(v.Type().Elem()))
		}
		c.value(v.Elem())
	default:
		panic(fmt.Sprintf("codec: no way to write %v", v.Type()))
	}
}

// list writes or reads a list, whose elements take a byte each at least: a length
// that is damaged allocates no more than that allows.
func (c *coder) list(v reflect.Value) {
	n := int(c.number(int64(v.Len())))
	if c.reading && (n < 0 || n > len(c.buf)) {
		c.fail()
		n = 0
	}
	if c.reading && n > 0 {
		v.Set(reflect.MakeSlice(v.Type(), n, n))
	}
	for i := range n {
		if c.value(v.Index(i)); c.err != nil {
			v.SetZero()
			return
		}
	}
}

func (c *coder) flag(is bool) bool {
	n := int64(0)
	if is {
		n = 1
	}
	return c.number(n) == 1
}

func (c *coder) number(v int64) int64 {
	if !c.reading {
		c.buf = binary.AppendVarint(c.buf, v)
		return v
	}
	if len(c.buf) > 0 && c.buf[0] < 0x80 { // nearly all
		u := int64(c.buf[0])
		c.buf = c.buf[1:]
		return u>>1 ^ -(u & 1)
	}
	v, n := binary.Varint(c.buf)
	if n <= 0 {
		c.fail()
		return 0
	}
	c.buf = c.buf[n:]
	return v
}

// take reads as many bytes.
func (c *coder) take(n int) []byte {
	if n < 0 || n > len(c.buf) {
		c.fail()
		return nil
	}
	data := c.buf[:n]
	c.buf = c.buf[n:]
	return data
}

// text writes a string with its length the first time, then its number as what is
// less than zero.
func (c *coder) text(v reflect.Value) {
	if !c.reading {
		i, known := c.index[v.String()]
		if known {
			c.number(int64(-1 - i))
			return
		}
		c.index[v.String()] = len(c.index)
		c.number(int64(v.Len()))
		c.buf = append(c.buf, v.String()...)
		return
	}
	n := int(c.number(0))
	switch {
	case n >= 0:
		c.strings = append(c.strings, string(c.take(n)))
		n = -len(c.strings)
	case -1-n >= len(c.strings):
		c.fail()
		return
	}
	v.SetString(c.strings[-1-n])
}
