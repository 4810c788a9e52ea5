package snapshot

import (
	"fmt"
	"reflect"
	"sync"

	"github.com/fixturecache/fixturecache/core/internal/typeid"
)

// seenTypes are the types met in interfaces in this process, by digest.
var seenTypes sync.Map // typeid.Digest -> reflect.Type

// noteType remembers t for decoding; it returns another type that could be
// taken for t, if there is one.
func noteType(t reflect.Type) (other reflect.Type) {
	d := typeid.Of(t)
	if old, loaded := seenTypes.LoadOrStore(d, t); loaded && old.(reflect.Type) != t {
		return old.(reflect.Type)
	}
	for _, linked := range linkedTypes(t.String()) {
		if linked != t && typeid.Of(linked) == d {
			return linked
		}
	}
	return nil
}

// UnknownTypeError names a type that the bytes mention and this program cannot
// find: a miss, not a failure.
type UnknownTypeError struct{ Name string }

func (e *UnknownTypeError) Error() string {
	return fmt.Sprintf("type %s is not known in this program", e.Name)
}

var rtypeType = reflect.TypeOf(reflect.TypeOf(0))

// basicTypes are found without a search.
var basicTypes = sync.OnceValue(func() map[typeid.Digest]reflect.Type {
	m := map[typeid.Digest]reflect.Type{}
	for _, t := range []reflect.Type{
		reflect.TypeFor[bool](), reflect.TypeFor[int](), reflect.TypeFor[int8](), reflect.TypeFor[int16](),
		reflect.TypeFor[int32](), reflect.TypeFor[int64](), reflect.TypeFor[uint](), reflect.TypeFor[uint8](),
		reflect.TypeFor[uint16](), reflect.TypeFor[uint32](), reflect.TypeFor[uint64](), reflect.TypeFor[float32](),
		reflect.TypeFor[float64](), reflect.TypeFor[complex64](), reflect.TypeFor[complex128](), reflect.TypeFor[string](),
		reflect.TypeFor[[]byte](), reflect.TypeFor[[]string](), reflect.TypeFor[[]any](), reflect.TypeFor[map[string]any](),
		rtypeType,
	} {
		m[typeid.Of(t)] = t
	}
	return m
})

// resolver finds types by name and digest.
type resolver struct {
	coder *coder
	known map[typeid.Digest]reflect.Type
	tried map[reflect.Type]bool
}

func newResolver(c *coder) *resolver {
	return &resolver{coder: c, known: map[typeid.Digest]reflect.Type{}, tried: map[reflect.Type]bool{}}
}

// addGraph makes known all types that t reaches.
func (r *resolver) addGraph(t reflect.Type) {
	for _, reached := range reachable(r.coder.plan(t)) {
		if !r.tried[reached] {
			r.tried[reached] = true
			r.known[typeid.Of(reached)] = reached
		}
	}
}

// find returns the type with this name, digest and printed form.
func (r *resolver) find(name, printed string, d typeid.Digest, root reflect.Type) (reflect.Type, error) {
	if t, ok := basicTypes()[d]; ok {
		return t, nil
	}
	if t, ok := seenTypes.Load(d); ok {
		return t.(reflect.Type), nil
	}
	if len(r.known) == 0 {
		r.addGraph(root)
	}
	t, ok := r.known[d]
	if !ok {
		t, ok = linkedType(name, printed, d)
	}
	if !ok {
		return nil, &UnknownTypeError{name}
	}
	if noteType(t) != nil {
		return nil, &UnknownTypeError{name}
	}
	r.addGraph(t)
	return t, nil
}

func linkedType(name, printed string, d typeid.Digest) (reflect.Type, bool) {
	for _, t := range linkedTypes(printed) {
		if typeid.Name(t) == name && typeid.Of(t) == d {
			return t, true
		}
	}
	return nil, false
}
