package engine

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/code"
	"github.com/fixturecache/fixturecache/core/internal/compare"
	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/process"
	"github.com/fixturecache/fixturecache/core/internal/record"
	"github.com/fixturecache/fixturecache/core/internal/settings"
	"github.com/fixturecache/fixturecache/core/internal/store"
	"github.com/fixturecache/fixturecache/core/internal/trace"
)

// with returns a call whose code is known by a closure.
func (p *testProcess) with(spec Spec, closure code.Closure) *builder {
	spec.Package = "m"
	cl := &call{c: p.Cache, Present: compare.Present{World: p.world}, spec: &spec, code: &knownCode{closure: &closure}, closure: &closure, mode: On, pkg: "m"}
	b := &builder{call: cl, frame: &frame{}, start: time.Now()}
	b.pos, b.traceErr = p.host.Log.Mark()
	b.reads, _ = p.host.Log.Reads(b.pos)
	return b
}

// of returns a closure in which set sets what its code does.
func of(set func(c *code.Closure)) (c code.Closure) {
	set(&c)
	return c
}

// TestUnseen judges what fn's code can come to that nobody sees.
func TestUnseen(t *testing.T) {
	use := []code.Use{{What: "syscall.Stat", By: "example.com/m.raw", File: "raw.go", Line: 3}}
	for _, tt := range []struct {
		name    string
		spec    Spec
		closure code.Closure
		want    string
	}{
		{"nothing", Spec{}, code.Closure{}, ""},
		{"a system call", Spec{}, of(func(c *code.Closure) { c.Hidden = use }), "(m.raw can come to syscall.Stat (raw.go:3)): declare it with cachetest.Files, Tool or GoPackages, or add cachetest.Version(\"1\")"},
		{"that is answered for", Spec{Version: "1"}, of(func(c *code.Closure) { c.Hidden = use }), ""},
		{"more than fit", Spec{}, of(func(c *code.Closure) { c.Hidden = append(use, append(use, append(use, use...)...)...) }), "1 more)"},
		{"reads before the tests", Spec{}, of(func(c *code.Closure) { c.Init = use }), "it may depend on what m.raw read by syscall.Stat before the tests began (raw.go:3), which is not recorded"},
		{"by a pattern that the source tells", Spec{}, of(func(c *code.Closure) {
			c.Init, c.Paths = use, []code.Path{{Path: "in.txt", File: "other.go", Line: 3}, {Path: "*.tmpl", File: "raw.go", Line: 3}}
		}), `which is not recorded: declare it with cachetest.Files or Env, as in cachetest.Files("*.tmpl")`},
		{"that are declared", Spec{Declare: Declared{Env: []string{"A"}}}, of(func(c *code.Closure) { c.Init = use }), ""},
		{"a handle asked at several places", Spec{}, of(func(c *code.Closure) {
			c.HandleUses = []code.Use{{What: "N", By: "m.B1", File: "b.go", Line: 1}, {What: "N", By: "m.B2", File: "b.go", Line: 2}, {What: "Failed", By: "m.B3", File: "b.go", Line: 3}}
			c.Fallback = []string{"all of m counts: it holds code that is not Go", "another"}
		}), `add cachetest.IgnoreCapture("t.N") if it cannot matter; m.B3 asks t.Failed (b.go:3), which is not part of the key: give it an argument, or add cachetest.IgnoreCapture("t.Failed") if it cannot matter; all of m counts: it holds code that is not Go`},
		{"a handle", Spec{}, of(func(c *code.Closure) { c.HandleUses = []code.Use{{What: "Deadline", By: "m.f", File: "f.go", Line: 1}} }), "m.f asks t.Deadline (f.go:1), which is not part of the key"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newProcess(t).with(tt.spec, tt.closure)
			b.spec.Callee, b.spec.Ignore.Captures = "Memo", []string{"none"} // what is captured is not known
			why := b.undeclared().and(b.hiddenReads(&programs{}, nil))
			if got := why.String() + b.because; (tt.want == "") != (why == nil) || !strings.Contains(got, tt.want) {
				t.Errorf("%q, want %q", got, tt.want)
			}
			b.frame.answered = true
			if why := b.hiddenReads(&programs{}, nil); why != nil {
				t.Errorf("%q, and Track told what is read", why)
			}
		})
	}
}

func (why *notStored) String() string {
	if why == nil {
		return ""
	}
	return why.code + ": " + why.text
}

