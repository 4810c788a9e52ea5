package snapshot

import (
	"errors"
	"reflect"
	"unsafe"
)

// createMaps makes the maps of slab i, empty.
func (d *decoder) createMaps(i int) error {
	s := &d.slabs[i]
	o, left := &s.plan.ops[0], d.slabs[i+1].n
	create := func(n int) unsafe.Pointer { return reflect.MakeMapWithSize(o.t, n).UnsafePointer() }
	if f := o.self.fast; f != nil {
		create = f.create
	}
	s.maps = unsafe.Slice((*unsafe.Pointer)(newArray(reflect.TypeFor[unsafe.Pointer](), int(s.n))), s.n)
	counts := d.entries(s)
	for j := range s.maps {
		n, err := counts.count()
		if err != nil {
			return err
		}
		if n > left || n > 1 && o.key.size == 0 {
			return damaged("map of %d entries", n)
		}
		left -= n
		s.maps[j] = create(int(n))
	}
	if left != 0 {
		return damaged("%d entries of no map", left)
	}
	return nil
}

// fillMaps fills the maps of slab i.
func (d *decoder) fillMaps(i int) error {
	s := &d.slabs[i]
	counts, f := d.entries(s), d.filler(i)
	for _, m := range s.maps {
		n, err := counts.count()
		if err != nil {
			return err
		}
		if err := f.fill(m, int(n)); err != nil {
			return err
		}
	}
	return f.end()
}

// filler puts the entries of a slab of maps into one map after the other.
type filler struct {
	keys, vals *entrySource
	put        func(m, keys, vals unsafe.Pointer, n int)
}

func (d *decoder) filler(i int) *filler {
	o := &d.slabs[i].plan.ops[0]
	f := &filler{keys: d.entries(&d.slabs[i+1]), vals: d.entries(&d.slabs[i+2]), put: o.putByReflection}
	if fast := o.self.fast; fast != nil {
		f.put = fast.fill
	}
	return f
}

// fill puts the next n entries into m.
func (f *filler) fill(m unsafe.Pointer, n int) error {
	for n > 0 {
		if err := errors.Join(f.keys.more(), f.vals.more()); err != nil {
			return err
		}
		some := min(n, f.keys.ready, f.vals.ready)
		f.put(m, f.keys.base, f.vals.base, some)
		f.keys.skip(some)
		f.vals.skip(some)
		n -= some
	}
	return nil
}

func (f *filler) end() error { return errors.Join(f.keys.end(), f.vals.end()) }

func (o *op) putByReflection(m, keys, vals unsafe.Pointer, n int) {
	dst := reflect.NewAt(o.t, unsafe.Pointer(&m)).Elem()
	for i := range uintptr(n) {
		k := reflect.NewAt(o.key.t, add(keys, i*o.key.size)).Elem()
		v := reflect.NewAt(o.elem.t, add(vals, i*o.elem.size)).Elem()
		dst.SetMapIndex(k, v)
	}
}

// entrySource delivers the elements of a slab in order, in memory that is used
// again for the next: they are copied into maps.
type entrySource struct {
	*relocation
	left  int // elements not yet made
	room  reflect.Value
	base  unsafe.Pointer // the next element
	ready int            // elements at base
}

func (d *decoder) entries(s *readSlab) *entrySource {
	e := &entrySource{relocation: d.relocation(s), left: int(s.n)}
	room := min(e.left, e.plan.perBlock)
	e.room = reflect.MakeSlice(reflect.SliceOf(e.plan.t), room, room)
	return e
}

// more sees to it that an element is ready, where there is one left.
func (e *entrySource) more() error {
	if e.ready > 0 || e.left == 0 {
		return nil
	}
	if !e.plan.plain() {
		e.room.Clear() // elements are made in zero memory
	}
	n := min(e.left, e.room.Len())
	e.base, e.ready = e.room.UnsafePointer(), n
	e.left -= n
	return e.elements(e.base, n)
}

func (e *entrySource) skip(n int) {
	if e.ready -= n; e.ready > 0 { // a pointer must not leave its array
		e.base = add(e.base, uintptr(n)*e.plan.size)
	}
}

// count returns the next element of a slab of counts.
func (e *entrySource) count() (uint64, error) {
	if err := e.more(); err != nil {
		return 0, err
	}
	n := *(*uint64)(e.base)
	e.skip(1)
	return n, nil
}
