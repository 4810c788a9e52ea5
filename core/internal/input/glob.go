package input

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A pattern, as Files and With(Path) take it, is a path, or a glob with ** for any
// number of directories. A path that is a directory stands for all that is in it. The
// name of a pattern is resolved as every other name is.

// maxDepth bounds what a directory that is linked into itself can cost.
const maxDepth = 200

// CheckPattern reports whether a pattern is well formed.
func CheckPattern(pattern string) bool { return doublestar.ValidatePattern(pattern) }

// IsGlob reports whether a pattern has a character with a special meaning.
func IsGlob(pattern string) bool {
	escaped := false
	return strings.ContainsFunc(pattern, func(c rune) bool {
		was := escaped
		escaped = c == '\\' && !was
		return !was && strings.ContainsRune("*?[{", c)
	})
}

// Quote returns the pattern that stands for a name alone.
func Quote(name string) string { return quoter.Replace(name) }

var quoter = strings.NewReplacer(`*`, `\*`, `?`, `\?`, `[`, `\[`, `{`, `\{`, `\`, `\\`)

// unquote returns the name that a pattern which is no glob stands for.
func unquote(pattern string) string {
	var name strings.Builder
	for i := 0; i < len(pattern); i++ {
		if pattern[i] == '\\' && i+1 < len(pattern) {
			i++
		}
		name.WriteByte(pattern[i])
	}
	return name.String()
}

// Expand returns the inputs that a pattern stands for: for a path the inputs of At,
// for a glob a Glob with the names that match, a Walk for each directory looked
// through, and a File for each file. ignore lists patterns of names to leave
// out. The error says that a glob matches nothing, which is misuse, or with an
// *UnseenError that a directory could not be listed.
func (w *World) Expand(pattern string, ignore []string, old Lookup) ([]Input, error) {
	find, name := w.expand, pattern
	if !IsGlob(pattern) {
		find, name = w.At, unquote(pattern)
	}
	ins, err := find(name, ignore, old)
	switch {
	case err != nil:
		err = &UnseenError{err}
	case IsGlob(pattern) && ins[0].Detail == "":
		err = fmt.Errorf("pattern %q matches nothing in %s", Show(pattern), filepath.Clean(w.Path(".")))
	}
	return ins, err
}

// At returns the inputs that a path stands for: a File, and for a directory all
// that is in it as well, as a Glob of everything.
func (w *World) At(name string, ignore []string, old Lookup) ([]Input, error) {
	file := w.FileAt(name, Declared, old.Find(File, name))
	if !file.IsDirectory() {
		return []Input{file}, nil
	}
	ins, err := w.expand(strings.TrimSuffix(name, "/")+"/", ignore, old)
	return append([]Input{file}, ins...), err
}

func (w *World) expand(pattern string, ignore []string, old Lookup) ([]Input, error) {
	walk := w.walk(pattern, ignore)
	glob := Input{Kind: Glob, Flags: Declared, Name: strings.Join(append([]string{pattern}, ignore...), Between)}
	ins := append([]Input{walk.matched(glob)}, walk.dirs...)
	for _, name := range walk.names {
		if strings.HasSuffix(name, "/") {
			continue
		}
		name, _, _ = strings.Cut(name, "//")
		ins = append(ins, w.FileAt(name, Declared|InTree, old.Find(File, name)))
	}
	return ins, walk.err
}

// Reglob expands a recorded Glob again, without digesting files.
func (w *World) Reglob(in *Input) (Input, []Input) {
	parts := strings.Split(in.Name, Between)
	walk := w.walk(parts[0], parts[1:])
	return walk.matched(*in), walk.dirs
}

// Between divides the paths and patterns that make the name of one input: no path
// holds it.
const Between = "\x00"

// matched returns a Glob with the names that match now. Its own name is its pattern and
// the patterns that it ignores.
func (wk *walker) matched(glob Input) Input {
	glob.Detail, glob.Digest = strings.Join(wk.names, "\n"), wk.w.Algorithm.DigestOf(wk.names...)
	return glob
}

// WalkAt reports whether a directory has the names that it had when walked.
func (w *World) WalkAt(old *Input) bool {
	entries, _, err := w.list(w.Path(old.Name), old)
	return err == nil && entries == nil
}

type walker struct {
	w      *World
	ignore []string
	names  []string // the names that match, in order, with their types
	dirs   []Input
	chain  []unlogged.Stat // the directories around the present one, against cycles
	err    error           // why a directory could not be listed
}

// walk looks through the directories that can hold matches of a pattern; one
// that ends in a slash is no glob but a directory, whatever its name is.
func (w *World) walk(pattern string, ignore []string) *walker {
	wk := &walker{w: w, ignore: ignore}
	base, isDir := strings.CutSuffix(pattern, "/")
	if isDir || !IsGlob(pattern) {
		pattern = ""
	} else {
		base, _ = splitPattern(pattern)
	}
	wk.dir(base, pattern)
	slices.Sort(wk.names)
	return wk
}

// dir looks through a directory for matches of a pattern, of which "" matches everything.
func (wk *walker) dir(name, pattern string) {
	entries, st, err := wk.w.list(wk.w.Path(name), nil)
	wk.failed(err)
	if err != nil || len(wk.chain) > maxDepth || slices.ContainsFunc(wk.chain, func(up unlogged.Stat) bool {
		return up.Inode != 0 && up.Inode == st.Inode && up.Device == st.Device
	}) {
		return
	}
	in := Input{Kind: Walk, Flags: Declared, Name: name, Stat: st}
	if racy(st, wk.w.Clock()) {
		in.Flags |= Racy
	}
	if !slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		return strings.Contains(e.Name(), "\n") && !takes(pattern, join(name, e.Name()))
	}) {
		in.Flags |= Whole
	}
	wk.dirs = append(wk.dirs, in)
	wk.chain = append(wk.chain, st)
	for _, e := range entries {
		wk.entry(join(name, e.Name()), e.Type(), pattern)
	}
	wk.chain = wk.chain[:len(wk.chain)-1]
}

// failed notes an error of listing a directory. One that is not there, or may
// not be listed below others, is as good as empty: fn can find no more in it.
func (wk *walker) failed(err error) {
	if wk.err != nil || errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) ||
		errors.Is(err, fs.ErrPermission) && len(wk.chain) > 0 {
		return
	}
	wk.err = err
}

func (wk *walker) entry(name string, t fs.FileMode, pattern string) {
	full := wk.w.Path(name)
	if wk.w.excluded(full) || Matches(wk.ignore, name) {
		return
	}
	isDir := t.IsDir()
	if t&fs.ModeSymlink != 0 {
		st, err := unlogged.StatPath(full)
		isDir = err == nil && st.Mode.IsDir()
	}
	if takes(pattern, name) {
		wk.names = append(wk.names, name+typeSuffix(t))
		pattern = "" // all that is in a directory that matches
	}
	if isDir && (pattern == "" || couldHold(pattern, name)) {
		wk.dir(name, pattern)
	}
}

// takes reports whether a pattern of dir matches a name, and all that is in it.
func takes(pattern, name string) bool { return pattern == "" || matches(pattern, name) }

// ofMatch returns the pattern with the meaning of a pattern of path.Match, in which braces,
// and an exclamation mark in a class, stand for themselves.
func ofMatch(pattern string) string {
	return strings.NewReplacer(`\\`, `\\`, `\{`, `\{`, `\}`, `\}`, `\!`, `\!`, `{`, `\{`, `}`, `\}`, `!`, `\!`).Replace(pattern)
}

// couldHold reports whether a match of the pattern may lie below a directory:
// whether that matches as many elements of it, where "**" spans no directories and no
// brace may hold a slash.
func couldHold(pattern, dir string) bool {
	elements, depth := strings.Split(pattern, "/"), strings.Count(dir, "/")+1
	return strings.Contains(pattern, "**") ||
		depth < len(elements) && (strings.Contains(pattern, "{") || matches(strings.Join(elements[:depth], "/"), dir))
}

// join joins names; "." is the module root, whose children have bare names.
func join(dir, name string) string {
	if dir == "." || dir == "" {
		return name
	}
	if joined := dir + "/" + name; strings.Contains(joined, "/../") {
		return joined
	}
	return path.Join(dir, name)
}

func matches(pattern, name string) bool {
	ok, err := doublestar.Match(pattern, name)
	return ok && err == nil
}

// Matches reports whether a name matches one of the patterns, or lies in a
// directory that does.
func Matches(patterns []string, name string) bool {
	for up := name; len(patterns) > 0; up = path.Dir(up) {
		if slices.ContainsFunc(patterns, func(pattern string) bool { return matches(pattern, up) }) {
			return true
		}
		if parent := path.Dir(up); parent == up || parent == "." {
			break
		}
	}
	return false
}

// splitPattern returns the name of the directory below which all matches of a glob
// lie, and the pattern of what lies there.
func splitPattern(glob string) (base, rest string) {
	base, rest = doublestar.SplitPattern(glob)
	return unquote(base), rest
}

// PatternName returns the pattern of names for one that a user gave, in which the
// names of the directories around it have no other meaning.
func (w *World) PatternName(pattern string) string {
	base, rest := filepath.ToSlash(pattern), ""
	if IsGlob(base) {
		base, rest = splitPattern(base)
	} else {
		base = unquote(base)
	}
	if !path.IsAbs(base) && !filepath.IsAbs(base) {
		base = w.Abs(base)
	}
	base = Quote(w.Name(filepath.FromSlash(base)))
	if rest == "" {
		return base
	}
	return join(base, rest)
}

// A Lookup finds the inputs of a former state.
type Lookup map[inputKey]*Input

type inputKey struct {
	kind Kind
	name string
}

// Find returns the former state of an input, nil if there is none.
func (l Lookup) Find(kind Kind, name string) *Input { return l[inputKey{kind, name}] }

// NewLookup returns a Lookup of some inputs.
//
//go:noinline // inlined, it adds 2 kB to each test binary
func NewLookup(ins []Input) Lookup {
	l := make(Lookup, len(ins))
	for i := range ins {
		l.Add(&ins[i])
	}
	return l
}

// Add adds an input.
func (l Lookup) Add(in *Input) { l[inputKey{in.Kind, in.Name}] = in }

// An UnseenError says that a declared input cannot be looked at, which is no misuse of
// the option.
type UnseenError struct{ error }
