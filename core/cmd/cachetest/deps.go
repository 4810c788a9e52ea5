package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/source"
)

// runDeps prints the closure of a package-level function or Test function
// without running it: one line for each declaration, import/path.Name, a tab,
// file:line; methods as import/path.(T).Name or import/path.(*T).Name.
func runDeps(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("deps", flag.ContinueOnError)
	flags.SetOutput(stderr)
	asJSON := flags.Bool("json", false, "one object for each line, then a summary")
	why := flags.String("why", "", "print a shortest path from FUNC to the declaration `NAME`")
	tags := flags.String("tags", "", "build tags, separated by commas")
	if flags.Parse(args) != nil {
		return 2
	}
	if flags.NArg() < 2 {
		fmt.Fprintln(stderr, "usage: cachetest deps [-json] [-why NAME] [-tags LIST] PKG FUNC...")
		return 2
	}
	d, err := findDeps(flags.Arg(0), *tags, flags.Args()[1:])
	if err != nil {
		fmt.Fprintln(stderr, "cachetest:", err)
		return 1
	}
	out := bufio.NewWriter(stdout)
	defer out.Flush()
	switch {
	case *why != "":
		path := d.Why(*why)
		if path == nil {
			fmt.Fprintf(stderr, "cachetest: %s is not in the closure of %s\n", *why, strings.Join(flags.Args()[1:], " "))
			return 1
		}
		for i, s := range path {
			fmt.Fprintf(out, "%s%s\t%s:%d\n", strings.Repeat("  ", i), s.Name, s.File, s.Line)
		}
	case *asJSON:
		printJSON(out, d)
	default:
		for _, s := range d.Decls {
			fmt.Fprintf(out, "%s\t%s:%d\n", s.Name, s.File, s.Line)
		}
	}
	return 0
}

func findDeps(pkg, tags string, funcs []string) (*source.Deps, error) {
	wd, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	dir, err := source.FindPackage(wd, pkg)
	if err != nil {
		return nil, err
	}
	list := strings.FieldsFunc(tags, func(r rune) bool { return r == ',' || r == ' ' })
	return source.Static(dir, list...).Deps(funcs...)
}

type declLine struct {
	Decl  string `json:"decl"`
	File  string `json:"file"`
	Line  int    `json:"line"`
	Lines int    `json:"lines"`
}

type summary struct {
	Decls      int      `json:"decls"`
	Lines      int      `json:"lines"`
	TotalDecls int      `json:"total_decls"`
	TotalLines int      `json:"total_lines"`
	Fallbacks  []string `json:"fallbacks"`
}

func printJSON(w io.Writer, d *source.Deps) {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	s := summary{Fallbacks: append([]string{}, d.Fallback...)}
	for _, c := range d.Decls {
		enc.Encode(declLine{c.Name, c.File, c.Line, c.Lines})
		s.Decls++
		s.Lines += c.Lines
	}
	for _, c := range d.Total {
		s.TotalDecls++
		s.TotalLines += c.Lines
	}
	enc.Encode(map[string]summary{"summary": s})
}
