package typeid

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

var digests sync.Map // reflect.Type -> Digest

// Of identifies all that t is made of, through pointers, elements and
// fields: names with package paths, kinds, fields with tags and offsets, sizes,
// alignment, method sets of interfaces, GOARCH. What types of the standard library mean
// depends on the Go version, which is an input of each record.
func Of(t reflect.Type) Digest {
	if d, ok := digests.Load(t); ok {
		return d.(Digest)
	}
	w := &walk{seen: map[reflect.Type]int{}, h: sha256.New()}
	w.printf("snapshot type 2 %s\n", runtime.GOARCH)
	w.add(t)
	var d Digest
	w.h.Sum(d[:0])
	digests.Store(t, d)
	return d
}

type walk struct {
	seen map[reflect.Type]int
	h    hash.Hash
}

func (w *walk) printf(format string, args ...any) { fmt.Fprintf(w.h, format, args...) }

// add writes t; a type met before is written as its visit number, so that
// recursive types end. A func is never stored; an interface has its methods in
// its name or, where it is named, stores nothing by itself.
func (w *walk) add(t reflect.Type) {
	if n, ok := w.seen[t]; ok {
		w.printf("#%d\n", n)
		return
	}
	w.seen[t] = len(w.seen)
	w.printf("%q %s %d %d\n", Name(t), t.Kind(), t.Size(), t.Align())
	switch t.Kind() {
	case reflect.Array:
		w.printf("len %d\n", t.Len())
	case reflect.Struct:
		for i := range t.NumField() {
			f := t.Field(i)
			w.printf("%q %q %v %q %d\n", f.PkgPath, f.Name, f.Anonymous, string(f.Tag), f.Offset)
		}
		w.printf("end %d\n", t.NumField())
	}
	for _, part := range parts(t) {
		w.add(part)
	}
}
