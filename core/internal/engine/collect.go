package engine

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"

	"github.com/fixturecache/fixturecache/core/internal/code"
	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/process"
	"github.com/fixturecache/fixturecache/core/internal/settings"
	"github.com/fixturecache/fixturecache/core/internal/since"
	"github.com/fixturecache/fixturecache/core/internal/trace"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A collector turns the log's lines into inputs.
type collector struct {
	*builder
	ins   []input.Input
	known input.Lookup // finds the inputs in ins; nil until has is called
	cwd   cwdUse
	ran   programs

	paths []pathRead // the paths that became inputs
}

// collect goes through what was read: since the log began, as an earlier test
// may have put what it read into a variable that fn uses, unless fn's code
// reaches no such variable. Then what a nested fixture read counts through that
// fixture only.
func (c *collector) collect() *notStored {
	if _, err := unlogged.StatPath(c.c.host.Dir); err != nil {
		return unreadableError(c.c.host.Dir) // and so is all that is in it
	}
	all := c.stateful()
	var why *notStored
	var codes []string
	for _, r := range c.reads.Env {
		if all || r.Own {
			why = why.and(c.env(r.Name, r.Before && all))
		}
	}
	for _, r := range c.reads.Paths {
		if all || r.Own {
			r.Before = r.Before && all
			if name := c.World.Name(r.Name); !input.Matches(c.ignorePatterns(), name) {
				c.noteProgram(r, name)
			}
			if no := c.addPath(r); no != nil && !slices.Contains(codes, no.code) { // the first of each kind will do: they are often alike
				codes, why = append(codes, no.code), why.and(no)
			}
		}
	}
	c.ran.commands = append(c.ran.commands, c.ran.gone...)
	why = why.and(c.addUnlogged()).and(c.meanwhile())
	if cwd := c.reads.Cwd; cwd.Before && all || cwd.Own {
		c.add(c.World.CheckoutAt())
		why = why.and(c.askedForCwd(cwd))
	}
	return why
}

// askedForCwd notes that the name of the working directory was asked for.
func (c *collector) askedForCwd(r trace.Read) *notStored {
	r.Relative = 1
	c.relative(r)
	if dir := c.workingDir(); r.After && c.c.host.Temp().Has(dir) {
		return &notStored{"temporary", fmt.Sprintf("it asks for the working directory %s, which will be gone: leave it for another before, or add cachetest.DeclaredOnly()", dir)}
	}
	return nil
}

// relative notes that a path was read by a relative name. A name that was read before the
// build began holds against the directory of that time: the one in which the process
// began, or one to which TestMain has changed, which no log tells.
func (c *collector) relative(r trace.Read) {
	c.cwd.addWorking(r.Relative)
	if !r.After {
		c.cwd.addStart(r.Relative)
	}
}

// unreadableError says that a path cannot be read here, although fn may have read it by a
// relative path or in another way: a change would not be seen.
func unreadableError(name string) *notStored {
	return &notStored{"unreadable", fmt.Sprintf("%s cannot be read by its path, so that no change of it would be seen", input.Show(name))}
}

// ownVariables are read by package os and package testing for their own ends:
// to know where temporary files and coverage data go.
var ownVariables = []string{"TMPDIR", "GOTMPDIR", "GOCOVERDIR"}

// isOwn reports whether fn cannot have read a variable for its value. The log does not
// tell os.MkdirTemp from os.Getenv("TMPDIR"), but the code of fn does: it reads no
// variable by name, and there is no state in reach that could hold an earlier answer.
func (c *collector) isOwn(name string) bool {
	switch {
	case name == "PWD": // is the working directory, which counts as such
		return true
	case !slices.Contains(ownVariables, name), c.stateful(), c.namesTemp.Load():
		return false
	}
	return !slices.ContainsFunc(c.closure.Settings, func(ask code.Use) bool { return ask.What == settings.Environment })
}

// addTempEnv adds the variables that say where temporary files go to the inputs of an
// output that names that directory.
func (b *builder) addTempEnv(ins []input.Input) (_ []input.Input, why *notStored) {
	c := &collector{builder: b, ins: ins}
	for _, r := range b.reads.Env {
		if slices.Contains(ownVariables, r.Name) && r.Own {
			why = why.and(c.env(r.Name, false))
		}
	}
	return c.ins, why
}

// env adds an environment variable. before says that fn may use a value of it that was read
// before the build.
func (c *collector) env(name string, before bool) *notStored {
	if input.IsSetting(name) || c.isOwn(name) || input.Matches(c.spec.Ignore.Env, name) {
		return nil
	}
	if c.has(input.Env, name) {
		if before {
			i := slices.IndexFunc(c.ins, func(in input.Input) bool { return in.Kind == input.Env && in.Name == name })
			c.ins[i] = c.World.EnvAt(name, c.ins[i].Flags|input.Began, nil)
		}
		return nil
	}
	flags, why := c.envFlags(name, before)
	c.add(c.World.EnvAt(name, flags, nil))
	return why
}

