package world

import (
	"os"
	"slices"
	"sort"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// What code asks the process and the machine it runs on for: the settings that
// are inputs where they are reached.

// What Asks says beside the names of settings that package testing and the
// runtime have.
const (
	// SettingEnvironment stands for environment variables that are read by name
	// while tests run. Which ones the log tells; but it tells also those that
	// packages os and testing read for their own ends, and of those it cannot
	// tell by whom.
	SettingEnvironment = "environment"
	// SettingVariables stands for the environment as a whole, or for variables
	// whose names neither the source nor the log tells.
	SettingVariables = "all variables"
	// SettingCommands stands for what can start another program. Whether it did
	// the log tells.
	SettingCommands = "commands"
	// SettingLocalTime stands for what may look at the local time zone.
	SettingLocalTime = "local time"
	// SettingZones stands for time zones whose names the source does not tell, and
	// AsksZone begins what stands for one of a name.
	SettingZones = "time zones"
	SettingZone  = "time zone "
	// SettingArguments stands for the whole command line, that of package testing's
	// flags among it.
	SettingArguments = "command line"
	// SettingOfVariables stands for what sets environment variables.
	SettingOfVariables = "setting of variables"
	// SettingIdentity stands for what tells whether two files are one, and how many
	// names a file has.
	SettingIdentity = "identity of files"
	// SettingMakes stands for what makes files that others may have access to,
	// SettingModes for what looks at the modes of files, and SettingUmask for the
	// umask, which tells these of those.
	SettingMakes = "files made"
	SettingModes = "modes of files"
	SettingUmask = "umask (all bits)"
	// SettingHost stands for the name of the machine, SettingUser for who runs the
	// process, and SettingUsers for what the machine knows of its users.
	SettingHost  = "host name"
	SettingUser  = "user"
	SettingUsers = "users of the machine"
	// SettingBuildInfo stands for how the test binary was built: with coverage.
	SettingBuildInfo = "build info"
	// SettingUpdating stands for whether this run writes golden files.
	SettingUpdating = "update of golden files"
	// SettingLists stands for what lists directories.
	SettingLists = "listings"
	// SettingReads stands for what reads files or variables, or may start a
	// program, and for all code of other modules: where no log is kept, what does
	// none of that can be relied upon all the same.
	SettingReads = "reads"
)

// allSettings are the settings that code may ask for which is not known.
func allSettings() []string {
	return []string{"GOMAXPROCS", SettingVariables, SettingBuildInfo, SettingCommands, SettingEnvironment, SettingHost, SettingIdentity, SettingLists, SettingLocalTime, SettingMakes, SettingModes, SettingReads, SettingUser, SettingUsers, SettingZones, "arguments", "os.TempDir", "testing.Short"}
}

// ambient are answers that come from how the test process was started.
var ambient = std.Names{Text: `
	testing Short Verbose CoverMode
	flag *
	os Args TempDir Getenv LookupEnv ExpandEnv
	runtime GOMAXPROCS NumCPU
	runtime/debug ReadBuildInfo
`}

// flagReaders are the names of package flag that come to flags which others
// define.
var flagReaders = std.Words{Text: "CommandLine Lookup NFlag PrintDefaults Set Visit VisitAll"}

// environs are what reads the whole environment, or some of it past the log:
// package go/build has read its variables before any test ran. Facts take a
// method Environ, which exec.Cmd has, for a name of io/fs.
var environs = std.Names{Text: `
	os Environ
	io/fs Environ
	syscall Environ
	go/build Default Import ImportDir
`}

// getters are functions that read a variable past the log.
var getters = std.Names{Text: `
	syscall Getenv
`}

// identities are what tells one file from another whatever is in them. The
// method Sys of an fs.FileInfo facts take for a name of io/fs. A test finds the
// packages of the standard library that ask.
var identities = std.Names{Text: `
	os SameFile
	io/fs Sys
`}

// users are what tells who runs the process.
var users = std.Names{Text: `
	os Getuid Geteuid Getgid Getegid Getgroups
	syscall Getuid Geteuid Getgid Getegid Getgroups
`}

// golden is the package of golden files.
const golden = "github.com/fixturecache/fixturecache/cachetest/golden"

// settingsOf names the settings that a mention of something outside asks for.
func settingsOf(n *graph.Node, x graph.External) (list []string) {
	var does std.World // as far as it is known
	if std.IsPackage(x.Path) {
		does = std.WorldOf(x.Path, x.Name)
	}
	if ambient.Has(x.Path, x.Name) {
		list = append(list, settingOf(x))
	}
	if environs.Has(x.Path, x.Name) {
		list = append(list, SettingVariables)
	}
	if getters.Has(x.Path, x.Name) {
		if _, all := namesGiven(n, x); !all {
			list = append(list, SettingVariables)
		}
	}
	if does&std.Command != 0 {
		list = append(list, SettingCommands)
	}
	if slices.Contains(std.StateOf(x.Path, x.Name), std.StateUse{Name: std.Environ, Sets: true}) {
		list = append(list, SettingOfVariables)
	}
	if does&std.Lists != 0 {
		list = append(list, SettingLists)
	}
	if does&std.Makes != 0 {
		list = append(list, SettingMakes)
	}
	if does&std.Modes != 0 || x.Path == "io/fs" && (x.Name == "Mode" || x.Name == "Sys") {
		list = append(list, SettingModes)
	}
	if x.Path == "os" && x.Name == "Hostname" {
		list = append(list, SettingHost)
	}
	if users.Has(x.Path, x.Name) {
		list = append(list, SettingUser)
	}
	if x.Path == "os/user" {
		list = append(list, SettingUser, SettingUsers)
	}
	if !std.IsPackage(x.Path) || reads(x) || waiting.Has(x.Path, x.Name) || slices.Contains(list, SettingLists) {
		list = append(list, SettingReads)
	}
	if x.Path == golden && x.Name == "Updating" {
		list = append(list, SettingUpdating)
	}
	if identities.Has(x.Path, x.Name) {
		list = append(list, SettingIdentity)
	}
	switch {
	case x.Path == "time" && x.Name == "LoadLocation":
		names, all := namesGiven(n, x)
		if !all {
			return append(list, SettingZones)
		}
		for _, name := range names {
			list = append(list, SettingZone+name)
		}
	case std.IsPackage(x.Path) && std.WorldOf(x.Path, x.Name)&std.Zone != 0, x.Path == "io/fs" && facts.IsTimeMethod(x.Name):
		list = append(list, SettingLocalTime)
	}
	return list
}

// settingOf names the setting that a mention of ambient asks for.
func settingOf(x graph.External) string {
	switch x.Path {
	case "testing":
		if x.Name == "CoverMode" {
			return SettingBuildInfo
		}
		return "testing." + x.Name
	case "runtime":
		return "GOMAXPROCS"
	case "runtime/debug":
		return SettingBuildInfo
	case "os":
		switch x.Name {
		case "TempDir":
			return "os.TempDir"
		case "Args":
			return SettingArguments
		}
		return SettingEnvironment
	}
	if flagReaders.Has(x.Name) {
		return SettingArguments
	}
	return "arguments"
}

// A Read is what code reads by a name that its source tells.
type Read struct {
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

func compactReads(list []Read) []Read {
	sort.Slice(list, func(i, j int) bool { // SortFunc weighs 15 kB for each type
		a, b := list[i], list[j]
		return a.Kind < b.Kind || a.Kind == b.Kind && a.Name < b.Name
	})
	return slices.Compact(list)
}

// The environment variables that the run-time system itself reads past the log:
// when it starts, for the garbage collector, or when it is asked.
var (
	collector = []Read{{ReadVariable, "GOGC"}, {ReadVariable, "GOMEMLIMIT"}}
	goRoot    = []Read{{ReadVariable, "GOROOT"}}
)

// runtimeReads returns which of them a mention of something outside may tell.
func runtimeReads(x graph.External) []Read {
	switch {
	case x.Path == "runtime" && x.Name == "GOROOT":
		return goRoot
	case slices.ContainsFunc(std.StateOf(x.Path, x.Name), func(u std.StateUse) bool { return u.Name == "runtime/debug.SetGCPercent" }):
		return collector
	}
	return nil
}

// unlogged returns what a mention of something outside reads past the log by a
// constant name, and whether that is all that it reads.
func unlogged(n *graph.Node, x graph.External) (list []Read, all bool) {
	kind := ReadLink
	switch {
	case getters.Has(x.Path, x.Name):
		kind = ReadVariable
	case x.Path != "os" || x.Name != "Readlink":
		return nil, false
	}
	names, all := namesGiven(n, x)
	for _, name := range names {
		list = append(list, Read{kind, name})
	}
	return list, all
}

// homes are the variables that tell where a user's directories are, on any
// system.
var homes = std.Names{Text: `
	os UserHomeDir:HOME UserHomeDir:USERPROFILE UserHomeDir:home
	os UserCacheDir:HOME UserCacheDir:XDG_CACHE_HOME UserCacheDir:LocalAppData UserCacheDir:home
	os UserConfigDir:HOME UserConfigDir:XDG_CONFIG_HOME UserConfigDir:AppData UserConfigDir:home
`}

// readsBefore returns what a mention of something outside that reads the world
// reads when no log is kept.
func readsBefore(n *graph.Node, x graph.External) (list []Read) {
	for _, entry := range homes.Of(x.Path) {
		if fn, name, _ := strings.Cut(entry, ":"); fn == x.Name {
			list = append(list, Read{ReadVariable, name})
		}
	}
	_, _, named := facts.NamedArgsOf(x.Path, x.Name)
	isVariable := getters.Has(x.Path, x.Name) || x.Path == "os" && slices.Contains([]string{"Getenv", "LookupEnv", "ExpandEnv"}, x.Name)
	switch {
	case list != nil:
		return list
	case environs.Has(x.Path, x.Name):
		return []Read{{readSetting, SettingVariables}}
	case x.Path == "flag", x.Path == "os" && (x.Name == "Args" || x.Name == "TempDir"):
		return []Read{{readSetting, settingOf(x)}}
	case x.Path == "os" && x.Name == "Getwd", x.Path == "path/filepath" && x.Name == "Abs":
		return []Read{{ReadDir, "working directory"}}
	case !named && !isVariable, x.Name == "OpenRoot": // what is read below it has other names
		return []Read{{readUnnamed, shortRef(x)}}
	}
	names, all := namesGiven(n, x)
	switch {
	case all && x.Name == "ExpandEnv":
		for _, text := range names {
			os.Expand(text, func(name string) string {
				list = append(list, Read{ReadVariable, name})
				return ""
			})
		}
		return list
	case all:
		for _, name := range names {
			if isVariable {
				list = append(list, Read{ReadVariable, name})
			} else {
				list = append(list, Read{ReadFile, name})
			}
		}
		return list
	case isVariable:
		return []Read{{readSetting, SettingVariables}}
	}
	return []Read{{readUnnamed, shortRef(x)}}
}
