package snapshot

import (
	"encoding/binary"
	"reflect"
	"sync"
	"unsafe"

	"github.com/fixturecache/fixturecache/core/internal/typeid"
)

// relocation is the state of turning the image of one slab into elements.
type relocation struct {
	*decoder
	plan   *plan
	packed columnReader
	vals   [3][blockElems]uint64
	leaves []byte
	tabs   map[tabKey]unsafe.Pointer
	syncs  []syncMapFill
}

func (d *decoder) relocation(s *readSlab) *relocation {
	return &relocation{decoder: d, plan: s.layout(), packed: columnReader{rest: s.image}, leaves: s.leaves, tabs: map[tabKey]unsafe.Pointer{}}
}

// elements makes the next n elements at dst, which is zero.
func (r *relocation) elements(dst unsafe.Pointer, n int) error {
	for at := 0; at < n; at += r.plan.perBlock {
		p, count := add(dst, uintptr(at)*r.plan.size), min(r.plan.perBlock, n-at)
		if err := r.block(r.plan, p, count); err != nil {
			return err
		}
		for i := uintptr(0); r.plan.leaves && i < uintptr(count); i++ {
			if err := r.leavesOf(r.plan, add(p, i*r.plan.size)); err != nil {
				return err
			}
		}
	}
	return nil
}

// end ends the work on a slab.
func (r *relocation) end() error {
	if len(r.leaves) > 0 {
		return damaged("codec values of no element")
	}
	r.decoder.syncs = append(r.decoder.syncs, r.syncs...)
	return nil
}

// block makes a block of n elements at dst, column by column: a loop per part is
// several times as fast as a switch per part of each element.
func (r *relocation) block(pl *plan, dst unsafe.Pointer, n int) error {
	b := &r.packed
	b.block(pl, n)
	for i, c := range pl.cols[:pl.runCols] {
		if c.size <= 8 {
			scatter(add(dst, c.off), b.column(i, c, &r.vals[0]), c.size, pl.size)
			continue
		}
		for i, src := uintptr(0), b.bytes(c.size); i < uintptr(n) && !b.bad; i++ {
			copy(bytesAt(add(dst, c.off+i*pl.size), c.size), src[i*c.size:])
		}
	}
	at := pl.runCols
	for i := range pl.ops {
		o := &pl.ops[i]
		var words [3][]uint64
		for w := range o.words() {
			words[w] = b.column(at, pl.cols[at], &r.vals[w])
			if wordSize < 8 && o.isRef(w) {
				longRefs(words[w])
			}
			at++
		}
		if b.bad {
			return damaged("packed elements")
		}
		if err := r.parts(o, add(dst, o.off), pl.size, words); err != nil {
			return err
		}
	}
	for i := range pl.ops {
		o := &pl.ops[i]
		if o.kind != opArray {
			continue
		}
		inner := func(p unsafe.Pointer, n int) error { return r.block(o.elem, p, n) }
		if err := o.eachBlock(dst, pl.size, n, inner); err != nil {
			return err
		}
	}
	if b.bad {
		return damaged("packed elements")
	}
	return nil
}

// parts makes one part of each element from its words.
func (r *relocation) parts(o *op, dst unsafe.Pointer, stride uintptr, words [3][]uint64) (err error) {
	ok := true
	at := func(i int) unsafe.Pointer { return add(dst, uintptr(i)*stride) }
	switch refs := words[0]; o.kind {
	case opPtr:
		for i := 0; i < len(refs) && ok; i++ {
			*(*unsafe.Pointer)(at(i)), ok = r.address(refs[i], o.elem, 1)
		}
	case opString:
		for i := 0; i < len(refs) && ok; i++ {
			*(*string)(at(i)), ok = r.str(refs[i], words[1][i])
		}
	case opSlice:
		for i := 0; i < len(refs) && ok; i++ {
			*(*sliceHeader)(at(i)), ok = r.slice(refs[i], words[1][i], words[2][i], o.elem)
		}
	case opMap:
		for i := 0; i < len(refs) && ok; i++ {
			*(*unsafe.Pointer)(at(i)), ok = r.mapAt(refs[i], o.t)
		}
	case opSyncMap:
		for i := 0; i < len(refs) && ok; i++ {
			var m unsafe.Pointer
			if m, ok = r.mapAt(refs[i], o.elem.t); m != nil {
				r.syncs = append(r.syncs, syncMapFill{(*sync.Map)(at(i)), m})
			}
		}
	case opTime:
		scatter(dst, refs, 8, stride)
		scatter(add(dst, 8), words[1], 8, stride)
	case opIface:
		for i := 0; i < len(refs) && err == nil; i++ {
			err = r.iface(o, at(i), refs[i], words[1][i])
		}
	case opCodec:
		for i := 0; i < len(refs) && ok; i++ {
			ok = r.object(o, at(i), refs[i])
		}
	case opNever:
		return damaged("%s", o.not.What)
	}
	if !ok {
		return damaged("reference")
	}
	return err
}

