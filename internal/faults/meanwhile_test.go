//go:build linux && amd64

package faults

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// An action is what others do while a process stands still in the middle of a
// call.
type action struct {
	name string
	do   func(r *room) []string // a command that is run, if any
}

var actions = []action{
	{"another process asks for the same", func(r *room) []string {
		return append(r.testArgs(fixtures), "-test.timeout=10s")
	}},
	{"the store is trimmed", func(r *room) []string { return []string{r.command, "trim", "-max", "1"} }},
	{"the store is cleaned", func(r *room) []string { return []string{r.command, "clean"} }},
	{"the lock files are removed", func(r *room) []string {
		return []string{"/usr/bin/find", filepath.Dir(r.store), "-name", "lock", "-delete"}
	}},
	{"the store is removed", func(r *room) []string { removeAll(r.store); return nil }},
	{"the store is moved away", func(r *room) []string { os.Rename(r.store, r.store+".old"); return nil }},
	{"the store is another directory", func(r *room) []string {
		os.Rename(r.store, r.store+".old")
		return []string{"/bin/cp", "-a", r.store + ".old", r.store}
	}},
	{"times in the store are of the past", func(r *room) []string { r.stamp(-10 * 365 * 24 * time.Hour); return nil }},
	{"times in the store are of the future", func(r *room) []string { r.stamp(10 * 365 * 24 * time.Hour); return nil }},
}

// stamp has all that is in the store look as if the clock had been another.
func (r *room) stamp(by time.Duration) {
	at := time.Now().Add(by)
	filepath.WalkDir(r.store, func(path string, d os.DirEntry, err error) error {
		if err == nil && d.Type()&os.ModeSymlink == 0 {
			os.Chtimes(path, at, at)
		}
		return nil
	})
}

// TestInterleaved stops a process before a call on a file of ours, has others do
// something, and lets it go on.
func TestInterleaved(t *testing.T) {
	for _, j := range inBrief(jobs) {
		if j.run == "TestBuild" || j.trim {
			continue
		}
		t.Run(j.name, func(t *testing.T) {
			r := j.room(t)
			counts := func(r *room) func(call) bool {
				return func(c call) bool { return r.ours(c) && !c.absent && slices.Contains(changing, c.name) }
			}
			all := r.run(t, fault{counts: counts(r)}, j.argv(r)...)
			type try struct {
				n int
				action
			}
			var tries []try
			for i, n := range spread(all.calls) {
				for k, a := range actions {
					if long() && (n+k)%3 == 0 || !long() && k == i%len(actions) || brief() && k%4 == 1 {
						tries = append(tries, try{n, a})
					}
				}
			}
			var c count
			each(t, j.warm, tries, func(r *room, a try) {
				r.begin(t)
				what := fmt.Sprintf("%s at call %d of %d", a.name, a.n, all.calls)
				o := r.run(t, fault{counts: counts(r), nth: a.n, pause: func() {
					c.add(&c.reached)
					if argv := a.do(r); argv != nil {
						out, err := r.exec(argv)
						if err != nil && !strings.Contains(out, "another process is trimming") || strings.Contains(out, "WRONG VALUE") {
							c.add(&c.changed)
							t.Errorf("%s: %v\n%s", what, err, out)
						}
					}
				}}, j.argv(r)...)
				c.add(&c.cases)
				c.judge(t, what+" ("+o.first.name+" "+o.first.path+")", o)
				removeAll(r.store + ".old")
				c.again(t, r, what, j.run)
			})
			t.Log(&c)
		})
	}
}

// exec runs a command of others beside a process that is traced.
func (r *room) exec(argv []string) (string, error) {
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Dir, cmd.Env = r.module, r.env
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// ways are those of changing what is read, as shell commands in its directory.
var ways = []struct{ name, script string }{
	{"written", "echo C > in.csv"},
	{"same-size-and-time", "touch -r in.csv ../ref; echo C > in.csv; touch -r ../ref in.csv"},
	{"file-replaced", "mv b.csv in.csv"},
	{"removed", "rm in.csv"},
	{"directory-removed", "rm -r ../data"},
	{"directory-moved", "mv ../data ../old"},
	{"directory-swapped", "mv ../data ../old; mv ../new ../data"},
	{"sub-swapped", "mv sub ../old; mv sub2 sub"},
	{"directory-by-link", "mv ../data ../old; ln -s new ../data"},
	{"link-retargeted", "ln -sfn b.csv link"},
	{"link-target", "mv b.csv in.csv"},
	{"directory-link", "ln -sfn sub2 dlink"},
	{"file-by-link", "mv in.csv a.csv; ln -s b.csv in.csv"},
	{"file-by-directory", "rm in.csv; mkdir in.csv"},
	{"file-by-old-directory", "rm in.csv; mv sub in.csv"},
	{"appeared", "echo C > absent.csv"},
	{"moved-in", "mv b.csv absent.csv"},
	{"listing", "mv ../new/in.csv new.csv"},
	{"listing-removed", "rm b.csv"},
	{"sub-listing", "mv ../new/in.csv sub/new.csv"},
	{"aba-file", "mv in.csv ../a; mv b.csv in.csv; sleep 0.01; mv in.csv b.csv; mv ../a in.csv"},
	{"aba-directory", "mv ../data ../old; mv ../new ../data; sleep 0.01; mv ../data ../new; mv ../old ../data"},
	{"aba-link", "mv link ../l; ln -s b.csv link; sleep 0.01; mv ../l link"},
}

const prepareWays = `cd "$0" && rm -rf data new old a l ref && mkdir -p data/sub data/sub2 new/sub && cd data
echo A > in.csv; echo A > sub/x.csv
for f in b.csv sub2/x.csv ../new/in.csv ../new/sub/x.csv; do echo B > $f; done
ln -s in.csv link; ln -s sub dlink; sleep 0.02`

// truth is what the fixture of TestInput must be now.
func truth(dir string) string {
	text := ""
	for _, name := range []string{"in.csv", "link", "dlink/x.csv", "sub/x.csv", "absent.csv"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			data = []byte("none")
		}
		text += name + "=" + strings.TrimSpace(string(data)) + " "
	}
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		text += e.Name() + " "
	}
	if err != nil {
		text += "no directory"
	}
	return text
}

