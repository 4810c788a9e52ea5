package snapshot

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/fixturecache/fixturecache/core/internal/typeid"

	"github.com/cespare/xxhash/v2"
)

// ErrDamaged is in the chain of Unmarshal's errors where the bytes are not what
// Marshal wrote: a miss, not a failure.
var ErrDamaged = errors.New("snapshot is damaged")

// ErrOtherType is in the chain of Unmarshal's errors where the bytes hold a value of
// another type, or of one that has changed.
var ErrOtherType = errors.New("snapshot holds another type")

func damaged(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrDamaged, fmt.Sprintf(format, args...))
}

// reader reads the bytes of a buffer. err is set at the first thing that does not fit,
// and everything reads as zero from then on.
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

// count reads a number of items of at least size bytes each.
func (r *reader) count(size int) uint64 {
	n := r.num()
	if n > uint64(len(r.rest)/size) {
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

// open checks the sum and reads the beginning of the stream, up to the elements.
func (d *decoder) open(data []byte, root *plan) error {
	if len(data) < headSize || string(data[:8]) != magic {
		return damaged("no head")
	}
	word := func(off int) uint64 { return binary.LittleEndian.Uint64(data[off:]) }
	end := word(24)
	if word(8) != uint64(len(data)) || end < headSize || end > uint64(len(data)) {
		return damaged("%d bytes instead of %d", len(data), word(8))
	}
	d.rest, d.plain.rest = data[headSize:end:end], data[end:]
	d.room, d.whole = uint64(len(d.rest)), len(data)
	if xxhash.Sum64(d.rest) != word(16) {
		return damaged("checksum")
	}
	if want := typeid.Of(root.t); string(d.take(uintptr(len(want)))) != string(want[:]) {
		return fmt.Errorf("%w than %s as it is now", ErrOtherType, typeid.Name(root.t))
	}
	d.checkCodecs(root, d.str())
	d.totals = make([]uint64, d.count(1))
	for i := range d.totals {
		d.totals[i] = d.num()
	}
	return d.err
}
