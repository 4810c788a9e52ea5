package code

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/graph"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// A Change is one way in which two closures of one function differ.
type Change struct {
	Subject  string // the declaration or module
	Module   bool
	Old, New string // versions of a module, "" for none
	Text     string // "code changed: seed.Generate (seed/seed.go:41), reached through buildUsers (db_test.go:18)"
	since    string // "; TestX and the tests before it count since ..."
	order    bool   // it follows from the other changes, if there are any: the order of tests, a line of a package
}

// Explain returns how the closure of a record and that of now differ: changed
// declarations first, then new ones, then those that are gone, then modules, each by
// name. Equal closures give none. Why tests count is said once.
func Explain(then, now *Closure) []Change {
	if then.Digest == now.Digest {
		return nil
	}
	var changed, added []Change
	var gone []*Decl
	onlyOne := (then.Cause.What == "") != (now.Cause.What == "")                // has the code of the whole run count
	other := onlyOne || now.Cause.What != "" && then.Turn.Test != now.Turn.Test // tests count
	if other {
		changed = append(changed, wholeRun(then, now))
	}
	// Code that only one of the two has for that reason is left out.
	ofTests := func(d *Decl) bool { return (other || then.OtherTests(now)) && (d.Wide || d.Line == 0) }
	decls := now.Decls()
	text := func(d *Decl) Decl { return Decl{Name: d.Name, Digest: d.Digest, Imports: d.Imports} }
	for _, both := range differing(then.Decls(), decls, func(d *Decl) string { return d.Name }, text) {
		switch old, cur := both[0], both[1]; {
		case len(old) > 0 && len(cur) > 0:
			if d := &cur[0]; !(ofTests(d) && (onlyOne || d.Line == 0 && d.Via == "")) {
				changed = append(changed, now.changed(old, d))
			}
		case len(old) > 0 && !ofTests(&old[0]):
			gone = append(gone, &old[0])
		case len(cur) > 0 && !ofTests(&cur[0]):
			added = append(added, now.change("added", &cur[0]))
		}
	}
	list := slices.Concat(changed, added, then.lost(gone, len(decls) > 0))
	if told := slices.DeleteFunc(slices.Clone(list), func(c Change) bool { return c.order }); len(told) > 0 {
		list = told
	}
	if i := slices.IndexFunc(list, func(c Change) bool { return c.since != "" }); i >= 0 && !other {
		list[i].Text += list[i].since
	}
	for _, both := range differing(then.Modules, now.Modules, func(m *Module) string { return m.Path }, func(m *Module) Module { return *m }) {
		list = append(list, moduleChange(both[0], both[1]))
	}
	return list
}

// lost returns the declarations of the closure that are gone, but for those that were
// reached only through another that is, and where nothing is left of the function, for
// lines of its package, such as its go line.
func (c *Closure) lost(gone []*Decl, left bool) (list []Change) {
	lost := map[[2]string]bool{}
	for _, d := range gone {
		lost[[2]string{d.Name, d.File}] = true
	}
	for _, d := range gone {
		if (left || d.Root) && !lost[[2]string{d.Via, d.ViaFile}] {
			list = append(list, c.change("gone", d))
		}
	}
	return list
}

// wholeRun returns the change that the code of the whole run counts now, since something
// may change state in reach of the function, or that it no longer does.
func wholeRun(then, now *Closure) Change {
	c := now
	text := c.counted() + " now" + strings.TrimPrefix(c.Since(), c.counted())
	if now.Cause.What == "" {
		c = then
		if text = ""; then.OtherTests(now) {
			text = "with the tests that are selected "
		}
		text += fmt.Sprintf("%s is no longer changed by %s (%s:%d), and the other tests no longer count", c.shortName(c.Cause.What), c.shortName(c.Cause.By), c.Cause.File, c.Cause.Line)
	}
	return Change{Subject: c.Cause.By, Text: "code changed: " + text}
}