// TestAsked tells the settings that code asks for.
func TestAsked(t *testing.T) {
	p := newProcess(t)
	ask := func(what ...string) (uses []code.Use) {
		for _, w := range what {
			uses = append(uses, code.Use{What: w})
		}
		return uses
	}
	b := p.with(Spec{Test: "TestX", Ignore: Ignored{Env: []string{"TZ"}}}, of(func(c *code.Closure) {
		c.Settings = ask(settings.Short, settings.Arguments, settings.Verbose, settings.Commands, settings.CommandLine, settings.Zone+"UTC", settings.GOMAXPROCS, settings.LocalTime)
		c.HandleUses = ask(code.HandleName)
	}))
	want := []string{"-short", "-v", "GOMAXPROCS", "arguments", settings.CommandLine, "test name", settings.Zone + "UTC", settings.AllUmask}
	if slices.Sort(want); !slices.Equal(b.settingNames(), want) {
		t.Errorf("%q, want %q", b.settingNames(), want)
	}
	for _, name := range b.settingNames() {
		if in := b.settingAt(name); in.Kind != input.Setting || in.Absent() {
			t.Errorf("%s: %+v", name, in)
		}
	}
	if in := b.settingAt("test name"); in.Detail != "TestX" {
		t.Errorf("%+v", in)
	}
	b.closure.Hints = ask("http.Get", "net.Dial", "net.Dial", "rand.Int", "time.Now")
	if got := b.hint(&record.Record{}); got != "it uses http.Get (:0), net.Dial (:0), rand.Int (:0): kept until something else changes; MaxAge bounds it" {
		t.Errorf("%s", got)
	}
}

// TestCollect turns what a log and the source tell into inputs.
func TestCollect(t *testing.T) {
	old := time.Now().Add(-time.Hour)
	kinds := func(ins []input.Input) string {
		var list []string
		for _, in := range ins {
			list = append(list, in.Kind.String()+" "+in.Name)
		}
		return strings.Join(list, ", ")
	}
	for _, tt := range []struct {
		name    string
		closure code.Closure
		log     func(p *testProcess) trace.Reads
		want    string // the inputs, all of them, or why there are none
	}{
		{"an earlier read, with state", code.Closure{State: true}, func(p *testProcess) trace.Reads {
			return trace.Reads{Paths: []trace.Read{{Name: p.path("in.txt"), Before: true, Opened: true}}}
		}, "file in.txt"},
		{"an earlier read, without", code.Closure{}, func(p *testProcess) trace.Reads {
			return trace.Reads{Paths: []trace.Read{{Name: p.path("in.txt"), Before: true, Opened: true}}, Env: []trace.Read{{Name: "A", Before: true}}}
		}, ""},
		{"variables", code.Closure{}, func(*testProcess) trace.Reads {
			return trace.Reads{Env: []trace.Read{{Name: "CT_NONE", After: true, Own: true}, {Name: "CACHETEST_X", After: true, Own: true}, {Name: "CACHETESTER", After: true, Own: true}, {Name: "PWD", After: true, Own: true}, {Name: "TMPDIR", After: true, Own: true}}}
		}, "env CT_NONE, env CACHETESTER"},
		{"the working directory", code.Closure{}, func(*testProcess) trace.Reads { return trace.Reads{Cwd: trace.Read{After: true, Own: true}} }, "checkout checkout"},
		{"what the source reads early", of(func(c *code.Closure) {
			c.Early = []code.Read{
				{Kind: code.ReadVariable, Name: "CT_NONE"}, {Kind: code.ReadFile, Name: "in.txt"}, {Kind: code.ReadDir},
			}
		}), func(*testProcess) trace.Reads { return trace.Reads{} }, "env CT_NONE, file in.txt, checkout checkout"},
		{"the environment", of(func(c *code.Closure) { c.Settings = []code.Use{{What: settings.Variables}} }), func(*testProcess) trace.Reads { return trace.Reads{} }, "environment *"},
		{"the store and the log", code.Closure{}, func(p *testProcess) trace.Reads {
			return trace.Reads{Paths: []trace.Read{{Name: p.config.Dir + "/v1/log/x", After: true, Own: true, Opened: true}, {Name: os.DevNull, After: true, Own: true, Opened: true}}}
		}, ""},
		{"a temporary file of the test around", code.Closure{State: true}, func(p *testProcess) trace.Reads {
			return trace.Reads{Paths: []trace.Read{{Name: p.temp("early.txt"), After: true, Own: true, Before: true, Opened: true}}}
		}, "which this process made before: make it within the build function"},
		{"a directory made since the process began", code.Closure{State: true}, func(p *testProcess) trace.Reads {
			tick()
			os.Mkdir(p.path("new"), 0o755)
			return trace.Reads{Paths: []trace.Read{{Name: p.path("new"), Before: true, Opened: true}}}
		}, "new was changed while the tests ran: something was added to it or removed: the next run can store it, if no test changes that again"},
		{"a file made since, which is gone", code.Closure{State: true}, func(p *testProcess) trace.Reads {
			tick()
			p.write("scratch-1", "")
			os.Remove(p.path("scratch-1"))
			return trace.Reads{Paths: []trace.Read{{Name: p.path("scratch-1"), Before: true, Opened: true}}}
		}, `IgnoreFiles("scratch-1") if it cannot matter, or patterns where names differ from run to run`},
		{"one that it lists", code.Closure{State: true}, func(p *testProcess) trace.Reads {
			return trace.Reads{Paths: []trace.Read{{Name: filepath.Dir(p.temp("early.txt")), After: true, Own: true, Opened: true}}}
		}, "early.txt, which this process made before"},
		{"one that is not there", code.Closure{State: true}, func(p *testProcess) trace.Reads {
			return trace.Reads{Paths: []trace.Read{{Name: p.temp("early.txt") + ".none", After: true, Own: true, Opened: true}}}
		}, "which is not there, in a directory that this process made before"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newProcess(t)
			p.write("in.txt", "in")
			for _, path := range []string{p.path("in.txt"), p.dir} {
				os.Chtimes(path, old, old)
			}
			p = p.again(On)
			p.host.Env = func() map[string]string { // as it is
				env := map[string]string{}
				for _, kv := range os.Environ() {
					name, value, _ := strings.Cut(kv, "=")
					env[name] = value
				}
				return env
			}
			p.log.reads = tt.log(p)
			tick()
			b := p.with(Spec{Callee: "Memo", Test: "TestX"}, tt.closure)
			b.before()
			b.reads = p.log.reads
			c := &collector{builder: b}
			why := c.collect()
			if why == nil && kinds(c.ins) != tt.want || why != nil && (tt.want == "" || !strings.Contains(why.String(), tt.want)) {
				t.Errorf("%q, %q, want %q", kinds(c.ins), why, tt.want)
			}
		})
	}
}

