package build

import (
	"path/filepath"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A goEnv returns the environment variables of a go command. None of it goes
// through os.Getenv: how the binary was built is no input of the test.
type goEnv func(name string) string

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

// setting returns a setting of the go command: from its environment, else from
// the file that go env -w writes.
func (env goEnv) setting(name string) string {
	if v := env(name); v != "" {
		return v
	}
	file := unlogged.GoEnvFile(env)
	if file == "off" {
		return ""
	}
	data, _ := unlogged.ReadFile(file)
	for line := range strings.Lines(string(data)) {
		if v, ok := strings.CutPrefix(strings.TrimSpace(line), name+"="); ok {
			return v
		}
	}
	return ""
}

// modCache is what go env GOMODCACHE prints.
func (env goEnv) modCache() string {
	if dir := env.setting("GOMODCACHE"); dir != "" {
		return dir
	}
	if list := filepath.SplitList(env.setting("GOPATH")); len(list) > 0 && list[0] != "" {
		return filepath.Join(list[0], "pkg", "mod")
	}
	home := unlogged.UserHomeDir(env)
	if home == "" {
		return ""
	}
	return filepath.Join(home, "go", "pkg", "mod")
}

// startDir is where the process began, as the go command spells it: the names of the
// files that it compiles, and where it looks for go.mod and go.work, follow from that.
var startDir = unlogged.Spelled(unlogged.StartDir, unlogged.Getenv("PWD"))
