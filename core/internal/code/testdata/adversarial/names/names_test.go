package names_test

import (
	"testing"

	. "example.com/adv/names"
	other "example.com/adv/names"
)

func TestDot(t *testing.T) { _ = Sum(1, 2) }

func TestAlias(t *testing.T) {
	if any(B{1}).(interface{ FromAlias() int }).FromAlias() != 2 {
		t.Fatal()
	}
}

func TestGeneric(t *testing.T) {
	if Show[Cat]() != "meow" {
		t.Fatal()
	}
	var l other.List[int]
	l.Add(1)
	if l.Len() != 1 {
		t.Fatal()
	}
}

func TestIota(t *testing.T) {
	if Blue != 2 {
		t.Fatal()
	}
}

func TestGroup(t *testing.T) {
	var table Table[int]
	_ = table
}