var value = regexp.MustCompile(`VALUE: (".*")`)

// isTrue counts a value that is not the truth of now.
func (c *count) isTrue(t *testing.T, what string, o outcome, dir string) {
	t.Helper()
	c.judge(t, what, o)
	found := value.FindStringSubmatch(o.output)
	if want := fmt.Sprintf("%q", truth(dir)); found == nil || found[1] != want {
		c.add(&c.wrong)
		t.Errorf("%s: want %s\n%s", what, want, o.output)
	}
}

// TestChangedOutside changes what is read, by another process, at each call that
// a build or a validation makes on it. The next run has the value of now.
func TestChangedOutside(t *testing.T) {
	for _, warm := range []bool{false, true} {
		t.Run(fmt.Sprintf("warm=%v", warm), func(t *testing.T) {
			prepare := func(r *room) (data string, f fault) {
				r.begin(t)
				if out, err := exec.Command("sh", "-e", "-c", prepareWays, r.root).CombinedOutput(); err != nil {
					t.Errorf("%v\n%s", err, out)
				}
				data = filepath.Join(r.root, "data")
				if warm {
					var c count
					c.isTrue(t, "before", r.run(t, fault{}, r.testArgs("TestInput")...), data)
				}
				return data, fault{counts: func(c call) bool { return strings.HasPrefix(c.path+"/", data+"/") }}
			}
			inRoom := func(t *testing.T) *room {
				r := newRoom(t)
				r.env = append(r.env, "FAULTS_DIR="+filepath.Join(r.root, "data"))
				return r
			}
			r := inRoom(t)
			_, f := prepare(r)
			all := r.run(t, f, r.testArgs("TestInput")...)
			var c count
			var tries sync.WaitGroup
			rooms := []*room{r, inRoom(t)}
			for half, r := range rooms {
				tries.Go(func() {
					for i, w := range inBrief(ways) {
						for k, n := range spread(all.calls) {
							if (i+k)%2 != half {
								continue
							}
							if !long() {
								n = 1 + (n+i*7)%all.calls // another call for each way
							}
							data, f := prepare(r)
							f.nth, f.pause = n, func() {
								c.add(&c.reached)
								if out, err := exec.Command("sh", "-e", "-c", `cd "$0"; `+w.script, data).CombinedOutput(); err != nil {
									t.Errorf("%s: %v\n%s", w.name, err, out)
								}
							}
							what := fmt.Sprintf("%s at call %d of %d", w.name, n, all.calls)
							o := r.run(t, f, r.testArgs("TestInput")...)
							c.add(&c.cases)
							what += fmt.Sprintf(" (%s %s)", o.first.name, o.first.path)
							c.judge(t, what, o)
							c.isTrue(t, what+", the next run", r.run(t, fault{}, r.testArgs("TestInput")...), data)
						}
					}
				})
			}
			tries.Wait()
			t.Logf("%d ways at %d calls: %v", len(inBrief(ways)), all.calls, &c)
		})
	}
}

// TestRacyEdits edits a file again and again, to the same size, with no time
// between an edit and a run.
func TestRacyEdits(t *testing.T) {
	edits := min(2000, 30**cases)
	if long() {
		edits = 2000
	}
	r := newRoom(t)
	data := filepath.Join(r.root, "data")
	r.env = append(r.env, "FAULTS_DIR="+data)
	if err := os.Mkdir(data, 0o755); err != nil {
		t.Fatal(err)
	}
	var c count
	hits := 0
	for i := range edits {
		if i%4 != 3 { // one in four runs finds nothing changed
			if err := os.WriteFile(filepath.Join(data, "in.csv"), fmt.Appendf(nil, "%05d", i), 0o644); err != nil {
				t.Fatal(err)
			}
			c.add(&c.reached)
		}
		if i%16 == 7 {
			time.Sleep(20 * time.Millisecond) // so that some are stored
		}
		c.add(&c.cases)
		o := r.run(t, fault{}, r.testArgs("TestInput")...)
		c.isTrue(t, fmt.Sprint("edit ", i), o, data)
		hits += strings.Count(o.output, "cachetest: hit")
	}
	if hits == 0 {
		t.Error("nothing was served from the store")
	}
	t.Logf("%d hits; %v", hits, &c)
}

// TestOppositeOrders has two processes build two fixtures each within the other,
// in opposite orders, at once.
func TestOppositeOrders(t *testing.T) {
	r := newRoom(t)
	var c count
	for range spread(10) {
		var wg sync.WaitGroup
		for _, order := range []string{"xy", "yx"} {
			r := *r
			r.env = append(r.env[:len(r.env):len(r.env)], "FAULTS_ORDER="+order)
			wg.Go(func() {
				args := append(r.testArgs("TestNested"), "-test.timeout=20s")
				c.add(&c.cases)
				c.judge(t, "order "+order, r.run(t, fault{}, args...))
			})
		}
		wg.Wait()
	}
	t.Log(&c)
}
