package snapshot

import (
	"encoding/binary"
	"errors"
	"fmt"
	"reflect"
	"unsafe"

	"github.com/fixturecache/fixturecache/core/internal/typeid"

	"github.com/cespare/xxhash/v2"
)

// ErrDamaged is what Unmarshal's errors wrap where the bytes are not what
// Marshal wrote: a miss, not a failure.
var ErrDamaged = errors.New("snapshot is damaged")

// ErrOtherType is what Unmarshal's errors wrap where the bytes hold a value of
// another type, or of one that has changed.
var ErrOtherType = errors.New("snapshot holds another type")

func damaged(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrDamaged, fmt.Sprintf(format, args...))
}

// decoder rebuilds a value from its slabs.
type decoder struct {
	coder   *coder
	types   []reflect.Type
	globals []string
	objects []sharedValue
	slabs   []readSlab
	syncs   []syncMapFill
	root    reflect.Type
}

// sharedValue is what a codec made of a thing with an identity.
type sharedValue struct {
	t reflect.Type
	p unsafe.Pointer
}

// readSlab is a slab whose bounds have been checked.
type readSlab struct {
	kind   slabKind
	plan   *plan
	n      uint64
	image  []byte
	leaves []byte
	base   unsafe.Pointer // elements; for strings their bytes
	maps   []unsafe.Pointer
	sizes  [2]uint64 // of image and leaves
}

// open checks sums and bounds and reads the table.
func (d *decoder) open(data []byte, root *plan, checkPlain bool) error {
	if len(data) < headSize || string(data[:8]) != magic {
		return damaged("no head")
	}
	word := func(off int) uint64 { return binary.LittleEndian.Uint64(data[off:]) }
	end := word(24)
	if word(8) != uint64(len(data)) || end < headSize || end > uint64(len(data)) {
		return damaged("%d bytes instead of %d", len(data), word(8))
	}
	if xxhash.Sum64(data[headSize:end]) != word(16) {
		return damaged("checksum of the table")
	}
	if checkPlain && xxhash.Sum64(data[end:]) != word(32) {
		return damaged("checksum of the data")
	}
	t := &tableReader{data: data[:end], at: headSize}
	if want := typeid.Of(root.t); string(t.take(len(want))) != string(want[:]) {
		return fmt.Errorf("%w than %s as it is now", ErrOtherType, typeid.Name(root.t))
	}
	d.root = root.t
	if err := d.readTypes(t, root); err != nil {
		return err
	}
	for range t.count(1) {
		d.globals = append(d.globals, t.str())
	}
	if err := d.readObjects(t); err != nil {
		return err
	}
	if err := d.readSlabs(t); err != nil {
		return err
	}
	if t.bad {
		return damaged("table ends early")
	}
	return d.cut(data, uint64(t.at), end)
}

func (d *decoder) readObjects(t *tableReader) error {
	for range t.count(3) {
		n, name, data := t.num(), t.str(), t.bytes()
		if t.bad {
			return damaged("table ends early")
		}
		typ, err := d.typeAt(n)
		if err != nil {
			return err
		}
		pl := d.coder.plan(typ)
		if len(pl.ops) != 1 || pl.ops[0].kind != opCodec || pl.ops[0].codec.name != name {
			return fmt.Errorf("%w: %s was stored by codec %s", ErrOtherType, typeid.Name(typ), name)
		}
		p := reflect.New(typ).UnsafePointer()
		if err := pl.ops[0].codec.decode(data, typ, p); err != nil {
			return damaged("codec %s: %v", name, err)
		}
		d.objects = append(d.objects, sharedValue{typ, p})
	}
	return nil
}

func (d *decoder) readSlabs(t *tableReader) error {
	for range t.count(6) {
		s := readSlab{kind: slabKind(t.num())}
		n := t.num()
		s.n = t.num()
		s.sizes = [2]uint64{t.num(), t.num()}
		names := t.str()
		if t.bad || s.kind > slabVals || s.n > maxLen || max(s.sizes[0], s.sizes[1]) > maxLen {
			return damaged("slab")
		}
		s.plan = bytePlan
		if s.kind != slabStrings {
			typ, err := d.typeAt(n)
			if err != nil {
				return err
			}
			s.plan = d.coder.plan(typ)
		}
		if got := codecNames(s.plan); got != names {
			return fmt.Errorf("%w: %s was stored by other codecs (%q, now %q)", ErrOtherType, typeid.Name(s.plan.t), names, got)
		}
		d.slabs = append(d.slabs, s)
	}
	return d.checkSlabs()
}

