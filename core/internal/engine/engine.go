// Package engine looks up what a function built, checks that nothing that it
// depends on has changed, builds once where something has, stores that, and
// explains. Package cachetest (by way of package bridge) and package memo are its
// faces; package admin shows the command what there is in a store.
//
// It promises, in this order: never to serve a value that a build with the
// present inputs would not make, as far as the inputs can be known (what
// cannot be known is not stored, and the Event says why); never to fail
// because of the cache (a full disk, a damaged entry, a lock held too long
// cost a build, not an error); to name what changed on every miss.
//
// It does not know how an input is digested (package input), what code a function
// can reach (package code), what the process read (package trace) or where bytes
// lie (package store); it decides which of that counts. It has no type parameters
// but those of Codec and Box: generic code is compiled in the package that calls it.
//
// Errors are those of the build, and misuse: an empty key, a pattern that
// matches nothing, one key for two functions.
package engine

import (
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/fixturecache/fixturecache/core/internal/compare"
	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/logged"
	"github.com/fixturecache/fixturecache/core/internal/private"
	"github.com/fixturecache/fixturecache/core/internal/process"
	"github.com/fixturecache/fixturecache/core/internal/store"
	"github.com/fixturecache/fixturecache/core/internal/tier"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A Config says where a Cache lies and how it works. The zero Config is that
// of the tests of this user: it follows the environment.
type Config struct {
	Dir    string   // absolute; default $CACHETEST_DIR, else cachetest in the user's cache directory
	Mode   Mode     // default $CACHETEST, else On
	SHA256 bool     // digest inputs by SHA-256, in case an adversary writes them; xxhash64 is ten times faster
	Limits Limits   // what the store may hold
	Ignore []string // patterns of files that are inputs of no fixture, relative to the module root
	Env    []string // variables that are inputs of every fixture
	Remote string   // address of the shared tier; "off" is none

	HideValues bool // keep only digests of the values of With, Call and Version
}

// A Cache is a store and what this process knows of it. Its methods may be
// called by any number of goroutines.
type Cache struct {
	host     *process.Host // the process that it works in
	config   Config
	lists    string // see Lists
	store    *store.Store
	disabled error                       // why there is no store, or one of this process alone
	own      atomic.Pointer[store.Store] // see ownStore
	world    *input.World

	shared sync.Map // sharedKey -> decoded value
	recent sync.Map // compare.Variant -> *found, immutable: the record used last, which need not be read again
	locked sync.Map // compare.Variant -> *store.Store: the variants that this process builds, and the store whose lock it holds
	claims sync.Map // package and key of a slot -> claimant
	turns  sync.Map // compare.Variant -> code.Turn: the turn by whose code this process got it

	*gotten
}

// A gotten is what a process got by all its Caches: a fixture that one of them builds may
// hold what another one returned.
type gotten struct {
	mu       sync.Mutex
	served   []child                     // the fixtures that this process got, oldest first
	got      map[compare.Variant][]child // the same by their variants
	unstored []compare.Variant           // the variants that the process built and did not store
	lastCopy atomic.Value                // a since.Moment: when it got the last copy of a tree, which no log tells
}

var gottenBy sync.Map // *process.Host -> *gotten

// Open opens a cache. The error says that its directory cannot be used, or
// that CACHETEST makes no sense.
func Open(config Config) (*Cache, error) {
	config, _, err := LoadConfig(config)
	if err != nil {
		return nil, err
	}
	return openIn(process.This(), config)
}

func openIn(host *process.Host, config Config) (*Cache, error) {
	c := newCache(config, host)
	mode, err := c.mode()
	switch {
	case err != nil:
		return nil, err
	case mode == Off:
		return c, nil
	}
	if _, err := unlogged.StatPath(config.Dir); mode == ReadOnly && os.IsNotExist(err) {
		c.store = c.ownStore() // a look-up makes no store
	} else if c.store, err = store.Open(config.Dir); err != nil {
		return nil, err
	}
	return c, nil
}

// Disabled returns a cache that builds everything, for the reason given: it serves
// where Open has failed.
func Disabled(why error) *Cache {
	c := newCache(Config{}, process.This())
	c.disabled = why
	return c
}

func newCache(config Config, host *process.Host) *Cache {
	got, _ := gottenBy.LoadOrStore(host, &gotten{got: map[compare.Variant][]child{}})
	c := &Cache{host: host, config: config, gotten: got.(*gotten)}
	c.lists = (&Spec{Declare: Declared{Env: config.Env}, Ignore: Ignored{Files: config.Ignore}}).optionSet()
	c.world = &input.World{
		Root:  host.Root,
		Dir:   host.Dir,
		Began: host.Env,
		// Only the top of the store is left out. A path below it is a tree that is used
		// in its place, and that somebody named.
		Exclude: func(path string) bool { return c.inStore(path) && !c.inStore(filepath.Dir(path)) },
		Clock:   host.Clock,
	}
	if _, shared := tier.PlaceOf(config.Remote); shared || config.SHA256 {
		c.world.Algorithm = input.SHA256 // others may have written the records
	}
	return c
}

// Dir returns the directory of the store, "" if there is none.
func (c *Cache) Dir() string {
	if c.store == nil {
		return ""
	}
	return c.store.Root()
}

// userDir returns the directory of the store if no setting names another.
func userDir() string {
	if dir := unlogged.UserCacheDir(unlogged.Getenv); dir != "" {
		return filepath.Join(dir, "cachetest")
	}
	return fallbackDir()
}

// fallbackDir returns the store of a user without a home: below the temporary directory,
// by a name that no other user can have guessed and made before.
var fallbackDir = sync.OnceValue(func() string {
	return private.Name(process.This().TempDir(), "cachetest-"+strconv.Itoa(os.Getuid()))
})

func (c *Cache) inStore(path string) (in bool) {
	for s := range c.stores {
		in = in || s.Holds(path) && !s.Holds(c.host.Root.Physical) && !s.Holds(c.host.Root.Lexical) // a module that is a fixture
	}
	return in
}

// stores yields the user's store, then that of this process, each if there is one.
func (c *Cache) stores(yield func(*store.Store) bool) {
	more := c.store == nil || yield(c.store)
	if own := c.own.Load(); more && own != nil && own != c.store {
		yield(own)
	}
}

// ownStore returns the store of this process, for fixtures that the user's store cannot or
// may not keep, or nil if none can be made. The next process removes it.
func (c *Cache) ownStore() *store.Store {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.own.Load() != nil {
		return c.own.Load()
	}
	if dir, remove, err := process.WorkDir(); err == nil {
		if s, err := store.Open(dir); err == nil {
			c.own.Store(s)
		} else {
			remove()
		}
	}
	return c.own.Load()
}

// Present returns the state that records are compared with where there is no call for a
// fixture. Their relative paths are relative to dir, in the module at root. current returns
// the inputs that a caller, or the process of a test, would give.
func (c *Cache) Present(root logged.Root, dir string, current compare.Current) *compare.Present {
	w := *c.world
	w.Root, w.Dir = root, dir
	return &compare.Present{World: &w, Read: c.read, NoRun: true, Current: current}
}

// Store returns the store, nil if there is none.
func (c *Cache) Store() *store.Store { return c.store }
