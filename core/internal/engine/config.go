package engine

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/fixturecache/fixturecache/core/internal/config"
	"github.com/fixturecache/fixturecache/core/internal/logged"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// ConfigName is the name of the file, at the root of a module, that holds the
// settings of its tests.
const ConfigName = config.Name

// A ConfigError says what is wrong with the settings' file: it is wrong on every
// machine, unlike a variable, and unlike a file that cannot be read.
type ConfigError struct{ err error }

func (e *ConfigError) Error() string { return e.err.Error() }
func (e *ConfigError) Unwrap() error { return e.err }

// LoadConfig completes a configuration: what it does not say is taken from the
// variables CACHETEST_DIR, CACHETEST_MAX_AGE, CACHETEST_MAX_BYTES,
// CACHETEST_MAX_COUNT and CACHETEST_REMOTE, then from the file at path, which may be absent. The
// lists of files to ignore and of variables add up. An empty path is that of
// the module that the process started in.
//
// The file is strict: an unknown or repeated key is an error with its line and
// column.
func LoadConfig(path string, existing Config) (Config, error) {
	loaded, err := loadSettings(path, existing, false)
	return loaded.Config, err
}

// An Origin says where a setting comes from: a variable, the file with its path,
// "default" or "option".
type Origin struct{ Name, From string }

// LoadOrigins is LoadConfig, and says of each setting where it comes from.
func LoadOrigins(path string, existing Config) (Config, []Origin, error) {
	loaded, err := loadSettings(path, existing, true)
	return loaded.Config, loaded.list, err
}

// A layered holds the values of each place that a setting can come from.
type layered struct {
	Config
	tell bool // keep a list of where each comes from
	list []Origin
	file string // its path
	err  error
}

func loadSettings(path string, existing Config, tell bool) (l layered, err error) {
	l.Config, l.tell = existing, tell
	file, err := moduleConfig()
	root := processRoot()
	if path != "" {
		root = logged.FindRoot(filepath.Dir(path))
		file, err = readConfig(logged.Root{}, path)
	} else if root.Physical != "" {
		path = filepath.Join(root.Physical, ConfigName)
	}
	if err != nil {
		return l, err
	}
	l.file = path
	l.dir(file, filepath.Dir(path))
	l.single("max_age", "CACHETEST_MAX_AGE", l.Limits.Age != 0, file)
	l.single("max_bytes", "CACHETEST_MAX_BYTES", l.Limits.Bytes != 0, file)
	l.single("max_count", "CACHETEST_MAX_COUNT", l.Limits.Count != 0, file)
	l.single("remote", "CACHETEST_REMOTE", l.Remote != "", file)
	l.lists(file)
	switch {
	case l.err == nil:
		return l, nil
	case strings.HasPrefix(l.err.Error(), "CACHETEST_"):
		return l, l.err // a variable of this machine's, not the project's file
	}
	return l, &ConfigError{l.err}
}

// dir sets the directory. In the file it may be relative, to the module root:
// some CI caches must lie inside the checkout.
func (l *layered) dir(file *config.File, root string) {
	from := "default"
	switch env := getenv("CACHETEST_DIR"); {
	case l.Dir != "":
		from = "option"
	case env != "":
		from, l.Dir = "CACHETEST_DIR", env
		if !filepath.IsAbs(env) {
			l.err = errors.New("CACHETEST_DIR=" + env + " is not an absolute path: each package's tests run in a directory of their own")
		}
	case file.Dir != "":
		from, l.Dir = l.file, filepath.FromSlash(file.Dir)
		if !filepath.IsAbs(l.Dir) {
			l.Dir = filepath.Join(root, l.Dir)
		}
	default:
		l.Dir = userDir()
	}
	l.note("dir", from)
}

// note says where a setting comes from.
func (l *layered) note(key, from string) {
	if !l.tell {
		return
	}
	l.list = append(l.list, Origin{key, from})
}

// single sets a setting of one value: from what was given, or the variable, or
// the file.
func (l *layered) single(key, variable string, given bool, file *config.File) {
	env := ""
	if variable != "" {
		env = getenv(variable)
	}
	from := "default"
	switch {
	case given:
		from = "option"
	case env != "":
		from, file = variable, &config.File{}
		if err := file.Set(key, env); err != nil && l.err == nil {
			l.err = fmt.Errorf("%s: %w", variable, err)
		}
		l.set(key, file)
	case file.Has(key):
		from = l.file
		l.set(key, file)
	}
	l.note(key, from)
}

func (l *layered) set(key string, f *config.File) {
	switch key {
	case "max_age":
		l.Limits.Age = f.MaxAge
	case "max_bytes":
		l.Limits.Bytes = f.MaxBytes
	case "max_count":
		l.Limits.Count = f.MaxCount
	case "remote":
		l.Remote = f.Remote
	}
}

func (l *layered) lists(file *config.File) {
	add := func(key string, have *[]string, more []string) {
		from := "default"
		if len(*have) > 0 {
			from = "option"
		}
		if len(more) > 0 {
			from = l.file
		}
		*have = append(slices.Clip(*have), more...)
		l.note(key, from)
	}
	add("ignore", &l.Ignore, file.Ignore)
	add("env", &l.Env, file.Env)
}

// moduleConfig is the file of the module that the process started in, read
// once.
var moduleConfig = sync.OnceValues(func() (*config.File, error) {
	root := processRoot()
	if root.Physical == "" {
		return &config.File{}, nil
	}
	return readConfig(root, filepath.Join(root.Physical, ConfigName))
})

// readConfig reads a file. It looks at it as at any other input: what it says
// may change what a test does.
func readConfig(root logged.Root, path string) (*config.File, error) {
	stat := unlogged.StatPath
	if root.Physical != "" {
		stat = root.Stat
	}
	st, err := stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return &config.File{}, nil
	}
	if err == nil && !st.Mode.IsRegular() { // to open it might be to wait
		err = errors.New(path + " is not a file")
	}
	var data []byte
	if err == nil {
		data, err = unlogged.ReadFile(path)
	}
	if err != nil {
		return nil, fmt.Errorf("the settings cannot be read: %w", err)
	}
	file, err := config.Parse(data)
	if err != nil {
		return nil, &ConfigError{fmt.Errorf("%s:%w", path, err)}
	}
	return file, nil
}

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
