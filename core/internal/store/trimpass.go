package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/private"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A pass trims some of the store's 256 shards, or all of them. It reads when
// their records were used and what they refer to (some 60 bytes of memory for
// each), chooses by their last use which of them stay, marks the objects of
// those, and sweeps the rest.
//
// It may end at any point: records go before their objects, and what is left is
// for the next pass.
type pass struct {
	s      *Store
	t      Trim
	now    time.Time
	shards []byte          // the first bytes of the names that are looked at
	gone   map[SlotID]bool // slots that go whenever they were used
	busy   int             // variants of it that are being built
	out    Trimmed
	err    error // the first that kept something from being removed
	blind  bool  // not all that is in use is known

	variants []variant
	entries  []entry // records, and then derived bytes
	records  int     // how many of the entries are records
	refs     []ref
	trees    map[uint64]int64 // sizes
	marked   map[uint64]bool  // objects and trees in use, by short64
	loads    [256]Load        // of what stays, by shard
}

// A variant is a directory of records.
type variant struct {
	slot  SlotID
	id    VariantID
	first uint32 // of its entries
}

// An entry is something that goes by its last use.
type entry struct {
	used  int64 // nanoseconds since 1970
	size  int64 // of the file
	id    [16]byte
	refs  uint32 // the first
	shard byte
	goes  bool
}

// A ref is a reference to an object.
type ref struct {
	id   ObjectID
	size int64
}

// short64 is enough of an object's name to tell whether it is referred to: two
// that share it are both kept.
func short64(id ObjectID) uint64 { return binary.LittleEndian.Uint64(id[:]) }

// newPass returns a pass that has read the shards, or as many of the first as
// the bound allows.
func (s *Store) newPass(t Trim, shards []byte) *pass {
	p := &pass{s: s, t: t, now: s.now(), trees: map[uint64]int64{}, marked: map[uint64]bool{}}
	for _, id := range s.Trees() {
		p.trees[short64(id)] = s.treeSize(id)
	}
	for _, shard := range shards {
		if t.Visits > 0 && p.out.Visits >= t.Visits {
			break
		}
		p.shards = append(p.shards, shard)
		p.readRecords(shard)
	}
	p.records = len(p.entries)
	for _, shard := range p.shards {
		p.readDerived(shard)
	}
	return p
}

func (p *pass) part() bool { return len(p.shards) < 256 }

// list returns what is in a directory. It does without the memory of what was
// found trusted: a pass sees each once.
func (p *pass) list(dir string) []fs.DirEntry {
	err := private.CheckDir(dir)
	var entries []fs.DirEntry
	if err == nil {
		entries, err = unlogged.ReadDir(dir)
		p.visit(1)
	}
	p.failed(err)
	return entries
}

// visit counts looks at files.
func (p *pass) visit(n int) {
	const tell = 50
	before := p.out.Visits
	p.out.Visits += n
	if p.t.Progress != nil && before/tell != p.out.Visits/tell {
		p.t.Progress(p.out)
	}
}

// failed notes an error in reading. A file that is gone, or whose owner does not
// let it be read, refers to nothing; of all others this is not known.
func (p *pass) failed(err error) {
	var system *fs.PathError
	if errors.As(err, &system) && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission) && !unlogged.IsLink(err) {
		p.blind = true
		p.note(err)
	}
}

func (p *pass) note(err error) {
	if p.err == nil {
		p.err = err
	}
}

func (p *pass) shardDir(kind string, shard byte) string {
	return filepath.Join(p.s.dir, kind, fmt.Sprintf("%02x", shard))
}

func (p *pass) readRecords(shard byte) {
	var v variant
	for _, e := range p.list(p.shardDir("slots", shard)) {
		if !ParseHex(v.slot[:], e.Name()) {
			continue
		}
		for _, e := range p.list(p.s.slotDir(v.slot)) {
			if ParseHex(v.id[:], e.Name()) {
				v.first = uint32(len(p.entries))
				p.variants = append(p.variants, v)
				p.readVariant(v)
			}
		}
	}
}

func (p *pass) readVariant(v variant) {
	dir := p.s.variantDir(v.slot, v.id)
	for _, f := range p.list(dir) {
		e := entry{refs: uint32(len(p.refs)), shard: v.slot[0]}
		hexID, ok := strings.CutPrefix(f.Name(), "r-")
		if ok && f.Type().IsRegular() && ParseHex(e.id[:], hexID) && p.readRecord(filepath.Join(dir, f.Name()), &e) {
			p.entries = append(p.entries, e)
		}
	}
}

