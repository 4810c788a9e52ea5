package memo

import (
	"context"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/store"
)

// A frame is a build that is under way. A fixture asked for by its build has
// it in its context, and becomes its child.
type frame struct {
	parent   *frame
	key      variantKey
	task     *task
	children []child       // guarded by Cache.mu
	tracked  []input.Input // by Track: guarded by Cache.mu
	tainted  string        // a child that was not stored: guarded by Cache.mu
}

// A child is a fixture that was used, in the state in which it was used.
type child struct {
	key    variantKey
	name   string // its key, for people
	pkg    string
	code   input.Digest
	output store.ObjectID
}

// A task is an outermost look-up with all that is nested in it: what waits
// when one of its builds waits.
type task struct {
	waiting map[*flight]int // how many of its goroutines wait for each; guarded by Cache.mu
}

type frameKey struct{}

func frameOf(ctx context.Context) *frame {
	f, _ := ctx.Value(frameKey{}).(*frame)
	return f
}

// builds reports whether a variant is being built in the frame or one around it.
func (f *frame) builds(key variantKey) bool {
	for ; f != nil; f = f.parent {
		if f.key == key {
			return true
		}
	}
	return false
}

// serve notes that the process has got a fixture: a later build may use it by
// way of a variable, a build under way does.
func (c *Cache) serve(parent *frame, ch child) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !slices.Contains(c.served, ch) {
		c.served = append(c.served, ch)
	}
	if parent != nil && !slices.Contains(parent.children, ch) {
		parent.children = append(parent.children, ch)
	}
}

// taint notes that a build used a fixture that was not stored, so that its own
// record could not tell when that changes.
func (c *Cache) taint(parent *frame, name string) {
	if parent == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if parent.tainted == "" {
		parent.tainted = name
	}
}
