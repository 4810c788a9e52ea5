package engine

import (
	"fmt"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/logged"
)

// A Mode restricts what a cache does. Modes are set for a whole run, by the
// variable CACHETEST; no option of a fixture lifts one.
type Mode string

const (
	On       Mode = "on"
	Off      Mode = "off"      // neither read nor written: every fixture is built
	ReadOnly Mode = "readonly" // hits, but nothing is written
	Refresh  Mode = "refresh"  // every fixture is built, once in each process, and stored
	Verify   Mode = "verify"   // hits are built again and compared
	Require  Mode = "require"  // a miss is an error
)

const modes = "on, off, readonly, refresh, verify, require"

// mode returns the mode in force. The variable is looked at each time, through
// package os: a test result that go test keeps depends on it.
func (c *Cache) mode() (Mode, error) {
	if c.config.Mode != "" {
		return c.config.Mode, c.config.Mode.check()
	}
	return EnvMode()
}

// EnvMode returns the mode that CACHETEST asks for.
func EnvMode() (Mode, error) {
	value, _ := logged.Env("CACHETEST")
	if value == "" {
		return On, nil
	}
	return Mode(value), Mode(value).check()
}

func (mode Mode) check() error {
	if !slices.Contains(strings.Split(modes, ", "), string(mode)) {
		return fmt.Errorf("CACHETEST=%s is not one of %s", mode, modes)
	}
	return nil
}
