package snapshot

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"reflect"

	"github.com/fixturecache/fixturecache/core/internal/typeid"
)

// typeTable numbers the types that the bytes mention. Those that the root type
// reaches are told by their place among them: the root's digest vouches for all.
// Others, found in interfaces, are told by name and digest.
type typeTable struct {
	static map[reflect.Type]int
	ids    map[reflect.Type]uint64
	list   []reflect.Type
}

func newTypeTable(root *plan) *typeTable {
	tt := &typeTable{static: map[reflect.Type]int{}, ids: map[reflect.Type]uint64{}}
	for i, r := range reachable(root) {
		tt.static[r.plan.t] = i + 1
	}
	return tt
}

// reached is a type that is a part of another one, and the shortest way to it,
// pointers and elements left out.
type reached struct {
	plan *plan
	path string
}

// reachable returns the types that values of root's type may consist of without
// the help of an interface, in the order of a walk breadth first.
func reachable(root *plan) []reached {
	seen := map[*plan]bool{root: true}
	list := []reached{{root, ""}}
	for at := 0; at < len(list); at++ {
		pl, path := list[at].plan, list[at].path
		for i := range pl.ops {
			o := &pl.ops[i]
			for _, next := range []*plan{o.self, o.key, o.elem} {
				if next != nil && !seen[next] {
					seen[next] = true
					list = append(list, reached{next, path + o.path})
				}
			}
		}
	}
	return list
}

func typesOf(list []reached) (types []reflect.Type) {
	for _, r := range list {
		types = append(types, r.plan.t)
	}
	return types
}

// typeNumber returns the number of a type, from 1. One that a reader could take
// for another one is refused.
func (e *encoder) typeNumber(o *op, t reflect.Type) (uint64, error) {
	if e.look != nil {
		d := typeid.Of(t)
		return binary.LittleEndian.Uint64(d[:]), nil
	}
	tt := e.types
	if n, ok := tt.ids[t]; ok {
		return n, nil
	}
	if typeid.Note(t) != nil && e.purpose == toStore {
		return 0, e.refuse(o, "two types are called "+typeid.Name(t)+" and are built alike, so a value of one cannot be stored in an interface; rename one")
	}
	tt.list = append(tt.list, t)
	tt.ids[t] = uint64(len(tt.list))
	return tt.ids[t], nil
}

func (e *encoder) putTypes(t *table) {
	tt := e.types
	t.num(uint64(len(tt.list)))
	for _, typ := range tt.list {
		t.num(uint64(tt.static[typ]))
		if tt.static[typ] == 0 {
			t.str(typ.String())
			d := typeid.Of(typ)
			t.add(d[:])
		}
		t.str(codecsIn(e.coder.plan(typ)))
	}
}

func (d *decoder) readTypes(root *plan) error {
	static := reachable(root)
	likely := typesOf(static)
	for range d.count(1) {
		var typ reflect.Type
		if i := d.num(); i > uint64(len(static)) {
			return damaged("type %d of %d", i, len(static))
		} else if i > 0 {
			typ = static[i-1].plan.t
		} else {
			var digest typeid.Digest
			printed := d.str()
			copy(digest[:], d.take(uintptr(len(digest))))
			if typ = typeid.Find(printed, digest, likely); typ == nil {
				return cmp.Or[error](d.err, &UnknownTypeError{printed})
			}
			likely = append(likely, typesOf(reachable(d.coder.plan(typ)))...)
		}
		if names, got := d.str(), codecsIn(d.coder.plan(typ)); d.err == nil && got != names {
			return fmt.Errorf("%w: %s was stored by other codecs (%q, now %q)", ErrOtherType, typeid.Name(typ), names, got)
		}
		d.types = append(d.types, typ)
	}
	return d.err
}

// typeAt returns the type numbered n, from 1.
func (d *decoder) typeAt(n uint64) (reflect.Type, error) {
	if n == 0 || n > uint64(len(d.types)) {
		return nil, damaged("type number %d", n)
	}
	return d.types[n-1], nil
}

// UnknownTypeError names a type that the bytes mention and this program cannot
// find: a miss, not a failure.
type UnknownTypeError struct{ Name string }

func (e *UnknownTypeError) Error() string {
	return fmt.Sprintf("type %s is not known in this program", e.Name)
}
