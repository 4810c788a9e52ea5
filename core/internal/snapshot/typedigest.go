package snapshot

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"reflect"
	"runtime"
	"sync"
)

// Digest is a SHA-256: it may name things that travel between machines.
type Digest [sha256.Size]byte

func (d Digest) String() string { return hex.EncodeToString(d[:]) }

var typeDigests sync.Map // reflect.Type -> Digest

// TypeDigest identifies all that t is made of, through pointers, elements and
// fields: names with package paths, kinds, fields with tags and offsets, sizes,
// alignment, method sets of interfaces, GOARCH; and the Go version where t
// reaches a type of the standard library, whose meaning may change with it.
func TypeDigest(t reflect.Type) Digest {
	if d, ok := typeDigests.Load(t); ok {
		return d.(Digest)
	}
	w := &typeWalk{seen: map[reflect.Type]int{}, h: sha256.New()}
	w.printf("snapshot type 1 %s\n", runtime.GOARCH)
	w.add(t)
	if w.std {
		w.printf("go %s\n", runtime.Version())
	}
	var d Digest
	w.h.Sum(d[:0])
	typeDigests.Store(t, d)
	return d
}

type typeWalk struct {
	seen map[reflect.Type]int
	h    hash.Hash
	std  bool
}

func (w *typeWalk) printf(format string, args ...any) { fmt.Fprintf(w.h, format, args...) }

// add writes t; a type met before is written as its visit number, so that
// recursive types end.
func (w *typeWalk) add(t reflect.Type) {
	if n, ok := w.seen[t]; ok {
		w.printf("#%d\n", n)
		return
	}
	w.seen[t] = len(w.seen)
	w.printf("%q %s %d %d\n", TypeName(t), t.Kind(), t.Size(), t.Align())
	if t.PkgPath() != "" && isStd(t.PkgPath()) {
		w.std = true
	}
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Chan:
		w.add(t.Elem())
	case reflect.Array:
		w.printf("len %d\n", t.Len())
		w.add(t.Elem())
	case reflect.Map:
		w.std = true // how a map is laid out is Go's own business
		w.add(t.Key())
		w.add(t.Elem())
	case reflect.Struct:
		w.addFields(t)
	}
	// A func is never stored; an interface has its methods in its name or,
	// where it is named, stores nothing by itself.
}

func (w *typeWalk) addFields(t reflect.Type) {
	for i := range t.NumField() {
		f := t.Field(i)
		w.printf("%q %q %v %q %d\n", f.PkgPath, f.Name, f.Anonymous, string(f.Tag), f.Offset)
		w.add(f.Type)
	}
	w.printf("end %d\n", t.NumField())
}
