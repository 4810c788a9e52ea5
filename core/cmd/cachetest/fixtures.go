package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/admin"
)

// A fixture is all records under one key.
type fixture struct {
	Package string
	Key     string
	Records []*admin.Stored // the last used first
	Size    int64           // of the outputs, equal ones counted once
}

func (f *fixture) name() string { return f.Package + ":" + f.Key }

// used returns when a record of it was last used.
func (f *fixture) used() time.Time { return f.Records[0].Used }

// newest returns the record that was built last.
func (f *fixture) newest() *admin.Stored {
	return slices.MaxFunc(f.Records, func(a, b *admin.Stored) int { return a.Built.Compare(b.Built) })
}

// fixtures returns what the cache holds, by package and key.
func fixtures(c *admin.Cache, inputs bool) []*fixture {
	bySlot := map[string]*fixture{}
	var list []*fixture
	for s := range c.Records(inputs) {
		f := bySlot[s.Slot]
		if f == nil {
			f = &fixture{Package: s.Package, Key: s.Key}
			bySlot[s.Slot] = f
			list = append(list, f)
		}
		f.Records = append(f.Records, s)
	}
	for _, f := range list {
		f.finish()
	}
	slices.SortFunc(list, func(a, b *fixture) int {
		return cmp.Or(cmp.Compare(a.Package, b.Package), cmp.Compare(a.Key, b.Key))
	})
	return list
}

func (f *fixture) finish() {
	slices.SortStableFunc(f.Records, func(a, b *admin.Stored) int { return b.Used.Compare(a.Used) })
	outputs := map[string]bool{}
	for _, s := range f.Records {
		if !outputs[s.Output] {
			outputs[s.Output] = true
			f.Size += s.Size
		}
	}
}

// selectFixtures returns the fixtures that one of the arguments names, all if
// there are none. An argument that names nothing is an error.
func selectFixtures(list []*fixture, args []string) ([]*fixture, error) {
	if len(args) == 0 {
		return list, nil
	}
	m, err := newModule()
	if err != nil {
		return nil, err
	}
	return pick(list, args, m.matches)
}

// pick is selectFixtures with what it takes to match an argument.
func pick(list []*fixture, args []string, matches func(arg string, f *fixture) bool) ([]*fixture, error) {
	var selected []*fixture
	for _, arg := range args {
		found := false
		for _, f := range list {
			if matches(arg, f) {
				found = true
				if !slices.Contains(selected, f) {
					selected = append(selected, f)
				}
			}
		}
		if !found && !isPackagePattern(arg) {
			return nil, unknownKey(arg, list)
		}
	}
	return selected, nil
}

// oneFixture returns the fixture that an argument names; several are an error.
func oneFixture(list []*fixture, arg string) (*fixture, error) {
	found, err := selectFixtures(list, []string{arg})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("no fixtures of %s are stored", arg)
	}
	if len(found) > 1 {
		var names []string
		for _, f := range found {
			names = append(names, f.name())
		}
		return nil, fmt.Errorf("%q names %d fixtures; choose one of %s", arg, len(found), strings.Join(names, ", "))
	}
	return found[0], nil
}

func unknownKey(arg string, list []*fixture) error {
	if len(list) == 0 {
		return fmt.Errorf("no fixture %q: nothing is stored", arg)
	}
	var keys []string
	for _, f := range list {
		if !slices.Contains(keys, f.Key) {
			keys = append(keys, f.Key)
		}
	}
	if near := nearestText(arg, keys); near != "" {
		return fmt.Errorf("no fixture %q%s", arg, near)
	}
	return fmt.Errorf("no fixture %q; run 'cachetest list' for those that there are", arg)
}

// isPackagePattern tells patterns of packages from keys, and from a key with its
// package: they may well match nothing, as with the go command.
func isPackagePattern(arg string) bool {
	return !strings.Contains(arg, ":") && (strings.Contains(arg, "...") || isRelative(arg))
}

// matches reports whether an argument names a fixture.
func (m module) matches(arg string, f *fixture) bool {
	return m.namesPackage(arg, f) || namesKey(arg, f)
}

// namesPackage reports whether an argument names a fixture with its package: by
// that and its key, or a glob of keys, or by a pattern of packages.
func (m module) namesPackage(arg string, f *fixture) bool {
	if isPackagePattern(arg) {
		return m.matchesPackage(arg, f.Package)
	}
	pkg, key, ok := strings.Cut(arg, ":")
	return arg == f.name() || ok && m.matchesPackage(pkg, f.Package) && namesKey(key, f)
}

// namesKey reports whether an argument is the key of a fixture, or a glob of it.
func namesKey(arg string, f *fixture) bool {
	match, err := path.Match(arg, f.Key)
	return arg == f.Key || err == nil && match && !isPackagePattern(arg)
}

// writeJSON writes what programs read: one value.
func (c *command) writeJSON(v any) error {
	e := json.NewEncoder(c.out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
