package byname

import "testing"

func TestByName(t *testing.T) {
	if Render(Page{"x"}) != "<x>" {
		t.Fatal()
	}
}

func TestPromoted(t *testing.T) {
	if Promoted(Outer{inner{2}}) != 6 {
		t.Fatal()
	}
}
