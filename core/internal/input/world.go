package input

import (
	"cmp"
	"errors"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/logged"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A World resolves names of files. They are slash-separated and relative to the module
// root, so that a record holds in every checkout, or absolute for files outside of it,
// or begin with $NAME for files below the path that With gave under that name.
type World struct {
	Root  logged.Root
	Dir   string                   // where the process started: what relative paths hold against
	Bases map[string]string        // absolute paths by the names of With
	Began func() map[string]string // the environment when the process began

	// GoBin is, in a program that is no test, what the go command puts in front of
	// the PATH of tests. A program that the go command runs has it there already.
	GoBin string

	Algorithm Algorithm
	Salt      Salt                   // for new digests of variables
	Exclude   func(path string) bool // reports the paths that are never listed: our own store
	Clock     func() time.Time
}

// With returns a World that has the paths given by With, and digests variables with a
// salt.
func (w *World) With(bases map[string]string, salt Salt) *World {
	c := *w
	c.Bases, c.Salt = bases, salt
	return &c
}

// BaseNames returns the Bases as a record keeps them: name and path in turn.
func (w *World) BaseNames() []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(w.Bases)) {
		names = append(names, name, w.Name(w.Bases[name]))
	}
	return names
}

// WithNames is With for what BaseNames returned.
func (w *World) WithNames(names []string) *World {
	bases := map[string]string{}
	for i := 0; i+1 < len(names); i += 2 {
		bases[names[i]] = w.Path(names[i+1])
	}
	return w.With(bases, w.Salt)
}

// Name returns the name of an absolute path.
func (w *World) Name(path string) string {
	rel, ok := w.Root.Rel(path)
	if !ok {
		return filepath.ToSlash(path)
	}
	if strings.HasPrefix(rel, "$") {
		return "./" + rel
	}
	return rel
}

// Path returns the absolute path that a name stands for.
func (w *World) Path(name string) string {
	if rest, ok := strings.CutPrefix(name, "$"); ok {
		if path, ok := w.outside(name); ok {
			return path
		}
		base, below, _ := strings.Cut(rest, "/")
		if dir, ok := w.Bases[base]; ok {
			return unlogged.Join(dir, below)
		}
	}
	path := filepath.FromSlash(name)
	if filepath.IsAbs(path) {
		return path
	}
	return cmp.Or(w.Root.Physical, w.Dir) + string(filepath.Separator) + path
}

// IsGone reports whether a name lies below a path of With that is outside the module and
// gone: a temporary directory has another path in each run.
func (w *World) IsGone(name string) bool {
	base, ok := strings.CutPrefix(name, "$")
	base, _, _ = strings.Cut(base, "/")
	dir := w.Bases[base]
	_, inModule := w.Root.Rel(dir)
	_, err := unlogged.LstatPath(dir)
	return ok && dir != "" && !inModule && errors.Is(err, fs.ErrNotExist)
}

// Abs makes a path that a user gave absolute.
func (w *World) Abs(path string) string { return unlogged.Join(w.Dir, path) }

// Shown returns the name of an input, or its names, as people should read it. A pattern is
// followed by the patterns that it leaves out.
func (in *Input) Shown() string {
	names := strings.Split(in.Name, Between)
	for i, name := range names {
		names[i] = Show(name)
	}
	if in.Kind == Glob {
		return strings.Join(names, " without ")
	}
	return strings.Join(names, ", ")
}

// Show returns a name as people should read it.
func Show(name string) string {
	switch name {
	case goEnvName:
		return unlogged.GoEnvFile(unlogged.Getenv)
	case goWorkName:
		return "go.work above the module"
	}
	return strings.TrimPrefix(strings.TrimPrefix(name, "$"), "./")
}

func (w *World) excluded(path string) bool { return w.Exclude != nil && w.Exclude(path) }

// Files that the go command looks at outside the module lie elsewhere for each user and
// each checkout. They have names of their own, which no path and no name of With can be,
// so that a record holds in all of these.
const (
	goEnvName  = "$/GOENV"   // the file that go env -w writes
	goWorkName = "$/go.work" // the next go.work in a directory above the module
)

// outside returns the path that one of these names stands for.
func (w *World) outside(name string) (path string, ok bool) {
	switch name {
	case goEnvName:
		return unlogged.GoEnvFile(unlogged.Getenv), true
	case goWorkName:
		for dir := filepath.Dir(cmp.Or(w.Root.Lexical, w.Dir)); ; dir = filepath.Dir(dir) {
			path = filepath.Join(dir, "go.work")
			// Each look counts for the go command, as one could appear there.
			if _, err := w.Root.Stat(path); !errors.Is(err, fs.ErrNotExist) || dir == filepath.Dir(dir) {
				return path, true
			}
		}
	}
	return "", false
}
