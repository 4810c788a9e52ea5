package snapshot

import (
	"encoding/binary"
	"reflect"

	"github.com/fixturecache/fixturecache/core/internal/typeid"

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

// bytePlan is of the bytes of strings.
var bytePlan = &plan{t: reflect.TypeFor[byte](), size: 1, align: 1, runs: []run{{0, 1}}, flat: true, filled: true, perBlock: blockElems}

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

// bytes puts the slabs together.
func (e *encoder) bytes(root *plan) ([]byte, error) {
	for _, s := range e.slabs {
		s.flush()
	}
	size := headSize + 3*partAlign
	for _, s := range e.slabs {
		e.pad(s)
		size += int(s.out.n+s.leaves.n) + partAlign
	}
	table, err := e.table(root)
	if err != nil {
		return nil, err
	}
	out := make([]byte, headSize, size+len(table))
	out = append(out, table...)
	for _, s := range e.slabs {
		if inTable(s.kind, s.plan) {
			out = s.out.appendTo(out, imageAlign(s.out.n))
		}
		out = s.leaves.appendTo(out, 1)
	}
	out = aligned(out, partAlign)
	end := len(out)
	for _, s := range e.slabs {
		if !inTable(s.kind, s.plan) {
			out = s.out.appendTo(out, imageAlign(s.out.n))
		}
	}
	copy(out, magic)
	for i, n := range []uint64{uint64(len(out)), xxhash.Sum64(out[headSize:end]), uint64(end), xxhash.Sum64(out[end:])} {
		binary.LittleEndian.PutUint64(out[8+8*i:], n)
	}
	return out, nil
}

// aligned appends zeros up to a multiple of align.
func aligned(out []byte, align uint64) []byte {
	return append(out, make([]byte, -uint64(len(out))%align)...)
}

func (b *buffer) appendTo(out []byte, align uint64) []byte {
	out = aligned(out, align)
	for _, piece := range b.done {
		out = append(out, piece...)
	}
	return append(out, b.last...)
}

// pad makes the image of s as large as decoding demands: what is made of it, or
// of it and the entries of maps, is at most maxRatio times its size.
func (e *encoder) pad(s *slab) {
	decoded, size := s.n*uint64(s.plan.size), s.out.n
	switch {
	case s.kind == slabMaps:
		e.pad(s.keys)
		e.pad(s.vals)
		decoded, size = mapMemory(s.n, s.keys.n, &s.plan.ops[0]), size+s.keys.out.n+s.vals.out.n
	case !s.kind.packs():
		return
	}
	for need := minImage(decoded); size < need; {
		some := min(need-size, maxPiece)
		s.out.room(int(some))
		size += some
	}
}

// table writes everything that is not an image. Numbers are uvarints, strings
// have their length in front.
func (e *encoder) table(root *plan) ([]byte, error) {
	t := tableWriter{}
	d := typeid.Of(root.t)
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
