package input

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"syscall"

	"github.com/fixturecache/fixturecache/core/internal/logged"
)

// volatile are the variables that are no part of the environment as an input:
// go test and the shell set them anew for each run, from the directory and the
// depth of shells that it is started in.
//
//	PWD, OLDPWD  the directory, by its name; the working directory is an input of its own
//	SHLVL, _     how deep the shell lies, and the command that it started last
//	GOCOVERDIR   a directory that go test -cover makes for the run
//
// Our own settings are none of it either.
var volatile = []string{"PWD", "OLDPWD", "SHLVL", "_", "GOCOVERDIR"}

// InEnvironment reports whether a variable is part of the environment as an input: of names
// that begin with a prefix, in whatever case, as on Windows, but for those of some patterns.
func InEnvironment(name, prefix string, ignored []string) bool {
	return name != "" && strings.HasPrefix(strings.ToUpper(name), strings.ToUpper(prefix)) && !slices.Contains(volatile, name) && !IsSetting(name) && !Matches(ignored, name)
}

// IsSetting reports whether a variable is one of ours, which change no fixture.
func IsSetting(name string) bool {
	return name == "CACHETEST" || strings.HasPrefix(name, "CACHETEST_")
}

// butFor begins the patterns in the name of an environment.
const butFor = " but "

// EnvironmentName returns the name of the environment as an input, with the arguments of
// InEnvironment.
func EnvironmentName(prefix string, ignored []string) string {
	if len(ignored) == 0 {
		return prefix + "*"
	}
	return prefix + "*" + butFor + strings.Join(ignored, " ")
}

// EnvironmentAt digests all variables as they are now, each with the salt, by looks
// that go test sees, as EnvAt does. The detail has a line for each: its name, and the
// beginning of a digest.
func (w *World) EnvironmentAt(name string, flags Flags, old *Input) Input {
	in := Input{Kind: Environment, Flags: flags, Name: name, Salt: w.Salt}
	if old != nil {
		in.Salt = old.Salt
	}
	which, patterns, _ := strings.Cut(name, butFor)
	prefix, ignored := strings.TrimSuffix(which, "*"), strings.Fields(patterns)
	var list []string
	line := func(name, value string) string {
		sum := sha256.Sum256([]byte(string(in.Salt[:]) + name + "\x00" + value))
		return name + " " + hex.EncodeToString(sum[:8])
	}
	for _, kv := range syscall.Environ() {
		name, _, ok := strings.Cut(kv, "=")
		if ok && InEnvironment(name, prefix, ignored) {
			value, _ := logged.Env(name)
			if name == "PATH" && old != nil && !strings.Contains(old.Detail, line(name, value)) {
				value = w.testPath(value) // as in EnvAt
			}
			list = append(list, line(name, value))
		}
	}
	if flags&(Preset|Began) != 0 {
		for name, value := range w.Began() {
			if now, set := syscall.Getenv(name); InEnvironment(name, prefix, ignored) && !(set && now == value) {
				list = append(list, line(name, "was "+value))
			}
		}
	}
	slices.Sort(list)
	in.Detail = strings.Join(slices.Compact(list), "\n")
	in.Digest = w.Algorithm.Cut(sha256.Sum256([]byte(in.Detail)))
	in.Digest[15] |= 1
	return in
}

// environmentReasons tells which variables changed.
func environmentReasons(old, new *Input) (reasons []Reason) {
	gone, come := setDiff(old.Detail, new.Detail)
	had, has := variables(gone), variables(come)
	for _, name := range slices.Concat(had, has) {
		if !slices.ContainsFunc(reasons, func(r Reason) bool { return r.Subject == name }) {
			reasons = append(reasons, variableReason(name, slices.Contains(had, name), slices.Contains(has, name)))
		}
	}
	return reasons
}

// variables returns the names in the lines of a detail.
func variables(lines []string) (names []string) {
	for _, line := range lines {
		names = append(names, line[:strings.LastIndexByte(line, ' ')])
	}
	return names
}

func listEnvironment(in *Input) string {
	if n := len(lines(in.Detail)); n != 1 {
		return fmt.Sprintf("%d variables", n)
	}
	return "1 variable"
}