// envFlags returns the flags of a variable as an input, or why it cannot be one: it was
// changed since the build began, or, where it may have been read before, since the process
// did, and may have been read before or after that, here or in a run for which the record
// holds. Where all code counts that has run before the build, that tells what it set in
// between; so does the initialization that fn's code brings, without state in reach.
func (c *collector) envFlags(name string, before bool) (input.Flags, *notStored) {
	value, set := syscall.Getenv(name)
	began, setAtStart := c.c.host.Env()[name]
	then, setThen := c.environ[name] // when the build began
	flags := c.preset()
	if before {
		flags |= input.Began
	}
	how, advice := "by this process", "declare it with cachetest.Env(%q)"
	switch {
	case began == value && setAtStart == set, c.preset() != 0:
		return flags, nil
	case c.c.host.Temp().Has(value): // declaring it would only tell that
		how, advice = "by this process to a temporary path, which is another in each run", "add cachetest.IgnoreEnv(%q) if it cannot matter"
	case then != value || setThen != set:
		how, advice = "while the build function ran", "add cachetest.IgnoreEnv(%q) if that reads only what it has set"
	case !before:
		return 0, nil
	case !c.stateful(), c.closure != nil && c.closure.Cause.What != "":
		return input.Preset, nil
	}
	return 0, &notStored{"changed", fmt.Sprintf("env %s was changed %s: "+advice, name, how, name)}
}

// preset returns the flag of variables that code has set before the tests began,
// which no test sets: what was read is the value of now, or that with which the
// process began.
func (b *builder) preset() input.Flags {
	if known := b.behaviour(); known == nil || !known.Presets {
		return 0
	}
	return input.Preset
}

// has reports whether something is an input already.
func (c *collector) has(kind input.Kind, name string) bool {
	if c.known == nil {
		c.known = input.NewLookup(c.ins)
	}
	return c.known.Find(kind, name) != nil
}

//go:noinline // inlined, it adds 3 kB to each test binary
func (c *collector) add(in input.Input) {
	c.ins = append(c.ins, in)
	if c.known != nil {
		c.known.Add(&in)
	}
}

// addPath adds the file or directory at a path, or reports why it cannot be an input.
func (c *collector) addPath(r trace.Read) *notStored {
	name := c.World.Name(r.Name)
	if input.Matches(c.ignorePatterns(), name) || process.OwnFile(r.Name) {
		return nil
	}
	c.relative(r)
	switch {
	case c.c.inStore(r.Name), c.has(input.File, name), process.IsHarmless(r.Name):
		return nil
	case c.notInput(r.Name) && !c.isShared(r):
		if c.listsTemporary(r) {
			return &notStored{"temporary", fmt.Sprintf("it lists %s, where each run has files of its own: list a directory in it, or add cachetest.IgnoreFiles(%q) if it cannot matter", r.Name, r.Name)}
		}
		if why := c.throughLink(r); why != nil {
			return why
		}
		return c.madeBefore(r)
	}
	if dir, ok := process.SystemDir(c.World.Root, r.Name); ok {
		return c.systemFile(r, "what is in "+dir)
	}
	c.cwd.addName(r.Relative > 0 || c.closure != nil && c.closure.UsesCallerInfo, name)
	in := c.World.FileAt(name, 0, nil)
	if in.IsSpecial() && r.Opened {
		if real := since.Resolve(r.Name); !process.IsHarmless(real) {
			return c.systemFile(r, "what is at "+real)
		}
	}
	if in.Unreadable() && r.Opened {
		return unreadableError(name)
	}
	c.paths = append(c.paths, pathRead{Read: r, name: name})
	c.add(in)
	if in.IsDirectory() && r.Opened && !c.has(input.Dir, name) {
		list := c.World.DirAt(name, 0, nil)
		c.paths = append(c.paths, pathRead{r, name, &list.Stat})
		declared := func(in input.Input) bool { return in.Name == name && in.Flags&input.Whole != 0 }
		if c.add(list); list.HasBrokenName() && !slices.ContainsFunc(c.ins, declared) {
			return &notStored{"recording", fmt.Sprintf("what it reads is not recorded of files in %s whose names hold a line break: rename them, or declare all that it reads and add cachetest.DeclaredOnly()", input.Show(name))}
		}
	}
	return nil
}

// systemFile refuses a read of a file that is no ordinary one.
func (c *collector) systemFile(r trace.Read, what string) *notStored {
	when := ""
	if !r.Own {
		when, c.because = " before the build function", cmp.Or(c.because, c.whyEarly())
	}
	pattern := strings.Replace(r.Name, fmt.Sprintf("/proc/%d/", os.Getpid()), "/proc/*/", 1) // another number each time
	return &notStored{"system-file", fmt.Sprintf("%s was read%s, and %s is no file that stays: add cachetest.IgnoreFiles(%q) or DeclaredOnly()", r.Name, when, what, pattern)}
}

// notInput reports whether a path is no input: one of ours or of the toolchain, or a
// temporary one of this process.
func (c *collector) notInput(path string) bool {
	temp := c.c.host.Temp()
	return c.isOursOrToolchain(path) || slices.Contains(temp.Dirs, path) || temp.Has(path) // each os.RemoveAll in temp.Dirs opens those: see listsTemporary
}

// isOursOrToolchain reports whether a path is one of ours or of the toolchain.
func (c *collector) isOursOrToolchain(path string) bool {
	return c.c.inStore(path) || process.OwnFile(path) || c.inWork(path) || c.c.host.Outside(path) || path == os.DevNull
}

// inWork reports whether a path lies in the work directory, and not in the module under
// test where that lies there too, as a fixture.
func (c *collector) inWork(path string) bool {
	inWork := func(path string) bool { return process.Within(path, process.WorkRoots()) }
	return inWork(path) && !(process.Within(path, c.rootPaths()) && slices.ContainsFunc(c.rootPaths(), inWork))
}
