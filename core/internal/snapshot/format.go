package snapshot

import (
	"encoding/binary"
	"reflect"

	"github.com/cespare/xxhash/v2"
)

// The bytes, in order:
//
//	head    magic, length, sum of the table part, its end, sum of the plain part
//	table   the root's type digest, types, globals, codec values, slab list,
//	        then the images of slabs with references and of maps, packed, and
//	        what codecs wrote
//	plain   the images of slabs without references, used where they lie
//
// Neither part is looked at before its sum has been checked.

const (
	magic     = "fxsnap\x00\x03"
	headSize  = 40
	partAlign = 64
)

var (
	byteType = reflect.TypeFor[byte]()
	bytePlan = &plan{t: byteType, size: 1, align: 1, runs: []run{{0, 1}}, flat: true, filled: true, perBlock: blockElems} // of strings
)

// inTable reports whether the image of s lies in the table part.
func inTable(kind slabKind, pl *plan) bool {
	return kind >= slabMaps || kind != slabStrings && !pl.plain()
}

// imageAlign is the alignment of an image of size bytes.
func imageAlign(size uint64) uint64 {
	if size >= 4096 {
		return partAlign
	}
	return 8
}

// assembly is the finished output in pieces.
type assembly struct {
	pieces [][]byte
	n      uint64
	h      *xxhash.Digest
}

func (a *assembly) add(data []byte) {
	if len(data) > 0 {
		a.pieces = append(a.pieces, data)
		a.n += uint64(len(data))
		a.h.Write(data)
	}
}

var padding [partAlign]byte

func (a *assembly) align(to uint64) {
	if over := a.n % to; over != 0 {
		a.add(padding[:to-over])
	}
}

func (a *assembly) image(s *slab) {
	a.align(imageAlign(s.out.n))
	for _, p := range s.out.pieces() {
		a.add(p)
	}
}

// assemble puts the slabs together.
func (e *encoder) assemble(root *plan) (*assembly, error) {
	for _, s := range e.slabs {
		s.flush()
	}
	e.pad()
	table, err := e.table(root)
	if err != nil {
		return nil, err
	}
	head := make([]byte, headSize)
	a := &assembly{pieces: [][]byte{head}, n: headSize, h: xxhash.New()}
	a.add(table)
	for _, s := range e.slabs {
		if inTable(s.kind, s.plan) {
			a.image(s)
		}
		for _, p := range s.leaves.pieces() {
			a.add(p)
		}
	}
	a.align(partAlign)
	copy(head, magic)
	binary.LittleEndian.PutUint64(head[16:], a.h.Sum64())
	binary.LittleEndian.PutUint64(head[24:], a.n)
	a.h.Reset()
	for _, s := range e.slabs {
		if !inTable(s.kind, s.plan) {
			a.image(s)
		}
	}
	binary.LittleEndian.PutUint64(head[8:], a.n)
	binary.LittleEndian.PutUint64(head[32:], a.h.Sum64())
	return a, nil
}

// pad makes images as large as decoding demands.
func (e *encoder) pad() {
	for _, s := range e.slabs {
		if s.kind.packs() && s.kind != slabMaps {
			s.pad(s.n*uint64(s.plan.size), s.out.n)
		}
	}
	for _, s := range e.slabs {
		if s.kind == slabMaps {
			s.pad(mapMemory(s.n, s.keys.n, &s.plan.ops[0]), s.out.n+s.keys.out.n+s.vals.out.n)
		}
	}
}

func (a *assembly) bytes() []byte {
	out := make([]byte, 0, a.n)
	for _, p := range a.pieces {
		out = append(out, p...)
	}
	return out
}

// table writes everything that is not an image. Numbers are uvarints, strings
// have their length in front.
func (e *encoder) table(root *plan) ([]byte, error) {
	t := tableWriter{}
	d := TypeDigest(root.t)
	t = append(t, d[:]...)
	slabTypes := make([]uint64, len(e.slabs))
	for i, s := range e.slabs {
		if s.kind != slabStrings {
			n, err := e.typeNumber(&op{}, s.plan.t)
			if err != nil {
				return nil, err
			}
			slabTypes[i] = n
		}
	}
	objectTypes := make([]uint64, len(e.objects.list))
	for i, o := range e.objects.list {
		n, err := e.typeNumber(&op{}, o.t)
		if err != nil {
			return nil, err
		}
		objectTypes[i] = n
	}
	t.types(e.types)
	t.num(uint64(len(e.globals)))
	for _, g := range e.globals {
		t.str(g)
	}
	t.num(uint64(len(e.objects.list)))
	for i, o := range e.objects.list {
		t.num(objectTypes[i])
		t.str(o.codec.name)
		t.str(string(o.data))
	}
	t.num(uint64(len(e.slabs)))
	for i, s := range e.slabs {
		t.num(uint64(s.kind))
		t.num(slabTypes[i])
		t.num(s.n)
		t.num(s.out.n)
		t.num(s.leaves.n)
		t.str(codecNames(s.plan))
	}
	return t, nil
}

// codecNames tells the codecs that elements of pl use, in their order.
func codecNames(pl *plan) string {
	names := ""
	for i := range pl.ops {
		switch o := &pl.ops[i]; o.kind {
		case opCodec:
			names += o.codec.name + "\x00"
		case opArray:
			names += codecNames(o.elem)
		}
	}
	return names
}

type tableWriter []byte

//go:noinline
func (t *tableWriter) num(n uint64) { *t = binary.AppendUvarint(*t, n) }

func (t *tableWriter) str(s string) {
	t.num(uint64(len(s)))
	*t = append(*t, s...)
}

func (t *tableWriter) types(tt *typeTable) {
	t.num(uint64(len(tt.list)))
	for _, entry := range tt.list {
		t.num(uint64(entry.static + 1))
		if entry.static < 0 {
			t.str(TypeName(entry.t))
			t.str(entry.t.String())
			d := TypeDigest(entry.t)
			*t = append(*t, d[:]...)
		}
	}
}