// temp makes a temporary file as a test would that runs before a build.
func (p *testProcess) temp(name string) string {
	p.t.Helper()
	dir, err := os.MkdirTemp("", "engine")
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { os.RemoveAll(dir) })
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		p.t.Fatal(err)
	}
	tick()
	return path
}

// TestPrograms tells files that were opened from programs that were started.
func TestPrograms(t *testing.T) {
	p := newProcess(t)
	script := p.write("tool", "#!/bin/sh\n")
	os.Chmod(script, 0o755)
	text := p.write("in.txt", "in")
	b := p.with(Spec{}, code.Closure{Cause: code.Use{}, State: true})
	c := &collector{builder: b, ran: programs{early: true, late: true}}
	c.noteProgram(trace.Read{Name: text + ".gone", After: true, Own: true, Opened: true, Relative: 1}, "gone")
	c.noteProgram(trace.Read{Name: text + ".gone", Before: true, Opened: true, Relative: 1}, "scratch")
	c.noteProgram(trace.Read{Name: script, After: true, Own: true, Opened: true}, "tool")
	c.noteProgram(trace.Read{Name: text, After: true, Own: true, Opened: true}, "in.txt")
	c.noteProgram(trace.Read{Name: script, Before: true, Opened: true}, "early")
	if got := strings.Join(c.ran.commands, ", "); got != "tool was run, early was run before the build function" {
		t.Errorf("%s", got)
	}
	if got := strings.Join(c.ran.gone, ", "); got != "gone may have been run, scratch may have been run before the build function" {
		t.Errorf("%s", got)
	}
	for path, want := range map[string]string{
		"/usr/bin/tool":      "",
		"/usr/lib/go/bin/go": ": let cachetest.GoBuild build it, or name what the go command is given with GoPackages",
		filepath.Join(p.config.Dir, "v1", "trees", "00", "tool"): `, or add cachetest.With("tool", cachetest.Path(…)) for what is in it`,
	} {
		c := &collector{builder: b}
		if c.advise(path); c.ran.advice != want {
			t.Errorf("%s: %q, want %q", path, c.ran.advice, want)
		}
	}
	for _, tt := range []struct {
		ran         programs
		files, want string
	}{
		{programs{}, "", ""},
		{programs{}, "cachetest.Files(\"a\")", `, as in cachetest.Files("a")`},
		{programs{tools: []string{"sh", "cat", "sh"}}, "", `, as in cachetest.Tool("cat", "sh") and Files for what it reads`},
		{programs{tools: []string{"cat"}}, "cachetest.Files(\"a\")", `, as in cachetest.Tool("cat") and cachetest.Files("a")`},
		{programs{advice: ", or do that", tools: []string{"cat"}}, "", `, or do that and cachetest.Tool("cat") and Files for what it reads`},
	} {
		if got := tt.ran.declare(tt.files); got != tt.want {
			t.Errorf("%s, want %s", got, tt.want)
		}
	}
	if why := b.hiddenReads(&c.ran, nil); why.String() == "" || !strings.HasPrefix(c.ran.why, "; the build function uses variables that it, or what it calls, may have filled before") {
		t.Errorf("%s", why)
	}
}

