package link

import "testing"

func TestBoth(t *testing.T) {
	if Both() != "pulledpushed" {
		t.Fatal()
	}
}
