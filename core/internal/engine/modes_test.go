package engine

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/store"
)

// TestModes asks in each mode for what is not stored, and then for what is.
func TestModes(t *testing.T) {
	for _, tt := range []struct {
		mode        Mode
		miss, hit   string // what is told
		records     int    // after the miss
		otherStored string // what a build that makes something else gives, of what is stored
	}{
		{On, "first run", "hit", 1, "v"},
		{Off, "built without the cache: CACHETEST=off", "built without the cache", 0, "other"},
		{ReadOnly, "not stored: CACHETEST=readonly", "hit", 0, "v"},
		{Refresh, "CACHETEST=refresh", "CACHETEST=refresh", 1, "other"},
		{Require, "", "hit", 0, "v"},
		{Verify, "first run", "verified", 1, ""},
	} {
		t.Run(string(tt.mode), func(t *testing.T) {
			spec := Spec{DeclaredOnly: true}
			p := newProcess(t).again(tt.mode)
			_, err := p.do(spec, value("v"))
			if required := tt.mode == Require; required != (err != nil) || required && !strings.Contains(err.Error(), "CACHETEST=require: miss \"key\": first run") {
				t.Errorf("a miss: %v", err)
			}
			if n := len(p.events); tt.miss == "" && n > 0 {
				t.Errorf("%d events of a miss of which the error tells", n)
			}
			p.want(tt.miss)
			if n := len(p.stored(anyRecord)); n != tt.records {
				t.Errorf("%d records, want %d", n, tt.records)
			}
			p.again(On).do(spec, value("v"))
			p = p.again(tt.mode)
			if _, err := p.do(spec, value("v")); err != nil {
				t.Errorf("a hit: %v", err)
			}
			p.want(tt.hit)
			p = p.again(tt.mode)
			got, err := p.do(spec, value("other"))
			if verify := tt.mode == Verify; got != tt.otherStored || verify != (err != nil) || verify && !strings.Contains(err.Error(), "built again is another value (1 B stored, 5 B built)") {
				t.Errorf("another build: %q, %v", got, err)
			}
			if _, err := p.do(spec, value("once")); tt.mode == Refresh {
				if err != nil {
					t.Error(err)
				}
				p.want("CACHETEST=refresh", "hit") // once in a process
			}
		})
	}
	if _, err := Open(Config{Dir: t.TempDir(), Mode: "sometimes"}); err == nil || !strings.Contains(err.Error(), "is not one of on, off") {
		t.Errorf("no mode: %v", err)
	}
	c := Disabled(errors.New("no store"))
	told := ""
	if _, err := c.Do(context.Background(), Spec{Key: "k", Notify: func(e Event) { told = e.Text() }}, value("v")); err != nil || told != `"k" built without the cache: no store` {
		t.Errorf("%q, %v", told, err)
	}
}

// TestFaults damages a store in each way: that costs a build, and is told.
func TestFaults(t *testing.T) {
	large := strings.Repeat("x", 100_000) // lies in an object
	damage := func(path string) { os.Chmod(path, 0o600); os.WriteFile(path, []byte("damaged"), 0o600) }
	for _, tt := range []struct {
		name, what string
		fault      func(path string)
		want       string
	}{
		{"a damaged record", anyRecord, damage, "is damaged"},
		{"an empty record", anyRecord, func(path string) { os.Truncate(path, 0) }, "is damaged"},
		{"a damaged object", "objects/*/*", damage, "is damaged"},
		{"a missing object", "objects/*/*", func(path string) { os.Remove(path) }, "is missing"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newProcess(t)
			p.do(Spec{DeclaredOnly: true}, value(large))
			files := p.stored(tt.what)
			if len(files) != 1 {
				t.Fatal(files)
			}
			tt.fault(files[0])
			os.RemoveAll(filepath.Join(p.config.Dir, "v1", "seals"))
			p = p.again(On)
			if got, err := p.do(Spec{DeclaredOnly: true}, value(large)); err != nil || got != large {
				t.Errorf("%d bytes, %v", len(got), err)
			}
			p.want(tt.want)
			p.do(Spec{DeclaredOnly: true}, value(large))
			p.want("hit")
		})
	}
}

