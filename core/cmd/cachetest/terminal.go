package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/admin"
	"github.com/fixturecache/fixturecache/core/internal/human"
	"github.com/fixturecache/fixturecache/core/internal/report"
)

// progressInterval is how long a line of progress stands before the next replaces it.
const progressInterval = 100 * time.Millisecond

// progress returns a function that shows on one line of a terminal how far some work
// is. An empty format clears the line. Elsewhere it shows nothing.
func (c *command) progress() func(format string, args ...any) {
	if !isTerminal(c.err) {
		return func(string, ...any) {}
	}
	var last time.Time
	return func(format string, args ...any) {
		if format == "" {
			fmt.Fprint(c.err, "\r\x1b[K")
		} else if now := time.Now(); now.Sub(last) >= progressInterval {
			last = now
			fmt.Fprintf(c.err, "\r\x1b[K"+format, args...)
		}
	}
}

func isTerminal(w any) bool {
	f, ok := w.(*os.File)
	if !ok || os.Getenv("TERM") == "dumb" {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// The colours of a terminal (ECMA-48).
const (
	bold   = "\x1b[1m"
	red    = "\x1b[31m"
	green  = "\x1b[32m"
	yellow = "\x1b[33m"
	normal = "\x1b[0m"
)

// coloured reports whether the standard output is a terminal and NO_COLOR is not set
// (https://no-color.org).
func coloured() bool { return os.Getenv("NO_COLOR") == "" && isTerminal(os.Stdout) }

// colour returns text in a colour, or as it is where the output is not coloured.
func (c *command) colour(code, text string) string {
	if code == "" || !coloured() {
		return text
	}
	return code + text + normal
}

// visible returns a writer that makes control characters visible, such as those in the
// name of a file; the colours above pass where the output is coloured.
func visible(out io.Writer) io.Writer {
	if coloured() {
		return human.Visible(out, bold, red, green, yellow, normal)
	}
	return human.Visible(out)
}

// paint returns a [report.Table]'s Paint that colours a column of states.
func (c *command) paint(column int) func(int, string) string {
	return func(i int, cell string) string {
		switch {
		case i != column:
			return cell
		case cell == string(admin.Changed):
			return c.colour(red, cell)
		case cell == string(admin.Same):
			return c.colour(green, cell)
		}
		return c.colour(yellow, cell)
	}
}

// wrap writes text after a prefix in lines of 80 columns, the others indented.
func (c *command) wrap(prefix, text string, indent int) {
	fmt.Fprintf(c.out, "%s%s\n", prefix, report.Wrap(text, len(prefix), indent))
}

// writeName writes the key of a fixture and its package.
func (c *command) writeName(key, pkg string) {
	t := report.Table{Columns: []report.Column{{Wrap: true}, {Wrap: true}}}
	t.Add(key, pkg)
	t.Write(c.out)
}