// OtherTests reports whether other tests were selected for one closure than for another,
// where that may matter for both.
func (c *Closure) OtherTests(o *Closure) bool {
	return c.Turn != (Turn{}) && o.Turn != (Turn{}) && c.Turn.Run != o.Turn.Run
}

// counted says which tests count with their code.
func (c *Closure) counted() string {
	switch c.Turn.Test {
	case "":
		return "all tests count"
	case "TestMain":
		return "what runs before the tests counts"
	}
	return c.Turn.Test + " and the tests before it count"
}

// Since says why the code of the whole run counts.
func (c *Closure) Since() string {
	names, more, it := c.quoted(append([]string{c.Cause.What}, c.Also...))
	return fmt.Sprintf("%s since %s may be changed by %s (%s:%d)%s: IgnoreCapture(%s) if %s cannot matter",
		c.counted(), c.variable(c.Cause.What), c.shortName(c.Cause.By), c.Cause.File, c.Cause.Line, more, names, it)
}

// quoted returns how variables are given to IgnoreCapture, and the words for how many they are.
func (c *Closure) quoted(variables []string) (names, more, it string) {
	if it = "it"; len(variables) > 1 {
		more, it = fmt.Sprintf(" (+%d more)", len(variables)-1), "they"
	}
	var list []string
	for _, what := range variables {
		list = append(list, strconv.Quote(c.variable(what)))
	}
	return strings.Join(list, ", "), more, it
}

// Skipped says what a hit would not repeat, "" if there is nothing.
func (c *Closure) Skipped() string {
	if len(c.Effects) == 0 {
		return ""
	}
	first := c.Effects[0]
	names, more, it := c.quoted(variables(c.Effects))
	return fmt.Sprintf("the build function changes %s (%s:%d)%s, and a hit would not: add cachetest.IgnoreCapture(%s) if %s cannot matter",
		c.variable(first.What), first.File, first.Line, more, names, it)
}

// variables returns the names of the variables that code uses.
func variables(uses []Use) (names []string) {
	for _, u := range uses {
		names = append(names, u.What)
	}
	return names
}

// variable returns the name by which a variable is shown, and which IgnoreCapture takes.
func (c *Closure) variable(what string) string {
	name := c.shortName(what)
	others := slices.Concat(variables(c.Effects), c.Also, []string{c.Cause.What}, c.Covered.Resolved)
	if slices.ContainsFunc(others, func(full string) bool { return full != what && c.shortName(full) == name }) {
		return what // another has that name
	}
	return name
}

// differing returns what only one of two lists has by its text, whatever their order, with what
// the other has of the same name: several init have one.
func differing[T comparable](then, now []T, name func(*T) string, text func(*T) T) (pairs [][2][]T) {
	lists := map[string][2][]T{}
	for side, list := range [][]T{then, now} {
		left := map[T]int{} // how many of each the other list has still
		for _, other := range [][]T{now, then}[side] {
			left[text(&other)]++
		}
		for i := range list {
			if key := text(&list[i]); left[key] > 0 {
				left[key]--
				continue
			}
			both := lists[name(&list[i])]
			both[side] = append(both[side], list[i])
			lists[name(&list[i])] = both
		}
	}
	for _, key := range slices.Sorted(maps.Keys(lists)) {
		pairs = append(pairs, lists[key])
	}
	return pairs
}

// changed returns the change of a declaration from one of some old ones, or that of an
// import that it uses where nothing else differs.
func (c *Closure) changed(old []Decl, d *Decl) Change {
	ch := c.change("changed", d)
	only := func(list, other string) string {
		lines := slices.DeleteFunc(strings.Split(list, "\n"), func(line string) bool { return slices.Contains(strings.Split(other, "\n"), line) })
		return cmp.Or(strings.TrimSpace(strings.Join(lines, ", ")), "(none)")
	}
	if i := slices.IndexFunc(old, func(was Decl) bool { return was.Digest == d.Digest }); i >= 0 {
		ch.Subject, ch.Old, ch.New = "import in "+d.File, only(old[i].Imports, d.Imports), only(d.Imports, old[i].Imports)
		ch.Text = fmt.Sprintf("code changed: %s: %s -> %s", ch.Subject, ch.Old, ch.New)
	}
	return ch
}

