package world

import (
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// What code asks the process and the machine it runs on for: the settings that
// are inputs where they are reached.

// What Asks says beside the names of settings: of package testing, of the runtime,
// and of package process for what asks holds.
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
	// SettingZone begins what stands for one of a name.
	SettingZones = "time zones"
	SettingZone  = "time zone "
	// SettingOfVariables stands for what sets environment variables.
	SettingOfVariables = "setting of variables"
	// SettingIdentity stands for what tells whether two files are one, and how many
	// names a file has.
	SettingIdentity = "identity of files"
	// SettingMakes stands for what makes files that others may have access to, and
	// SettingModes for what looks at the modes of files: the umask tells these of those.
	SettingMakes = "files made"
	SettingModes = "modes of files"
	// SettingLists stands for what lists directories.
	SettingLists = "listings"
	// SettingLinks stands for what makes symbolic links to elsewhere, by which a file
	// may be read under a name that the log does not tell from a temporary one.
	SettingLinks = "symbolic links"
	// SettingReads stands for what reads files or variables, or may start a
	// program, and for all code of other modules: where no log is kept, what does
	// none of that can be relied upon all the same.
	SettingReads = "reads"
)

// allSettings are the settings that code may ask for which is not known.
func allSettings() []string {
	return []string{"GOMAXPROCS", SettingVariables, "build info", SettingCommands, SettingEnvironment, "host name", SettingIdentity, SettingLinks, SettingLists, SettingLocalTime, SettingMakes, SettingModes, SettingReads, "user", "users of the machine", SettingZones, "arguments", "os.TempDir", "testing.Short"}
}

// A Read is what code reads by a name that its source tells.
type Read struct {
	Kind ReadKind
	Name string
}

// A ReadKind says what the name of a Read is.
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
	net/http/pprof Cmdline:command-line
	os Args:command-line Environ:all-variables ExpandEnv,Getenv,LookupEnv:environment SameFile:identity-of-files
	os Getuid,Geteuid,Getgid,Getegid,Getgroups:user Hostname:host-name TempDir:os.TempDir Link:!
	os UserHomeDir:$HOME,$USERPROFILE,$home UserCacheDir:$HOME,$XDG_CACHE_HOME,$LocalAppData,$home
	os UserConfigDir:$HOME,$XDG_CONFIG_HOME,$AppData,$home
	os/user *:user,users-of-the-machine
	plugin *:!
	runtime GOMAXPROCS,NumCPU:GOMAXPROCS GOROOT:$GOROOT
	runtime/cgo *:!
	runtime/debug ReadBuildInfo:build-info
	syscall Environ:all-variables Getuid,Geteuid,Getgid,Getegid,Getgroups:user
	testing/quick *:arguments
	testing CoverMode:build-info Short:testing.Short Verbose:testing.Verbose
