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

// A pass trims the store, or the part of it that a bounded trim has the time
// for. It reads what the records refer to (some 60 bytes of memory for each, and
// 16 for each reference), chooses by their last use which of them stay, marks
// the objects of those, and sweeps the rest.
//
// It may end at any point: records go before their objects, and what is left is
// for the next pass.
type pass struct {
	s      *Store
	t      Trim
	now    time.Time
	shards []byte          // the first bytes of the names that are looked at
	part   bool            // those are not all
	only   map[SlotID]bool // in Remove: the slots that go, whatever their age
	busy   int             // of their variants, those that are being built
	out    Trimmed
	err    error // the first that kept something from being removed

	buf      []byte // of one record
	variants []variant
	entries  []entry // records, and then derived bytes
	records  int     // how many of the entries are records
	refs     []ref
	ids      []ObjectID          // of the refs, in a bounded trim
	trees    map[uint64]int64    // sizes
	marked   map[uint64]struct{} // objects and trees in use, by short64
	blind    bool                // not all that is in use is known
}

// A variant is a directory of records.
type variant struct {
	slot  SlotID
	id    VariantID
	first uint32 // of its entries
	built bool   // somebody said that it is being built
}

// An entry is something that goes by its last use.
type entry struct {
	used int64 // nanoseconds since 1970
	size int64 // of the file
	id   [16]byte
	refs uint32 // the first
	goes bool
}

// A ref is a reference to an object.
type ref struct {
	name uint64 // short64 of the object's
	size int64
}

// short64 is enough of an object's name to tell whether it is referred to: two
// that share it are both kept.
func short64(id ObjectID) uint64 { return binary.LittleEndian.Uint64(id[:]) }

// trim looks at the store from the shard at which the last bounded trim
// stopped, or at all of it.
func (s *Store) trim(t Trim) (Trimmed, error) {
	turn := s.loadTurn(t)
	p := s.newPass(t, turn.Next)
	for _, shard := range p.shards {
		p.readDerived(shard)
	}
	sum, since := p.choose(t.Limits), p.now.UnixNano()
	p.part = len(p.shards) < 256
	if p.part {
		p.choose(turn.limits(t.Limits, sum))
		since = min(since, turn.Before)
	}
	p.sweepRecords()
	p.sweepDerived()
	if !p.blind {
		idle := func(ObjectID) int64 { return since - int64(minIdle) }
		p.sweepTrees(idle)
		p.sweepObjects(idle)
	}
	p.sweepLeftovers()
	if p.part && !p.blind {
		s.saveTurn(turn.after(p))
	}
	p.out.Done = !p.part && !p.blind
	return p.out, p.err
}

// newPass returns a pass that has read the records, from a shard on.
func (s *Store) newPass(t Trim, first int) *pass {
	p := &pass{s: s, t: t, now: s.now(), trees: map[uint64]int64{}, marked: map[uint64]struct{}{}}
	for _, id := range s.Trees() {
		p.trees[short64(id)] = s.treeSize(id)
	}
	for i := 0; i < 256 && (t.Visits == 0 || p.out.Visits < t.Visits); i++ {
		p.shards = append(p.shards, byte(first+i))
		p.readRecords(byte(first + i))
	}
	p.records = len(p.entries)
	return p
}

