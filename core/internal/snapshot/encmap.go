package snapshot

import (
	"reflect"
	"sync"
	"unsafe"
)

// mapWriter writes the entries of one map, in canonical order.
type mapWriter func(e *encoder, s *slab, m unsafe.Pointer) error

// mapRef returns the ref of the map m, a map word.
func (e *encoder) mapRef(m unsafe.Pointer, o *op) (uint64, error) {
	if name, ok := e.global(m, o.t); ok {
		return name, nil
	}
	pl := o.self
	s := e.maps[pl]
	if s == nil {
		s = e.newSlab(slabMaps, pl)
		s.keys, s.vals = e.newSlab(slabKeys, o.key), e.newSlab(slabVals, o.elem)
		s.sorter = sorterFor(o)
		e.maps[pl] = s
	}
	found, id, isNew := e.met.find(m, pl, 0)
	if isNew {
		found.ref = s.ref(s.n)
		s.n++
		s.todo = append(s.todo, id)
	}
	return found.ref, nil
}

func (e *encoder) writeMap(s *slab, m unsafe.Pointer) error {
	e.inMap = true
	err := s.sorter(e, s, m)
	e.inMap = false
	return err
}

// addMap notes that n entries follow.
func (s *slab) addMap(n int) {
	putWord(s.elem(), 0, uint64(n))
	s.keys.n += uint64(n)
	s.vals.n += uint64(n)
}

// writeEntries is the mapWriter for every kind of map.
func writeEntries(e *encoder, s *slab, m unsafe.Pointer) error {
	entries := newEntries(&s.plan.ops[0], unsafe.Pointer(&m))
	order, err := orderOf(e.coder, entries)
	if err != nil {
		return err
	}
	s.addMap(entries.n)
	for _, r := range order {
		if err := e.keyAndValue(s, entries.keyAt(int(r.at)), entries.valAt(int(r.at))); err != nil {
			return err
		}
	}
	return nil
}

func (e *encoder) keyAndValue(s *slab, key, val unsafe.Pointer) error {
	if err := e.entry(s.keys, key); err != nil {
		return err
	}
	return e.entry(s.vals, val)
}

func (e *encoder) entry(s *slab, p unsafe.Pointer) error {
	e.current = s
	return e.image(s.plan, p, s.elem())
}

func (e *encoder) syncMap(o *op, q unsafe.Pointer, dst []byte) error {
	if e.inMap {
		return refuse(o, notData{what: "a sync.Map inside a map"}.stored())
	}
	m := map[any]any{}
	(*sync.Map)(q).Range(func(k, v any) bool { m[k] = v; return true })
	e.keep = append(e.keep, m)
	if len(m) == 0 {
		return nil
	}
	ref, err := e.mapRef(reflect.ValueOf(m).UnsafePointer(), &o.elem.ops[0])
	putWord(dst, o.off, ref)
	return err
}
