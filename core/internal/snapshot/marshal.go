package snapshot

import (
	"encoding"
	"errors"
	"io"
	"reflect"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"unsafe"

	"github.com/fixturecache/fixturecache/core/internal/global"
)

// Coder encodes and decodes under one set of user codecs. It may be used by
// several goroutines.
type Coder struct {
	c    *coder
	over func() bool
}

// Until returns a Coder whose Marshal ends with [ErrSlow] when over reports that it has
// taken long enough, which is asked now and then.
func (c *Coder) Until(over func() bool) *Coder { return &Coder{c.c, over} }

// ErrSlow is the error where it takes longer than it may to store a value.
var ErrSlow = errors.New("snapshot: it takes too long")

const eachSpent = 1 << 12 // things that are worked on before over is called again

// spend notes work on n things, and ends the encoding when it takes too long.
func (e *encoder) spend(n int) {
	if e.spent += n; e.over == nil || e.spent < eachSpent {
		return
	}
	if e.spent = 0; e.over() {
		e.fail(ErrSlow)
	}
}

// NewCoder returns a Coder that uses codecs for values of these types wherever
// they occur, and for all else what [Default] uses.
func NewCoder(codecs map[reflect.Type]Codec) *Coder { return &Coder{c: newCoder(codecs)} }

// Default returns the Coder without user codecs.
var Default = sync.OnceValue(func() *Coder { return NewCoder(nil) })

// Marshal returns the bytes of *ptr. They hold no reference to it. An error is
// a [*RefusedError] unless a codec failed.
func (c *Coder) Marshal(ptr any) ([]byte, error) {
	t, p, err := pointee(ptr)
	if err != nil {
		return nil, err
	}
	defer runtime.KeepAlive(ptr)
	return c.marshal(c.c.plan(t), p)
}

func pointee(ptr any) (reflect.Type, unsafe.Pointer, error) {
	v := reflect.ValueOf(ptr)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return nil, nil, errors.New("snapshot: want a non-nil pointer to the value")
	}
	return v.Type().Elem(), v.UnsafePointer(), nil
}

// maxPasses bounds how often overlaps may come to light: each pass but the last
// finds new ones.
const maxPasses = 4

func (c *Coder) marshal(root *plan, p unsafe.Pointer) ([]byte, error) {
	var groups []group
	for range maxPasses {
		e := newEncoder(c.c, toStore, nil)
		e.groups, e.over = groups, c.over
		if err := e.encode(root, p); err != nil {
			return nil, explain(e, root, p, err)
		}
		found, ok := e.findGroups()
		if !ok {
			break
		}
		if slices.EqualFunc(found, groups, group.same) {
			return e.bytes(root), nil
		}
		groups = found
	}
	return nil, errUnrelated
}

// Unmarshal makes *ptr the value that data holds and takes ownership of data:
// strings and plain memory lie in it from then on and may be written to, so data
// must be private and stay as it is, and one such part keeps all of it. It may be a
// private mapping of a file, of which only what is not plain is read. Likewise,
// elements of one type lie in one allocation and keep each other. No finalizer can
// be set on them.
//
// Errors wrap [ErrDamaged], [ErrOtherType] or [ErrUnknownType]; *ptr
// is then zero or half built and must not be used.
func (c *Coder) Unmarshal(data []byte, ptr any) (err error) {
	t, p, err := pointee(ptr)
	if err != nil {
		return err
	}
	if len(data) > 0 && uintptr(unsafe.Pointer(&data[0]))%alignment != 0 {
		data = append(make([]byte, 0, len(data)+alignment), data...)
	}
	defer func() {
		// A codec, or a key that cannot be hashed.
		if r := recover(); r != nil {
			err = damaged("panic: %v", r)
		}
	}()
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true)) // a mapping that shrank
	root := c.c.plan(t)
	d := &decoder{coder: c.c}
	if err := d.open(data, root); err != nil {
		return err
	}
	global.Except(data)
	return d.build(root, p)
}

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