// list returns what is in a directory below those that are the store's own. It
// does without the memory of what was found trusted: a pass sees each once.
func (p *pass) list(dir string) []fs.DirEntry {
	err := private.CheckDir(dir)
	var entries []fs.DirEntry
	if err == nil {
		entries, err = unlogged.ReadDir(dir)
	}
	p.failed(err)
	p.visit(1)
	return entries
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

// visit counts looks at files.
func (p *pass) visit(n int) {
	const tell = 50
	before := p.out.Visits
	p.out.Visits += n
	if p.t.Progress != nil && before/tell != p.out.Visits/tell {
		p.t.Progress(p.out)
	}
}

func (p *pass) shardDir(kind string, shard byte) string {
	return filepath.Join(p.s.dir, kind, fmt.Sprintf("%02x", shard))
}

func (p *pass) readRecords(shard byte) {
	slots, err := p.s.readDir(p.shardDir("slots", shard))
	p.failed(err)
	for _, e := range slots {
		var slot SlotID
		if !decodeHex(slot[:], e.Name()) {
			continue
		}
		variants := p.list(p.s.slotDir(slot))
		for _, e := range variants {
			v := variant{slot: slot}
			if decodeHex(v.id[:], e.Name()) {
				p.readVariant(v)
			}
		}
		if len(variants) == 0 && !p.t.DryRun {
			os.Remove(p.s.slotDir(slot))
		}
	}
}

func (p *pass) readVariant(v variant) {
	dir := p.s.variantDir(v.slot, v.id)
	v.first = uint32(len(p.entries))
	for _, f := range p.list(dir) {
		e := entry{refs: uint32(len(p.refs))}
		hexID, ok := strings.CutPrefix(f.Name(), "r-")
		if ok && f.Type().IsRegular() && decodeHex(e.id[:], hexID) && p.readRecord(filepath.Join(dir, f.Name()), &e) {
			p.entries = append(p.entries, e)
		}
		v.built = v.built || f.Name() == "building"
	}
	p.variants = append(p.variants, v)
}

// readRecord notes the use of a record and what it refers to. One that is
// damaged refers to nothing, and goes by its age.
func (p *pass) readRecord(path string, e *entry) (ok bool) {
	p.visit(1)
	var st unlogged.Stat
	f, err := unlogged.OpenBare(path, 0)
	if err == nil {
		defer f.Close()
		st, _, err = f.Stat()
	}
	if err != nil {
		p.failed(err)
		return false
	}
	e.used, e.size = st.ModTime, st.Size
	p.buf, err = f.ReadAll(p.buf, st)
	p.failed(err)
	payload, _, ok := openRecord(p.buf)
	if !ok || p.t.Refs == nil {
		return true
	}
	refs, err := p.t.Refs(payload)
	p.failed(err)
	for _, r := range refs {
		p.refs = append(p.refs, ref{short64(r.ID), r.Size})
		if p.t.Visits > 0 {
			p.ids = append(p.ids, r.ID)
		}
	}
	p.visit(len(refs) / refsPerVisit)
	return true
}

// refsPerVisit is how many references take as long as a look at a file.
const refsPerVisit = 16

func (p *pass) readDerived(shard byte) {
	dir := p.shardDir("derived", shard)
	files, _ := p.s.readDir(dir)
	for _, f := range files {
		e := entry{refs: uint32(len(p.refs))}
		if st, err := unlogged.LstatPath(filepath.Join(dir, f.Name())); err == nil && decodeHex(e.id[:], f.Name()) {
			// Their time of use is a day exact: they count as used a day later.
			e.used, e.size = st.ModTime+int64(derivedUse), st.Size
			p.entries = append(p.entries, e)
		}
	}
	p.visit(len(files))
}

// choose marks what the records refer to from the last used one on, and has go
// what comes after the limits are reached. An object's bytes are thus those of
// the record that was used last, with which it goes. It returns what stays.
func (p *pass) choose(limits Limits) (sum Load) {
	order := make([]int32, len(p.entries))
	for i := range order {
		order[i] = int32(i)
	}
	sort.Slice(order, func(i, j int) bool { return p.entries[order[i]].used > p.entries[order[j]].used })
	clear(p.marked)
	p.out.Young = Load{}
	full := false
	for _, at := range order {
		i, e, size := int(at), &p.entries[at], Load{}
		if i < p.records {
			size.Count = 1
		}
		var fresh []uint64
		fresh, size.Bytes = p.mark(i)
		full = full || limits.Bytes > 0 && sum.Bytes+size.Bytes > limits.Bytes
		e.goes = full || limits.Count > 0 && sum.Count+size.Count > limits.Count && size.Count > 0 || p.tooOld(i, limits.Age)
		switch {
		case e.goes && p.now.UnixNano()-e.used < int64(minIdle):
			e.goes = false
			if i < p.records {
				p.out.Young.add(size)
			}
			fallthrough
		case !e.goes:
			sum.add(size)
		default:
			for _, name := range fresh {
				delete(p.marked, name)
			}
		}
	}
	return sum
}

func (l *Load) add(m Load) { l.Count, l.Bytes = l.Count+m.Count, l.Bytes+m.Bytes }

// mark marks what an entry refers to. It returns what was not marked before,
// and the bytes of that and of the entry.
func (p *pass) mark(i int) (fresh []uint64, bytes int64) {
	bytes = p.entries[i].size
	first, last := p.refsOf(i)
	for _, r := range p.refs[first:last] {
		if _, ok := p.marked[r.name]; !ok {
			p.marked[r.name] = struct{}{}
			fresh = append(fresh, r.name)
			bytes += r.size + p.trees[r.name]
		}
	}
	return fresh, bytes
}

func (p *pass) refsOf(i int) (first, last int) {
	last = len(p.refs)
	if i+1 < len(p.entries) {
		last = int(p.entries[i+1].refs)
	}
	return int(p.entries[i].refs), last
}

func (p *pass) tooOld(i int, age time.Duration) bool {
	idle := p.now.Sub(unlogged.Time(p.entries[i].used))
	if i < p.records {
		return age > 0 && idle > age
	}
	if age <= 0 || age > derivedAge {
		age = derivedAge
	}
	return idle+derivedUse >= age
}
