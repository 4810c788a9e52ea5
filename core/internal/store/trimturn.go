package store

import (
	"errors"
	"io/fs"
	"os"

	"github.com/fixturecache/fixturecache/core/internal/plainjson"
)

// A turn is how far bounded trims have come in a store that is too large for
// one: each looks at some of the 256 shards.
//
// What the records of the other shards refer to is not known then. So each trim
// touches the objects of the records that it keeps, and removes those that were
// not touched since the last whole turn began. A share of a limit would say
// little about a few large fixtures: a turn measures, and if that is over the
// limits the next one removes so much of each shard. The one after that frees
// the objects, and measures.
type turn struct {
	Next   int   // shard
	Seen   int   // shards, in this turn
	Began  int64 // nanoseconds since 1970
	Before int64 // when the turn before began; 0: there was none
	Sum    Load  // of the shards seen
	Last   Load  // what the turn before measured, if it removed nothing for the limits
}

// turnName is of the derived bytes that hold the turn: they are checked, and
// without them another turn begins.
const turnName = "trim's turn"

func (s *Store) loadTurn(t Trim) (u turn) {
	now := s.now().UnixNano()
	data, ok := []byte(nil), false
	if t.Visits > 0 {
		data, ok = s.Derived(turnName)
	}
	if !ok || plainjson.Unmarshal(data, &u) != nil || u.Began > now || u.Next < 0 || u.Next > 255 {
		return turn{Began: now}
	}
	return u
}

func (s *Store) saveTurn(u turn) {
	if data, err := plainjson.Marshal(u); err == nil {
		s.PutDerived(turnName, data)
	}
}

// limits returns those of a part of the store that holds sum.
func (u turn) limits(l Limits, sum Load) Limits {
	share := func(limit, last, sum int64) int64 {
		if limit == 0 || last <= limit {
			return 0
		}
		return max(1, int64(float64(sum)*float64(limit)/float64(last)))
	}
	return Limits{l.Age, share(l.Bytes, u.Last.Bytes, sum.Bytes), share(l.Count, u.Last.Count, sum.Count)}
}

// after returns the turn after a pass.
func (u turn) after(p *pass) turn {
	u.Sum.add(p.out.Left)
	u.Seen += len(p.shards)
	if u.Next += len(p.shards); u.Next < 256 {
		return u
	}
	next := turn{Next: u.Next - 256, Began: p.now.UnixNano(), Before: u.Began}
	if l := u.limits(p.t.Limits, u.Sum); l.Bytes == 0 && l.Count == 0 {
		seen := int64(u.Seen)
		next.Last = Load{u.Sum.Count * 256 / seen, u.Sum.Bytes * 256 / seen}
	}
	return next
}

// keep notes what a record refers to, for the trims of other shards too.
func (p *pass) keep(i int) {
	p.mark(i)
	first, last := p.refsOf(i)
	for j := first; p.part && j < last; j++ {
		paths := []string{p.s.objectPath(p.ids[j])}
		if _, ok := p.trees[p.refs[j].name]; ok {
			paths = append(paths, p.s.TreeDir(p.ids[j]))
		}
		for _, path := range paths {
			if err := os.Chtimes(path, p.now, p.now); err != nil && !errors.Is(err, fs.ErrNotExist) {
				p.blind = true
				p.note(err)
			}
		}
	}
}
