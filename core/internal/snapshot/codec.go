package snapshot

import (
	"bytes"
	"encoding"
	"io"
	"reflect"
	"unsafe"
)

// Codec encodes the values of one type in the user's own way, each handed over
// as a pointer to it. Its Name holds its version: another name, other bytes.
type Codec interface {
	Name() string
	Encode(w io.Writer, ptr any) error
	Decode(r io.Reader, ptr any) error
}

// codec turns what ptr points to into bytes, and bytes into it.
type codec struct {
	name  string
	write func(ptr any) ([]byte, error)
	read  func(data []byte, ptr any) error
}

func (c *codec) encode(t reflect.Type, p unsafe.Pointer) ([]byte, error) {
	return c.write(reflect.NewAt(t, p).Interface())
}

func (c *codec) decode(data []byte, t reflect.Type, p unsafe.Pointer) error {
	return c.read(data, reflect.NewAt(t, p).Interface())
}

func userCodec(c Codec) *codec {
	return &codec{c.Name(),
		func(ptr any) ([]byte, error) {
			var b bytes.Buffer
			err := c.Encode(&b, ptr)
			return b.Bytes(), err
		},
		func(data []byte, ptr any) error { return c.Decode(bytes.NewReader(data), ptr) },
	}
}

var binaryCodec = &codec{"binary",
	func(ptr any) ([]byte, error) { return ptr.(encoding.BinaryMarshaler).MarshalBinary() },
	func(data []byte, ptr any) error { return ptr.(encoding.BinaryUnmarshaler).UnmarshalBinary(data) },
}

// hasIdentity reports whether two values of t may be one and the same thing,
// so that a codec's value must be stored once and shared again.
func hasIdentity(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Interface, reflect.Chan, reflect.Func, reflect.UnsafePointer:
		return true
	}
	return false
}
