package tree

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"

	"github.com/fixturecache/fixturecache/core/internal/store"
)

// magic begins a manifest. One of another format is not read.
const magic = "cttree2\n"

// ErrManifest is in the chain of each error of Decode.
var ErrManifest = errors.New("not a manifest of a tree")

// Encode returns the manifest's one form: equal trees have equal manifests.
func (m *Manifest) Encode() []byte {
	b := append(make([]byte, 0, 64+64*len(m.Entries)), magic...)
	single := byte(0)
	if m.Single {
		single = 1
	}
	b = append(b, single)
	b = binary.AppendUvarint(b, uint64(m.Mode))
	b = binary.AppendUvarint(b, uint64(len(m.Entries)))
	b = binary.AppendUvarint(b, uint64(m.Size()))
	last := ""
	for i := range m.Entries {
		e := &m.Entries[i]
		shared := 0
		for shared < min(len(last), len(e.Path)) && last[shared] == e.Path[shared] {
			shared++
		}
		last = e.Path
		b = append(b, byte(e.Kind))
		b = binary.AppendUvarint(b, uint64(e.Mode))
		b = binary.AppendUvarint(b, uint64(shared))
		b = appendString(b, e.Path[shared:])
		switch e.Kind {
		case File:
			b = append(b, e.Ref.ID[:]...)
			b = binary.AppendUvarint(b, uint64(e.Ref.Size))
			b = binary.LittleEndian.AppendUint64(b, e.Ref.Sum)
		case Link:
			b = appendString(b, e.Target)
		}
	}
	return b
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// Decode reads a manifest and refuses one that is not what Encode makes of a
// tree: whatever it accepts, Write can do without leaving its target.
func Decode(data []byte) (*Manifest, error) {
	m, err := decode(data)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrManifest, err)
	}
	return m, nil
}

var errCut = errors.New("its end is missing, or more follows")

func decode(data []byte) (*Manifest, error) {
	r := &store.Reader{Rest: string(data)}
	if r.Take(len(magic)) != magic {
		return nil, errors.New("another format")
	}
	single, mode, n, size := r.Byte(), r.Uint(), r.Uint(), r.Uint()
	// An entry takes at least five bytes.
	if single > 1 || n > maxEntries || n > uint64(len(r.Rest)/5) {
		return nil, fmt.Errorf("%d entries in %d bytes", n, len(data))
	}
	if mode > uint64(ModeMask) || single == 1 && mode != 0 {
		return nil, fmt.Errorf("its directory has mode %#o", mode)
	}
	m := &Manifest{Single: single == 1, Mode: fs.FileMode(mode), Entries: make([]Entry, n)}
	c := &checker{}
	for i := range m.Entries {
		readEntry(r, &m.Entries[i], c.last)
		if r.Bad {
			return nil, errCut
		}
		if err := c.check(&m.Entries[i]); err != nil {
			return nil, err
		}
	}
	switch {
	case r.Bad || len(r.Rest) > 0:
		return nil, errCut
	case uint64(c.size) != size:
		return nil, fmt.Errorf("its files have %d bytes, not the %d declared", c.size, size)
	case m.Single && (n != 1 || m.Entries[0].Kind != File):
		return nil, errors.New("it is to be one file, and is not")
	}
	return m, nil
}

func readEntry(r *store.Reader, e *Entry, last string) {
	e.Kind = Kind(r.Byte())
	mode, shared := r.Uint(), r.Uint()
	suffix := r.Text()
	if mode > uint64(ModeMask) || shared > uint64(len(last)) {
		r.Bad = true
		return
	}
	e.Mode, e.Path = fs.FileMode(mode), last[:shared]+suffix
	switch e.Kind {
	case File:
		copy(e.Ref.ID[:], r.Take(len(e.Ref.ID)))
		e.Ref.Size, e.Ref.Sum = int64(r.Uint()), r.Uint64()
	case Link:
		e.Target = r.Text()
	}
}
