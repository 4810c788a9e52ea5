package engine

import (
	"cmp"
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

// addUnlogged adds inputs that the log does not show: files and variables that the code reads
// before the log begins or past it, by names that the source tells, and all environment
// variables if the code asks for them.
func (c *collector) addUnlogged() *notStored {
	known := c.behaviour()
	switch {
	case known == nil && (c.code == nil || c.spec.Callee == ""): // CodeNone, or a program, which declares what it reads
		return nil
	case known == nil:
		return c.environment("")
	}
	var why *notStored
	if known.DependsOn(settings.Stdin) && process.Setting(settings.Stdin) != "" {
		why = &notStored{"stdin", "it can read the standard input, which is no file that stays: run the tests without one (</dev/null), or add cachetest.DeclaredOnly() if it cannot matter"}
	}
	for _, r := range known.Early {
		prefix, begins := strings.CutSuffix(r.Name, "*")
		switch {
		case r.Kind == code.ReadVariable && begins:
			why = why.and(c.environment(prefix))
		case r.Kind == code.ReadVariable:
			why = why.and(c.env(r.Name, true))
		case r.Kind == code.ReadFile:
			why = why.and(c.addPath(trace.Read{Name: c.World.Abs(r.Name), Before: true, Opened: true, Relative: trace.Relative(r.Name)}))
		case r.Kind == code.ReadDir:
			c.add(c.World.CheckoutAt())
			c.cwd.addStart(1)
		}
	}
	if known.DependsOn(settings.Variables) {
		why = why.and(c.environment(""))
	}
	return why
}

// environment adds all environment variables whose names begin with a prefix as one input.
func (c *collector) environment(prefix string) (why *notStored) {
	all := trace.EnvMap(syscall.Environ())
	maps.Copy(all, c.c.host.Env())
	ignored, flags := c.spec.Ignore.Env, c.preset()|input.Began
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if input.InEnvironment(name, prefix, ignored) && !c.has(input.Env, name) {
			more, no := c.envFlags(name, true)
			flags, why = flags|more, why.and(no)
		}
	}
	c.add(c.World.EnvironmentAt(input.EnvironmentName(prefix, ignored), flags, nil))
	return why
}

// paths returns the constants in fn's closure that name files.
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
		if process.Within(b.World.Dir, []string{path}) { // all that is in it would be the package itself, and more
			ins = append(ins, b.World.DirAt(name, input.Declared, old.Find(input.Dir, name)))
			continue
		}
		found, _ := b.World.At(name, b.ignorePatterns(), old)
		if input.IsGlob(p.Path) { // it may be a name all the same
			more, _ := b.World.Expand(b.World.PatternName(p.Path), b.ignorePatterns(), old)
			found = append(found, more...)
		}
		ins = append(ins, found...)
	}
	return ins
}

// declareAdvice returns the part of a message that says what to declare: an option Files with
// the files that fn opens by a constant name and that are not declared yet.
func (b *builder) declareAdvice(declared []input.Input) string {
	list := slices.DeleteFunc(slices.Clone(b.paths()), func(p code.Path) bool {
		return !p.Opened || b.holds(declared, b.World.Name(b.World.Abs(p.Path)))
	})
	if len(list) == 0 {
		return "what it reads, if anything, with cachetest.Files and Env,"
	}
	return "it all, " + option("Files", pathNames(list)) + " for one,"
}

// option returns an option of that name with what it is given, "" if that is nothing.
func option(name string, args []string) string {
	if len(args) == 0 {
		return ""
	}
	slices.Sort(args)
	quoted := fmt.Sprintf("%q", slices.Compact(args)) // ["a" "b"]
	return fmt.Sprintf("cachetest.%s(%s)", name, strings.ReplaceAll(quoted[1:len(quoted)-1], `" "`, `", "`))
}

func pathNames(list []code.Path) (names []string) {
	for _, p := range list {
		names = append(names, p.Path)
	}
	return names
}

