//go:build !linux || purego

package snapshot

import "unsafe"

func useHugePages(p unsafe.Pointer, n uintptr) {}

func ballast(size uint64) any { return nil }

type heapFront struct{}

func (h *heapFront) at(p unsafe.Pointer) {}

func readAhead(data []byte) {}
