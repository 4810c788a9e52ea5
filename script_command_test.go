package fixturecache_test

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func init() { scriptCommands["idle"] = cmdIdle }

// cmdIdle is `idle PATH...`: sets the modification time of each path, and of
// all below it, to a day ago: nobody has used what is there since.
func cmdIdle(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: idle PATH...")
	}
	old := time.Now().Add(-24 * time.Hour)
	for _, arg := range args {
		ts.Check(filepath.WalkDir(ts.MkAbs(arg), func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			return os.Chtimes(path, old, old)
		}))
	}
}

// TestMain builds the command once, and puts it on the PATH of the scripts.
func TestMain(m *testing.M) {
	if isLinker() {
		os.Exit(linkOnce(os.Args[1:]))
	}
	if times := os.Getenv(toolTimes); times != "" {
		os.Exit(timeTool(times, os.Args[1:]))
	}
	os.Exit(withCommand(m.Run))
}

func withCommand(run func() int) int {
	dir, err := os.MkdirTemp("", "cachetest-bin-")
	if err == nil {
		defer os.RemoveAll(dir)
		build := exec.Command("go", "build", "-o", dir+string(filepath.Separator), "./core/cmd/cachetest")
		build.Stderr = os.Stderr
		err = build.Run()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "build cachetest:", err)
		return 1
	}
	os.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	return run()
}
