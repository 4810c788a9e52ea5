// Package global tells pointers to package variables from pointers to data, and
// knows the variables that have a name: a copy of a value refers to those, as it
// would not be == to a copy of what they hold.
//
// What it does not know: memory outside the Go heap that is neither a variable
// nor was named to [Except] passes for a variable.
package global

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"reflect"
	"strconv"
	"sync"
	"time"
	"unsafe"
)

// known holds the package variables whose identity survives: a pointer to what one
// of them holds is stored as its name.
var known struct {
	sync.RWMutex
	vars map[string]variable // by name
}

type variable struct {
	reflect.Value      // a pointer to it
	fixed         bool // the value that it leads to never changes
}

// addStandard adds those of the standard library, when they are first asked for.
var addStandard = sync.OnceFunc(func() {
	vars := map[string]variable{}
	for name, p := range map[string]any{
		"time.Local": &time.Local, "time.UTC": &time.UTC,
		"io.EOF": &io.EOF, "io.ErrUnexpectedEOF": &io.ErrUnexpectedEOF,
		"io.ErrClosedPipe": &io.ErrClosedPipe, "io.ErrNoProgress": &io.ErrNoProgress,
		"io.ErrShortBuffer": &io.ErrShortBuffer, "io.ErrShortWrite": &io.ErrShortWrite,
		"fs.ErrInvalid": &fs.ErrInvalid, "fs.ErrPermission": &fs.ErrPermission,
		"fs.ErrExist": &fs.ErrExist, "fs.ErrNotExist": &fs.ErrNotExist,
		"fs.ErrClosed": &fs.ErrClosed, "fs.SkipDir": &fs.SkipDir, "fs.SkipAll": &fs.SkipAll,
		"os.ErrDeadlineExceeded": &os.ErrDeadlineExceeded, "os.ErrNoDeadline": &os.ErrNoDeadline,
		"os.ErrProcessDone":     &os.ErrProcessDone,
		"context.Canceled":      &context.Canceled,
		"errors.ErrUnsupported": &errors.ErrUnsupported,
		"strconv.ErrRange":      &strconv.ErrRange, "strconv.ErrSyntax": &strconv.ErrSyntax,
		"bytes.ErrTooLarge": &bytes.ErrTooLarge, "bufio.ErrTooLong": &bufio.ErrTooLong,
	} {
		vars[name] = variable{reflect.ValueOf(p), true}
	}
	known.Lock()
	defer known.Unlock()
	known.vars = vars
})

// Register makes pointers to what the package variable *ptr holds, or to
// the variable itself where it holds neither pointer nor map, keep their
// identity: they are stored as name and come back as what the variable holds
// then. The value that a fixed one leads to never changes, so that its name stands for
// it. Register panics if ptr is no pointer, or the name already means another variable.
func Register(name string, ptr any, fixed bool) {
	v := reflect.ValueOf(ptr)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		panic(fmt.Sprintf("RegisterGlobal(%q): want a pointer to a package variable, got %T", name, ptr))
	}
	addStandard()
	known.Lock()
	defer known.Unlock()
	if old, ok := known.vars[name]; ok && old.UnsafePointer() != v.UnsafePointer() {
		panic(fmt.Sprintf("RegisterGlobal(%q): the name is taken by another variable", name))
	}
	known.vars[name] = variable{v, fixed}
}

// identity is what a global stands for: an address seen through a type.
type identity struct {
	addr unsafe.Pointer
	t    reflect.Type // what lies at addr
}

// identityOf returns what the variable behind ptr identifies now; ok is false
// where it holds nil.
func identityOf(ptr reflect.Value) (identity, bool) {
	v := ptr.Elem()
	if v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.Invalid:
		return identity{}, false
	case reflect.Pointer:
		return identity{v.UnsafePointer(), v.Type().Elem()}, !v.IsNil()
	case reflect.Map:
		return identity{v.UnsafePointer(), v.Type()}, !v.IsNil()
	}
	if ptr.Elem().Kind() == reflect.Interface {
		return identity{}, false // a value in a box: compared by content
	}
	return identity{ptr.UnsafePointer(), v.Type()}, true
}

// Names maps the identities of a moment to names.
type Names struct {
	ids    map[identity]string
	lo, hi uintptr // the least and the greatest address
}

// Of returns the name of the global at p, seen as a t.
func (g *Names) Of(p unsafe.Pointer, t reflect.Type) (name string, ok bool) {
	if a := uintptr(p); a < g.lo || a > g.hi {
		return "", false
	}
	name, ok = g.ids[identity{p, t}]
	return name, ok
}

// Fixed reports whether the global of a name is a fixed one.
func Fixed(name string) bool {
	known.RLock()
	defer known.RUnlock()
	return known.vars[name].fixed
}

// Now returns the names of what the globals hold now. Where two names mean one thing, a
// fixed one counts, and of several the greatest, so that bytes are the same in each
// process: time.UTC where time.Local is the same.
func Now() Names {
	addStandard()
	known.RLock()
	defer known.RUnlock()
	g := Names{ids: make(map[identity]string, len(known.vars)), lo: ^uintptr(0)}
	for name, ptr := range known.vars {
		id, ok := identityOf(ptr.Value)
		if !ok || id.addr == ZeroBase() {
			continue // all things of no size share this address
		}
		old, taken := g.ids[id]
		if was := known.vars[old]; !taken || ptr.fixed && !was.fixed || ptr.fixed == was.fixed && name > old {
			g.ids[id] = name
		}
		g.lo, g.hi = min(g.lo, uintptr(id.addr)), max(g.hi, uintptr(id.addr))
	}
	return g
}

// ByName returns the address of a global if it is one of a t.
func ByName(name string, t reflect.Type) (unsafe.Pointer, bool) {
	addStandard()
	known.RLock()
	ptr, ok := known.vars[name]
	known.RUnlock()
	if !ok {
		return nil, false
	}
	id, ok := identityOf(ptr.Value)
	return id.addr, ok && id.t == t
}
