package store

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/private"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A pass trims some of the store's shards, or all of them. It reads when their
// records were used and what they refer to, decides by their last use which go,
// and sweeps: those, and then the objects that no other refers to. So it may end
// at any point, and what is left is for the next pass.
type pass struct {
	s      *Store
	t      Trim
	now    time.Time
	looks  []look          // by shard
	forget map[SlotID]bool // slots that go whenever they were used
	out    Trimmed
	err    error // the first error that kept something from being removed
	blind  bool  // it is not known of each object whether it is in use

	shards []int // the shards that were read
	items  []*item
	busy   map[string]bool    // directories of variants to forget that are being built
	trees  map[ObjectID]int64 // the sizes of trees
	used   map[ObjectID]bool  // objects to which items refer that stay
	freed  map[ObjectID]bool  // objects to which forgotten records refer
}

// An item goes by its last use: a record, or derived bytes, which have no slot.
type item struct {
	RecordFile
	shard   int
	records int64 // 1, or of derived bytes 0
	left    *int  // how many records of its variant are not removed, or not yet; nil for derived bytes
	refs    []ObjectRef
	refers  int64 // the bytes of refs
	goes    bool
}

func (s *Store) newPass(t Trim) *pass {
	if t.Progress == nil {
		t.Progress = func(Trimmed) {}
	}
	return &pass{
		s: s, t: t, now: s.now(), looks: make([]look, shards),
		busy: map[string]bool{}, trees: map[ObjectID]int64{}, used: map[ObjectID]bool{}, freed: map[ObjectID]bool{},
	}
}

func (p *pass) part() bool { return len(p.shards) < shards }

// failed notes an error in reading. A file that is gone, or that is another
// user's, refers to nothing; of all others this is not known.
func (p *pass) failed(err error) {
	var system *fs.PathError
	if errors.As(err, &system) && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission) && !unlogged.IsLink(err) {
		p.blind, p.err = true, cmp.Or(p.err, err)
	}
}

// read reads the shards, or as many as the bound allows, those that were looked at
// longest ago.
func (p *pass) read() {
	order := make([]int, shards)
	for i := range order {
		order[i] = i
		p.s.eachID(p.s.shardDir("trees", i), "", len(ObjectID{}), func(id []byte) {
			p.trees[ObjectID(id)] = 0 // until its record is read
		})
	}
	sort.SliceStable(order, func(i, j int) bool { return p.looks[order[i]].Seen < p.looks[order[j]].Seen })
	for _, shard := range order {
		if p.t.Visits > 0 && p.out.Visits >= p.t.Visits {
			break
		}
		p.shards = append(p.shards, shard)
		p.readShard(shard)
		p.t.Progress(p.out)
	}
}

func (p *pass) readShard(shard int) {
	for _, v := range p.s.variants(shard, p.failed) {
		left := new(int)
		err := p.s.eachRecord(v.Slot, v.Variant, func(f RecordFile, path string) {
			*left++
			p.readItem(&item{RecordFile: f, shard: shard, records: 1, left: left}, path)
		})
		p.failed(err)
		if *left == 0 && err == nil {
			p.alone(v, func() {})
		}
		p.out.Visits += 2 // directories
	}
	p.failed(p.s.eachID(p.s.shardDir("derived", shard), "", len(RecordID{}), func(id []byte) {
		p.readItem(&item{RecordFile: RecordFile{ID: RecordID(id)}, shard: shard}, p.s.sharded("derived", RecordID(id).String()))
	}))
}

// readItem notes when an item was used and what it refers to. A record that is
// damaged, or that others can write to, refers to nothing, and goes by its age: the
// next look-up of it says what is wrong with it.
func (p *pass) readItem(it *item, path string) {
	if p.out.Visits++; it.records > 0 {
		data, st, err := private.ReadStat(path)
		if payload, _, ok := openRecord(data); err == nil && ok {
			it.setStat(st)
			it.refs, err = p.t.Refs(payload)
		}
		p.failed(err)
		p.out.Visits += len(it.refs) / 16 // that many take as long as a look at a file
	}
	for _, r := range it.refs {
		it.refers += r.Size
	}
	for _, r := range it.refs {
		if _, there := p.trees[r.ID]; there { // it takes what the files take that its record refers to
			p.trees[r.ID] = it.refers - r.Size
		}
	}
	if it.Used.IsZero() { // it was not read
		st, err := unlogged.LstatPath(path)
		if err != nil || !st.Mode.IsRegular() {
			return
		}
		it.setStat(st)
	}
	p.items = append(p.items, it)
}

