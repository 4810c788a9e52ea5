package fixturecache_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// verbsTest is a package of a value, a large value, a directory that is copied
// and one that is used in place for each key. Each holds the number in the file
// data/KEY.
const verbsTest = `package model

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/fixturecache/fixturecache/cachetest"
)

func TestModel(t *testing.T) {
	key := os.Getenv("MODEL_KEY")
	if key == "" {
		t.Skip("no key")
	}
	ignore := cachetest.IgnoreEnv("MODEL_KEY")
	read := func() ([]byte, error) { fmt.Println("fn ran"); return os.ReadFile("data/" + key) }
	fmt.Println("served:", cachetest.Memo(t, "model", func() (string, error) {
		data, err := read()
		return string(data), err
	}, ignore, cachetest.With("key", key), cachetest.IgnoreCapture("key", "read")))
	large := cachetest.Memo(t, "large", func() ([]byte, error) {
		data, err := read()
		return append(bytes.Repeat([]byte(" "), 50_000), data...), err
	}, ignore, cachetest.With("key", key), cachetest.IgnoreCapture("key", "read"))
	fmt.Println("served:", string(bytes.TrimSpace(large)))
	fill := func(dir string) error {
		data, err := read()
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, "number"), data, 0o644)
	}
	for kind, opts := range map[string][]cachetest.Option{"copy": nil, "place": {cachetest.Shared()}} {
		dir := cachetest.Dir(t, kind, fill, append(opts, ignore, cachetest.With("key", key), cachetest.IgnoreCapture("key", "read", "fill"))...)
		data, err := os.ReadFile(filepath.Join(dir, "number"))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println("served:", string(data))
	}
}
`

// A verbCall is a call of the command beside running tests.
type verbCall struct {
	args string // $OUT is a directory of this caller
	// status1 is what standard error may hold with status 1; "" for never.
	status1 string
	alone   bool // not beside an import: what it takes has no record yet
}

const noSuchFixture = `^cachetest \w+: no fixture "model"`

var verbCalls = []verbCall{
	{args: "list"}, {args: "list -v"}, {args: "list -json -v"}, {args: "list ./..."},
	{args: "why model", status1: noSuchFixture}, {args: "why -json model", status1: noSuchFixture},
	{args: "outdated"}, {args: "outdated -json"}, {args: "outdated -q", status1: `^$`},
	{args: "deps . TestModel"}, {args: "deps -json . TestModel"},
	{args: "graph"}, {args: "graph -dot"}, {args: "graph -json"}, {args: "graph -html"},
	{args: "stats"}, {args: "stats -json"}, {args: "stats -summary"}, {args: "report -o $OUT/report.html"},
	{args: "trim -n -max 1"},
	{args: "trim -max 1MB", status1: `^cachetest trim: another process is trimming the store\n$`},
	{args: "trim -age 1s -count 1", status1: `^cachetest trim: another process is trimming the store\n$`},
	{args: "clean model", status1: noSuchFixture, alone: true}, {args: "clean", alone: true},
	{args: "env"}, {args: "env -json"}, {args: "help trim"},
	{args: "export -o $OUT/all.tar.gz"}, {args: "import $OUT/all.tar.gz"},
}

// TestVerbsBesideTests calls every verb over and over beside test processes
// that hit, miss, build and are killed: no test fails or is given a wrong
// value, and no verb fails or complains.
func TestVerbsBesideTests(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a command and calls all of it")
	}
	t.Parallel()
	defer timing.begin(t)()
	for _, name := range []string{"list", "why", "outdated", "deps", "graph", "stats", "report", "trim", "clean", "export", "import", "env", "help"} {
		if !slices.ContainsFunc(verbCalls, func(v verbCall) bool { return strings.HasPrefix(v.args+" ", name+" ") }) {
			t.Errorf("%s is not called", name)
		}
	}
	m := newModel(t, verbsTest)
	v := &verbCaller{model: m, calls: map[string]int{}}
	var working, calling sync.WaitGroup
	for i := range 3 {
		working.Go(func() {
			m.work(t, m.editSome, rand.New(rand.NewPCG(uint64(i), 2)))
		})
	}
	var worked atomic.Bool
	for range 2 {
		calling.Go(func() { v.callAll(t, &worked, t.TempDir()) })
	}
	working.Wait()
	worked.Store(true)
	calling.Wait()
	t.Logf("%d values served, %d processes built, %d killed; verbs: %v", m.served.Load(), m.built.Load(), m.killed.Load(), v.calls)
	if m.served.Load() == 0 || len(v.calls) < len(verbCalls) {
		t.Error("not everything was called beside a test")
	}
}

type verbCaller struct {
	*model
	mu        sync.Mutex
	calls     map[string]int
	importing sync.RWMutex
}

// callAll calls all verbs at least once, and goes on while tests run.
func (v *verbCaller) callAll(t *testing.T, worked *atomic.Bool, dir string) {
	order := rand.Perm(len(verbCalls))
	for round := 0; round == 0 || !worked.Load(); round++ {
		for _, i := range order {
			if t.Failed() || round > 0 && worked.Load() {
				return
			}
			v.call(t, verbCalls[i], dir)
		}
	}
}

func (v *verbCaller) call(t *testing.T, call verbCall, dir string) {
	if strings.HasPrefix(call.args, "import") {
		v.importing.RLock()
		defer v.importing.RUnlock()
		if _, err := os.Stat(filepath.Join(dir, "all.tar.gz")); err != nil {
			v.call(t, verbCall{args: "export -o $OUT/all.tar.gz"}, dir)
		}
	}
	if call.alone {
		v.importing.Lock()
		defer v.importing.Unlock()
	}
	var stdout, stderr strings.Builder
	cmd := exec.Command("cachetest", strings.Fields(strings.ReplaceAll(call.args, "$OUT", dir))...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = v.dir, &stdout, &stderr
	cmd.Env = append(os.Environ(), "CACHETEST_DIR="+v.store, "CACHETEST=on", "GOWORK=off", "GOFLAGS=-mod=mod", "GOPROXY=off", "GITHUB_STEP_SUMMARY=")
	err := cmd.Run()
	v.mu.Lock()
	v.calls[call.args]++
	v.mu.Unlock()
	if err != nil && call.status1 != "" && cmd.ProcessState.ExitCode() == 1 && regexp.MustCompile(call.status1).MatchString(stderr.String()) {
		return
	}
	if err != nil || stderr.Len() > 0 {
		t.Errorf("cachetest %s: %v\n%s%s", call.args, err, stdout.String(), stderr.String())
	}
	if strings.Contains(call.args, "-json") && !strings.HasPrefix(call.args, "deps") && !json.Valid([]byte(stdout.String())) {
		t.Errorf("cachetest %s: not JSON: %s", call.args, fmt.Sprintf("%.500s", stdout.String()))
	}
}
