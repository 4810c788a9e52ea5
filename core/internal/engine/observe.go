package engine

import (
	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/logged"
	"github.com/fixturecache/fixturecache/core/internal/record"
	"github.com/fixturecache/fixturecache/core/internal/store"
)

// An Observer tells the present state of the inputs of records without a call
// for a fixture, as a look-up would find it. It looks at each thing once.
type Observer struct{ cl *call }

// Observe returns an Observer of inputs digested by an algorithm, whose relative
// paths hold against dir, in the module at root.
func (c *Cache) Observe(root logged.Root, dir string, alg Algorithm) *Observer {
	w := *c.world
	w.Root, w.Dir, w.Algorithm = root, dir, alg
	return &Observer{&call{c: c, spec: &Spec{}, world: &w}}
}

// Of returns the Observer for the inputs of a record: the paths of its values
// are those that it was built with.
func (o *Observer) Of(rec *record.Record) *Observer { return &Observer{o.cl.asChild(rec)} }

// State returns the present state of an input.
func (o *Observer) State(in *input.Input) input.Input { return o.cl.state(in) }

// Store returns the store, nil if there is none.
func (c *Cache) Store() *store.Store { return c.store }
