package codec

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A Coder writes fields, or reads what was written into the same fields: which it
// does, the list of fields need not know.
type Coder struct {
	Err     error  // the first fault in what is read
	buf     []byte // what is written, or what is left to read
	reading bool
	index   map[string]int // of the strings that are written
	strings []string       // and of those that are read
}

// ErrDamaged says that bytes are not what was written.
var ErrDamaged = errors.New("damaged")

// Write returns fields as bytes that begin with a version.
func Write(version string, fields func(*Coder)) []byte {
	c := &Coder{buf: []byte(version), index: map[string]int{}}
	fields(c)
	return c.buf
}

// Read reads what Write has written, all of it. Another version is damage.
func Read(version string, data []byte, fields func(*Coder)) error {
	c := &Coder{reading: true}
	var ok bool
	if c.buf, ok = bytes.CutPrefix(data, []byte(version)); !ok {
		return ErrDamaged
	}
	if fields(c); len(c.buf) > 0 {
		c.fail()
	}
	return c.Err
}

//go:noinline
func (c *Coder) fail() { c.Err, c.buf = ErrDamaged, nil }

// Fields writes or reads what pointers lead to.
func (c *Coder) Fields(list ...any) {
	for _, field := range list {
		switch v := field.(type) {
		case *string:
			c.str(v)
		case *int:
			Number(c, v)
		case *int64:
			Number(c, v)
		case *uint64:
			Number(c, v)
		case *bool:
			b := 0
			if *v {
				b = 1
			}
			Number(c, &b)
			*v = b == 1
		case *Digest:
			if c.reading {
				copy(v[:], c.take(len(v)))
			} else {
				c.buf = append(c.buf, v[:]...)
			}
		case *[]byte:
			n := len(*v)
			if Number(c, &n); c.reading {
				*v = c.take(n)
			} else {
				c.buf = append(c.buf, *v...)
			}
		case *[]string:
			List(c, v, c.str)
		case *unlogged.Stat:
			c.Fields(&v.Size, &v.ModTime, &v.ChangeTime, &v.Inode, &v.Device)
			Number(c, &v.Mode)
		default:
			panic(fmt.Sprintf("codec: no way to write %T", field))
		}
	}
}

// Number writes or reads an integer.
func Number[T ~int | ~int32 | ~int64 | ~uint8 | ~uint16 | ~uint32 | ~uint64](c *Coder, v *T) {
	n := c.number(int64(*v))
	if *v = T(n); int64(*v) != n {
		c.fail()
		*v = 0
	}
}

func (c *Coder) number(v int64) int64 {
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
func (c *Coder) take(n int) []byte {
	if n < 0 || n > len(c.buf) {
		c.fail()
		return nil
	}
	data := c.buf[:n]
	c.buf = c.buf[n:]
	return data
}

// str writes a string with its length the first time, then its number as what is
// less than zero.
func (c *Coder) str(s *string) {
	n := len(*s)
	if !c.reading {
		i, known := c.index[*s]
		if known {
			n = -1 - i
		} else {
			c.index[*s] = len(c.index)
		}
		Number(c, &n)
		if !known {
			c.buf = append(c.buf, *s...)
		}
		return
	}
	Number(c, &n)
	if n < 0 {
		if n = -1 - n; n < len(c.strings) {
			*s = c.strings[n]
		} else {
			c.fail()
		}
		return
	}
	*s = string(c.take(n))
	c.strings = append(c.strings, *s)
}

// List writes or reads a list, whose elements take a byte each at least: a length
// that is damaged allocates no more than that allows.
func List[T any](c *Coder, list *[]T, one func(*T)) {
	n := c.length(len(*list))
	if c.reading {
		if *list = nil; n > 0 {
			*list = make([]T, n)
		}
	}
	for i := range *list {
		if one(&(*list)[i]); c.Err != nil {
			*list = nil
			return
		}
	}
}

// length writes or reads the length of a list.
func (c *Coder) length(n int) int {
	if Number(c, &n); c.reading && (n < 0 || n > len(c.buf)) {
		c.fail()
		n = 0
	}
	return n
}