// tabKey is a pair of interface type and dynamic type.
type tabKey struct {
	iface reflect.Type
	typ   uint64
}

// iface makes the interface of dynamic type number n at dst.
func (r *relocation) iface(o *op, dst unsafe.Pointer, n, ref uint64) error {
	if n == 0 {
		return nil
	}
	t, err := r.typeAt(n)
	if err != nil {
		return err
	}
	tab, ok := r.tabs[tabKey{o.t, n}]
	if !ok {
		if tab, ok = ifaceTab(o.t, t); !ok {
			return damaged("%s in a %s", t, o.t)
		}
		r.tabs[tabKey{o.t, n}] = tab
	}
	data, err := r.boxed(t, ref)
	if err != nil {
		return err
	}
	*(*twoWords)(dst) = twoWords{tab, data}
	return nil
}

// boxed returns the data word of an interface that holds a t.
func (r *relocation) boxed(t reflect.Type, ref uint64) (unsafe.Pointer, error) {
	if t == typeid.Rtype {
		named, err := r.typeAt(ref)
		if err != nil {
			return nil, err
		}
		return reflect.ValueOf(named).UnsafePointer(), nil
	}
	pl := r.coder.plan(t)
	if !pl.direct {
		p, ok := r.address(ref, pl, 1)
		if !ok || p == nil {
			return nil, damaged("interface")
		}
		return p, nil
	}
	if len(pl.ops) == 0 {
		return nil, nil
	}
	cell := new(unsafe.Pointer)
	err := r.parts(&pl.ops[0], unsafe.Pointer(cell), wordSize, [3][]uint64{{ref}})
	return *cell, err
}

// ifaceTab returns the first word of interfaces of type iface that hold a t.
func ifaceTab(iface, t reflect.Type) (unsafe.Pointer, bool) {
	if t.Kind() == reflect.Interface || !t.Implements(iface) {
		return nil, false
	}
	p := reflect.New(iface)
	p.Elem().Set(reflect.Zero(t))
	return loadPtr(p.UnsafePointer()), true
}

// object makes what is number n in the table of things with a codec.
func (r *relocation) object(o *op, at unsafe.Pointer, n uint64) bool {
	if n == 0 {
		return true
	}
	if n > uint64(len(r.objects)) || r.objects[n-1].t != o.t {
		return false
	}
	reflect.NewAt(o.t, at).Elem().Set(reflect.NewAt(o.t, r.objects[n-1].p).Elem())
	return true
}

// leavesOf makes those parts of an element that codecs wrote one after the other.
func (r *relocation) leavesOf(pl *plan, p unsafe.Pointer) error {
	for i := range pl.ops {
		o := &pl.ops[i]
		switch {
		case o.kind == opCodec && !hasIdentity(o.t):
			if err := r.leaf(o, add(p, o.off)); err != nil {
				return err
			}
		case o.kind == opArray:
			for i := range uintptr(o.n) {
				if err := r.leavesOf(o.elem, add(p, o.off+i*o.elem.size)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (r *relocation) leaf(o *op, at unsafe.Pointer) error {
	if len(r.leaves) < 8 {
		return damaged("codec values end early")
	}
	n := binary.LittleEndian.Uint64(r.leaves)
	if n > uint64(len(r.leaves)-8) {
		return damaged("codec values end early")
	}
	data := r.leaves[8 : 8+n : 8+n]
	r.leaves = r.leaves[8+n:]
	if err := o.codec.decode(data, o.t, at); err != nil {
		return damaged("codec %s: %v", o.codec.name, err)
	}
	return nil
}
