package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/quiet"
)

// A pass is one way through the store.
type pass struct {
	s     *Store
	t     Trim
	now   time.Time
	state *trimState
	out   Trimmed
	err   error // the first that kept something from being removed
	round int   // removed in this round
}

// maxRounds bounds how often records are looked through in one pass: once to
// see whether they are over the limits, once to remove those that are, and
// once more if some of them could not be.
const maxRounds = 3

// rounds removes what is too old and counts the rest. If that is over the
// limits it goes through it again, with a plan. It reports whether it came to
// the end.
func (p *pass) rounds() bool {
	for p.state.Phase < phaseObjects {
		if !p.records() || !p.trees() || !p.derived() {
			return false
		}
		plan, over := p.state.survey.plan(p.t.Limits, p.now.Add(-minIdle))
		first := p.state.Round == 0
		if p.state.Round++; !over || p.state.Round >= maxRounds || !first && p.round == 0 {
			p.state.next(phaseObjects)
			break
		}
		p.round = 0
		p.state.again(plan, p.t.DryRun)
		if p.t.DryRun {
			p.out.Records, p.out.Others, p.out.Freed = 0, 0, 0
		}
	}
	p.out.Left = p.state.survey.total()
	return true
}

func (p *pass) records() bool {
	if p.state.Phase > phaseRecords {
		return true
	}
	root := filepath.Join(p.s.dir, "slots")
	if !p.shards(root, func(dir string, name [32]byte) bool { return p.slot(SlotID(name)) }) {
		return false
	}
	p.state.next(phaseTrees)
	return true
}

// shards calls do for each well-named entry of each of the 256 directories
// below root, in order, from where the last call stopped, for as long as it
// returns true.
func (p *pass) shards(root string, do func(dir string, name [32]byte) bool) bool {
	shards, _ := p.s.readDir(root)
	for _, shard := range shards {
		if len(shard.Name()) != 2 || shard.Name() < p.state.Cursor[:min(2, len(p.state.Cursor))] {
			continue
		}
		dir := filepath.Join(root, shard.Name())
		entries, _ := p.s.readDir(dir)
		for _, e := range entries {
			var name [32]byte
			if !decodeHex(name[:], e.Name()) || e.Name() < p.state.Cursor[:min(64, len(p.state.Cursor))] {
				continue
			}
			if !do(dir, name) {
				return false
			}
		}
		if len(entries) == 0 {
			p.removeDir(dir)
		}
	}
	return true
}

// removeDir removes a directory if it is empty.
func (p *pass) removeDir(dir string) {
	if !p.t.DryRun {
		os.Remove(dir)
	}
}

// visit counts looks at files, and reports false where they would be too many.
func (p *pass) visit(n int) bool {
	if p.t.Visits > 0 && p.out.Visits > 0 && p.out.Visits+n > p.t.Visits {
		return false
	}
	const tell = 50
	before := p.out.Visits
	p.out.Visits += n
	if p.t.Progress != nil && before/tell != p.out.Visits/tell {
		p.t.Progress(p.out)
	}
	return true
}

func (p *pass) slot(slot SlotID) bool {
	dir := p.s.slotDir(slot)
	variants, _ := p.s.readDir(dir)
	for _, e := range variants {
		var variant VariantID
		at := slot.String() + "/" + e.Name()
		if !decodeHex(variant[:], e.Name()) || at <= p.state.Cursor {
			continue
		}
		if !p.variant(slot, variant) {
			return false
		}
		p.state.Cursor = at
	}
	p.removeDir(dir)
	return true
}

// An entry is a record as trim sees it.
type entry struct {
	path  string
	stat  quiet.Stat
	hour  int64
	bytes int64 // with its objects
}

