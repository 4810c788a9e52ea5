package codec

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"math/bits"
	"reflect"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/store"
)

// A coder writes values, or reads what was written into values of the same types.
type coder struct {
	store.Coder
	index   map[string]int // the numbers of the strings that are written
	strings []string       // the strings that are read, by their numbers
}

// Write returns the value that a pointer leads to as bytes that begin with a version.
func Write(version string, from any) []byte {
	c := &coder{Coder: store.Coder{Out: []byte(version)}, index: map[string]int{}}
	c.value(reflect.ValueOf(from).Elem())
	return c.Out
}

// Read reads all bytes, which Write has written, into the value that a pointer leads
// to, which is zero. Another version is damage.
func Read(version, data string, to any) error {
	rest, ok := strings.CutPrefix(data, version)
	c := &coder{Coder: store.Coder{Reading: true, Rest: rest, Bad: !ok}}
	if c.value(reflect.ValueOf(to).Elem()); c.Bad || c.Rest != "" {
		return errors.New("damaged")
	}
	return nil
}

// fail notes a fault in what is read: all that follows is zero.
func (c *coder) fail() { c.Bad, c.Rest = true, "" }

// value writes or reads a value with all its parts, but for fields that are not exported.
func (c *coder) value(v reflect.Value) {
	switch kind := v.Kind(); {
	case kind == reflect.String:
		c.text(v)
	case kind == reflect.Bool:
		if is := c.Flag(v.Bool()); c.Reading {
			v.SetBool(is)
		}
	case v.CanInt():
		if n := c.Int(v.Int()); v.OverflowInt(n) {
			c.fail()
		} else if c.Reading {
			v.SetInt(n)
		}
	case v.CanUint():
		if n := c.Uint(v.Uint()); v.OverflowUint(n) {
			c.fail()
		} else if c.Reading {
			v.SetUint(n)
		}
	case kind == reflect.Array: // of bytes
		c.Raw(v.Bytes())
	case kind == reflect.Slice:
		c.list(v)
	case kind == reflect.Struct: // which fields are not zero, as bits, and then those
		var some uint64
		for i := 0; !c.Reading && i < v.NumField(); i++ {
			if field := v.Field(i); field.CanSet() && !field.IsZero() {
				some |= 1 << i
			}
		}
		for some = c.Uint(some) & (1<<v.NumField() - 1); some != 0; some &= some - 1 {
			if field := v.Field(bits.TrailingZeros64(some)); field.CanSet() {
				c.value(field)
			}
		}
	case kind == reflect.Pointer: // in a field, and not nil, as nil is zero
		if c.Reading {
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
	n := int(c.Uint(uint64(v.Len())))
	if c.Reading && (n < 0 || n > len(c.Rest)) {
		c.fail()
		n = 0
	}
	if c.Reading && n > 0 {
		v.Grow(n) // MakeSlice would allocate the header too
		v.SetLen(n)
		v.SetCap(n)
	}
	for i := range n {
		if c.value(v.Index(i)); c.Bad {
			v.SetZero()
			return
		}
	}
}

// text writes a string with zero before it the first time, then its number, from one.
func (c *coder) text(v reflect.Value) {
	if !c.Reading {
		i, known := c.index[v.String()]
		if c.Uint(uint64(i)); !known {
			c.index[v.String()] = 1 + len(c.index)
			c.Text(v.String())
		}
		return
	}
	i := c.Uint(0)
	if i == 0 {
		c.strings = append(c.strings, c.Text(""))
		i = uint64(len(c.strings))
	}
	if i > uint64(len(c.strings)) {
		c.fail()
		return
	}
	v.SetString(c.strings[i-1])
}

// A Digest identifies the tokens of a declaration, or other code, as text that differs by more
// than layout and comments. It travels between machines, so it is cut from a SHA-256.
type Digest [16]byte

// Sum returns the digest of data.
func Sum(data []byte) Digest {
	full := sha256.Sum256(data)
	return Digest(full[:16])
}
