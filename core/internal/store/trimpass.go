package store

import (
	"encoding/binary"
	"encoding/hex"
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
	entries  []entry // what goes by its last use: records and derived bytes
	refs     []ref
	trees    map[uint64]int64 // sizes
	marked   map[uint64]bool  // objects and trees, by short64: in use, or false if only what goes used it
	loads    [256]Load        // of what stays, by shard
}

// A variant is a directory of records.
type variant struct {
	slot        SlotID
	id          VariantID
	first, last uint32 // entries
}

// An entry is a record or derived bytes.
type entry struct {
	used        int64 // nanoseconds since 1970
	size        int64 // of the file
	id          [16]byte
	first, last uint32 // refs
	shard       byte
	derived     bool
	goes        bool
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
		p.readDerived(shard)
		if t.Progress != nil {
			t.Progress(p.out)
		}
	}
	return p
}

func (p *pass) part() bool { return len(p.shards) < 256 }

// list returns what is in a directory. It does without the memory of what was
// found trusted: a pass sees each once.
func (p *pass) list(dir string) []fs.DirEntry {
	p.out.Visits++
	err := private.CheckDir(dir)
	var entries []fs.DirEntry
	if err == nil {
		entries, err = unlogged.ReadDir(dir)
	}
	p.failed(err)
	return entries
}

// failed notes an error in reading. A file that is gone, or whose owner does not
// let it be read, refers to nothing; of all others this is not known.
func (p *pass) failed(err error) bool {
	var system *fs.PathError
	if errors.As(err, &system) && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission) && !unlogged.IsLink(err) {
		p.blind = true
		p.note(err)
	}
	return err != nil
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
	v := variant{}
	for _, e := range p.list(p.shardDir("slots", shard)) {
		if !ParseHex(v.slot[:], e.Name()) {
			continue
		}
		for _, e := range p.list(p.s.slotDir(v.slot)) {
			if !ParseHex(v.id[:], e.Name()) {
				continue
			}
			v.first = uint32(len(p.entries))
			dir := p.s.variantDir(v.slot, v.id)
			for _, f := range p.list(dir) {
				p.readRecord(filepath.Join(dir, f.Name()), shard, f)
			}
			v.last = uint32(len(p.entries))
			p.variants = append(p.variants, v)
		}
	}
}

// readRecord notes the use of a record and what it refers to. One that is
// damaged refers to nothing, and goes by its age.
func (p *pass) readRecord(path string, shard byte, f fs.DirEntry) {
	e := entry{shard: shard, first: uint32(len(p.refs))}
	hexID, ok := strings.CutPrefix(f.Name(), "r-")
	if !ok || !f.Type().IsRegular() || !ParseHex(e.id[:], hexID) {
		return
	}
	st, err := unlogged.LstatPath(path)
	var data []byte
	if err == nil {
		data, err = unlogged.ReadFile(path)
	}
	if p.out.Visits++; p.failed(err) {
		return
	}
	e.used, e.size = st.ModTime, st.Size
	if payload, _, ok := openRecord(data); ok && p.t.Refs != nil {
		refs, err := p.t.Refs(payload)
		p.failed(err)
		for _, r := range refs {
			p.refs = append(p.refs, ref{r.ID, r.Size})
		}
		const each = 16 // references take as long as a look at a file
		p.out.Visits += len(refs) / each
	}
	e.last = uint32(len(p.refs))
	p.entries = append(p.entries, e)
}

func (p *pass) readDerived(shard byte) {
	dir := p.shardDir("derived", shard)
	for _, f := range p.list(dir) {
		p.out.Visits++
		e := entry{shard: shard, derived: true}
		if st, err := unlogged.LstatPath(filepath.Join(dir, f.Name())); err == nil && ParseHex(e.id[:], f.Name()) {
			e.used, e.size = st.ModTime+int64(derivedUse), st.Size // which is exact to a day
			p.entries = append(p.entries, e)
		}
	}
}

