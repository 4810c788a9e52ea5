package cachetest

import (
	"encoding/json"
	"io"

	"github.com/fixturecache/fixturecache/core/memo"
)

// A Codec stores values of T in a way of one's own, for types that hold what
// cannot be stored as it is. Its name holds its version: what was written
// under another name is not read. What a codec loses is lost in a first run
// too, which returns what was decoded.
type Codec[T any] = memo.Codec[T]

// WithCodec stores the fixture by c. A codec for values of another type than
// the fixture's is an error.
func WithCodec[T any](c Codec[T]) Option {
	return withCodec(memo.Box(c))
}

//go:noinline
func withCodec(c *memo.AnyCodec) Option {
	return option{optWithCodec, func(s *settings) { s.Codec = c }}
}

// RegisterCodec makes c the way in which values of T are stored wherever they
// occur in a fixture. It is meant for init functions.
func RegisterCodec[T any](c Codec[T]) { memo.RegisterCodec(c) }

// RegisterGlobal gives a package variable a name by which fixtures keep its
// identity:
//
//	cachetest.RegisterGlobal("store.ErrNotFound", &store.ErrNotFound)
//
// Without it a value that holds such a variable is not stored: what came back
// would be a copy that is not == to it. It is meant for init functions.
func RegisterGlobal[T any](name string, p *T) { memo.RegisterGlobal(name, p) }

// JSON is a codec by encoding/json. Package gobcodec has one by encoding/gob.
func JSON[T any]() Codec[T] { return jsonCodec[T]{} }

type jsonCodec[T any] struct{}

func (jsonCodec[T]) Name() string                  { return "json" }
func (jsonCodec[T]) Encode(w io.Writer, v T) error { return json.NewEncoder(w).Encode(v) }
func (jsonCodec[T]) Decode(r io.Reader) (v T, err error) {
	err = json.NewDecoder(r).Decode(&v)
	return v, err
}
