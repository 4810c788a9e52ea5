package fixturecache_test

import (
	"bytes"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func init() {
	maps.Copy(scriptCommands, map[string]func(ts *testscript.TestScript, neg bool, args []string){
		"aged":    cmdAged,
		"paste":   cmdPaste,
		"killing": cmdKilling,
	})
}

// cmdAged is `[!] aged PATH...`: each path was not (or was) modified since the
// command age set its time.
func cmdAged(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) == 0 {
		ts.Fatalf("usage: aged PATH...")
	}
	for _, arg := range args {
		info, err := os.Lstat(ts.MkAbs(arg))
		ts.Check(err)
		if aged := time.Since(info.ModTime()) > 30*time.Minute; aged == neg {
			ts.Fatalf("%s was modified at %v", arg, info.ModTime())
		}
	}
}

// cmdPaste is `paste [FILE]`: gives to a shell, in the current directory, the
// first line of FILE (stdout) that sets CACHETEST_UPDATE and runs go test, as
// a user would who copies it.
func cmdPaste(ts *testscript.TestScript, neg bool, args []string) {
	from := "stdout"
	if len(args) == 1 {
		from = args[0]
	}
	for line := range strings.Lines(ts.ReadFile(from)) {
		if at := strings.Index(line, "CACHETEST_UPDATE=1 go test "); at >= 0 {
			ts.Logf("$ %s", line[at:])
			ts.Check(ts.Exec("sh", "-c", line[at:]))
			return
		}
	}
	ts.Fatalf("no command to paste in %s", from)
}

// cmdKilling is `killing FILE OLD COMMAND...`: runs the command, which replaces
// FILE (whose content is OLD now), again and again, and kills it later each
// time, until it ends by itself; FILE is then what it left. After each kill FILE
// must be as it was or as the command leaves it.
func cmdKilling(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: killing FILE OLD COMMAND...")
	}
	file, before := ts.MkAbs(args[0]), []byte(ts.ReadFile(args[1]))
	run := func(limit time.Duration) (after []byte, took time.Duration) {
		ts.Check(os.WriteFile(file, before, 0o644))
		took = runKilled(ts, limit, args[2:])
		after, err := os.ReadFile(file)
		ts.Check(err)
		return after, took
	}
	done, whole := run(time.Minute)
	if bytes.Equal(done, before) {
		ts.Fatalf("%v left %s as it was", args[2:], args[0])
	}
	const steps = 25
	kills := map[string]int{}
	for i := range steps {
		switch left, _ := run(whole * time.Duration(i) / steps); {
		case bytes.Equal(left, before):
			kills["old"]++
		case bytes.Equal(left, done):
			kills["new"]++
		default:
			ts.Fatalf("killed after %d/%d of %v, the command left %d bytes that are neither old nor new", i, steps, whole, len(left))
		}
	}
	temps, err := filepath.Glob(filepath.Join(filepath.Dir(file), ".cachetest-golden-*"))
	ts.Check(err)
	ts.Logf("%d kills: %v; %d temporary files left", steps, kills, len(temps))
	if kills["old"] == 0 || len(temps) == 0 {
		ts.Fatalf("no kill came while a file was being written")
	}
	ts.Check(os.WriteFile(file, before, 0o644))
}

// runKilled runs a command of the script, kills it by a signal that it cannot
// see when it takes longer than limit, and returns how long it took.
func runKilled(ts *testscript.TestScript, limit time.Duration, args []string) time.Duration {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = ts.MkAbs(".")
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "CACHETEST_UPDATE", "CACHETEST_DIR"} {
		cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
	}
	start := time.Now()
	ts.Check(cmd.Start())
	timer := time.AfterFunc(limit, func() { cmd.Process.Kill() })
	defer timer.Stop()
	cmd.Wait() // an error says that it was killed
	return time.Since(start)
}
