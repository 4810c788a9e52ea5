//go:build linux

package fixturecache_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/fixturecache/fixturecache/internal/faults/testdata/faulty"
	"github.com/rogpeppe/go-internal/testscript"
)

func init() { scriptCommands["killed"] = cmdKilled }

// cmdKilled is `killed read|write test|helper PROGRAM...`: runs a test program as often
// as it sends requests to the cacheserver of the script, and kills it, or its helper,
// in the middle of the first, the second and so on, of every third of them but in the
// long run. The program writes its process to
// $OUT/test, and its helper to $OUT/helper. The next run has to be as if nothing had
// been, on the same store and on another, and no helper may be left.
func cmdKilled(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: killed read|write test|helper PROGRAM...")
	}
	value, ok := servers.Load(ts.Getenv("WORK"))
	if !ok {
		ts.Fatalf("cacheserver start has to come first")
	}
	k := &killing{ts: ts, server: value.(*faulty.Server), victim: args[1], program: args[2:]}
	first, step := 1, 1
	if !long() {
		step = 3
		if k.victim == "test" { // in others than its helper
			first = 2
		}
	}
	for n := first; k.once(n, args[0] == "write"); n += step {
	}
}

type killing struct {
	ts      *testscript.TestScript
	server  *faulty.Server
	victim  string
	program []string
}

// once kills in the nth request, and reports whether there was one.
func (k *killing) once(n int, write bool) bool {
	if write {
		for _, kind := range []string{"ac", "cas"} {
			k.server.Edit(kind, func([]byte) []byte { return nil })
		}
	}
	store := fmt.Sprintf("%s/%s-%v-%d", k.ts.Getenv("OUT"), k.victim, write, n)
	before := k.temporary()
	var killed atomic.Bool
	k.server.Meanwhile(n, func() {
		killed.Store(true)
		syscall.Kill(k.process(k.victim), syscall.SIGKILL)
		k.wait(k.process(k.victim))
	})
	said, err := k.run(store)
	k.server.Meanwhile(0, nil)
	if !killed.Load() {
		return false
	}
	k.wait(k.process("helper"))
	const ended = "is not used any more in this process: its helper has ended"
	if k.victim == "helper" && (err != nil || bytes.Count(said, []byte("not used any more")) != 1 || !bytes.Contains(said, []byte(ended))) {
		k.ts.Fatalf("without its helper in request %d: %v\n%s", n, err, said)
	}
	if left := k.temporary(); k.victim == "test" && (err == nil || left > before) {
		k.ts.Fatalf("killed in request %d: %v, it leaves %d directories\n%s", n, err, left-before, said)
	}
	for _, next := range []string{store, store + "-next"} {
		if said, err := k.run(next); err != nil || bytes.Contains(said, []byte("not used any more")) {
			k.ts.Fatalf("after a kill in request %d: %v\n%s", n, err, said)
		}
	}
	return true
}

func (k *killing) run(store string) ([]byte, error) {
	k.ts.Setenv("CACHETEST_DIR", store)
	err := k.ts.Exec(k.program[0], k.program[1:]...)
	return []byte(k.ts.ReadFile("stdout")), err
}

// temporary is how many directories of helpers there are.
func (k *killing) temporary() int {
	dirs, _ := filepath.Glob(k.ts.Getenv("TMPDIR") + "/cachetest-remote-*")
	return len(dirs)
}

// process is the process that a file in $OUT names.
func (k *killing) process(file string) int {
	text, err := os.ReadFile(filepath.Join(k.ts.Getenv("OUT"), file))
	k.ts.Check(err)
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	k.ts.Check(err)
	return pid
}

// wait waits until a process has ended, if only its parent does not know.
func (k *killing) wait(pid int) {
	for range 6000 {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil || bytes.Contains(stat, []byte(") Z ")) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	k.ts.Fatalf("process %d is still there", pid)
}