// TestPublishFails stores into a directory that is none.
func TestPublishFails(t *testing.T) {
	for _, tt := range []struct{ dir, value, want string }{
		{"slots", "v", "v1/slots: not a directory"},
		{"objects", strings.Repeat("v", 100_000), "not stored: the store"},
	} {
		p := newProcess(t)
		blocked := filepath.Join(p.config.Dir, "v1", tt.dir)
		os.RemoveAll(blocked)
		if err := os.WriteFile(blocked, nil, 0o600); err != nil {
			t.Skip(err) // the store makes it in another way
		}
		got, err := p.do(Spec{DeclaredOnly: true}, value(tt.value))
		if err != nil || got != tt.value {
			t.Errorf("%s: %d bytes, %v", tt.dir, len(got), err)
		}
		p.want(tt.want)
	}
}

func TestMisuse(t *testing.T) {
	p := newProcess(t)
	for _, tt := range []struct {
		spec Spec
		want string
	}{
		{Spec{Key: "a\x00b"}, `key "a\x00b" is not one line of text: it holds a line break or a zero byte`},
		{Spec{Code: CodeMode("some")}, "not one of closure, package, binary, none"},
		{Spec{Values: []Value{{"a/b", 1}}}, "a name is one line of text, without slashes and not empty"},
		{Spec{Values: []Value{{"a", 1}, {"a", 2}}}, `two values are named "a"`},
		{Spec{Values: []Value{{"a", Path("")}}}, "the path is empty"},
		{Spec{Values: []Value{{"a", func() {}}}}, `With("a", …):`},
		{Spec{Declare: Declared{Files: []string{"[a"}}}, "is malformed"},
		{Spec{Declare: Declared{Files: []string{"*.none"}}}, `pattern "*.none" matches nothing in`},
		{Spec{Declare: Declared{Env: []string{"A=B"}}}, "not the name of an environment variable"},
		{Spec{Declare: Declared{Env: []string{"PG*"}}}, `Env("PG*"): not the name of an environment variable: give each by its full name`},
		{Spec{Declare: Declared{Env: []string{"A,B"}}}, "not the name of an environment variable"},
		{Spec{Declare: Declared{Env: []string{"A B"}}}, "not the name of an environment variable"},
		{Spec{Declare: Declared{Env: []string{"$A"}}}, "not the name of an environment variable"},
		{Spec{Declare: Declared{Tools: []string{"-x"}}}, "neither a tool nor a pattern of packages"},
		{Spec{Declare: Declared{Tools: []string{"cachetest-no-such-tool"}}}, "neither an executable file nor the name of one on the PATH"},
	} {
		if _, err := p.do(tt.spec, value("v")); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v; want %s", err, tt.want)
		}
	}
	if _, err := p.Do(context.Background(), Spec{Package: "m"}, value("v")); err == nil || !strings.Contains(err.Error(), "the key is empty") {
		t.Errorf("no key: %v", err)
	}
	p.do(Spec{Key: "twice", DeclaredOnly: true}, value("v"))
	if _, err := p.do(Spec{Key: "twice", Func: TestMisuse}, value("v")); err == nil || !strings.Contains(err.Error(), "one key for two functions") {
		t.Errorf("two functions: %v", err)
	}
	t.Setenv("CACHETEST_LOG", "log.jsonl")
	if _, err := p.do(Spec{}, value("v")); err == nil || !strings.Contains(err.Error(), "CACHETEST_LOG=log.jsonl is not an absolute path") {
		t.Errorf("the log: %v", err)
	}
	log := filepath.Join(t.TempDir(), "log.jsonl")
	t.Setenv("CACHETEST_LOG", log)
	p.do(Spec{DeclaredOnly: true}, value("v"))
	if data, err := os.ReadFile(log); err != nil || !strings.Contains(string(data), `"event":"miss"`) {
		t.Errorf("%s, %v", data, err)
	}
}

// TestOneBuild asks for one fixture from many goroutines.
func TestOneBuild(t *testing.T) {
	p := newProcess(t)
	builds := 0
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			res, err := p.Do(context.Background(), Spec{Key: "key", Package: "m", Func: value, DeclaredOnly: true}, func(context.Context) (Output, error) {
				builds++ // no two at once
				return Output{Data: []byte("v")}, nil
			})
			if err != nil || string(res.Data) != "v" {
				t.Errorf("%q, %v", res.Data, err)
			}
		})
	}
	wg.Wait()
	if builds != 1 {
		t.Errorf("built %d times", builds)
	}
}

