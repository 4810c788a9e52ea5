package world

import (
	"go/ast"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
	"github.com/fixturecache/fixturecache/core/internal/settings"
)

// What code asks the process and the machine it runs on for: the settings that
// are inputs where they are reached.

// A Read is a read of something by a name.
type Read struct {
	Kind ReadKind
	Name string
}

// A ReadKind says what the name of a Read is.
type ReadKind uint8

const (
	readUnnamed  ReadKind = iota // the function that reads, as the source does not tell the name
	readSetting                  // a setting of the process or its machine, as in queries
	ReadVariable                 // an environment variable, or A_* for all whose names begin with A_
	ReadFile                     // a path that is read before any test runs
	ReadDir                      // "working directory", which is asked for before any test runs
)

// queries says which settings the names of a package ask for, which environment
// variables they read past the log, after a dollar, and by an exclamation mark that
// they read the world in a way that neither the log nor a name tells. A star stands
// for all names that no entry before it has. Package go/build has read its variables
// before any test ran. Methods that facts take for names of io/fs are those of exec.Cmd,
// fs.FileInfo and os.Root, and what returns a time. Tests find who asks for the identity
// of files, and on which variables the directories of a user depend on any system.
var queries = std.Names{Text: `
	archive/tar FileInfoHeader,NewWriter,Writer:identity-of-files,users-of-the-machine
	expvar Do,Get,Handler:command-line
	flag CommandLine,Lookup,NFlag,PrintDefaults,Set,Visit,VisitAll:command-line *:arguments
	github.com/fixturecache/fixturecache/cachetest/golden Updating:update-of-golden-files
	github.com/fixturecache/fixturecache/core/memo *:fixtures
	go/build Default,Import,ImportDir:all-variables
	io/fs Environ:all-variables Mode:modes-of-files Sys:modes-of-files,identity-of-files ReadLink,Readlink:!
	io/fs Deadline,FormatFileInfo,Local,ModTime:local-time
	net/http ProxyFromEnvironment:$HTTP_PROXY,$http_proxy,$HTTPS_PROXY,$https_proxy,$NO_PROXY,$no_proxy,$REQUEST_METHOD
	net/http/pprof Cmdline:command-line
	os Args:command-line Environ:all-variables ExpandEnv,Getenv,LookupEnv:environment SameFile:identity-of-files Executable:test-binary's-path
	os Getuid,Geteuid,Getgid,Getegid,Getgroups:user Hostname:host-name Getpagesize:page-size TempDir:os.TempDir NewFile:standard-input Link,Readlink:!
	os UserHomeDir:$HOME,$USERPROFILE,$home UserCacheDir:$HOME,$XDG_CACHE_HOME,$LocalAppData,$home
	os UserConfigDir:$HOME,$XDG_CONFIG_HOME,$AppData,$home
	os/user *:user,users-of-the-machine
	plugin *:!
	runtime GOMAXPROCS,NumCPU:GOMAXPROCS GOROOT:$GOROOT MemProfileRate,SetBlockProfileRate,SetMutexProfileFraction:command-line
	runtime/trace IsEnabled,Start:command-line
	runtime/metrics Read:GOMAXPROCS
	runtime/cgo *:!
	runtime/debug ReadBuildInfo:build-info
	syscall Environ:all-variables Getuid,Geteuid,Getgid,Getegid,Getgroups:user
	testing/quick *:arguments
	testing Benchmark,RunBenchmarks:command-line CoverMode,Coverage:build-info Short:testing.Short Verbose:testing.Verbose
`}

// bySetting lists the settings that effects of the standard library stand for.
var bySetting = [...]struct {
	does std.World
	what string
}{{std.Command, settings.Commands}, {std.Lists, settings.Lists}, {std.Makes, settings.Makes}, {std.Modes, settings.Modes}, {std.Zone, settings.LocalTime}}

// changing lists functions that look at files which they remove or change, and answer no
// more than whether they could.
const changing std.Words = " os.RemoveAll os.Symlink os.Truncate "

// An answer says what a mention of something outside asks of the process and its machine.
type answer struct {
	graph.External
	does   std.World // what a name of the standard library does
	reads  []Read    // reads past the log: settings, and names that the source tells
	before []Read    // reads where no log is kept
	hides  string    // the function that reads in a way that neither the log nor a name tells
	sets   []string  // state that it may set
}

func (a *answer) add(kind ReadKind, names ...string) {
	a.reads = append(a.reads, readsOf(kind, names)...)
}

// answers finds the answers to all mentions in a declaration, but to those that ask
// nothing.
func (w *Analysis) answers(n *graph.Node) []answer {
	if len(n.Externals) == 0 {
		return nil
	}
	list, known := w.known[n]
	if known {
		return list
	}
	for _, x := range n.Externals {
		a := answerOf(n, x)
		if a.hides == "" && graph.MakesSystemCalls(x.Path) && len(w.g.ExternalNodes(x)) == 0 {
			a.hides = shortRef(x) + ": no source"
		}
		if a.does != 0 || len(a.reads)+len(a.before)+len(a.sets) > 0 || a.hides != "" {
			list = append(list, a)
		}
	}
	w.known[n] = list
	return list
}