// callerInfo is the name for IgnoreCapture of where code stands and how it is called.
const callerInfo = "runtime.Caller"

func (c *Closure) change(kind string, d *Decl) Change {
	ch := Change{Subject: d.Name, order: d.Line == 0 && d.Via == "", Text: fmt.Sprintf("code %s: %s (%s:%d)", kind, c.shortName(d.Name), d.File, d.Line)}
	switch {
	case d.Line == 0 && d.Via != "":
		ch.Text = fmt.Sprintf("code %s: %s, whose lines or names %s asks for (%s:%d): IgnoreCapture(%q) if they cannot matter", kind, d.Name, c.shortName(d.Via), d.ViaFile, d.ViaLine, callerInfo)
	case d.Line == 0: // of a package, not of a declaration
		ch.Text = fmt.Sprintf("code %s: %s", kind, d.Name)
	case d.Via != "":
		ch.Text += fmt.Sprintf(", reached through %s (%s:%d)", c.shortName(d.Via), d.ViaFile, d.ViaLine)
	case !d.Root && !d.Wide && !d.Aside && !slices.Contains(c.Fallback, graph.WholePackages):
		ch.Text += ", which runs when the program starts and may leave something behind"
	}
	if d.Wide {
		ch.since = "; " + c.Since()
	}
	return ch
}

// Chain returns how the function reaches a declaration, named in full or by its end, the
// function first: each mentions the next one. It is empty if the closure lacks the name.
func (c *Closure) Chain(name string) (chain []Decl) {
	decls, name := c.Decls(), graph.PlainName(name)
	at := slices.IndexFunc(decls, func(d Decl) bool { return graph.PlainName(d.Name) == name })
	if at < 0 {
		at = slices.IndexFunc(decls, func(d Decl) bool {
			full := graph.PlainName(d.Name)
			return strings.HasSuffix(full, "/"+name) || strings.HasSuffix(full, "."+name)
		})
	}
	for at >= 0 && len(chain) < len(decls) {
		d := decls[at]
		chain = append(chain, d)
		at = slices.IndexFunc(decls, func(via Decl) bool { return via.Name == d.Via && via.File == d.ViaFile })
	}
	slices.Reverse(chain)
	return chain
}

// shortName turns import/path.Name into name.Name, as source would have it,
// and into Name in the package under test. A literal is "the function in TestX".
func (c *Closure) shortName(name string) string {
	for _, home := range []string{c.Home + ".", c.Home + "_test."} {
		name = strings.TrimPrefix(name, home)
	}
	if i := strings.LastIndexByte(name, '/') + 1; i > 0 && !strings.Contains(name, " ") && !strings.HasSuffix(name, ".go") {
		last, rest, _ := strings.Cut(name[i:], ".")
		name = syntax.LikelyName(name[:i]+last) + "." + rest
	}
	if around, ok := strings.CutSuffix(name, ".func"); ok {
		return "the function in " + around
	}
	return name
}

func moduleChange(old, cur []Module) Change {
	was, is := append(old, Module{})[0], append(cur, Module{})[0]
	c := Change{Module: true, Subject: cmp.Or(is.Path, was.Path), Old: was.Version, New: is.Version}
	switch c.Text = c.Old + " -> " + c.New; {
	case c.Old == "":
		c.Text = c.New + " added"
	case c.New == "":
		c.Text = c.Old + " gone"
	case c.Old == c.New:
		c.Text = c.New + ": its sum in go.sum has changed"
	}
	c.Text = "module " + c.Subject + " " + c.Text
	return c
}
