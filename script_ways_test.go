package fixturecache_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

func init() { scriptCommands["ways"] = cmdWays }

// cmdWays is `ways LABEL ARGS...`: runs go test -v with the arguments three
// times in a store of its own, with the file data.txt edited before the third,
// and demands one build, none, and one again, with the right value each time.
// A build for each value of GOMAXPROCS is right where the code asks for it; no
// code here does.
func cmdWays(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: ways LABEL ARGS...")
	}
	store := ts.Getenv("OUT") + "/store-" + args[0]
	data := ts.MkAbs("data.txt")
	ts.Check(os.WriteFile(data, []byte("data"), 0o644))
	row := args[0]
	for i, step := range []struct {
		data   string
		builds int
	}{{"data", 1}, {"data", 0}, {"edited " + args[0], 1}} {
		ts.Check(os.WriteFile(data, []byte(step.data), 0o644))
		out := goTest(ts, store, args[1:])
		builds, hits := strings.Count(out, "fn ran"), strings.Count(out, "cachetest: hit")
		row += fmt.Sprintf("  run %d: %d built, %d hit", i+1, builds, hits)
		if builds != step.builds || hits == 0 && step.builds == 0 {
			ts.Fatalf("%s: want %d builds\n%s", row, step.builds, out)
		}
		values := strings.Count(out, "value:")
		if values == 0 || strings.Count(out, "value: code1 "+step.data) != values {
			ts.Fatalf("%s: want value %q\n%s", row, "code1 "+step.data, out)
		}
		if strings.Contains(out, "not stored") {
			ts.Fatalf("%s: not stored\n%s", row, out)
		}
	}
	ts.Logf("%s", row)
}

// goTest runs go test -v as the script would. -count=1 keeps go's own cache out
// of the way unless the row brings a count.
func goTest(ts *testscript.TestScript, store string, args []string) string {
	all := []string{"test", "-v"}
	if !strings.Contains(strings.Join(args, " "), "-count") {
		all = append(all, "-count=1")
	}
	cmd := exec.Command("go", append(all, args...)...)
	cmd.Dir = ts.MkAbs(".")
	for _, name := range []string{
		"PATH", "HOME", "TMPDIR", "GOCACHE", "GOMODCACHE", "GOROOT", "GOPROXY", "GOFLAGS", "GOTOOLCHAIN",
	} {
		cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
	}
	cmd.Env = append(cmd.Env, "CACHETEST_DIR="+store, "PWD="+cmd.Dir)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		ts.Fatalf("go test %s: %v\n%s", strings.Join(args, " "), err, out.String())
	}
	return out.String()
}
