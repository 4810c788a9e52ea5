package engine

import (
	"bytes"
	"os"
	"runtime"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/settings"
	"github.com/fixturecache/fixturecache/core/internal/trace"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// programs gathers the programs that were started, for which the log has the
// same line as for a file that is opened.
type programs struct {
	early, late bool // whether any can have been started before the build, and since

	commands []string
	self     bool   // the build started the test binary
	why      string // those count that were started before
}

// programs says when programs can have been started that matter: fn's code, or
// that of the whole run where it counts, must be able to start some. What else is
// started meanwhile another test does.
func (b *builder) programs() programs {
	if !b.asks(settings.Commands) {
		return programs{}
	}
	return programs{early: !b.c.host.Children.StartedNone(), late: !b.offspring.StartedNone()}
}

// noteProgram notes a file that was opened, and may have been started.
func (c *collector) noteProgram(r trace.Read, name string) {
	late := r.After && !r.Aside && c.ran.late
	if !r.Opened || !late && !(r.Before && c.ran.early) || !c.wasRun(r) {
		return
	}
	text := input.Show(name) + " was run"
	if !late {
		text += " before the build function"
		c.ran.why = c.whyEarly()
	}
	exe, err := os.Executable()
	c.ran.self = c.ran.self || late && err == nil && r.Name == exe
	if !slices.Contains(c.ran.commands, text) {
		c.ran.commands = append(c.ran.commands, text)
	}
}

// whyEarly says why it counts what was read before the build began.
func (b *builder) whyEarly() string {
	switch {
	case b.closure == nil:
		return "; all that this process read counts, as the code of the build function is not known"
	case b.closure.Cause.What != "":
		return "; " + b.closure.Since()
	}
	return "; the build function uses variables that it, or what it calls, may have filled before"
}

// wasRun reports whether a file that was opened may have been started. What is
// gone cannot be looked at: who makes a program and runs it opens it twice. Where a
// relative name leads to nothing, it may be that of a program in another directory
// (exec.Cmd.Dir).
func (c *collector) wasRun(r trace.Read) bool {
	own := c.notInput(r.Name)
	if _, err := unlogged.StatPath(r.Name); err != nil {
		return r.Relative > 0 || own && r.Again && c.closure != nil
	}
	return isProgram(r.Name)
}

// isProgram reports whether a file may be executed and begins like one.
func isProgram(path string) bool {
	st, err := unlogged.StatPath(path)
	if err != nil || !st.Mode.IsRegular() || runtime.GOOS != "windows" && st.Mode.Perm()&0o111 == 0 {
		return false
	}
	f, err := unlogged.Open(path)
	if err != nil {
		return true
	}
	defer f.Close()
	head := make([]byte, 4)
	n, _ := f.Read(head)
	head = head[:n]
	return bytes.HasPrefix(head, []byte("#!")) || bytes.HasPrefix(head, []byte("\x7fELF")) ||
		bytes.HasPrefix(head, []byte("\xcf\xfa\xed\xfe")) || bytes.HasPrefix(head, []byte("\xca\xfe\xba\xbe")) || bytes.HasPrefix(head, []byte("MZ"))
}
