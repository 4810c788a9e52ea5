package snapshot

import (
	"cmp"
	"errors"
	"reflect"
	"strconv"
	"sync"
	"unsafe"

	"github.com/cespare/xxhash/v2"
)

// Diff compares a and b and returns the path of a difference, such as
// "[3].Profile.Name"; same is true if there is none. It
// compares by bits (NaN is equal to itself, -0 is not 0), nil-ness, dynamic
// types, unexported fields, cycles and sharing; neither capacity, padding,
// blank fields nor the monotonic reading of times. Functions, channels and the
// like are the same only if they are identical.
func Diff(a, b any) (path string, same bool) { return Default().Diff(a, b) }

// Diff is [Diff] with what has a codec compared by its encoding.
func (c *Coder) Diff(a, b any) (path string, same bool) {
	path, err := c.Compare(a, b)
	return path, err == nil
}

// errDiffers is what Compare returns where it knows where.
var errDiffers = errors.New("snapshot: the values differ")

// Compare is Diff that tells a difference from a [*SlowError].
func (c *Coder) Compare(a, b any) (path string, err error) {
	if a == nil || b == nil {
		if a == nil && b == nil {
			return "", nil
		}
		return "", errDiffers
	}
	va, vb := reflect.ValueOf(a), reflect.ValueOf(b)
	if va.Type() != vb.Type() {
		return "", errDiffers
	}
	if p := c.c.plan(va.Type()); p.t.Kind() != reflect.Pointer || p.ops[0].kind != opPtr || va.IsNil() || vb.IsNil() {
		return c.compareAt(p, addressable(va), addressable(vb))
	}
	return c.compareAt(c.c.plan(va.Type().Elem()), va.UnsafePointer(), vb.UnsafePointer())
}

// compareAt compares the values at a and b by all that a hash sees of them and,
// where that differs, once more word by word, to tell where.
func (c *Coder) compareAt(pl *plan, a, b unsafe.Pointer) (path string, err error) {
	ma, mb := newMeter(pl, c.over), newMeter(pl, c.over)
	var first *hasher
	var errA error
	walk := func() { first, errA = c.comparer(ma, pl, a, nil) }
	var wg sync.WaitGroup
	if len(c.c.codecs) == 0 { // those of users may not stand it
		wg.Go(walk)
	} else {
		walk()
	}
	second, errB := c.comparer(mb, pl, b, nil)
	wg.Wait()
	if !ma.ok() || !mb.ok() {
		return "", cmp.Or(ma.err, mb.err)
	}
	id, alike := overlapsAlike(first.met, second.met)
	if errA == nil && errB == nil && alike && first.out.sum64() == second.out.sum64() {
		return "", nil
	}
	words := &trace{}
	c.comparer(nil, pl, a, words)
	words.compare = true
	second, err = c.comparer(nil, pl, b, words)
	var at *RefusedError
	if errors.As(err, &at) {
		return at.Path, errDiffers
	}
	if id > 0 && int(id) <= len(second.places) {
		w := second.places[id-1].w
		w.path += second.places[id-1].path
		return w.String(), errDiffers
	}
	return "", errDiffers
}

// comparer walks over the value at p, for its hash or its words.
func (c *Coder) comparer(m *meter, pl *plan, p unsafe.Pointer, words *trace) (*hasher, error) {
	h := newHasher(c.c, newSink(xxhash.New()))
	h.compared, h.meter, h.out.trace, h.traced = true, m, words, words != nil
	root := visit{pl, p, 1}
	h.met, h.next = newAddrTable(), 1
	if pl.size > 0 {
		h.follow(root, place{w: where{index: -1}})
		h.met.root = 1
	}
	return h, h.run(root)
}

// overlapsAlike reports whether memory that overlaps in one of two values does
// so in the other, by the same distance: a pointer into an array stays one. It
// returns the number of something that does not. What has a number in one value
// has the same in the other, if they are alike in all else.
func overlapsAlike(a, b *addrTable) (id uint32, ok bool) {
	if a.n != b.n {
		return 0, false
	}
	for _, side := range [2][2]*addrTable{{a, b}, {b, a}} {
		var end, shift uintptr
		for _, p := range sortPieces(candidates(side[0], overlapping(side[0]))) {
			m, other := side[0].at(p.at), uintptr(side[1].at(p.at).p)-uintptr(p.word)
			if uintptr(p.word) < end && other != shift {
				return p.at, false
			}
			if m.hi() > end {
				end, shift = m.hi(), other
			}
		}
	}
	return 0, true
}

// partAt names the innermost field or array element of t that holds byte off.
func partAt(t reflect.Type, off uintptr) string {
	switch t.Kind() {
	case reflect.Struct:
		for i := t.NumField() - 1; i >= 0; i-- {
			f := t.Field(i)
			if f.Offset <= off && off < f.Offset+f.Type.Size() {
				return "." + f.Name + partAt(f.Type, off-f.Offset)
			}
		}
	case reflect.Array:
		size := t.Elem().Size()
		return "[" + strconv.Itoa(int(off/size)) + "]" + partAt(t.Elem(), off%size)
	}
	return ""
}
