//go:build linux && !purego

package process

import (
	"bytes"
	"unsafe"

	"golang.org/x/sys/unix"
)

// mappedHead returns the first bytes of this binary as they lie in memory, nil
// if that cannot be told: the kernel says where it put the program headers, which
// stand in the same page as a rule. Unlike the file they cannot be another
// binary's.
func mappedHead() []byte {
	const atPHDR = 3     // <linux/auxvec.h>
	const page = 4 << 10 // the smallest that there is, so that all of it is mapped
	auxv, err := unix.Auxv()
	if err != nil {
		return nil
	}
	for _, entry := range auxv {
		if addr := entry[1] &^ (page - 1); entry[0] == atPHDR && addr != 0 {
			start := *(**byte)(unsafe.Pointer(&addr)) // not Go's memory
			if head := unsafe.Slice(start, page); bytes.HasPrefix(head, []byte("\x7fELF")) {
				return head
			}
		}
	}
	return nil
}
