package source

import (
	"fmt"
	"strings"
)

// A Change is one way in which two closures of one function differ.
type Change struct {
	Kind     string // "changed", "added", "gone" of a declaration; "module"
	Subject  string // the declaration or module
	File     string // of a declaration, where it is now, or was
	Line     int
	Old, New string // versions of a module, "" for none
	Text     string // "code changed: seed.Generate (seed/seed.go:41), reached through buildUsers (db_test.go:18)"
}

// Explain tells what differs between the closure of a record and that of now:
// changed declarations first, then new ones, then those that are gone, then
// modules, each by name. Equal closures give none.
func Explain(then, now *Closure) []Change {
	if then.Digest == now.Digest {
		return nil
	}
	old, cur := declsByName(then), declsByName(now)
	var changed, added, gone []Change
	for _, name := range sortedNames(now.Decls) {
		switch before := old[name]; {
		case before == nil:
			added = append(added, now.change("added", cur[name][0]))
		case !sameDigests(before, cur[name]):
			changed = append(changed, now.change("changed", differing(before, cur[name])))
		}
	}
	for _, name := range sortedNames(then.Decls) {
		if cur[name] == nil {
			gone = append(gone, then.change("gone", old[name][0]))
		}
	}
	return append(append(append(changed, added...), gone...), moduleChanges(then.Modules, now.Modules)...)
}

func declsByName(c *Closure) map[string][]Decl {
	m := map[string][]Decl{}
	for _, d := range c.Decls {
		m[d.Name] = append(m[d.Name], d)
	}
	return m
}

// sortedNames returns each name once; the declarations are sorted by it.
func sortedNames(decls []Decl) []string {
	var list []string
	for _, d := range decls {
		if len(list) == 0 || list[len(list)-1] != d.Name {
			list = append(list, d.Name)
		}
	}
	return list
}

// sameDigests compares declarations of one name, such as several init.
func sameDigests(a, b []Decl) bool {
	count := map[Digest]int{}
	for _, d := range a {
		count[d.Digest]++
	}
	for _, d := range b {
		count[d.Digest]--
	}
	for _, n := range count {
		if n != 0 {
			return false
		}
	}
	return true
}

// differing returns the first of the new declarations that was not among the
// old ones.
func differing(old, cur []Decl) Decl {
	for _, d := range cur {
		if !sameDigests([]Decl{d}, old) && !contains(old, d.Digest) {
			return d
		}
	}
	return cur[0]
}

func contains(list []Decl, g Digest) bool {
	for _, d := range list {
		if d.Digest == g {
			return true
		}
	}
	return false
}

func (c *Closure) change(kind string, d Decl) Change {
	ch := Change{Kind: kind, Subject: d.Name, File: d.File, Line: d.Line}
	ch.Text = fmt.Sprintf("code %s: %s (%s:%d)", kind, c.shortName(d.Name), d.File, d.Line)
	switch {
	case d.asked():
		ch.Text = fmt.Sprintf("code %s: %s, asked for by %s (%s:%d)", kind, d.Name, c.shortName(d.Via), d.ViaFile, d.ViaLine)
	case d.Line == 0: // of a package, not of a declaration
		ch.Text = fmt.Sprintf("code %s: %s", kind, d.Name)
	case d.Via != "":
		ch.Text += fmt.Sprintf(", reached through %s (%s:%d)", c.shortName(d.Via), d.ViaFile, d.ViaLine)
	}
	return ch
}

// shortName turns import/path.Name into path.Name, as source would have it,
// and into Name in the package under test. A literal is "fn in TestX".
func (c *Closure) shortName(name string) string {
	for _, home := range []string{c.home + ".", c.home + "_test."} {
		if rest, ok := strings.CutPrefix(name, home); ok {
			name = rest
		}
	}
	if i := strings.LastIndexByte(name, '/'); i >= 0 && !strings.Contains(name, " ") && !strings.HasSuffix(name, ".go") {
		name = name[i+1:]
	}
	if around, ok := strings.CutSuffix(name, ".func"); ok {
		return "fn in " + around
	}
	return name
}

func moduleChanges(then, now []Module) []Change {
	var list []Change
	for i, j := 0, 0; i < len(then) || j < len(now); {
		switch {
		case j == len(now) || i < len(then) && then[i].Path < now[j].Path:
			list = append(list, moduleChange(then[i].Path, then[i].Version, ""))
			i++
		case i == len(then) || now[j].Path < then[i].Path:
			list = append(list, moduleChange(now[j].Path, "", now[j].Version))
			j++
		default:
			if then[i].Version != now[j].Version {
				list = append(list, moduleChange(now[j].Path, then[i].Version, now[j].Version))
			}
			i, j = i+1, j+1
		}
	}
	return list
}

func moduleChange(path, then, now string) Change {
	c := Change{Kind: "module", Subject: path, Old: then, New: now}
	switch {
	case then == "":
		c.Text = fmt.Sprintf("module %s %s added", path, now)
	case now == "":
		c.Text = fmt.Sprintf("module %s %s gone", path, then)
	default:
		c.Text = fmt.Sprintf("module %s %s -> %s", path, then, now)
	}
	return c
}
