package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/trace"
)

// declared is a fixture that depends on a file and a variable.
var declared = Spec{DeclaredOnly: true, Declare: Declared{Files: []string{"in.txt"}, Env: []string{"CT_ENGINE"}}}

func TestMissAndHit(t *testing.T) {
	t.Setenv("CT_ENGINE", "1")
	p := newProcess(t)
	p.write("in.txt", "one")
	build := func(context.Context) (Output, error) {
		data, err := os.ReadFile(p.path("in.txt"))
		return Output{Data: append(data, os.Getenv("CT_ENGINE")...)}, err
	}
	for _, step := range []struct {
		name   string
		change func()
		value  string
		told   string
	}{
		{"nothing is stored", func() {}, "one1", `miss "key": first run; built in`},
		{"a hit in the same process", func() {}, "one1", `hit "key"`},
		{"a hit in another", func() { p = p.again(On) }, "one1", `hit "key"`},
		{"a file changed", func() { p.write("in.txt", "three") }, "three1", "file in.txt modified (3 B -> 5 B)"},
		{"the old record is still there", func() { p.write("in.txt", "one") }, "one1", `hit "key"`},
		{"a variable changed", func() { os.Setenv("CT_ENGINE", "2") }, "one2", "env CT_ENGINE changed"},
		{"both", func() { p.write("in.txt", "one!"); os.Setenv("CT_ENGINE", "3") }, "one!3", "(+1 more)"},
		{"a file is rewritten", func() { p.write("in.txt", "one!") }, "one!3", `hit "key"`},
		{"records are gone", func() {
			for _, path := range p.stored(anyRecord) {
				os.Remove(path)
			}
		}, "one!3", "first run"},
	} {
		t.Run(step.name, func(t *testing.T) {
			p.t = t
			step.change()
			got, err := p.do(declared, build)
			if err != nil || got != step.value {
				t.Errorf("%q, %v; want %q", got, err, step.value)
			}
			p.want(step.told)
		})
	}
}

func TestOptionsAndVersion(t *testing.T) {
	p := newProcess(t)
	ask := func(s Spec, want string) {
		t.Helper()
		s.DeclaredOnly = true
		if _, err := p.do(s, value("v")); err != nil {
			t.Fatal(err)
		}
		p.want(want)
	}
	ask(Spec{}, "first run")
	ask(Spec{Version: "1"}, "declared inputs changed: version added")
	ask(Spec{Version: "2"}, "version changed: 1 -> 2")
	ask(Spec{Version: "2", Local: true}, "local added")
	ask(Spec{Version: "2", Code: CodeNone}, "code none added")
	ask(Spec{Version: "2", Values: []Value{{"rows", 1}}}, "declared inputs changed: value rows added")
	ask(Spec{Version: "2", Values: []Value{{"rows", 5000}}}, "first run for rows=5000")
	ask(Spec{Version: "2", Values: []Value{{"rows", 1}}}, "hit")
	ask(Spec{Version: "2", Values: []Value{{"rows", 1}}, Refresh: true}, "Refresh() asks for it")
	ask(Spec{Version: "2", NoStore: true, Local: true, Values: []Value{{"cfg", map[string]int{"a": 1}}}}, "not stored: NoStore() asks for it")
}

// Two processes that ask for one key with values of their own, at once, are each
// told what has changed for them.
func TestTwoProcessesWithOneKey(t *testing.T) {
	one := newProcess(t)
	two := one.again(On)
	ask := func(p *testProcess, rows int) {
		spec := Spec{DeclaredOnly: true, Values: []Value{{"rows", rows}}, Declare: Declared{Files: []string{p.path(fmt.Sprint(rows, ".in"))}}}
		if got, err := p.do(spec, value(fmt.Sprint(rows))); got != fmt.Sprint(rows) || err != nil {
			t.Errorf("%q, %v", got, err)
		}
	}
	both := func(told1, told2 string) {
		t.Helper()
		one, two = one.again(On), two.again(On)
		var wg sync.WaitGroup
		wg.Go(func() { ask(one, 1) })
		wg.Go(func() { ask(two, 2) })
		wg.Wait()
		one.want(told1)
		two.want(told2)
	}
	one.write("1.in", "a")
	one.write("2.in", "a")
	both("first run", "first run")
	both(`hit "key"`, `hit "key"`)
	one.write("1.in", "longer")
	both("file 1.in modified", `hit "key"`)
	one.write("2.in", "long")
	both(`hit "key"`, "file 2.in modified")
	one.write("1.in", "b")
	one.write("2.in", "bb")
	both("file 1.in modified (6 B -> 1 B)", "file 2.in modified (4 B -> 2 B)")
}

