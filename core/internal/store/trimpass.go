package store

import (
	"cmp"
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
	looks  [256]look
	shards []byte          // those that are looked at
	forget map[SlotID]bool // slots that go whenever they were used
	busy   int             // variants of those that are being built
	out    Trimmed
	err    error // the first that kept something from being removed
	blind  bool  // not all that is in use is known

	groups  []group
	entries []entry
	refs    []ref
	trees   map[uint64]int64 // sizes
	marked  map[uint64]bool  // objects and trees, by short64: in use, or false if only what goes used it
}

// A group is a directory of entries: a variant's, or that of a shard's derived
// bytes.
type group struct {
	slot        SlotID
	variant     VariantID
	derived     bool
	first, last uint32 // entries
}

// An entry goes by its last use: a record or derived bytes.
type entry struct {
	used        int64 // at the latest, in nanoseconds since 1970
	size        int64 // of the file
	id          RecordID
	first, last uint32 // refs
	shard       byte
	derived     bool
	goes        bool
}

// modTime is the time of the file: that of the last use of derived bytes is exact
// to a day.
func (e *entry) modTime() int64 {
	if e.derived {
		return e.used - int64(derivedUse)
	}
	return e.used
}

// load is that of the file alone.
func (e *entry) load() Load {
	if e.derived {
		return Load{Bytes: e.size}
	}
	return Load{1, e.size}
}

// A ref is a reference to an object.
type ref struct {
	id   ObjectID
	size int64
}

// short64 is enough of an object's name to tell whether it is referred to: two
// that share it are both kept.
func short64(id ObjectID) uint64 { return binary.LittleEndian.Uint64(id[:]) }

// newPass returns a pass that has read the shards, or as many as the bound
// allows, those that were looked at longest ago.
func (s *Store) newPass(t Trim, looks [256]look) *pass {
	p := &pass{s: s, t: t, now: s.now(), looks: looks, forget: map[SlotID]bool{}, trees: map[uint64]int64{}, marked: map[uint64]bool{}}
	for _, id := range s.Trees() {
		p.trees[short64(id)] = 0 // until its record is seen: without one it goes as of no size
	}
	shards := make([]byte, 256)
	for i := range shards {
		shards[i] = byte(i)
	}
	sort.SliceStable(shards, func(i, j int) bool { return looks[shards[i]].Seen < looks[shards[j]].Seen })
	for _, shard := range shards {
		if t.Visits > 0 && p.out.Visits >= t.Visits {
			break
		}
		p.shards = append(p.shards, shard)
		p.readShard(shard)
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

// failed notes an error in reading. A file that is gone, or that is another
// user's, refers to nothing; of all others this is not known.
func (p *pass) failed(err error) bool {
	var system *fs.PathError
	if errors.As(err, &system) && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission) && !unlogged.IsLink(err) {
		p.blind = true
		p.err = cmp.Or(p.err, err)
	}
	return err != nil
}

func (p *pass) shardDir(kind string, shard byte) string {
	return filepath.Join(p.s.dir, kind, fmt.Sprintf("%02x", shard))
}

func (p *pass) readShard(shard byte) {
	for _, e := range p.list(p.shardDir("slots", shard)) {
		g := group{}
		if !ParseHex(g.slot[:], e.Name()) {
			continue
		}
		for _, e := range p.list(p.s.slotDir(g.slot)) {
			if ParseHex(g.variant[:], e.Name()) {
				p.readGroup(g, p.s.variantDir(g.slot, g.variant), "r-", shard)
			}
		}
	}
	p.readGroup(group{derived: true}, p.shardDir("derived", shard), "", shard)
}

func (p *pass) readGroup(g group, dir, prefix string, shard byte) {
	g.first = uint32(len(p.entries))
	for _, f := range p.list(dir) {
		e := entry{shard: shard, derived: g.derived, first: uint32(len(p.refs))}
		name, ok := strings.CutPrefix(f.Name(), prefix)
		if ok && f.Type().IsRegular() && ParseHex(e.id[:], name) && p.read(&e, filepath.Join(dir, f.Name())) {
			e.last = uint32(len(p.refs))
			p.entries = append(p.entries, e)
		}
	}
	g.last = uint32(len(p.entries))
	p.groups = append(p.groups, g)
}

// read notes the use of an entry and what it refers to. A record that is damaged, or
// that others can write to, refers to nothing, and goes by its age.
func (p *pass) read(e *entry, path string) bool {
	p.out.Visits++
	if e.derived {
		st, err := unlogged.LstatPath(path)
		e.used, e.size = st.ModTime+int64(derivedUse), st.Size
		return err == nil
	}
	st, err := unlogged.LstatPath(path)
	if p.failed(err) {
		return false
	}
	e.used, e.size = st.ModTime, st.Size
	data, err := private.ReadFile(path)
	p.failed(err)
	if payload, _, ok := openRecord(data); ok && p.t.Refs != nil {
		refs, err := p.t.Refs(payload)
		p.failed(err)
		for _, r := range refs {
			p.refs = append(p.refs, ref{r.ID, r.Size})
		}
		const each = 16 // references take as long as a look at a file
		p.out.Visits += len(refs) / each
	}
	return true
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
	p.out.Young = Load{}
	for _, shard := range p.shards {
		p.looks[shard] = look{Seen: p.now.UnixNano()}
	}
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
			p.looks[e.shard].add(size)
		}
	}
	p.out.Left = left
}

// load returns what an entry takes beside what was seen, and notes that. A tree
// takes what the files take that its record refers to.
func (p *pass) load(e *entry, seen map[uint64]bool) Load {
	load, refs := e.load(), p.refs[e.first:e.last]
	for _, r := range refs {
		name := short64(r.id)
		if seen[name] {
			continue
		}
		seen[name] = true
		if _, there := p.trees[name]; there {
			p.trees[name] = sum(refs) - r.size
		}
		load.Bytes += r.size + p.trees[name]
	}
	return load
}

