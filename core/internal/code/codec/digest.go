package codec

import (
	"crypto/sha256"
	"hash"
)

// A Digest identifies the tokens of a declaration, or other code, as text that
// differs by more than layout and comments. It travels between machines, so it
// is cut from a SHA-256.
type Digest [16]byte

// Sum returns the digest of data.
func Sum(data ...[]byte) (d Digest) {
	if len(data) == 1 {
		full := sha256.Sum256(data[0])
		copy(d[:], full[:])
		return d
	}
	h := sha256.New()
	for _, d := range data {
		h.Write(d)
	}
	return DigestOf(h)
}

// DigestOf returns the digest of what a hash has taken in.
func DigestOf(h hash.Hash) (d Digest) {
	var full [sha256.Size]byte
	copy(d[:], h.Sum(full[:0]))
	return d
}
