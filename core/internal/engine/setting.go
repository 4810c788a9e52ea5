package engine

import (
	"fmt"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code"
	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/process"
	"github.com/fixturecache/fixturecache/core/internal/settings"
)

// settings are those of this process that fn can ask for: all, where its code
// is not known better. The modes of what Dir and File keep come from the umask.
func (cl *call) settings() (names []string) {
	if cl.spec.kind != "" {
		names = append(names, settings.Umask)
	}
	switch {
	case cl.code == nil:
		return names
	case cl.closure == nil:
		names = append(names, "-short", settings.GOMAXPROCS, settings.Arguments, settings.TempDir, settings.BuildInfo, settings.LocalTime, settings.Zones, settings.AllUmask, settings.HostName, settings.User, settings.Users, settings.TestName, input.Selected)
	default:
		names = append(names, cl.asked()...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// asked are the settings that fn's code asks for.
func (cl *call) asked() (names []string) {
	if cl.closure.Cause.What != "" {
		names = append(names, input.Selected)
	}
	for _, ask := range cl.closure.Settings {
		switch ask.What {
		case settings.Short:
			names = append(names, "-short")
		case settings.Arguments: // any flag of package testing's among them
			names = append(names, "-short", "-v", settings.Arguments)
		case settings.CommandLine:
			names = append(names, "-short", "-v", ask.What)
		case settings.Verbose:
			names = append(names, "-v")
		case settings.Environment, settings.Variables, settings.Commands, settings.Identity, settings.Links, settings.SetsVariables, settings.Lists, settings.Makes, settings.Modes, settings.Reads: // not known before the build
		default:
			names = append(names, ask.What)
		}
	}
	if cl.closure.Asks(settings.Commands) || cl.closure.Asks(settings.Makes) && cl.closure.Asks(settings.Modes) {
		names = append(names, settings.AllUmask)
	}
	if cl.asksTestName() {
		names = append(names, settings.TestName)
	}
	return names
}

// asksTestName reports whether fn, or a function that it calls, asks a testing
// handle for its name, which no option says to be of no account.
func (cl *call) asksTestName() bool {
	return !slices.Contains(cl.spec.Ignore.Captures, "t."+code.HandleName) &&
		slices.ContainsFunc(cl.closure.HandleUses, func(use code.Use) bool { return use.What == code.HandleName })
}

// asks reports whether fn's code can ask for something that Asks names: also
// where it is not known.
func (cl *call) asks(what string) bool {
	return cl.closure == nil || cl.closure.Asks(what)
}

// settingAt is a setting as it is now.
func (cl *call) settingAt(name string) input.Input {
	process.LookAtZone(cl.c.world.Root, name)
	value := process.Setting(name)
	if name == settings.TestName {
		value = cl.spec.Test
	}
	in := input.Input{Kind: input.Setting, Name: name, Detail: value, Digest: cl.c.config.Algorithm.DigestOf(value)}
	if name == settings.Umask || name == settings.AllUmask {
		in.Detail = fmt.Sprintf("%04o", process.Umask())
	}
	return in
}
