package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code"
	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/logged"
	"github.com/fixturecache/fixturecache/core/internal/trace"
	"github.com/fixturecache/fixturecache/core/internal/tree"
)

// testName is the setting that stands for the name of the running test.
const testName = "test name"

// umaskSetting is the setting that stands for the modes that new files get.
const umaskSetting = "umask"

// settings are those of this process that fn can ask for: all, where its code
// is not known better. The modes of what Dir and File keep come from the umask.
func (cl *call) settings() (names []string) {
	if cl.spec.kind != "" {
		names = append(names, umaskSetting)
	}
	switch {
	case cl.code == nil:
		return names
	case cl.code.closure == nil:
		names = append(names, "-short", "GOMAXPROCS", "arguments", "os.TempDir", code.SettingBuildInfo, code.SettingLocalTime, code.SettingZones, testName, selected)
	default:
		names = append(names, cl.asked()...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// asked are the settings that fn's code asks for.
func (cl *call) asked() (names []string) {
	if cl.code.closure.Cause.What != "" {
		names = append(names, selected)
	}
	for _, ask := range cl.code.closure.Settings {
		switch ask.What {
		case "testing.Short":
			names = append(names, "-short")
		case "arguments": // any flag of package testing's among them
			names = append(names, "-short", "-v", "arguments")
		case code.SettingArguments:
			names = append(names, "-short", "-v", ask.What)
		case "testing.Verbose":
			names = append(names, "-v")
		case code.SettingEnvironment, code.SettingVariables, code.SettingCommands, code.SettingIdentity, code.SettingOfVariables, code.SettingLists: // not known before the build
		default:
			names = append(names, ask.What)
		}
	}
	if cl.asksTestName() {
		names = append(names, testName)
	}
	return names
}

// asksTestName reports whether fn, or a function that it calls, asks a testing
// handle for its name, which no option says to be of no account.
func (cl *call) asksTestName() bool {
	return !slices.Contains(cl.spec.Ignore.Captures, "t."+code.HandleName) &&
		slices.ContainsFunc(cl.code.closure.HandleUses, func(use code.Use) bool { return use.What == code.HandleName })
}

// asks reports whether fn's code can ask for something that Asks names: also
// where it is not known.
func (cl *call) asks(what string) bool {
	return cl.code == nil || cl.code.closure == nil || cl.code.closure.Asks(what)
}

// settingAt is a setting as it is now.
func (cl *call) settingAt(name string) input.Input {
	lookAtZone(cl.c.world.Root, name)
	value := settingValue(name)
	if name == testName {
		value = cl.spec.Test
	}
	in := input.Input{Kind: input.Setting, Name: name, Detail: value, Digest: cl.c.config.Algorithm.DigestOf(value)}
	if name == umaskSetting {
		in.Detail = fmt.Sprintf("%04o", umask())
	}
	return in
}

// PlainSetting is what a setting that a record holds would be for a plain go
// test, if that is known without one: what the caller of a fixture gives is as it
// was, and the build info is without coverage, its modules being told by the code.
func PlainSetting(in *input.Input) (value string, known bool) {
	switch {
	case in.Name == "-short", in.Name == "-v":
		return "false", true
	case in.Name == "arguments":
		return "", true
	case in.Name == selected:
		return "all", true
	case in.Name == testName:
		return in.Detail, true
	case in.Name == code.SettingBuildInfo:
		_, modules, _ := strings.Cut(in.Detail, infoModules)
		return infoModules + modules, true
	case slices.Contains([]string{"GOMAXPROCS", "os.TempDir", code.SettingUpdating, umaskSetting, code.SettingLocalTime, code.SettingZones}, in.Name), strings.HasPrefix(in.Name, code.SettingZone):
		return settingValue(in.Name), true
	}
	return "", false
}

func settingValue(name string) string {
	switch name {
	case "-short":
		return boolFlag("test.short")
	case "-v":
		return boolFlag("test.v")
	case "GOMAXPROCS":
		return strconv.Itoa(runtime.GOMAXPROCS(0)) + cpus()
	case "arguments":
		return arguments()
	case code.SettingArguments:
		return commandLine()
	case selected:
		return selection()
	case "os.TempDir":
		if runtime.GOOS == "windows" {
			return os.TempDir() // which the system makes of several variables
		}
		value, _ := logged.Env("TMPDIR")
		return value
	case code.SettingLocalTime:
		return localTime()
	case code.SettingZones:
		return allZones()
	case code.SettingBuildInfo:
		return buildInfo()
	case code.SettingUpdating:
		return updating()
	case umaskSetting:
		return strconv.FormatInt(int64(umask()&int(tree.ModeMask)), 8) // of the others no mode is kept
	}
	if zone, ok := strings.CutPrefix(name, code.SettingZone); ok {
		return zoneNamed(zone)
	}
	return binaryID() // whatever it is, this binary was built for it
}

// updating is what asks this run to write golden files: see golden.Updating.
func updating() string {
	var parts []string
	if value, _ := logged.Env("CACHETEST_UPDATE"); value != "" {
		parts = append(parts, "CACHETEST_UPDATE="+value)
	}
	for _, name := range []string{"update", "u"} {
		if value := boolFlag(name); value != "false" {
			parts = append(parts, "-"+name+"="+value)
		}
	}
	if len(parts) == 0 {
		return "no"
	}
	return strings.Join(parts, " ")
}

// cpus is what runtime.NumCPU says, where it is not what GOMAXPROCS says.
func cpus() string {
	if n := runtime.NumCPU(); n != runtime.GOMAXPROCS(0) {
		return fmt.Sprintf(" of %d", n)
	}
	return ""
}

// buildInfo is what debug.ReadBuildInfo says beside what is in toolchain, and
// testing.CoverMode.
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
	modules := append([]*debug.Module{&info.Main}, info.Deps...)
	var text strings.Builder
	for _, m := range modules {
		for ; m != nil; m = m.Replace {
			fmt.Fprintln(&text, m.Path, m.Version, m.Sum)
		}
	}
	sum := sha256.Sum256([]byte(text.String()))
	return strings.Join(append(parts, infoModules+hex.EncodeToString(sum[:4])), " ")
}

// infoModules begins the digest of the modules in a build info.
const infoModules = "modules "
