package world

import (
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/graph"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// asks says which settings the names of a package ask for, which environment
// variables they read past the log, after a dollar, and by an exclamation mark that
// they read the world in a way that neither the log nor a name tells. A star stands
// for all names that no entry before it has. Package go/build has read its variables
// before any test ran. Methods that facts take for names of io/fs are those of
// exec.Cmd, fs.FileInfo, os.Root and those that return a time. Tests find the packages that ask for the identity
// of files, and on which variables the directories of a user depend on any system.
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
		if f.Name == "" {
			return nil, false
		}
		list = append(list, f.Name)
	}
	return list, len(list) > 0
}
