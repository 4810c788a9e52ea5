package main

import (
	"fmt"
	"io"
	"os"
	"time"
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

// bold writes text in bold where the standard output is a terminal, unless
// NO_COLOR is set (https://no-color.org).
func (c *command) bold(text string) {
	if os.Getenv("NO_COLOR") == "" && isTerminal(os.Stdout) {
		io.WriteString(c.raw, "\x1b[1m")
		defer io.WriteString(c.raw, "\x1b[0m")
	}
	io.WriteString(c.out, text)
}
