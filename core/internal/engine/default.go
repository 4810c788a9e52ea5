package engine

import (
	"errors"
	"sync"

	"github.com/fixturecache/fixturecache/core/internal/config"
)

// byDir are the caches that Default has opened, by directory: a test may set
// CACHETEST_DIR.
var byDir struct {
	sync.Mutex
	caches map[string]*Cache
}

// Default returns the cache that the environment names, one for each directory in
// a process. One that cannot be opened is replaced by one that builds everything,
// and says why; errors are misuse.
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
		return Disabled(err), nil // a variable of this machine's
	}
	if mode == Off {
		dir = "off"
	}
	byDir.Lock()
	defer byDir.Unlock()
	if c := byDir.caches[dir]; c != nil {
		return c, nil
	}
	c, err := Open(Config{})
	if err != nil {
		c = Disabled(err)
	}
	if byDir.caches == nil {
		byDir.caches = map[string]*Cache{}
	}
	byDir.caches[dir] = c
	return c, nil
}
