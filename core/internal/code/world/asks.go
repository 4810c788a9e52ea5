package world

import (
	"slices"
	"sort"
	"strings"

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

// asks says which settings the names of a package ask for, which environment
// variables they read past the log, after a dollar, and by an exclamation mark that
// they read the world in a way that neither the log nor a name tells. A star stands
// for all names that no entry before it has. Package go/build has read its variables
// before any test ran. Methods that facts take for names of io/fs are those of
// exec.Cmd, fs.FileInfo and os.Root, and what returns a time. Tests find the packages
// that ask for the identity of files, and on which variables the directories of a user
// depend on any system.
var asks = std.Names{Text: `
	flag CommandLine,Lookup,NFlag,PrintDefaults,Set,Visit,VisitAll:command-line *:arguments
	github.com/fixturecache/fixturecache/cachetest/golden Updating:update-of-golden-files
	go/build Default,Import,ImportDir:all-variables
	io/fs Environ:all-variables Mode:modes-of-files Sys:modes-of-files,identity-of-files ReadLink,Readlink:!
	io/fs Deadline,FormatFileInfo,Local,ModTime:local-time
	os Args:command-line Environ:all-variables ExpandEnv,Getenv,LookupEnv:environment SameFile:identity-of-files
	os Getuid,Geteuid,Getgid,Getegid,Getgroups:user Hostname:host-name TempDir:os.TempDir
	os UserHomeDir:$HOME,$USERPROFILE,$home UserCacheDir:$HOME,$XDG_CACHE_HOME,$LocalAppData,$home
	os UserConfigDir:$HOME,$XDG_CONFIG_HOME,$AppData,$home
	os/user *:user,users-of-the-machine
	plugin *:!
	runtime GOMAXPROCS,NumCPU:GOMAXPROCS GOROOT:$GOROOT
	runtime/cgo *:!
	runtime/debug ReadBuildInfo:build-info
	syscall Environ:all-variables Getuid,Geteuid,Getgid,Getegid,Getgroups:user
	testing CoverMode:build-info Short:testing.Short Verbose:testing.Verbose
`}

// asked returns what asks says of a mention of something outside.
func asked(x graph.External) []string {
	for _, entry := range asks.Of(x.Path) {
		names, list, _ := strings.Cut(entry, ":")
		if names == "*" || slices.Contains(strings.Split(names, ","), x.Name) {
			return strings.Split(strings.ReplaceAll(list, "-", " "), ",")
		}
	}
	return nil
}

// bySetting are the settings that effects of the standard library stand for.
var bySetting = [...]struct {
	does std.World
	what string
}{{std.Command, SettingCommands}, {std.Lists, SettingLists}, {std.Makes, SettingMakes}, {std.Modes, SettingModes}, {std.Zone, SettingLocalTime}}

// collector are the variables that the garbage collector reads when the process
// starts.
var collector = []Read{{ReadVariable, "GOGC"}, {ReadVariable, "GOMEMLIMIT"}}

// An answer says what a mention of something outside asks of the process and its
// machine.
type answer struct {
	settings []string
	early    []Read // read past the log, by names that the source tells
	opaque   bool   // something is read in a way that neither the log nor a name tells
}

// answerOf finds the answer to a mention in a declaration.
func answerOf(n *graph.Node, x graph.External) (a answer) {
	for _, what := range asked(x) {
		switch name, isVariable := strings.CutPrefix(what, "$"); {
		case what == "!":
			a.opaque = true
		case isVariable:
			a.early = append(a.early, Read{ReadVariable, name})
		default:
			a.settings = append(a.settings, what)
		}
	}
	add := func(what string, asked bool) {
		if asked {
			a.settings = append(a.settings, what)
		}
	}
	var does std.World // as far as it is known
	if std.IsPackage(x.Path) {
		does = std.WorldOf(x.Path, x.Name)
	}
	switch name := x.Path + "." + x.Name; name {
	case "syscall.Environ":
	case "syscall.Getenv":
		add(SettingVariables, !a.addNamed(n, x, ReadVariable))
	case "os.Readlink":
		a.opaque = !a.addNamed(n, x, ReadLink)
	case "time.LoadLocation":
		does &^= std.Zone
		names, all := namesGiven(n, x)
		add(SettingZones, !all)
		for _, zone := range names {
			add(SettingZone+zone, true)
		}
	default:
		a.opaque = a.opaque || x.Path == "syscall" && does&std.Raw != 0
	}
	for _, s := range bySetting {
		add(s.what, does&s.does != 0)
	}
	add(SettingReads, !std.IsPackage(x.Path) || reads(x) || waiting.Has(x.Path, x.Name) || does&std.Lists != 0)
	add(SettingOfVariables, setsState(x, std.Environ))
	if slices.ContainsFunc(std.StateOf(x.Path, x.Name), func(u std.StateUse) bool { return u.Name == "runtime/debug.SetGCPercent" }) {
		a.early = append(a.early, collector...)
	}
	return a
}

// addNamed adds what a declaration gives to a function that reads by a name, and
// reports whether that is all that it reads.
func (a *answer) addNamed(n *graph.Node, x graph.External, kind ReadKind) bool {
	names, all := namesGiven(n, x)
	for _, name := range names {
		a.early = append(a.early, Read{kind, name})
	}
	return all
}

// namesGiven returns the names that a declaration gives to a function that looks
// at something by its name, and whether it gives no others.
func namesGiven(n *graph.Node, x graph.External) (list []string, all bool) {
	for _, f := range n.Fact.NamedArgs {
		if f.Func.Sel != x.Name || n.File.Names[f.Func.X] != x.Path {
			continue
		}
		if !f.Sure {
			return nil, false
		}
		list = append(list, f.Name)
	}
	return list, len(list) > 0
}
