package memo

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"sync"

	"github.com/fixturecache/fixturecache/core/internal/snapshot"
)

// A Codec encodes values of T in a way of one's own. Its name holds its
// version: what another name wrote is not read. What it loses is lost on a
// first run too, which returns what was decoded.
type Codec[T any] interface {
	Name() string
	Encode(io.Writer, T) error
	Decode(io.Reader) (T, error)
}

// RegisterCodec makes c the way in which values of T are stored wherever they
// occur. It is meant for init functions: a fixture stored under other codecs
// is built again.
func RegisterCodec[T any](c Codec[T]) {
	registered.Lock()
	defer registered.Unlock()
	codecs := maps.Clone(registered.codecs)
	if codecs == nil {
		codecs = map[reflect.Type]snapshot.Codec{}
	}
	codecs[reflect.TypeFor[T]()] = anyCodec[T]{c}
	registered.codecs, registered.coder = codecs, nil
}

// RegisterGlobal gives a package variable, such as a sentinel error, a name by
// which values that hold it find it again: ("pkg.ErrX", &ErrX).
func RegisterGlobal[T any](name string, p *T) { snapshot.RegisterGlobal(name, p) }

var registered struct {
	sync.Mutex
	codecs map[reflect.Type]snapshot.Codec
	coder  *snapshot.Coder
}

// coder returns the coder for the registered codecs, and their names.
func coder() (*snapshot.Coder, []string) {
	registered.Lock()
	defer registered.Unlock()
	if len(registered.codecs) == 0 {
		return snapshot.Default(), nil
	}
	if registered.coder == nil {
		registered.coder = snapshot.NewCoder(registered.codecs)
	}
	var names []string
	for t, c := range registered.codecs {
		names = append(names, snapshot.TypeName(t)+" "+c.Name())
	}
	slices.Sort(names)
	return registered.coder, names
}

// anyCodec is a Codec for package snapshot.
type anyCodec[T any] struct{ c Codec[T] }

func (a anyCodec[T]) Name() string                        { return a.c.Name() }
func (a anyCodec[T]) Encode(w io.Writer, v any) error     { return a.c.Encode(w, v.(T)) }
func (a anyCodec[T]) Decode(r io.Reader) (v any, e error) { return a.c.Decode(r) }

// A form is how a value of T is stored.
type form[T any] struct {
	codec Codec[T] // nil: by package snapshot, exactly
	coder *snapshot.Coder
}

// formOf chooses how a value of T is stored, and tells the option set.
func formOf[T any](s *Spec) (form[T], error) {
	if s.Codec != nil {
		c, ok := s.Codec.(Codec[T])
		if !ok {
			return form[T]{}, fmt.Errorf("%T is no codec for values of type %s", s.Codec, reflect.TypeFor[T]())
		}
		s.codecs = []string{c.Name()}
		return form[T]{codec: c}, nil
	}
	var f form[T]
	f.coder, s.codecs = coder()
	return f, nil
}

func (f form[T]) encode(v *T) ([]byte, error) {
	if f.codec == nil {
		return f.coder.Marshal(v)
	}
	var b bytes.Buffer
	err := f.codec.Encode(&b, *v)
	return b.Bytes(), err
}

// decode reads a value, which may keep parts of data. What is mapped has been
// checked, and is not read for that.
func (f form[T]) decode(data []byte, mapped bool, v *T) (err error) {
	switch {
	case f.codec != nil:
		*v, err = f.codec.Decode(bytes.NewReader(data))
	case mapped:
		err = f.coder.UnmarshalTrusted(data, v)
	default:
		err = f.coder.Unmarshal(data, v)
	}
	if err != nil {
		return fmt.Errorf("its stored value cannot be read back: %w", err)
	}
	return nil
}

// diff reports where a value and what its stored form reads as differ. What a
// user's codec loses is the user's to lose.
func (f form[T]) diff(a, b T) (path string, same bool) {
	if f.codec != nil {
		return "", true
	}
	return snapshot.Diff(a, b)
}
