package engine

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/fixturecache/fixturecache/core/internal/code"
	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/process"
	"github.com/fixturecache/fixturecache/core/internal/record"
	"github.com/fixturecache/fixturecache/core/internal/settings"
	"github.com/fixturecache/fixturecache/core/internal/trace"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// unlogged adds what no log tells: what fn's code read before the log began or
// past it, by names that the source tells, and the environment where it asks
// for that.
func (c *collector) unlogged() *notStored {
	known := c.behaviour()
	if known == nil {
		return nil
	}
	if known.Asks(settings.Stdin) && process.Setting(settings.Stdin) != "" {
		return &notStored{"stdin", "it can read the standard input, which is no file that stays: run the tests without one (</dev/null), or add cachetest.DeclaredOnly() if it cannot matter"}
	}
	for _, r := range known.Early {
		var why *notStored
		switch r.Kind {
		case code.ReadVariable:
			why = c.env(r.Name, true)
		case code.ReadFile:
			why = c.addPath(trace.Read{Name: c.World.Abs(r.Name), Before: true, Opened: true, Relative: trace.Relative(r.Name)})
		case code.ReadLink:
			path := r.Name
			if !filepath.IsAbs(path) {
				path = filepath.Join(c.workingDir(), path)
			}
			why = c.addPath(trace.Read{Name: path, Before: c.stateful(), After: true, Relative: trace.Relative(r.Name)})
		case code.ReadDir:
			c.add(c.World.CheckoutAt())
			c.cwd.addStart(1)
		}
		if why != nil {
			return why
		}
	}
	if known.Asks(settings.Variables) {
		return c.environment()
	}
	return nil
}

// environment adds all variables.
func (c *collector) environment() *notStored {
	names := slices.Collect(maps.Keys(c.c.host.Env()))
	for _, kv := range syscall.Environ() {
		name, _, _ := strings.Cut(kv, "=")
		names = append(names, name)
	}
	slices.Sort(names)
	ignored, flags := c.spec.Ignore.Env, c.preset()
	for _, name := range slices.Compact(names) {
		if input.InEnvironment(name, ignored) && !c.has(input.Env, name) {
			more, why := c.setByProcess(name, true)
			if flags |= more; why != nil {
				return why
			}
		}
	}
	c.add(c.World.EnvironmentAt(input.EnvironmentName(ignored), flags, nil))
	return nil
}

// paths are the constants in fn's closure that name files.
func (cl *call) paths() []code.Path {
	if cl.closure == nil {
		return nil
	}
	return cl.closure.Paths
}

// constants are the files and directories that fn opens by a constant. Where
// reads are not recorded they are inputs beside what is declared: that nobody
// forgets those is all that they can do. They prove nothing of what fn opens
// by a name that it makes.
func (b *builder) constants(declared []input.Input, old input.Lookup) (ins []input.Input) {
	c := &collector{builder: b, ins: declared}
	for _, p := range b.paths() {
		path := b.World.Abs(p.Path)
		name := b.World.Name(path)
		if _, system := b.c.systemFile(path); !p.Opened || system || c.notInput(path) || input.Matches(b.ignorePatterns(), name) || c.has(input.File, name) {
			continue
		}
		var found []input.Input
		switch {
		case process.Within(b.World.Dir, []string{path}): // all that is in it would be the package itself, and more
			found = []input.Input{b.World.DirAt(name, input.Declared, old.Find(input.Dir, name))}
		default:
			found, _ = b.World.Expand(b.World.PatternName(p.Path), b.ignorePatterns(), old)
		}
		ins = append(ins, found...)
	}
	return ins
}

// opened names some of the files that fn opens by a constant, as arguments of
// the option that declares them.
func (cl *call) opened() string {
	var names []string
	for _, p := range cl.paths() {
		if quoted := fmt.Sprintf("%q", p.Path); p.Opened && !slices.Contains(names, quoted) {
			names = append(names, quoted)
		}
	}
	if len(names) == 0 {
		return ""
	}
	slices.Sort(names)
	return ", cachetest.Files(" + strings.Join(names, ", ") + ") for one,"
}

// unread names a file or directory of test data that is there, that fn's code
// names, and that is no input: it may have been read in a way that nobody sees. What
// fixtures inside fn read is theirs.
func (b *builder) unread(rec *record.Record) string {
	if b.traceErr != nil || b.spec.DeclaredOnly || len(b.frame.children) > 0 {
		return ""
	}
	for _, p := range b.paths() {
		path := filepath.Join(b.workingDir(), p.Path)
		name := b.World.Name(path)
		if !filepath.IsLocal(p.Path) || input.Matches(b.ignorePatterns(), name) ||
			slices.ContainsFunc(rec.Inputs, func(in input.Input) bool { return in.Kind == input.File && process.Within(in.Name, []string{name}) }) {
			continue
		}
		if _, err := unlogged.StatPath(path); err == nil {
			return fmt.Sprintf("%s (%s:%d)", p.Path, p.File, p.Line)
		}
	}
	return ""
}