// TestDeclaredBecomes: an empty directory is neither a file nor absent, and a link is
// another one than that with another target, though it leads to the same.
func TestDeclaredBecomes(t *testing.T) {
	p := newProcess(t)
	if err := os.Mkdir(p.path("empty"), 0o755); err != nil {
		t.Fatal(err)
	}
	link := func(target string) func() error {
		return func() error { return os.Symlink(target, p.path("in")) }
	}
	become := map[string]func() error{
		"directory": func() error { return os.Mkdir(p.path("in"), 0o755) },
		"file":      func() error { return os.WriteFile(p.path("in"), nil, 0o644) },
		"absent":    func() error { return nil },
		"link":      link("empty"),
		"other":     link("./empty"),
	}
	for i, what := range []string{"directory", "file", "directory", "absent", "link", "other", "directory", "link", "absent", "other"} {
		os.RemoveAll(p.path("in"))
		if err := become[what](); err != nil {
			t.Skip(err) // Windows lets few people make a link
		}
		p = p.again(On)
		got, err := p.do(Spec{Declare: Declared{Files: []string{p.path("in")}}, DeclaredOnly: true}, value(what))
		if got != what || err != nil {
			t.Errorf("%d. %s: %q, %v", i+1, what, got, err)
		}
	}
}

// TestMaxAge: a record that was made later than now, by a clock that was wrong, has no
// age that could be bounded.
func TestMaxAge(t *testing.T) {
	p := newProcess(t)
	spec := Spec{DeclaredOnly: true, MaxAge: time.Hour}
	p.do(spec, value("v"))
	p.do(spec, value("v"))
	p.want("first run", "hit")
	for later, want := range map[time.Duration]string{
		30 * time.Minute: "hit", 2 * time.Hour: "not built in the last 1h0m0s, but at ",
		-30 * time.Second: "hit", -2 * time.Minute: "not built in the last 1h0m0s, but at ",
	} {
		p = p.again(ReadOnly)
		p.world.Clock = func() time.Time { return time.Now().Add(later) }
		p.do(spec, value("v"))
		p.want(want)
	}
}

// TestBuildEnds lets builds end in each way that is none: nothing is stored, no
// lock is left, and the next one builds.
func TestBuildEnds(t *testing.T) {
	broken := errors.New("broken")
	p := newProcess(t)
	spec := Spec{DeclaredOnly: true}
	if _, err := p.do(spec, func(context.Context) (Output, error) { return Output{}, broken }); err != broken {
		t.Errorf("an error: %v", err)
	}
	p.want("the build failed after")
	func() {
		defer func() {
			if recover() != "panicked" {
				t.Error("the panic is lost")
			}
		}()
		p.do(spec, func(context.Context) (Output, error) { panic("panicked") })
	}()
	p.want("the build failed after")
	began, goOn, done := make(chan bool), make(chan bool), make(chan bool)
	go func() {
		defer close(done)
		p.do(spec, func(context.Context) (Output, error) { close(began); <-goOn; return Output{Data: []byte("first")}, nil })
	}()
	<-began
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := p.doIn(ctx, spec, value("v")); err != context.Canceled {
		t.Errorf("a caller that has gone, while another builds: %v", err)
	}
	close(goOn)
	<-done
	p.told()
	if got, err := p.do(spec, value("v")); got != "first" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	p.want("hit")
	if n := len(p.stored("slots/*/*/*/building")); n > 0 {
		t.Errorf("%d builds are said to go on", n)
	}
}