// readRecord notes the use of a record and what it refers to. One that is
// damaged refers to nothing, and goes by its age.
func (p *pass) readRecord(path string, e *entry) (ok bool) {
	p.visit(1)
	st, err := unlogged.LstatPath(path)
	var data []byte
	if err == nil {
		data, err = unlogged.ReadFile(path)
	}
	if p.failed(err); err != nil {
		return false
	}
	e.used, e.size = st.ModTime, st.Size
	if payload, _, ok := openRecord(data); ok && p.t.Refs != nil {
		refs, err := p.t.Refs(payload)
		p.failed(err)
		for _, r := range refs {
			p.refs = append(p.refs, ref{r.ID, r.Size})
		}
		const each = 16 // references take as long as a look at a file
		p.visit(len(refs) / each)
	}
	return true
}

func (p *pass) readDerived(shard byte) {
	dir := p.shardDir("derived", shard)
	files := p.list(dir)
	for _, f := range files {
		e := entry{refs: uint32(len(p.refs)), shard: shard}
		if st, err := unlogged.LstatPath(filepath.Join(dir, f.Name())); err == nil && ParseHex(e.id[:], f.Name()) {
			e.used, e.size = st.ModTime+int64(derivedUse), st.Size // which is exact to a day
			p.entries = append(p.entries, e)
		}
	}
	p.visit(len(files))
}

// choose marks what the records refer to from the last used one on, and has go
// what comes after the limits are reached. An object's bytes are thus those of
// the record that was used last, with which it goes.
func (p *pass) choose(limits Limits) {
	order := make([]int32, len(p.entries))
	for i := range order {
		order[i] = int32(i)
	}
	sort.Slice(order, func(i, j int) bool { return p.entries[order[i]].used > p.entries[order[j]].used })
	sum, full := Load{}, false
	p.out.Young, p.loads = Load{}, [256]Load{}
	clear(p.marked)
	for _, at := range order {
		i, e := int(at), &p.entries[at]
		size, fresh := p.mark(i)
		full = full || limits.Bytes > 0 && sum.Bytes+size.Bytes > limits.Bytes
		e.goes = full || limits.Count > 0 && size.Count > 0 && sum.Count+size.Count > limits.Count || p.tooOld(i, limits.Age)
		if e.goes && p.now.UnixNano()-e.used < int64(minIdle) {
			if e.goes = false; size.Count > 0 {
				p.out.Young.add(size)
			}
		}
		if !e.goes {
			sum.add(size)
			p.loads[e.shard].add(size)
			continue
		}
		for _, name := range fresh {
			delete(p.marked, name)
		}
	}
	p.out.Left = sum
}

// mark marks what an entry refers to. It returns what was not marked before,
// and the load of that and of the entry.
func (p *pass) mark(i int) (load Load, fresh []uint64) {
	if load.Bytes = p.entries[i].size; i < p.records {
		load.Count = 1
	}
	for _, r := range p.refsOf(i) {
		if name := short64(r.id); !p.marked[name] {
			p.marked[name] = true
			fresh = append(fresh, name)
			load.Bytes += r.size + p.trees[name]
		}
	}
	return load, fresh
}

func (p *pass) refsOf(i int) []ref {
	last := len(p.refs)
	if i+1 < len(p.entries) {
		last = int(p.entries[i+1].refs)
	}
	return p.refs[p.entries[i].refs:last]
}

// tooOld goes by the use of derived bytes in the same way, but has a limit for
// them in any case.
func (p *pass) tooOld(i int, age time.Duration) bool {
	if i >= p.records && (age <= 0 || age > derivedAge) {
		age = derivedAge
	}
	return age > 0 && p.now.UnixNano()-p.entries[i].used > int64(age)
}

// keep marks what a record that stays refers to, and touches it for the passes
// over other shards, which do not read the record.
func (p *pass) keep(i int) {
	p.mark(i)
	for _, r := range p.refsOf(i) {
		for _, path := range []string{p.s.objectPath(r.id), p.s.TreeDir(r.id)} {
			if !p.part() {
				continue
			}
			if err := os.Chtimes(path, p.now, p.now); err != nil && !errors.Is(err, fs.ErrNotExist) {
				p.blind = true
				p.note(err)
			}
		}
	}
}
