package engine

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/process"
	"github.com/fixturecache/fixturecache/core/internal/since"
	"github.com/fixturecache/fixturecache/core/internal/trace"
)

// A fakeLog is what a process has read, as a test has it.
type fakeLog struct {
	reads trace.Reads
	err   error
}

func (l *fakeLog) Attach()                              {}
func (l *fakeLog) Mark() (trace.Pos, error)             { return trace.Pos{}, l.err }
func (l *fakeLog) Enter() error                         { return l.err }
func (l *fakeLog) Leave(bool)                           {}
func (l *fakeLog) Reads(trace.Pos) (trace.Reads, error) { return l.reads, l.err }

// opened notes that a build opened files.
func (l *fakeLog) opened(paths ...string) {
	for _, path := range paths {
		l.reads.Paths = append(l.reads.Paths, trace.Read{Name: path, After: true, Own: true, Opened: true})
	}
}

// A testProcess is a test binary in a module of its own, over a store that others
// share.
type testProcess struct {
	*Cache
	t       *testing.T
	log     *fakeLog
	dir     string // the module
	events  []Event
	onEvent func(Event) // if set, is called with each
}

// newProcess starts a process in an empty module.
func newProcess(t *testing.T) *testProcess {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	p := &testProcess{t: t, dir: filepath.Join(dir, "m"), Cache: &Cache{config: Config{Dir: filepath.Join(dir, "store"), Mode: On}}}
	p.write("go.mod", "module m\n")
	return p.again(On)
}

// again starts another process in the same module, over the same store.
func (p *testProcess) again(mode Mode) *testProcess {
	p.t.Helper()
	tick() // what is there is older than the process
	this := process.This()
	n := &testProcess{t: p.t, dir: p.dir, log: &fakeLog{}}
	root := this.Root
	root.Lexical, root.Physical = p.dir, p.dir
	host := &process.Host{
		Began: since.Now(), Dir: p.dir, Root: root, Env: func() map[string]string { return map[string]string{"TMPDIR": os.Getenv("TMPDIR")} },
		Log: n.log, Clock: this.Clock, Getwd: func() (string, error) { return p.dir, nil },
	}
	c, err := openIn(host, Config{Dir: p.config.Dir, Mode: mode})
	if err != nil {
		p.t.Fatal(err)
	}
	n.Cache = c
	return n
}

func (p *testProcess) path(name string) string { return filepath.Join(p.dir, filepath.FromSlash(name)) }

func (p *testProcess) write(name, text string) string {
	p.t.Helper()
	path := p.path(name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		p.t.Fatal(err)
	}
	return path
}

// do asks for the bytes of a fixture: "key", unless spec has another one.
func (p *testProcess) do(spec Spec, build func(context.Context) (Output, error)) (string, error) {
	return p.doIn(context.Background(), spec, build)
}

func (p *testProcess) doIn(ctx context.Context, spec Spec, build func(context.Context) (Output, error)) (string, error) {
	if spec.Key == "" {
		spec.Key = "key"
	}
	if spec.Func == nil {
		spec.Func = value // one function for each key, whatever builds
	}
	spec.Package, spec.Notify = "m", func(e Event) {
		p.events = append(p.events, e)
		if p.onEvent != nil {
			p.onEvent(e)
		}
	}
	res, err := p.Do(ctx, spec, build)
	return string(res.Data), err
}

// told returns the lines of the events since the last call, without times.
func (p *testProcess) told() string {
	var lines []string
	for _, e := range p.events {
		e.BuildMS, e.TookMS, e.StoreMS = 0, 0, 0
		lines = append(lines, e.Text())
	}
	p.events = nil
	return strings.Join(lines, "\n")
}

// want fails unless the events since the last call tell each text.
func (p *testProcess) want(texts ...string) {
	p.t.Helper()
	told := p.told()
	for _, text := range texts {
		if !strings.Contains(told, text) {
			p.t.Errorf("told %q, want %q", told, text)
		}
	}
}

// value is a build that makes a text.
func value(text string) func(context.Context) (Output, error) {
	return func(context.Context) (Output, error) { return Output{Data: []byte(text)}, nil }
}

// tick waits for the next tick of the clock that stamps files.
func tick() { since.Now().Settle() }

// stored lists the files of the store that match a pattern.
func (p *testProcess) stored(pattern string) []string {
	p.t.Helper()
	found, err := filepath.Glob(filepath.Join(p.config.Dir, "v1", filepath.FromSlash(pattern)))
	if err != nil {
		p.t.Fatal(err)
	}
	slices.Sort(found)
	return found
}

const anyRecord = "slots/*/*/*/r-*"