// checkSlabs checks that kinds go with types.
func (d *decoder) checkSlabs() error {
	for i := range d.slabs {
		s := &d.slabs[i]
		switch s.kind {
		case slabElems, slabPlain:
			if s.plan.plain() != (s.kind == slabPlain) || s.plan.size == 0 && s.n > 0 {
				return damaged("slab %d", i)
			}
		case slabMaps:
			if s.plan.t.Kind() != reflect.Map || len(s.plan.ops) != 1 || s.plan.ops[0].kind != opMap || i+2 >= len(d.slabs) {
				return damaged("map slab %d", i)
			}
			o, k, v := &s.plan.ops[0], &d.slabs[i+1], &d.slabs[i+2]
			if k.kind != slabKeys || v.kind != slabVals || k.plan != o.key || v.plan != o.elem || k.n != v.n {
				return damaged("entries of map slab %d", i)
			}
			if minImage(mapMemory(s.n, k.n, o)) > s.sizes[0]+k.sizes[0]+v.sizes[0] {
				return damaged("number of maps of slab %d", i)
			}
		case slabKeys, slabVals:
			if i == 0 || d.slabs[i-1].kind != s.kind-1 {
				return damaged("slab %d", i)
			}
		}
	}
	return nil
}

// cut gives each slab its part of data, in the order they were written.
func (d *decoder) cut(data []byte, tableAt, tableEnd uint64) error {
	plainAt, plainEnd := tableEnd, uint64(len(data))
	take := func(at *uint64, end, n, align uint64) ([]byte, bool) {
		if over := *at % align; over != 0 {
			*at += align - over
		}
		if n > end || *at > end-n {
			return nil, false
		}
		part := data[*at : *at+n : *at+n]
		*at += n
		return part, true
	}
	for i := range d.slabs {
		s := &d.slabs[i]
		size, ok := s.sizes[0], s.sizeFits()
		if !ok {
			return damaged("size of slab %d", i)
		}
		at, end := &plainAt, plainEnd
		if inTable(s.kind, s.plan) {
			at, end = &tableAt, tableEnd
		}
		if s.image, ok = take(at, end, size, imageAlign(size)); !ok {
			return damaged("slab %d ends behind the data", i)
		}
		if s.leaves, ok = take(&tableAt, tableEnd, s.sizes[1], 1); !ok {
			return damaged("codec values of slab %d end behind the data", i)
		}
	}
	return nil
}

func (s *readSlab) layout() *plan { return s.kind.layout(s.plan) }

// sizeFits reports whether the image is as large as its elements demand.
func (s *readSlab) sizeFits() bool {
	size := uint64(s.layout().size)
	if size > 0 && s.n > (1<<50)/size {
		return false
	}
	if s.kind.packs() {
		return minImage(s.n*size) <= s.sizes[0]
	}
	return s.n*size == s.sizes[0]
}

// tableReader reads what tableWriter wrote; bad is set at the first thing that
// does not fit, and everything reads as zero from then on.
type tableReader struct {
	data []byte
	at   int
	bad  bool
}

func (t *tableReader) num() uint64 {
	n, size := binary.Uvarint(t.data[t.at:])
	if size <= 0 || t.bad {
		t.bad = true
		return 0
	}
	t.at += size
	return n
}

// count reads a number of items of at least min bytes each.
func (t *tableReader) count(min int) int {
	n := t.num()
	if n > uint64((len(t.data)-t.at)/min) {
		t.bad = true
		return 0
	}
	return int(n)
}

func (t *tableReader) take(n int) []byte {
	if t.bad || n < 0 || n > len(t.data)-t.at {
		t.bad = true
		return nil
	}
	part := t.data[t.at : t.at+n]
	t.at += n
	return part
}

func (t *tableReader) bytes() []byte { return t.take(t.count(1)) }

func (t *tableReader) str() string { return string(t.bytes()) }
