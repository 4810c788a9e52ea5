package source

import (
	"os"
	"slices"
	"sort"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// What code asks the process and the machine it runs on for: the settings that
// are inputs where they are reached.

// What Asks says beside the names of settings that package testing and the
// runtime have.
const (
	// AsksEnvironment stands for environment variables that are read by name
	// while tests run. Which ones the log tells; but it tells also those that
	// packages os and testing read for their own ends, and of those it cannot
	// tell by whom.
	AsksEnvironment = "environment"
	// AsksVariables stands for the environment as a whole, or for variables
	// whose names neither the source nor the log tells.
	AsksVariables = "all variables"
	// AsksCommands stands for what can start another program. Whether it did
	// the log tells.
	AsksCommands = "commands"
	// AsksLocalTime stands for what may look at the local time zone.
	AsksLocalTime = "local time"
	// AsksZones stands for time zones whose names the source does not tell, and
	// AsksZone begins what stands for one of a name.
	AsksZones = "time zones"
	AsksZone  = "time zone "
	// AsksArguments stands for the whole command line, that of package testing's
	// flags among it.
	AsksArguments = "command line"
	// AsksToSet stands for what sets environment variables.
	AsksToSet = "setting of variables"
	// AsksIdentity stands for what tells whether two files are one, and how many
	// names a file has.
	AsksIdentity = "identity of files"
	// AsksBuildInfo stands for how the test binary was built: with coverage.
	AsksBuildInfo = "build info"
)

// allAsks are the settings that code may ask for which is not known.
func allAsks() []string {
	return []string{"GOMAXPROCS", AsksVariables, AsksBuildInfo, AsksCommands, AsksEnvironment, AsksIdentity, AsksLocalTime, AsksZones, "arguments", "os.TempDir", "testing.Short"}
}

// ambient are answers that come from how the test process was started.
var ambient = nameTable{text: `
	testing Short Verbose CoverMode
	flag *
	os Args TempDir Getenv LookupEnv ExpandEnv
	runtime GOMAXPROCS NumCPU
	runtime/debug ReadBuildInfo
`}

// flagReaders are the names of package flag that come to flags which others
// define.
var flagReaders = wordSet{text: "CommandLine Lookup NFlag PrintDefaults Set Visit VisitAll"}

// environs are what reads the whole environment, or some of it past the log:
// package go/build has read its variables before any test ran. Facts take a
// method Environ, which exec.Cmd has, for a name of io/fs.
var environs = nameTable{text: `
	os Environ
	io/fs Environ
	syscall Environ
	go/build Default Import ImportDir
`}

// getters are functions that read a variable past the log.
var getters = nameTable{text: `
	syscall Getenv
`}

// envSetters set environment variables. The method Setenv of a testing handle
// facts take for a name of io/fs.
var envSetters = nameTable{text: `
	os Clearenv Setenv Unsetenv
	io/fs Setenv
	syscall Clearenv Setenv Unsetenv
	golang.org/x/sys/unix Clearenv Setenv Unsetenv
	golang.org/x/sys/windows Clearenv Setenv Unsetenv
`}

// identities are what tells one file from another whatever is in them. The
// method Sys of an fs.FileInfo facts take for a name of io/fs. A test finds the
// packages of the standard library that ask.
var identities = nameTable{text: `
	os SameFile
	io/fs Sys
`}

// asks names the settings that a mention of something outside asks for.
func asks(n *node, x extRef) (list []string) {
	if ambient.has(x.path, x.name) {
		list = append(list, askedFor(x))
	}
	if environs.has(x.path, x.name) {
		list = append(list, AsksVariables)
	}
	if getters.has(x.path, x.name) {
		if _, all := namesGiven(n, x); !all {
			list = append(list, AsksVariables)
		}
	}
	if std.IsPackage(x.path) && std.WorldOf(x.path, x.name)&std.Command != 0 {
		list = append(list, AsksCommands)
	}
	if envSetters.has(x.path, x.name) {
		list = append(list, AsksToSet)
	}
	if identities.has(x.path, x.name) {
		list = append(list, AsksIdentity)
	}
	switch {
	case x.path == "time" && x.name == "LoadLocation":
		names, all := namesGiven(n, x)
		if !all {
			return append(list, AsksZones)
		}
		for _, name := range names {
			list = append(list, AsksZone+name)
		}
	case std.IsPackage(x.path) && std.WorldOf(x.path, x.name)&std.Zone != 0, x.path == "io/fs" && isTimeMethod(x.name):
		list = append(list, AsksLocalTime)
	}
	return list
}

// askedFor names the setting that a mention of ambient asks for.
func askedFor(x extRef) string {
	switch x.path {
	case "testing":
		if x.name == "CoverMode" {
			return AsksBuildInfo
		}
		return "testing." + x.name
	case "runtime":
		return "GOMAXPROCS"
	case "runtime/debug":
		return AsksBuildInfo
	case "os":
		switch x.name {
		case "TempDir":
			return "os.TempDir"
		case "Args":
			return AsksArguments
		}
		return AsksEnvironment
	}
	if flagReaders.has(x.name) {
		return AsksArguments
	}
	return "arguments"
}

// A WorldRead is what code reads by a name that its source tells.
type WorldRead struct {
	Kind ReadKind
	Name string
}

// A ReadKind says what the name of a WorldRead is.
type ReadKind uint8

const (
	readUnnamed  ReadKind = iota // the source does not tell: what reads
	readSetting                  // what an ask of Asks stands for
	ReadVariable                 // an environment variable
	ReadFile                     // a path that is read before any test runs
	ReadLink                     // that of a symbolic link, which is read at any time
	ReadDir                      // nothing: the working directory, before any test runs
)

func compactReads(list []WorldRead) []WorldRead {
	sort.Slice(list, func(i, j int) bool { // SortFunc weighs 15 kB for each type
		a, b := list[i], list[j]
		return a.Kind < b.Kind || a.Kind == b.Kind && a.Name < b.Name
	})
	return slices.Compact(list)
}

// The environment variables that the run-time system itself reads past the log:
// when it starts, for the garbage collector, or when it is asked.
var (
	collector = []WorldRead{{ReadVariable, "GOGC"}, {ReadVariable, "GOMEMLIMIT"}}
	goRoot    = []WorldRead{{ReadVariable, "GOROOT"}}
)

// runtimeReads returns which of them a mention of something outside may tell.
func runtimeReads(x extRef) []WorldRead {
	switch {
	case x.path == "runtime" && x.name == "GOROOT":
		return goRoot
	case slices.ContainsFunc(std.StateOf(x.path, x.name), func(u std.StateUse) bool { return u.Name == "runtime/debug.SetGCPercent" }):
		return collector
	}
	return nil
}

// unlogged returns what a mention of something outside reads past the log by a
// constant name, and whether that is all that it reads.
func unlogged(n *node, x extRef) (list []WorldRead, all bool) {
	kind := ReadLink
	switch {
	case getters.has(x.path, x.name):
		kind = ReadVariable
	case x.path != "os" || x.name != "Readlink":
		return nil, false
	}
	names, all := namesGiven(n, x)
	for _, name := range names {
		list = append(list, WorldRead{kind, name})
	}
	return list, all
}

// homes are the variables that tell where a user's directories are, on any
// system.
var homes = nameTable{text: `
	os UserHomeDir:HOME UserHomeDir:USERPROFILE UserHomeDir:home
	os UserCacheDir:HOME UserCacheDir:XDG_CACHE_HOME UserCacheDir:LocalAppData UserCacheDir:home
	os UserConfigDir:HOME UserConfigDir:XDG_CONFIG_HOME UserConfigDir:AppData UserConfigDir:home
`}

// readsBefore returns what a mention of something outside that reads the world
// reads when no log is kept.
func readsBefore(n *node, x extRef) (list []WorldRead) {
	for _, entry := range homes.of(x.path) {
		if fn, name, _ := strings.Cut(entry, ":"); fn == x.name {
			list = append(list, WorldRead{ReadVariable, name})
		}
	}
	_, _, named := namesOf(x.path, x.name)
	isVariable := getters.has(x.path, x.name) || x.path == "os" && slices.Contains([]string{"Getenv", "LookupEnv", "ExpandEnv"}, x.name)
	switch {
	case list != nil:
		return list
	case environs.has(x.path, x.name):
		return []WorldRead{{readSetting, AsksVariables}}
	case x.path == "flag", x.path == "os" && x.name == "Args":
		return []WorldRead{{readSetting, askedFor(x)}}
	case x.path == "os" && x.name == "Getwd", x.path == "path/filepath" && x.name == "Abs":
		return []WorldRead{{ReadDir, "working directory"}}
	case !named && !isVariable:
		return []WorldRead{{readUnnamed, shortRef(x)}}
	}
	names, all := namesGiven(n, x)
	switch {
	case all && x.name == "ExpandEnv":
		for _, text := range names {
			os.Expand(text, func(name string) string {
				list = append(list, WorldRead{ReadVariable, name})
				return ""
			})
		}
		return list
	case all:
		for _, name := range names {
			if isVariable {
				list = append(list, WorldRead{ReadVariable, name})
			} else {
				list = append(list, WorldRead{ReadFile, name})
			}
		}
		return list
	case isVariable:
		return []WorldRead{{readSetting, AsksVariables}}
	}
	return []WorldRead{{readUnnamed, shortRef(x)}}
}
