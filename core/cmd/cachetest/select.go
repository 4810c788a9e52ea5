package main

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/admin"
	"github.com/fixturecache/fixturecache/core/internal/engine"
	"github.com/fixturecache/fixturecache/core/internal/human"
	"github.com/fixturecache/fixturecache/core/internal/report"
)

// choose returns the fixtures that the arguments name, or without arguments those
// of the module, with -all those of the store. left are those of the
// store that are left out because they are not of the module.
//
// A key alone names fixtures of the module, a package anywhere. An argument that
// names nothing is an error, but for a pattern of packages.
func (c *command) choose(list []*admin.Fixture) (chosen, left []*admin.Fixture, err error) {
	m, err := newModule()
	if err != nil {
		return nil, nil, err
	}
	c.module = m
	if len(c.args) > 0 {
		chosen, err = c.named(list, m)
		return chosen, nil, err
	}
	if c.all {
		return list, nil, nil
	}
	if m.path == "" {
		return nil, nil, fmt.Errorf("there is no go.mod here or above: run it in a module, or with -all for the whole store")
	}
	for _, f := range list {
		if m.owns(f) {
			chosen = append(chosen, f)
		} else {
			left = append(left, f)
		}
	}
	return chosen, left, nil
}

// named returns the fixtures that the arguments name.
func (c *command) named(list []*admin.Fixture, m module) ([]*admin.Fixture, error) {
	var selected []*admin.Fixture
	for _, arg := range c.args {
		found, elsewhere := find(list, arg, m, c.all)
		switch {
		case len(found) == 0 && len(elsewhere) > 0:
			return nil, fmt.Errorf("no fixture %q in module %s: name it with its package, as in %s", arg, m.path, elsewhere[0].Name())
		case len(found) == 0 && !isPackagePattern(arg):
			return nil, unknownKey(arg, list)
		}
		for _, f := range found {
			if !slices.Contains(selected, f) {
				selected = append(selected, f)
			}
		}
	}
	return selected, nil
}

// find returns what an argument names as a whole, or else what it names by the end
// of a key or of a path; elsewhere has what it names by its key alone in other
// modules.
func find(list []*admin.Fixture, arg string, m module, all bool) (found, elsewhere []*admin.Fixture) {
	for _, matches := range []func(name, text string) bool{matchesWhole, matchesEnd} {
		for _, f := range list {
			switch {
			case m.namesPackage(arg, f, matches):
				found = append(found, f)
			case !isPackagePattern(arg) && matches(arg, f.Key):
				if all || m.path == "" || m.owns(f) {
					found = append(found, f)
				} else {
					elsewhere = append(elsewhere, f)
				}
			}
		}
		if len(found)+len(elsewhere) > 0 {
			break
		}
	}
	return found, elsewhere
}

// namesPackage reports whether an argument names a fixture with its package: by
// that and its key, or by a pattern of packages.
func (m module) namesPackage(arg string, f *admin.Fixture, matches func(name, text string) bool) bool {
	if isPackagePattern(arg) {
		return m.matchesPackage(arg, f.Package)
	}
	if arg == f.Name() {
		return true
	}
	pkg, key, ok := strings.Cut(arg, ":")
	return ok && matches(key, f.Key) && (m.matchesPackage(pkg, f.Package) || !isRelative(pkg) && matchesEnd(pkg, f.Package))
}

// matchesWhole reports whether a name is the text, or a glob of it.
func matchesWhole(name, text string) bool {
	match, err := path.Match(name, text)
	return name == text || err == nil && match
}

// matchesEnd reports whether a name is the end of a text, after a slash.
func matchesEnd(name, text string) bool {
	return text == name || name != "" && strings.HasSuffix(text, "/"+name)
}

// maxChoices is how many fixtures an error shows of those that an argument names.
const maxChoices = 10

// one returns the fixture that the argument names; several are an error.
func (c *command) one(list []*admin.Fixture) (*admin.Fixture, error) {
	found, _, err := c.choose(list)
	switch {
	case err != nil:
		return nil, err
	case len(found) == 0:
		return nil, fmt.Errorf("no fixtures of %s are stored", c.args[0])
	case len(found) > 1:
		text := fmt.Sprintf("%q names %d fixtures, which are told apart by their packages:", c.args[0], len(found))
		for i, f := range found {
			if i == maxChoices {
				text += fmt.Sprintf("\n    and %d more, which cachetest list %s shows", len(found)-i, human.ShellQuote(c.args[0]))
				break
			}
			text += "\n    " + human.ShellQuote(f.Name())
		}
		return nil, errors.New(text)
	}
	return found[0], nil
}

func unknownKey(arg string, list []*admin.Fixture) error {
	if len(list) == 0 {
		return fmt.Errorf("no fixture %q: nothing is stored", arg)
	}
	var keys []string
	for _, f := range list {
		if !slices.Contains(keys, f.Key) {
			keys = append(keys, f.Key)
		}
	}
	near := nearestText(arg, keys)
	if _, key, ok := strings.Cut(arg, ":"); ok && near == "" { // with its package
		near = nearestText(key, keys)
	}
	if near != "" {
		return fmt.Errorf("no fixture %q%s", arg, near)
	}
	return fmt.Errorf("no fixture %q; run 'cachetest list' for those that there are", arg)
}

// isPackagePattern tells patterns of packages from keys, and from a key with its
// package: they may well match nothing, as with the go command.
func isPackagePattern(arg string) bool {
	return !strings.Contains(arg, ":") && (strings.Contains(arg, "...") || isRelative(arg))
}

// shown returns how many fixtures a list would show: those that are stored, and
// those that never are, but none that only the logs remember.
func shown(list []*admin.Fixture, events []engine.Event) (n int) {
	never := neverStored(list, events)
	for _, f := range list {
		if len(f.Records) > 0 || slices.ContainsFunc(never, func(n report.NotStored) bool { return n.Package == f.Package && n.Key == f.Key }) {
			n++
		}
	}
	return n
}

// tellEmpty says that nothing was chosen, and where something would be.
func (c *command) tellEmpty(others int) {
	switch {
	case len(c.args) > 0:
		fmt.Fprintf(c.out, "no fixtures of %s are stored\n", strings.Join(c.args, ", "))
	case others > 0:
		fmt.Fprintf(c.out, "no fixtures of this module are stored; -all shows %s of others\n", human.Count(others, "fixture"))
	default:
		fmt.Fprintf(c.out, "nothing is stored in %s\n", c.dir)
	}
}

// tellOthers says how many fixtures of other modules are not shown.
func (c *command) tellOthers(others int) {
	if others > 0 {
		fmt.Fprintf(c.out, "\n%s of other modules: -all shows them\n", human.Count(others, "fixture"))
	}
}
