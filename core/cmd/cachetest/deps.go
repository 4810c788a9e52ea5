package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strconv"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/admin"
	"github.com/fixturecache/fixturecache/core/internal/code"
	"github.com/fixturecache/fixturecache/core/internal/report"
)

var depsVerb = verb{
	name:  "deps",
	args:  "[-json] [-why NAME] [-tags LIST] KEY | PKG FUNC...",
	short: "show the declarations that a function can reach",
	most:  many, json: "one object for each line, then a summary",
	long: `
The closure of the build function of a fixture, by its key, or of package-level
functions and Test functions of a package, without running them: a line for each
declaration with its import path and name, a tab, file:line; methods are written
import/path.(T).Name or import/path.(*T).Name. A method is asked for as T.Name.
What else counts has lines of its own, such as imports that may register
something, the go line, and the modules that count by their version: module
PATH, a tab, VERSION. On a terminal they are columns, and long names are cut in
the middle. Where source does not tell what a function reaches more is
shown than it may need, and the reason is written to standard error.`,
	setup: func(c *command) func() error {
		why := c.flags.String("why", "", "print a shortest path from FUNC to the declaration `NAME`")
		tags := c.flags.String("tags", "", "build tags, a `list` separated by commas")
		return func() error { return c.deps(*why, *tags) }
	},
}

func (c *command) deps(why, tags string) (err error) {
	var d *code.Deps
	of := ""
	switch len(c.args) {
	case 0:
		return errUsage
	case 1:
		of = strconv.Quote(c.args[0])
		d, err = c.depsOfKey()
	default:
		of = strings.Join(c.args[1:], " ")
		d, err = findDeps(c.args[0], tags, c.args[1:])
	}
	var none *code.NoFunctionError
	switch {
	case errors.As(err, &none):
		return fmt.Errorf("%w%s", err, nearestText(none.Name, none.Functions))
	case err != nil:
		return err
	case why != "":
		chain := d.Chain(why)
		if chain == nil {
			var names []string
			for _, decl := range d.Decls() {
				names = append(names, path.Base(decl.Name))
			}
			return fmt.Errorf("%s is not in the closure of %s%s", why, of, nearestText(path.Base(why), names))
		}
		return c.writePairs(pairs(chain, "  "))
	case c.json:
		writeDepsJSON(c.out, d)
		return nil
	}
	list := pairs(d.Decls(), "")
	for _, m := range d.Modules {
		list = append(list, [2]string{"module " + m.Path, m.Version})
	}
	err = c.writePairs(list)
	for _, reason := range d.Fallback {
		fmt.Fprintf(c.err, "wider than it may need: %s\n", reason)
	}
	return err
}

// pairs returns declarations with their places, each indented more than the one before.
func pairs(decls []code.Decl, indent string) (list [][2]string) {
	for i, d := range decls {
		place := strings.TrimSuffix(fmt.Sprintf("%s:%d", d.File, d.Line), ":0") // "" or a file for a whole package
		list = append(list, [2]string{strings.Repeat(indent, i) + d.Name, place})
	}
	return list
}

// writePairs writes pairs with a tab in each, for programs, or on a terminal in
// columns.
func (c *command) writePairs(list [][2]string) error {
	t := report.Table{Columns: []report.Column{{Cut: true}, {Cut: true}}}
	for _, pair := range list {
		if t.Add(pair[0], pair[1]); !isTerminal(os.Stdout) {
			fmt.Fprintf(c.out, "%s\t%s\n", pair[0], pair[1])
		}
	}
	if isTerminal(os.Stdout) {
		return t.Write(c.out)
	}
	return nil
}

// depsOfKey returns the closure of a fixture in the source that is on disk.
func (c *command) depsOfKey() (*code.Deps, error) {
	if err := c.look(known); err != nil {
		return nil, err
	}
	f, err := c.one()
	if err != nil {
		return nil, err
	}
	if len(f.Records) == 0 {
		return nil, fmt.Errorf("nothing of %q is stored: 'cachetest deps PKG FUNC' shows what the test that asks for it can reach", f.Key)
	}
	inspector, err := c.inspect()
	if err != nil {
		return nil, err
	}
	closure := inspector.Fixture([]*admin.Stored{f.Newest()}).Code
	if closure == nil {
		return nil, fmt.Errorf("the source does not tell what %q reaches: the whole test binary counts, or only a run can tell", f.Key)
	}
	return &code.Deps{Closure: closure}, nil
}

func findDeps(pkg, tags string, funcs []string) (*code.Deps, error) {
	wd, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	dir, err := code.FindPackage(wd, pkg)
	if err != nil {
		return nil, err
	}
	list := strings.FieldsFunc(tags, func(r rune) bool { return r == ',' || r == ' ' })
	return code.FindDeps(code.Static(dir, list...), funcs...)
}

// A summary counts the declarations of a closure and the lines of all that is in it. The
// totals, of a closure of functions that are named, are those of the package's tests.
type summary struct {
	Decls      int      `json:"decls"`
	Lines      int      `json:"lines"`
	TotalDecls int      `json:"total_decls,omitempty"`
	TotalLines int      `json:"total_lines,omitempty"`
	Fallbacks  []string `json:"fallbacks"`
}

func writeDepsJSON(w io.Writer, d *code.Deps) {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	s := summary{Fallbacks: append([]string{}, d.Fallback...)}
	add := func(decls, lines *int, c code.Decl) {
		if *lines += c.Lines; !c.Aside {
			*decls++
		}
	}
	for _, c := range d.Total {
		add(&s.TotalDecls, &s.TotalLines, c)
	}
	for _, c := range d.Decls() {
		enc.Encode(map[string]any{"decl": c.Name, "file": c.File, "line": c.Line, "lines": c.Lines})
		add(&s.Decls, &s.Lines, c)
	}
	for _, m := range d.Modules {
		enc.Encode(map[string]any{"module": m.Path, "version": m.Version})
	}
	enc.Encode(map[string]summary{"summary": s})
}
