package codec

import "crypto/sha256"

// A Digest identifies the tokens of a declaration, or other code, as text that
// differs by more than layout and comments. It travels between machines, so it
// is cut from a SHA-256.
type Digest [16]byte

// Sum returns the digest of data.
func Sum(data []byte) Digest {
	full := sha256.Sum256(data)
	return Digest(full[:16])
}