func TestNotStored(t *testing.T) {
	for _, tt := range []struct {
		name string
		spec Spec
		out  func(p *testProcess) Output
		want string
	}{
		{"who builds says so", Spec{DeclaredOnly: true}, func(*testProcess) Output { return Output{NotStored: "it was cut short"} }, "not stored: it was cut short"},
		{"who asks says so", Spec{DeclaredOnly: true, Veto: func() string { return "the test failed" }}, func(*testProcess) Output { return Output{} }, "not stored: the test failed"},
		{"a temporary path", Spec{DeclaredOnly: true}, func(p *testProcess) Output {
			dir, err := os.MkdirTemp("", "")
			if err != nil {
				p.t.Fatal(err)
			}
			p.t.Cleanup(func() { os.Remove(dir) })
			return Output{Data: []byte(dir + "/x")}
		}, "its value holds the temporary path"},
		{"a declared file changed", Spec{DeclaredOnly: true, Declare: Declared{Files: []string{"in.txt"}}}, func(p *testProcess) Output {
			p.write("in.txt", "changed")
			return Output{}
		}, "in.txt changed while the build function ran: file in.txt modified"},
		{"a declared file was written", Spec{DeclaredOnly: true, Declare: Declared{Files: []string{"in.txt"}}}, func(p *testProcess) Output {
			p.write("in.txt", "in")
			return Output{}
		}, "it was written or replaced, though its content is the same now"},
		{"a declared directory had another file for a while", Spec{DeclaredOnly: true, Declare: Declared{Files: []string{"in"}}}, func(p *testProcess) Output {
			tick()
			os.Remove(p.write("in/b.txt", "b"))
			return Output{}
		}, "in changed while the build function ran: something was added to it or removed, though it has the same names now"},
		{"a pattern matched another file for a while", Spec{DeclaredOnly: true, Declare: Declared{Files: []string{"in/*.txt"}}}, func(p *testProcess) Output {
			tick()
			os.Remove(p.write("in/b.txt", "b"))
			return Output{}
		}, "in changed while the build function ran: something was added to it or removed, though it has the same names now"},
		{"a directory that a pattern matches had another file for a while", Spec{DeclaredOnly: true, Declare: Declared{Files: []string{"i?"}}}, func(p *testProcess) Output {
			tick()
			os.Remove(p.write("in/b.txt", "b"))
			return Output{}
		}, "in changed while the build function ran: something was added to it or removed, though it has the same names now"},
		{"a declared variable changed", Spec{DeclaredOnly: true, Declare: Declared{Env: []string{"CT_ENGINE"}}}, func(p *testProcess) Output {
			os.Setenv("CT_ENGINE", "changed")
			return Output{}
		}, `env CT_ENGINE set (was unset) while the build function ran: give cachetest.IgnoreEnv("CT_ENGINE") in its place if that reads only what it has set`},
		{"no log", Spec{}, func(p *testProcess) Output { p.log.err = errors.New("no log"); return Output{} }, "what it reads is not recorded (no log): declare what it reads, if anything, with cachetest.Files and Env, and add cachetest.DeclaredOnly()"},
		{"a system file", Spec{Version: "1"}, func(p *testProcess) Output { p.log.opened("/proc/stat"); return Output{} }, "/proc/stat was read, and what is in /proc is no file that stays"},
		{"a system file before", Spec{Version: "1"}, func(p *testProcess) Output {
			p.log.reads.Paths = []trace.Read{{Name: "/sys/class", Before: true, Opened: true}}
			return Output{}
		}, "/sys/class was read before the build function"},
		{"a variable that fn set", Spec{Version: "1"}, func(p *testProcess) Output {
			os.Setenv("CT_ENGINE", "set")
			p.log.reads.Env = []trace.Read{{Name: "CT_ENGINE", After: true, Own: true}}
			return Output{}
		}, `env CT_ENGINE was changed while the build function ran: add cachetest.IgnoreEnv("CT_ENGINE") if that reads only what it has set`},
		{"a file that was written meanwhile", Spec{Version: "1"}, func(p *testProcess) Output {
			tick()
			p.log.opened(p.write("in.txt", "other"))
			return Output{}
		}, "in.txt changed while the build function ran: it was written or replaced"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("CT_ENGINE", "")
			os.Unsetenv("CT_ENGINE")
			p := newProcess(t)
			p.write("in.txt", "in")
			p.write("in/a.txt", "a")
			p = p.again(On)
			if _, err := p.do(tt.spec, func(context.Context) (Output, error) { return tt.out(p), nil }); err != nil {
				t.Fatal(err)
			}
			p.want("not stored", tt.want)
			if n := len(p.stored(anyRecord)); n > 0 {
				t.Errorf("%d records", n)
			}
		})
	}
}

