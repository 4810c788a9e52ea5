package engine

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code"
	"github.com/fixturecache/fixturecache/core/internal/compare"
	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/process"
	"github.com/fixturecache/fixturecache/core/internal/settings"
	"github.com/fixturecache/fixturecache/core/internal/trace"
)

// A record holds for the directory that its relative names were relative to:
// a test may have left the one that it started in (t.Chdir), and the tests of
// several packages, which start in one each, may share a slot. What a fixture
// depends on by absolute names only holds in all.
//
// Two directories can count: that in which the look-up was made, against which
// what fn opens holds, and that in which the process began, against which the
// patterns of options hold, and what earlier tests have read. Of names that
// begin with ".." only the directory counts which those lead to: neighbours
// share what lies beside them. Names that lead out of the module hold where it lies.

// inTemporary stands for a working directory that is a temporary one: the next
// one will have another name.
const inTemporary = "a temporary directory"

// A cwdUse says by which directories a build resolved relative names. working and start are
// 0 if it had none, else 1 more than the least number of ".." that they began with. leaves
// says that it found a path outside the module by where the module lies.
type cwdUse struct {
	working, start int
	leaves         bool
}

func (u *cwdUse) addWorking(relative int) { least(&u.working, relative) }
func (u *cwdUse) addStart(relative int)   { least(&u.start, relative) }

func least(have *int, relative int) {
	if relative > 0 && (*have == 0 || relative < *have) {
		*have = relative
	}
}

// addName notes the name of what may have been found by where the module lies.
func (u *cwdUse) addName(may bool, name string) { u.leaves = u.leaves || may && filepath.IsAbs(name) }

// cwdName returns the name of a directory as an input: with as many ".." as all of the
// names begin with that are relative to it.
func cwdName(base string, relative int) string {
	return base + strings.Repeat("/..", relative-1)
}

// workingDir returns the working directory of the call, "" if it is gone. It is asked
// for in a way that is not logged, and only once something depends on it: fn may leave
// it, but the caller cannot meanwhile.
func (cl *call) workingDir() string {
	if !cl.cwdKnown {
		cl.cwd, _ = cl.c.host.Getwd()
		cl.cwdKnown = true
	}
	return cl.cwd
}

// cwdAt returns a directory that relative names hold against, as it is now.
func (cl *call) cwdAt(name string) input.Input {
	dir := cl.workingDir()
	if strings.HasPrefix(name, compare.StartDir) {
		dir = cl.World.Dir
	}
	for range strings.Count(name, "..") {
		dir = filepath.Dir(dir)
	}
	at := cl.World.Name(dir)
	switch {
	case dir == "":
		at = "a directory that is gone"
	case cl.c.host.Temp().Has(dir) && !cl.c.inStore(dir):
		at = inTemporary
	}
	return input.Input{Kind: input.WorkDir, Name: name, Detail: at, Digest: cl.World.Algorithm.DigestOf(at)}
}

// cwdInputs returns the directories that a build's relative names hold against.
func (cl *call) cwdInputs(use cwdUse) (ins []input.Input) {
	if use.working > 0 {
		ins = append(ins, cl.cwdAt(cwdName(".", use.working)))
	}
	if use.start > 0 {
		ins = append(ins, cl.cwdAt(cwdName(compare.StartDir, use.start)))
	}
	return ins
}

// declaredRelative notes which of the patterns of options are relative. What a
// command reads that they stand for, it may read by relative names as well.
func (b *builder) declaredRelative(use *cwdUse) {
	if b.golist != nil && b.golist.Relative {
		use.addStart(1)
	}
	names := slices.Clone(b.spec.Declare.Files)
	for _, pattern := range b.spec.Declare.GoPackages {
		if b.c.local(pattern) && pattern != b.spec.built {
			names = append(names, pattern)
		}
	}
	if b.constant {
		for _, p := range b.paths() {
			names = append(names, p.Path)
		}
	}
	for _, name := range names {
		relative := trace.Relative(name)
		use.addStart(relative)
		use.addName(relative > 0, b.World.Name(b.World.Abs(name)))
		if b.actsUnseen() {
			use.addWorking(min(relative, 1))
		}
	}
}

// settingNames returns the names of the settings of this process that fn can ask for: all
// of them if its code is not known. The modes of what Dir and File keep come from the umask.
func (cl *call) settingNames() (names []string) {
	if cl.spec.kind != "" {
		names = append(names, settings.Umask)
	}
	switch {
	case cl.code == nil:
		return names
	case cl.closure == nil:
		names = append(names, "-short", "-v", settings.GOMAXPROCS, settings.TempDir, settings.BuildInfo, settings.LocalTime, settings.Zones, settings.AllUmask, settings.HostName, settings.User, settings.Users, settings.PageSize, settings.Stdin, settings.TestName, input.Selected)
		if trace.InTest() || !cl.spec.DeclaredOnly { // a program declares what it does with its arguments
			names = append(names, settings.CommandLine)
		}
	default:
		names = append(names, cl.askedSettings()...)
	}
	if input.Matches(cl.spec.Ignore.Env, "TZ") {
		names = slices.DeleteFunc(names, func(name string) bool { return name == settings.LocalTime })
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// askedSettings returns the settings that fn's code asks for.
func (cl *call) askedSettings() (names []string) {
	if cl.closure.Cause.What != "" {
		names = append(names, input.Selected)
	} else if cl.closure.State {
		names = append(names, settings.Subtests)
	}
	for _, ask := range cl.closure.Settings {
		switch ask.What {
		case settings.Short:
			names = append(names, "-short")
		case settings.CommandLine:
			names = append(names, "-short", "-v", ask.What)
		case settings.Verbose:
			names = append(names, "-v")
		case settings.Environment, settings.Variables, settings.Commands, settings.Identity, settings.Links, settings.SetsVariables, settings.Lists, settings.Makes, settings.Modes, settings.Reads, settings.Fixtures: // not known before the build
		default:
			names = append(names, ask.What)
		}
	}
	if cl.closure.DependsOn(settings.Commands) || cl.closure.DependsOn(settings.Makes) && cl.closure.DependsOn(settings.Modes) {
		names = append(names, settings.AllUmask)
	}
	isName := func(use code.Use) bool { return use.What == code.HandleName }
	if !slices.Contains(cl.spec.Ignore.Captures, "t."+code.HandleName) && slices.ContainsFunc(cl.closure.HandleUses, isName) {
		names = append(names, settings.TestName)
	}
	return names
}

// dependsOn reports whether fn's code can ask for a setting, or is not known. what is one of
// package settings.
func (cl *call) dependsOn(what string) bool {
	return cl.closure == nil || cl.closure.DependsOn(what)
}

// actsUnseen reports whether fn's code can start programs, or has parts that nothing can see
// through, such as cgo, or is not known.
func (cl *call) actsUnseen() bool {
	return cl.dependsOn(settings.Commands) || len(cl.closure.Hidden) > 0
}

// settingAt returns a setting as it is now.
func (cl *call) settingAt(name string) input.Input {
	value := process.Setting(name)
	if name == settings.TestName {
		value = cl.spec.Test
	}
	return input.Input{Kind: input.Setting, Name: name, Detail: value, Digest: cl.c.world.Algorithm.DigestOf(value)}
}
