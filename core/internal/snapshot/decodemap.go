package snapshot

import (
	"errors"
	"reflect"
	"unsafe"
)

// createMaps makes the maps of slab i; filled at once, while they are at hand,
// where what goes into them needs no other slab to be complete.
func (d *decoder) createMaps(i int) error {
	s := &d.slabs[i]
	left, create := d.slabs[i+1].n, d.mapMaker(s.plan)
	s.maps = unsafe.Slice((*unsafe.Pointer)(newArray(reflect.TypeFor[unsafe.Pointer](), int(s.n))), s.n)
	next := func(j int, n uint64) (unsafe.Pointer, error) {
		if n > left || n > 1 && s.plan.ops[0].key.size == 0 {
			return nil, damaged("map of %d entries", n)
		}
		left -= n
		s.maps[j] = create(int(n))
		return s.maps[j], nil
	}
	var err error
	if s.filled = s.plan.ops[0].fillsEarly(); s.filled {
		err = d.fillMaps(i, next)
	} else {
		err = s.eachCount(next)
	}
	if err == nil && left != 0 {
		err = damaged("%d entries of no map", left)
	}
	return err
}

// fillsEarly reports whether entries are made of words that are known once all
// slabs have their memory.
func (o *op) fillsEarly() bool {
	if o.fastMap() == nil {
		return false
	}
	for i := range o.elem.ops {
		if k := o.elem.ops[i].kind; k != opPtr && k != opString && k != opSlice {
			return false
		}
	}
	return true
}

// eachCount calls f with the number of each map of s and how many entries it has.
func (s *readSlab) eachCount(f func(j int, n uint64) (unsafe.Pointer, error)) error {
	c := counts{s: s, packed: blockReader{rest: s.image}}
	for j := range int(s.n) {
		if _, err := f(j, c.next()); err != nil {
			return err
		}
	}
	return c.end()
}

// counts delivers how many entries each map of a slab has.
type counts struct {
	s      *readSlab
	packed blockReader
	vals   [blockElems]uint64
	block  []uint64 // not yet delivered
	at     uint64   // where the next block begins
}

func (c *counts) next() uint64 {
	if len(c.block) == 0 {
		n := int(min(c.s.n-c.at, blockElems))
		c.at += uint64(n)
		if c.s.isPacked() {
			c.packed.block(wordPlan, n)
			c.block = c.packed.column(0, wordPlan.cols[0], &c.vals)
		} else {
			c.block = c.vals[:n]
			getColumn(c.block, (*uint64)(unsafe.Pointer(unsafe.SliceData(c.packed.take(8*n)))), 0)
		}
	}
	n := c.block[0]
	c.block = c.block[1:]
	return n
}

func (c *counts) end() error {
	if c.packed.bad {
		return damaged("number of entries")
	}
	return nil
}

func (d *decoder) mapMaker(pl *plan) func(n int) unsafe.Pointer {
	if f := pl.ops[0].fastMap(); f != nil {
		return f.create
	}
	return func(n int) unsafe.Pointer { return reflect.MakeMapWithSize(pl.t, n).UnsafePointer() }
}

// entrySource delivers the keys or the values of the maps of a slab in order,
// in memory that is used again for the next: they are copied into maps.
type entrySource struct {
	*relocation
	left  int // elements not yet made
	room  reflect.Value
	base  unsafe.Pointer // the next element
	ready int            // elements at base
}

func (d *decoder) entries(s *readSlab) *entrySource {
	e := &entrySource{relocation: d.relocation(s), left: int(s.n)}
	switch {
	case s.isPacked():
		e.room = reflect.MakeSlice(reflect.SliceOf(s.plan.t), blockElems, blockElems)
	case s.plan.plain():
		e.base, e.ready, e.left = zeroBase, e.left, 0
		if len(s.image) > 0 {
			e.base = unsafe.Pointer(&s.image[0])
		}
	default:
		e.room = reflect.MakeSlice(reflect.SliceOf(s.plan.t), e.left, e.left)
	}
	return e
}

// more sees to it that an element is ready, where there is one left.
func (e *entrySource) more() error {
	if e.ready > 0 || e.left == 0 {
		return nil
	}
	if !e.slab.plan.plain() {
		e.room.Clear() // elements are made in zero memory
	}
	n := min(e.left, e.room.Len())
	e.base, e.ready = e.room.UnsafePointer(), n
	e.left -= n
	return e.elements(e.base, n)
}

func (e *entrySource) skip(n int) {
	if e.ready -= n; e.ready > 0 { // a pointer must not leave its array
		e.base = add(e.base, uintptr(n)*e.slab.plan.size)
	}
}

// fillMaps fills the maps of slab i, which next delivers.
func (d *decoder) fillMaps(i int, next func(j int, n uint64) (unsafe.Pointer, error)) error {
	s := &d.slabs[i]
	keys, vals := d.entries(&d.slabs[i+1]), d.entries(&d.slabs[i+2])
	fill := fillByReflection(&s.plan.ops[0])
	if f := s.plan.ops[0].fastMap(); f != nil {
		fill = f.fill
	}
	c := counts{s: s, packed: blockReader{rest: s.image}}
	for j := range int(s.n) {
		count := c.next()
		m, err := next(j, count)
		if err != nil {
			return err
		}
		for left := int(count); left > 0; {
			if err := keys.more(); err != nil {
				return err
			}
			if err := vals.more(); err != nil {
				return err
			}
			n := min(left, keys.ready, vals.ready)
			fill(m, keys.base, vals.base, n)
			keys.skip(n)
			vals.skip(n)
			left -= n
		}
	}
	return errors.Join(c.end(), keys.end(), vals.end())
}

func fillByReflection(o *op) func(m, keys, vals unsafe.Pointer, n int) {
	return func(m, keys, vals unsafe.Pointer, n int) {
		dst := reflect.NewAt(o.t, unsafe.Pointer(&m)).Elem()
		for i := range n {
			k := reflect.NewAt(o.key.t, add(keys, uintptr(i)*o.key.size)).Elem()
			v := reflect.NewAt(o.elem.t, add(vals, uintptr(i)*o.elem.size)).Elem()
			dst.SetMapIndex(k, v)
		}
	}
}