// TestRecorded builds of what the log tells, and changes each of that.
func TestRecorded(t *testing.T) {
	t.Setenv("CT_ENGINE", "1")
	p := newProcess(t)
	file, dir := p.write("in.txt", "in"), p.write("dir/a", "a")
	dir = filepath.Dir(dir)
	link := p.path("link")
	if err := os.Symlink("in.txt", link); err != nil {
		t.Skip(err)
	}
	if _, err := os.Readlink(link); err != nil {
		t.Skip(err) // Wine makes none, and does not say so
	}
	old := time.Now().Add(-time.Hour)
	for _, path := range []string{file, dir + "/a", dir, p.dir} {
		os.Chtimes(path, old, old)
	}
	read := func(p *testProcess) {
		p.host.Env = func() map[string]string { return map[string]string{"CT_ENGINE": os.Getenv("CT_ENGINE")} }
		p.world.Began = p.host.Env
		p.log.opened(file, dir, link, p.path("none"))
		p.log.reads.Env = []trace.Read{{Name: "CT_ENGINE", After: true, Own: true}}
		p.log.reads.Cwd = trace.Read{After: true, Own: true}
	}
	for _, step := range []struct {
		name   string
		change func()
		want   string
	}{
		{"first", func() {}, "first run"},
		{"nothing", func() {}, "hit"},
		{"a file", func() { p.write("in.txt", "other") }, "file in.txt modified (2 B -> 5 B)"},
		{"a name in a directory", func() { p.write("dir/b", "") }, "file dir/b added"},
		{"what was not there", func() { p.write("none", "") }, "file none added"},
		{"a variable", func() { os.Setenv("CT_ENGINE", "2") }, "env CT_ENGINE changed"},
		{"a link", func() { os.Remove(link); os.Symlink("dir/a", link) }, "link link changed: in.txt -> dir/a"},
	} {
		t.Run(step.name, func(t *testing.T) {
			step.change()
			p = p.again(On)
			p.t = t
			read(p)
			if _, err := p.do(Spec{Version: "1"}, value("v")); err != nil {
				t.Fatal(err)
			}
			p.want(step.want)
		})
	}
}

// TestAlways changes the variables that count although nothing was seen to ask for
// them, for who does not say that they cannot matter, and for who does.
func TestAlways(t *testing.T) {
	for _, name := range []string{"LANG", "TZ", "GODEBUG"} {
		t.Setenv(name, "")
	}
	told := Spec{Version: "1", DeclaredOnly: true, Ignore: Ignored{Env: []string{"LANG", "TZ", "GODEBUG"}}}
	p := newProcess(t)
	for _, step := range []struct {
		change, value string
		spec          Spec
		want          string
	}{
		{"", "", told, "first run"},
		{"LANG", "de", told, "hit"},
		{"TZ", "Asia/Tokyo", told, "hit"},
		{"GODEBUG", "http2client=0", told, "env GODEBUG changed"},
		{"", "", Spec{Version: "1", DeclaredOnly: true}, "declared inputs changed"},
		{"LANG", "fr", Spec{Version: "1", DeclaredOnly: true}, "env LANG changed: de -> fr"},
		{"TZ", "UTC", Spec{Version: "1", DeclaredOnly: true}, "env TZ changed: Asia/Tokyo -> UTC"},
	} {
		if step.change != "" {
			os.Setenv(step.change, step.value)
		}
		p = p.again(On)
		if _, err := p.do(step.spec, value("v")); err != nil {
			t.Fatal(err)
		}
		p.want(step.want)
	}
}
