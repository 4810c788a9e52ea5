package main

import (
	"fmt"
	"os"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/admin"
)

// progressInterval is how often a line of progress is written anew.
const progressInterval = 100 * time.Millisecond

// progress returns a function that shows how far long work is, on one line of
// a terminal, which an empty text clears. Elsewhere it shows nothing.
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
	bold   = "1"
	red    = "31"
	green  = "32"
	yellow = "33"
)

// colour returns text in a colour where the standard output is a terminal, unless
// NO_COLOR is set (https://no-color.org).
func (c *command) colour(code, text string) string {
	if code == "" || os.Getenv("NO_COLOR") != "" || !isTerminal(os.Stdout) {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// paint returns what colours a column of states.
func (c *command) paint(column int) func(int, string) string {
	return func(i int, cell string) string {
		switch {
		case i != column:
			return cell
		case cell == stateNames[admin.Changed]:
			return c.colour(red, cell)
		case cell == stateNames[admin.Same]:
			return c.colour(green, cell)
		}
		return c.colour(yellow, cell)
	}
}
