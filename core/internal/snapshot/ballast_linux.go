//go:build linux && !purego

package snapshot

import (
	"math"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

// minBallast is what must be decoded for collections on the way to matter.
const minBallast = 32 << 20

// ballast keeps the collector from marking half a value again and again while
// it grows by about size bytes, all of which stay. The memory of the builder
// is neither cleared nor touched, so that it is address space only; it counts as
// live until the builder is dropped, and the collection put off comes then.
func ballast(size uint64) *strings.Builder {
	if size < minBallast || countsAddresses() || debug.SetMemoryLimit(-1) != math.MaxInt64 {
		return nil
	}
	var mem runtime.MemStats // not package runtime/metrics, which makes a table when the process starts
	runtime.ReadMemStats(&mem)
	percent, now := percentAtStart(), mem.HeapAlloc
	size += size / 8                                              // headers, size classes
	if percent < 50 || percent > 1000 || now+size <= mem.NextGC { // it is to be small, off, or no collection is due
		return nil
	}
	need := size * 100 / percent // live+need+size must not exceed (live+need)*(1+percent/100)
	if need < now+minBallast {
		return nil
	}
	b := new(strings.Builder)
	b.Grow(int(need - now))
	return b
}

// percentAtStart is GOGC. What debug.SetGCPercent made of it since can only be
// asked for by setting it.
func percentAtStart() uint64 {
	text, _ := syscall.Getenv("GOGC") // not by package os: it changes no result
	if text == "" {
		return 100
	}
	percent, _ := strconv.ParseUint(text, 10, 32)
	return percent
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
