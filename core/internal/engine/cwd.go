package engine

import (
	"path/filepath"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/compare"
	"github.com/fixturecache/fixturecache/core/internal/input"
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
// share what lies beside them.

// inTemporary stands for a working directory that is a temporary one: the next
// one will have another name.
const inTemporary = "a temporary directory"

// A cwdUse says of which directories a build used relative names, and how many
// ".." those began with at least: 0 for none, else 1 more than that.
type cwdUse struct{ working, start int }

func (u *cwdUse) addWorking(relative int) { least(&u.working, relative) }
func (u *cwdUse) addStart(relative int)   { least(&u.start, relative) }

func least(have *int, relative int) {
	if relative > 0 && (*have == 0 || relative < *have) {
		*have = relative
	}
}

// cwdName is the name of a directory as an input: "..", as often as names that
// are relative to it begin with that at least.
func cwdName(base string, relative int) string {
	return base + strings.Repeat("/..", relative-1)
}

// workingDir is the working directory of the call, "" if it is gone. It is asked
// for in a way that is not logged, as late as when something depends on it: fn
// may leave it, whoever calls cannot.
func (cl *call) workingDir() string {
	if !cl.cwdKnown {
		cl.cwd, _ = cl.c.host.Getwd()
		cl.cwdKnown = true
	}
	return cl.cwd
}

// cwdAt is a directory that relative names hold against, as it is now.
func (cl *call) cwdAt(name string) input.Input {
	dir := cl.workingDir()
	if strings.HasPrefix(name, compare.StartDir) {
		dir = cl.world.Dir
	}
	for range strings.Count(name, "..") {
		dir = filepath.Dir(dir)
	}
	at := cl.world.Name(dir)
	switch {
	case dir == "":
		at = "a directory that is gone"
	case cl.c.host.Temp().Has(dir):
		at = inTemporary
	}
	return input.Input{Kind: input.WorkDir, Name: name, Detail: at, Digest: cl.world.Algorithm.DigestOf(at)}
}

// cwdInputs are the directories that a build's relative names hold against.
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
	if b.spec.Alone { // its key says what its patterns mean
		return
	}
	names := b.spec.Declare.Files
	for _, pattern := range b.spec.Declare.GoPackages {
		if strings.HasPrefix(pattern, "./") || strings.HasPrefix(pattern, "../") || pattern == "." || pattern == ".." {
			names = append(names[:len(names):len(names)], pattern)
		}
	}
	if b.constant {
		for _, p := range b.paths() {
			names = append(names[:len(names):len(names)], p.Path)
		}
	}
	commands := b.asks(settings.Commands) || len(b.closure.Hidden) > 0
	for _, name := range names {
		relative := trace.Relative(name)
		use.addStart(relative)
		if commands {
			use.addWorking(min(relative, 1))
		}
	}
}
