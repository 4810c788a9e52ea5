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

// sweep removes what goes, and the objects and trees that nothing refers to any
// more and that were last touched before a time: later ones may belong to a
// record that is being published, or to one that this pass has not read. Of those
// that are freed the time does not matter.
func (p *pass) sweep(before int64, freed map[ObjectID]bool) {
	for n, v := range p.variants {
		p.sweepVariant(v, p.lastOf(n))
	}
	for i := p.records; i < len(p.entries); i++ {
		e := &p.entries[i]
		path := filepath.Join(p.shardDir("derived", e.shard), fmt.Sprintf("%x", e.id))
		if e.goes && !p.removeOther(path, e.size, e.used-int64(derivedUse)) {
			p.out.Left.Bytes += e.size
		}
	}
	for _, kind := range []string{"trees", "objects"} {
		for _, shard := range p.shards {
			if !p.blind {
				p.sweepShard(kind, shard, before, freed)
			}
		}
	}
}

// sweepShard removes the objects, or trees, of a shard that nothing refers to.
func (p *pass) sweepShard(kind string, shard byte, before int64, freed map[ObjectID]bool) {
	dir := p.shardDir(kind, shard)
	files, _ := p.s.readDir(dir)
	for _, f := range files {
		var id ObjectID
		if !ParseHex(id[:], f.Name()) || p.marked[short64(id)] {
			continue
		}
		path := filepath.Join(dir, f.Name())
		st, err := unlogged.LstatPath(path)
		switch {
		case err != nil || st.ModTime >= before && !freed[id]:
		case kind == "trees" && f.IsDir() && (p.t.DryRun || p.s.RemoveTree(id)):
			p.removeOther(path, p.trees[short64(id)], st.ModTime)
		case kind == "objects" && f.Type().IsRegular() && p.remove(path) && p.remove(p.s.sealPath(id)):
			p.out.Objects++
			p.out.Freed += st.Size
		}
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
	goes, left := 0, last-int(v.first)
	for _, e := range p.entries[v.first:last] {
		if e.goes {
			goes++
		}
	}
	mine, l := p.t.DryRun, (*fileLock)(nil)
	// One without records may be about to have its first.
	if !mine && (goes > 0 || p.gone[v.slot] || left == 0 && !p.young(dir)) {
		var err error
		if l, err = lockFile(dir, true); l != nil {
			defer l.unlock()
		}
		mine = l != nil || err != nil
		if !mine && p.gone[v.slot] {
			p.busy++
		}
	}
	for i := int(v.first); i < last; i++ {
		e := &p.entries[i]
		switch {
		case !e.goes:
			p.keep(i)
		case mine && p.removeRecord(v, i):
			left--
		default:
			p.out.Left.add(Load{1, e.size})
			p.keep(i)
		}
	}
	if l != nil && left == 0 {
		l.removed(func() { // whoever waits for the lock file that goes here notices, and makes one
			os.Remove(filepath.Join(dir, "building"))
			os.Remove(filepath.Join(dir, "lock"))
			os.Remove(dir)
			os.Remove(filepath.Dir(dir))
		})
	}
}

// removeRecord removes a record unless it was used, or built again, since it was
// read.
func (p *pass) removeRecord(v variant, i int) bool {
	e := &p.entries[i]
	f := RecordFile{Slot: v.slot, Variant: v.id, ID: e.id, Used: unlogged.Time(e.used), Size: e.size}
	path := p.s.recordPath(f)
	if st, err := unlogged.LstatPath(path); err == nil && st.ModTime != e.used && !p.gone[v.slot] {
		return false
	}
	gone := Gone{Record: f, Path: path, Bytes: e.size, Used: f.Used}
	for _, r := range p.refsOf(i) {
		gone.Bytes += r.size
	}
	return p.removeAs(gone, e.size, &p.out.Records)
}

// removeOther removes what is neither record nor object.
func (p *pass) removeOther(path string, size, used int64) bool {
	return p.removeAs(Gone{Path: path, Bytes: size, Used: unlogged.Time(used)}, size, &p.out.Others)
}

// removeAs removes a file of a size, counts it in n and tells of it.
func (p *pass) removeAs(gone Gone, size int64, n *int) bool {
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
		if err := p.s.foldHits(p.idle); err != nil {
			p.note(err)
		}
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
