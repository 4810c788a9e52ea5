package typeid

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

// Describe describes t and the types it reaches, in the order of their
// fields. Types of the standard library are named, not opened: the Go version
// stands for them. Only the root and the user's named types get a line.
func Describe(t reflect.Type) (d Description) {
	seen := map[reflect.Type]bool{t: true}
	for queue := []reflect.Type{t}; len(queue) > 0 && len(seen) <= maxDescribed; queue = queue[1:] {
		next, root := queue[0], len(d) == 0
		std := next.Name() != "" && (next.PkgPath() == "" || isStd(next.PkgPath()))
		if std && root {
			return Description{Name(next) + "\t"}
		}
		if std {
			continue
		}
		if root || next.Name() != "" {
			d = append(d, Name(next)+"\t"+built(next))
			if next.Kind() == reflect.Struct {
				for f := range next.Fields() {
					d = append(d, "\t"+f.Name+"\t"+Name(f.Type)+"\t"+string(f.Tag))
				}
			}
		}
		for _, part := range parts(next) {
			if !seen[part] {
				seen[part] = true
				queue = append(queue, part)
			}
		}
	}
	return d
}

// built says how a type is built that is no struct.
func built(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Chan:
		return t.Kind().String() + " of " + Name(t.Elem())
	case reflect.Array:
		return fmt.Sprintf("array of %d %s", t.Len(), Name(t.Elem()))
	case reflect.Map:
		return "map of " + Name(t.Key()) + " to " + Name(t.Elem())
	}
	return t.Kind().String()
}

// described is a type of a Description.
type described struct {
	name, built string
	fields      [][]string // name, type, tag
}

func parse(d Description) (list []described) {
	for _, line := range d {
		field, ok := strings.CutPrefix(line, "\t")
		if ok && len(list) > 0 {
			last := &list[len(list)-1]
			last.fields = append(last.fields, append(strings.SplitN(field, "\t", 3), "", "")[:3])
		} else if !ok {
			name, built, _ := strings.Cut(line, "\t")
			list = append(list, described{name: name, built: built})
		}
	}
	return list
}

// Diff says in one line how the type described by before became the one
// described by after: "type User changed: field Email added". It is empty where
// the descriptions are equal; the Go version or a library type differs then.
func Diff(before, after Description) string {
	if slices.Equal(before, after) {
		return ""
	}
	old, now := parse(before), parse(after)
	if len(old) == 0 || len(now) == 0 {
		return "type changed"
	}
	if old[0].name != now[0].name {
		return fmt.Sprintf("type changed: was %s, is %s", old[0].name, now[0].name)
	}
	for _, o := range old {
		i := slices.IndexFunc(now, func(n described) bool { return n.name == o.name })
		if i < 0 {
			continue
		}
		if what := diffType(o, now[i]); what != "" {
			return "type " + baseName(o.name) + " changed: " + what
		}
	}
	return "type " + baseName(old[0].name) + " changed: it reaches other types"
}

func diffType(o, n described) string {
	if o.built != n.built {
		return fmt.Sprintf("was %s, is %s", o.built, n.built)
	}
	place := func(list [][]string, f []string) int {
		return slices.IndexFunc(list, func(g []string) bool { return g[0] == f[0] })
	}
	for _, f := range n.fields {
		switch i := place(o.fields, f); {
		case i < 0:
			return "field " + f[0] + " added"
		case o.fields[i][1] != f[1]:
			return fmt.Sprintf("field %s was %s, is %s", f[0], o.fields[i][1], f[1])
		case o.fields[i][2] != f[2]:
			return "tag of field " + f[0] + " changed"
		}
	}
	for _, f := range o.fields {
		if place(n.fields, f) < 0 {
			return "field " + f[0] + " removed"
		}
	}
	if len(o.fields) != len(n.fields) {
		return "fields added or removed" // several of one name: blank ones
	}
	for i, f := range n.fields {
		if o.fields[i][0] != f[0] {
			return "field " + f[0] + " moved"
		}
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
