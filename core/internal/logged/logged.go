// Package logged looks at the inputs of a fixture through package os, so that
// the go command learns of them: what a cached fixture depends on must be in go
// test's log of inputs, or go test would print (cached) after it changed,
// since fn, which would have read it, did not run.
//
// Our looks are told from the reads of the test itself, which package trace
// records, by their spelling: a row of "./" after the module root, longer than
// anybody writes, which cmd/go takes as it takes any other spelling of the path. A
// variable's name has only one spelling, so a look at one is announced by a mark.
//
// A file outside the module root is one that cmd/go ignores, unless its name
// begins with the root: so it is spelled root/./…/../../rest, with as many
// ".." as the root without symbolic links is deep
// (cmd/go/internal/test/test.go, computeTestInputsID, and search.InDir).
package logged

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// mark tells our looks from the test's own reads.
const (
	sep   = string(os.PathSeparator)
	twice = "." + sep + "." + sep
	mark  = sep + twice + twice + twice + twice
)

// IsOwn reports whether a path in go test's log is one of our looks or marks.
func IsOwn(name string) bool {
	return strings.Contains(name, mark) || strings.HasPrefix(name, "/cachetest-mark/")
}

// A Root is the module root that the go command counts paths from. The zero
// Root is none: then cmd/go tracks no file at all.
type Root struct {
	Lexical  string // as the go command spells it
	Physical string // without symbolic links
}

// Rel returns path relative to the module root, with slashes, if it lies in it.
func (r Root) Rel(path string) (rel string, ok bool) {
	for _, root := range []string{r.Lexical, r.Physical} {
		if root == "" {
			continue
		}
		if path == root {
			return ".", true
		}
		if rest, ok := strings.CutPrefix(path, strings.TrimSuffix(root, string(filepath.Separator))+string(filepath.Separator)); ok {
			return filepath.ToSlash(rest), true
		}
	}
	return "", false
}

// Spell returns the name for path, which is absolute, that both cmd/go and
// IsOwn take for what it is.
func (r Root) Spell(path string) string {
	volume := filepath.VolumeName(path)
	if r.Lexical == "" || volume != filepath.VolumeName(r.Lexical) {
		return Aside(path)
	}
	prefix := strings.TrimSuffix(r.Lexical, sep) + mark
	if rel, ok := r.Rel(path); ok {
		return prefix + filepath.FromSlash(rel)
	}
	deep := r.Physical
	if volume != "" {
		deep = r.Lexical[len(volume):] // Windows takes ".." by the names
	}
	up := strings.Count(strings.TrimSuffix(deep, sep), sep)
	return prefix + strings.Repeat(".."+sep, up) + strings.TrimPrefix(path[len(volume):], sep)
}

// Stat is os.Stat of an absolute path, as a look.
func (r Root) Stat(path string) (unlogged.Stat, error) {
	name := r.Spell(path)
	note("stat", name)
	info, err := os.Stat(name)
	if err != nil {
		return unlogged.Stat{}, err
	}
	return unlogged.FromInfo(info), nil
}

// Open is os.Open of an absolute path, as a look. It is meant for directories,
// of which cmd/go then tracks the direct children.
func (r Root) Open(path string) (*os.File, error) {
	name := r.Spell(path)
	note("open", name)
	return os.Open(name)
}

// envMark is what a look at a variable stats first, with its name behind it: a
// variable has only one spelling, so its looks are counted by these.
const envMark = "/cachetest-mark/env/"

// Aside returns a name for an absolute path that lies outside the module, by
// which package os can look at it for our own ends: it is told from the test's
// own reads, and the go command ignores it.
func Aside(path string) string {
	return strings.TrimSuffix(filepath.Dir(path), sep) + mark + filepath.Base(path)
}

// Mark returns a path that nothing has, for a mark in the log. The go command
// ignores it, as it lies outside the module.
func Mark(name string) string { return "/cachetest-mark/" + name }

// OwnEnv returns the name of the variable that a path in the log announces a look
// of ours at.
func OwnEnv(path string) (name string, ok bool) { return strings.CutPrefix(path, envMark) }

var env struct {
	sync.Mutex
	looked map[string]bool
}

// Env is os.LookupEnv, as a look: only the first one of a process is logged.
func Env(name string) (value string, set bool) {
	env.Lock()
	defer env.Unlock()
	if !env.looked[name] {
		if env.looked == nil {
			env.looked = map[string]bool{}
		}
		env.looked[name] = true
		note("getenv", name)
		os.Stat(envMark + name)
		os.LookupEnv(name)
	}
	return syscall.Getenv(name)
}

// early holds the looks made before the tests run. Package testing keeps no
// log then, so the go command must be told of them in another way.
var early struct {
	sync.Mutex
	over  bool
	seen  map[string]bool
	lines []string
}

func note(op, name string) {
	early.Lock()
	defer early.Unlock()
	line := op + " " + name
	if early.over || early.seen[line] {
		return
	}
	if early.seen == nil {
		early.seen = map[string]bool{}
	}
	early.seen[line] = true
	early.lines = append(early.lines, line)
}

// Early returns the looks made up to its first call, as lines of go test's
// log; later ones are not noted.
func Early() []string {
	early.Lock()
	defer early.Unlock()
	lines := early.lines
	early.over, early.lines, early.seen = true, nil, nil
	return lines
}

// FindRoot returns the module root above dir, an absolute path without
// symbolic links. The go command spells it as its own working directory is
// spelled, which it hands down in PWD.
func FindRoot(dir string) Root {
	physical := unlogged.FindUp(dir, "go.mod")
	if physical == "" {
		return Root{}
	}
	root := Root{Lexical: physical, Physical: physical}
	if lexical := unlogged.FindUp(unlogged.Spelled(dir, unlogged.Getenv("PWD")), "go.mod"); unlogged.SameFile(lexical, physical) {
		root.Lexical = lexical
	}
	return root
}
