// Package store keeps bytes on disk for package engine: records by slot and
// variant, objects by their SHA-256, locks, and a log of events. It knows
// nothing of what the bytes mean.
//
// It promises that a reader sees a record or an object whole or not at all,
// whatever crashed (files are written under another name, synced and renamed),
// that damage is told from absence (everything is checked when read), and that
// two processes never hold one lock. It does not promise to keep anything: the
// store is a cache, and every failure here is a miss or a result not kept. A
// power loss may take what was stored in the seconds before it: directories are
// not synced, which would cost each build more than the loss of a few does. What
// it leaves is whole; a record whose object it took is a miss that says so.
//
// Layout below the root, which is private to the user (0700):
//
//	CACHEDIR.TAG
//	v1/slots/ab/<slot>/<variant>/r-<record>   records of one variant
//	v1/slots/ab/<slot>/<variant>/lock         held while the variant is built
//	v1/slots/ab/<slot>/<variant>/building     who builds, since when
//	v1/slots/ab/<slot>/<variant>/unstored     the last build that could not be stored
//	v1/objects/ab/<sha256>                    outputs too big for a record, files of trees
//	v1/seals/ab/<sha256>                      when an object was last found right
//	v1/trees/ab/<sha256>/                     a tree to be used in place, by its manifest's digest
//	v1/damaged/                               what failed its check, for a look
//	v1/log/                                   events, counts of hits
//	v1/tmp/                                   files being written, locked by who does
//	v1/derived/ab/<name>                      what can be found again from sources, at a cost
//	v1/trim/                                  when the last trim was
//
// Systems differ:
//
//	                linux, darwin, bsd            windows
//	private         0700, refused if others own it or can write the user's directory: mode bits say nothing
//	lock            flock(2) on an unlogged file  LockFileEx on an unlogged file
//	rename          over an open file, always     over one that is open here; else tried again, then a miss more
//
// All access is by package unlogged, so that a store inside the module under
// test does not become an input of go test's own cached results.
package store

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/private"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// version names the layout. A store written by an incompatible release lies
// beside ours and is not looked at.
const version = "v1"

// kinds are the directories of the layout.
var kinds = []string{"slots", "objects", "seals", "trees", "damaged", "log", "tmp", "derived", "trim"}

// A SlotID is the SHA-256 of what names a slot.
type SlotID [sha256.Size]byte

// A VariantID is the digest of a variant's values.
type VariantID [16]byte

// A RecordID is the digest of a record's inputs: the same inputs built again
// replace the record.
type RecordID [16]byte

// An ObjectID is the SHA-256 of an object's bytes.
type ObjectID [sha256.Size]byte

//go:noinline // inlined, it adds 0.6 kB to each test binary
func (id SlotID) String() string { return hex.EncodeToString(id[:]) }

//go:noinline // inlined, it adds 0.9 kB to each test binary
func (id VariantID) String() string { return hex.EncodeToString(id[:]) }

//go:noinline // inlined, it adds 0.9 kB to each test binary
func (id RecordID) String() string { return hex.EncodeToString(id[:]) }

func (id ObjectID) String() string { return hex.EncodeToString(id[:]) }

// ErrDamaged is in the chain of an error that says that a file that was read fails
// its check.
var ErrDamaged = errors.New("damaged")

// A Store is a store on disk. Its methods may be called by any number of
// goroutines and processes at once.
type Store struct {
	root string // absolute
	dir  string // root/v1
	now  func() time.Time

	sweep    sync.Once // of unfinished files
	counters counters
	checked  sync.Map // directories that were found to be ours
	mapped   sync.Map // ObjectID: those that this process has mapped
}

// Open opens the store at root, an absolute path, and makes it if need be. One
// that others own or can write to is refused: they could plant a record. So is
// one with such a directory in it, of those at its top; of the others this is
// told when they are used.
func Open(root string) (*Store, error) {
	if !filepath.IsAbs(root) {
		return nil, fmt.Errorf("store %s: not an absolute path", root)
	}
	s := &Store{root: root, dir: filepath.Join(root, version), now: time.Now, counters: counters{lines: map[Fixture]counter{}}}
	err := private.CheckLink(root)
	if errors.Is(err, fs.ErrNotExist) {
		if err := s.create(); err != nil {
			return nil, err
		}
		err = private.CheckLink(root) // another may have been faster
	}
	if err != nil {
		return nil, fmt.Errorf("store %s: %w", root, err)
	}
	if err := s.trusted(s.dir); err != nil {
		return nil, err
	}
	if name, err := private.CheckDirs(s.dir); err != nil {
		return nil, s.untrusted(filepath.Join(s.dir, name), err)
	}
	return s, nil
}

