package input

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"io"
	"sync"

	"github.com/cespare/xxhash/v2"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

func (a Algorithm) new() hash.Hash {
	if a == SHA256 {
		return sha256.New()
	}
	return xxhash.New()
}

// Sizes from which on a file is hashed through a buffer. Smaller ones are read
// in one go, which is what most of the time goes into.
const bufferSize = 256 << 10

var buffers = sync.Pool{New: func() any { b := make([]byte, bufferSize); return &b }}

// content returns the hash of a file's bytes and their number.
func (a Algorithm) content(path string) (sum []byte, size int64, err error) {
	f, err := unlogged.Open(path)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	h := a.new()
	buf := buffers.Get().(*[]byte)
	defer buffers.Put(buf)
	for {
		n, err := f.Read(*buf)
		h.Write((*buf)[:n])
		size += int64(n)
		if err == io.EOF {
			return h.Sum(nil), size, nil
		}
		if err != nil {
			return nil, 0, err
		}
	}
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
