package world

import (
	"slices"
	"sort"
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
