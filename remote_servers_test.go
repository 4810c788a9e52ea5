package fixturecache_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestRemoteServers shares fixtures through servers and helpers that are not ours,
// which a module of their own builds: with CACHETEST_LONG=1, since that takes minutes.
func TestRemoteServers(t *testing.T) {
	if !long() {
		t.Skip("builds servers: CACHETEST_LONG=1 runs it")
	}
	bin := t.TempDir()
	build := exec.Command("go", "build", "-o", bin+string(filepath.Separator), "tool")
	build.Dir = filepath.Join(".ci", "remote")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the servers: %v\n%s", err, out)
	}
	t.Setenv("PATH", bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/long",
		Setup:               func(env *testscript.Env) error { return setupModule(env, goEnv(t), "") },
		Cmds:                scriptCommands,
		Condition:           scriptCondition,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	})
}