// unread returns the paths that fn's code names, at which there is something, and which are
// no inputs: they may have been read unseen. Of a fixture with children, but for commands,
// there are none, as what those read is theirs.
func (b *builder) unread(ins []input.Input) (list []code.Path) {
	isOther := func(ch child) bool { return !strings.HasPrefix(ch.name, "go build ") } // see goBuildKey
	if b.traceErr != nil || b.spec.DeclaredOnly || slices.ContainsFunc(b.used(), isOther) {
		return nil
	}
	for _, p := range b.paths() {
		path := filepath.Join(b.workingDir(), p.Path)
		name := b.World.Name(path)
		if !filepath.IsLocal(p.Path) || input.Matches(b.ignorePatterns(), name) || b.holds(ins, name) || b.c.inStore(path) {
			continue
		}
		if _, err := unlogged.StatPath(path); err == nil && !b.closure.Embeds(name) { // where it is a name in an embed.FS
			list = append(list, p)
		}
	}
	return list
}

// holds reports whether a file, or one below a directory, is among some inputs.
func (b *builder) holds(ins []input.Input, name string) bool {
	return slices.ContainsFunc(ins, func(in input.Input) bool {
		return in.Kind == input.File && process.Within(b.World.Name(filepath.Clean(b.World.Path(in.Name))), []string{name})
	})
}

// programs holds the programs that were started, for which the log has the same line
// as for a file that is opened.
type programs struct {
	early, late bool // whether any can have been started before the build, and since

	commands []string
	gone     []string // those that may have been programs, and are no files now
	advice   string   // how to tell what is in one of them
	tools    []string // names of those that the option Tool takes
	self     bool     // the build started or read the test binary
	why      string   // the part of a message that says why what was read or started before the build counts
}

// programsSeen says when programs can have been started that matter: only if fn's code,
// or that of the whole run where it counts, is able to start some. Others are started
// by other tests.
func (b *builder) programsSeen() programs {
	if !b.dependsOn(settings.Commands) {
		return programs{}
	}
	return programs{early: !b.c.host.Children.StartedNone(), late: !b.offspring.StartedNone()}
}

// noteProgram notes a file that was opened, and may have been started.
func (c *collector) noteProgram(r trace.Read, name string) {
	late := r.Own && c.ran.late
	if r.Opened && r.Own && process.IsBinary(r.Name) && (late || c.dependsOn(settings.Reads)) {
		c.ran.self = true
	}
	if !r.Opened || !late && !(r.Before && c.ran.early) || !c.wasRun(r) {
		return
	}
	if c.c.inStore(r.Name) {
		name = filepath.Base(name)
	}
	list, text := &c.ran.commands, input.Show(name)+" was run"
	if !process.IsProgram(r.Name) {
		list, text = &c.ran.gone, input.Show(name)+" may have been run"
	}
	if !late {
		text += " before the build function"
		c.ran.why = c.whyEarly()
	}
	c.advise(r.Name)
	if !slices.Contains(*list, text) {
		*list = append(*list, text)
	}
}

// advise notes how to declare a program that was started, unless GoBuild has built it
// within fn, or its path is refused as captured.
func (c *collector) advise(path string) {
	name := strings.TrimSuffix(filepath.Base(path), ".exe")
	found, _, _ := c.World.FindTool(name)
	advice := c.asPath(path)
	switch {
	case advice != "":
	case c.c.inStore(path) && len(c.frame.children) == 0 && !c.untold:
		advice = withPath(path)
	case name == "go":
		advice = ": let cachetest.GoBuild build it, or name what the go command is given with GoPackages"
	case found == path:
		c.ran.tools = append(c.ran.tools, name)
	}
	c.ran.advice = cmp.Or(c.ran.advice, advice)
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

// wasRun reports whether a file that was opened may have been started. A file that is
// gone cannot be looked at, but one that is made and run is opened twice. A relative
// name that leads to nothing may be that of a program in another directory
// (exec.Cmd.Dir).
func (c *collector) wasRun(r trace.Read) bool {
	if _, err := unlogged.StatPath(r.Name); err != nil {
		return r.Relative > 0 || r.Again && c.closure != nil && c.notInput(r.Name)
	}
	return process.IsProgram(r.Name)
}