`}

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
	before   []Read // read where no log is kept
	opaque   bool   // something is read in a way that neither the log nor a name tells
}

// answerOf finds the answer to a mention in a declaration.
func answerOf(n *graph.Node, x graph.External) (a answer) {
	name := x.Path + "." + x.Name
	var does std.World // as far as it is known
	if std.IsPackage(x.Path) {
		does = std.WorldOf(x.Path, x.Name)
	}
	// What only defines a flag reads none.
	reads := does&(std.Variables|std.Files|std.Command) != 0 || name == "os.Args" || name == "os.Readlink" || name == "flag.Parse" || waiting.Has(x.Path, x.Name)
	a.addListed(x, reads)
	given, all := namesGiven(n, x)
	if reads && a.before == nil {
		a.before = readsBefore(x, does, given, all)
	}
	switch {
	case name == "syscall.Getenv" && all:
		a.early = a.before
	case name == "syscall.Getenv":
		a.settings = append(a.settings, SettingVariables)
	case name == "os.Readlink":
		a.early, a.opaque = readsOf(ReadLink, given), !all
	case name == "os.Symlink" && (!all || slices.ContainsFunc(given, leadsAway)):
		a.settings = append(a.settings, SettingLinks)
	case name == "time.LoadLocation" && all:
		does &^= std.Zone
		for _, zone := range given {
			a.settings = append(a.settings, SettingZone+zone)
		}
	case name == "time.LoadLocation":
		does &^= std.Zone
		a.settings = append(a.settings, SettingZones)
	case name != "syscall.Environ":
		a.opaque = a.opaque || x.Path == "syscall" && does&std.Raw != 0
	}
	for _, s := range bySetting {
		if does&s.does != 0 {
			a.settings = append(a.settings, s.what)
		}
	}
	if !std.IsPackage(x.Path) || reads || does&std.Lists != 0 {
		a.settings = append(a.settings, SettingReads)
	}
	if setsState(x, std.Environ) {
		a.settings = append(a.settings, SettingOfVariables)
	}
	if slices.ContainsFunc(std.StateOf(x.Path, x.Name), func(u std.StateUse) bool { return u.Name == "runtime/debug.SetGCPercent" }) {
		a.early = append(a.early, collector...)
	}
	return a
}

// leadsAway reports whether a symbolic link to a path may lead out of its directory.
func leadsAway(target string) bool { return !filepath.IsLocal(filepath.FromSlash(target)) }

// addListed adds what asks says of a mention.
func (a *answer) addListed(x graph.External, reads bool) {
	for _, entry := range asks.Of(x.Path) {
		names, list, _ := strings.Cut(entry, ":")
		if names != "*" && !slices.Contains(strings.Split(names, ","), x.Name) {
			continue
		}
		for what := range strings.SplitSeq(strings.ReplaceAll(list, "-", " "), ",") {
			r := Read{readSetting, what}
			switch name, isVariable := strings.CutPrefix(what, "$"); {
			case what == "!":
				a.opaque = true
				continue
			case isVariable:
				r = Read{ReadVariable, name}
				a.early = append(a.early, r)
			default:
				a.settings = append(a.settings, what)
			}
			if reads && !slices.Contains([]string{SettingEnvironment, SettingIdentity, SettingModes, SettingLocalTime}, what) { // which stand for no more than a part
				a.before = append(a.before, r)
			}
		}
		return
	}
}

// readsBefore returns what a function of the standard library reads, given names,
// which are all or not.
func readsBefore(x graph.External, does std.World, given []string, all bool) []Read {
	_, _, below, byName := facts.NamedArgsOf(x.Path, x.Name)
	isVariable := byName && does&std.Files == 0 && does&std.Variables != 0
	switch {
	case x.Path == "os" && x.Name == "Getwd", x.Path == "path/filepath" && x.Name == "Abs":
		return []Read{{ReadDir, "working directory"}}
	case all && isVariable:
		return readsOf(ReadVariable, given)
	case isVariable:
		return []Read{{readSetting, SettingVariables}}
	case all && !below:
		return readsOf(ReadFile, given)
	}
	return []Read{{readUnnamed, shortRef(x)}}
}

func readsOf(kind ReadKind, names []string) (list []Read) {
	for _, name := range names {
		list = append(list, Read{kind, name})
	}
	return list
}

// namesGiven returns the names that a declaration gives to a function that looks
// at something by its name, and whether it gives no others.
func namesGiven(n *graph.Node, x graph.External) (list []string, all bool) {
	for _, f := range n.Fact.NamedArgs {
		switch {
		case f.Func.Sel != x.Name || n.File.Names[f.Func.X] != x.Path:
			continue
		case !f.Sure:
			return nil, false
		case x.Name == "ExpandEnv":
			os.Expand(f.Name, func(name string) string {
				list = append(list, name)
				return ""
			})
		default:
			list = append(list, f.Name)
		}
		all = true
	}
	return list, all
}
