package snapshot

import (
	"bytes"
	"encoding"
	"io"
	"reflect"
	"unique"
	"unsafe"
)

// Codec encodes the values of one type in the user's own way, each handed over
// as a pointer to it. Its Name holds its version: another name, other bytes.
type Codec interface {
	Name() string
	Encode(w io.Writer, ptr any) error
	Decode(r io.Reader, ptr any) error
}

// codec turns the value at p into bytes, and bytes into the value at p.
type codec interface {
	name() string
	encode(p unsafe.Pointer) ([]byte, error)
	decode(data []byte, p unsafe.Pointer) error
}

// userCodec adapts a Codec for values of type t.
type userCodec struct {
	t reflect.Type
	c Codec
}

func (u userCodec) name() string { return u.c.Name() }

func (u userCodec) encode(p unsafe.Pointer) ([]byte, error) {
	var b bytes.Buffer
	err := u.c.Encode(&b, reflect.NewAt(u.t, p).Interface())
	return b.Bytes(), err
}

func (u userCodec) decode(data []byte, p unsafe.Pointer) error {
	return u.c.Decode(bytes.NewReader(data), reflect.NewAt(u.t, p).Interface())
}

// binaryCodec uses MarshalBinary and UnmarshalBinary of *t.
type binaryCodec struct{ t reflect.Type }

func (b binaryCodec) name() string { return "binary" }

func (b binaryCodec) encode(p unsafe.Pointer) ([]byte, error) {
	return reflect.NewAt(b.t, p).Interface().(encoding.BinaryMarshaler).MarshalBinary()
}

func (b binaryCodec) decode(data []byte, p unsafe.Pointer) error {
	return reflect.NewAt(b.t, p).Interface().(encoding.BinaryUnmarshaler).UnmarshalBinary(data)
}

// gobMarshaler is gob's GobEncoder and GobDecoder without linking gob.
type gobMarshaler interface {
	GobEncode() ([]byte, error)
	GobDecode([]byte) error
}

// gobCodec uses GobEncode and GobDecode of *t.
type gobCodec struct{ t reflect.Type }

func (g gobCodec) name() string { return "gob" }

func (g gobCodec) encode(p unsafe.Pointer) ([]byte, error) {
	return reflect.NewAt(g.t, p).Interface().(gobMarshaler).GobEncode()
}

func (g gobCodec) decode(data []byte, p unsafe.Pointer) error {
	return reflect.NewAt(g.t, p).Interface().(gobMarshaler).GobDecode(data)
}

// ownCodec returns the marshalling that t brings along.
func ownCodec(t reflect.Type) (codec, bool) {
	if t.Name() == "" {
		return nil, false
	}
	pt := reflect.PointerTo(t)
	switch {
	case pt.Implements(reflect.TypeFor[encoding.BinaryMarshaler]()) && pt.Implements(reflect.TypeFor[encoding.BinaryUnmarshaler]()):
		return binaryCodec{t}, true
	case pt.Implements(reflect.TypeFor[gobMarshaler]()):
		return gobCodec{t}, true
	}
	return nil, false
}

// stringHandle makes a unique.Handle[string] again.
type stringHandle struct{}

func (stringHandle) name() string { return "unique" }

func (stringHandle) encode(p unsafe.Pointer) ([]byte, error) {
	h := *(*unique.Handle[string])(p)
	if h == (unique.Handle[string]{}) {
		return nil, nil
	}
	return append([]byte{1}, h.Value()...), nil
}

func (stringHandle) decode(data []byte, p unsafe.Pointer) error {
	if len(data) > 0 {
		*(*unique.Handle[string])(p) = unique.Make(string(data[1:]))
	}
	return nil
}
