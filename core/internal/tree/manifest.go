package tree

import (
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
	c := &store.Coder{Out: append(make([]byte, 0, 64+64*len(m.Entries)), magic...)}
	c.Flag(m.Single)
	c.Uint(uint64(m.Mode))
	c.Uint(uint64(len(m.Entries)))
	c.Uint(uint64(m.Size()))
	last := ""
	for _, e := range m.Entries {
		codeEntry(c, &e, last)
		last = e.Path
	}
	return c.Out
}

// Decode reads a manifest and refuses one that is not what Encode makes of a
// tree: whatever it accepts, CopyTo can do without leaving its target.
func Decode(data []byte) (*Manifest, error) {
	m, err := decode(data)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrManifest, err)
	}
	return m, nil
}

var errCut = errors.New("its end is missing, or more follows")

func decode(data []byte) (*Manifest, error) {
	r := &store.Coder{Rest: string(data), Reading: true}
	if r.Take(len(magic)) != magic {
		return nil, errors.New("another format")
	}
	single, mode, n, size := r.Byte(0), r.Uint(0), r.Uint(0), r.Uint(0)
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
		codeEntry(r, &m.Entries[i], c.last)
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

func codeEntry(c *store.Coder, e *Entry, last string) {
	e.Kind = Kind(c.Byte(byte(e.Kind)))
	mode := c.Uint(uint64(e.Mode))
	c.Bad = c.Bad || mode > uint64(ModeMask)
	e.Mode, e.Path = fs.FileMode(mode), c.Name(e.Path, last)
	switch e.Kind {
	case File:
		c.Raw(e.Ref.ID[:])
		e.Ref.Size, e.Ref.Sum = int64(c.Uint(uint64(e.Ref.Size))), c.Uint64(e.Ref.Sum)
	case Link:
		e.Target = c.Text(e.Target)
	}
}
