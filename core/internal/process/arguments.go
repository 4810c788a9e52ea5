package process

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/fixturecache/fixturecache/core/internal/logged"
	"github.com/fixturecache/fixturecache/core/internal/store"
	"github.com/fixturecache/fixturecache/core/internal/trace"
)

// selection returns the value of input.Selected: the flags of package testing that select and
// order tests, as they are given to go test, or "all".
func selection() string {
	parts := patterns("")
	for _, name := range []string{"shuffle", "count", "cpu", "parallel", "failfast"} {
		value := FlagValue("test." + name)
		if value != "" && value != "off" && value != trace.Flag("test."+name).DefValue {
			parts = append(parts, "-"+name+"="+value)
		}
	}
	return cmp.Or(strings.Join(parts, " "), "all")
}

// patterns returns the flags that select tests by a pattern that contains sub.
func patterns(sub string) (parts []string) {
	for _, name := range []string{"run", "skip", "bench", "fuzz"} {
		if value := FlagValue("test." + name); value != "" && strings.Contains(value, sub) {
			parts = append(parts, fmt.Sprintf("-%s %q", name, value))
		}
	}
	return parts
}

// arguments returns the arguments of this process that are not package testing's.
var arguments = sync.OnceValue(func() string { return join(ownArguments(os.Args[1:])) })

func ownArguments(args []string) (own []string) {
	for len(args) > 0 {
		name, n := firstFlag(args)
		if !strings.HasPrefix(name, "test.") {
			own = append(own, args[:n]...)
		}
		args = args[n:]
	}
	return own
}

// firstFlag returns the name of the flag that arguments begin with, and how many it
// takes: its value may stand by itself. Where package flag reads no more, the name is
// empty and all are taken.
func firstFlag(args []string) (name string, n int) {
	name, dashed := strings.CutPrefix(args[0], "-")
	if name = strings.TrimPrefix(name, "-"); !dashed || name == "" {
		return "", len(args)
	}
	name, _, hasValue := strings.Cut(name, "=")
	if hasValue || isBoolFlag(name) {
		return name, 1
	}
	return name, min(2, len(args))
}

// join joins arguments, quoted so that different arguments give different texts.
func join(args []string) string {
	args = slices.Clone(args)
	for i, arg := range args {
		if quoted := strconv.Quote(arg); arg == "" || strings.Contains(arg, " ") || quoted[1:len(quoted)-1] != arg {
			args[i] = quoted
		}
	}
	return strings.Join(args, " ")
}

// commandLine returns the command line without the paths that go test makes up for each run:
// a result that holds one is not stored.
var commandLine = sync.OnceValue(func() string {
	line := []string{executable()}
	for args := os.Args[1:]; len(args) > 0; {
		name, n := firstFlag(args)
		_, value, _ := strings.Cut(strings.Join(args[:n], "="), "=")
		if name == "test.testlogfile" || strings.HasPrefix(name, "test.") && Within(value, This().Temp().Dirs) {
			line = append(line, "-"+name)
		} else {
			line = append(line, args[:n]...)
		}
		args = args[n:]
	}
	return join(line)
})

// FlagValue returns the value of a flag, "" if there is none of that name.
func FlagValue(name string) string {
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

// boolFlag returns the value of a bool flag of package testing.
func boolFlag(name string) string { return cmp.Or(FlagValue(name), "false") }

// OwnFile reports whether path is the test binary, the log that go test asked for, or what
// its CPU profile begins with.
func OwnFile(path string) bool {
	return IsBinary(path) || path != "" && path == FlagValue("test.testlogfile") ||
		path == "/proc/self/maps" && FlagValue("test.cpuprofile") != ""
}

// IsBinary reports whether path is that of the test binary.
func IsBinary(path string) bool {
	exe, err := os.Executable()
	return err == nil && path == exe
}

// InOrder reports whether package testing runs each test once, in the order of the
// source.
func InOrder() bool {
	return mains.Load() < 2 && FlagValue("test.count") == "1" && FlagValue("test.shuffle") == "off" && !strings.Contains(FlagValue("test.cpu"), ",")
}

// mains counts the calls of Main.
var mains atomic.Int32

// Main runs run, which runs a package's tests (m.Run), and then tells the go
// command what fixtures looked at before: package testing logs only what
// happens while m.Run does, and without the rest go test would print (cached)
// after such an input changed. Lines at the end of the log count like others
// (measured with Go 1.26).
func Main(run func() int) int {
	mains.Add(1)
	early := logged.Early()
	code := run() // which parses flags
	if log := FlagValue("test.testlogfile"); log != "" && len(early) > 0 {
		// A log that cannot be written costs what it would have cost without us.
		store.AppendLine(log, []byte(strings.Join(early, "\n")))
	}
	return code
}
