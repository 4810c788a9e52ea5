package unlogged

import (
	"crypto/rand"
	"errors"
	"testing"
	"testing/iotest"
)

// Tests replace crypto/rand.Reader, also by one that fails: that would end the
// process if names were taken from there.
func TestRandomWithoutReader(t *testing.T) {
	old := rand.Reader
	rand.Reader = iotest.ErrReader(errors.New("no randomness"))
	defer func() { rand.Reader = old }()
	seen := map[string]bool{}
	for range 100 {
		seen[RandomText(16)] = true
	}
	if len(seen) != 100 {
		t.Errorf("%d of 100 differ", len(seen))
	}
}
