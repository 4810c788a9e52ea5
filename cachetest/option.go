package cachetest

import (
	"time"

	"github.com/fixturecache/fixturecache/core/memo"
)

// An Option says what a fixture depends on beyond what is found out, or how it
// is kept. Options that take lists add up, in any order; of those that take one
// value the last one counts. An option that means nothing for the function that
// it is given to, as [GoFlags] for [Memo], fails the test.
type Option interface{ apply(to any) }

// The functions that make options are not inlined: what they do with settings
// would be compiled in the package of who calls them, and the engine with it.

// settings is what options set.
type settings struct {
	memo.Spec
	given [len(meanings)]bool // by optionID
}

// An option is one that is no bundle.
type option struct {
	id  optionID
	set func(*settings)
}

func (o option) apply(to any) {
	s := to.(*settings)
	s.given[o.id] = true
	o.set(s)
}

type bundle []Option

func (b bundle) apply(to any) {
	for _, opt := range b {
		if opt != nil {
			opt.apply(to)
		}
	}
}

// Options is a bundle of options, for use in several places. It stands for its
// options one after the other: a later [Version] replaces an earlier one, and
// [Files] add up. A name that two [With] have is an error here too.
//
//go:noinline
func Options(opts ...Option) Option { return bundle(opts) }

// With names a value that the fixture depends on: an argument of the function
// around it, a captured variable, a global. Each value has a stored fixture of
// its own. Values count by type and content, down to unexported fields; maps
// count whatever their order; what is not data (functions, channels) is an
// error. A [Path] counts by what is there, and (*T)(nil) tells a type parameter
// T. A name given twice is an error.
//
//go:noinline
func With(name string, value any) Option {
	if path, ok := value.(Path); ok {
		value = memo.Path(path)
	}
	return option{optWith, func(s *settings) { s.Values = append(s.Values, memo.Value{Name: name, Value: value}) }}
}

// A Path as a value of With is a file or directory: its content is an input,
// its name is not. A relative one holds against the package's directory.
type Path string

// Files names files, directories (with all that is in them) and globs, with **
// for any number of directories, whose content is an input: what a child
// process reads, or what is read in ways that are not recorded. Relative
// patterns hold against the package's directory. A named file may be absent; a
// glob that matches nothing is an error.
//
//go:noinline
func Files(patterns ...string) Option {
	return option{optFiles, func(s *settings) { s.Declare.Files = append(s.Declare.Files, patterns...) }}
}

// Tool names executables that are found on the PATH and whose content is an
// input. What they read or start in turn is not: declare it as well.
//
//go:noinline
func Tool(names ...string) Option {
	return option{optTool, func(s *settings) { s.Declare.Tools = append(s.Declare.Tools, names...) }}
}

// GoPackages names packages that the function hands to the go command, as in
// go build, "./cmd/server" say: their sources and embedded files, and those of
// all that they import in this module, go.mod, the versions of modules, the go
// command and its settings are inputs.
//
//go:noinline
func GoPackages(patterns ...string) Option {
	return option{optGoPackages, func(s *settings) { s.Declare.GoPackages = append(s.Declare.GoPackages, patterns...) }}
}

// GoFlags are flags for the go build that [GoBuild] runs, "-tags=x" or
// "-ldflags=-X main.version=1" or "-trimpath", each with its value as one
// string. They count as the fixture's inputs, as do the files that they name.
// They come after those of the test itself, and replace them: "-race=false"
// builds without the race detector what go test -race tests. What would change
// nothing in the command, or builds none (-v, -o, -n), is an error.
//
//go:noinline
func GoFlags(flags ...string) Option {
	return option{optGoFlags, func(s *settings) { s.Declare.GoFlags = append(s.Declare.GoFlags, flags...) }}
}

// Env names variables that are inputs. Their values are never stored.
//
//go:noinline
func Env(names ...string) Option {
	return option{optEnv, func(s *settings) { s.Declare.Env = append(s.Declare.Env, names...) }}
}

