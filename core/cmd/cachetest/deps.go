package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
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
	most:  many,
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
		c.jsonFlag("one object for each line, then a summary")
		why := c.flags.String("why", "", "print a shortest path from FUNC to the declaration `NAME`")
		tags := c.flags.String("tags", "", "build tags, a `list` separated by commas")
		return func() error { return c.deps(*why, *tags) }
	},
}

func (c *command) deps(why, tags string) error {
	if len(c.args) == 0 {
		return errUsage
	}
	if len(c.args) == 1 {
		return c.depsOfKey(why)
	}
	d, err := findDeps(c.args[0], tags, c.args[1:])
	var none *code.NoFunctionError
	if errors.As(err, &none) {
		return fmt.Errorf("%w%s", err, nearestText(none.Name, none.Functions))
	}
	if err != nil {
		return err
	}
	if why != "" {
		return c.writePath(d.Closure, why, strings.Join(c.args[1:], " "))
	}
	return c.writeDeps(d)
}

// writePath shows a shortest path to a declaration.
func (c *command) writePath(closure *code.Closure, to, of string) error {
	chain := closure.Chain(to)
	if chain == nil {
		return fmt.Errorf("%s is not in the closure of %s%s", to, of, nearestText(path.Base(to), declNames(closure.Decls())))
	}
	var list [][2]string
	for i, s := range chain {
		list = append(list, [2]string{strings.Repeat("  ", i) + s.Name, fmt.Sprintf("%s:%d", s.File, s.Line)})
	}
	return c.writePairs(list)
}

// writePairs writes names with what is told of each, a tab between them, for
// programs; a terminal gets columns.
func (c *command) writePairs(list [][2]string) error {
	t := report.Table{Columns: []report.Column{{Cut: true}, {Cut: true}}}
	for _, pair := range list {
		t.Add(pair[0], pair[1])
	}
	if isTerminal(os.Stdout) {
		return t.Write(c.out)
	}
	for _, pair := range list {
		fmt.Fprintf(c.out, "%s\t%s\n", pair[0], pair[1])
	}
	return nil
}

func (c *command) writeDeps(d *code.Deps) error {
	if c.json {
		writeDepsJSON(c.out, d)
		return nil
	}
	var list [][2]string
	for _, s := range d.Decls() {
		list = append(list, [2]string{s.Name, fmt.Sprintf("%s:%d", s.File, s.Line)})
	}
	for _, m := range d.Modules {
		list = append(list, [2]string{"module " + m.Path, m.Version})
	}
	if err := c.writePairs(list); err != nil {
		return err
	}
	for _, reason := range d.Fallback {
		fmt.Fprintf(c.err, "wider than it may need: %s\n", reason)
	}
	return nil
}

// depsOfKey shows the closure of a fixture in the source that is on disk.
func (c *command) depsOfKey(why string) error {
	if err := c.look(stored); err != nil {
		return err
	}
	f, err := c.one()
	if err != nil {
		return err
	}
	inspector, err := c.inspect()
	if err != nil {
		return err
	}
	closure := inspector.Fixture([]*admin.Stored{f.Newest()}).Code
	if closure == nil {
		return fmt.Errorf("the source does not tell what %q reaches: the whole test binary counts, or only a run can tell", f.Key)
	}
	if why != "" {
		return c.writePath(closure, why, strconv.Quote(f.Key))
	}
	return c.writeDeps(&code.Deps{Closure: closure})
}

func declNames(decls []code.Decl) (names []string) {
	for _, d := range decls {
		if name := path.Base(d.Name); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
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

// A summary counts declarations, and not what else is in the closure.
type summary struct {
	Decls      int      `json:"decls"`
	Lines      int      `json:"lines"`
	TotalDecls int      `json:"total_decls,omitempty"` // of the package's tests, of functions that are named
	TotalLines int      `json:"total_lines,omitempty"`
	Fallbacks  []string `json:"fallbacks"`
}

func writeDepsJSON(w io.Writer, d *code.Deps) {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	s := summary{Fallbacks: append([]string{}, d.Fallback...)}
	declared := map[string]bool{}
	for _, c := range d.Total {
		declared[c.Name] = true
		s.TotalDecls++
		s.TotalLines += c.Lines
	}
	for _, c := range d.Decls() {
		enc.Encode(map[string]any{"decl": c.Name, "file": c.File, "line": c.Line, "lines": c.Lines})
		if declared[c.Name] || d.Total == nil && c.Line > 0 {
			s.Decls++
			s.Lines += c.Lines
		}
	}
	for _, m := range d.Modules {
		enc.Encode(map[string]any{"module": m.Path, "version": m.Version})
	}
	enc.Encode(map[string]summary{"summary": s})
}
