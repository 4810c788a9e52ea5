package memo

import (
	"runtime/debug"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/engine"
)

// A Config says where a [Cache] lies and how it works. The zero Config is that of
// the tests of this user: it follows the environment, and the settings of the
// module that the process started in.
type Config struct {
	Dir    string // absolute; default $CACHETEST_DIR, else cachetest in the user's cache directory
	Mode   string // on, off, readonly, refresh, verify, require; default $CACHETEST, else on
	SHA256 bool   // digest files that an adversary may write; without it digests are ten times faster

	// Limits of the store. A trim removes first what has not been used for longest.
	// 0 stands for the default, a negative number for no limit.
	MaxAge             time.Duration
	MaxBytes, MaxCount int64

	Ignore []string // patterns of files that are inputs of no fixture, relative to the module root
	Env    []string // variables that are inputs of every fixture
}

// configOf returns the engine's Config. Like specOf it is no method, for which importers
// of memo would have to compile types of the engine.
func configOf(c *Config) engine.Config {
	return engine.Config{
		Dir: c.Dir, Mode: engine.Mode(c.Mode), SHA256: c.SHA256, Ignore: c.Ignore, Env: c.Env,
		Limits: engine.Limits{Age: c.MaxAge, Bytes: c.MaxBytes, Count: c.MaxCount},
	}
}

// A Spec says what is built and on what it depends. Only Key is required.
type Spec struct {
	Key     string // the fixture's name in its package
	Package string // import path of the package that owns Key; default: that of the caller
	Scope   string // replaces Package: one slot for several packages
	Func    any    // the function whose code counts, if it is not the build itself

	Values  []Value
	Declare Declared
	Ignore  Ignored

	Version      string        // bumped by hand; it also answers for commands, cgo and system calls
	DeclaredOnly bool          // recorded reads do not count
	Alone        bool          // nor do fixtures got before, or TZ and the like: only what is declared counts
	Code         string        // how much of the program counts: closure (default), package, binary, none
	MaxAge       time.Duration // a record older than this is a miss; 0: no limit
	Refresh      bool          // build and store even when valid
	NoStore      bool          // look up, do not store
	Local        bool          // the record never leaves this machine

	Codec              any  // Get: a Codec[T], instead of the exact form
	Shared             bool // Get: one decoded value for the whole process, which nobody may change
	CheckDeterministic bool // Get: build twice, store only if both values are equal

	// Notify is called for each event, on the goroutine of the call, but for
	// "building": that comes from another one, while the build runs.
	Notify func(Event)
}

// specOf returns the engine's Spec for a build function; skip counts the frames between this and
// the one that the user called.
func specOf(s *Spec, build any, skip int) engine.Spec {
	es := engine.Spec{
		Key: s.Key, Package: s.Package, Scope: s.Scope, Func: s.Func,
		Declare: engine.Declared(s.Declare), Ignore: engine.Ignored(s.Ignore),
		Version: s.Version, DeclaredOnly: s.DeclaredOnly, Alone: s.Alone, Code: engine.CodeMode(s.Code),
		MaxAge: s.MaxAge, Refresh: s.Refresh, NoStore: s.NoStore, Local: s.Local,
	}
	if es.Func == nil {
		es.Func = build
	}
	if es.Package == "" {
		if site, err := engine.Caller(skip); err == nil {
			es.Package = site.Package
		}
	}
	if es.Package == "main" { // each program has that name
		if info, ok := debug.ReadBuildInfo(); ok {
			es.Package = info.Path
		}
	}
	for _, v := range s.Values {
		if path, ok := v.Value.(Path); ok {
			v.Value = engine.Path(path)
		}
		es.Values = append(es.Values, engine.Value(v))
	}
	if s.Notify != nil {
		es.Notify = func(e engine.Event) { s.Notify(eventOf(e)) }
	}
	return es
}

// A Value is a named value that a fixture depends on: an argument, a captured
// variable, a global.
type Value struct {
	Name  string
	Value any
}

// A Path is the Value of a [Value] that stands for the content of the file or directory
// of that name, not for the name.
type Path string

// Declared names inputs: Files, which are files, directories and globs with **, Env
// variables, Tools, which are executables on the PATH, and GoPackages, which are patterns
// of packages that the build hands to the go command with GoFlags: all that the go
// command would build them from. Relative paths hold against the directory that the
// process started in.
type Declared = engine.Declared

// Ignored names what is not an input although it was found to be one: Files by patterns
// of paths, where that of a directory covers what is in it, Env variables by patterns
// of names, and Captures, which are captured variables.
type Ignored = engine.Ignored

// A Codec encodes values of T that cannot be stored as they are. Its name holds its
// version: values that were written under another name are not read. Parts that it loses
// are lost in the first run too, which returns the decoded value.
//
// It has the methods Name() string, Encode(io.Writer, T) error and
// Decode(io.Reader) (T, error).
type Codec[T any] = engine.Codec[T]