// TestWaitForOther asks for what another process builds: it is waited for within
// bounds.
func TestWaitForOther(t *testing.T) {
	one := newProcess(t)
	two := one.again(On)
	spec := Spec{DeclaredOnly: true}
	began, goOn, done := make(chan bool), make(chan bool), make(chan bool)
	go func() {
		defer close(done)
		one.do(spec, func(context.Context) (Output, error) { close(began); <-goOn; return Output{Data: []byte("one")}, nil })
	}()
	<-began
	late := spec
	late.Deadline = time.Now().Add(waitMargin) // no time to wait
	if got, err := two.do(late, value("two")); got != "two" || err != nil {
		t.Errorf("without the time to wait: %q, %v", got, err)
	}
	two.want("waiting for process", `miss "key"`)
	os.RemoveAll(one.stored("slots/*/*/*/r-*")[0])
	three := one.again(On)
	spec.Notify = nil
	three.onEvent = func(e Event) {
		if e.Type == EventWait {
			close(goOn)
		}
	}
	if got, err := three.do(spec, value("three")); got != "one" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	three.want("waiting for process", "hit")
	<-done
}

// TestWaiters has four goroutines of two processes wait for the build of another, which
// leaves nothing to use, as one before could not be stored. Then that process asks again, and
// takes the lock at once. If its first build could not be stored, all five build at once, and
// else one of them builds for all.
func TestWaiters(t *testing.T) {
	chance := Output{NotStored: "of chance"}
	for _, tt := range []struct {
		name   string
		first  Spec
		out    Output
		err    error
		atOnce int // how many build
	}{
		{"not stored", Spec{}, chance, nil, 5},
		{"it fails", Spec{}, Output{}, errors.New("of chance"), 1},
		{"its test fails", Spec{Veto: func() string { return "of chance" }}, Output{}, nil, 1},
		{"not stored as it has other options", Spec{Version: "1"}, chance, nil, 1},
		{"not stored as it asks for that", Spec{NoStore: true}, Output{}, nil, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			one := newProcess(t)
			one.do(Spec{DeclaredOnly: true}, func(context.Context) (Output, error) { return chance, nil })
			began, goOn, all := make(chan bool), make(chan bool), make(chan bool)
			var waiting, builds atomic.Int32
			ask := func(p *testProcess) {
				spec := Spec{Key: "key", Package: "m", Func: value, DeclaredOnly: true, Notify: func(e Event) {
					if e.Type == EventWait && waiting.Add(1) == 4 {
						close(goOn)
					}
				}}
				res, err := p.Do(context.Background(), spec, func(context.Context) (Output, error) {
					if builds.Add(1) == int32(tt.atOnce) {
						close(all)
					}
					select {
					case <-all:
					case <-time.After(time.Minute): // before a wait ends by itself
						t.Error("one waits for another")
					}
					return Output{Data: []byte("v")}, nil
				})
				if err != nil || string(res.Data) != "v" {
					t.Errorf("%q, %v", res.Data, err)
				}
			}
			var wg sync.WaitGroup
			wg.Go(func() {
				tt.first.DeclaredOnly = true
				one.do(tt.first, func(context.Context) (Output, error) { close(began); <-goOn; return tt.out, tt.err })
				ask(one)
			})
			<-began
			two, three := one.again(On), one.again(On)
			for _, p := range []*testProcess{two, two, three, three} {
				wg.Go(func() { ask(p) })
			}
			wg.Wait()
			if n := int(builds.Load()); n != tt.atOnce {
				t.Errorf("%d builds, want %d", n, tt.atOnce)
			}
		})
	}
}

func TestWaitBound(t *testing.T) {
	now := time.Unix(1000, 0)
	for _, tt := range []struct {
		last     time.Duration
		deadline time.Time
		want     time.Duration
		reason   string
	}{
		{0, time.Time{}, waitLimit, "nothing is known of the build"},
		{time.Minute, time.Time{}, 10 * time.Minute, "ten times the last build"},
		{time.Millisecond, time.Time{}, time.Second, "but not less than a second"},
		{time.Minute, now.Add(3 * time.Minute), 115 * time.Second, "there must be time for our own"},
		{time.Minute, now.Add(time.Minute), 0, "there is none"},
	} {
		if got := waitBound(tt.last, tt.deadline, now); got != tt.want {
			t.Errorf("%v, want %v (%s)", got, tt.want, tt.reason)
		}
	}
}

