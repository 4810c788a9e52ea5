package process

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/logged"
	"github.com/fixturecache/fixturecache/core/internal/settings"
	"github.com/fixturecache/fixturecache/core/internal/trace"
	"github.com/fixturecache/fixturecache/core/internal/tree"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// values has a function for each setting of this process but settings.Zone, which takes a name.
var values = sync.OnceValue(func() map[string]func() string {
	return map[string]func() string{
		"-short":             func() string { return boolFlag("test.short") },
		"-v":                 func() string { return strconv.FormatBool(boolFlag("test.v") != "false") }, // it is "test2json" with -json
		settings.GOMAXPROCS:  func() string { return strconv.Itoa(runtime.GOMAXPROCS(0)) + cpus() },
		settings.Arguments:   arguments,
		settings.CommandLine: commandLine,
		input.Selected:       selection,
		settings.Subtests:    func() string { return cmp.Or(strings.Join(patterns("/"), " "), "all") }, // the flags that name some
		settings.TempDir:     func() string { value, _ := logged.Env("TMPDIR"); return tempDir(value) },
		settings.LocalTime:   localTime,
		settings.Zones:       allZones,
		settings.Updating:    updating,
		settings.BuildInfo:   buildInfo,
		settings.Umask:       func() string { return fmt.Sprintf("leaves %04o", tree.ModeMask&^fs.FileMode(umask())) }, // of all modes that are kept
		settings.AllUmask:    func() string { return fmt.Sprintf("%04o", umask()) },
		settings.HostName:    hostName,
		settings.Executable:  executable,
		settings.User:        userIDs,
		settings.Users:       users,
		settings.Stdin:       stdinState,
		settings.PageSize:    func() string { return strconv.Itoa(os.Getpagesize()) },
	}
})

// Setting returns the value of a setting of this process.
func Setting(name string) string {
	if zone, ok := strings.CutPrefix(name, settings.Zone); ok {
		return zoneNamed(zone)
	}
	if value := values()[name]; value != nil {
		return value()
	}
	return unknown() // whatever it is, this binary was built for it
}

func unknown() string { return "test binary" + input.SumMark + BinaryID() }

// PlainSetting returns the value that a setting of a record would have in a plain go
// test, if that is known without one. What the caller of a fixture gives is taken as it
// was, and the build info without coverage; its modules are compared with the code.
func PlainSetting(in *input.Input) (value string, known bool) {
	switch in.Name {
	case "-short", "-v":
		return "false", true
	case settings.Arguments, settings.Stdin:
		return "", true
	case input.Selected, settings.Subtests:
		return "all", true
	case settings.TestName:
		return in.Detail, true
	case settings.BuildInfo:
		lines := strings.Split(in.Detail, "\n")
		return strings.Join(slices.DeleteFunc(lines, func(line string) bool {
			return !strings.HasPrefix(line, infoModule) && !strings.HasPrefix(line, infoPath)
		}), "\n"), true
	case settings.CommandLine, settings.Executable:
		return "", false
	}
	value = Setting(in.Name)
	return value, value != unknown()
}

// cpus returns what runtime.NumCPU does, where that is not GOMAXPROCS.
func cpus() string {
	if n := runtime.NumCPU(); n != runtime.GOMAXPROCS(0) {
		return fmt.Sprintf(" of %d", n)
	}
	return ""
}

// buildInfo returns what debug.ReadBuildInfo and testing.CoverMode tell beyond
// Toolchain.
func buildInfo() string {
	var parts []string
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return trace.CoverMode()
	}
	for _, s := range info.Settings {
		if s.Value != "" && (strings.HasPrefix(s.Key, "vcs") || strings.HasPrefix(s.Key, "-cover")) {
			parts = append(parts, s.Key+"="+s.Value)
		}
	}
	if mode := trace.CoverMode(); mode != "" {
		parts = append(parts, "-covermode="+mode)
	}
	parts = append(parts, infoPath+info.Path)
	for _, m := range append([]*debug.Module{&info.Main}, info.Deps...) {
		line, sums := infoModule+m.Path+" "+m.Version, m.Sum
		if r := m.Replace; r != nil {
			line, sums = line+" => "+r.Path+" "+r.Version, sums+r.Sum
		}
		parts = append(parts, line+input.SumMark+sums)
	}
	slices.Sort(parts)
	return strings.Join(parts, "\n")
}

// Beginnings of the lines of a build info that are the same with coverage.
const (
	infoModule = "module "
	infoPath   = "path " // of the test binary's package
)

// updating returns what asks this run to write golden files: see golden.Updating.
func updating() string {
	var parts []string
	if value, _ := logged.Env("CACHETEST_UPDATE"); value != "" {
		parts = append(parts, "CACHETEST_UPDATE="+value)
	}
	for _, name := range []string{"update", "u"} {
		if f := flag.Lookup(name); f != nil && f.Value.String() != "false" { // as golden.Updating asks
			parts = append(parts, "-"+name+"="+f.Value.String())
		}
	}
	return cmp.Or(strings.Join(parts, " "), "no")
}

// standardInput is the one with which the process began: a test may set another.
var standardInput = os.Stdin

// stdinState returns "given" if the standard input is a file or a pipe, else "". go test
// gives the null device, and at a terminal nobody types for a fixture.
func stdinState() string {
	info, err := standardInput.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice != 0 {
		return ""
	}
	return "given"
}

// hostName returns what os.Hostname does.
func hostName() string {
	name, err := os.Hostname()
	if err != nil {
		return err.Error()
	}
	return name
}

// executable returns os.Executable and os.Args[0], without the directory that go test makes
// for each run: a result that holds that one is not stored.
func executable() string {
	path, err := os.Executable()
	if err != nil {
		path = err.Error()
	}
	names := append([]string{path}, os.Args[:min(1, len(os.Args))]...)
	for i, name := range names {
		if Within(name, This().Temp().Dirs) {
			names[i] = filepath.Base(name)
		}
	}
	return strings.Join(slices.Compact(names), " ")
}

// userIDs returns the numbers of the user and its groups.
func userIDs() string {
	groups, _ := os.Getgroups()
	slices.Sort(groups)
	return fmt.Sprintf("%d %d %d %d %v", os.Getuid(), os.Geteuid(), os.Getgid(), os.Getegid(), groups)
}

// users returns the digests of the files in which package os/user, or the C library,
// looks users and groups up.
func users() string {
	var list []string
	for _, file := range []string{"/etc/group", "/etc/passwd"} {
		data, _ := unlogged.ReadFile(file)
		sum := sha256.Sum256(data)
		list = append(list, file+input.SumMark+hex.EncodeToString(sum[:8]))
	}
	return strings.Join(list, "\n")
}
