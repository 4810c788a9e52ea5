package golden

import (
	"errors"
	"flag"
	"fmt"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"
)

// otherError says that one golden was given two values, of which no file can
// hold both.
func (g *golden) otherError(diff string) error {
	msg := fmt.Sprintf("%s was given two values in this run, the first by %s: give each a name, or hide what varies with golden.Scrub", g.loc, g.claim.by)
	if diff == "" {
		return errors.New(msg)
	}
	return fmt.Errorf("%s; against the file (-golden +got):\n%s", msg, diff)
}

// how says what to do about a golden, or why this update did not do it.
func (g *golden) how(verb string) string {
	if g.refused() {
		return fmt.Sprintf("not written, because CI is set: %s=always writes there too; elsewhere, to %s it:\n\t%s", updateVar, verb, updateCommand(g.tb.Name()))
	}
	return fmt.Sprintf("to %s it:\n\t%s", verb, updateCommand(g.tb.Name()))
}

// updateCommand returns a command that updates the goldens of one test, to be
// pasted anywhere in the module.
func updateCommand(test string) string {
	pkg, tags := binaryOf()
	cmd := "go test " + pkg
	if tags != "" {
		cmd += " -tags " + quote(tags)
	}
	pattern := quote(eachElem(test, func(elem string) string { return "^" + regexp.QuoteMeta(elem) + "$" }))
	if strings.HasPrefix(test, "Benchmark") {
		cmd += " -run " + quote("^$") + " -bench " + pattern
	} else {
		cmd += " -run " + pattern
	}
	if runtime.GOOS == "windows" { // PowerShell
		return "$env:" + updateVar + "=1; " + cmd + "; $env:" + updateVar + "=''"
	}
	return updateVar + "=1 " + cmd
}

// binaryOf returns the import path and the build tags of this test binary. For
// files named on the command line there is no path: "." serves in their
// directory.
func binaryOf() (pkg, tags string) {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Path == "" || strings.HasPrefix(info.Path, "command-line-arguments") {
		return ".", ""
	}
	for _, s := range info.Settings {
		if s.Key == "-tags" {
			tags = s.Value
		}
	}
	return strings.TrimSuffix(info.Path, ".test"), tags
}

// quote quotes s for a POSIX shell, or for PowerShell.
func quote(s string) string {
	if runtime.GOOS == "windows" {
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// isSet reports whether a flag of this process has a value other than its zero.
func isSet(name string) bool {
	f := flag.Lookup(name)
	return f != nil && f.Value.String() != "" && f.Value.String() != "false" && f.Value.String() != "0"
}
