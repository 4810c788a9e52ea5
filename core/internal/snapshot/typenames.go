package snapshot

import (
	"reflect"
	"slices"
)

// typeNames collects the names of declared types. A nil one collects nothing.
type typeNames struct {
	seen  map[reflect.Type]bool
	names []string
}

// add adds t and what it is made of: the methods of a type that is declared in
// a function are those of what it embeds. What types of the standard library are
// made of comes with the Go version, but for their type arguments.
func (n *typeNames) add(t reflect.Type) {
	if n == nil || n.seen[t] {
		return
	}
	n.seen[t] = true
	if t.Name() != "" {
		names, _ := NamedTypes(t) // the compiler spells type arguments in full
		n.names = append(n.names, names...)
		if t.PkgPath() == "" || isStd(t.PkgPath()) {
			return
		}
	}
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Chan:
		n.add(t.Elem())
	case reflect.Map:
		n.add(t.Key())
		n.add(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			n.add(t.Field(i).Type)
		}
	}
}

func (n *typeNames) sorted() []string {
	slices.Sort(n.names)
	return slices.Compact(n.names)
}
