package input

import (
	"fmt"
	"slices"
	"strings"
)

// A goFlag is a flag of go build (go help build), as far as it matters to a
// command that is kept.
type goFlag struct {
	name  string
	value bool   // it takes a value: it is no bool
	file  bool   // the value names a file
	why   string // why it is not for GoBuild; "" if it is
}

const (
	changesNothing = "it changes nothing in the command"
	cannotBeSeen   = "what it brings in cannot be seen to change"
)

var goFlags = []goFlag{
	{name: "C", value: true, why: "GoBuild's package holds against the package of the test"},
	{name: "a", why: changesNothing},
	{name: "asan"},
	{name: "asmflags", value: true},
	{name: "buildmode", value: true},
	{name: "buildvcs", why: "GoBuild says -buildvcs=false, as the command would be another one after each commit"},
	{name: "compiler", value: true, why: cannotBeSeen},
	{name: "cover"},
	{name: "covermode", value: true},
	{name: "coverpkg", value: true},
	{name: "gccgoflags", value: true, why: cannotBeSeen},
	{name: "gcflags", value: true},
	{name: "installsuffix", value: true},
	{name: "json", why: changesNothing},
	{name: "ldflags", value: true},
	{name: "linkshared", why: cannotBeSeen},
	{name: "mod", value: true},
	{name: "modcacherw", why: changesNothing},
	{name: "modfile", value: true, file: true},
	{name: "msan"},
	{name: "n", why: "it builds nothing"},
	{name: "o", value: true, why: "the cache says where the command lies"},
	{name: "overlay", value: true, file: true},
	{name: "p", value: true, why: changesNothing},
	{name: "pgo", value: true, file: true},
	{name: "pkgdir", value: true, why: cannotBeSeen},
	{name: "race"},
	{name: "tags", value: true},
	{name: "toolexec", value: true, why: cannotBeSeen},
	{name: "trimpath"},
	{name: "v", why: changesNothing},
	{name: "work", why: changesNothing},
	{name: "x", why: changesNothing},
}

// modesOfCommands are the values of -buildmode that make a command.
var modesOfCommands = []string{"default", "exe", "pie"}

// cutGoFlag takes a flag apart.
func cutGoFlag(flag string) (name, value string, hasValue bool) {
	name, value, hasValue = strings.Cut(strings.TrimPrefix(strings.TrimPrefix(flag, "-"), "-"), "=")
	return name, value, hasValue
}

// CheckGoFlags reports a flag that makes no sense for a command that is kept.
func CheckGoFlags(flags []string) error {
	for _, flag := range flags {
		name, value, hasValue := cutGoFlag(flag)
		i := slices.IndexFunc(goFlags, func(f goFlag) bool { return f.name == name })
		why := ""
		switch {
		case !strings.HasPrefix(flag, "-"):
			why = "not a flag; a flag and its value are one string, as in \"-tags=x\""
		case i < 0:
			why = "not a flag of go build"
		case goFlags[i].why != "":
			why = goFlags[i].why
		case goFlags[i].value && !hasValue:
			why = fmt.Sprintf("its value belongs into the same string, as in \"-%s=x\"", name)
		case name == "buildmode" && !slices.Contains(modesOfCommands, value):
			why = "it makes no command"
		}
		if why != "" {
			return fmt.Errorf("GoFlags(%q): %s", flag, why)
		}
	}
	return nil
}

// goFlagFile returns the name of the file that a flag names, "" if it names none.
func goFlagFile(flag string) (name, file string) {
	name, value, _ := cutGoFlag(flag)
	named := slices.ContainsFunc(goFlags, func(f goFlag) bool { return f.file && f.name == name })
	if !named || name == "pgo" && (value == "auto" || value == "off") {
		return name, ""
	}
	return name, value
}

// GoFlagLines are the lines of an option set for flags: each one, and their
// order where that matters, as the go command takes the last of two that
// contradict each other.
func GoFlagLines(flags []string) (lines []string) {
	names := map[string]bool{}
	for _, flag := range flags {
		name, _, _ := cutGoFlag(flag)
		names[name] = true
		lines = append(lines, "go flag "+flag)
	}
	if len(names) < len(flags) {
		lines = append(lines, fmt.Sprintf("go flags in order %q", flags))
	}
	return lines
}