// TestVariablesOfCode tells for what code LANG and TZ count.
func TestVariablesOfCode(t *testing.T) {
	use := []code.Use{{What: "cgo"}}
	for _, tc := range []struct {
		closure code.Closure
		want    string
	}{
		{of(func(*code.Closure) {}), "GODEBUG"},
		{of(func(c *code.Closure) { c.Settings = []code.Use{{What: settings.LocalTime}} }), "GODEBUG TZ"},
		{of(func(c *code.Closure) { c.Settings = []code.Use{{What: settings.Commands}} }), "GODEBUG LANG TZ"},
		{of(func(c *code.Closure) { c.Hidden = use }), "GODEBUG LANG TZ"},
	} {
		var names []string
		for _, in := range newProcess(t).with(Spec{}, tc.closure).impliedEnv() {
			names = append(names, in.Name)
		}
		if got := strings.Join(names, " "); got != tc.want {
			t.Errorf("%s, want %s", got, tc.want)
		}
	}
}

// TestConstants takes what fn opens by a constant for declared where nothing is
// recorded, and names it.
func TestConstants(t *testing.T) {
	p := newProcess(t)
	p.write("in.txt", "in")
	p.write("dir/a", "a")
	closure := of(func(c *code.Closure) {
		c.Paths = []code.Path{{Path: "in.txt", Opened: true, File: "f.go", Line: 1}, {Path: "dir", Opened: true}, {Path: ".", Opened: true}, {Path: "none", File: "f.go", Line: 2}}
	})
	b := p.with(Spec{}, closure)
	var names []string
	for _, in := range b.constants(nil, nil) {
		names = append(names, in.Kind.String()+" "+in.Name)
	}
	if got := strings.Join(names, ", "); !strings.Contains(got, "file in.txt") || !strings.Contains(got, "file dir/a") {
		t.Errorf("%s", got)
	}
	if got := b.declareAdvice(nil); got != `it all, cachetest.Files(".", "dir", "in.txt") for one,` {
		t.Errorf("%s", got)
	}
	if got := b.declareAdvice([]input.Input{{Kind: input.File, Name: "in.txt"}, {Kind: input.File, Name: "dir/a"}}); got != `it all, cachetest.Files(".") for one,` {
		t.Errorf("%s", got)
	}
	if got := option("Files", pathNames(b.unread(nil))); got != `cachetest.Files(".", "dir", "in.txt")` {
		t.Errorf("%s", got)
	}
	read := []input.Input{{Kind: input.File, Name: "in.txt"}, {Kind: input.File, Name: "dir/a"}}
	if got := pathNames(b.unread(read)); !slices.Equal(got, []string{"."}) {
		t.Errorf("%q", got)
	}
}

