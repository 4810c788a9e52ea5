package snapshot

import (
	"encoding/binary"
	"reflect"

	"github.com/fixturecache/fixturecache/core/internal/typeid"

	"github.com/cespare/xxhash/v2"
)

// The bytes, in order:
//
//	head    magic, length, sum of the table, its end
//	table   the root's type digest, types, globals, list of slabs, then what is
//	        written in the slabs of all that is not plain bytes
//	plain   the slabs of plain bytes, used where they lie
//
// The table is not looked at before its sum has been checked. Plain bytes may be
// anything: to know that they are right is up to who stores them.

const (
	magic     = "fxsnap\x00\x05"
	headSize  = 32
	alignment = 8 // of each slab of plain bytes: no type of Go's needs more
)

// bytePlan is of the bytes of strings.
var bytePlan = &plan{t: reflect.TypeFor[byte](), size: 1, align: 1, runs: []run{{0, 1}}, flat: true, filled: true}

// bytes puts the slabs together.
func (e *encoder) bytes(root *plan) ([]byte, error) {
	size := headSize
	for _, s := range e.slabs {
		s.counts.done, s.counts.last = append(s.counts.done, s.counts.last), nil
		s.out.done = append(s.counts.done, s.out.done...)
		for have := s.out.size(); !mayMake(have, s.kind.memory(s.plan, s.n, s.held)); have++ {
			s.out.room(1)
			s.out.last = append(s.out.last, 0)
		}
		size += int(s.out.size()) + alignment
	}
	t, err := e.table(root)
	if err != nil {
		return nil, err
	}
	out := make([]byte, headSize, size+int(t.size()))
	out = t.appendTo(out)
	for _, s := range e.slabs {
		if !s.kind.inPlace() {
			out = s.out.appendTo(out)
		}
	}
	end := len(out)
	for _, s := range e.slabs {
		if s.kind.inPlace() {
			out = append(out, make([]byte, -uint(len(out))%alignment)...)
			out = s.out.appendTo(out)
		}
	}
	copy(out, magic)
	for i, n := range []uint64{uint64(len(out)), xxhash.Sum64(out[headSize:end]), uint64(end)} {
		binary.LittleEndian.PutUint64(out[8+8*i:], n)
	}
	return out, nil
}

// table writes everything that is not in a slab. Numbers are uvarints, strings
// have their length in front.
func (e *encoder) table(root *plan) (*table, error) {
	var parts table
	parts.num(uint64(len(e.globals)))
	for _, g := range e.globals {
		parts.str(g)
	}
	parts.num(uint64(len(e.slabs)))
	for _, s := range e.slabs {
		parts.num(uint64(s.kind))
		if s.kind != slabStrings {
			n, err := e.typeNumber(&op{}, s.plan.t)
			if parts.num(n); err != nil {
				return nil, err
			}
		}
		parts.num(s.n)
		parts.num(s.out.size())
	}
	t := &table{}
	d := typeid.Of(root.t)
	t.add(d[:])
	e.putTypes(t)
	t.last = parts.appendTo(t.last)
	return t, nil
}

type table struct{ buffer }

func (t *table) str(s string) {
	t.num(uint64(len(s)))
	t.add(stringBytes(s))
}

// codecsIn tells the codecs of what is written in a slab for pl, in their order.
func codecsIn(pl *plan) string {
	if len(pl.ops) == 1 && pl.ops[0].kind == opMap {
		return codecNames(pl.ops[0].key) + codecNames(pl.ops[0].elem)
	}
	return codecNames(pl)
}

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
