package engine

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/config"
	"github.com/fixturecache/fixturecache/core/internal/logged"
	"github.com/fixturecache/fixturecache/core/internal/process"
	"github.com/fixturecache/fixturecache/core/internal/record"
	"github.com/fixturecache/fixturecache/core/internal/store"
)

// LoadConfig completes a configuration: fields that are zero are taken from environment
// variables, then from the settings file of the module that the process started in. It
// returns the origin of each setting.
func LoadConfig(c Config) (Config, []config.Origin, error) {
	file, err := moduleConfig()
	if err != nil {
		return c, nil, err
	}
	options := config.File{Dir: c.Dir, MaxAge: c.Limits.Age, MaxBytes: c.Limits.Bytes, MaxCount: c.Limits.Count, Ignore: c.Ignore, Env: c.Env, Remote: c.Remote}
	s, origins, err := file.Resolve(options, config.Path(process.This().Root))
	if s.Dir == "" {
		s.Dir = userDir()
	}
	c.Dir, c.Limits, c.Ignore, c.Env, c.Remote = s.Dir, Limits{Age: s.MaxAge, Bytes: s.MaxBytes, Count: s.MaxCount}, s.Ignore, s.Env, s.Remote
	c.HideValues = c.HideValues || s.Values != ""
	return c, origins, err
}

// moduleConfig returns the settings file of the module that the process started in.
var moduleConfig = sync.OnceValues(func() (*config.File, error) { return config.Read(process.This().Root) })

// addLists adds the lists of the configuration to a call's own. Patterns of
// the file hold against the module root, those of a call against the directory
// of the process.
func (c *Cache) addLists(s *Spec) {
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

// ListsInput is the name of the input of each fixture that Lists describes.
const ListsInput = "settings file"

// Lists describes the lists of the configuration as they are written there, so that the
// command can tell that they have changed without a call for a fixture.
func (c *Cache) Lists() string { return c.lists }

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

var errOff = errors.New("CACHETEST=off")

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
	mode := cmp.Or(Mode(value), On)
	return mode, mode.check()
}

func (mode Mode) check() error {
	if !slices.Contains(strings.Split(modes, ", "), string(mode)) {
		return fmt.Errorf("CACHETEST=%s is not one of %s", mode, modes)
	}
	return nil
}

// byDir are the caches that Default has opened, by directory: a test may set CACHETEST_DIR.
var byDir struct {
	sync.Mutex
	caches map[string]*Cache
}

// Default returns the cache that the environment names, one for each directory in
// a process. One that cannot be opened is replaced by one of this process, so that each
// fixture is built once, and says why; errors are misuse.
func Default() (*Cache, error) {
	mode, err := EnvMode()
	if err != nil {
		return nil, err
	}
	settings, _, err := LoadConfig(Config{})
	dir := settings.Dir
	var inFile *config.FileError
	switch {
	case errors.As(err, &inFile):
		return nil, err // a file that makes no sense here makes none anywhere
	case err != nil:
		dir = "\x00" + err.Error() // an environment variable is wrong: the cache of this error
	case mode == Off:
		dir = "off"
	}
	byDir.Lock()
	defer byDir.Unlock()
	if c := byDir.caches[dir]; c != nil {
		return c, nil
	}
	c, err := Open(Config{})
	if err != nil {
		if mkdir := (*fs.PathError)(nil); errors.As(err, &mkdir) && mkdir.Op == "mkdir" {
			err = fmt.Errorf("the store cannot be made: %w: set CACHETEST_DIR to a directory that can be written to", err)
		}
		c = Disabled(err)
		c.store = c.ownStore()
	}
	if byDir.caches == nil {
		byDir.caches = map[string]*Cache{}
	}
	byDir.caches[dir] = c
	return c, nil
}

// Limits bound a store. A trim removes first what has not been used for longest.
// A limit of 0 is the default one, a negative one is none.
type Limits = store.Limits

// defaultLimits are the limits of a Config that has none. A month is longer than most
// branches live, and a laptop can spare the bytes.
var defaultLimits = Limits{Age: 30 * 24 * time.Hour, Bytes: 5e9}

// dailyVisits bounds how many files a trim looks at while a test waits for it, for a
// fraction of a second. The trims of the next days look at the others.
const dailyVisits = 10_000

// InForce returns the limits that a store is trimmed to, of which 0 is none.
func InForce(limits Limits) Limits {
	return Limits{
		Age:   max(0, cmp.Or(limits.Age, defaultLimits.Age)),
		Bytes: max(0, cmp.Or(limits.Bytes, defaultLimits.Bytes)),
		Count: max(0, limits.Count),
	}
}

// RecordRefs returns a function for store.Trim: it lists the objects that a record of s
// refers to, with the files of a tree. If the output cannot be read, it lists the output
// alone, and the error says why. A tree's manifest is listed even if the record holds its
// bytes, since the directory of a tree used in place is named after it.
func RecordRefs(s *store.Store) func(payload []byte) ([]store.ObjectRef, error) {
	return func(payload []byte) ([]store.ObjectRef, error) {
		rec, err := record.Decode(payload)
		if err != nil {
			return nil, err
		}
		refs, err := rec.Objects(s.ReadObject)
		if rec.Form == record.Tree && rec.HasInline {
			refs = append(refs, store.ObjectRef{ID: rec.Output.ID}) // its bytes are the record's
		}
		return refs, err
	}
}
