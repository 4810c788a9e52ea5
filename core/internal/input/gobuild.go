package input

import (
	"fmt"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/gomod"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A goFlag describes flags of go build (go help build) that are alike, as far as they
// matter to a command that is kept.
type goFlag struct {
	names string // with a space between them
	value bool   // they take a value: they are no bools
	file  bool   // the value names a file
	plain bool   // it means the same in each directory
	why   string // why they are not for GoBuild; "" if they are
}

const (
	changesNothing = "it changes nothing in the command"
	cannotBeSeen   = "what it brings in cannot be seen to change"
)

var goFlags = []goFlag{
	{names: "asan cover msan race trimpath", plain: true},
	{names: "buildmode covermode installsuffix mod tags", value: true, plain: true},
	{names: "asmflags coverpkg gcflags ldflags", value: true},
	{names: "modfile overlay pgo", value: true, file: true},
	{names: "a json modcacherw v work x", plain: true, why: changesNothing},
	{names: "p", value: true, plain: true, why: changesNothing},
	{names: "linkshared", why: cannotBeSeen},
	{names: "compiler gccgoflags pkgdir toolexec", value: true, why: cannotBeSeen},
	{names: "C", value: true, why: "GoBuild's package holds against the package of the test"},
	{names: "buildvcs", plain: true, why: "GoBuild says -buildvcs=false, as the command would be another one after each commit"},
	{names: "n", why: "it builds nothing"},
	{names: "o", value: true, why: "the cache says where the command lies"},
}

// goFlagOf finds a flag by its name.
func goFlagOf(name string) (f goFlag, ok bool) {
	for _, f := range goFlags {
		if slices.Contains(strings.Fields(f.names), name) {
			return f, true
		}
	}
	return goFlag{}, false
}

// modesOfCommands are the values of -buildmode that make a command.
var modesOfCommands = []string{"default", "exe", "pie"}

// cutGoFlag takes a flag apart.
func cutGoFlag(flag string) (name, value string, hasValue bool) {
	return strings.Cut(strings.TrimPrefix(strings.TrimPrefix(flag, "-"), "-"), "=")
}

// namesNoFile reports whether the value of a flag, which may name files, names none.
func namesNoFile(name, value string) bool {
	words := quotedFields(value)
	for i := 0; i < len(words); i++ {
		switch word := words[i]; {
		case name == "pgo" && (value == "auto" || value == "off"):
		case name == "ldflags" && (word == "-s" || word == "-w" || strings.HasPrefix(word, "-X=")):
		case name == "ldflags" && word == "-X":
			i++
		default:
			return false
		}
	}
	return true
}

// quotedFields returns the words of a value, some in quotes, as the go command splits
// GOFLAGS and the flags that it hands on (cmd/internal/quoted).
func quotedFields(s string) (words []string) {
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		end := " \t\r\n"
		if s[0] == '"' || s[0] == '\'' {
			end, s = s[:1], s[1:]
		}
		at := strings.IndexAny(s+end, end)
		words, s = append(words, s[:at]), s[min(at+1, len(s)):]
	}
	return words
}

// CheckGoFlags reports a flag that makes no sense for a command that is kept.
func CheckGoFlags(flags []string) error {
	for _, flag := range flags {
		name, value, hasValue := cutGoFlag(flag)
		known, ok := goFlagOf(name)
		why := known.why
		switch {
		case !strings.HasPrefix(flag, "-"), strings.Contains(name, " "):
			why = "not a flag; a flag and its value are one string with a = between them, as in \"-tags=x\""
		case !ok:
			why = "not a flag of go build"
		case why != "":
		case known.value && !hasValue:
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

// GoFlagLines returns the lines of an option set for flags: each one, and their
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

// goSources are the files that go build looks at in a package's directory (go/build,
// Package), but for those that it passes over.
const goSources = "*.{go,c,cc,cpp,cxx,m,h,hh,hpp,hxx,f,F,for,f90,s,S,sx,swig,swigcxx,syso}"

var noGoSources = []string{"_*", ".*", "*_test.go"}

// ModuleAt tells which version of a module a go.mod asks for. Its name is the
// module's path, a space and the name of the go.mod, which is an input itself:
// this one is there to explain.
func (w *World) ModuleAt(name string) Input {
	in := Input{Kind: Module, Flags: Declared, Name: name}
	path, file, _ := strings.Cut(name, " ")
	data, err := unlogged.ReadFile(w.Path(file))
	if err != nil {
		return in
	}
	f, err := gomod.Parse(data)
	if err != nil {
		return in
	}
	for _, r := range f.Require {
		if r.Path == path {
			in.Detail = r.Version.Version
		}
	}
	for _, r := range f.Replace {
		if r.Old.Path == path && (r.Old.Version == "" || r.Old.Version == in.Detail) {
			in.Detail = strings.TrimSpace(in.Detail + " => " + r.New.Path + " " + r.New.Version)
		}
	}
	in.Digest = w.Algorithm.DigestOf(in.Detail)
	return in
}

func moduleReason(old, new *Input) []Reason {
	path, _, _ := strings.Cut(new.Name, " ")
	return []Reason{{Code: "module.changed", Subject: path, Old: old.Detail, New: new.Detail,
		Text: "module " + path + " " + orNone(old.Detail) + " -> " + orNone(new.Detail)}}
}
