package snapshot

import (
	"errors"
	"strings"
	"testing"
)

// A short ref is the ref again, or is known not to be.
func TestShortRefs(t *testing.T) {
	for _, slab := range []uint64{0, 1, 2, 511, 512, 1 << 20} {
		for _, index := range []uint64{0, 1, shortMask - 1, shortMask, shortMask + 1, refMask} {
			for _, of := range []uint64{0, refByte} {
				ref := slab<<refShift | index | of
				short, ok := shortRef(ref)
				if want := slab <= 511 && index <= shortMask; ok != want {
					t.Errorf("%#x: fits %v, want %v", ref, ok, want)
				}
				if refs := []uint64{uint64(uint32(short))}; ok {
					if longRefs(refs); refs[0] != ref {
						t.Errorf("%#x becomes %#x", ref, refs[0])
					}
				}
			}
		}
	}
}

// What has no room in a short ref is refused on a platform of 32 bits, and is
// stored on others; one large text has room, as only its beginning is referred to.
func TestLargeForShortRefs(t *testing.T) {
	large := strings.Repeat("x", 5<<20)
	roundTrip := func(v []string) error {
		data, err := Default().Marshal(&v)
		if err != nil {
			return err
		}
		var got []string
		if err := Default().Unmarshal(data, &got); err != nil {
			return err
		}
		if len(got) != len(v) || got[len(v)-1] != v[len(v)-1] {
			t.Error("another value")
		}
		return nil
	}
	if err := roundTrip([]string{large}); err != nil {
		t.Error(err)
	}
	err := roundTrip([]string{large, "y"})
	if refused := (*RefusedError)(nil); wordSize < 8 != errors.As(err, &refused) || wordSize == 8 && err != nil {
		t.Error(err)
	}
}
