package source

import (
	"os"
	"slices"
	"sort"
	"strings"
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
	golang.org/x/sys/unix Environ
	golang.org/x/sys/windows Environ
`}

// getters are functions that read a variable past the log.
var getters = nameTable{text: `
	syscall Getenv
	golang.org/x/sys/unix Getenv
	golang.org/x/sys/windows Getenv
`}

// runners start other programs, by way of os.StartProcess. A test finds the
// packages of the standard library that import os/exec.
var runners = nameTable{text: `
	os StartProcess
	os/exec *
	go/build *
	go/importer *
	net/http/cgi *
	net/http/fcgi *
	golang.org/x/sys/execabs *
`}

// timeless are the names of package time that neither are nor make a time, so
// that they lead to no local time zone. A test holds them against its source.
var timeless = wordSet{text: `ANSIC UnixDate RubyDate RFC822 RFC822Z RFC850 RFC1123 RFC1123Z RFC3339 RFC3339Nano Kitchen Layout Stamp StampMilli StampMicro StampNano
	DateTime DateOnly TimeOnly Duration Nanosecond Microsecond Millisecond Second Minute Hour Month January February March April May June July August September
	October November December Weekday Sunday Monday Tuesday Wednesday Thursday Friday Saturday Sleep ParseDuration ParseError Since Until FixedZone Location UTC
	LoadLocationFromTZData LoadLocation`}

// timed are the other packages of the standard library of which something is,
// holds or returns a time, which may be asked for the local one. A test finds
// them. Of those that nearly everything mentions (os, io/fs, context) only
// timeMethods do.
var timed = wordSet{text: `archive/tar archive/zip compress/gzip crypto/tls crypto/x509 crypto/x509/pkix database/sql log/slog net/http net/mail runtime/debug testing/fstest`}

// timeMethods return times, whatever they are methods of; FormatFileInfo prints
// one. Facts take them for names of io/fs.
var timeMethods = wordSet{text: `ModTime Deadline Local FormatFileInfo`}

// isWorldMethod reports whether facts note a method of a name, whatever it is a
// method of.
func isWorldMethod(name string) bool {
	return timeMethods.has(name) || linkMethods.has(name) || name == "Environ" || name == "Chdir" || name == "Sys" || name == "Setenv" || isReadingMethod(name)
}

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

// linkMethods return where a symbolic link leads (of os.Root, and of what
// io/fs.ReadLink is handed), which go test does not log.
var linkMethods = wordSet{text: "ReadLink Readlink"}

// asks names the settings that a mention of something outside asks for.
func (n *node) asks(x extRef) (list []string) {
	if ambient.has(x) {
		list = append(list, askedFor(x))
	}
	if environs.has(x) {
		list = append(list, AsksVariables)
	}
	if getters.has(x) {
		if _, all := n.names(x); !all {
			list = append(list, AsksVariables)
		}
	}
	if runners.has(x) {
		list = append(list, AsksCommands)
	}
	if envSetters.has(x) {
		list = append(list, AsksToSet)
	}
	if identities.has(x) {
		list = append(list, AsksIdentity)
	}
	switch {
	case x.path == "time" && x.name == "LoadLocation":
		names, all := n.names(x)
		if !all {
			return append(list, AsksZones)
		}
		for _, name := range names {
			list = append(list, AsksZone+name)
		}
	case x.path == "time" && !timeless.has(x.name), timed.has(x.path), x.path == "io/fs" && timeMethods.has(x.name):
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

// unlogged returns what a mention of something outside reads past the log by a
// constant name, and whether that is all that it reads.
func (n *node) unlogged(x extRef) (list []WorldRead, all bool) {
	kind := ReadLink
	switch {
	case getters.has(x):
		kind = ReadVariable
	case x.path != "os" || x.name != "Readlink":
		return nil, false
	}
	names, all := n.names(x)
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
func (n *node) readsBefore(x extRef) (list []WorldRead) {
	for _, entry := range homes.of(x.path) {
		if fn, name, _ := strings.Cut(entry, ":"); fn == x.name {
			list = append(list, WorldRead{ReadVariable, name})
		}
	}
	_, _, named := namesOf(x.path, x.name)
	isVariable := getters.has(x) || x.path == "os" && slices.Contains([]string{"Getenv", "LookupEnv", "ExpandEnv"}, x.name)
	switch {
	case list != nil:
		return list
	case environs.has(x):
		return []WorldRead{{readSetting, AsksVariables}}
	case x.path == "flag", x.path == "os" && x.name == "Args":
		return []WorldRead{{readSetting, askedFor(x)}}
	case x.path == "os" && x.name == "Getwd", x.path == "path/filepath" && x.name == "Abs":
		return []WorldRead{{ReadDir, "working directory"}}
	case !named && !isVariable:
		return []WorldRead{{readUnnamed, shortRef(x)}}
	}
	names, all := n.names(x)
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
