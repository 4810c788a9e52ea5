package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/plainjson"
	"github.com/fixturecache/fixturecache/core/internal/private"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// ErrNoLock says that there can be no lock here: the store is read-only, others can
// change it, or its file system has no locks. Callers go on without one.
var ErrNoLock = errors.New("the store has no locks here")

// A Builder is the process that holds a variant's lock.
type Builder struct {
	PID   int    `json:"pid"`
	Since int64  `json:"since"`           // nanoseconds since 1970
	Waits string `json:"waits,omitempty"` // the variant that it waits for itself, as SLOT/VARIANT
}

// TryLock takes a variant's lock for building. It returns a nil unlock, and no error, if
// another process has it. unlock takes what Unstored is to return from then on, if not "".
func (s *Store) TryLock(slot SlotID, variant VariantID) (unlock func(unstored string), err error) {
	dir := s.variantDir(slot, variant)
	if s.trusted(dir) != nil {
		return nil, ErrNoLock
	}
	l, err := lockFile(dir, true)
	if l == nil || err != nil {
		return nil, err
	}
	building := filepath.Join(dir, "building")
	if err := writeBuilder(building, Builder{PID: os.Getpid(), Since: s.now().UnixNano()}); err != nil {
		l.unlock()
		return nil, ErrNoLock
	}
	return func(unstored string) {
		os.Remove(building)
		if unstored != "" {
			unlogged.WriteFile(filepath.Join(dir, "unstored"), []byte(unlogged.RandomText(16)+" "+unstored), 0o600)
		}
		l.unlock()
	}, nil
}

// Unstored returns what the last build of a variant said that could not be stored, after a
// name of that build. It says nothing of later builds, and nobody removes it: it is for
// those who waited, and find the name of another build than they did before.
func (s *Store) Unstored(slot SlotID, variant VariantID) (build, text string) {
	data, _ := private.ReadFile(filepath.Join(s.variantDir(slot, variant), "unstored"))
	build, text, _ = strings.Cut(string(data), " ")
	return build, text
}

// Waits publishes which variant the holder of a variant's lock, this process, waits for
// itself, as SLOT/VARIANT; "" when it waits no more.
func (s *Store) Waits(slot SlotID, variant VariantID, waits string) {
	if b, ok := s.Building(slot, variant); ok && b.PID == os.Getpid() {
		b.Waits = waits
		writeBuilder(filepath.Join(s.variantDir(slot, variant), "building"), b)
	}
}

// writeBuilder does not sync the file, which is of no use after a power loss.
func writeBuilder(path string, b Builder) error {
	data, err := plainjson.Marshal(b)
	if err == nil {
		err = unlogged.WriteFile(path, data, 0o600)
	}
	return err
}

// Building returns the process that said last that it builds a variant; it may have been killed.
func (s *Store) Building(slot SlotID, variant VariantID) (b Builder, ok bool) {
	data, err := private.ReadFile(filepath.Join(s.variantDir(slot, variant), "building"))
	return b, err == nil && plainjson.Unmarshal(data, &b) == nil && b.PID > 0
}

// pollInterval is how often a waiter looks whether the builder is done. Waiters
// ask for a shared lock, so that all go on together when it is; polling costs a
// few milliseconds against a blocking call, which could not be bounded.
const pollInterval = 10 * time.Millisecond

// Wait returns when nobody builds the variant any more, or with ctx's error.
func (s *Store) Wait(ctx context.Context, slot SlotID, variant VariantID) error {
	dir := s.variantDir(slot, variant)
	for {
		l, err := lockFile(dir, false)
		if err != nil {
			return err
		}
		if l != nil {
			l.unlock()
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pollInterval):
		}
	}
}

// LockDir takes the lock of a directory that is not one of the store's,
// without waiting. It returns a nil unlock, and no error, if another has it.
func LockDir(dir string) (unlock func(), err error) { return lockDir(dir, true) }

func lockDir(dir string, exclusive bool) (unlock func(), err error) {
	l, err := lockFile(dir, exclusive)
	if l == nil || err != nil {
		return nil, err
	}
	return l.unlock, nil
}

// lockFile takes the lock of a directory, exclusive or shared, without
// waiting. It returns nil if another has it.
//
// The lock file may be deleted by a trim while we wait for it, and made again
// by another: then two would hold "the" lock. So the file that we locked must
// still be the one that has the name.
func lockFile(dir string, exclusive bool) (l *fileLock, _ error) {
	path := filepath.Join(dir, "lock")
	for range 100 {
		err := inDir(dir, func() (err error) { l, err = openLock(path, exclusive); return err })
		if err != nil {
			return nil, ErrNoLock
		}
		if l == nil || l.current(path) {
			return l, nil
		}
		l.unlock()
	}
	return nil, ErrNoLock
}
