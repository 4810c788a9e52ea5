package engine_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/admin"
	"github.com/fixturecache/fixturecache/core/internal/engine"
)

// TestRunAndCommandAgree builds random fixtures in random worlds: whatever has
// changed, the verdict of the command, the decision to hit and the reasons of the
// miss are the same. A failure names its seed, which is the name of the subtest.
func TestRunAndCommandAgree(t *testing.T) {
	seeds := 16 // in the 15th records that used each other are compared
	switch {
	case os.Getenv("CACHETEST_LONG") != "":
		seeds = 200
	case testing.Short():
		seeds = 3
	}
	for seed := range seeds {
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			w := newRandomWorld(t, rand.New(rand.NewPCG(uint64(seed), 0)))
			for step := range 30 {
				what := w.change()
				i := w.rand.IntN(len(w.fixtures))
				verdict, stored := w.verdict(i)
				event := w.run(i)
				if !stored {
					continue
				}
				was := fmt.Sprintf("step %d, after %s: %s", step, what, w.describe(i))
				if hit := event.Type == engine.EventHit; hit != (verdict.State != admin.Changed) {
					t.Fatalf("%s: the run's event is %s, the command says %s %v", was, event.Text(), verdict.State, texts(verdict.Reasons))
				}
				if ran, told := texts(event.Reasons), texts(verdict.Reasons); !slices.Equal(ran, told) {
					t.Fatalf("%s: the run tells %q, the command %q", was, ran, told)
				}
				if event.Type != engine.EventHit && len(event.Reasons) == 0 {
					t.Fatalf("%s: a miss without a reason", was)
				}
			}
		})
	}
}

// A randomWorld is what random fixtures depend on.
type randomWorld struct {
	t        *testing.T
	rand     *rand.Rand
	store    engine.Config
	dir      string
	names    []string // of variables
	fixtures []randomFixture
}

// A randomFixture is built of some files, variables and other fixtures.
type randomFixture struct {
	key      string
	spec     engine.Declared
	children []int
	constant bool // it is the same whatever it is built of
}

func newRandomWorld(t *testing.T, r *rand.Rand) *randomWorld {
	w := &randomWorld{t: t, rand: r, dir: t.TempDir(), store: engine.Config{Dir: filepath.Join(t.TempDir(), "store"), Mode: engine.On}}
	w.names = []string{"CT_RANDOM_A", "CT_RANDOM_B", "CT_RANDOM_C"}
	for _, name := range w.names {
		t.Setenv(name, "0")
	}
	for i := range 6 {
		w.write(w.file(i), "0")
	}
	patterns := []string{w.file(0), w.file(1), w.file(2), filepath.Join(w.dir, "sub"), filepath.Join(w.dir, "**/*.in"), filepath.Join(w.dir, "none")}
	for i := range 2 + r.IntN(5) {
		f := randomFixture{key: fmt.Sprint("f", i), constant: r.IntN(4) == 0}
		for _, p := range patterns {
			if r.IntN(3) == 0 {
				f.spec.Files = append(f.spec.Files, p)
			}
		}
		for _, name := range w.names {
			if r.IntN(3) == 0 {
				f.spec.Env = append(f.spec.Env, name)
			}
		}
		for j := range i {
			if r.IntN(2) == 0 {
				f.children = append(f.children, j)
			}
		}
		w.fixtures = append(w.fixtures, f)
	}
	return w
}

// file is one of those that are changed: some lie in a directory that is declared.
func (w *randomWorld) file(i int) string {
	if i >= 3 {
		return filepath.Join(w.dir, "sub", fmt.Sprint("f", i, ".in"))
	}
	return filepath.Join(w.dir, fmt.Sprint("f", i, ".in"))
}

func (w *randomWorld) write(path, text string) {
	w.t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		w.t.Fatal(err)
	}
}

// change changes something, or nothing.
func (w *randomWorld) change() string {
	path, text := w.file(w.rand.IntN(6)), fmt.Sprint(w.rand.IntN(3))
	name := w.names[w.rand.IntN(len(w.names))]
	switch w.rand.IntN(7) {
	case 0, 1:
		w.write(path, text)
		return "writing " + text + " to " + path
	case 2:
		w.write(path, strings.Repeat(text, 3))
		return "a longer file " + path
	case 3:
		if path != w.file(0) && path != w.file(3) { // so that each pattern matches something
			os.Remove(path)
		}
		return "removing " + path
	case 4:
		os.Setenv(name, text)
		return "setting " + name
	case 5:
		os.Unsetenv(name)
		return "unsetting " + name
	}
	return "nothing"
}

// run asks for a fixture as a process of its own would.
func (w *randomWorld) run(i int) engine.Event {
	w.t.Helper()
	c, err := engine.Open(w.store)
	if err != nil {
		w.t.Fatal(err)
	}
	c.Begin()
	var event engine.Event
	if _, err := w.get(context.Background(), c, i, func(e engine.Event) { event = e }); err != nil {
		w.t.Fatal(err)
	}
	if event.Type == engine.EventNotStored {
		w.t.Fatal(event.Text())
	}
	return event
}

func (w *randomWorld) get(ctx context.Context, c *engine.Cache, i int, notify func(engine.Event)) (string, error) {
	f := &w.fixtures[i]
	// Without code: a plain go test, which the command compares with, has other flags.
	spec := engine.Spec{Key: f.key, Package: "m", Version: "1", Code: engine.CodeNone, DeclaredOnly: true, Declare: f.spec, Notify: notify}
	res, err := c.Do(ctx, spec, func(ctx context.Context) (engine.Output, error) {
		var parts []string
		for _, j := range f.children {
			part, err := w.get(ctx, c, j, nil)
			if err != nil {
				return engine.Output{}, err
			}
			parts = append(parts, part)
		}
		for _, pattern := range f.spec.Files {
			data, _ := os.ReadFile(pattern)
			parts = append(parts, string(data))
		}
		for _, name := range f.spec.Env {
			parts = append(parts, os.Getenv(name))
		}
		if f.constant {
			parts = nil
		}
		return engine.Output{Data: []byte(strings.Join(parts, ","))}, nil
	})
	return string(res.Data), err
}

// verdict is what the command says of a fixture, if it is stored.
func (w *randomWorld) verdict(i int) (verdict admin.Verdict, stored bool) {
	w.t.Helper()
	c, err := admin.Open(w.store)
	if err != nil {
		w.t.Fatal(err)
	}
	wd, err := os.Getwd()
	if err != nil {
		w.t.Fatal(err)
	}
	var records []*admin.Stored
	for s := range c.Records() {
		if s.Key == w.fixtures[i].key {
			records = append(records, s)
		}
	}
	return c.Inspect(wd).Fixture(records), len(records) > 0
}

func (w *randomWorld) describe(i int) string {
	f := w.fixtures[i]
	return fmt.Sprintf("%s of %v, %v and fixtures %v", f.key, f.spec.Files, f.spec.Env, f.children)
}

func texts(reasons []engine.Reason) (list []string) {
	for _, r := range reasons {
		list = append(list, r.Text)
	}
	return list
}
