//go:build linux

package snapshot

import (
	"math"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"syscall"
)

// minBallast is what must be decoded for collections on the way to matter.
const minBallast = 32 << 20

// ballast keeps the collector from marking half a value again and again while
// it grows by about size bytes, all of which stay: it takes a third of the time
// off a million structs with maps. The memory of the builder is neither cleared
// nor touched, so that it is address space only; it counts as live until the
// builder is dropped, and the collection put off comes then.
func ballast(size uint64) *strings.Builder {
	if size < minBallast || countsAddresses() || debug.SetMemoryLimit(-1) != math.MaxInt64 {
		return nil
	}
	var mem runtime.MemStats // not package runtime/metrics, which makes a table when the process starts
	runtime.ReadMemStats(&mem)
	size += size / 8 // headers, size classes
	if mem.HeapAlloc+size <= mem.NextGC || size > math.MaxInt {
		return nil // no collection is due
	}
	b := new(strings.Builder)
	b.Grow(int(size))
	return b
}

// countsAddresses reports whether address space is limited or accounted for as
// if it were memory.
var countsAddresses = sync.OnceValue(func() bool {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_AS, &limit); err != nil || limit.Cur < 1<<45 {
		return true
	}
	// Not through package os, whose reads count as inputs of the test.
	fd, err := syscall.Open("/proc/sys/vm/overcommit_memory", syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return true
	}
	defer syscall.Close(fd)
	mode := make([]byte, 1)
	n, _ := syscall.Read(fd, mode)
	return n != 1 || mode[0] == '2'
})
