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

// reader reads what a buffer took. err is set at the first thing that does not
// fit, and everything reads as zero from then on.
type reader struct {
	rest []byte
	err  error
}

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = damaged(format, args...)
	}
	r.rest = nil
}

func (r *reader) num() uint64 {
	if len(r.rest) > 0 && r.rest[0] < 1<<7 {
		n := r.rest[0]
		r.rest = r.rest[1:]
		return uint64(n)
	}
	n, size := binary.Uvarint(r.rest)
	if size <= 0 {
		r.fail("it ends early")
		return 0
	}
	r.rest = r.rest[size:]
	return n
}

// count reads a number of items of at least min bytes each.
func (r *reader) count(min int) uint64 {
	n := r.num()
	if n > uint64(len(r.rest)/min) {
		r.fail("%d items in %d bytes", n, len(r.rest))
		return 0
	}
	return n
}

func (r *reader) take(n uintptr) []byte {
	if n > uintptr(len(r.rest)) {
		r.fail("it ends early")
		return nil
	}
	part := r.rest[:n:n]
	r.rest = r.rest[n:]
	return part
}

func (r *reader) bytes() []byte { return r.take(uintptr(r.count(1))) }

func (r *reader) str() string { return string(r.bytes()) }

// decoder rebuilds a value from its slabs.
type decoder struct {
	reader  // of the table, then of one slab after the other
	coder   *coder
	types   []reflect.Type
	globals []string
	slabs   []readSlab
	last    []uint64 // see slab.last
	tabs    map[tabKey]unsafe.Pointer
	syncs   []syncMapFill
}

// readSlab is a slab whose bounds have been checked.
type readSlab struct {
	kind   slabKind
	plan   *plan
	n      uint64
	size   uint64
	data   []byte
	base   unsafe.Pointer // elements; for strings their bytes
	maps   []unsafe.Pointer
	counts []int // of the entries of each
}

// open checks the sum and bounds and reads the table.
func (d *decoder) open(data []byte, root *plan) error {
	if len(data) < headSize || string(data[:8]) != magic {
		return damaged("no head")
	}
	word := func(off int) uint64 { return binary.LittleEndian.Uint64(data[off:]) }
	end := word(24)
	if word(8) != uint64(len(data)) || end < headSize || end > uint64(len(data)) {
		return damaged("%d bytes instead of %d", len(data), word(8))
	}
	d.rest = data[headSize:end]
	if xxhash.Sum64(d.rest) != word(16) {
		return damaged("checksum")
	}
	if want := typeid.Of(root.t); string(d.take(uintptr(len(want)))) != string(want[:]) {
		return fmt.Errorf("%w than %s as it is now", ErrOtherType, typeid.Name(root.t))
	}
	if err := d.readTypes(root); err != nil {
		return err
	}
	for range d.count(1) {
		d.globals = append(d.globals, d.str())
	}
	for range d.count(3) {
		if err := d.readSlab(); err != nil {
			return err
		}
	}
	if d.err != nil {
		return d.err
	}
	return d.cut(data, end)
}

func (d *decoder) readSlab() error {
	s := readSlab{kind: slabKind(d.num()), plan: bytePlan}
	if s.kind != slabStrings {
		t, err := d.typeAt(d.num())
		if err != nil {
			return err
		}
		s.plan = d.coder.plan(t)
	}
	s.n, s.size = d.num(), d.num()
	fits, size := false, uint64(s.plan.size)
	switch one := len(s.plan.ops) == 1; s.kind {
	case slabElems:
		fits = !s.plan.flat && (size > 0 || s.n == 0)
	case slabPlain, slabStrings:
		fits = s.plan.flat && (size > 0 || s.n == 0) && s.size == s.n*size
	case slabMaps:
		fits = one && s.plan.ops[0].self == s.plan
	case slabObjects:
		fits = one && s.plan.ops[0].kind == opCodec
	}
	if !fits || max(s.n, s.size) > maxLen || size > 0 && s.n > 1<<50/size || !mayMake(s.size, s.kind.memory(s.plan, s.n, 0)) {
		return damaged("slab %d", len(d.slabs))
	}
	d.slabs = append(d.slabs, s)
	return d.err
}

// cut gives each slab its part of data, in the order they were written.
func (d *decoder) cut(data []byte, end uint64) error {
	plain := reader{rest: data[end:]}
	for i := range d.slabs {
		s := &d.slabs[i]
		if !s.kind.inPlace() {
			s.data = d.take(uintptr(s.size))
			continue
		}
		plain.take(-uintptr(len(data)-len(plain.rest)) % alignment)
		s.data = plain.take(uintptr(s.size))
	}
	return errors.Join(d.err, plain.err)
}
