package std

import (
	"go/version"
	"runtime"
	"slices"
	"strings"
	"sync"
)

// A World is a set of things that a function may read or do, whether package os writes
// them to the log of the test or not.
type World uint16

const (
	Command     World = 1 << iota // starts a program
	Environment                   // reads all environment variables
	Raw                           // calls the system, C or a plugin
	Zone                          // reads the local time zone, or files of zones
	Place                         // asks where in the source code stands
	Process                       // reads arguments, flags, GOMAXPROCS, the user
	Varies                        // asks a clock, chance or a network
	Network                       // uses a network
	Variables                     // reads environment variables
	Files                         // opens files, or looks at them, by their names
	Kept                          // keeps some of that from its first call on
	Lists                         // lists directories
	Makes                         // makes files that others may have access to
	Modes                         // looks at the modes of files
)

// worldLetters are the bits of a World, lowest first, as the table writes them.
const worldLetters = "CERZLANTVFODMP"

func worldOf(letters string) (w World) {
	for _, c := range []byte(letters) {
		w |= 1 << strings.IndexByte(worldLetters, c)
	}
	return w
}

// WorldOf returns what a mention of a name may read or do: everything for a package
// that is not of the library.
func WorldOf(path, name string) World { return lookup(path, name).does }

var isNewer = sync.OnceValue(func() bool { return newer(runtime.Version(), derivedFrom()) })

// newer reports whether a version of Go is one whose library may have names
// that another has not.
func newer(release, than string) bool {
	release, _, _ = strings.Cut(release, " ") // before the names of experiments
	return !version.IsValid(release) || version.Compare(version.Lang(release), version.Lang(than)) > 0
}

// derivedFrom returns the version of Go from which the table is derived.
func derivedFrom() string {
	release, _, _ := strings.Cut(table, "\n")
	return release
}

// IsWorldMethod reports whether a method goes by its name, whatever it is a method
// of: WorldOf and StateOf take it for a name of io/fs, and join what all methods of
// that name do. It is asked of each selector of a program.
func IsWorldMethod(name string) bool {
	switch name {
	case "ModTime", "Mode", "Deadline", "Local", "FormatFileInfo", "ReadLink", "Readlink", "Environ", "Chdir", "Sys", "Setenv", "ParseFiles", "ParseGlob", "ReadDir", "Readdir", "Readdirnames":
		return true
	}
	return false
}

// A StateUse is state of the library, such as the default logger, that a
// function uses, and may set. It goes by the name of a variable or of a function
// that sets it, with its package: "time.Local"; "unicode.*" stands for all
// variables of a package.
type StateUse struct {
	Name   string
	Sets   bool
	Silent bool // it tells its caller nothing of the state, as log.Print, but may call code that was set there
}

// The names of the environment and of the working directory as state. The log tells
// what a function reads of them while it runs: StateOf returns only functions that set
// them.
const (
	Environ   = "os.Environ"
	Directory = "os.Getwd"
)

// IsLogged reports whether state is the environment or the working directory.
func IsLogged(state string) bool { return state == Environ || state == Directory }

// StateOf returns the state of the library that a mention of a name can come to. A
// function that hands out parts of the state sets it, and so does one that was not
// found to leave it alone.
func StateOf(path, name string) []StateUse { return lookup(path, name).states }

// IsInert reports whether state holds no code: a use of it changes nothing, whatever value
// the program has set it to.
func IsInert(state string) bool {
	dot := strings.LastIndexByte(state, '.')
	return has(state[:dot], state[dot+1:], 'i')
}

// Leaves reports whether a mention of a name may leave something behind that other
// code can see in another way than by state of which StateOf tells who uses it, files
// apart. Of a package that is not of the library it knows nothing.
func Leaves(path, name string) bool {
	return !IsPackage(path) || WorldOf(path, name)&(Command|Raw|Network) != 0 || slices.ContainsFunc(StateOf(path, name), func(u StateUse) bool {
		return u.Sets && IsLogged(u.Name)
	})
}

// IsState reports whether a variable of the library is state of which it is known
// which names use it.
func IsState(path, name string) bool {
	return slices.ContainsFunc(StateOf(path, name), func(u StateUse) bool { return u.Is(path, name) })
}

// Is reports whether the state is what a variable of the library holds.
func (u StateUse) Is(path, name string) bool { return u.Name == path+"."+name || u.Name == path+".*" }

// SetByImport returns the state of the library that an import of a package sets: its
// initialization, or that of a package which it imports, leaves something there, as
// image/gif does for image.Decode. What is in every test binary does not count. An empty
// name stands for all state.
func SetByImport(path string) []string {
	if !IsPackage(path) {
		return []string{""}
	}
	return lookup(path, "*").imports
}

// IsPackage reports whether a path is of a package of the standard library that
// programs can import. The go command looks for a path there first; a package
// that only begins like one of these is anybody's.
func IsPackage(path string) bool { return path == "unsafe" || packages()[path] != nil }
