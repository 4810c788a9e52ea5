package snapshot

import (
	"encoding"
	"io"
	"reflect"
	"slices"
)

// Codec encodes the values of one type in the user's own way, each handed over
// as a pointer to it. Its Name holds its version: another name, other bytes.
type Codec interface {
	Name() string
	Encode(w io.Writer, ptr any) error
	Decode(r io.Reader, ptr any) error
}

// A binaryCodec is the marshalling that a type brings along, where that is known to lose
// nothing.
type binaryCodec struct{}

func (binaryCodec) Name() string { return "binary" }

func (binaryCodec) Encode(w io.Writer, ptr any) error {
	data, err := ptr.(encoding.BinaryMarshaler).MarshalBinary()
	w.Write(data) // into memory
	return err
}

func (binaryCodec) Decode(r io.Reader, ptr any) error {
	data, _ := io.ReadAll(r)
	return ptr.(encoding.BinaryUnmarshaler).UnmarshalBinary(data)
}

// hasIdentity reports whether two values of t may be one and the same thing,
// so that a codec's value must be stored once and shared again.
func hasIdentity(t reflect.Type) bool {
	return slices.Contains([]reflect.Kind{reflect.Pointer, reflect.Map, reflect.Interface, reflect.Chan, reflect.Func, reflect.UnsafePointer}, t.Kind())
}
