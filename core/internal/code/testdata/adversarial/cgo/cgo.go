package cgo

// int twice(int n) { return n * 2; }
import "C"

func Twice(n int) int { return int(C.twice(C.int(n))) }
