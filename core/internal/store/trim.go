package store

import (
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/quiet"
)

// Limits are what a store may hold. A limit of 0 is none.
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
	// Visits bounds how many files are looked at; what is left is for the next
	// call, which goes on there. 0: no bound, and from the beginning.
	Visits int
	// DryRun counts what would be removed and removes nothing.
	DryRun bool
	// Progress is told, now and then, how far it is.
	Progress func(Trimmed)
}

// Trimmed is what a trim did.
type Trimmed struct {
	Visits  int   // files looked at
	Records int   // removed, like the next two
	Objects int   //
	Others  int   // trees, derived files, what processes that are gone left behind
	Freed   int64 // bytes
	Done    bool  // it came to the end; otherwise the next one goes on
	Left    Load  // what is left, if it came to the end
}

// A Load is a number of records and the bytes of them, of their objects and
// trees, and of what else the limits are for.
type Load struct{ Count, Bytes int64 }

const (
	// trimInterval is how often a process that stores something trims: as
	// cmd/go does, often enough for limits that are counted in days.
	trimInterval = 24 * time.Hour
	// minIdle is the age up to which nothing is removed: what was stored or used
	// so short a time ago may be in use now. No time of use is older than it
	// says by more than useInterval.
	minIdle = time.Hour
	// minVisits lets each call get past the largest variant.
	minVisits = 4 * MaxRecords
)

// ErrTrimming says that another process trims the store now.
var ErrTrimming = errors.New("another process is trimming the store")

// TrimDaily trims if nobody has for a day. ran is false if it did not.
//
// The time is noted before the work begins: if a trim takes long, or crashes,
// the processes that come meanwhile do not all start one of their own.
func (s *Store) TrimDaily(t Trim) (out Trimmed, ran bool, err error) {
	if !s.trimDue() {
		return out, false, nil
	}
	unlock, err := s.lockTrim()
	if errors.Is(err, ErrTrimming) {
		return out, false, nil
	}
	if err != nil {
		return out, false, err
	}
	defer unlock()
	if !s.trimDue() {
		return out, false, nil // another process has just done it
	}
	if err := s.stampTrim(); err != nil {
		return out, false, err
	}
	out, err = s.trim(t)
	return out, true, err
}

// Trim trims now.
func (s *Store) Trim(t Trim) (Trimmed, error) {
	if t.DryRun {
		return s.trim(t) // needs neither the lock nor the right to write
	}
	unlock, err := s.lockTrim()
	if err != nil {
		return Trimmed{}, err
	}
	defer unlock()
	if err := s.stampTrim(); err != nil {
		return Trimmed{}, err
	}
	return s.trim(t)
}

func (s *Store) trimDir() string   { return filepath.Join(s.dir, "trim") }
func (s *Store) trimStamp() string { return filepath.Join(s.trimDir(), "stamp") }

// trimDue reports whether the last trim began a day ago, or in the future (the
// clock was wrong then, or is now).
func (s *Store) trimDue() bool {
	st, err := quiet.StatPath(s.trimStamp())
	if err != nil {
		return true
	}
	age := s.now().Sub(quiet.Time(st.ModTime))
	return age >= trimInterval || age < -trimInterval
}

func (s *Store) stampTrim() error {
	f, err := quiet.OpenFile(s.trimStamp(), os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Chtimes(s.trimStamp(), s.now(), s.now())
}

// lockTrim keeps two processes from trimming at once: both would count what
// the other removes.
func (s *Store) lockTrim() (unlock func(), err error) {
	l, err := lockFile(s.trimDir(), true)
	switch {
	case err != nil:
		return nil, err
	case l == nil:
		return nil, ErrTrimming
	}
	return l.unlock, nil
}

// trim looks through records, then objects, then the rest, from where the last
// trim stopped.
func (s *Store) trim(t Trim) (Trimmed, error) {
	p := &pass{s: s, t: t, now: s.now()}
	p.begin()
	p.out.Done = p.rounds() && p.objects() && p.others()
	switch {
	case t.DryRun:
		p.state.spool.remove()
	case p.out.Done || errors.Is(p.err, errSpool):
		s.dropTrimState()
	default:
		if err := s.saveTrimState(p.state); err != nil && p.err == nil {
			p.err = err
		}
	}
	return p.out, p.err
}

func (p *pass) begin() {
	if p.t.DryRun {
		p.state = newTrimState(p.now, "")
		return
	}
	if p.t.Visits > 0 {
		p.t.Visits = max(p.t.Visits, minVisits)
		p.state = p.s.loadTrimState()
	}
	if p.state == nil {
		p.s.dropTrimState()
		p.state = newTrimState(p.now, p.s.trimSpoolDir())
	}
}