func (p *pass) path(it *item) string {
	if it.records == 0 {
		return p.s.sharded("derived", it.ID.String())
	}
	return p.s.recordPath(it.RecordFile)
}

// decide goes through the items from the last used one on, and marks those that are over
// the limits: with a record also all that were used before it. So the bytes of an object
// count for the record that was used last of those that refer to it.
func (p *pass) decide(limits Limits) {
	sort.Slice(p.items, func(i, j int) bool { return p.items[i].Used.After(p.items[j].Used) })
	p.out.Left, p.out.Young = Load{}, Load{}
	for _, shard := range p.shards {
		p.looks[shard] = look{Seen: p.now.UnixNano()}
	}
	seen, full := make(map[ObjectID]bool, len(p.items)), false
	for _, it := range p.items {
		load, left, idle := Load{it.records, it.Size}, p.out.Left, p.now.Sub(it.Used)
		for _, r := range it.refs {
			if !seen[r.ID] {
				load.Bytes += r.Size + p.trees[r.ID]
				seen[r.ID] = true
			}
		}
		over := limits.Count > 0 && left.Count >= limits.Count && it.records > 0 ||
			limits.Age > 0 && idle > limits.Age || it.records == 0 && idle > derivedAge
		full = full || !over && limits.Bytes > 0 && left.Bytes+load.Bytes > limits.Bytes
		over = over || full
		if it.goes = over && idle >= minIdle; it.goes {
			continue
		}
		p.out.Left.add(load)
		p.looks[it.shard].add(load)
		if over && it.records > 0 {
			p.out.Young.add(load)
		}
	}
}

// sweep removes the items that go, and the objects and trees that nothing refers to any
// more and that were last touched before a time: later ones may belong to a record that
// is being published, or to one that this pass has not read.
func (p *pass) sweep(before int64) {
	for _, it := range p.items {
		forget := p.forget[it.Slot]
		if (it.goes || forget) && !p.removeItem(it, forget) {
			it.goes, forget = false, false
			p.out.Left.add(Load{it.records, it.Size})
		}
		for _, r := range it.refs {
			if forget {
				p.freed[r.ID] = true
			} else if !it.goes {
				p.keep(r.ID)
			}
		}
		p.t.Progress(p.out)
	}
	for _, shard := range p.shards {
		p.sweepUnused("trees", shard, before)
		p.sweepUnused("objects", shard, before)
	}
}

// keep marks an object that a record refers to, and touches it for the passes over
// other shards, which do not read the record.
func (p *pass) keep(id ObjectID) {
	if p.used[id] = true; !p.part() {
		return
	}
	for _, path := range []string{p.s.objectPath(id), p.s.TreeDir(id)} {
		if err := os.Chtimes(path, p.now, p.now); err != nil && !errors.Is(err, fs.ErrNotExist) {
			p.blind, p.err = true, cmp.Or(p.err, err) // the pass over its shard would find it unused
		}
	}
}

// removeItem removes an item, but for one to forget only if it was not used, or
// built again, since it was read. What is being built keeps all its records: they
// may explain why it is built.
func (p *pass) removeItem(it *item, forget bool) (removed bool) {
	path := p.path(it)
	remove := func(n *int) bool {
		st, err := unlogged.LstatPath(path)
		return err == nil && (st == it.stat || forget) && p.remove(path, it.RecordFile, it.refers, n)
	}
	if it.records == 0 {
		return remove(&p.out.Others)
	}
	dir := filepath.Dir(path)
	*it.left--
	if _, err := unlogged.LstatPath(filepath.Join(dir, "lock")); !errors.Is(err, fs.ErrNotExist) || p.t.DryRun != nil {
		p.alone(it.RecordFile, func() { removed = remove(&p.out.Records) })
		return removed
	}
	// It is not being built. A build that begins now makes a lock file: the directory stays.
	removed = remove(&p.out.Records)
	if *it.left == 0 && os.Remove(dir) == nil {
		os.Remove(filepath.Dir(dir))
	}
	return removed
}

