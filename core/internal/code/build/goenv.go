package build

import (
	"path/filepath"
	"runtime"
	"strings"
	"syscall"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A goEnv returns the environment variables of a go command. None of it goes
// through os.Getenv: how the binary was built is no input of the test.
type goEnv func(name string) string

// startEnviron is the environment as it was before TestMain or a test could set
// variables: some of them say how this binary was built.
var startEnviron = syscall.Environ()

func lookUp(environ []string) goEnv {
	return func(name string) string {
		for _, kv := range environ {
			if value, ok := strings.CutPrefix(kv, name+"="); ok {
				return value
			}
		}
		return ""
	}
}

// envNow is os.Getenv, not logged.
func envNow(name string) string {
	v, _ := syscall.Getenv(name)
	return v
}

// setting returns a setting of the go command: from its environment, else from
// the file that go env -w writes.
func (env goEnv) setting(name string) string {
	file := env("GOENV")
	if v := env(name); v != "" || file == "off" {
		return v
	}
	if file == "" {
		file = filepath.Join(env.configDir(), "go", "env")
	}
	data, _ := unlogged.ReadFile(file)
	for line := range strings.Lines(string(data)) {
		if v, ok := strings.CutPrefix(strings.TrimSpace(line), name+"="); ok {
			return v
		}
	}
	return ""
}

// configDir is what os.UserConfigDir returns.
func (env goEnv) configDir() string {
	switch runtime.GOOS {
	case "windows":
		return env("AppData")
	case "darwin", "ios":
		return filepath.Join(env.home(), "Library", "Application Support")
	}
	if dir := env("XDG_CONFIG_HOME"); dir != "" {
		return dir
	}
	return filepath.Join(env.home(), ".config")
}

func (env goEnv) home() string {
	if runtime.GOOS == "windows" {
		return env("USERPROFILE")
	}
	return env("HOME")
}

// modCache is what go env GOMODCACHE prints.
func (env goEnv) modCache() string {
	if dir := env.setting("GOMODCACHE"); dir != "" {
		return dir
	}
	if list := filepath.SplitList(env.setting("GOPATH")); len(list) > 0 && list[0] != "" {
		return filepath.Join(list[0], "pkg", "mod")
	}
	if env.home() == "" {
		return ""
	}
	return filepath.Join(env.home(), "go", "pkg", "mod")
}

// startDir is where the process began, found before a test can change directory.
// That takes a few microseconds.
var startDir = workingDir()

// workingDir returns what os.Getwd does, which would be logged as a read of $PWD.
func workingDir() string {
	dir, err := unlogged.Getwd()
	if err != nil {
		return ""
	}
	return spelled(dir, envNow("PWD"))
}

// spelled returns a working directory as os.Getwd does, and with it the go
// command: in the spelling of $PWD, which may lead through symbolic links, where
// that is the same directory. The names of the files that it compiles, and where
// it looks for go.mod and go.work, follow from that spelling.
func spelled(dir, pwd string) string {
	if pwd == dir || !filepath.IsAbs(pwd) {
		return dir
	}
	if SameFile(pwd, dir) {
		return pwd
	}
	return dir
}

// SameFile reports whether two paths surely lead to one file or directory.
func SameFile(a, b string) bool {
	x, err1 := unlogged.StatPath(a)
	y, err2 := unlogged.StatPath(b)
	return err1 == nil && err2 == nil && x.Inode != 0 && x.Inode == y.Inode && x.Device == y.Device
}
