package store

import (
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/plainjson"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// Limits bound a store. A limit of 0 is none.
type Limits struct {
	Age   time.Duration // since the last use
	Bytes int64         // of records, objects, trees and derived bytes
	Count int64         // of records
}

// A Trim says how to trim a store.
type Trim struct {
	Limits
	// Refs returns the objects that a record's payload refers to.
	Refs func(payload []byte) ([]ObjectRef, error)
	// Visits bounds how many files are looked at, but for those of a 256th part
	// of the store. What is left is for the next calls. 0: no bound.
	Visits int
	// DryRun, if there is one, is called for each thing that would be removed, but not
	// for objects. Nothing is removed then.
	DryRun func(Gone)
	// Progress, if there is one, is called now and then with what is done so far.
	Progress func(Trimmed)
}

// A Gone is a thing that a trim would remove: a record, with the size of its objects too, or
// something else, which has no slot.
type Gone struct {
	RecordFile
	Path string // below the store's directory, with slashes
}

// Trimmed is the result of a trim.
type Trimmed struct {
	Visits  int   // files looked at
	Records int   // records removed
	Objects int   // objects removed
	Others  int   // removed trees, derived files, and leftovers of processes that are gone
	Freed   int64 // bytes
	Left    Load  // all that is left of what it looked at
	Young   Load  // records over the limits that are kept since they were used within the hour
}

// A Load is a number of records and the bytes of all that the limits are for.
type Load struct{ Count, Bytes int64 }

func (l *Load) add(m Load) { l.Count, l.Bytes = l.Count+m.Count, l.Bytes+m.Bytes }

const (
	// trimInterval is how often a process that stores something trims: as
	// cmd/go does, often enough for limits that are counted in days.
	trimInterval = 24 * time.Hour
	// minIdle is the age up to which nothing is removed: what was stored or used
	// so short a time ago may be in use now. No time of use is older than it
	// says by more than useInterval.
	minIdle = time.Hour
	// derivedAge is how long derived bytes are kept that nobody asks for: they are
	// found again at a cost, and each edit leaves some that are of no more use.
	derivedAge = 30 * 24 * time.Hour
)

// ErrTrimming says that another process trims the store now.
var ErrTrimming = errors.New("another process is trimming the store")

// TrimDaily trims if nobody has for a day.
func (s *Store) TrimDaily(t Trim) (Trimmed, error) {
	if st, err := unlogged.StatPath(s.trimLock()); err == nil {
		age := s.now().Sub(unlogged.Time(st.ModTime))
		if age < trimInterval && age > -trimInterval { // else the clock was wrong then, or is now
			return Trimmed{}, nil
		}
	}
	return s.Trim(t)
}

// trimLock returns the file of the lock that is held while the store is trimmed. Its time
// is that of the last trim.
func (s *Store) trimLock() string { return filepath.Join(s.dir, "trim", "lock") }

// Trim trims now. It notes the time before the work begins: if that takes long, or
// crashes, the processes that come meanwhile do not all start one of their own.
func (s *Store) Trim(t Trim) (Trimmed, error) {
	if t.DryRun != nil { // it needs neither the lock nor the right to write
		return s.trim(t)
	}
	l, err := lockFile(filepath.Dir(s.trimLock()), true)
	switch {
	case err != nil:
		return Trimmed{}, err
	case l == nil: // two would each count what the other removes
		return Trimmed{}, ErrTrimming
	}
	defer l.unlock()
	if err := os.Chtimes(s.trimLock(), s.now(), s.now()); err != nil {
		return Trimmed{}, err
	}
	return s.trim(t)
}

// A bounded trim takes the shards that nobody has looked at for longest. It does
// not read what the records of the others refer to. So each touches the objects of
// the records that it leaves, and removes only those that were not touched since
// all shards were looked at. Of the limits its shards get the share that they have
// in what the store held by the last look at each.

// A look is what a bounded trim left in a shard.
type look struct {
	Seen int64 // nanoseconds since 1970
	Load
}

// looksName is the name of the derived bytes that hold the looks: they are checked, and
// without them all shards count as never looked at.
const looksName = "trim's looks"

func (s *Store) looks() (looks []look) {
	data, _ := s.Derived(looksName)
	if plainjson.Unmarshal(data, &looks) != nil || len(looks) != shards {
		looks = make([]look, shards)
	}
	for i := range looks {
		if looks[i].Seen > s.now().UnixNano() { // the clock was wrong then: its turn would come no more
			looks[i] = look{}
		}
	}
	return looks
}

func (s *Store) trim(t Trim) (Trimmed, error) {
	p := s.newPass(t)
	if t.Visits > 0 {
		p.looks = s.looks()
	}
	p.read()
	limits := t.Limits
	if p.part() {
		p.decide(Limits{Age: limits.Age}) // counts what there is
		limits = p.share()
	}
	p.decide(limits)
	since := p.now.UnixNano()
	for _, l := range p.looks {
		since = min(since, l.Seen)
	}
	p.sweep(since - int64(minIdle))
	p.sweepLeftovers()
	if data, err := plainjson.Marshal(p.looks); p.part() && !p.blind && err == nil {
		s.PutDerived(looksName, data)
	}
	return p.out, p.err
}

// share returns the limits of the shards that were read.
func (p *pass) share() Limits {
	var all Load
	for _, l := range p.looks {
		all.add(l.Load)
	}
	part := func(limit, all, here int64) int64 {
		if all <= limit || limit == 0 {
			return 0
		}
		return max(1, int64(float64(here)*float64(limit)/float64(all)))
	}
	l, here := p.t.Limits, p.out.Left
	return Limits{l.Age, part(l.Bytes, all.Bytes, here.Bytes), part(l.Count, all.Count, here.Count)}
}

// Remove forgets all records of some slots, the objects that only they refer to
// and the trees made of those, whatever their age. A variant that is being built
// is left alone, and counted in busy.
//
// A build that has put an object, but not its record yet, may find the object
// gone: its record is a miss the next time.
func (s *Store) Remove(slots []SlotID, refs func([]byte) ([]ObjectRef, error)) (removed Trimmed, busy int, err error) {
	p := s.newPass(Trim{Refs: refs})
	p.forget = map[SlotID]bool{}
	for _, slot := range slots {
		p.forget[slot] = true
	}
	p.read()
	p.sweep(0) // objects that no record referred to are left to a trim
	return p.out, len(p.busy), p.err
}