func (s *Store) untrusted(dir string, err error) error {
	rel, _ := filepath.Rel(s.root, dir)
	return fmt.Errorf("store %s: %s: %w", s.root, filepath.ToSlash(rel), err)
}

// trusted returns an error if others can change a directory of the store, or one above
// it. One that is not there can be made.
func (s *Store) trusted(dir string) error {
	if _, ok := s.checked.Load(dir); ok {
		return nil
	}
	if len(dir) < len(s.dir) {
		return nil // the root, which Open has looked at
	}
	if err := s.trusted(filepath.Dir(dir)); err != nil {
		return err
	}
	switch err := private.CheckDir(dir); {
	case err == nil:
		s.checked.Store(dir, true)
	case !errors.Is(err, fs.ErrNotExist):
		return s.untrusted(dir, err)
	}
	return nil
}

// readDir returns the names in a directory of the store. One that others can change,
// or that is a link to elsewhere, is not read.
func (s *Store) readDir(dir string) ([]string, error) {
	if err := s.trusted(dir); err != nil {
		return nil, err
	}
	return unlogged.Names(dir)
}

// eachID calls do for each id of size bytes that is the name of an entry in a directory of
// the store, in hexadecimal after a prefix.
func (s *Store) eachID(dir, prefix string, size int, do func(id []byte)) error {
	names, err := s.readDir(dir)
	for _, name := range names {
		name, ok := strings.CutPrefix(name, prefix)
		if id := make([]byte, size); ok && ParseHex(id, name) {
			do(id)
		}
	}
	return err
}

const tagFile = "CACHEDIR.TAG"

const cacheDirTag = `Signature: 8a477f597d28d172789f06886806bc55
# This directory holds test fixtures built by github.com/fixturecache/fixturecache.
# It can be deleted at any time. About cache directory tags: https://bford.info/cachedir/
`

func (s *Store) create() error {
	if err := unlogged.MkdirAll(s.root, 0o700); err != nil {
		return err
	}
	return s.writeFile(filepath.Join(s.root, tagFile), []byte(cacheDirTag), 0o644, true)
}

// Holds reports whether a path is one of those that the store makes, or of a
// directory around it that has nothing else in it: others may have files below the
// root, which may be their module.
func (s *Store) Holds(path string) bool {
	rest, _ := strings.CutPrefix(path, s.dir+sep)
	kind, _, _ := strings.Cut(rest, sep)
	if path != s.root && path != s.dir {
		return path == s.root+sep+tagFile || slices.Contains(kinds, kind)
	}
	names, err := unlogged.Names(path)
	return err == nil && !slices.ContainsFunc(names, func(name string) bool { return !s.Holds(path + sep + name) })
}

// Root returns the directory that the store lies in.
func (s *Store) Root() string { return s.root }

// sharded returns the path of a thing of a kind, below the first byte of its name.
func (s *Store) sharded(kind, name string) string {
	return s.dir + sep + kind + sep + name[:2] + sep + name
}

// sep joins names that are clean: filepath.Join would take as long as a look at the file.
const sep = string(filepath.Separator)

// shards is how many directories things of a kind are divided among.
const shards = 256

func (s *Store) shardDir(kind string, shard int) string {
	return filepath.Join(s.dir, kind, hex.EncodeToString([]byte{byte(shard)}))
}

func (s *Store) slotDir(slot SlotID) string { return s.sharded("slots", slot.String()) }

func (s *Store) variantDir(slot SlotID, variant VariantID) string {
	return s.slotDir(slot) + sep + variant.String()
}

func (s *Store) objectPath(id ObjectID) string { return s.sharded("objects", id.String()) }

// quarantine moves a file that failed its check out of the way, so that it is
// neither served nor lost to whoever wants to know what happened to it.
func (s *Store) quarantine(path string) {
	s.rename(path, filepath.Join(s.dir, "damaged", filepath.Base(path)+"."+randomName()))
}
