package snapshot

import "unsafe"

// addrTable finds what was met at an address. It is indexed by page, because
// Go's allocator puts things of one kind side by side: a look-up is two loads,
// and nothing is copied when the table grows.
type addrTable struct {
	pages  map[uintptr]*addrPage
	recent [64]recentPage
	spare  []addrPage
	ents   [][]met
	big    [][]met // from number manySmall on
	n      uint32
	root   uint32 // number of the root, if it was met
}

const (
	pageBits    = 13 // the runtime's page: 8 KiB
	granuleBits = 3
	pageSlots   = 1 << (pageBits - granuleBits)
	entBits     = 12
	manySmall   = 1 << 16
	bigBits     = 17
	manyPages   = 128
)

type addrPage [pageSlots]uint32

type recentPage struct {
	key  uintptr
	page *addrPage
}

// met is n elements of a plan at p, and where they went.
type met struct {
	p    unsafe.Pointer
	plan *plan
	n    int
	ref  uint64
	cap  int    // as of the slice that led here; 1 for a pointer
	next uint32 // another thing in the same eight bytes; 0 is none
}

func newAddrTable() *addrTable {
	return &addrTable{pages: map[uintptr]*addrPage{}, n: 1, ents: [][]met{make([]met, 1, 64)}}
}

func (t *addrTable) at(id uint32) *met {
	if id < 64 {
		return &t.ents[0][id]
	}
	if id < manySmall {
		return &t.ents[id>>entBits+1][id&(1<<entBits-1)]
	}
	id -= manySmall
	return &t.big[id>>bigBits][id&(1<<bigBits-1)]
}

// slot returns the place for the head of the chain of p's granule.
func (t *addrTable) slot(p unsafe.Pointer) *uint32 {
	key := uintptr(p) >> pageBits
	r := &t.recent[key&63]
	if r.page == nil || r.key != key {
		page := t.pages[key]
		if page == nil {
			page = t.newPage()
			t.pages[key] = page
		}
		*r = recentPage{key, page}
	}
	return &r.page[uintptr(p)>>granuleBits&(pageSlots-1)]
}

func (t *addrTable) newPage() *addrPage {
	if len(t.pages) < manyPages {
		return new(addrPage)
	}
	if len(t.spare) == 0 {
		t.spare = make([]addrPage, maxPiece/unsafe.Sizeof(addrPage{}))
	}
	page := &t.spare[0]
	t.spare = t.spare[1:]
	return page
}

// find returns what was met at p under the plan and count, and whether it is
// new; a new one has no ref yet.
func (t *addrTable) find(p unsafe.Pointer, pl *plan, n int) (m *met, id uint32, isNew bool) {
	head := t.slot(p)
	for id := *head; id != 0; {
		m := t.at(id)
		if m.p == p && m.plan == pl && m.n == n {
			return m, id, false
		}
		id = m.next
	}
	id = t.n
	t.n++
	m = t.grow(id)
	*m = met{p: p, plan: pl, n: n, next: *head}
	*head = id
	return m, id, true
}

// lookup returns the number of what was met at p under the plan and count; 0 if
// that is nothing.
func (t *addrTable) lookup(p unsafe.Pointer, pl *plan, n int) uint32 {
	page := t.pages[uintptr(p)>>pageBits]
	if page == nil {
		return 0
	}
	id := page[uintptr(p)>>granuleBits&(pageSlots-1)]
	for id != 0 {
		m := t.at(id)
		if m.p == p && m.plan == pl && m.n == n {
			break
		}
		id = m.next
	}
	return id
}

// grow makes room for entry id: a small block first, for the many small values.
func (t *addrTable) grow(id uint32) *met {
	if id < 64 {
		t.ents[0] = t.ents[0][:id+1]
		return &t.ents[0][id]
	}
	if id < manySmall {
		if block := int(id>>entBits) + 1; len(t.ents) <= block {
			t.ents = append(t.ents, make([]met, 1<<entBits))
		}
		return t.at(id)
	}
	if block := int((id - manySmall) >> bigBits); len(t.big) <= block {
		t.big = append(t.big, make([]met, 1<<bigBits))
	}
	return t.at(id)
}