func sum(refs []ref) (bytes int64) {
	for _, r := range refs {
		bytes += r.size
	}
	return bytes
}

// sweep removes what goes, and the objects and trees that nothing refers to any
// more and that were last touched before a time: later ones may belong to a
// record that is being published, or to one that this pass has not read.
func (p *pass) sweep(before int64) {
	for i := range p.groups {
		p.sweepGroup(&p.groups[i])
	}
	for _, shard := range p.shards {
		p.sweepUnmarked("trees", shard, before)
		p.sweepUnmarked("objects", shard, before)
	}
}

// sweepGroup removes the entries of a directory that go, and that of a variant if
// none is left, under the variant's lock. What is being built keeps all its
// records: they may explain why it is built.
func (p *pass) sweepGroup(g *group) {
	entries, forget, dir := p.entries[g.first:g.last], p.forget[g.slot], p.s.variantDir(g.slot, g.variant)
	left := len(entries)
	some := forget || left == 0 && !g.derived && p.idle(dir) // a busy one may be about to have its first
	for i := range entries {
		entries[i].goes = entries[i].goes || forget
		some = some || entries[i].goes
	}
	mine, l := p.t.DryRun || g.derived, (*fileLock)(nil)
	if some && !mine {
		var err error
		l, err = lockFile(dir, true)
		mine = l != nil || err != nil // without locks nobody has it
	}
	if forget && !mine {
		p.busy++
	}
	for i := range entries {
		e := &entries[i]
		if e.goes && mine && p.removeEntry(g, e) {
			left--
			continue
		}
		if e.goes {
			p.out.Left.add(e.load())
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

// removeEntry removes an entry unless it was used, or built again, since it was
// read.
func (p *pass) removeEntry(g *group, e *entry) bool {
	gone, n := Gone{Bytes: e.size, Used: unlogged.Time(e.modTime())}, &p.out.Others
	if e.derived {
		gone.Path = p.s.sharded("derived", hex.EncodeToString(e.id[:]))
	} else {
		gone.Record, n = RecordFile{Slot: g.slot, Variant: g.variant, ID: e.id, Used: gone.Used, Size: e.size}, &p.out.Records
		gone.Path = p.s.recordPath(gone.Record)
	}
	forget := p.forget[g.slot]
	if st, err := unlogged.LstatPath(gone.Path); err == nil && st.ModTime != e.modTime() && !forget {
		return false
	}
	refs := p.refs[e.first:e.last]
	gone.Bytes += sum(refs)
	if !p.take(gone, e.size, n) {
		return false
	}
	for _, r := range refs {
		if name := short64(r.id); forget && !p.marked[name] { // a trim goes by times: another build may have put it again
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
				break
			}
			if err := os.Chtimes(path, p.now, p.now); err != nil && !errors.Is(err, fs.ErrNotExist) {
				p.blind, p.err = true, cmp.Or(p.err, err) // the pass over its shard would find it unused
			}
		}
	}
}

// sweepUnmarked removes the objects, or trees, of a shard that nothing refers to.
func (p *pass) sweepUnmarked(kind string, shard byte, before int64) {
	if p.blind {
		return
	}
	p.eachFile(p.shardDir(kind, shard), func(path string, st unlogged.Stat) {
		var id ObjectID
		known := ParseHex(id[:], filepath.Base(path))
		used, freed := p.marked[short64(id)]
		switch {
		case !known || used || !freed && st.ModTime >= before:
		case kind == "trees" && st.Mode.IsDir() && (p.t.DryRun || p.s.RemoveTree(id)):
			p.removeOther(path, p.trees[short64(id)], st)
		case kind == "objects" && st.Mode.IsRegular() && p.remove(path) && p.remove(p.s.sealPath(id)):
			p.out.Objects++
			p.out.Freed += st.Size
		}
	})
}

// sweepLeftovers removes what processes that are gone have left behind.
func (p *pass) sweepLeftovers() {
	p.s.abandoned(func(path string) {
		if st, err := unlogged.LstatPath(path); err == nil {
			p.removeOther(path, st.Size, st)
		}
	})
	ages := map[string]time.Duration{"damaged": damagedAge, "log": logAge}
	if !p.t.DryRun { // which would count twice what has no owner
		ages["tmp"] = tempAge
	}
	for name, age := range ages {
		p.eachFile(filepath.Join(p.s.dir, name), func(path string, st unlogged.Stat) {
			if filepath.Base(path) != "lock" && p.age(st) >= age {
				p.removeOther(path, st.Size, st)
			}
		})
	}
}

// eachFile calls do for what is in a directory.
func (p *pass) eachFile(dir string, do func(path string, st unlogged.Stat)) {
	entries, _ := p.s.readDir(dir)
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if st, err := unlogged.LstatPath(path); err == nil {
			do(path, st)
		}
	}
}

// idle reports whether nothing has come into a directory for an hour, or left it.
func (p *pass) idle(dir string) bool {
	st, err := unlogged.LstatPath(dir)
	return err == nil && p.age(st) >= minIdle
}

func (p *pass) age(st unlogged.Stat) time.Duration { return p.now.Sub(unlogged.Time(st.ModTime)) }

// removeOther removes what is neither record nor object.
func (p *pass) removeOther(path string, size int64, st unlogged.Stat) {
	p.take(Gone{Path: path, Bytes: size, Used: unlogged.Time(st.ModTime)}, size, &p.out.Others)
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
	err := unlogged.RemoveAll(path)
	if errors.Is(err, fs.ErrNotExist) {
		return true
	}
	p.err = cmp.Or(p.err, err)
	return err == nil
}
