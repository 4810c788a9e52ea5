package typeid

import (
	"reflect"
	"slices"
	"strings"
)

// Declared returns the names of the declared types that t's name is made of,
// as import/path.Name, type arguments too: of []*a.Box[b.User] a.Box and b.User.
// It reports false where there may be others: see interfaceName.
func Declared(t reflect.Type) (names []string, all bool) {
	spelled := Name(t)
	for _, word := range strings.FieldsFunc(spelled, func(r rune) bool { return strings.ContainsRune("[]*(){}, ;<-", r) }) {
		if dot := strings.LastIndexByte(word, '.'); dot > strings.LastIndexByte(word, '/') && dot > 0 && !slices.Contains(names, word) {
			names = append(names, word)
		}
	}
	return names, !strings.Contains(spelled, interfaceMark)
}

// Set collects the names of declared types. A nil one collects nothing.
type Set struct {
	seen  map[reflect.Type]bool
	names []string
}

// Unknown stands in a Set for types that it cannot name, or not look at.
const Unknown = "main.·"

func NewSet() *Set { return &Set{seen: map[reflect.Type]bool{}} }

// Add adds t and what it is made of: the methods of a type that is declared in
// a function are those of what it embeds. What types of the standard library are
// made of comes with the Go version, but for their type arguments.
func (s *Set) Add(t reflect.Type) {
	if s == nil || s.seen[t] {
		return
	}
	s.seen[t] = true
	if t.Name() != "" {
		names, _ := Declared(t) // the compiler spells type arguments in full
		s.names = append(s.names, names...)
		if strings.Contains(Name(t), "·") { // one that is declared in a function
			s.names = append(s.names, Unknown)
		}
		if t.PkgPath() == "" || isStd(t.PkgPath()) {
			return
		}
	}
	if t.Kind() == reflect.Interface && t.NumMethod() > 0 && t.Name() == "" { // no name leads to the types in its methods
		s.names = append(s.names, Unknown)
	}
	for _, part := range parts(t) {
		s.Add(part)
	}
}

// Sorted returns the names, each once.
func (s *Set) Sorted() []string {
	slices.Sort(s.names)
	return slices.Compact(s.names)
}

// parts returns the types that t is made of.
func parts(t reflect.Type) (list []reflect.Type) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Chan:
		return []reflect.Type{t.Elem()}
	case reflect.Map:
		return []reflect.Type{t.Key(), t.Elem()}
	case reflect.Func:
		for i := range t.NumIn() {
			list = append(list, t.In(i))
		}
		for i := range t.NumOut() {
			list = append(list, t.Out(i))
		}
	case reflect.Struct:
		for i := range t.NumField() {
			f := t.Field(i)
			list = append(list, f.Type)
		}
	}
	return list
}
