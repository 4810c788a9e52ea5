package process

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/fixturecache/fixturecache/core/internal/trace"
)

// selection is the value of input.Selected: the flags of package testing that decide it, as they
// are given to go test, or "all".
func selection() string {
	parts := patterns("")
	for _, name := range []string{"shuffle", "count", "cpu", "parallel", "failfast"} {
		value := flagValue("test." + name)
		if value != "" && value != "off" && value != trace.Flag("test."+name).DefValue {
			parts = append(parts, "-"+name+"="+value)
		}
	}
	return cmp.Or(strings.Join(parts, " "), "all")
}

// subtests is the value of settings.Subtests: the flags that name subtests, or "all".
func subtests() string { return cmp.Or(strings.Join(patterns("/"), " "), "all") }

// patterns are the flags that name tests by a pattern with sub in it.
func patterns(sub string) (parts []string) {
	for _, name := range []string{"run", "skip", "bench", "fuzz"} {
		if value := flagValue("test." + name); value != "" && strings.Contains(value, sub) {
			parts = append(parts, fmt.Sprintf("-%s %q", name, value))
		}
	}
	return parts
}

// arguments are those of this process that are neither package testing's nor
// -update: that golden files are to be written changes no fixture.
var arguments = sync.OnceValue(func() string {
	var own []string
	for i := 1; i < len(os.Args); i++ {
		arg := os.Args[i]
		if flag, _, _ := strings.Cut(strings.TrimLeft(arg, "-"), "="); flag == "update" && strings.HasPrefix(arg, "-") {
			continue
		}
		name, ok := strings.CutPrefix("-"+strings.TrimLeft(arg, "-"), "-test.")
		if !ok || !strings.HasPrefix(arg, "-") {
			own = append(own, arg)
			continue
		}
		// A value may stand by itself, but not that of a boolean flag.
		if !strings.Contains(name, "=") && !isBoolFlag("test."+name) {
			i++
		}
	}
	return strings.Join(own, " ")
})

// commandLine is all of it, but for the paths of this run that go test made up.
var commandLine = sync.OnceValue(func() string {
	line := []string{filepath.Base(os.Args[0])}
	for _, arg := range os.Args[1:] {
		name, _, _ := strings.Cut(arg, "=")
		if slices.Contains(pathFlags, strings.TrimLeft(name, "-")) {
			arg = name
		}
		line = append(line, arg)
	}
	return strings.Join(line, " ")
})

// pathFlags are those to which go test gives another path each time.
var pathFlags = []string{"test.testlogfile", "test.gocoverdir"}

// flagValue is the value of a flag, "" if there is none of that name.
func flagValue(name string) string {
	if f := trace.Flag(name); f != nil {
		return f.Value.String()
	}
	return ""
}

func isBoolFlag(name string) bool {
	f := trace.Flag(name)
	if f == nil {
		return true
	}
	b, ok := f.Value.(interface{ IsBoolFlag() bool })
	return ok && b.IsBoolFlag()
}

// boolFlag is the value of a flag of package testing.
func boolFlag(name string) string { return cmp.Or(flagValue(name), "false") }

// OwnFile reports whether path is that of the log that go test asked for.
func OwnFile(path string) bool {
	return IsBinary(path) || path != "" && path == flagValue("test.testlogfile")
}

// IsBinary reports whether path is that of the test binary.
func IsBinary(path string) bool {
	exe, err := os.Executable()
	return err == nil && path == exe
}

// InOrder reports whether package testing runs each test once, in the order of the
// source.
func InOrder() bool {
	return flagValue("test.count") == "1" && flagValue("test.shuffle") == "off" && !strings.Contains(flagValue("test.cpu"), ",")
}

// Shuffled reports whether tests run in an order that nobody can know.
func Shuffled() bool { return flagValue("test.shuffle") == "on" }
