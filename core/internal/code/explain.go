package code

import (
	"fmt"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/world"
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
	var changed, added, gone []Change
	flips := (then.Cause.What == "") != (now.Cause.What == "")
	if flips {
		changed = append(changed, wholeRun(then, now))
	}
	// What only one of the two has by that is not told again.
	along := func(d *Decl) bool { return flips && (d.Wide || d.Line == 0) }
	for old, cur := then.Decls, now.Decls; len(old) > 0 || len(cur) > 0; {
		before, after := sameNamed(old), sameNamed(cur)
		switch {
		case len(cur) == 0 || len(old) > 0 && old[0].Name < cur[0].Name:
			if !along(&old[0]) {
				gone = append(gone, then.change("gone", &old[0]))
			}
			after = nil
		case len(old) == 0 || cur[0].Name < old[0].Name:
			if !along(&cur[0]) {
				added = append(added, now.change("added", &cur[0]))
			}
			before = nil
		default:
			if d := differing(before, after); d != nil && !along(d) {
				changed = append(changed, now.change("changed", d))
			}
		}
		old, cur = old[len(before):], cur[len(after):]
	}
	return append(append(append(changed, added...), gone...), moduleChanges(then.Modules, now.Modules)...)
}

// wholeRun tells that the code of the whole run counts since something may change
// state in reach of the function, or no longer does.
func wholeRun(then, now *Closure) Change {
	c := now
	text := "all tests count now" + strings.TrimPrefix(c.Since(), "all tests count")
	if now.Cause.What == "" {
		c = then
		text = fmt.Sprintf("%s is no longer changed by %s (%s:%d), and the other tests no longer count", c.shortName(c.Cause.What), c.shortName(c.Cause.By), c.Cause.File, c.Cause.Line)
	}
	return Change{Kind: "changed", Subject: c.Cause.By, File: c.Cause.File, Line: c.Cause.Line, Text: "code changed: " + text}
}

// Since says why the code of the whole run counts.
func (c *Closure) Since() string {
	name, ignore := c.variable(c.Cause.What)
	return fmt.Sprintf("all tests count since %s may be changed by %s (%s:%d): IgnoreCapture(%q) if it cannot matter", name, c.shortName(c.Cause.By), c.Cause.File, c.Cause.Line, ignore)
}

// Skipped says what a hit would not repeat, "" if there is nothing.
func (c *Closure) Skipped() string {
	if len(c.Effect) < 2 {
		return ""
	}
	change, reader := c.Effect[0], c.Effect[1]
	name, ignore := c.variable(change.What)
	return fmt.Sprintf("the build function changes %s (%s:%d), which %s (%s:%d) uses too, and a hit would not: add cachetest.IgnoreCapture(%q) if it cannot matter",
		name, change.File, change.Line, c.shortName(reader.By), reader.File, reader.Line, ignore)
}

// variable returns how a variable is shown, and what IgnoreCapture takes for it.
func (c *Closure) variable(what string) (name, ignore string) {
	name, ignore = c.shortName(what), what[strings.LastIndexByte(what, '/')+1:]
	if !strings.Contains(name, ".") {
		ignore = name
	}
	return name, ignore
}

// sameNamed returns those that a list, sorted by name, begins with and that
// have one name, such as several init.
func sameNamed(list []Decl) []Decl {
	n := 0
	for n < len(list) && list[n].Name == list[0].Name {
		n++
	}
	return list[:n]
}

// differing returns the first of the new declarations of a name that was not
// among the old ones, any where there only are more or fewer, and nil where all
// are as they were.
func differing(old, cur []Decl) *Decl {
	same := len(old) == len(cur)
	for i := range cur {
		before := count(old, cur[i].Digest)
		if before == 0 {
			return &cur[i]
		}
		same = same && before == count(cur, cur[i].Digest)
	}
	if same {
		return nil
	}
	return &cur[0]
}

func count(list []Decl, g Digest) (n int) {
	for i := range list {
		if list[i].Digest == g {
			n++
		}
	}
	return n
}

func (c *Closure) change(kind string, d *Decl) Change {
	ch := Change{Kind: kind, Subject: d.Name, File: d.File, Line: d.Line}
	ch.Text = fmt.Sprintf("code %s: %s (%s:%d)", kind, c.shortName(d.Name), d.File, d.Line)
	switch {
	case world.IsPlace(d):
		ch.Text = fmt.Sprintf("code %s: %s, asked for by %s (%s:%d)", kind, d.Name, c.shortName(d.Via), d.ViaFile, d.ViaLine)
	case d.Line == 0: // of a package, not of a declaration
		ch.Text = fmt.Sprintf("code %s: %s", kind, d.Name)
	case d.Via != "":
		ch.Text += fmt.Sprintf(", reached through %s (%s:%d)", c.shortName(d.Via), d.ViaFile, d.ViaLine)
	}
	if d.Wide {
		ch.Text += "; " + c.Since()
	}
	return ch
}

// Chain returns how the function reaches a declaration, the function first: each
// mentions the next one. It is empty for what is not in the closure.
func (c *Closure) Chain(name string) (chain []Decl) {
	for range c.Decls {
		i := slices.IndexFunc(c.Decls, func(d Decl) bool { return d.Name == name })
		if i < 0 {
			break
		}
		chain = append(chain, c.Decls[i])
		name = c.Decls[i].Via
	}
	slices.Reverse(chain)
	return chain
}

// shortName turns import/path.Name into path.Name, as source would have it,
// and into Name in the package under test. A literal is "the function in TestX".
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
		return "the function in " + around
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
