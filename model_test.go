package fixturecache_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// modelTest is a package of one fixture for each key, whose value is the number
// in the file data/KEY.
const modelTest = `package model

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/fixturecache/fixturecache/cachetest"
)

func TestModel(t *testing.T) {
	key := os.Getenv("MODEL_KEY")
	fmt.Println("served:", cachetest.Call(t, "model", key, func(key string) (string, error) {
		fmt.Println("fn ran")
		data, err := os.ReadFile("data/" + key)
		time.Sleep(5 * time.Millisecond)
		return string(data), err
	}, cachetest.IgnoreEnv("MODEL_KEY")))
}
`

// TestModel has eight processes at a time ask for ten fixtures while their
// files are edited, processes are killed, and the store is trimmed and cleaned.
// A value is right if a build could have made it while the process ran: the
// number in its file only grows, and must lie between what it was before and
// what it was after. How much is done is counted, whatever time that takes.
func TestModel(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a command and starts it over and over")
	}
	t.Parallel()
	defer timing.begin(t)()
	m := newModel(t, modelTest)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() { m.work(t, m.disturb, rand.New(rand.NewPCG(uint64(i), 1))) })
	}
	wg.Wait()
	t.Logf("%d values served (%d built), %d processes killed, %d edits", m.served.Load(), m.built.Load(), m.killed.Load(), m.edits)
	if m.served.Load() == 0 || m.served.Load() == m.built.Load() {
		t.Error("nothing was served from the store")
	}
}

// modelRuns is how many processes each caller of a model starts.
func modelRuns() int {
	if long() {
		return 4000
	}
	return 8
}

type model struct {
	dir, store, test      string
	numbers               [10]atomic.Int64
	served, built, killed atomic.Int64

	editing sync.Mutex
	edits   int
}

// newModel builds the test binary of a package.
func newModel(t *testing.T, source string) *model {
	repo, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	m := &model{dir: t.TempDir(), store: filepath.Join(t.TempDir(), "store")}
	m.test = filepath.Join(m.dir, "model.test")
	if err := writeModule(m.dir, repo); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(m.dir, "model_test.go"), []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(m.dir, "data"), 0o755); err != nil {
		t.Fatal(err)
	}
	for k := range m.numbers {
		m.edit(t, k)
	}
	cmd := exec.Command("go", "test", "-c", "-mod=mod", "-o", m.test, ".")
	cmd.Dir = m.dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOPROXY=off", "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, out)
	}
	return m
}

// edit writes the next number. It counts as written only when it is: until then
// both numbers are right.
func (m *model) edit(t *testing.T, k int) {
	m.editing.Lock()
	defer m.editing.Unlock()
	m.edits++
	next := m.numbers[k].Load() + 1
	path := filepath.Join(m.dir, "data", strconv.Itoa(k))
	if err := os.WriteFile(path+".new", []byte(strconv.FormatInt(next, 10)), 0o644); err != nil {
		t.Error(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Error(err)
	}
	m.numbers[k].Store(next)
}

var servedValue = regexp.MustCompile(`served: (\d+)`)

// work starts processes one after the other, and does something to what they use
// before each.
func (m *model) work(t *testing.T, disturb func(*testing.T, *rand.Rand), rng *rand.Rand) {
	for range modelRuns() {
		if t.Failed() {
			return
		}
		disturb(t, rng)
		k := rng.IntN(len(m.numbers))
		before := m.numbers[k].Load()
		cmd := exec.Command(m.test, "-test.v", "-test.timeout=1m")
		cmd.Dir = m.dir
		cmd.Env = append(os.Environ(), "CACHETEST_DIR="+m.store, "CACHETEST=on", fmt.Sprint("MODEL_KEY=", k))
		kill := rng.IntN(10) == 0
		if kill {
			delay := time.Duration(rng.IntN(30)) * time.Millisecond
			time.AfterFunc(delay, func() {
				if cmd.Process != nil {
					cmd.Process.Kill()
				}
			})
		}
		out, err := cmd.CombinedOutput()
		after := m.numbers[k].Load() + 1 // an edit may be half way
		if err != nil {
			if !kill {
				t.Errorf("key %d: %v\n%s", k, err, out)
			}
			m.killed.Add(1)
			continue
		}
		matches := servedValue.FindAllSubmatch(out, -1)
		if len(matches) == 0 {
			t.Errorf("key %d: no value\n%s", k, out)
		}
		if regexp.MustCompile(`fn ran`).Match(out) {
			m.built.Add(1)
		}
		for _, match := range matches {
			m.served.Add(1)
			if n, _ := strconv.ParseInt(string(match[1]), 10, 64); n < before || n > after {
				list := exec.Command("cachetest", "list", "-v", "model")
				list.Dir, list.Env = m.dir, append(os.Environ(), "CACHETEST_DIR="+m.store)
				records, _ := list.CombinedOutput()
				t.Errorf("key %d: served %d, right are %d to %d\n%s%s", k, n, before, after, out, records)
			}
		}
	}
}

// editSome edits a file before every third process.
func (m *model) editSome(t *testing.T, rng *rand.Rand) {
	if rng.IntN(3) == 0 {
		m.edit(t, rng.IntN(len(m.numbers)))
	}
}

// disturb edits, trims and cleans.
func (m *model) disturb(t *testing.T, rng *rand.Rand) {
	m.editSome(t, rng)
	n := rng.IntN(120)
	args := []string{"trim", "-max", "1MB"}
	switch {
	case n == 0:
		args = []string{"clean"}
	case n > 6:
		return
	}
	cmd := exec.Command("cachetest", args...)
	cmd.Dir = m.dir
	cmd.Env = append(os.Environ(), "CACHETEST_DIR="+m.store)
	// A test's own trim may be under way: to say so is right.
	if out, err := cmd.CombinedOutput(); err != nil && !bytes.Contains(out, []byte("another process is trimming")) {
		t.Errorf("cachetest %s: %v\n%s", args, err, out)
	}
}
