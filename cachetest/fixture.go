package cachetest

import (
	"context"
	"errors"
	"flag"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/fixturecache/fixturecache/cachetest/internal/hits"
	"github.com/fixturecache/fixturecache/core/memo"
)

// A fixture is one call of Memo and its kin.
type fixture struct {
	tb    TB
	cache *memo.Cache
	spec  memo.Spec
	ctx   context.Context

	events []memo.Event // to be logged at the end
}

// log writes what happened into the test's log. It is deferred by the function
// that the user called, so that the lines bear the place of that call, and
// stand there too when fn ends the test.
func (f *fixture) log() {
	f.tb.Helper()
	attr, _ := f.tb.(interface{ Attr(key, value string) })
	for _, e := range f.events {
		f.tb.Logf("cachetest: %s", e.Text())
		if attr != nil && readByProgram() {
			attr.Attr("cachetest."+string(e.Type), e.Key)
		}
	}
	f.events = nil
}

// readByProgram reports whether this is go test -json: the same events as
// attributes are for programs; people would read each twice.
func readByProgram() bool {
	v := flag.Lookup("test.v")
	return v != nil && v.Value.String() == "test2json"
}

// newFixture gathers what Memo's caller said. The function that the user
// called, the verb, must be its own caller, or skip frames above it.
func newFixture(tb TB, verb, key string, fn any, opts []Option, skip int) *fixture {
	site, err := memo.Caller(1 + skip)
	var f *fixture
	if err == nil {
		f, err = makeFixture(tb, site, verb, key, fn, opts)
	}
	if err != nil {
		tb.Helper()
		tb.Fatalf("cachetest: %q: %v", key, err)
	}
	return f
}

// makeFixture is newFixture for a call at a known place.
func makeFixture(tb TB, site memo.Site, verb, key string, fn any, opts []Option) (*fixture, error) {
	if err := memo.CheckBubble(); err != nil {
		return nil, err
	}
	f := &fixture{tb: tb}
	var s settings
	s.Key, s.Test, s.Func, s.Callee = key, tb.Name(), fn, verb
	s.Call, s.Package = site, site.Package
	s.Notify = func(e memo.Event) {
		if e.Type == memo.EventHit {
			hits.Add(e.Key)
		}
		if e.Type == memo.EventWait || e.Type == memo.EventBuilding {
			tb.Logf("cachetest: %s", e.Text()) // news while it lasts
		} else {
			f.events = append(f.events, e)
		}
	}
	failedBefore := tb.Failed()
	s.Veto = func() string {
		switch {
		case !tb.Failed():
			return ""
		case failedBefore:
			return "the test had failed before"
		}
		return "the test failed while the build function ran"
	}
	if d, ok := tb.(interface{ Deadline() (time.Time, bool) }); ok {
		s.Deadline, _ = d.Deadline()
	}
	bundle(opts).apply(&s)
	if err := s.misuse(verb); err != nil {
		return nil, err
	}
	f.spec = s.Spec
	f.ctx = building.context(tb.Name())
	var err error
	f.cache, err = caches.get()
	return f, err
}

// caches are the caches of this process, by directory: a test may set
// CACHETEST_DIR.
var caches cacheSet

type cacheSet struct {
	mu    sync.Mutex
	byDir map[string]*memo.Cache
}

// get returns the cache that the environment names. One that cannot be opened
// is replaced by one that builds everything, and says why.
func (s *cacheSet) get() (*memo.Cache, error) {
	mode, err := memo.EnvMode()
	if err != nil {
		return nil, err
	}
	dir, err := memo.DefaultDir()
	var inFile *memo.ConfigError
	switch {
	case errors.As(err, &inFile):
		return nil, err // a file that makes no sense here makes none anywhere
	case err != nil:
		return memo.Disabled(err), nil // a variable of this machine's
	}
	if mode == memo.Off {
		dir = "off"
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.byDir[dir]; c != nil {
		return c, nil
	}
	c, err := memo.Open(memo.Config{})
	if err != nil {
		c = memo.Disabled(err)
	}
	if s.byDir == nil {
		s.byDir = map[string]*memo.Cache{}
	}
	s.byDir[dir] = c
	return c, nil
}

// building says which builds are under way in which test, so that a fixture
// asked for within one becomes its child.
var building contexts

type contexts struct {
	mu     sync.Mutex
	byName map[string][]context.Context // innermost last
}

// context returns that of the innermost build under way in the test, or in one
// that it is a subtest of; else that of those in its subtests, which may have
// got hold of its handle, as any build may have that this goroutine runs.
func (c *contexts) context(test string) context.Context {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.byName) == 0 {
		return context.Background()
	}
	for name := test; ; {
		if stack := c.byName[name]; len(stack) > 0 {
			return memo.Within(stack[len(stack)-1])
		}
		i := strings.LastIndexByte(name, '/')
		if i < 0 {
			break
		}
		name = name[:i]
	}
	var all, below []context.Context
	for name, stack := range c.byName {
		all = append(all, stack[len(stack)-1])
		if strings.HasPrefix(name, test+"/") {
			below = append(below, stack[len(stack)-1])
		}
	}
	if len(below) == 0 && memo.InBuild() {
		below = all
	}
	return memo.Within(below...)
}

// enter notes a build of a test, until leave is called.
func (c *contexts) enter(test string, ctx context.Context) (leave func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byName == nil {
		c.byName = map[string][]context.Context{}
	}
	c.byName[test] = append(c.byName[test], ctx)
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		stack := slices.DeleteFunc(c.byName[test], func(other context.Context) bool { return other == ctx })
		if c.byName[test] = stack; len(stack) == 0 {
			delete(c.byName, test)
		}
	}
}
