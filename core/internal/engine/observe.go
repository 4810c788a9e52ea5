package engine

import (
	"github.com/fixturecache/fixturecache/core/internal/compare"
	"github.com/fixturecache/fixturecache/core/internal/logged"
	"github.com/fixturecache/fixturecache/core/internal/store"
)

// Present returns what records are compared with where there is no call for a
// fixture. Their relative paths hold against dir, in the module at root. What
// callers give, and what the process of a test would be, given tells.
func (c *Cache) Present(root logged.Root, dir string, given compare.Given) *compare.Present {
	w := *c.world
	w.Root, w.Dir = root, dir
	return &compare.Present{World: &w, Read: c.read, NoRun: true, Given: given}
}

// Store returns the store, nil if there is none.
func (c *Cache) Store() *store.Store { return c.store }
