//go:build purego

package snapshot

import "unsafe"

type fastMap struct {
	create  func(n int) unsafe.Pointer
	fill    func(m, keys, vals unsafe.Pointer, n int)
	compare func(d *differ, o *op, a, b unsafe.Pointer, w where) bool
}

func fastMapFor(key, val *plan) *fastMap { return nil }

func sorterFor(*op) mapWriter { return writeEntries }
