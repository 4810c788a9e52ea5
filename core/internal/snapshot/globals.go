package snapshot

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

// globals are the package variables whose identity survives: a pointer to what
// one holds is stored as its name.
var globals struct {
	sync.RWMutex
	vars map[string]reflect.Value // name -> pointer to the variable
}

// addStandard adds those of the standard library, when they are first asked for.
var addStandard = sync.OnceFunc(func() {
	vars := map[string]reflect.Value{}
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
		vars[name] = reflect.ValueOf(p)
	}
	globals.Lock()
	defer globals.Unlock()
	globals.vars = vars
})

// RegisterGlobal makes pointers to what the package variable *ptr holds, or to
// the variable itself where it holds neither pointer nor map, keep their
// identity: they are stored as name and come back as what the variable holds
// then. It panics where ptr is no pointer or name already means another one.
func RegisterGlobal(name string, ptr any) {
	v := reflect.ValueOf(ptr)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		panic(fmt.Sprintf("snapshot: RegisterGlobal(%q): want a pointer to a package variable, got %T", name, ptr))
	}
	addStandard()
	globals.Lock()
	defer globals.Unlock()
	if old, ok := globals.vars[name]; ok && old.UnsafePointer() != v.UnsafePointer() {
		panic(fmt.Sprintf("snapshot: RegisterGlobal(%q): the name is taken by another variable", name))
	}
	globals.vars[name] = v
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

// globalNames maps the identities of a moment to names.
type globalNames struct {
	ids    map[identity]string
	lo, hi uintptr // the least and the greatest address
}

// of returns the name of what lies at p, seen as a t.
func (g *globalNames) of(p unsafe.Pointer, t reflect.Type) (name string, ok bool) {
	if a := uintptr(p); a < g.lo || a > g.hi {
		return "", false
	}
	name, ok = g.ids[identity{p, t}]
	return name, ok
}

// namesOfGlobals names what the globals hold now. Where two names mean one thing,
// the smaller counts, so that bytes are the same in each process.
func namesOfGlobals() globalNames {
	addStandard()
	globals.RLock()
	defer globals.RUnlock()
	g := globalNames{ids: make(map[identity]string, len(globals.vars)), lo: ^uintptr(0)}
	for name, ptr := range globals.vars {
		id, ok := identityOf(ptr)
		if !ok || id.addr == zeroBase {
			continue // all things of no size share this address
		}
		if old, taken := g.ids[id]; !taken || name < old {
			g.ids[id] = name
		}
		g.lo, g.hi = min(g.lo, uintptr(id.addr)), max(g.hi, uintptr(id.addr))
	}
	return g
}

// globalByName returns the address of a global if it is one of a t.
func globalByName(name string, t reflect.Type) (unsafe.Pointer, bool) {
	addStandard()
	globals.RLock()
	ptr, ok := globals.vars[name]
	globals.RUnlock()
	if !ok {
		return nil, false
	}
	id, ok := identityOf(ptr)
	return id.addr, ok && id.t == t
}
