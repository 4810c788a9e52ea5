package engine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/snapshot"
	"github.com/fixturecache/fixturecache/core/internal/store"
)

// Value is Do for a value: it sets what p points to, to what build made, now or
// in an earlier process. The build sets what the pointer that it is given points
// to, and takes the context to ask for other fixtures with, which become inputs
// of this one. s.Package and s.Func must be given.
//
// Each call gets a value of its own. What was built comes back as its stored
// form reads, so that a first run and a later one see the same; a value that does
// not survive is returned as it was made, and not stored.
//
// It has no type parameter: generic functions are compiled in the package of who
// calls them, together with all methods of the types that they mention. So those
// of the packages above only put theirs into an interface, and call this.
func (c *Cache) Value(ctx context.Context, s Spec, p any, build func(ctx context.Context, p any) error) error {
	target := reflect.ValueOf(p).Elem()
	s.typ = target.Type()
	form, err := formOf(&s, s.typ)
	if err != nil {
		return err
	}
	g := &getter{form: form, typ: s.typ, fn: build, twice: s.CheckDeterministic}
	s.take, s.maps = g.take, form.codec == nil
	if s.Shared {
		s.held, s.take = g.held(c), g.takeShared(c)
	}
	cl, err := c.newCall(&s, s.Func)
	if err != nil {
		return err
	}
	if cl.off() {
		return build(cl.inFrame(ctx), p)
	}
	res, err := cl.do(ctx, g.build)
	if err != nil {
		return err
	}
	v := g.fresh
	if res.Stored {
		v = g.stored
	}
	target.Set(reflect.ValueOf(v).Elem())
	return nil
}

// A getter joins a look-up, which knows bytes, to a value.
type getter struct {
	form   form
	typ    reflect.Type
	fn     func(ctx context.Context, p any) error
	fresh  any // pointer to the value as fn made it
	stored any // pointer to it as its stored form reads
	twice  bool
}

// make calls fn for a new value, and returns a pointer to it.
func (g *getter) make(ctx context.Context) (any, error) {
	p := reflect.New(g.typ).Interface()
	return p, g.fn(ctx, p)
}

// shared are pointers to the decoded values of Shared fixtures, by type and
// bytes.
type sharedKey struct {
	typ    reflect.Type
	output store.ObjectID
}

// held takes the value that this process has decoded already, if it has.
func (g *getter) held(c *Cache) func(store.ObjectID) bool {
	return func(output store.ObjectID) bool {
		v, ok := c.shared.Load(sharedKey{g.typ, output})
		if ok {
			g.stored = v
		}
		return ok
	}
}

// takeShared decodes a value and holds it for the process.
func (g *getter) takeShared(c *Cache) func(*hit) error {
	return func(h *hit) error {
		key := sharedKey{g.typ, h.rec.Output.ID}
		if err := g.take(h); err != nil {
			return err
		}
		g.stored, _ = c.shared.LoadOrStore(key, g.stored)
		return nil
	}
}

// again builds a second time and says where the two values differ.
func (g *getter) again(ctx context.Context, data []byte) (Output, error) {
	second, err := g.make(ctx)
	if err != nil {
		return Output{}, err
	}
	other, err := g.form.encode(second)
	if err != nil || bytes.Equal(data, other) {
		return Output{}, err
	}
	where := ""
	if path, same := snapshot.Diff(g.fresh, second); !same && path != "" {
		where = " at " + path
	}
	return Output{NotStored: "the build function made two different values" + where + ": take out what varies, or drop CheckDeterministic()"}, nil
}

func (g *getter) take(h *hit) error { return g.decode(h.data) }

func (g *getter) decode(data []byte) error {
	g.stored = reflect.New(g.typ).Interface()
	return g.form.decode(data, g.stored)
}

func (g *getter) build(ctx context.Context) (Output, error) {
	start := time.Now()
	v, err := g.make(ctx)
	if err != nil {
		return Output{}, err
	}
	g.fresh = v
	built := time.Since(start)
	f := g.form.within(built)
	data, err := f.encode(v)
	if err == nil && g.twice {
		if out, err := g.again(ctx, data); out.NotStored != "" || err != nil {
			return out, err
		}
		f = g.form.within(built)
	}
	if err == nil {
		err = g.decode(data)
	}
	if err == nil {
		err = f.check(v, g.stored)
	}
	var slow *snapshot.SlowError
	if errors.As(err, &slow) {
		err = fmt.Errorf("storing it takes longer than %s; %w: return what that is made from instead", storingLimit(built).Round(time.Second), slow)
	}
	if err != nil {
		return Output{NotStored: err.Error(), built: built}, nil
	}
	return Output{Data: data, built: built}, nil
}
