package memo

import (
	"bytes"
	"encoding/gob"
	"fmt"
	"reflect"
)

// A codec turns values of T into bytes and back.
type codec[T any] interface {
	name() string
	encode(v T) ([]byte, error)
	decode(data []byte) (T, error)
}

// codecOf chooses how a value of T is stored.
func codecOf[T any](s *Spec) (codec[T], error) {
	switch t := reflect.TypeFor[T](); {
	case t.Kind() == reflect.String, t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8:
		s.Codec = ""
		return rawCodec[T]{}, nil
	}
	return gobCodec[T]{}, nil
}

// rawCodec stores strings and byte slices as they are, after a byte that tells
// nil from empty.
type rawCodec[T any] struct{}

func (rawCodec[T]) name() string { return "as bytes" }

func (rawCodec[T]) encode(v T) ([]byte, error) {
	rv := reflect.ValueOf(v)
	if rv.Kind() == reflect.String {
		return append([]byte{1}, rv.String()...), nil
	}
	if rv.IsNil() {
		return []byte{0}, nil
	}
	return append([]byte{1}, rv.Bytes()...), nil
}

func (rawCodec[T]) decode(data []byte) (v T, err error) {
	if len(data) == 0 {
		return v, fmt.Errorf("its stored form is empty")
	}
	rv := reflect.ValueOf(&v).Elem()
	switch {
	case data[0] == 0:
	case rv.Kind() == reflect.String:
		rv.SetString(string(data[1:]))
	default:
		rv.SetBytes(bytes.Clone(data[1:]))
	}
	return v, nil
}

// gobCodec stores everything else by encoding/gob, in a box: gob knows no nil
// at the top.
type gobCodec[T any] struct{}

type box[T any] struct{ V T }

func (gobCodec[T]) name() string { return "encoding/gob" }

func (gobCodec[T]) encode(v T) (data []byte, err error) {
	defer catch(&err)
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(box[T]{v}); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func (gobCodec[T]) decode(data []byte) (v T, err error) {
	defer catch(&err)
	var b box[T]
	err = gob.NewDecoder(bytes.NewReader(data)).Decode(&b)
	return b.V, err
}

// catch makes an error of a panic of gob, which nil pointers cause.
func catch(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("encoding/gob: %v", r)
	}
}
