package snapshot

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Description is what a record keeps of a type, so that a later process can
// say how it changed. Each line is a type (its name and how it is built) or,
// indented by a tab, a field of the struct type above it (name, type, tag,
// separated by tabs). The first line is the root.
type Description []string

// maxDescribed bounds a description: the digest sees every type, the
// description is for people.
const maxDescribed = 100

// TypeDescription describes t and the types it reaches, in the order of their
// fields. Types of the standard library are named, not opened: the Go version
// stands for them.
func TypeDescription(t reflect.Type) Description {
	var d Description
	seen := map[reflect.Type]bool{t: true}
	for queue := []reflect.Type{t}; len(queue) > 0 && len(seen) <= maxDescribed; {
		next := queue[0]
		queue = queue[1:]
		var reached []reflect.Type
		d, reached = describeOne(d, next, len(d) == 0)
		for _, r := range reached {
			if !seen[r] {
				seen[r] = true
				queue = append(queue, r)
			}
		}
	}
	return d
}

// describeOne appends what is to say about t; only the root and the user's
// named types get a line.
func describeOne(d Description, t reflect.Type, root bool) (Description, []reflect.Type) {
	if t.Name() != "" && (t.PkgPath() == "" || isStd(t.PkgPath())) {
		if root {
			d = append(d, TypeName(t)+"\t")
		}
		return d, nil
	}
	if root || t.Name() != "" {
		d = append(d, TypeName(t)+"\t"+underlyingName(t))
	}
	if t.Kind() == reflect.Struct && (root || t.Name() != "") {
		for f := range fieldsOf(t) {
			d = append(d, "\t"+f.Name+"\t"+TypeName(f.Type)+"\t"+string(f.Tag))
		}
	}
	return d, components(t)
}

// underlyingName says how a named type that is no struct is built.
func underlyingName(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Chan:
		return t.Kind().String() + " of " + TypeName(t.Elem())
	case reflect.Array:
		return fmt.Sprintf("array of %d %s", t.Len(), TypeName(t.Elem()))
	case reflect.Map:
		return "map of " + TypeName(t.Key()) + " to " + TypeName(t.Elem())
	}
	return t.Kind().String()
}

func components(t reflect.Type) []reflect.Type {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Chan:
		return []reflect.Type{t.Elem()}
	case reflect.Map:
		return []reflect.Type{t.Key(), t.Elem()}
	case reflect.Struct:
		var list []reflect.Type
		for f := range fieldsOf(t) {
			list = append(list, f.Type)
		}
		return list
	}
	return nil
}

func fieldsOf(t reflect.Type) func(func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for i := range t.NumField() {
			if !yield(t.Field(i)) {
				return
			}
		}
	}
}

type describedType struct {
	name, built string
	fields      [][]string // name, type, tag
}

func parseDescription(d Description) []describedType {
	var list []describedType
	for _, line := range d {
		if field, ok := strings.CutPrefix(line, "\t"); ok {
			parts := append(strings.SplitN(field, "\t", 3), "", "")[:3]
			if len(list) > 0 {
				last := &list[len(list)-1]
				last.fields = append(last.fields, parts)
			}
			continue
		}
		name, built, _ := strings.Cut(line, "\t")
		list = append(list, describedType{name: name, built: built})
	}
	return list
}

// DiffTypes says in one line how the type described by before became the one
// described by after: "type User changed: field Email added". It is empty where
// the descriptions are equal; the Go version or a library type differs then.
func DiffTypes(before, after Description) string {
	if slices.Equal(before, after) {
		return ""
	}
	old, now := parseDescription(before), parseDescription(after)
	if len(old) == 0 || len(now) == 0 {
		return "type changed"
	}
	if old[0].name != now[0].name {
		return fmt.Sprintf("type changed: was %s, is %s", old[0].name, now[0].name)
	}
	for _, o := range old {
		i := slices.IndexFunc(now, func(n describedType) bool { return n.name == o.name })
		if i < 0 {
			continue
		}
		if what := diffType(o, now[i]); what != "" {
			return "type " + baseName(o.name) + " changed: " + what
		}
	}
	return "type " + baseName(old[0].name) + " changed: it reaches other types"
}

func diffType(o, n describedType) string {
	if o.built != n.built {
		return fmt.Sprintf("was %s, is %s", o.built, n.built)
	}
	if what := diffFields(o.fields, n.fields); what != "" {
		return what
	}
	for i := range n.fields {
		if o.fields[i][0] != n.fields[i][0] {
			return "field " + n.fields[i][0] + " moved"
		}
	}
	return ""
}

func diffFields(o, n [][]string) string {
	find := func(list [][]string, name string) []string {
		for _, f := range list {
			if f[0] == name {
				return f
			}
		}
		return nil
	}
	for _, f := range n {
		switch old := find(o, f[0]); {
		case old == nil:
			return "field " + f[0] + " added"
		case old[1] != f[1]:
			return fmt.Sprintf("field %s was %s, is %s", f[0], old[1], f[1])
		case old[2] != f[2]:
			return "tag of field " + f[0] + " changed"
		}
	}
	for _, f := range o {
		if find(n, f[0]) == nil {
			return "field " + f[0] + " removed"
		}
	}
	if len(o) != len(n) {
		return "fields added or removed" // several of one name: blank ones
	}
	return ""
}

// baseName cuts the package path from a plain type name.
func baseName(name string) string {
	if strings.ContainsAny(name, "[]*{( ") {
		return name
	}
	return name[strings.LastIndexByte(name, '.')+1:]
}
