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

// derivedAge is how long derived bytes are kept that nobody asks for: they are
// found again at a cost, and each edit leaves some that are of no more use.
const derivedAge = 30 * 24 * time.Hour

// derived removes derived bytes that were not asked for for long, or that have
// no room, and counts the rest. Their time of use is a day exact, so they
// count as used a day later.
func (p *pass) derived() bool {
	if p.state.Phase > phaseDerived {
		return true
	}
	age := derivedAge
	if p.t.Age > 0 {
		age = max(min(age, p.t.Age), derivedUse+minIdle)
	}
	root := filepath.Join(p.s.dir, "derived")
	shards, _ := p.s.readDir(root)
	for _, shard := range shards {
		if shard.Name() <= p.state.Cursor {
			continue
		}
		dir := filepath.Join(root, shard.Name())
		entries, _ := p.s.readDir(dir)
		if !p.visit(len(entries)) {
			return false
		}
		for _, e := range entries {
			p.derivedFile(filepath.Join(dir, e.Name()), age)
		}
		p.state.Cursor = shard.Name()
	}
	p.state.next(phaseObjects)
	return true
}

func (p *pass) derivedFile(path string, age time.Duration) {
	st, err := quiet.LstatPath(path)
	if err != nil {
		return
	}
	hour := p.state.survey.hour(st.ModTime + int64(derivedUse))
	if p.idle(st, age) || p.state.Plan.takesOther(hour, st.Size) {
		if p.t.DryRun || p.remove(path) {
			p.gone(st.Size)
			return
		}
	}
	p.state.survey.add(hour, Load{0, st.Size})
}

// others removes what processes that are gone have left behind.
func (p *pass) others() bool {
	if !p.t.DryRun {
		if err := p.s.foldHits(p.idle); err != nil && p.err == nil {
			p.err = err
		}
	}
	return p.directory("tmp", minIdle) && p.directory("damaged", damagedAge) && p.directory("log", logAge)
}

// directory removes what is old in a directory of the store.
func (p *pass) directory(name string, age time.Duration) bool {
	dir := filepath.Join(p.s.dir, name)
	entries, _ := p.s.readDir(dir)
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
	entries, _ := p.s.readDir(path)
	for _, e := range entries {
		if !p.visit(1) || !p.removeTree(filepath.Join(path, e.Name())) {
			return false
		}
	}
	return p.remove(path)
}
