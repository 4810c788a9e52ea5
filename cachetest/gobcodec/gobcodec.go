// Package gobcodec stores values by encoding/gob, for types that cannot be stored
// as they are and know how to be encoded by gob:
//
//	cachetest.Memo(t, "key", load, cachetest.WithCodec(gobcodec.Gob[Key]()))
//
// It is a package of its own so that only its importers link encoding/gob. Parts
// that gob loses (unexported fields, empty slices, shared pointers) are lost in
// the first run too. A value that gob cannot encode is returned and not stored.
package gobcodec

import (
	"encoding/gob"
	"io"

	"github.com/fixturecache/fixturecache/cachetest"
)

// Gob returns a codec by encoding/gob.
func Gob[T any]() cachetest.Codec[T] { return codec[T]{} }

type codec[T any] struct{}

func (codec[T]) Name() string                  { return "gob" }
func (codec[T]) Encode(w io.Writer, v T) error { return gob.NewEncoder(w).Encode(&v) }
func (codec[T]) Decode(r io.Reader) (v T, err error) {
	err = gob.NewDecoder(r).Decode(&v)
	return v, err
}
