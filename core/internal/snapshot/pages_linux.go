//go:build linux && !purego

package snapshot

import (
	"sync/atomic"
	"syscall"
	"unsafe"
)

// The first touch of each page of 4 KiB costs up to 16 µs in a virtual machine:
// a fresh process that decodes 100 MB spends most of its time there. Pages of 2
// MiB are made at the price of a few dozen of the small ones. madvise only ever
// changes how memory is backed, never what is in it, and MADV_COLLAPSE leaves
// nothing behind: memory that Go gives back later is given back.

const (
	smallPage = 4 << 10
	hugePage  = 2 << 20

	madvPopulateRead  = 22 // Linux 5.14
	madvPopulateWrite = 23
	madvCollapse      = 25 // Linux 6.1
)

// refusals counts how often the kernel would not; after a few it is not asked
// again.
var refusals atomic.Int32

const maxRefusals = 8

func canCollapse() bool { return refusals.Load() < maxRefusals && syscall.Getpagesize() == smallPage }

func collapse(addr, n uintptr) {
	if _, _, e := syscall.Syscall(syscall.SYS_MADVISE, addr, n, madvCollapse); e != 0 {
		refusals.Add(1)
	}
}

// resident counts how many of the pages from addr are there already.
func resident(addr, pages uintptr) (n uintptr) {
	vec := make([]byte, pages)
	if _, _, e := syscall.Syscall(syscall.SYS_MINCORE, addr, pages*smallPage, uintptr(unsafe.Pointer(&vec[0]))); e != 0 {
		return pages
	}
	for _, v := range vec {
		n += uintptr(v & 1)
	}
	return n
}

// useHugePages backs the n bytes of a new allocation at p with huge pages, and
// what lies before the first and behind the last with small ones, unless the
// memory has been in use before. The bytes must still be zero.
func useHugePages(p unsafe.Pointer, n uintptr) {
	if n < bigArray || syscall.Getpagesize() != smallPage || resident((uintptr(p)+n/2)&^(smallPage-1), 1) > 0 {
		return
	}
	first, end := uintptr(p), uintptr(p)+n
	lo, hi := (first+hugePage-1)&^(hugePage-1), end&^(hugePage-1)
	if lo >= hi || !canCollapse() {
		populate(first, end)
		return
	}
	for at := lo; at < hi; at += hugePage {
		*(*byte)(add(p, at-first)) = 0 // there must be a page to put into a huge one
	}
	collapse(lo, hi-lo)
	populate(first, lo)
	populate(hi, end)
}

// populate has the pages from lo to hi made at once, which costs a quarter of
// making them one by one.
func populate(lo, hi uintptr) {
	if lo &^= smallPage - 1; lo < hi {
		syscall.Syscall(syscall.SYS_MADVISE, lo, (hi-lo+smallPage-1)&^(smallPage-1), madvPopulateWrite)
	}
}

// heapFront follows the allocation of many small things into fresh memory.
type heapFront struct {
	last uintptr
	seen map[uintptr]bool
}

// at is told the address of each thing in turn. Where it comes to a stretch of
// the heap that is hardly in use, all of the stretch is asked for at once.
func (h *heapFront) at(p unsafe.Pointer) {
	if uintptr(p)/hugePage != h.last {
		h.enter(uintptr(p) / hugePage)
	}
}

func (h *heapFront) enter(stretch uintptr) {
	h.last = stretch
	if h.seen[stretch] || !canCollapse() {
		return
	}
	if h.seen == nil {
		h.seen = map[uintptr]bool{}
	}
	h.seen[stretch] = true
	if resident(stretch*hugePage, hugePage/smallPage) < hugePage/smallPage/8 {
		collapse(stretch*hugePage, hugePage)
	}
}

// readAhead has the pages of a mapped file made at once.
func readAhead(data []byte) {
	p := uintptr(unsafe.Pointer(unsafe.SliceData(data)))
	over := p % uintptr(syscall.Getpagesize())
	syscall.Syscall(syscall.SYS_MADVISE, p-over, uintptr(len(data))+over, madvPopulateRead)
}