// have reports whether some of the declarations have an answer of a kind.
func (w *Analysis) have(list []*graph.Node, is func(answer) bool) bool {
	return slices.ContainsFunc(list, func(n *graph.Node) bool { return slices.ContainsFunc(w.answers(n), is) })
}

// answerOf finds the answer to a mention in a declaration.
func answerOf(n *graph.Node, x graph.External) answer {
	a := answer{External: x}
	name := x.Path + "." + x.Name
	if std.IsPackage(x.Path) {
		a.does = std.WorldOf(x.Path, x.Name)
	}
	does := a.does
	// Functions that only define a flag read none.
	reads := does&(std.Variables|std.Files|std.Command) != 0 || name == "os.Args" || name == "os.Readlink" || name == "flag.Parse" || facts.Waits.Has(name)
	names, all := namedArguments(n, x)
	listed := x
	if name == "os.Args" && all { // os.Args[0]
		listed.Name = "Executable"
	}
	a.addListed(listed)
	if reads && !changing.Has(name) {
		a.before = a.readsBefore(names, all)
	}
	switch name {
	case "syscall.Getenv":
		a.add(ReadVariable, names...)
		if !all {
			a.add(readSetting, settings.Variables)
		}
	case "os.Symlink":
		leadsAway := func(target string) bool { return !filepath.IsLocal(filepath.FromSlash(target)) } // out of its directory
		if !all || slices.ContainsFunc(names, leadsAway) {
			a.add(readSetting, settings.Links)
		}
	case "time.LoadLocation":
		does &^= std.Zone
		if !all {
			a.add(readSetting, settings.Zones)
		}
		for _, zone := range names {
			a.add(readSetting, settings.Zone+zone)
		}
	default:
		if x.Path == "syscall" && does&std.Raw != 0 {
			a.hides = shortRef(x)
		}
	}
	for _, s := range bySetting {
		if does&s.does != 0 {
			a.add(readSetting, s.what)
		}
	}
	isHidden := x.Name != "" && !ast.IsExported(x.Name)                                           // a type of a value handed over, as os.dirFS
	if !std.IsPackage(x.Path) || isHidden || reads || does&std.Lists != 0 || name == "os.Chdir" { // it tells what is there
		a.add(readSetting, settings.Reads)
	}
	a.addStates()
	return a
}

// addStates adds the state of the standard library that the mention sets, and what is read of it.
func (a *answer) addStates() {
	for _, u := range std.StateOf(a.Path, a.Name) {
		if u.Sets {
			a.sets = append(a.sets, u.Name)
		}
		switch {
		case u.Name == "os.Stdin":
			a.add(readSetting, settings.Stdin)
		case u.Name == "runtime/debug.SetGCPercent":
			a.add(ReadVariable, "GOGC", "GOMEMLIMIT") // as the garbage collector does at the start
		case u.Name == std.Environ && u.Sets:
			a.add(readSetting, settings.SetsVariables)
		}
	}
}

// addListed adds the entry of queries for a mention.
func (a *answer) addListed(x graph.External) {
	for _, entry := range queries.Of(x.Path) {
		names, list, _ := strings.Cut(entry, ":")
		if names != "*" && !slices.Contains(strings.Split(names, ","), x.Name) {
			continue
		}
		for what := range strings.SplitSeq(strings.ReplaceAll(list, "-", " "), ",") {
			switch name, isVariable := strings.CutPrefix(what, "$"); {
			case what == "!":
				a.hides = shortRef(x)
			case isVariable:
				a.add(ReadVariable, name)
			default:
				a.add(readSetting, what)
			}
		}
		return
	}
}

// readsBefore returns what a function of the standard library reads where no log is kept.
// all says that the source tells all names that it is given. An entry of queries may hold
// only a part of what such a function reads.
func (a *answer) readsBefore(names []string, all bool) []Read {
	args, byName := facts.NameArgsOf(a.Path, a.Name)
	isVariable := a.does&(std.Files|std.Command) == 0 && a.does&std.Variables != 0
	switch listed := a.reads; {
	case a.Path == "os" && a.Name == "Getwd", a.Path == "path/filepath" && a.Name == "Abs":
		return []Read{{ReadDir, "working directory"}}
	case all && byName && isVariable:
		return readsOf(ReadVariable, names)
	case isVariable && (byName || listed == nil):
		return []Read{{readSetting, settings.Variables}}
	case listed != nil:
		return listed
	case all && !args.Below:
		return readsOf(ReadFile, names)
	}
	return []Read{{readUnnamed, shortRef(a.External)}}
}

func readsOf(kind ReadKind, names []string) (list []Read) {
	for _, name := range names {
		list = append(list, Read{kind, name})
	}
	return list
}

// namedArguments returns the names that a declaration gives to a function that looks
// at something by its name, and whether it gives no others.
func namedArguments(n *graph.Node, x graph.External) (list []string, all bool) {
	for _, f := range n.Fact.NamedArgs {
		switch {
		case f.Func.Sel != x.Name || n.File.Names[f.Func.X] != x.Path:
			continue
		case !f.Sure, slices.Contains(n.File.Dots, x.Path): // which may have others without a qualifier
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