func TestEventText(t *testing.T) {
	reasons := []Reason{{Code: "a", Text: "one"}, {Code: "b", Text: "two"}}
	for _, tt := range []struct {
		e    Event
		want string
	}{
		{Event{Type: EventHit, Key: "k", BuildMS: 2000, TookMS: 1}, `hit "k" in 1.0ms, saved 2.00s`},
		{Event{Type: EventHit, Key: "k", BuildMS: 1, TookMS: 2000, CopyMS: 1999}, "; the copy takes longer than the build: Shared() spares it"},
		{Event{Type: EventHit, Key: "k", BuildMS: 1000, TookMS: 2000, CopyMS: 900}, "hit \"k\" in 2.00s, saved 0s\n"}, // it is the look that takes long
		{Event{Type: EventMiss, Key: "k", Reasons: reasons, BuildMS: 2000, StoreMS: 900, Bytes: 5}, "miss \"k\": one (+1 more); built in 2.00s, stored in 900ms, 5 B\n    one\n    two"},
		{Event{Type: EventMiss, Key: "k", Hint: "it sets x"}, "; it sets x"},
		{Event{Type: EventNotStored, Key: "k", Cause: "c", Reasons: reasons}, "(one (+1 more)), not stored: c"},
		{Event{Type: EventBuilding, Key: "k", TookMS: 12_000, Reasons: reasons[:1]}, `building "k" for 12.00s: one`},
		{Event{Type: EventWait, Key: "k", Builder: 7, TookMS: 1000}, `waiting for process 7, which has been building "k" for 1.00s`},
	} {
		if got := tt.e.Text(); !strings.Contains(got+"\n", tt.want) {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

// TestGoBuild builds a command of a module, and sees its source change.
func TestGoBuild(t *testing.T) {
	if testing.Short() {
		t.Skip("it runs go build")
	}
	p := newProcess(t)
	p.write("go.mod", "module m\n\ngo 1.24\n")
	p.write("cmd/x/main.go", "package main\n\nfunc main() {}\n")
	p.write("lib/lib.go", "package lib\n")
	p.t.Chdir(p.dir)
	get := func(pkg string, flags ...string) (string, error) {
		spec := Spec{Notify: func(e Event) { p.events = append(p.events, e) }, Declare: Declared{GoFlags: flags}}
		return p.GoBuild(context.Background(), spec, pkg, Want{InPlace: true, Dest: func(name string) (string, error) { return filepath.Join(t.TempDir(), name), nil }})
	}
	for _, want := range []string{"first run", "hit"} {
		path, err := get("./cmd/x")
		if err != nil || !strings.HasPrefix(filepath.Base(path), "x") {
			t.Fatalf("%s, %v", path, err)
		}
		p.want(want)
		p = p.again(On)
	}
	p.write("cmd/x/main.go", "package main\n\nfunc main() { println() }\n")
	if _, err := get("./cmd/x"); err != nil {
		t.Error(err)
	}
	p.want("file cmd/x/main.go modified")
	// Each set of flags is a variant: the bound on the records of one holds for each.
	for _, flag := range []string{"-ldflags=-s", "-ldflags=-w", "-ldflags=-s"} {
		if _, err := get("./cmd/x", flag); err != nil {
			t.Error(err)
		}
	}
	p.want("hit")
	if variants, err := p.Store().Variants(store.SlotOf("go build in m", "go build ./cmd/x")); len(variants) != 3 || err != nil {
		t.Errorf("%d variants, %v", len(variants), err)
	}
	for _, tt := range []struct {
		pkg   string
		flags []string
		want  string
	}{
		{"./...", nil, "not the path of one package"},
		{"./lib", nil, "no main packages to build"},
		{"./cmd/x", []string{"-v"}, "it changes nothing in the command"},
	} {
		if _, err := get(tt.pkg, tt.flags...); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", tt.pkg, err)
		}
	}
}

// TestDefault finds the cache that the environment names.
func TestDefault(t *testing.T) {
	t.Setenv("CACHETEST_DIR", filepath.Join(t.TempDir(), "store"))
	one, err1 := Default()
	two, err2 := Default()
	if one != two || one.Dir() == "" || err1 != nil || err2 != nil {
		t.Errorf("%v, %v, %v, %v", one, two, err1, err2)
	}
	t.Setenv("CACHETEST_DIR", "relative")
	c, err := Default()
	if err != nil || !process.Within(c.Dir(), process.WorkRoots()) || c.disabled == nil {
		t.Errorf("a directory that makes no sense here: %v, %v", c.Dir(), err)
	}
	if again, _ := Default(); again != c {
		t.Error("another cache in the place of one that cannot be opened")
	}
	t.Setenv("CACHETEST_DIR", "")
	t.Setenv("CACHETEST", "off")
	if c, err := Default(); err != nil || c.Dir() != "" {
		t.Errorf("off: %v, %v", c, err)
	}
	t.Setenv("CACHETEST", "some")
	if _, err := Default(); err == nil {
		t.Error("no error for a mode that there is not")
	}
}
