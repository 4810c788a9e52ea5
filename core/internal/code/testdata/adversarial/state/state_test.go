package state

import "testing"

func TestRows(t *testing.T) {
	SetRows(5)
	if Rows() != 5 {
		t.Fatal()
	}
}

func TestLazy(t *testing.T) { _ = Lazy() }

func TestFixed(t *testing.T) { _ = Fixed("a") }

func TestHandsOn(t *testing.T) {
	_ = looks(table)
	keeps(kept)[0] = "changed"
}
