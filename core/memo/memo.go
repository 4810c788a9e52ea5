// Package memo keeps what a function built for as long as nothing that the
// function depends on has changed, and says what changed when it builds again. It
// is for programs that are not tests; those have package cachetest.
//
// It promises, in this order: never to serve a value that a build with the
// present inputs would not make, as far as the inputs can be known (what cannot be
// known is not stored, and the [Event] says why); never to fail because of the
// cache (a full disk, a damaged entry, a lock held too long cost a build, not an
// error); to name what changed on every miss.
//
// It does not see what a program reads, nor what the function captures, such as what is made
// of the program's arguments: a program says that in [Spec], by Declare and Values, and sets
// DeclaredOnly. All of the program's content counts as code, and what that may ask for of the
// machine; Code "none" with a Version, changed by hand, stands for both. In a test binary it
// is as in package cachetest.
//
// Errors are those of the build, and misuse: an empty key, a pattern that matches
// nothing, one key for two functions.
package memo

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/engine"
)

// A Cache is a store and what this process knows of it. Its methods may be called
// by any number of goroutines.
type Cache struct{ c any } // an *engine.Cache, hidden so that importers of memo do not compile its types

func engineOf(c *Cache) *engine.Cache { return c.c.(*engine.Cache) }

// Open opens a cache. The error says that its directory cannot be used, or that a
// setting makes no sense.
func Open(config Config) (*Cache, error) {
	c, err := engine.Open(configOf(&config))
	if err != nil {
		return nil, err
	}
	return &Cache{c}, nil
}

// Disabled returns a cache that builds everything, for the reason given. A program uses
// it when [Open] has failed.
//
//go:noinline // so that its callers do not compile types of the engine
func Disabled(why error) *Cache { return &Cache{engine.Disabled(why)} }

// Dir returns the directory of the store, "" if there is none.
//
//go:noinline // so that its callers do not compile types of the engine
func (c *Cache) Dir() string { return engineOf(c).Dir() }

// Track makes what is at a path (a file, a directory with all that is in it, or
// nothing) an input of the fixture whose build has the context. It must be called
// before the path is read: a change between the call and the end of the build
// keeps the output from being stored.
//
//go:noinline // so that its callers do not compile types of the engine
func (c *Cache) Track(ctx context.Context, path string) error {
	return engineOf(c).Track(ctx, path, false)
}

// Do returns what build made: from the store if a record says that a build now
// would make the same, else by calling build, once however many goroutines and
// processes ask, or for each, and at the same time, if that cannot be stored. A
// fixture asked for within build, with its context, is an input of this one.
//
// Errors are those of build, unchanged, and misuse of s. If build panics or ends
// its goroutine, so does Do; nothing is stored and no lock is left.
func (c *Cache) Do(ctx context.Context, s Spec, build func(context.Context) (Output, error)) (Result, error) {
	res, err := engineOf(c).Do(ctx, specOf(&s, build, 1), func(ctx context.Context) (engine.Output, error) {
		out, err := build(ctx)
		return engine.Output{Data: out.Data, Path: out.Path, NotStored: out.NotStored}, err
	})
	return Result{Data: res.Data, Hit: res.Hit, Stored: res.Stored, BuildTime: res.BuildTime, Reasons: reasonsOf(res.Reasons), tree: res.Tree}, err
}

// Get is [Cache.Do] for a value: it returns what fn returned, now or in an earlier
// process. Each call gets a copy of its own. What fn returned comes back as its
// stored form reads, so that a first run and a later one see the same; a value
// that does not survive is returned as fn made it, and not stored.
func Get[T any](ctx context.Context, c *Cache, s Spec, fn func() (T, error)) (v T, err error) {
	// A generic function is compiled in the package of its caller, so this one only
	// puts its type parameter into an interface.
	var codec *engine.AnyCodec
	if c, ok := s.Codec.(Codec[T]); ok {
		codec = engine.Box[T](c)
	}
	err = c.get(ctx, s, codec, fn, &v, func(p any) (err error) { *p.(*T), err = fn(); return err })
	return v, err
}

func (c *Cache) get(ctx context.Context, s Spec, codec *engine.AnyCodec, fn, p any, build func(p any) error) error {
	if s.Codec != nil && codec == nil {
		return fmt.Errorf("%T is no codec for values of type %s", s.Codec, reflect.TypeOf(p).Elem())
	}
	es := specOf(&s, fn, 2)
	es.Codec, es.Shared, es.CheckDeterministic = codec, s.Shared, s.CheckDeterministic
	return engineOf(c).Value(ctx, es, p, func(_ context.Context, p any) error { return build(p) })
}

// An Output is what a build made.
type Output struct {
	Data []byte // to be stored, and returned by hits
	Path string // instead: the directory or file that was made, to be stored, or else to be handed out as it is

	// NotStored says why this output must not be kept, as "the input was cut short".
	NotStored string
}

// A Result is the outcome of a look-up.
type Result struct {
	Data      []byte
	Hit       bool
	Stored    bool     // it is in the store, or in that of this process; always so after a hit
	Reasons   []Reason // why it was built
	BuildTime time.Duration

	tree interface {
		CopyTo(path string) error
		InPlace() (string, error)
	}
}

// errNoTree says that a Result has no directory or file to hand out.
var errNoTree = errors.New("the output is no directory or file")

// CopyTo makes a private, writable copy of the directory or file at path, where nothing
// may be yet. If it fails it removes the part that it has made.
func (r *Result) CopyTo(path string) error {
	if r.tree == nil {
		return errNoTree
	}
	return r.tree.CopyTo(path)
}

// InPlace returns the path of the stored directory or file itself, read-only. It stays
// for as long as the process lives. What is not stored is where and as the build made it.
func (r *Result) InPlace() (string, error) {
	if r.tree == nil {
		return "", errNoTree
	}
	return r.tree.InPlace()
}

// A Reason is one difference that made a record invalid.
type Reason struct {
	Code    string // the kind of difference, as "file.modified"
	Subject string // the name of the file, variable or function that differs
	Old     string
	New     string
	Text    string // a phrase for people
}

func reasonsOf(list []engine.Reason) (reasons []Reason) {
	for _, r := range list {
		reasons = append(reasons, Reason{r.Code, r.Subject, r.Old, r.New, r.Text})
	}
	return reasons
}

// An Event describes one look-up, or a step of it.
type Event struct {
	Type      string // hit, miss, not-stored, wait, building, off, verified
	Key       string
	Package   string
	Reasons   []Reason      // why it was a miss, in a fixed order
	Cause     string        // why the result is not stored
	Failed    bool          // the build did not come to its end
	BuildTime time.Duration // how long this build took, or the build of the value that a hit returned
	Took      time.Duration // how long the look-up took
	Bytes     int64         // size of the output

	e engine.Event
}

func eventOf(e engine.Event) Event {
	ms := func(n float64) time.Duration { return time.Duration(n * float64(time.Millisecond)) }
	return Event{
		Type: string(e.Type), Key: e.Key, Package: e.Package, Reasons: reasonsOf(e.Reasons), Cause: e.Cause, Failed: e.Failed,
		BuildTime: ms(e.BuildMS), Took: ms(e.TookMS), Bytes: e.Bytes, e: e,
	}
}

// Text returns the event as a line for people, with details as indented lines.
//
//go:noinline // so that its callers do not compile types of the engine
func (e Event) Text() string { return e.e.Text() }
