package main

import (
	"cmp"
	"errors"
	"fmt"
	"go/build"
	"path"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/admin"
	"github.com/fixturecache/fixturecache/core/internal/human"
)

// choose sets chosen to the fixtures that the arguments name, or without arguments to
// those of the module, with -all to those of the store.
//
// A key alone names fixtures of the module; a package names those of any module. An
// argument that names nothing is an error, unless it is a pattern of packages.
func (c *command) choose() error {
	switch {
	case len(c.args) > 0:
		return c.chooseNamed()
	case c.all:
		c.chosen = c.list
		return nil
	case c.module.path == "":
		return errors.New("there is no go.mod here or above: run it in a module, or with -all for the whole store")
	}
	for _, f := range c.list {
		if c.module.owns(f) {
			c.chosen = append(c.chosen, f)
		} else {
			c.others = append(c.others, f)
		}
	}
	return nil
}

func (c *command) chooseNamed() error {
	for _, arg := range c.args {
		found, elsewhere := c.find(arg)
		switch {
		case len(found) == 0 && len(elsewhere) > 0:
			return fmt.Errorf("no fixture %q in module %s: name it with its package, as in %s", arg, c.module.path, elsewhere[0].Name())
		case len(found) == 0 && !isPackagePattern(arg):
			return unknownKey(arg, c.list)
		}
		for _, f := range found {
			if !slices.Contains(c.chosen, f) {
				c.chosen = append(c.chosen, f)
			}
		}
	}
	return nil
}

// find returns the fixtures that an argument names as it stands, or if there are none
// as a glob, or if there are none by the end of a key or of a path; elsewhere are those
// of other modules that it names by their key alone.
func (c *command) find(arg string) (found, elsewhere []*admin.Fixture) {
	isText := func(name, text string) bool { return name == text }
	for _, matches := range []func(name, text string) bool{isText, matchesGlob, matchesEnd} {
		for _, f := range c.list {
			switch {
			case c.module.namesPackage(arg, f, matches):
				found = append(found, f)
			case !isPackagePattern(arg) && matches(arg, f.Key):
				if c.all || c.module.path == "" || c.module.owns(f) {
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

// namesPackage reports whether an argument names a fixture by its package: by its
// package and key, or by a pattern of packages.
func (m module) namesPackage(arg string, f *admin.Fixture, matches func(name, text string) bool) bool {
	if isPackagePattern(arg) {
		return m.matchesPackage(arg, f.Package)
	}
	pkg, key, ok := strings.Cut(arg, ":")
	return arg == f.Name() || ok && matches(key, f.Key) && (m.matchesPackage(pkg, f.Package) || !build.IsLocalImport(pkg) && matchesEnd(pkg, f.Package))
}

// matchesGlob reports whether a name is a glob that matches the text.
func matchesGlob(name, text string) bool {
	match, err := path.Match(name, text)
	return err == nil && match
}

// matchesEnd reports whether a name is the end of a text, after a slash.
func matchesEnd(name, text string) bool {
	return text == name || name != "" && strings.HasSuffix(text, "/"+name)
}

// maxChoices is how many of the fixtures that an argument names an error lists.
const maxChoices = 10

// one returns the fixture that the argument names; several are an error.
func (c *command) one() (*admin.Fixture, error) {
	switch len(c.chosen) {
	case 0:
		return nil, fmt.Errorf("no fixtures of %s are stored", c.args[0])
	case 1:
		return c.chosen[0], nil
	}
	text := fmt.Sprintf("%q names %d fixtures, which are told apart by their packages:", c.args[0], len(c.chosen))
	for _, f := range c.chosen[:min(len(c.chosen), maxChoices)] {
		text += "\n    " + human.ShellQuote(f.Name())
	}
	if more := len(c.chosen) - maxChoices; more > 0 {
		text += fmt.Sprintf("\n    and %d more, which cachetest list %s shows", more, human.ShellQuote(c.args[0]))
	}
	return nil, errors.New(text)
}

func unknownKey(arg string, list []*admin.Fixture) error {
	if len(list) == 0 {
		return fmt.Errorf("no fixture %q: nothing is stored", arg)
	}
	var keys []string
	for _, f := range list {
		keys = append(keys, f.Key)
	}
	key := arg[strings.IndexByte(arg, ':')+1:] // without its package
	near := cmp.Or(nearestText(arg, keys), nearestText(key, keys))
	return fmt.Errorf("no fixture %q%s", arg, cmp.Or(near, "; run 'cachetest list' for those that there are"))
}

// isPackagePattern reports whether an argument is a pattern of packages, which may
// match nothing, as with the go command, and not a key, alone or with its package.
func isPackagePattern(arg string) bool {
	return !strings.Contains(arg, ":") && (strings.Contains(arg, "...") || build.IsLocalImport(arg))
}
