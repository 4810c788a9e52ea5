package process

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// selection is the value of input.Selected: the flags of package testing that decide it, as they
// are given to go test, or "all".
func selection() string {
	var parts []string
	add := func(name, unless, format string) {
		f := flag.Lookup("test." + name)
		if f == nil {
			return
		}
		if value := f.Value.String(); value != "" && value != unless {
			parts = append(parts, fmt.Sprintf("-"+name+format, value))
		}
	}
	for _, name := range []string{"run", "skip", "bench", "fuzz"} {
		add(name, "", " %q")
	}
	for _, name := range []string{"shuffle", "count", "cpu", "parallel", "failfast"} {
		f := flag.Lookup("test." + name)
		if f != nil && f.Value.String() != f.DefValue {
			add(name, "off", "=%s")
		}
	}
	if len(parts) == 0 {
		return "all"
	}
	return strings.Join(parts, " ")
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

func isBoolFlag(name string) bool {
	f := flag.Lookup(name)
	if f == nil {
		return true
	}
	b, ok := f.Value.(interface{ IsBoolFlag() bool })
	return ok && b.IsBoolFlag()
}

// boolFlag is the value of a flag of package testing.
func boolFlag(name string) string {
	f := flag.Lookup(name)
	if f == nil || f.Value.String() == "" {
		return "false"
	}
	return f.Value.String()
}

// OwnFile reports whether path is that of the log that go test asked for.
func OwnFile(path string) bool {
	if exe, err := os.Executable(); err == nil && path == exe {
		return true
	}
	f := flag.Lookup("test.testlogfile")
	return f != nil && f.Value.String() == path
}

// InOrder reports whether package testing runs each test once, in the order of the
// source.
func InOrder() bool {
	is := func(name string, ok func(string) bool) bool {
		f := flag.Lookup("test." + name)
		return f != nil && ok(f.Value.String())
	}
	return is("count", func(n string) bool { return n == "1" }) && is("shuffle", func(how string) bool { return how == "off" }) &&
		is("cpu", func(list string) bool { return !strings.Contains(list, ",") })
}

// Shuffled reports whether tests run in an order that nobody can know.
func Shuffled() bool {
	f := flag.Lookup("test.shuffle")
	return f != nil && f.Value.String() == "on"
}
