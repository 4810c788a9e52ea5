package store

import (
	"os"
	"path/filepath"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/quiet"
)

// damagedAge is how long a damaged file is kept for a look.
const damagedAge = 7 * 24 * time.Hour

// treeAge is how long an unfinished directory is kept: what is written deep in
// it leaves its own time alone.
const treeAge = 24 * time.Hour

// logAge is how long a log that nobody writes to any more is kept.
const logAge = 90 * 24 * time.Hour

// others removes what processes that are gone have left behind.
func (p *pass) others() bool {
	if !p.t.DryRun {
		if err := p.s.foldHits(p.idle); err != nil && p.err == nil {
			p.err = err
		}
	}
	return p.trees() && p.directory("tmp", minIdle) && p.directory("damaged", damagedAge) && p.directory("log", logAge) && p.derived()
}

// trees removes the trees to be used in place that no record refers to and no
// process uses.
func (p *pass) trees() bool {
	for _, id := range p.s.Trees() {
		if !p.visit(1) {
			return false
		}
		st, err := quiet.LstatPath(p.s.TreeDir(id))
		if _, used := p.state.survey.objects[short64(id)]; used || err != nil || !p.idle(st, minIdle) {
			continue
		}
		if p.t.DryRun || p.s.RemoveTree(id) {
			p.out.Others++
		}
	}
	return true
}

// derivedAge is how long derived bytes are kept that nobody asks for: they are
// found again at a cost, and each edit leaves some that are of no more use.
const derivedAge = 30 * 24 * time.Hour

// derived removes derived bytes that were not asked for for long.
func (p *pass) derived() bool {
	age := derivedAge
	if p.t.Age > 0 {
		age = max(min(age, p.t.Age), derivedUse+minIdle)
	}
	shards, _ := quiet.ReadDir(filepath.Join(p.s.dir, "derived"))
	for _, shard := range shards {
		if !p.directory(filepath.Join("derived", shard.Name()), age) {
			return false
		}
	}
	return true
}

// directory removes what is old in a directory of the store.
func (p *pass) directory(name string, age time.Duration) bool {
	dir := filepath.Join(p.s.dir, name)
	entries, _ := quiet.ReadDir(dir)
	for _, e := range entries {
		if e.Name() == "lock" {
			continue
		}
		if !p.visit(1) {
			return false
		}
		path := filepath.Join(dir, e.Name())
		st, err := quiet.LstatPath(path)
		limit := age
		if st.Mode.IsDir() {
			limit = max(age, treeAge)
		}
		if err != nil || !p.idle(st, limit) {
			continue
		}
		if !p.t.DryRun && !p.removeTree(path) {
			return p.err != nil // out of visits, unless it could not be removed
		}
		p.out.Others++
		p.out.Freed += st.Size
	}
	return true
}

// removeTree is os.RemoveAll, not logged, and counted. Directories in what a
// fixture builds may be read-only.
func (p *pass) removeTree(path string) bool {
	st, err := quiet.LstatPath(path)
	if err != nil || !st.Mode.IsDir() {
		return p.remove(path)
	}
	os.Chmod(path, 0o700)
	entries, _ := quiet.ReadDir(path)
	for _, e := range entries {
		if !p.visit(1) || !p.removeTree(filepath.Join(path, e.Name())) {
			return false
		}
	}
	return p.remove(path)
}
