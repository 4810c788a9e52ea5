package snapshot

import (
	"fmt"
	"reflect"
	"unsafe"
)

// hasIdentity reports whether two values of t may be one and the same thing,
// so that a codec's value must be stored once and shared again.
func hasIdentity(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Interface, reflect.Chan, reflect.Func, reflect.UnsafePointer:
		return true
	}
	return false
}

// sharedCodecs is the table of things with a codec and an identity.
type sharedCodecs struct {
	ids  map[sharedKey]uint64
	list []sharedCodec
}

type sharedKey struct {
	t     reflect.Type
	words [2]uintptr // the pointer, or the interface's two words
}

type sharedCodec struct {
	t    reflect.Type
	name string
	data []byte
}

// number returns the place of what is at q in the table, from 1.
func (s *sharedCodecs) number(o *op, q unsafe.Pointer) (uint64, error) {
	key := sharedKey{t: o.t}
	key.words[0] = *(*uintptr)(q)
	if o.size > wordSize {
		key.words[1] = *(*uintptr)(add(q, wordSize))
	}
	if n, ok := s.ids[key]; ok {
		return n, nil
	}
	data, err := o.codec.encode(q)
	if err != nil {
		return 0, fmt.Errorf("codec %s: %v", o.codec.name(), err)
	}
	if s.ids == nil {
		s.ids = map[sharedKey]uint64{}
	}
	n := uint64(len(s.list) + 1)
	s.list = append(s.list, sharedCodec{t: o.t, name: o.codec.name(), data: data})
	s.ids[key] = n
	return n, nil
}
