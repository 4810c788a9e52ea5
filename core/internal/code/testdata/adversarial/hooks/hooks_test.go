package hooks

import "testing"

func TestHook(t *testing.T) {
	if Call() != "installed" {
		t.Fatal()
	}
}

func TestMethodValue(t *testing.T) {
	if Method()() != "field" {
		t.Fatal()
	}
}