// TestWaitInCircle has two processes that build what the other waits for: one of
// them goes on by itself.
func TestWaitInCircle(t *testing.T) {
	one := newProcess(t)
	two := one.again(On)
	spec := func(key string) Spec { return Spec{Key: key, DeclaredOnly: true} }
	var both sync.WaitGroup
	both.Add(2)
	run := func(p *testProcess, first, second string) func() {
		return func() {
			got, err := p.do(spec(first), func(ctx context.Context) (Output, error) {
				both.Done()
				both.Wait()
				v, err := p.doIn(ctx, spec(second), value(second))
				return Output{Data: []byte(first + v)}, err
			})
			if err != nil || got == "" {
				t.Errorf("%q, %v", got, err)
			}
		}
	}
	var wg sync.WaitGroup
	wg.Go(run(one, "a", "b"))
	wg.Go(run(two, "b", "a"))
	wg.Wait()
}

func TestNested(t *testing.T) {
	p := newProcess(t)
	p.write("in.txt", "1")
	inner := Spec{Key: "inner", DeclaredOnly: true, Declare: Declared{Files: []string{"in.txt"}}}
	ask := func(inner Spec, out string) string {
		t.Helper()
		got, err := p.do(Spec{Key: "outer", DeclaredOnly: true}, func(ctx context.Context) (Output, error) {
			if !InBuild() {
				t.Error("a build is not seen from within")
			}
			v, err := p.doIn(Within(ctx), inner, value(out))
			return Output{Data: []byte("(" + v + ")")}, err
		})
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	ask(inner, "v")
	p.want(`miss "inner"`, `miss "outer"`)
	p = p.again(On)
	ask(inner, "v")
	p.want(`hit "outer"`)
	p.write("in.txt", "two")
	p = p.again(On)
	p.do(inner, value("v"))
	p.told()
	ask(inner, "v")
	p.want(`hit "outer"`) // early cutoff: the inner one is the same
	p.write("in.txt", "three")
	p = p.again(On)
	ask(inner, "w")
	p.want(`fixture "inner" changed: file in.txt modified`)
	p = p.again(On) // to which "outer" is no earlier fixture
	p.do(Spec{Key: "inner", DeclaredOnly: true, Declare: inner.Declare, Refresh: true}, value("other"))
	p = p.again(On)
	ask(inner, "other")
	p.want(`fixture "inner" changed: built again to another value`)
	for _, path := range p.stored("slots/*/" + store.SlotOf("m", "inner").String() + "/*/r-*") {
		os.Remove(path)
	}
	p = p.again(On)
	ask(inner, "v")
	p.want(`fixture "inner" is no longer stored`)
	p = p.again(On)
	lost := inner
	lost.NoStore, lost.Key = true, "lost"
	if got := ask(lost, "v"); got != "(v)" {
		t.Errorf("%q", got)
	}
	p.do(Spec{Key: "outer2", DeclaredOnly: true}, func(ctx context.Context) (Output, error) {
		_, err := p.doIn(ctx, lost, value("v"))
		return Output{}, err
	})
	p.want(`it uses the fixture "lost", which is not stored`)
	_, err := p.do(Spec{Key: "self", DeclaredOnly: true}, func(ctx context.Context) (Output, error) {
		_, err := p.doIn(ctx, Spec{Key: "self", DeclaredOnly: true}, value("v"))
		return Output{}, err
	})
	if err == nil || !strings.Contains(err.Error(), "would wait for itself") {
		t.Errorf("itself: %v", err)
	}
}

// TestExpiredChild holds a fixture to the age that its own build allows another.
func TestExpiredChild(t *testing.T) {
	p := newProcess(t)
	ask := func() {
		t.Helper()
		p.do(Spec{Key: "outer", DeclaredOnly: true}, func(ctx context.Context) (Output, error) {
			_, err := p.doIn(ctx, Spec{Key: "cert", DeclaredOnly: true, MaxAge: time.Hour}, value("v"))
			return Output{}, err
		})
	}
	ask()
	p = p.again(On)
	p.world.Clock = func() time.Time { return time.Now().Add(2 * time.Hour) }
	ask()
	p.want(`fixture "cert" expired: not built in the last 1h0m0s`)
}
