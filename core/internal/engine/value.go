package engine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/global"
	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/snapshot"
	"github.com/fixturecache/fixturecache/core/internal/store"
	"github.com/fixturecache/fixturecache/core/internal/typeid"
)

// A Codec encodes values of T in a way of the user's own. Its name holds its version:
// values that were written under another name are not read. Parts that it loses are lost
// in the first run too, which returns the decoded value.
type Codec[T any] interface {
	Name() string
	Encode(io.Writer, T) error
	Decode(io.Reader) (T, error)
}

// An AnyCodec is a Codec without its type parameter: see Box.
type AnyCodec struct {
	snapshot.Codec
	of  any // the Codec
	typ reflect.Type
}

// A boxed Codec takes pointers to values.
type boxed[T any] struct{ c Codec[T] }

func (b boxed[T]) Name() string                      { return b.c.Name() }
func (b boxed[T]) Encode(w io.Writer, ptr any) error { return b.c.Encode(w, *ptr.(*T)) }
func (b boxed[T]) Decode(r io.Reader, ptr any) (err error) {
	*ptr.(*T), err = b.c.Decode(r)
	return err
}

// Box makes the Codec of a Spec.
func Box[T any](c Codec[T]) *AnyCodec { return box(c, boxed[T]{c}, reflect.TypeFor[T]()) }

//go:noinline // so that its callers do not compile types of the engine
func box(c any, b snapshot.Codec, t reflect.Type) *AnyCodec {
	if c == nil {
		return nil
	}
	return &AnyCodec{b, c, t}
}

// RegisterCodec makes c the way in which values of its type are stored wherever
// they occur. It is meant for init functions: a fixture stored under other codecs
// is built again.
func RegisterCodec(c *AnyCodec) {
	registered.Lock()
	defer registered.Unlock()
	codecs := map[reflect.Type]snapshot.Codec{}
	maps.Copy(codecs, registered.codecs)
	codecs[c.typ] = c
	registered.codecs, registered.coder = codecs, nil
}

// RegisterGlobal names a package variable that p points to, such as a sentinel error, for
// values that hold it: ("pkg.ErrX", &ErrX). What a fixed one leads to never changes.
//
//go:noinline // so that its callers do not compile types of the engine
func RegisterGlobal(name string, p any, fixed bool) { global.Register(name, p, fixed) }

var registered struct {
	sync.Mutex
	codecs map[reflect.Type]snapshot.Codec // each an *AnyCodec
	coder  *snapshot.Coder                 // for those, nil until it is asked for, with what follows
	names  []string
	types  []string
}

// coder returns the coder for the registered codecs, their names, and their types.
func coder() (_ *snapshot.Coder, names, types []string) {
	registered.Lock()
	defer registered.Unlock()
	if len(registered.codecs) == 0 {
		return snapshot.Default(), nil, nil
	}
	if registered.coder == nil {
		registered.coder, registered.names, registered.types = snapshot.NewCoder(registered.codecs), nil, nil
		for t, c := range registered.codecs {
			name, runs := c.(*AnyCodec).parts()
			registered.names, registered.types = append(registered.names, typeid.Name(t)+" "+name), append(registered.types, runs...)
		}
		slices.Sort(registered.names)
	}
	return registered.coder, registered.names, registered.types
}

// parts names a codec with what its fields hold, and the types whose methods it runs, in
// interfaces too. Functions, and what lies behind pointers, in maps and in slices, which may
// change while it is looked at, are for its own Name to tell.
func (c *AnyCodec) parts() (name string, types []string) {
	set, seen, fields := typeid.NewSet(), map[any]bool{}, new(bytes.Buffer)
	var add func(v reflect.Value)
	add = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Interface:
			if v = v.Elem(); v.IsValid() {
				set.Add(v.Type())
			}
			add(v)
		case reflect.Struct:
			for i := range v.NumField() {
				add(v.Field(i))
			}
		case reflect.Slice: // it may hold itself
			at := [...]any{v.Type(), v.Pointer(), v.Len()}
			if seen[at] || !typeid.Holds(v.Type().Elem(), reflect.Interface) {
				return
			}
			seen[at] = true
			fallthrough
		case reflect.Array:
			for i := range v.Len() {
				add(v.Index(i))
			}
		case reflect.Chan, reflect.Func, reflect.Map, reflect.Pointer, reflect.UnsafePointer:
		default:
			fmt.Fprintf(fields, "%#v,", v) // which calls no String
		}
	}
	add(reflect.ValueOf(&c.of).Elem())
	name = c.Name()
	if fields.Len() > 0 {
		digest, _ := snapshot.Hash(fields.String())
		name += fmt.Sprintf(" with fields %x", digest[:4])
	}
	return name, slices.DeleteFunc(set.Sorted(), func(name string) bool { return name == typeid.Unknown })
}

// coderFor chooses how a value of t is stored, and tells the option set.
func coderFor(s *Spec, t reflect.Type) (c *snapshot.Coder, err error) {
	if own := s.Codec; own == nil {
		c, s.codecs, s.types = coder()
	} else if own.typ != t {
		err = fmt.Errorf("%T is no codec for values of type %s", own.of, t)
	} else {
		name, types := own.parts()
		s.codecs, s.types = []string{name}, types
		c = snapshot.NewCoder(map[reflect.Type]snapshot.Codec{t: own})
	}
	return c, err
}

