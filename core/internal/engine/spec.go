package engine

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/store"
)

// A Spec says what is built and on what it depends. Only Key and Package are required.
type Spec struct {
	Key     string // the fixture's name in its package
	Package string // import path of the package that owns Key
	Scope   string // replaces Package: one slot for several packages
	Test    string // name of the test, for the logs

	// Func is the function whose code counts, if it is not build itself. Call is the
	// place of the call that hands it over, and Callee the name of the function called
	// there: the values that Func captures are compared with the call's arguments.
	Func   any
	Call   Site
	Callee string

	Codec   *AnyCodec // Box of a Codec[T] for Value, instead of the exact form
	Values  []Value
	Declare Declared
	Ignore  Ignored

	Version      string // bumped by hand; it also answers for commands, cgo and system calls
	DeclaredOnly bool   // recorded reads do not count
	Alone        bool   // nor do fixtures got before, or TZ and the like: only what is declared counts
	Code         CodeMode
	MaxAge       time.Duration // a record older than this is a miss; 0: no limit
	Refresh      bool          // build and store even when valid
	NoStore      bool          // look up, do not store
	Local        bool          // the record never leaves this machine
	Shared       bool          // Value: one decoded value for the whole process, which nobody may change

	CheckDeterministic bool // Value: build twice, store only if both values are equal

	// Veto is called after the build, and returns a reason not to store the output, or "".
	Veto func() string
	// Notify is called for each event, on the goroutine of Do, but for
	// EventBuilding: that comes from another one, while the build runs.
	Notify func(Event)
	// InTurn reports whether Test runs by itself now: it has not ended, and package
	// testing has begun none of those that follow it. nil stands for not known.
	InTurn func() bool
	// Deadline is when the caller's time is up; zero: never. No wait goes past it.
	Deadline time.Time

	typ    reflect.Type // of the value that Value returns
	kind   string       // instead of typ: what GetPath makes, "a directory" or "a file"
	codecs []string     // names of the codecs in use
	types  []string     // names of the types whose methods the codecs run
	built  string       // GoBuild: its package, which the key names

	take    func(*hit) error          // uses a stored output; with an error it is no hit
	decoded func(store.ObjectID) bool // takes the decoded value that the process has, and reports whether it has one
	maps    bool                      // take accepts an output that is mapped into memory
}

// A Value is a named value that a fixture depends on: an argument, a captured
// variable, a global.
type Value struct {
	Name  string
	Value any
}

// A Path, as the Value of a Value, stands for what is at a file or directory
// of that name, not for the name.
type Path string

// Declared names inputs. Relative paths hold against the directory that the
// process started in.
type Declared struct {
	Files []string // files, directories, globs with **
	Env   []string // variables
	Tools []string // executables on the PATH

	// GoPackages are patterns of packages that the build hands to the go
	// command, with GoFlags: all that the go command would build them from.
	GoPackages []string
	GoFlags    []string
}

// Ignored names what is not an input although it was found to be one.
type Ignored struct {
	Files    []string // patterns of paths; a directory's covers what is in it
	Env      []string // patterns of names
	Captures []string // captured variables
}

// A CodeMode says how much of the program counts as a fixture's code.
type CodeMode string

const (
	CodeClosure CodeMode = "closure" // the declarations that the function can reach; the default
	CodePackage CodeMode = "package" // all of the function's package and of the local ones that it imports, with what those can reach
	CodeBinary  CodeMode = "binary"  // the content of the test binary
	CodeNone    CodeMode = "none"    // no code: Version stands for it
)

