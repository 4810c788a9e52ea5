package engine

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/fixturecache/fixturecache/core/internal/code"
	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/settings"
	"github.com/fixturecache/fixturecache/core/internal/trace"
)

// unlogged adds what no log tells: what fn's code read before the log began or
// past it, by names that the source tells, and the environment where it asks
// for that.
func (c *collector) unlogged() *notStored {
	known := c.behaviour()
	if known == nil {
		return nil
	}
	for _, r := range known.Early {
		var why *notStored
		switch r.Kind {
		case code.ReadVariable:
			why = c.env(r.Name, true)
		case code.ReadFile:
			why = c.addPath(trace.Read{Name: c.world.Abs(r.Name), Before: true, Opened: true, Relative: trace.Relative(r.Name)})
		case code.ReadLink:
			path := r.Name
			if !filepath.IsAbs(path) {
				path = filepath.Join(c.workingDir(), path)
			}
			why = c.addPath(trace.Read{Name: path, Before: c.stateful(), After: true, Relative: trace.Relative(r.Name)})
		case code.ReadDir:
			c.add(c.world.CheckoutAt())
			c.cwd.addStart(1)
		}
		if why != nil {
			return why
		}
	}
	if known.Asks(settings.Variables) {
		return c.environment()
	}
	return nil
}

// environment adds all variables.
func (c *collector) environment() *notStored {
	names := slices.Collect(maps.Keys(c.c.host.Env()))
	for _, kv := range syscall.Environ() {
		name, _, _ := strings.Cut(kv, "=")
		names = append(names, name)
	}
	slices.Sort(names)
	ignored, flags := c.spec.Ignore.Env, c.preset()
	for _, name := range slices.Compact(names) {
		if input.InEnvironment(name, ignored) && !c.has(input.Env, name) {
			more, why := c.setByProcess(name, true)
			if flags |= more; why != nil {
				return why
			}
		}
	}
	c.add(c.world.EnvironmentAt(input.EnvironmentName(ignored), flags, nil))
	return nil
}