// choose goes from what was used last on, and has go what comes after the limits
// are reached: with a record all those that were used before it. An object's
// bytes are thus those of the record that was used last, with which it goes.
func (p *pass) choose(limits Limits) {
	order := make([]int32, len(p.entries))
	for i := range order {
		order[i] = int32(i)
	}
	sort.Slice(order, func(i, j int) bool { return p.entries[order[i]].used > p.entries[order[j]].used })
	left, seen, full := Load{}, map[uint64]bool{}, false
	p.out.Young, p.loads = Load{}, [256]Load{}
	for _, i := range order {
		e := &p.entries[i]
		size := p.load(e, seen)
		idle := p.now.Sub(unlogged.Time(e.used))
		full = full || limits.Bytes > 0 && left.Bytes+size.Bytes > limits.Bytes
		e.goes = full || limits.Count > 0 && size.Count > 0 && left.Count >= limits.Count ||
			limits.Age > 0 && idle > limits.Age || e.derived && idle > derivedAge
		if e.goes && idle < minIdle {
			if e.goes = false; !e.derived {
				p.out.Young.add(size)
			}
		}
		if !e.goes {
			left.add(size)
			p.loads[e.shard].add(size)
		}
	}
	p.out.Left = left
}

// load returns what an entry takes beside what was seen, and notes that.
func (p *pass) load(e *entry, seen map[uint64]bool) Load {
	if e.derived {
		return Load{Bytes: e.size}
	}
	load := Load{1, e.size}
	for _, r := range p.refs[e.first:e.last] {
		if name := short64(r.id); !seen[name] {
			seen[name] = true
			load.Bytes += r.size + p.trees[name]
		}
	}
	return load
}

// sweep removes what goes, and the objects and trees that nothing refers to any
// more and that were last touched before a time: later ones may belong to a
// record that is being published, or to one that this pass has not read.
func (p *pass) sweep(before int64) {
	for i := range p.variants {
		p.sweepVariant(&p.variants[i])
	}
	for i := range p.entries {
		if e := &p.entries[i]; e.derived && e.goes {
			path := filepath.Join(p.shardDir("derived", e.shard), hex.EncodeToString(e.id[:]))
			if !p.removeOther(path, e.size, e.used-int64(derivedUse)) {
				p.out.Left.Bytes += e.size
			}
		}
	}
	for _, shard := range p.shards {
		p.sweepUnmarked("trees", shard, before)
		p.sweepUnmarked("objects", shard, before)
	}
}

// sweepVariant removes the records of a variant that go, and the directory if
// none is left, under the variant's lock. What is being built keeps all its
// records: they may explain why it is built.
func (p *pass) sweepVariant(v *variant) {
	dir := p.s.variantDir(v.slot, v.id)
	records := p.entries[v.first:v.last]
	left := len(records)
	some := p.gone[v.slot] || left == 0 && !p.young(dir) // one without records may be about to have its first
	for i := range records {
		some = some || records[i].goes
	}
	mine, l := p.t.DryRun, (*fileLock)(nil)
	if some && !mine {
		var err error
		l, err = lockFile(dir, true)
		mine = l != nil || err != nil // without locks nobody has it
	}
	if p.gone[v.slot] && !mine {
		p.busy++
	}
	for i := range records {
		e := &records[i]
		if e.goes && mine && p.removeRecord(v, e) {
			left--
			continue
		}
		if e.goes {
			p.out.Left.add(Load{1, e.size})
		}
		p.keep(e)
	}
	switch {
	case l != nil && left == 0:
		l.removed(func() { // whoever waits for the lock file that goes here notices, and makes one
			os.Remove(filepath.Join(dir, "building"))
			os.Remove(filepath.Join(dir, "lock"))
			os.Remove(dir)
			os.Remove(filepath.Dir(dir))
		})
	case l != nil:
		l.unlock()
	}
}

