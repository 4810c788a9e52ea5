package input

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"io"

	"github.com/cespare/xxhash/v2"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

func (a Algorithm) new() hash.Hash {
	if a == SHA256 {
		return sha256.New()
	}
	return xxhash.New()
}

// content returns the hash of a file's bytes and their number.
func (a Algorithm) content(path string) (sum []byte, size int64, err error) {
	f, err := unlogged.Open(path)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	h := a.new()
	if size, err = io.Copy(h, f); err != nil {
		return nil, 0, err
	}
	return h.Sum(nil), size, nil
}

// fileDigest combines what counts of a file: its type and mode, the target if
// it is a link, and its content.
func (a Algorithm) fileDigest(state byte, link string, sum []byte, size int64) Digest {
	d := a.DigestOf(string(state), link, string(sum))
	if a == XXHash64 {
		// 64 bits of hash, and the size beside them.
		binary.LittleEndian.PutUint64(d[8:], uint64(size)<<8)
		d[8] = state
	}
	return d
}
