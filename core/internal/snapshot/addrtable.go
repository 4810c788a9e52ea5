package snapshot

import "unsafe"

// addrTable finds what was met at an address. It is indexed by page, because
// Go's allocator puts things of one kind side by side, and nothing is copied when
// the table grows: of a million things, one costs not much more than of a thousand.
type addrTable struct {
	pages  map[uintptr]*addrPage
	key    uintptr   // of the page that was asked for last
	page   *addrPage // that page
	blocks [][]met
	n      uint32
}

const (
	pageBits    = 13 // the runtime's page: 8 KiB
	granuleBits = 3
	pageSlots   = 1 << (pageBits - granuleBits)
	blockBits   = 12
)

type addrPage [pageSlots]uint32

// met is n elements of a plan at p, and where they went.
type met struct {
	p    unsafe.Pointer
	plan *plan
	n    int
	ref  uint64
	cap  int    // as of the slice that led here; 1 for a pointer; 0 for what overlaps with nothing
	next uint32 // another thing in the same eight bytes; 0 is none
}

func newAddrTable() *addrTable {
	t := &addrTable{pages: map[uintptr]*addrPage{}, blocks: [][]met{nil}}
	t.add(met{}) // number 0 is nothing
	return t
}

func (t *addrTable) at(id uint32) *met { return &t.blocks[id>>blockBits][id&(1<<blockBits-1)] }

// add gives m the next number. The first block grows, for the many small values;
// what at returned of it before is a copy from then on.
//
//go:noinline
func (t *addrTable) add(m met) (id uint32) {
	last := len(t.blocks) - 1
	if len(t.blocks[last]) == 1<<blockBits {
		t.blocks = append(t.blocks, make([]met, 0, 1<<blockBits))
		last++
	}
	t.blocks[last] = append(t.blocks[last], m)
	t.n++
	return t.n - 1
}

// slot returns the place for the head of the chain of p's granule.
func (t *addrTable) slot(p unsafe.Pointer) *uint32 {
	if key := uintptr(p) >> pageBits; t.page == nil || t.key != key {
		if t.key, t.page = key, t.pages[key]; t.page == nil {
			t.page = new(addrPage)
			t.pages[key] = t.page
		}
	}
	return &t.page[uintptr(p)>>granuleBits&(pageSlots-1)]
}

// find returns what was met at p under the plan and count, and whether it is
// new; a new one has no ref yet.
func (t *addrTable) find(p unsafe.Pointer, pl *plan, n int) (m *met, id uint32, isNew bool) {
	if id = t.lookup(p, pl, n); id == 0 {
		head := t.slot(p)
		isNew, id = true, t.add(met{p: p, plan: pl, n: n, next: *head})
		*head = id
	}
	return t.at(id), id, isNew
}

// lookup returns the number of what was met at p under the plan and count; 0 if
// that is nothing.
func (t *addrTable) lookup(p unsafe.Pointer, pl *plan, n int) uint32 {
	id := *t.slot(p)
	for id != 0 {
		m := t.at(id)
		if m.p == p && m.plan == pl && m.n == n {
			break
		}
		id = m.next
	}
	return id
}

// byAddress returns what was met and may overlap, in the order of addresses, with
// its numbers.
func (t *addrTable) byAddress() []ranked {
	keys, list := make([]ranked, 0, len(t.pages)), make([]ranked, 0, t.n)
	for key := range t.pages {
		keys = append(keys, ranked{word: uint64(key)})
	}
	sortRanked(keys, nil)
	for _, key := range keys {
		first := len(list)
		for _, id := range t.pages[uintptr(key.word)] {
			for ; id != 0; id = t.at(id).next {
				if m := t.at(id); m.cap > 0 {
					list = append(list, ranked{uint64(uintptr(m.p)), id})
				}
			}
		}
		sortRanked(list[first:], nil)
	}
	return list
}