// removeRecord removes a record unless it was used, or built again, since it was
// read.
func (p *pass) removeRecord(v *variant, e *entry) bool {
	f := RecordFile{Slot: v.slot, Variant: v.id, ID: e.id, Used: unlogged.Time(e.used), Size: e.size}
	path := p.s.recordPath(f)
	if st, err := unlogged.LstatPath(path); err == nil && st.ModTime != e.used && p.gone == nil {
		return false
	}
	gone := Gone{Record: f, Path: path, Bytes: e.size, Used: f.Used}
	for _, r := range p.refs[e.first:e.last] {
		gone.Bytes += r.size
	}
	if !p.take(gone, e.size, &p.out.Records) {
		return false
	}
	for _, r := range p.refs[e.first:e.last] {
		if name := short64(r.id); p.gone != nil && !p.marked[name] { // a trim goes by times: another build may have put it again
			p.marked[name] = false
		}
	}
	return true
}

// keep marks what a record that stays refers to, and touches it for the passes
// over other shards, which do not read the record.
func (p *pass) keep(e *entry) {
	for _, r := range p.refs[e.first:e.last] {
		p.marked[short64(r.id)] = true
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

// sweepUnmarked removes the objects, or trees, of a shard that nothing refers to.
func (p *pass) sweepUnmarked(kind string, shard byte, before int64) {
	if p.blind {
		return
	}
	dir := p.shardDir(kind, shard)
	files, _ := p.s.readDir(dir)
	for _, f := range files {
		var id ObjectID
		if !ParseHex(id[:], f.Name()) {
			continue
		}
		used, freed := p.marked[short64(id)]
		path := filepath.Join(dir, f.Name())
		st, err := unlogged.LstatPath(path)
		switch {
		case err != nil || used || !freed && st.ModTime >= before:
		case kind == "trees" && f.IsDir() && (p.t.DryRun || p.s.RemoveTree(id)):
			p.removeOther(path, p.trees[short64(id)], st.ModTime)
		case kind == "objects" && f.Type().IsRegular() && p.remove(path) && p.remove(p.s.sealPath(id)):
			p.out.Objects++
			p.out.Freed += st.Size
		}
	}
}

// sweepLeftovers removes what processes that are gone have left behind.
func (p *pass) sweepLeftovers() {
	removeOld := func(path string) {
		if st, err := unlogged.LstatPath(path); err == nil {
			p.removeOther(path, st.Size, st.ModTime)
		}
	}
	p.s.abandoned(removeOld)
	ages := map[string]time.Duration{"damaged": damagedAge, "log": logAge}
	if !p.t.DryRun { // which would count twice what has no owner
		ages["tmp"] = tempAge
	}
	for name, age := range ages {
		dir := filepath.Join(p.s.dir, name)
		entries, _ := p.s.readDir(dir)
		for _, e := range entries {
			path := filepath.Join(dir, e.Name())
			if st, err := unlogged.LstatPath(path); err == nil && e.Name() != "lock" && p.idle(st, age) {
				removeOld(path)
			}
		}
	}
}

func (p *pass) idle(st unlogged.Stat, age time.Duration) bool {
	return p.now.Sub(unlogged.Time(st.ModTime)) >= age
}

// young reports whether a file is there and was touched within the hour.
func (p *pass) young(path string) bool {
	st, err := unlogged.LstatPath(path)
	return err == nil && !p.idle(st, minIdle)
}

// removeOther removes what is neither record nor object.
func (p *pass) removeOther(path string, size, used int64) bool {
	return p.take(Gone{Path: path, Bytes: size, Used: unlogged.Time(used)}, size, &p.out.Others)
}

// take removes a file of a size, counts it in n and tells of it.
func (p *pass) take(gone Gone, size int64, n *int) bool {
	if !p.remove(gone.Path) {
		return false
	}
	*n++
	p.out.Freed += size
	if p.t.Gone != nil {
		rel, _ := filepath.Rel(p.s.dir, gone.Path)
		gone.Path = filepath.ToSlash(rel)
		p.t.Gone(gone)
	}
	return true
}

// remove removes a file, or a directory with what is in it. A dry run only says
// that it would.
func (p *pass) remove(path string) bool {
	if p.t.DryRun {
		return true
	}
	if err := unlogged.RemoveAll(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		p.note(err)
		return false
	}
	return true
}
