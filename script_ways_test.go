package fixturecache_test

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"regexp"
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
		"PATH", "HOME", "OUT", "TMPDIR", "GOCACHE", "GOMODCACHE", "GOROOT", "GOPROXY", "GOFLAGS", "GOTOOLCHAIN", "GOGC",
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

func init() { scriptCommands["codeways"] = cmdCodeWays }

// cmdCodeWays is `codeways LABEL FILE ARGS...`: runs go test -v with the
// arguments in a store of its own: a build, a hit, a build that names the
// function of FILE that was edited, and a hit although a comment and a function
// that is not reached were. FILE is as it was afterwards.
func cmdCodeWays(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: codeways LABEL FILE ARGS...")
	}
	store, file := ts.Getenv("OUT")+"/store-"+args[0], ts.MkAbs(args[1])
	src, err := os.ReadFile(file)
	ts.Check(err)
	defer func() { ts.Check(os.WriteFile(file, src, 0o644)) }()
	named := regexp.MustCompile(`miss "value": code changed: deep\.helper \(\S+\.go:\d+\), reached through deep\.Value \(\S*deep\.go:\d+\); built in`)
	for i, step := range []struct {
		edits []string
		line  string
		value string
	}{
		{nil, `miss "value": first run`, "value: 1"},
		{nil, `hit "value"`, "value: 1"},
		{[]string{"return 1", "return 2"}, "", "value: 2"},
		{[]string{"return 1", "return 2", "return 8", "return 9", "here", "there"}, `hit "value"`, "value: 2"},
	} {
		now := strings.NewReplacer(step.edits...).Replace(string(src))
		if now == string(src) && step.edits != nil {
			ts.Fatalf("%s lacks what is to be edited", file)
		}
		if step.edits != nil {
			ts.Check(os.WriteFile(file, []byte(now), 0o644))
		}
		out := goTest(ts, store, args[2:])
		seen := strings.Contains(out, step.line)
		if step.line == "" {
			seen = named.MatchString(out)
			ts.Logf("%s: %s", args[0], named.FindString(out))
		}
		if !seen || !strings.Contains(out, step.value) || strings.Contains(out, "not stored") {
			ts.Fatalf("%s, run %d: want %s and %s in\n%s", args[0], i+1, cmp.Or(step.line, named.String()), step.value, out)
		}
	}
}
