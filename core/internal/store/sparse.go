package store

import (
	"bytes"
	"io"
	"os"
)

// holeSize is the least run of zeros that is left out: a multiple of the blocks
// of all file systems.
const holeSize = 64 << 10

var zeros [holeSize]byte

// A sparseWriter writes to a new file and leaves out zeros, so that the holes of
// a file whose content it is given stay holes, where the file system has any.
type sparseWriter struct {
	f    *os.File
	hole bool // at the end of f
}

func (w *sparseWriter) Write(piece []byte) (n int, err error) {
	for n < len(piece) && err == nil {
		data, hole := runOf(piece[n:])
		if w.hole = hole; hole {
			_, err = w.f.Seek(int64(data), io.SeekCurrent)
		} else {
			_, err = w.f.Write(piece[n : n+data])
		}
		n += data
	}
	return n, err
}

// runOf returns how far the zeros at the beginning of a piece reach, or else
// what comes before the first zeros.
func runOf(piece []byte) (n int, hole bool) {
	isHole := func(at int) bool {
		return len(piece)-at >= holeSize && bytes.Equal(piece[at:at+holeSize], zeros[:])
	}
	hole = isHole(0)
	for n = min(holeSize, len(piece)); n < len(piece) && isHole(n) == hole; {
		n = min(n+holeSize, len(piece))
	}
	return n, hole
}

// end gives the file its size, of which a hole at its end is a part.
func (w *sparseWriter) end() error {
	if !w.hole {
		return nil
	}
	size, err := w.f.Seek(0, io.SeekCurrent)
	if err != nil {
		return err
	}
	return w.f.Truncate(size)
}
