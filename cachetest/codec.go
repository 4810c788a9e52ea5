package cachetest

import (
	"encoding/json"
	"io"

	"github.com/fixturecache/fixturecache/cachetest/internal/fixture"
	"github.com/fixturecache/fixturecache/core/bridge"
)

// A Codec encodes values of T for types that cannot be stored as they are. Name
// holds the version of the encoding: a value that was written under another name
// is built again. Parts that an encoding loses are lost in the first run too,
// which returns the decoded value.
type Codec[T any] interface {
	Name() string
	Encode(io.Writer, T) error
	Decode(io.Reader) (T, error)
}

// WithCodec stores the value of [Memo] or [Call] by c. A codec for another type
// than that of the value fails the test.
func WithCodec[T any](c Codec[T]) Option {
	return withCodec(bridge.Box[T](c))
}

//go:noinline
func withCodec(c *bridge.AnyCodec) Option {
	return option{"WithCodec", func(s *fixture.Settings) { s.Codec = c }}
}

// RegisterCodec makes c the codec of values of T wherever they occur in a
// fixture. It is meant for init functions.
func RegisterCodec[T any](c Codec[T]) { bridge.RegisterCodec(bridge.Box[T](c)) }

// RegisterGlobal gives a package variable a name by which stored values refer to
// it, so that they come back with the variable itself and not with a copy:
//
//	cachetest.RegisterGlobal("store.ErrNotFound", &store.ErrNotFound)
//
// Without it a value that holds the error is returned and not stored, as a copy
// would not be == to the variable. It is meant for init functions.
func RegisterGlobal[T any](name string, p *T) { bridge.RegisterGlobal(name, p) }

// JSON returns a codec by encoding/json. Package gobcodec has one by encoding/gob.
func JSON[T any]() Codec[T] { return jsonCodec[T]{} }

type jsonCodec[T any] struct{}

func (jsonCodec[T]) Name() string                  { return "json" }
func (jsonCodec[T]) Encode(w io.Writer, v T) error { return json.NewEncoder(w).Encode(v) }
func (jsonCodec[T]) Decode(r io.Reader) (v T, err error) {
	err = json.NewDecoder(r).Decode(&v)
	return v, err
}
