package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

const (
	// damagedAge is how long a damaged file is kept for a look.
	damagedAge = 7 * 24 * time.Hour
	// tempAge is how long what is unfinished is kept where there are no locks that
	// tell whether it has an owner: what is written deep in a directory leaves its
	// own time alone.
	tempAge = 24 * time.Hour
	// logAge is how long a log that nobody writes to any more is kept.
	logAge = 90 * 24 * time.Hour
	// derivedAge is how long derived bytes are kept that nobody asks for: they are
	// found again at a cost, and each edit leaves some that are of no more use.
	derivedAge = 30 * 24 * time.Hour
)

func (p *pass) sweepRecords() {
	for n, v := range p.variants {
		p.sweepVariant(v, p.lastOf(n))
	}
}

// lastOf returns where the entries of a variant end.
func (p *pass) lastOf(n int) int {
	if n+1 < len(p.variants) {
		return int(p.variants[n+1].first)
	}
	return p.records
}

// sweepVariant removes the records of a variant that go, and the directory if
// none is left, under the variant's lock. What is being built keeps all its
// records: they may explain why it is built.
func (p *pass) sweepVariant(v variant, last int) {
	dir := p.s.variantDir(v.slot, v.id)
	lock, building := filepath.Join(dir, "lock"), filepath.Join(dir, "building")
	goes, stays := 0, 0
	for _, e := range p.entries[v.first:last] {
		if e.goes {
			goes++
		}
	}
	// One without records may be about to have its first.
	empty := last == int(v.first) && (p.only[v.slot] || p.only == nil && !p.young(dir) && !p.young(lock))
	stale := v.built && p.only == nil && !p.young(building)
	mine, l := p.t.DryRun, (*fileLock)(nil)
	if !mine && (goes > 0 || empty || stale) {
		var err error
		l, err = lockFile(dir, true)
		if mine = l != nil || err != nil; l != nil {
			defer l.unlock()
		} else if !mine && p.only[v.slot] {
			p.busy++
		}
	}
	for i := int(v.first); i < last; i++ {
		if e := &p.entries[i]; !e.goes || !mine || !p.removeRecord(v, i) {
			p.out.Left.add(Load{1, e.size})
			p.keep(i)
			stays++
		}
	}
	if stale && mine && p.remove(building) {
		p.out.Others++ // who has the lock builds, and that is we
	}
	if mine && !p.t.DryRun && stays == 0 && (goes > 0 || empty) {
		os.Remove(building)
		if l != nil && !removesLock {
			l.unlock() // who takes it now keeps it
		}
		// Whoever waits for the lock file that goes here notices, and makes one.
		os.Remove(lock)
		os.Remove(dir)
		os.Remove(filepath.Dir(dir))
	}
}

// removeRecord removes a record unless it was used, or built again, since it was
// read.
func (p *pass) removeRecord(v variant, i int) bool {
	e := &p.entries[i]
	f := RecordFile{Slot: v.slot, Variant: v.id, ID: e.id, Used: unlogged.Time(e.used), Size: e.size}
	path := p.s.recordPath(f)
	if st, err := unlogged.LstatPath(path); err == nil && st.ModTime != e.used && p.only == nil || !p.remove(path) {
		return false
	}
	p.out.Records++
	p.out.Freed += e.size
	if p.t.Gone != nil {
		gone := Gone{Record: f, Path: p.s.rel(path), Bytes: e.size, Used: f.Used}
		first, last := p.refsOf(i)
		for _, r := range p.refs[first:last] {
			gone.Bytes += r.size
		}
		p.t.Gone(gone)
	}
	return true
}

func (s *Store) rel(path string) string {
	rel, _ := filepath.Rel(s.dir, path)
	return filepath.ToSlash(rel)
}

func (p *pass) sweepDerived() {
	for i := p.records; i < len(p.entries); i++ {
		e := &p.entries[i]
		path := filepath.Join(p.shardDir("derived", e.id[0]), fmt.Sprintf("%x", e.id))
		if !e.goes || !p.removeOther(path, e.size, e.used-int64(derivedUse), p.remove) {
			p.out.Left.Bytes += e.size
		}
	}
}

// removeOther removes what is neither record nor object.
func (p *pass) removeOther(path string, size, used int64, remove func(path string) bool) bool {
	if !remove(path) {
		return false
	}
	p.out.Others++
	p.out.Freed += size
	if p.t.Gone != nil {
		p.t.Gone(Gone{Path: p.s.rel(path), Bytes: size, Used: unlogged.Time(used)})
	}
	return true
}

// sweepTrees removes the trees in place that no record refers to, were not
// touched since, and that no process uses.
func (p *pass) sweepTrees(since func(ObjectID) int64) {
	p.eachObject("trees", fs.ModeDir, func(id ObjectID, path string, st unlogged.Stat, used bool) {
		size := p.trees[short64(id)]
		if used || st.ModTime >= since(id) || !p.removeOther(path, size, st.ModTime, func(string) bool { return p.t.DryRun || p.s.RemoveTree(id) }) {
			p.out.Left.Bytes += size
		}
	})
}

// sweepObjects removes the objects that no record refers to, and were not
// touched since: others may belong to a record that is being published.
func (p *pass) sweepObjects(since func(ObjectID) int64) {
	p.eachObject("objects", 0, func(id ObjectID, path string, st unlogged.Stat, used bool) {
		if used || st.ModTime >= since(id) || !p.remove(path) {
			p.out.Left.Bytes += st.Size
			return
		}
		if !p.t.DryRun {
			os.Remove(p.s.sealPath(id))
		}
		p.out.Objects++
		p.out.Freed += st.Size
	})
}

func (p *pass) eachObject(kind string, typ fs.FileMode, do func(id ObjectID, path string, st unlogged.Stat, used bool)) {
	for _, shard := range p.shards {
		dir := p.shardDir(kind, shard)
		files, _ := p.s.readDir(dir)
		for _, f := range files {
			var id ObjectID
			path := filepath.Join(dir, f.Name())
			if f.Type() != typ || !decodeHex(id[:], f.Name()) {
				continue
			}
			if st, err := unlogged.LstatPath(path); err == nil {
				_, used := p.marked[short64(id)]
				do(id, path, st, used)
			}
		}
	}
}

// sweepLeftovers removes what processes that are gone have left behind.
func (p *pass) sweepLeftovers() {
	if !p.t.DryRun {
		if err := p.s.foldHits(p.idle); err != nil {
			p.note(err)
		}
	}
	p.s.abandoned(p.removeOld)
	if !p.t.DryRun { // which would count twice what has no owner
		p.directory("tmp", tempAge)
	}
	p.directory("damaged", damagedAge)
	p.directory("log", logAge)
}

// directory removes what is old in a directory of the store.
func (p *pass) directory(name string, age time.Duration) {
	dir := filepath.Join(p.s.dir, name)
	entries, _ := p.s.readDir(dir)
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if st, err := unlogged.LstatPath(path); err == nil && e.Name() != "lock" && p.idle(st, age) {
			p.removeOld(path)
		}
	}
}

func (p *pass) removeOld(path string) {
	if st, err := unlogged.LstatPath(path); err == nil {
		p.removeOther(path, st.Size, st.ModTime, p.remove)
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
