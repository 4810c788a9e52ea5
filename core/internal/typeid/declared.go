package typeid

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// A declared type is named as the linker does: import/path.Name, with dots in the last
// element of the path escaped, a%2ev1.T.

// Unknown stands among such names for types that cannot be named.
const Unknown = "main.·"

// Declared returns the declared types that t's name is made of, type arguments too:
// of []*a.Box[b.User] a.Box and b.User.
func Declared(t reflect.Type) []string {
	s := NewSet()
	s.add(t, false)
	return s.Sorted()
}

// Set collects the names of declared types. A nil one collects nothing.
type Set struct {
	seen  map[reflect.Type]bool
	names []string
}

func NewSet() *Set { return &Set{seen: map[reflect.Type]bool{}} }

// Add adds t and what it is made of, with the parameters and results of functions: the
// methods of a type that is declared in a function are those of what it embeds.
func (s *Set) Add(t reflect.Type) {
	if s != nil {
		s.add(t, true)
	}
}

func (s *Set) add(t reflect.Type, deep bool) {
	if s.seen[t] {
		return
	}
	s.seen[t] = true
	if t.Name() != "" {
		if t.PkgPath() == "" { // predeclared
			return
		}
		name, args, _ := strings.Cut(t.Name(), "[")
		s.names = append(append(s.names, escaped(t.PkgPath())+"."+name), spelled(args)...)
		if !deep {
			return
		}
	}
	switch t.Kind() {
	case reflect.Func:
		for i := range t.NumIn() {
			s.add(t.In(i), deep)
		}
		for i := range t.NumOut() {
			s.add(t.Out(i), deep)
		}
	case reflect.Interface:
		if t.NumMethod() > 0 && t.Name() == "" { // see Name
			s.names = append(s.names, Unknown)
		}
	}
	for _, part := range parts(t) {
		s.add(part, deep)
	}
}

// Sorted returns the names, each once.
func (s *Set) Sorted() []string {
	slices.Sort(s.names)
	return slices.Compact(s.names)
}

// escaped returns an import path as the linker spells it (objabi.PathToPrefix).
func escaped(path string) string {
	last := strings.LastIndexByte(path, '/')
	var b []byte
	for i := range len(path) {
		if c := path[i]; c <= ' ' || c == '%' || c == '"' || c >= 0x7f || c == '.' && i > last {
			b = fmt.Appendf(b, "%%%02x", c)
		} else {
			b = append(b, c)
		}
	}
	return string(b)
}

// spelled returns the names in a list of type arguments, as the compiler spells it:
// row·1 is declared in a function.
func spelled(args string) (names []string) {
	for args != "" {
		quoted, _ := strconv.QuotedPrefix(args) // the tag of a field
		n := strings.IndexAny(args+" ", "[]*(){},; <\"`")
		word := strings.TrimLeft(args[:n], ".") // the dots of a variadic parameter
		if dot := strings.LastIndexByte(word, '.'); dot > strings.LastIndexByte(word, '/') && dot > 0 {
			names = append(names, word)
		}
		args = args[max(n, len(quoted), min(1, len(args))):]
	}
	return names
}

// parts returns the types that t is made of, but for those of a function.
func parts(t reflect.Type) (list []reflect.Type) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Chan:
		return []reflect.Type{t.Elem()}
	case reflect.Map:
		return []reflect.Type{t.Key(), t.Elem()}
	case reflect.Struct:
		for i := range t.NumField() {
			f := t.Field(i)
			list = append(list, f.Type)
		}
	}
	return list
}

// Holds reports whether a type is of a kind, or made of one that is.
func Holds(t reflect.Type, kind reflect.Kind) bool {
	seen := map[reflect.Type]bool{}
	var holds func(t reflect.Type) bool
	holds = func(t reflect.Type) bool {
		was := seen[t]
		seen[t] = true
		return !was && (t.Kind() == kind || slices.ContainsFunc(parts(t), holds))
	}
	return holds(t)
}

// Fits reports whether count elements of outer, one after the other, hold n
// elements of inner from byte off of the first.
func Fits(outer reflect.Type, count int, off uintptr, inner reflect.Type, n int) bool {
	if count <= 0 || n <= 0 {
		return false
	}
	if outer == inner {
		return off%outer.Size() == 0 && int(off/outer.Size())+n <= count
	}
	if inner.Kind() == reflect.Array && inner.Len() > 0 && inner.Size() > 0 {
		if n > math.MaxInt/inner.Len() {
			return false
		}
		if Fits(outer, count, off, inner.Elem(), n*inner.Len()) {
			return true
		}
	}
	size := outer.Size()
	if size == 0 {
		return false
	}
	if i := off / size; i >= uintptr(count) {
		return false
	}
	off %= size
	switch outer.Kind() {
	case reflect.Array:
		if outer.Len() == 0 {
			return false
		}
		return Fits(outer.Elem(), outer.Len(), off, inner, n)
	case reflect.Struct:
		for i := range outer.NumField() {
			f := outer.Field(i)
			if f.Offset <= off && off < f.Offset+f.Type.Size() {
				return Fits(f.Type, 1, off-f.Offset, inner, n)
			}
		}
	}
	return false
}