// check reports misuse.
func (s *Spec) check() error {
	switch {
	case s.Key == "":
		return errors.New("the key is empty: give each fixture of a package a name of its own")
	case !oneLine(s.Key):
		return fmt.Errorf("key %q is not one line of text: it holds a line break or a zero byte", s.Key)
	case s.MaxAge < 0:
		return fmt.Errorf("MaxAge(%v): an age is not negative", s.MaxAge)
	}
	if modes := []CodeMode{CodeClosure, CodePackage, CodeBinary, CodeNone}; !slices.Contains(modes, s.code()) {
		return fmt.Errorf("Code(%q): not one of %s, %s, %s, %s", s.Code, modes[0], modes[1], modes[2], modes[3])
	}
	for i, v := range s.Values {
		if v.Name == "" || strings.Contains(v.Name, "/") || !oneLine(v.Name) {
			return fmt.Errorf("With(%q, …): a name is one line of text, without slashes and not empty", v.Name)
		}
		if slices.ContainsFunc(s.Values[:i], func(other Value) bool { return other.Name == v.Name }) {
			return fmt.Errorf("two values are named %q, by With or as the argument of Call: give each a name of its own", v.Name)
		}
	}
	for _, pattern := range slices.Concat(s.Declare.Files, s.Ignore.Files, s.Ignore.Env) {
		if pattern == "" || !input.CheckPattern(filepath.ToSlash(pattern)) {
			return fmt.Errorf("pattern %q is malformed: it is empty, or leaves a [ or { open", pattern)
		}
	}
	for _, name := range slices.Concat(s.Declare.Tools, s.Declare.GoPackages) {
		if name == "" || strings.HasPrefix(name, "-") || strings.ContainsAny(name, "\n\x00") {
			return fmt.Errorf("%q is neither a tool nor a pattern of packages", name)
		}
	}
	for _, name := range s.Declare.Env {
		if name == "" || strings.ContainsAny(name, "=\x00*?[$, \t\n") { // a pattern would take all others out
			return fmt.Errorf("Env(%q): not the name of an environment variable: give each by its full name", name)
		}
	}
	return nil
}

// oneLine reports whether a text is one line, which can stand in a record and in a message.
func oneLine(text string) bool { return !strings.ContainsAny(text, "\n\r\x00") }

// optionSet describes the options: kinds, names and patterns, a line each, together with
// the given lines. A record holds only for the set that it was made with, since another
// set would have recorded other inputs.
func (s *Spec) optionSet(lines ...string) string {
	if s.Alone {
		lines = append(lines, "alone")
	}
	for _, given := range []struct {
		what  string
		names []string
	}{
		{"files", s.Declare.Files},
		{"env", s.Declare.Env},
		{"tool", s.Declare.Tools},
		{"go packages", slices.DeleteFunc(slices.Clone(s.Declare.GoPackages), func(pkg string) bool { return pkg == s.built })},
		{"ignored files", s.Ignore.Files},
		{"ignored env", s.Ignore.Env},
		{"ignored capture", s.Ignore.Captures},
		{"codec", s.codecs},
	} {
		for _, name := range given.names {
			lines = append(lines, given.what+" "+name)
		}
	}
	for _, v := range s.Values {
		what := "value "
		if _, ok := v.Value.(Path); ok {
			what = "path "
		}
		lines = append(lines, what+v.Name)
	}
	lines = append(lines, input.GoFlagLines(s.Declare.GoFlags)...)
	if s.DeclaredOnly {
		lines = append(lines, "declared only")
	}
	if s.Local {
		lines = append(lines, "local") // a record that was made without it may have left this machine
	}
	if s.Version != "" {
		lines = append(lines, "version")
	}
	slices.Sort(lines)
	return strings.Join(slices.Compact(lines), "\n")
}

func (s *Spec) code() CodeMode { return cmp.Or(s.Code, CodeClosure) }

// answeredFor reports whether the user has declared something that stands for
// what cannot be seen from inside: what a command that fn runs reads. Variables
// do not.
func (s *Spec) answeredFor() bool {
	return s.Version != "" || s.DeclaredOnly || len(s.Declare.Files) > 0 || len(s.Declare.Tools) > 0 || len(s.Declare.GoPackages) > 0 ||
		slices.ContainsFunc(s.Values, func(v Value) bool { _, ok := v.Value.(Path); return ok })
}

// declares reports whether the user has declared what is read. A Version does not: it
// stands for what a command reads, and not for what was read before the tests.
func (s *Spec) declares() bool {
	return s.DeclaredOnly || len(s.Declare.Files) > 0 || len(s.Declare.Env) > 0 ||
		len(s.Declare.Tools) > 0 || len(s.Declare.GoPackages) > 0
}

// sortedValues returns the values in the order of their names.
func (s *Spec) sortedValues() []Value {
	list := slices.Clone(s.Values)
	sort.Slice(list, func(i, j int) bool { return list[i].Name < list[j].Name }) // SortFunc weighs 15 kB for each type
	return list
}
