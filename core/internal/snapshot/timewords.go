package snapshot

import (
	"time"
	"unsafe"
)

// timeWords returns the first two words of the time.Time at p without its
// monotonic reading. The third, the location, is a pointer like others.
func timeWords(p unsafe.Pointer) (wall, ext uint64) {
	t := (*time.Time)(p).Round(0)
	words := (*[2]uint64)(unsafe.Pointer(&t))
	return words[0], words[1]
}