// differing returns where two values differ, "" if their excerpts do not tell.
func differing(a, b any) string {
	if part := input.DifferingPart(a, b); part != "" {
		return " at " + part
	}
	return ""
}

// Storing a value, that is encoding and checking it, may take minStoring, or if that is
// more, storingFactor times as long as its build: hits would not make up for more.
const (
	minStoring    = 2 * time.Second
	storingFactor = 10
)

func storingLimit(built time.Duration) time.Duration { return max(minStoring, storingFactor*built) }

// Value is Do for a value: it sets what p points to, to what build made, now or
// in an earlier process. The build sets what the pointer that it is given points
// to, and takes the context to ask for other fixtures with, which become inputs
// of this one. s.Package and s.Func must be given.
//
// Each call gets a value of its own. What was built comes back as its stored
// form reads, so that a first run and a later one see the same; a value that does
// not survive is returned as it was made, and not stored.
//
// It has no type parameter: generic functions are compiled in the package of their
// caller, together with all methods of the types that they mention. So those of the
// packages above only put their value into an interface, and call Value.
func (c *Cache) Value(ctx context.Context, s Spec, p any, build func(ctx context.Context, p any) error) error {
	target := reflect.ValueOf(p).Elem()
	s.typ = target.Type()
	coder, err := coderFor(&s, s.typ)
	if err != nil {
		return err
	}
	g := &getter{c: c, coder: coder, typ: s.typ, fn: build, twice: s.CheckDeterministic, lossy: s.Codec != nil}
	s.take, s.maps = func(h *hit) error { return g.decode(h.data) }, !g.lossy
	if s.Shared {
		s.decoded = g.decoded
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
	switch {
	case res.Stored && s.Shared:
		v = g.share(res.output)
	case res.Stored:
		v = g.stored
	}
	target.Set(reflect.ValueOf(v).Elem())
	return nil
}

// A getter joins a look-up, which knows bytes, to a value.
type getter struct {
	c      *Cache
	coder  *snapshot.Coder
	typ    reflect.Type
	fn     func(ctx context.Context, p any) error
	fresh  any // pointer to the value as fn made it
	stored any // pointer to it as its stored form reads
	twice  bool
	lossy  bool // a codec of the user's may lose parts of the value
}

// make calls fn for a new value, and returns a pointer to it.
func (g *getter) make(ctx context.Context) (any, error) {
	p := reflect.New(g.typ).Interface()
	return p, g.fn(ctx, p)
}

// A sharedKey names the decoded value of a Shared fixture, a pointer to which is in
// Cache.shared.
type sharedKey struct {
	typ    reflect.Type
	output store.ObjectID
}

// decoded takes the value that this process has decoded already, and reports whether it has.
func (g *getter) decoded(output store.ObjectID) bool {
	v, ok := g.c.shared.Load(sharedKey{g.typ, output})
	if ok {
		g.stored = v
	}
	return ok
}

// share returns the value that the process holds: the decoded one, if it has none.
func (g *getter) share(output store.ObjectID) any {
	v, _ := g.c.shared.LoadOrStore(sharedKey{g.typ, output}, g.stored)
	return v
}

// again builds a second time and says where the two values differ.
func (g *getter) again(ctx context.Context, data []byte) (Output, error) {
	second, err := g.make(ctx)
	if err != nil {
		return Output{}, err
	}
	other, err := g.coder.Marshal(second)
	if err != nil || bytes.Equal(data, other) {
		return Output{}, err
	}
	return Output{NotStored: "the build function made two different values" + differing(g.fresh, second) + ": take out what varies, or drop CheckDeterministic()"}, nil
}

// decode reads a value, which may keep parts of data. The store has checked all
// of data: where that is a mapping it is not read for this.
func (g *getter) decode(data []byte) error {
	g.stored = reflect.New(g.typ).Interface()
	if err := g.coder.Unmarshal(data, g.stored); err != nil {
		return fmt.Errorf("its stored value cannot be read back: %w", err)
	}
	return nil
}

func (g *getter) build(ctx context.Context) (Output, error) {
	start := time.Now()
	v, err := g.make(ctx)
	if err != nil {
		return Output{}, err
	}
	g.fresh = v
	built := time.Since(start)
	end := time.Now().Add(storingLimit(built))
	bounded := g.coder.Until(func() bool { return time.Now().After(end) })
	data, err := bounded.Marshal(v)
	if err == nil && g.twice {
		if out, err := g.again(ctx, data); out.NotStored != "" || err != nil {
			return out, err
		}
		end = time.Now().Add(storingLimit(built))
	}
	if err == nil {
		err = g.decode(data)
	}
	if err == nil && !g.lossy {
		var again []byte
		if again, err = bounded.Marshal(g.stored); err == nil && !bytes.Equal(data, again) {
			why := "keys of a map that look alike have no order: return a list of its entries"
			if g.coder != snapshot.Default() {
				why = "a codec must give the same bytes each time, and keys of a map that look alike have no order"
			}
			err = errors.New("it has another encoding once it was stored and read back: " + why)
			if where := differing(v, g.stored); where != "" {
				err = errors.New("its value does not survive being stored" + where)
			}
		}
	}
	if errors.Is(err, snapshot.ErrSlow) {
		err = fmt.Errorf("storing it takes longer than %s: return what it is made from instead", storingLimit(built).Round(time.Second))
	}
	if err != nil {
		return Output{NotStored: err.Error(), built: built}, nil
	}
	return Output{Data: data, built: built}, nil
}
