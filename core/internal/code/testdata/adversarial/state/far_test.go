package state

import "testing"

func TestFar(t *testing.T) {
	Default().rows = 5
	c := Named("a")
	c.rows++
	queue <- 5
	all[0].rows = 5
	x := Copy()
	x.rows = 5
	hook()
	_ = text()
}
