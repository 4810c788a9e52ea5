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
// FILE (whose content is OLD now), again and again, and kills it once a
// temporary file has appeared beside FILE, each time a little later. After each
// kill FILE must be as it was or as the command leaves it.
func cmdKilling(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: killing FILE OLD COMMAND...")
	}
	file, before := ts.MkAbs(args[0]), []byte(ts.ReadFile(args[1]))
	run := func(delay time.Duration) (after []byte) {
		ts.Check(os.WriteFile(file, before, 0o644))
		runKilled(ts, filepath.Dir(file), delay, args[2:])
		after, err := os.ReadFile(file)
		ts.Check(err)
		return after
	}
	done := run(time.Minute)
	old, half := 0, len(tempsIn(filepath.Dir(file)))
	kills := 0
	for ; kills < 16 || kills < 160 && len(tempsIn(filepath.Dir(file))) == half; kills++ { // a machine that is busy may come late
		delay := time.Duration(kills%16*(kills%16)) * time.Millisecond
		if left := run(delay); bytes.Equal(left, before) {
			old++
		} else if !bytes.Equal(left, done) {
			ts.Fatalf("killed after %v, the command left %d bytes that are neither old nor new", delay, len(left))
		}
	}
	half = len(tempsIn(filepath.Dir(file))) - half
	ts.Logf("of %d kills %d left the old file, %d a temporary file", kills, old, half)
	if bytes.Equal(done, before) || half == 0 {
		ts.Fatalf("no kill came while the file was being written")
	}
}

// runKilled runs a command of the script and kills it, by a signal that it
// cannot see, a delay after there is one more temporary file in dir.
func runKilled(ts *testscript.TestScript, dir string, delay time.Duration, args []string) {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = ts.MkAbs(".")
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "CACHETEST_UPDATE", "CACHETEST_DIR"} {
		cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
	}
	temps := len(tempsIn(dir))
	ts.Check(cmd.Start())
	ended := make(chan struct{})
	go func() {
		cmd.Wait() // an error says that it was killed
		close(ended)
	}()
	for len(tempsIn(dir)) == temps {
		select {
		case <-ended:
			return
		case <-time.After(100 * time.Microsecond):
		}
	}
	select {
	case <-ended:
	case <-time.After(delay):
		cmd.Process.Kill()
		<-ended
	}
}

// tempsIn lists the files that updates are writing, or were when killed.
func tempsIn(dir string) []string {
	temps, _ := filepath.Glob(filepath.Join(dir, ".cachetest-golden-*"))
	return temps
}
