package asmname

import "testing"

func TestRead(t *testing.T) {
	if Read() != 1 {
		t.Fatal()
	}
}