// Version is a version of the fixture, to be changed by hand. It also
// says that its author answers for what commands, cgo and system calls read,
// which nobody can see; for what variables hold it does not.
//
//go:noinline
func Version(v string) Option {
	return option{optVersion, func(s *settings) { s.Version = v }}
}

// DeclaredOnly says that what is declared is everything: the files and
// variables that are seen to be read do not count.
//
//go:noinline
func DeclaredOnly() Option {
	return option{optDeclaredOnly, func(s *settings) { s.DeclaredOnly = true }}
}

// IgnoreFiles leaves out files whose path matches, or lies in a directory that
// does, although they were read or match a pattern of [Files].
//
//go:noinline
func IgnoreFiles(patterns ...string) Option {
	return option{optIgnoreFiles, func(s *settings) { s.Ignore.Files = append(s.Ignore.Files, patterns...) }}
}

// IgnoreEnv leaves out variables whose name matches a pattern, although they
// were read. Code that can ask for all of them (os.Environ), or for one whose
// name its source does not tell before the tests run, has the whole environment
// for an input, but for what go test and the shell set anew for each run: PWD,
// OLDPWD, SHLVL, _ and GOCOVERDIR.
//
//go:noinline
func IgnoreEnv(names ...string) Option {
	return option{optIgnoreEnv, func(s *settings) { s.Ignore.Env = append(s.Ignore.Env, names...) }}
}

// IgnoreCapture names variables that do not change what is built: captured ones,
// and package variables that other tests may change, such as "conf.Mode", or
// "Mode" in the package of the call.
//
//go:noinline
func IgnoreCapture(names ...string) Option {
	return option{optIgnoreCapture, func(s *settings) { s.Ignore.Captures = append(s.Ignore.Captures, names...) }}
}

// A CodeMode says how much of the program counts as the fixture's code.
type CodeMode = memo.CodeMode

const (
	CodeClosure = memo.CodeClosure // what the function can reach, across packages; the default
	CodePackage = memo.CodePackage // all of its package, tests too, and of the packages of this module that it imports
	CodeBinary  = memo.CodeBinary  // the whole test binary
	CodeNone    = memo.CodeNone    // nothing: Version stands for it
)

// Code chooses how much of the program counts as the fixture's code.
//
//go:noinline
func Code(mode CodeMode) Option {
	return option{optCode, func(s *settings) { s.Code = mode }}
}

// Refresh builds and stores even when the stored value is valid.
//
//go:noinline
func Refresh() Option {
	return option{optRefresh, func(s *settings) { s.Spec.Refresh = true }}
}

// MaxAge makes what was built longer ago a miss: for what expires, a
// certificate say. Zero is no limit.
//
//go:noinline
func MaxAge(d time.Duration) Option {
	return option{optMaxAge, func(s *settings) { s.MaxAge = d }}
}

// NoStore uses what is stored but stores nothing.
//
//go:noinline
func NoStore() Option {
	return option{optNoStore, func(s *settings) { s.NoStore = true }}
}

// Scope gives fixtures of several packages one slot: its name stands in place
// of the package's path.
//
//go:noinline
func Scope(name string) Option {
	return option{optScope, func(s *settings) { s.Scope = name }}
}

// Local keeps a fixture on this machine: it is neither exported nor shared.
// It is meant for private keys.
//
//go:noinline
func Local() Option {
	return option{optLocal, func(s *settings) { s.Local = true }}
}

// Shared gives all callers in the process one and the same fixture, which nobody
// may change, instead of a copy for each: [Memo] and [Call] return one decoded
// value, [Dir] and [File] the path of the stored tree itself, read-only, at the
// same cost for any size. The tree stays where it is while the process lives.
//
//go:noinline
func Shared() Option {
	return option{optShared, func(s *settings) { s.Shared = true }}
}

// CheckDeterministic builds twice, and stores the value only if both are equal.
//
//go:noinline
func CheckDeterministic() Option {
	return option{optCheckDeterministic, func(s *settings) { s.Spec.CheckDeterministic = true }}
}
