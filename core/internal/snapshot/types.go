package snapshot

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/fixturecache/fixturecache/core/internal/typeid"
)

// reachable returns the types that values of root's type may consist of without
// the help of an interface, in the order of a walk breadth first.
func reachable(root *plan) (list []*plan) {
	seen := map[*plan]bool{}
	meet := func(pl *plan) {
		if pl != nil && !seen[pl] {
			seen[pl] = true
			list = append(list, pl)
		}
	}
	meet(root)
	for at := 0; at < len(list); at++ {
		pl := list[at]
		meet(pl.key)
		meet(pl.val)
		for i := range pl.ops {
			meet(pl.ops[i].elem)
		}
	}
	return list
}

// codecNames returns the names of the codecs of all that root reaches.
func codecNames(root *plan) (names string) {
	for _, pl := range reachable(root) {
		for i := range pl.ops {
			if c := pl.ops[i].codec; c != nil {
				names += c.Name() + "\x00"
			}
		}
	}
	return names
}

// typ writes the number of a type, from 1, and after that of a new one its digest and
// name. A type that a reader could take for another one is refused.
func (e *encoder) typ(path string, t reflect.Type) {
	n, known := e.types[t]
	if !known {
		if n = uint64(len(e.types) + 1); e.types == nil {
			e.types = map[reflect.Type]uint64{}
		}
		e.types[t] = n
	}
	if e.out.num(n); known {
		return
	}
	d := typeid.Of(t)
	e.out.add(d[:])
	if e.purpose == toStore {
		if typeid.Note(t) != nil {
			e.refuse(path, "two types are called "+typeid.Name(t)+" and are built alike, so a value of one cannot be stored in an interface; rename one")
		}
		e.out.text(t.String())
		e.out.text(codecNames(e.coder.plan(t)))
	}
}

// typ reads the type that an encoder's typ wrote. It is nil for number 0, and on damage.
func (d *decoder) typ() *plan {
	n := d.num()
	switch {
	case n == 0:
		return nil
	case n <= uint64(len(d.types)):
		return d.types[n-1]
	case n > uint64(len(d.types))+1:
		d.fail("type number %d", n)
		return nil
	}
	var digest typeid.Digest
	copy(digest[:], d.take(uintptr(len(digest))))
	printed, names := d.str(), d.str()
	if d.err != nil {
		return nil
	}
	t := typeid.Find(printed, digest, nil)
	if t == nil {
		var likely []reflect.Type
		for _, known := range append(d.types, d.list[0].plan) {
			for _, pl := range reachable(known) {
				likely = append(likely, pl.t)
			}
		}
		t = typeid.Find(printed, digest, likely)
	}
	if t == nil {
		d.err = fmt.Errorf("type %s %w", printed, ErrUnknownType)
		return nil
	}
	pl := d.coder.plan(t)
	d.checkCodecs(pl, names)
	d.types = append(d.types, pl)
	return pl
}

// checkCodecs fails where a type was stored by other codecs.
func (d *decoder) checkCodecs(pl *plan, names string) {
	if now := codecNames(pl); d.err == nil && now != names {
		d.err = fmt.Errorf("%w: %s was stored by other codecs (%q, now %q)", ErrOtherType, typeid.Name(pl.t), names, now)
	}
}

// ErrUnknownType is in the chain of Unmarshal's errors where the bytes mention a type that
// this program cannot find: a miss, not a failure.
var ErrUnknownType = errors.New("is not known in this program")
