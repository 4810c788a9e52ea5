package snapshot

import (
	"math/bits"
	"unsafe"
)

// met is n elements of a plan at p, and where they went.
type met struct {
	visit
	arena *arena
	at    uint64 // the number of the first element in the arena
	lies  bool   // in memory that others may overlap
}

// visit identifies n elements met behind a pointer or slice.
type visit struct {
	plan *plan
	p    unsafe.Pointer
	n    int
}

// metTable finds what was met by its visit: a hash table of numbers.
type metTable struct {
	blocks [][]met // by number; 0 is nothing
	n      uint32
	slots  []uint32
}

const blockBits = 12

// reset forgets everything.
func (t *metTable) reset() {
	if t.n == 0 || len(t.slots) > 1<<8 {
		t.blocks, t.slots = [][]met{make([]met, 0, 8)}, make([]uint32, 16)
	}
	clear(t.slots)
	t.blocks, t.n = t.blocks[:1], 1
	t.blocks[0] = append(t.blocks[0][:0], met{})
}

func (t *metTable) at(id uint32) *met { return &t.blocks[id>>blockBits][id&(1<<blockBits-1)] }

// add gives m the next number. The first block grows, for the many small values: a
// pointer that at has returned leads to an old copy then.
func (t *metTable) add(m met) (id uint32) {
	last := len(t.blocks) - 1
	if len(t.blocks[last]) == 1<<blockBits {
		t.blocks = append(t.blocks, make([]met, 0, 1<<blockBits))
		last++
	}
	t.blocks[last] = append(t.blocks[last], m)
	t.n++
	return t.n - 1
}

// find returns what was met as v, and whether it is new.
func (t *metTable) find(v visit) (m *met, id uint32, isNew bool) {
	slot := t.slot(v)
	if id = *slot; id != 0 {
		return t.at(id), id, false
	}
	id = t.add(met{visit: v})
	*slot = id
	if int(t.n) > len(t.slots)/2 {
		old := t.slots
		t.slots = make([]uint32, 4*len(old))
		for _, id := range old {
			if id != 0 {
				*t.slot(t.at(id).visit) = id
			}
		}
	}
	return t.at(id), id, true
}

// slot returns the slot of v, or a free one for it. Go's allocator puts things of one
// kind side by side, so the first place to look for them keeps their order within a
// page, for the caches of the machine.
func (t *metTable) slot(v visit) *uint32 {
	const golden = 0x9e3779b97f4a7c15 // spreads numbers that differ in few bits
	p, shift := uint64(uintptr(v.p)), 64-bits.Len(uint(len(t.slots)-1))
	at := p>>13*golden>>shift + p>>3&(1<<10-1)
	for try := uint64(v.n) * golden; ; try++ {
		slot := &t.slots[at&uint64(len(t.slots)-1)]
		if *slot == 0 || t.at(*slot).visit == v {
			return slot
		}
		at = (p + try) * golden >> shift
	}
}

// byAddress returns what was met and may overlap, in the order of addresses, with
// its numbers.
func (t *metTable) byAddress() []ranked {
	list := make([]ranked, 0, t.n)
	for id := range t.n {
		if m := t.at(id); m.lies {
			list = append(list, ranked{uint64(uintptr(m.p)), id})
		}
	}
	sortRanked(list)
	return list
}
