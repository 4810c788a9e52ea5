package memo

import (
	"bytes"
	"cmp"
	"context"
	"reflect"

	"github.com/fixturecache/fixturecache/core/internal/snapshot"
	"github.com/fixturecache/fixturecache/core/internal/store"
)

// Get is Do for a value: it returns what fn returned, now or in an earlier
// process. Each call gets a copy of its own. What fn returned comes back as
// its stored form reads, so that a first run and a later one see the same; a
// value that does not survive is returned as fn made it, and not stored.
func Get[T any](ctx context.Context, c *Cache, s Spec, fn func() (T, error)) (T, error) {
	if s.Func == nil {
		s.Func = fn
	}
	if s.Package == "" {
		if site, err := Caller(1); err == nil {
			s.Package = site.Package
		}
	}
	return GetContext(ctx, c, s, func(context.Context) (T, error) { return fn() })
}

// GetContext is Get for a function that takes the context to ask for other
// fixtures with, which become inputs of this one. s.Package, if not given, is
// that of its caller.
func GetContext[T any](ctx context.Context, c *Cache, s Spec, fn func(context.Context) (T, error)) (T, error) {
	var zero T
	form, err := formOf[T](&s)
	if err != nil {
		return zero, err
	}
	if s.Func == nil {
		s.Func = fn
	}
	if s.Package == "" {
		if site, err := Caller(1); err == nil {
			s.Package = site.Package
		}
	}
	s.typ = reflect.TypeFor[T]()
	g := &getter[T]{form: form, fn: fn, twice: s.CheckDeterministic}
	s.load, s.maps = g.load, form.codec == nil
	if s.Shared {
		s.held = g.held(c)
		s.load = g.loadShared(c)
	}
	cl, err := c.newCall(&s, fn)
	if err != nil {
		return zero, err
	}
	if cl.off() {
		return fn(cl.inFrame(ctx))
	}
	res, err := cl.do(ctx, g.build)
	switch {
	case err != nil:
		return zero, err
	case res.Stored:
		return g.stored, nil
	}
	return g.fresh, nil
}

// A getter joins a look-up, which knows bytes, to a value.
type getter[T any] struct {
	form   form[T]
	fn     func(context.Context) (T, error)
	fresh  T // as fn made it
	stored T // as its stored form reads
	twice  bool
}

// shared are the decoded values of ReadOnly fixtures, by type and bytes.
type sharedKey struct {
	typ    reflect.Type
	output store.ObjectID
}

// held takes the value that this process has decoded already, if it has.
func (g *getter[T]) held(c *Cache) func(store.ObjectID) bool {
	return func(output store.ObjectID) bool {
		v, ok := c.shared.Load(sharedKey{reflect.TypeFor[T](), output})
		if ok {
			g.stored = v.(T)
		}
		return ok
	}
}

// loadShared decodes a value and holds it for the process.
func (g *getter[T]) loadShared(c *Cache) func(*hit) error {
	return func(h *hit) error {
		key := sharedKey{reflect.TypeFor[T](), h.rec.Output.ID}
		if err := g.load(h); err != nil {
			return err
		}
		v, _ := c.shared.LoadOrStore(key, any(g.stored))
		g.stored, _ = v.(T)
		return nil
	}
}

// again builds a second time and says where the two values differ.
func (g *getter[T]) again(ctx context.Context, data []byte) (Output, error) {
	second, err := g.fn(ctx)
	if err != nil {
		return Output{}, err
	}
	other, err := g.form.encode(&second)
	if err != nil || bytes.Equal(data, other) {
		return Output{}, err
	}
	where := ""
	if path, same := snapshot.Diff(g.fresh, second); !same && path != "" {
		where = " at " + path
	}
	return Output{NotStored: "fn made two different values" + where}, nil
}

func (g *getter[T]) load(h *hit) error { return g.decode(h.data, h.mapped) }

func (g *getter[T]) decode(data []byte, mapped bool) error {
	var v T
	err := g.form.decode(data, mapped, &v)
	g.stored = v
	return err
}

func (g *getter[T]) build(ctx context.Context) (Output, error) {
	v, err := g.fn(ctx)
	if err != nil {
		return Output{}, err
	}
	g.fresh = v
	data, err := g.form.encode(&v)
	if err == nil && g.twice {
		if out, err := g.again(ctx, data); out.NotStored != "" || err != nil {
			return out, err
		}
	}
	if err == nil {
		err = g.decode(data, false)
	}
	if err != nil {
		return Output{NotStored: err.Error()}, nil
	}
	if path, same := g.form.diff(v, g.stored); !same {
		return Output{NotStored: "its value does not survive being stored: it differs at " + cmp.Or(path, "its root")}, nil
	}
	return Output{Data: data}, nil
}
