package quiet

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
	if Random() == Random() || RandomText(16) == RandomText(16) {
		t.Error("the same twice")
	}
}