// variant removes what is to go of one variant. What is being built keeps all
// its records: they may explain why it is built.
func (p *pass) variant(slot SlotID, variant VariantID) bool {
	dir := p.s.variantDir(slot, variant)
	files, err := p.s.readDir(dir)
	if err != nil {
		return true
	}
	if !p.visit(1 + len(files)) {
		return false
	}
	kept := 0
	var drop []entry
	for _, f := range files {
		if !strings.HasPrefix(f.Name(), "r-") {
			continue
		}
		e, refs, ok := p.entry(filepath.Join(dir, f.Name()))
		switch {
		case !ok:
		case p.goes(e):
			drop = append(drop, e)
		default:
			kept++
			p.keep(e, refs)
		}
	}
	if len(drop) > 0 || kept == 0 || p.stale(filepath.Join(dir, "building")) {
		for _, e := range p.clear(dir, drop, kept == 0) {
			if e, refs, ok := p.entry(e.path); ok {
				p.keep(e, refs)
			}
		}
	}
	return true
}

// entry reads a record, unless it is gone or damaged: then it refers to
// nothing, and goes by its age.
func (p *pass) entry(path string) (e entry, refs []ObjectRef, ok bool) {
	st, err := quiet.LstatPath(path)
	if err != nil {
		return e, nil, false
	}
	e = entry{path: path, stat: st, hour: p.state.survey.hourOf(st), bytes: st.Size}
	data, err := quiet.ReadFile(path)
	if err != nil {
		return e, nil, true
	}
	if payload, _, ok := openRecord(data); ok && p.t.Refs != nil {
		refs, _ = p.t.Refs(payload)
	}
	for _, ref := range refs {
		e.bytes += ref.Size
	}
	return e, refs, true
}

// keep counts a record that stays. Its objects are counted when all that
// refer to them are known.
func (p *pass) keep(e entry, refs []ObjectRef) {
	p.state.survey.add(e.hour, Load{1, e.stat.Size})
	for _, ref := range refs {
		p.state.spool.add(ref, e.hour)
	}
}

// goes reports whether a record is to be removed, by its age or by the plan.
func (p *pass) goes(e entry) bool {
	idle := p.now.Sub(quiet.Time(e.stat.ModTime))
	switch {
	case idle < minIdle:
		return false
	case p.t.Age > 0 && idle > p.t.Age:
		return true
	}
	return p.state.Plan.takes(e.hour, e.bytes)
}

// stale reports whether a file is there and old enough to be removed.
func (p *pass) stale(path string) bool {
	st, err := quiet.LstatPath(path)
	return err == nil && p.idle(st, minIdle)
}

func (p *pass) idle(st quiet.Stat, age time.Duration) bool {
	return p.now.Sub(quiet.Time(st.ModTime)) >= age
}

// clear removes records, and the directory if none is left, under the
// variant's lock. It returns what had to be kept.
func (p *pass) clear(dir string, drop []entry, all bool) (kept []entry) {
	if p.t.DryRun {
		p.count(drop)
		return nil
	}
	if len(drop) == 0 && all && !p.stale(filepath.Join(dir, "lock")) {
		return nil // its first build is about to begin, or has just failed
	}
	l, err := lockFile(dir, true)
	if l == nil && err == nil {
		return drop // being built
	}
	if l != nil {
		defer l.unlock()
	}
	for _, e := range drop {
		if st, err := quiet.LstatPath(e.path); err == nil && st.ModTime != e.stat.ModTime {
			kept = append(kept, e) // used, or built again, since we looked
		} else if p.remove(e.path) {
			p.count([]entry{e})
		} else {
			kept = append(kept, e)
		}
	}
	if building := filepath.Join(dir, "building"); p.stale(building) && p.remove(building) {
		p.out.Others++ // who has the lock builds, and that is we
	}
	if all && len(kept) == 0 {
		// Whoever waits for the lock file that goes here notices, and makes one.
		os.Remove(filepath.Join(dir, "lock"))
		os.Remove(dir)
	}
	return kept
}

func (p *pass) count(gone []entry) {
	for _, e := range gone {
		p.round++
		p.out.Records++
		p.out.Freed += e.stat.Size
	}
}

func (p *pass) remove(path string) bool {
	err := os.Remove(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		if p.err == nil {
			p.err = err
		}
		return false
	}
	return true
}
