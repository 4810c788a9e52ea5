package unlogged

import (
	"encoding/binary"
	"math/rand/v2"
)

// Random returns bytes that nobody can guess. They come from the runtime, which
// seeds its ChaCha8 generator by the system: crypto/rand.Read would take them
// from crypto/rand.Reader, which tests replace, and would end the process where
// that fails.
func Random() (b [16]byte) {
	binary.LittleEndian.PutUint64(b[:8], rand.Uint64())
	binary.LittleEndian.PutUint64(b[8:], rand.Uint64())
	return b
}

// RandomText returns n letters and digits of base 32 that nobody can guess.
func RandomText(n int) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	b := make([]byte, n)
	for i := range b {
		b[i] = letters[rand.N(len(letters))]
	}
	return string(b)
}