// alone calls do unless a variant is being built (a store without locks counts as having
// no builds), and removes the variant's directory if no record is left in it.
func (p *pass) alone(v RecordFile, do func()) {
	if p.t.DryRun != nil {
		do()
		return
	}
	dir := p.s.variantDir(v.Slot, v.Variant)
	l, err := lockFile(dir, true)
	if l == nil && err == nil {
		if p.forget[v.Slot] {
			p.busy[dir] = true
		}
		return
	}
	do()
	if err == nil { // whoever waits for the lock file that goes here notices, and makes one
		os.Remove(filepath.Join(dir, "building"))
		os.Remove(filepath.Join(dir, "unstored"))
		l.removed(func() {
			os.Remove(filepath.Join(dir, "lock"))
			os.Remove(dir)
			os.Remove(filepath.Dir(dir))
		})
	}
}

// sweepUnused removes the objects, or trees, of a shard that nothing refers to.
func (p *pass) sweepUnused(kind string, shard int, before int64) {
	dir := p.s.shardDir(kind, shard)
	p.s.eachID(dir, "", len(ObjectID{}), func(name []byte) {
		id := ObjectID(name)
		p.t.Progress(p.out)
		if p.used[id] || p.blind {
			return
		}
		path := filepath.Join(dir, id.String())
		st, err := unlogged.LstatPath(path)
		switch {
		case err != nil || !p.freed[id] && st.ModTime >= before:
		case kind == "trees" && st.Mode.IsDir() && (p.t.DryRun != nil || p.s.RemoveTree(id)):
			st.Size = p.trees[id]
			p.removeFile(path, st, &p.out.Others)
		case kind == "objects" && st.Mode.IsRegular():
			if p.removeFile(path, st, &p.out.Objects) && p.t.DryRun == nil {
				os.Remove(p.s.sealPath(id))
			}
		}
	})
}

// sweepLeftovers removes what processes that are gone have left behind.
func (p *pass) sweepLeftovers() {
	p.s.abandoned(func(path string) {
		if st, err := unlogged.LstatPath(path); err == nil {
			p.removeFile(path, st, &p.out.Others)
		}
	})
	for name, age := range map[string]time.Duration{
		"damaged": 7 * 24 * time.Hour,  // kept for people to look at
		"log":     90 * 24 * time.Hour, // a log that nobody writes to any more
		"tmp":     24 * time.Hour,      // of a system without locks, which would tell whether it has an owner
	} {
		dir := filepath.Join(p.s.dir, name)
		names, _ := p.s.readDir(dir)
		for _, name := range names {
			path := filepath.Join(dir, name)
			st, err := unlogged.LstatPath(path)
			if err == nil && !st.Mode.IsDir() && name != "lock" && p.now.Sub(unlogged.Time(st.ModTime)) >= age {
				p.removeFile(path, st, &p.out.Others)
			}
		}
	}
}

// removeFile removes a file or directory that is no item.
func (p *pass) removeFile(path string, st unlogged.Stat, n *int) bool {
	var f RecordFile
	f.setStat(st)
	return p.remove(path, f, 0, n)
}

// remove removes a file, or a directory with what is in it, and counts it in n. A dry
// run calls DryRun with it, and with the bytes that it refers to.
func (p *pass) remove(path string, f RecordFile, refers int64, n *int) bool {
	if p.t.DryRun == nil {
		if err := unlogged.RemoveAll(path); err != nil {
			if !errors.Is(err, fs.ErrExist) { // a directory in which a builder has just begun
				p.err = cmp.Or(p.err, err)
			}
			return false
		}
	} else if n != &p.out.Objects {
		rel, _ := filepath.Rel(p.s.dir, path)
		gone := Gone{f, filepath.ToSlash(rel)}
		gone.Size += refers
		p.t.DryRun(gone)
	}
	*n++
	p.out.Freed += f.Size
	return true
}
