package cachetest

import (
	"time"

	"github.com/fixturecache/fixturecache/core/memo"
)

// An Option says what a fixture depends on beyond what is found out, or how it
// is kept. The order of options does not matter, but that the last one of
// those that take a single value wins; lists add up.
type Option interface{ apply(any) }

// The functions that make options are not inlined: what they do with settings
// would be compiled in the package of who calls them, and the engine with it.

// settings is what options set.
type settings struct {
	memo.Spec
	inPlace bool
}

type optionFunc func(*settings)

func (f optionFunc) apply(s any) { f(s.(*settings)) }

// Options is a bundle of options, for use in several places.
//
//go:noinline
func Options(opts ...Option) Option {
	return optionFunc(func(s *settings) {
		for _, opt := range opts {
			if opt != nil {
				opt.apply(s)
			}
		}
	})
}

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
	return optionFunc(func(s *settings) { s.Values = append(s.Values, memo.Value{Name: name, Value: value}) })
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
	return optionFunc(func(s *settings) { s.Declare.Files = append(s.Declare.Files, patterns...) })
}

// Tool names executables that are found on the PATH and whose content is an
// input. What they read or start in turn is not: declare it as well.
//
//go:noinline
func Tool(names ...string) Option {
	return optionFunc(func(s *settings) { s.Declare.Tools = append(s.Declare.Tools, names...) })
}

// GoPackages names packages that the function hands to the go command, as in
// go build, "./cmd/server" say: their sources and embedded files, and those of
// all that they import in this module, go.mod, the versions of modules, the go
// command and its settings are inputs.
//
//go:noinline
func GoPackages(patterns ...string) Option {
	return optionFunc(func(s *settings) { s.Declare.GoPackages = append(s.Declare.GoPackages, patterns...) })
}

// Env names variables that are inputs. Their values are never stored.
//
//go:noinline
func Env(names ...string) Option {
	return optionFunc(func(s *settings) { s.Declare.Env = append(s.Declare.Env, names...) })
}

// Version is a version of the fixture, to be changed by hand. It also
// says that its author answers for what commands, cgo and system calls read,
// which nobody can see; for what variables hold it does not.
//
//go:noinline
func Version(v string) Option {
	return optionFunc(func(s *settings) { s.Version = v })
}

// DeclaredOnly says that what is declared is everything: the files and
// variables that are seen to be read do not count.
//
//go:noinline
func DeclaredOnly() Option {
	return optionFunc(func(s *settings) { s.DeclaredOnly = true })
}

// IgnoreFiles leaves out files whose path matches, or lies in a directory that
// does, although they were read or match a pattern of [Files].
//
//go:noinline
func IgnoreFiles(patterns ...string) Option {
	return optionFunc(func(s *settings) { s.Ignore.Files = append(s.Ignore.Files, patterns...) })
}

// IgnoreEnv leaves out variables whose name matches a pattern, although they
// were read. Code that can ask for all of them (os.Environ), or for one whose
// name its source does not tell before the tests run, has the whole environment
// for an input, but for what go test and the shell set anew for each run: PWD,
// OLDPWD, SHLVL, _ and GOCOVERDIR.
//
//go:noinline
func IgnoreEnv(names ...string) Option {
	return optionFunc(func(s *settings) { s.Ignore.Env = append(s.Ignore.Env, names...) })
}

// IgnoreCapture names variables that do not change what is built: captured ones,
// and package variables that other tests may change, such as "conf.Mode", or
// "Mode" in the package of the call.
//
//go:noinline
func IgnoreCapture(names ...string) Option {
	return optionFunc(func(s *settings) { s.Ignore.Captures = append(s.Ignore.Captures, names...) })
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
	return optionFunc(func(s *settings) { s.Code = mode })
}

// Refresh builds and stores even when the stored value is valid.
//
//go:noinline
func Refresh() Option {
	return optionFunc(func(s *settings) { s.Spec.Refresh = true })
}

// MaxAge makes what was built longer ago a miss: for what expires, a
// certificate say. Zero is no limit.
//
//go:noinline
func MaxAge(d time.Duration) Option {
	return optionFunc(func(s *settings) { s.MaxAge = d })
}

// InPlace makes Dir and File return the stored tree itself, read-only, instead
// of a copy: it costs the same for any size. It stays while the process lives.
//
//go:noinline
func InPlace() Option {
	return optionFunc(func(s *settings) { s.inPlace = true })
}

// NoStore uses what is stored but stores nothing.
//
//go:noinline
func NoStore() Option {
	return optionFunc(func(s *settings) { s.NoStore = true })
}

// Scope gives fixtures of several packages one slot: its name stands in place
// of the package's path.
//
//go:noinline
func Scope(name string) Option {
	return optionFunc(func(s *settings) { s.Scope = name })
}

// Local keeps a fixture on this machine: it is neither exported nor shared.
// It is meant for private keys.
//
//go:noinline
func Local() Option {
	return optionFunc(func(s *settings) { s.Local = true })
}

// ReadOnly decodes the value of [Memo] once for the whole process, instead of
// once for each call. Nobody may change it.
//
//go:noinline
func ReadOnly() Option {
	return optionFunc(func(s *settings) { s.Shared = true })
}

// CheckDeterministic builds twice, and stores the value only if both are equal.
//
//go:noinline
func CheckDeterministic() Option {
	return optionFunc(func(s *settings) { s.Spec.CheckDeterministic = true })
}
