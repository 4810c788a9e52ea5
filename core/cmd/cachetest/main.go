// Command cachetest shows what the cache of package cachetest holds, why
// fixtures were built again and what the cache has saved, and keeps it in
// bounds. Install it as a tool of a module:
//
//	go get -tool github.com/fixturecache/fixturecache/core/cmd/cachetest
//	go tool cachetest help
//
// It may be used beside any number of running tests.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/human"
)

func main() {
	out := bufio.NewWriter(os.Stdout)
	status := run(os.Args[1:], out, os.Stderr)
	if err := out.Flush(); err != nil && status == 0 {
		fmt.Fprintln(os.Stderr, "cachetest:", err)
		status = 1 // a full disk, a closed pipe
	}
	os.Exit(status)
}

// A command is one run of one verb.
type command struct {
	verb  *verb
	out   io.Writer // the standard output, for text: see human.Visible
	raw   io.Writer // the standard output, for bytes
	err   io.Writer
	flags *flag.FlagSet
	args  []string // after the flags
	all   bool     // -all: fixtures of the whole store, not those of the module
	json  bool     // -json: for programs
	dir   string   // directory of the store, set by open

	view // set by look
}

var (
	// errStatus asks for exit status 1 and says nothing.
	errStatus = errors.New("status 1")
	// errUsage asks for the usage of the verb, and status 2.
	errUsage = errors.New("usage")
)

// run returns the exit status: 0, 1 for an error, 2 for misuse.
func run(args []string, out, errOut io.Writer) int {
	if len(args) == 0 {
		help(errOut, errOut, nil)
		return 2
	}
	if slices.Contains([]string{"help", "-h", "-help", "--help"}, args[0]) {
		return help(out, errOut, args[1:])
	}
	v := findVerb(args[0])
	if v == nil {
		return unknownVerb(errOut, args[0])
	}
	c, do := v.newCommand(out, errOut)
	err, status := c.flags.Parse(args[1:]), 2
	if err == nil {
		err, status = c.begin(do), 1
	}
	switch {
	case err == nil:
		return 0
	case errors.Is(err, flag.ErrHelp):
		return help(out, errOut, []string{v.name})
	case errors.Is(err, errUsage):
		fmt.Fprintf(errOut, "usage: %s\n", v.usage())
		status = 2
	case !errors.Is(err, errStatus):
		fmt.Fprintf(human.Visible(errOut), "cachetest %s: %v\n", v.name, c.explain(err))
	}
	if status == 2 {
		fmt.Fprintf(errOut, "Run 'cachetest help %s' for more.\n", v.name)
	}
	return status
}

// begin does what all verbs begin with, and then calls do, which is the verb itself.
func (c *command) begin(do func() error) error {
	if c.args = c.flags.Args(); len(c.args) > c.verb.most {
		return errUsage
	}
	if dir := c.flags.Lookup("C").Value.String(); dir != "" {
		if err := os.Chdir(dir); err != nil {
			return err
		}
	}
	if c.verb.fixtures != none {
		if err := c.look(c.verb.fixtures); err != nil {
			return err
		}
	}
	return do()
}

// explain returns the error to show. Where an operation on a file inside the store
// failed, it names the store and not the file, whose name would tell nobody anything.
func (c *command) explain(err error) error {
	var failed *fs.PathError
	if c.dir == "" || !errors.As(err, &failed) || !strings.HasPrefix(failed.Path, c.dir+string(filepath.Separator)) {
		return err
	}
	return fmt.Errorf("the store %s cannot be changed: %w", c.dir, failed.Err)
}

// writeJSON writes one value as JSON, for programs.
func (c *command) writeJSON(v any) error {
	e := json.NewEncoder(c.out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
