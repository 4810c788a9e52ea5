package cachetest

import (
	"encoding/json"
	"io"
	"time"

	"github.com/fixturecache/fixturecache/cachetest/internal/fixture"
	"github.com/fixturecache/fixturecache/core/bridge"
)

// An Option says what a fixture depends on beyond what is found out, or how it
// is kept. Options that take lists add up, in any order; of those that take one
// value the last one counts. An option that means nothing for the function that
// it is given to, as [GoFlags] for [Memo], fails the test.
type Option interface{ apply(to any) }

// An option is one that is no bundle: the name of the function that makes it, and what
// that was given. It has no type of the engine, which the package that calls the function
// would have to compile.
type option struct {
	name string
	arg  any
}

func (o option) apply(to any) { to.(*fixture.Settings).Set(o.name, o.arg) }

type bundle []Option

func (b bundle) apply(to any) {
	for _, opt := range b {
		if opt != nil {
			opt.apply(to)
		}
	}
}

// Apply is apply for the packages of this module.
func (b bundle) Apply(s *fixture.Settings) { b.apply(s) }

// Options returns a bundle of options for use in several places. It stands for
// its options one after the other: a later [Version] replaces an earlier one,
// the names of all [Files] count, and one name in two [With] is an error.
func Options(opts ...Option) Option { return bundle(opts) }

// With names a value that the fixture depends on: an argument of the function
// around the call, a captured variable, a package variable. Each value has a
// stored fixture of its own. A value counts by type and content, down to
// unexported fields and whatever the order of a map. A value that is not data,
// such as a function or a channel, is an error. A [Path] counts by the content of
// its file or directory, and (*T)(nil) stands for a type parameter T. A name
// given twice is an error.
//
// If With is written in the call itself and its value is a package variable, or its
// name is that of one, as in With("conf.mode", conf.Mode()), then the value stands for
// the variable: it is no input that other tests may change it. By its name alone it does
// not if the variable may hold code, or is of a type that the source at hand does not tell.
//
//go:noinline // so that its callers do not compile types of the engine
func With(name string, value any) Option {
	if path, ok := value.(Path); ok {
		value = bridge.Path(path)
	}
	return option{"With", bridge.Value{Name: name, Value: value}}
}

// A Path is a file or directory as a value of [With]:
//
//	cachetest.With("corpus", cachetest.Path("testdata/corpus"))
//
// Its content is an input, its name is not. A relative path is relative to the
// directory of the test's package.
type Path string

// Files names files whose content is an input. It is for files that a child process
// reads, or that are read in ways that are not recorded. A directory stands for all that
// is in it, and a glob for the files that it matches and all that is in the directories
// that it matches; ** stands for any number of directories, as in "testdata/**/*.csv".
// Relative patterns are relative to the directory of the test's package. A named file may
// be absent, and counts as absent. A glob that matches nothing fails the test, for it may
// be mistyped: pattern "db/testdata/*.sqll" matches nothing in /home/u/shop.
func Files(patterns ...string) Option { return option{"Files", patterns} }

// Tool names executables on the PATH, or at a path, whose content is an input.
// The files that they read and the programs that they start in turn are not, and
// must be declared as well. Of a command that the function runs all environment
// variables are inputs, unless [Env] names those that matter. A tool that is not
// there is an error.
func Tool(names ...string) Option { return option{"Tool", names} }

// GoPackages names packages, as in "./cmd/server", that the build function hands to the
// go command. Their sources and embedded files, and those of the packages of this module
// that they import, are inputs, together with go.mod, the versions of other modules, the go
// command and its settings. A package that is imported only with other tags, or for another
// system, is named as well, and tests by Files where the function runs go test or go vet.
func GoPackages(patterns ...string) Option { return option{"GoPackages", patterns} }

// GoFlags gives flags to the go build of [GoBuild], such as "-tags=x",
// "-ldflags=-X main.version=1" or "-trimpath", each with its value in one string.
// The flags are inputs of the fixture, and so are the files that they name, from the
// directory of the test's package. They come after those of the test and override
// them: "-race=false" builds without the race detector where the test has it. A flag
// that changes nothing in the command (-v), that builds none (-n) or another file
// (-o), or that brings in what cannot be seen (-toolexec) is an error.
func GoFlags(flags ...string) Option { return option{"GoFlags", flags} }

// Env names environment variables that are inputs, each in full: a pattern is an error.
// Their values are stored only as digests.
func Env(names ...string) Option { return option{"Env", names} }

// Version gives the fixture a version that you change by hand when something has
// changed that cannot be seen. With it you answer for everything that commands,
// cgo and system calls read, and for nothing else: package variables, for
// example, are inputs as before.
func Version(v string) Option { return option{"Version", v} }

// DeclaredOnly says that the declared inputs are all there are: files and
// environment variables that the build function is seen to read do not count.
// Its code does.
func DeclaredOnly() Option { return option{"DeclaredOnly", true} }

// IgnoreFiles takes files out of the inputs, although they were read or match a
// pattern of [Files]: those whose path matches a pattern, or lies in a directory
// that does.
func IgnoreFiles(patterns ...string) Option { return option{"IgnoreFiles", patterns} }

