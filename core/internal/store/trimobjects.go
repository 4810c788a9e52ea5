package store

import (
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"

	"github.com/fixturecache/fixturecache/core/internal/quiet"
)

// trees counts the objects in use with the hour that they belong to, and the
// trees in place that were made of them. It removes the trees that no record
// refers to and no process uses.
func (p *pass) trees() bool {
	if p.state.Phase > phaseTrees {
		return true
	}
	for prefix := range 256 {
		name := fmt.Sprintf("%02x", prefix)
		if name <= p.state.Cursor {
			continue
		}
		dir := filepath.Join(p.s.dir, "trees", name)
		trees, _ := p.s.readDir(dir)
		if !p.visit(len(trees)) {
			return false
		}
		uses, err := p.state.spool.uses(byte(prefix))
		if err != nil {
			p.err = err
			return false
		}
		for _, use := range uses {
			p.state.survey.add(use.hour, Load{0, use.size})
		}
		for _, e := range trees {
			var id ObjectID
			if decodeHex(id[:], e.Name()) {
				use, used := uses[short64(id)]
				p.tree(id, use.hour, used)
			}
		}
		if len(trees) > 0 {
			p.removeDir(dir)
		}
		p.state.Cursor = name
	}
	p.state.next(phaseDerived)
	return true
}

// tree removes a tree that is not used, or counts it.
func (p *pass) tree(id ObjectID, hour int64, used bool) {
	st, err := quiet.LstatPath(p.s.TreeDir(id))
	if err != nil {
		return
	}
	size := p.s.treeSize(id)
	if !used {
		hour = p.state.survey.hourOf(st)
		if p.idle(st, minIdle) && (p.t.DryRun || p.s.RemoveTree(id)) {
			p.gone(size)
			return
		}
	}
	p.state.survey.add(hour, Load{0, size})
}

// gone counts something removed that is neither record nor object.
func (p *pass) gone(size int64) {
	p.round++
	p.out.Others++
	p.out.Freed += size
}

// objects removes what no record refers to. An object that was touched since
// the pass began, or in the hour before, may belong to a record that is being
// published.
func (p *pass) objects() bool {
	if p.state.Phase > phaseObjects {
		return true
	}
	limit := min(p.state.Started, p.now.UnixNano()) - int64(minIdle)
	var uses map[uint64]objectUse // of those whose names begin as that of
	var at string
	done := p.shards(filepath.Join(p.s.dir, "objects"), func(dir string, name [32]byte) bool {
		if hex.EncodeToString(name[:]) <= p.state.Cursor {
			return true
		}
		if !p.visit(1) {
			return false
		}
		if dir != at {
			var err error
			if uses, err = p.state.spool.uses(name[0]); err != nil {
				p.err = err
				return false
			}
			at = dir
		}
		if _, used := uses[short64(ObjectID(name))]; !used {
			p.object(ObjectID(name), limit)
		}
		p.state.Cursor = hex.EncodeToString(name[:])
		return true
	})
	if done {
		p.state.next(phaseOthers)
	}
	return done
}

// object removes an object that nothing refers to, unless it is young.
func (p *pass) object(id ObjectID, limit int64) {
	path := p.s.objectPath(id)
	st, err := quiet.LstatPath(path)
	if err != nil || !st.Mode.IsRegular() {
		return
	}
	if st.ModTime >= limit || !p.t.DryRun && !p.remove(path) {
		p.out.Left.Bytes += st.Size
		return
	}
	if !p.t.DryRun {
		os.Remove(p.s.sealPath(id))
	}
	p.out.Objects++
	p.out.Freed += st.Size
}
