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

//go:noinline
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
	var parts tableWriter
	parts.num(uint64(len(e.globals)))
	for _, g := range e.globals {
		parts.str(g)
	}
	parts.num(uint64(len(e.objects.list)))
	for _, o := range e.objects.list {
		if err := e.typeIn(&parts, o.t); err != nil {
			return nil, err
		}
		parts.str(o.codec.name)
		parts.str(string(o.data))
	}
	parts.num(uint64(len(e.slabs)))
	for _, s := range e.slabs {
		parts.num(uint64(s.kind))
		if s.kind == slabStrings {
			parts.num(0)
		} else if err := e.typeIn(&parts, s.plan.t); err != nil {
			return nil, err
		}
		parts.num(s.n)
		parts.num(s.out.n)
		parts.num(s.leaves.n)
		parts.str(codecNames(s.plan))
	}
	d := typeid.Of(root.t)
	t := tableWriter(d[:])
	t.types(e.types)
	return append(t, parts...), nil
}

func (e *encoder) typeIn(t *tableWriter, typ reflect.Type) error {
	n, err := e.typeNumber(&op{}, typ)
	t.num(n)
	return err
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