// IgnoreEnv takes environment variables out of the inputs, although they were
// read: those whose name matches a pattern.
//
// Some variables count without being read. LANG and TZ do if the code can start
// programs or call C, and TZ does if it can ask for the local time, which is no
// input either if TZ is ignored. All variables do if the code can ask for all of
// them (os.Environ), or reads one before the tests run whose name its source does
// not tell: all but PWD, OLDPWD, SHLVL, _ and GOCOVERDIR, which go test and the shell
// set anew for each run, and CACHETEST and CACHETEST_*. Those that [Env] names still count.
func IgnoreEnv(names ...string) Option { return option{"IgnoreEnv", names} }

// IgnoreCapture names variables that do not change the fixture: captured ones,
// and package variables that tests may change, such as "conf.Mode", or "Mode" in
// the package of the call. In full a name is "example.com/m/conf.Mode". The name of a
// function or variable, such as "conf.init", also takes out what that read before the
// tests began; "t.Name()" is the name of the test, "runtime.Caller" where code stands.
// Code that a captured variable may hold still counts, by the test that made it; code
// that others put into a package variable does not.
func IgnoreCapture(names ...string) Option { return option{"IgnoreCapture", names} }

// A CodeMode says how much of the program counts as the fixture's code.
type CodeMode string

// The code modes.
const (
	CodeClosure CodeMode = "closure" // the declarations that the build function can reach, across packages; the default
	CodePackage CodeMode = "package" // its whole package with the tests, and the packages of this module that it imports
	CodeBinary  CodeMode = "binary"  // the whole test binary, and the command line
	CodeNone    CodeMode = "none"    // none: Version stands for it
)

// Code chooses how much of the program counts as the fixture's code.
func Code(mode CodeMode) Option { return option{"Code", string(mode)} }

// Refresh builds and stores the fixture, and those that ask for it, even if stored ones are valid.
func Refresh() Option { return option{"Refresh", true} }

// MaxAge builds the fixture again when the stored one is older than d, as for a
// certificate that expires. Zero is no limit.
func MaxAge(d time.Duration) Option { return option{"MaxAge", d} }

// NoStore uses a stored fixture if there is a valid one, and stores none.
func NoStore() Option { return option{"NoStore", true} }

// Scope lets several packages share a fixture: the name stands in place of the
// package's import path, which otherwise belongs to the key.
func Scope(name string) Option { return option{"Scope", name} }

// Local keeps a fixture on this machine: it is neither exported nor shared with
// other machines. It is meant for private keys.
func Local() Option { return option{"Local", true} }

// Shared gives all callers of a process one and the same fixture, which nobody
// may change, instead of a copy for each. [Memo] and [Call] return one decoded
// value. [Dir] and [File] return the path of the stored tree itself, with read-only
// files, at the same cost for any size; it stays there while the process lives.
func Shared() Option { return option{"Shared", true} }

// CheckDeterministic builds the value of [Memo] or [Call] twice, and stores it
// only if both are equal.
func CheckDeterministic() Option { return option{"CheckDeterministic", true} }

// A Codec encodes values of T for types that cannot be stored as they are. Name holds
// the version of the encoding: a value that was written under another name is built
// again, and so is one whose codec's methods or fields have changed. Functions that it
// holds, and what lies behind its pointers, in its maps and in its slices, are not
// seen: Name must change with them. Parts that an encoding loses are lost in the first
// run too, which returns the decoded value.
type Codec[T any] interface {
	Name() string
	Encode(io.Writer, T) error
	Decode(io.Reader) (T, error)
}

// WithCodec stores the value of [Memo] or [Call] by c. A codec for another type
// than that of the value fails the test.
func WithCodec[T any](c Codec[T]) Option {
	return withCodec(bridge.Box[T](c))
}

//go:noinline // so that its callers do not compile types of the engine
func withCodec(c *bridge.AnyCodec) Option {
	return option{"WithCodec", c}
}

// RegisterCodec makes c the codec of values of T wherever they occur in a
// fixture. It is meant for init functions.
func RegisterCodec[T any](c Codec[T]) { bridge.RegisterCodec(bridge.Box[T](c)) }

// RegisterGlobal gives a package variable a name by which stored values refer to
// it, so that they come back with the variable itself and not with a copy:
//
//	cachetest.RegisterGlobal("store.ErrNotFound", &store.ErrNotFound)
//
// Without it a value that holds the error is not stored: a copy would not be == to the
// variable. What a function made for a variable, such as time.FixedZone, comes back as
// a copy without it, equal and not ==. In the values of With and Call the content of the
// variable counts, so it must not hold a function or a channel there. It is meant for
// init functions.
func RegisterGlobal[T any](name string, p *T) { bridge.RegisterGlobal(name, p, false) }

// JSON returns a codec by encoding/json. Package gobcodec has one by encoding/gob.
func JSON[T any]() Codec[T] { return jsonCodec[T]{} }

type jsonCodec[T any] struct{}

func (jsonCodec[T]) Name() string                  { return "json" }
func (jsonCodec[T]) Encode(w io.Writer, v T) error { return json.NewEncoder(w).Encode(v) }
func (jsonCodec[T]) Decode(r io.Reader) (v T, err error) {
	err = json.NewDecoder(r).Decode(&v)
	return v, err
}
