package engine

import (
	"path/filepath"
	"slices"
	"sync"

	"github.com/fixturecache/fixturecache/core/internal/config"
	"github.com/fixturecache/fixturecache/core/internal/process"
)

// LoadConfig completes a configuration: what it does not say is taken from
// variables, then from the file of the module that the process started in. It says
// of each setting where it comes from.
func LoadConfig(c Config) (Config, []config.Origin, error) {
	file, err := moduleConfig()
	if err != nil {
		return c, nil, err
	}
	given := config.File{Dir: c.Dir, MaxAge: c.Limits.Age, MaxBytes: c.Limits.Bytes, MaxCount: c.Limits.Count, Ignore: c.Ignore, Env: c.Env, Remote: c.Remote}
	s, origins, err := file.Resolve(given, config.Path(process.This().Root))
	if s.Dir == "" {
		s.Dir = userDir()
	}
	c.Dir, c.Limits, c.Ignore, c.Env, c.Remote = s.Dir, Limits{Age: s.MaxAge, Bytes: s.MaxBytes, Count: s.MaxCount}, s.Ignore, s.Env, s.Remote
	c.HideValues = c.HideValues || s.Values != ""
	return c, origins, err
}

// moduleConfig is the file of the module that the process started in, read
// once.
var moduleConfig = sync.OnceValues(func() (*config.File, error) { return config.Read(process.This().Root) })

// addConfig adds the lists of the configuration to a call's own. Patterns of
// the file hold against the module root, those of a call against the directory
// of the process: written so, they are the same in each checkout.
func (c *Cache) addConfig(s *Spec) {
	for _, pattern := range c.config.Ignore {
		if root := c.world.Root.Physical; root != "" && !filepath.IsAbs(pattern) {
			if rel, err := filepath.Rel(c.world.Dir, filepath.Join(root, pattern)); err == nil {
				pattern = filepath.ToSlash(rel)
			}
		}
		s.Ignore.Files = append(slices.Clip(s.Ignore.Files), pattern)
	}
	for _, name := range c.config.Env {
		if !slices.Contains(s.Declare.Env, name) {
			s.Declare.Env = append(slices.Clip(s.Declare.Env), name)
		}
	}
}
