package snapshot

import (
	"crypto/sha256"
	"errors"
	"reflect"
	"slices"
	"unsafe"

	"github.com/fixturecache/fixturecache/core/internal/typeid"
)

// Hash returns the canonical hash of v and of all it reaches. It is the same
// in every process for values that differ neither in type nor in any part:
// nil and empty, -0 and 0, the bits of NaN, unexported fields, zones and
// sharing count, also of a part; capacity, padding, blank fields, monotonic readings
// and locks do not. A value that is not data is refused with a [*RefusedError]. Pointers to
// variables count by content, to registered ones by name too, and by name alone to fixed
// ones and to those of types that have functions or channels.
func Hash(v any) (typeid.Digest, error) {
	d, _, err := HashTypes(v)
	return d, err
}

// HashTypes is Hash, and names the declared types whose methods v brings with
// it, as typeid.Declared does: that of v, those that interfaces in it hold, and what
// they are made of.
func HashTypes(v any) (d typeid.Digest, types []string, err error) {
	if v == nil {
		return sha256.Sum256([]byte("snapshot nil")), nil, nil
	}
	c := Default().c // by what a value is made of
	pl := c.plan(reflect.TypeFor[any]())
	e := newEncoder(c, toKey, sha256.New())
	e.methods = typeid.NewSet()
	sum, err := e.digest(pl, unsafe.Pointer(&v))
	if err != nil {
		return d, nil, explain(e, pl, unsafe.Pointer(&v), err)
	}
	copy(d[:], sum)
	return d, e.methods.Sorted(), nil
}

// digest encodes the value at p, and returns the digest of that.
func (e *encoder) digest(root *plan, p unsafe.Pointer) ([]byte, error) {
	if err := e.encode(root, p); err != nil {
		return nil, err
	}
	for _, o := range e.met.overlaps() {
		e.out.num(uint64(o.id))
		e.out.num(uint64(o.with))
		e.out.num(o.by)
	}
	return e.out.digest(), nil
}

// overlap is memory that overlaps with other memory without being the same: a write to
// the one changes the other.
type overlap struct {
	id   uint32
	with uint32 // the lowest number in the run of pieces that overlap
	by   uint64 // its distance from with
}

// overlaps returns the overlaps of the memory that was met, by numbers.
func (t *metTable) overlaps() (list []overlap) {
	pieces := slices.DeleteFunc(t.byAddress(), func(p ranked) bool { return t.at(p.at).hi() == uintptr(p.word) })
	found := map[uint32]overlap{}
	for len(pieces) > 0 {
		first, end, n := pieces[0], t.at(pieces[0].at).hi(), 1
		for ; n < len(pieces) && uintptr(pieces[n].word) < end; n++ {
			end = max(end, t.at(pieces[n].at).hi())
			if pieces[n].at < first.at {
				first = pieces[n]
			}
		}
		for _, p := range pieces[:n] {
			if p != first {
				found[p.at] = overlap{p.at, first.at, p.word - first.word}
			}
		}
		pieces = pieces[n:]
	}
	for id := uint32(0); len(list) < len(found); id++ {
		if o, ok := found[id]; ok {
			list = append(list, o)
		}
	}
	return list
}

// explain finds the path to the part that was refused by a second walk, which may
// meet another part first.
func explain(e *encoder, root *plan, p unsafe.Pointer, err error) error {
	var refused, found *RefusedError
	if !errors.As(err, &refused) {
		return err
	}
	again := newEncoder(e.coder, e.purpose, nil)
	again.trail.on = true
	if errors.As(again.encode(root, p), &found) {
		return found
	}
	return refused
}
