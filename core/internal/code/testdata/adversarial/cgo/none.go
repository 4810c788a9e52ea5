//go:build !cgo

package cgo

func Twice(n int) int { return n * 2 }
