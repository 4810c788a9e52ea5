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
	"github.com/fixturecache/fixturecache/core/internal/settings"
	"github.com/fixturecache/fixturecache/core/internal/trace"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// addUnlogged adds what the log does not show: what the code reads before the log begins or
// past it, by names that the source tells, and all environment variables if the code asks
// for them.
func (c *collector) addUnlogged() *notStored {
	known := c.behaviour()
	switch {
	case known == nil && (c.code == nil || c.spec.Callee == ""): // CodeNone, or a program, which declares what it reads
		return nil
	case known == nil:
		return c.environment()
	}
	if known.DependsOn(settings.Stdin) && process.Setting(settings.Stdin) != "" {
		return &notStored{"stdin", "it can read the standard input, which is no file that stays: run the tests without one (</dev/null), or add cachetest.DeclaredOnly() if it cannot matter"}
	}
	for _, r := range known.Early {
		var why *notStored
		switch r.Kind {
		case code.ReadVariable:
			why = c.env(r.Name, true)
		case code.ReadFile:
			why = c.addPath(trace.Read{Name: c.World.Abs(r.Name), Before: true, Opened: true, Relative: trace.Relative(r.Name)})
		case code.ReadDir:
			c.add(c.World.CheckoutAt())
			c.cwd.addStart(1)
		}
		if why != nil {
			return why
		}
	}
	if known.DependsOn(settings.Variables) {
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
			more, why := c.envFlags(name, true)
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

// constants returns the files and directories that fn opens by a constant name. Where reads
// are not recorded they are inputs beside the declared ones, in case a declaration forgets
// them. They prove nothing of what fn opens by a name that it computes.
func (b *builder) constants(declared []input.Input, old input.Lookup) (ins []input.Input) {
	c := &collector{builder: b, ins: declared}
	for _, p := range b.paths() {
		path := b.World.Abs(p.Path)
		name := b.World.Name(path)
		if _, system := process.SystemDir(b.World.Root, path); !p.Opened || system || c.notInput(path) || input.Matches(b.ignorePatterns(), name) || c.has(input.File, name) {
			continue
		}
		var found []input.Input
		switch {
		case process.Within(b.World.Dir, []string{path}): // all that is in it would be the package itself, and more
			found = []input.Input{b.World.DirAt(name, input.Declared, old.Find(input.Dir, name))}
		default:
			found, _ = b.World.At(name, b.ignorePatterns(), old)
			if input.IsGlob(p.Path) { // it may be a name all the same
				more, _ := b.World.Expand(b.World.PatternName(p.Path), b.ignorePatterns(), old)
				found = append(found, more...)
			}
		}
		ins = append(ins, found...)
	}
	return ins
}

// declareAdvice returns the part of a message that says what to declare: an option Files with
// the files that fn opens by a constant name and that are not declared yet.
func (b *builder) declareAdvice(declared []input.Input) string {
	var names []string
	for _, p := range b.paths() {
		if quoted := fmt.Sprintf("%q", p.Path); p.Opened && !b.holds(declared, b.World.Name(b.World.Abs(p.Path))) && !slices.Contains(names, quoted) {
			names = append(names, quoted)
		}
	}
	if len(names) == 0 {
		return "what it reads, if anything, with cachetest.Files and Env,"
	}
	slices.Sort(names)
	return "it all, cachetest.Files(" + strings.Join(names, ", ") + ") for one,"
}

// unreadPath returns a path that fn's code names, at which there is something, and which is
// no input: it may have been read unseen. The zero Path is none. Of a fixture with children
// none is returned, as what those read is theirs.
func (b *builder) unreadPath(ins []input.Input) (p code.Path) {
	if b.traceErr != nil || b.spec.DeclaredOnly || len(b.frame.children) > 0 {
		return p
	}
	for _, p := range b.paths() {
		path := filepath.Join(b.workingDir(), p.Path)
		name := b.World.Name(path)
		if !filepath.IsLocal(p.Path) || input.Matches(b.ignorePatterns(), name) || b.holds(ins, name) {
			continue
		}
		if _, err := unlogged.StatPath(path); err == nil && !b.closure.Embeds(name) { // where it is a name in an embed.FS
			return p
		}
	}
	return p
}

// holds reports whether a file, or one below a directory, is among some inputs.
func (b *builder) holds(ins []input.Input, name string) bool {
	return slices.ContainsFunc(ins, func(in input.Input) bool {
		return in.Kind == input.File && process.Within(b.World.Name(filepath.Clean(b.World.Path(in.Name))), []string{name})
	})
}

// programs gathers the programs that were started, for which the log has the
// same line as for a file that is opened.
type programs struct {
	early, late bool // whether any can have been started before the build, and since

	commands []string
	advice   string // how to tell what is in one of them
	self     bool   // the build started or read the test binary
	why      string // the part of a message that says why what was read or started before the build counts
}

// programsSeen says when programs can have been started that matter: fn's code, or
// that of the whole run where it counts, must be able to start some. What else is
// started meanwhile another test does.
func (b *builder) programsSeen() programs {
	if !b.dependsOn(settings.Commands) {
		return programs{}
	}
	return programs{early: !b.c.host.Children.StartedNone(), late: !b.offspring.StartedNone()}
}

// noteProgram notes a file that was opened, and may have been started.
func (c *collector) noteProgram(r trace.Read, name string) {
	late := r.After && !r.Aside && c.ran.late
	if r.Opened && r.After && !r.Aside && process.IsBinary(r.Name) && (late || c.dependsOn(settings.Reads)) {
		c.ran.self = true
	}
	if !r.Opened || !late && !(r.Before && c.ran.early) || !c.wasRun(r) {
		return
	}
	text := input.Show(name) + " was run"
	if !late {
		text += " before the build function"
		c.ran.why = c.whyEarly()
	}
	if c.ran.advice == "" {
		c.ran.advice = c.programAdvice(r.Name)
	}
	if !slices.Contains(c.ran.commands, text) {
		c.ran.commands = append(c.ran.commands, text)
	}
}

// programAdvice returns the part of a message that says how to declare a program that was
// started; "" for one that GoBuild has built within fn.
func (c *collector) programAdvice(path string) string {
	name := strings.TrimSuffix(filepath.Base(path), ".exe")
	found, _, _ := c.World.FindTool(name)
	switch advice := c.asPath(path); {
	case advice != "":
		return advice
	case c.c.inStore(path) && len(c.frame.children) == 0:
		return withPath(path)
	case name == "go":
		return ": GoPackages names what the go command is given, or let cachetest.GoBuild build it"
	case found == path:
		return fmt.Sprintf(", as in cachetest.Tool(%q) and Files for what it reads", name)
	}
	return ""
}

// whyEarly returns the part of a message that says why reads before the build count.
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
	return process.IsProgram(r.Name)
}
