//go:build linux && amd64

package faults

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

var cases = flag.Int("cases", 1, "how many cases of each sweep to try at most; by default one, and some sweeps not at all")

const module = "github.com/fixturecache/fixturecache"

// fixtures are the tests of the subject that have fixtures of each kind.
const fixtures = "TestMemo|TestDir|TestShared|TestFile"

// spread returns which of the numbers from 1 to n to try.
func spread(n int) (tried []int) {
	most := *cases
	if long() || most > n {
		most = n
	}
	for i := range most {
		tried = append(tried, 1+(2*i+1)*n/(2*most))
	}
	return tried
}

func long() bool { return os.Getenv("CACHETEST_LONG") != "" }

// brief reports that this is only a look whether the suite works, which every run
// of all tests has.
func brief() bool { return *cases <= 1 && !long() }

// whole skips a test that has no brief form.
func whole(t *testing.T) {
	t.Helper()
	if brief() {
		t.Skip("-cases 2 tries some cases of it, CACHETEST_LONG=1 all")
	}
}

// needs skips a test for want of a tool, which is an error where CI is set, as
// .ci/run installs it.
func needs(t *testing.T, tools ...string) {
	t.Helper()
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatal(err)
			}
			t.Skip(err)
		}
	}
}

func needsRoot(t *testing.T) {
	t.Helper()
	if runtime.GOOS != "linux" || os.Getuid() != 0 {
		t.Skip("needs root on Linux")
	}
}

// A subject is what goes wrong: a test binary as go test leaves it, with what lies
// beside it, and the command.
type subject struct {
	module, test, command string
}

var built = sync.OnceValues(buildSubject)

func theSubject(t *testing.T) subject {
	t.Helper()
	if testing.Short() {
		t.Skip("builds what goes wrong")
	}
	s, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var scratch string // removed at the end

func TestMain(m *testing.M) {
	var err error
	if scratch, err = os.MkdirTemp("", "faults-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	removeAll(scratch)
	os.Exit(code)
}

// removeAll removes a tree that may hold read-only directories.
func removeAll(dir string) {
	filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			os.Chmod(path, 0o755)
		}
		return nil
	})
	os.RemoveAll(dir)
}

func buildSubject() (s subject, err error) {
	repo, err := filepath.Abs("../..")
	if err != nil {
		return s, err
	}
	s = subject{module: filepath.Join(scratch, "module"), command: filepath.Join(scratch, "cachetest")}
	work := filepath.Join(scratch, "work")
	if err := errors.Join(os.CopyFS(s.module, os.DirFS("testdata/subject")), os.Mkdir(work, 0o755), writeModule(s.module, repo), s.settings("")); err != nil {
		return s, err
	}
	for _, args := range [][]string{
		{"test", "-work", "-run=^$", "."},
		{"build", "-o", s.command, module + "/core/cmd/cachetest"},
	} {
		cmd := exec.Command("go", args...)
		cmd.Dir = s.module
		cmd.Env = append(os.Environ(), "GOWORK=off", "GOPROXY=off", "GOFLAGS=-mod=mod", "GOTMPDIR="+work, "CACHETEST=off")
		if out, err := cmd.CombinedOutput(); err != nil {
			return s, fmt.Errorf("go %s: %w\n%s", args, err, out)
		}
	}
	// What go test leaves in its work directory: the test binary, its list of
	// imports and its source.
	found, err := filepath.Glob(filepath.Join(work, "*", "b001", "*.test"))
	if err != nil || len(found) != 1 {
		return s, fmt.Errorf("no test binary: %v, %w", found, err)
	}
	s.test = found[0]
	return s, nil
}

// settings writes what the settings file says, in place: a file that comes or goes
// has the directory of the package look as if its source had changed.
func (s subject) settings(text string) error {
	return os.WriteFile(filepath.Join(s.module, ".cachetest.yaml"), []byte("# settings\n"+text), 0o644)
}

// writeModule writes go.mod and go.sum for a module that uses this checkout.
func writeModule(dir, repo string) error {
	ours, err := os.ReadFile(filepath.Join(repo, "go.mod"))
	if err != nil {
		return err
	}
	sum, err := os.ReadFile(filepath.Join(repo, "go.sum"))
	if err != nil {
		return err
	}
	mod := fmt.Appendf(nil, "module example.com/subject\n\ngo 1.25.0\n\nrequire %s v0.0.0\n\nreplace %s => %s\n\n", module, module, repo)
	if _, requires, found := bytes.Cut(ours, []byte("\nrequire (")); found {
		mod = append(append(mod, "require ("...), requires...)
	}
	return errors.Join(os.WriteFile(filepath.Join(dir, "go.mod"), mod, 0o644), os.WriteFile(filepath.Join(dir, "go.sum"), sum, 0o644))
}

// A room is where a process of the subject lives: its store, its temporary
// directory, and what is not ours in them.
type room struct {
	subject
	root, store, tmp string
	warm             string // a store in which all is, or ""
	env              []string
}

var rooms atomic.Int64

func newRoom(t *testing.T) *room {
	t.Helper()
	root := filepath.Join(scratch, fmt.Sprint("room", rooms.Add(1)))
	r := &room{subject: theSubject(t), root: root, store: filepath.Join(root, "inside", "store"), tmp: filepath.Join(root, "inside", "tmp")}
	for _, dir := range []string{filepath.Dir(r.store), r.tmp, filepath.Join(root, "home")} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	gocache, err := exec.Command("go", "env", "GOCACHE", "GOMODCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	caches := strings.Fields(string(gocache))
	r.env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + filepath.Join(root, "home"), "TMPDIR=" + r.tmp, "CACHETEST_DIR=" + r.store, "PWD=" + r.module,
		"GOCACHE=" + caches[0], "GOMODCACHE=" + caches[1], "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off", "GOTOOLCHAIN=local",
	}
	t.Cleanup(func() { removeAll(root) })
	return r
}

// ours reports whether a call is on a file in the store or below the temporary
// directory: not on the test binary, sources or what the tests read.
func (r *room) ours(c call) bool { return strings.HasPrefix(c.path, filepath.Dir(r.store)+"/") }

func (r *room) inside(dir string) string { return filepath.Join(filepath.Dir(r.store), dir) + "/" }

// testArgs runs tests as go test does.
func (r *room) testArgs(run string) []string {
	return []string{r.test, "-test.v", "-test.paniconexit0", "-test.timeout=1m", "-test.run=^(" + run + ")$", "-test.testlogfile=" + filepath.Join(r.root, "testlog.txt")}
}

func (r *room) run(t *testing.T, f fault, argv ...string) outcome {
	t.Helper()
	out, err := os.CreateTemp(r.root, "out-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.Remove(out.Name())
	defer out.Close()
	o, err := run(r.module, r.env, out, f, argv...)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// A count is what a group has tried and found.
type count struct {
	mu                              sync.Mutex
	cases, reached                  int
	wrong, changed, hung, own, left int
}

func (c *count) add(n *int) {
	c.mu.Lock()
	*n++
	c.mu.Unlock()
}

func (c *count) String() string {
	return fmt.Sprintf("%d cases, %d reached: %d wrong values, %d changed outcomes, %d hangs; %d errors of a build function's own", c.cases, c.reached, c.wrong, c.changed, c.hung, c.own)
}

// judge counts what became of a run that may not fail for our sake.
func (c *count) judge(t *testing.T, what string, o outcome) {
	t.Helper()
	switch {
	case o.hung:
		c.add(&c.hung)
		t.Errorf("%s: hangs\n%s", what, o.output)
	case strings.Contains(o.output, "WRONG VALUE"):
		c.add(&c.wrong)
		t.Errorf("%s: wrong value\n%s", what, o.output)
	case o.ok():
	case strings.Contains(o.output, "OWN ERROR"), strings.Contains(o.output, "TempDir: "):
		c.add(&c.own)
	default:
		c.add(&c.changed)
		t.Errorf("%s: status %v\n%s", what, o.status, o.output)
	}
}

// again runs the tests without a fault: at once it is right, and then all are
// hits, with nothing left over of what went before.
func (c *count) again(t *testing.T, r *room, what, run string) {
	t.Helper()
	for _, step := range []string{"first", "second"} {
		o := r.run(t, fault{}, r.testArgs(run)...)
		c.judge(t, what+", the "+step+" run after it", o)
		if strings.Contains(o.output, "OWN ERROR") || step == "second" && (strings.Contains(o.output, "cachetest: miss") || strings.Contains(o.output, "not stored") || strings.Contains(o.output, "without the cache")) {
			c.add(&c.changed)
			t.Errorf("%s, the %s run after it:\n%s", what, step, o.output)
		}
	}
	if len(r.leftovers()) == 0 {
		return
	}
	// The next process that makes something of the kind removes it.
	sweeping := *r
	sweeping.env = append(r.env[:len(r.env):len(r.env)], "CACHETEST=refresh")
	c.judge(t, what+", a run that builds", sweeping.run(t, fault{}, r.testArgs("TestMemo|TestFile")...))
	for _, path := range r.leftovers() {
		c.add(&c.left)
		t.Errorf("%s leaves %s", what, path)
	}
}

// afterFault is again, but for what could not be removed: the next sweep does that.
func (c *count) afterFault(t *testing.T, r *room, what, run string) {
	t.Helper()
	for _, path := range r.leftovers() {
		if !strings.HasPrefix(path, r.store) && !work.MatchString(strings.TrimPrefix(path, r.tmp+"/")) {
			os.RemoveAll(path) // package testing's own temporary directory
		}
	}
	c.again(t, r, what, run)
}

var work = regexp.MustCompile(`^cachetest-(work|log)-`)

// leftovers is what is unfinished in the store and in work directories.
func (r *room) leftovers() (paths []string) {
	dirs := []string{filepath.Join(r.store, "v1", "tmp")}
	entries, _ := os.ReadDir(r.tmp)
	for _, e := range entries {
		if path := filepath.Join(r.tmp, e.Name()); work.MatchString(e.Name()) {
			dirs = append(dirs, path)
		} else {
			paths = append(paths, path)
		}
	}
	for _, dir := range dirs {
		entries, _ := os.ReadDir(dir)
		for _, e := range entries {
			paths = append(paths, filepath.Join(dir, e.Name()))
		}
	}
	return paths
}

// begin empties a room, or fills its store with what is warm.
func (r *room) begin(t *testing.T) {
	t.Helper()
	removeAll(filepath.Dir(r.store))
	if err := os.MkdirAll(r.tmp, 0o755); err != nil {
		t.Fatal(err)
	}
	if r.warm == "" {
		return
	}
	if out, err := exec.Command("cp", "-a", r.warm, r.store).CombinedOutput(); err != nil {
		t.Fatalf("cp: %v\n%s", err, out)
	}
}

// heat has tests run in a room, and keeps the store that they make.
func (r *room) heat(t *testing.T, run string) {
	t.Helper()
	var c count
	c.again(t, r, "nothing", run)
	r.warm = filepath.Join(r.root, "warm")
	if err := os.Rename(r.store, r.warm); err != nil {
		t.Fatal(err)
	}
}

// each calls a function for each case, in two rooms at a time. warm are the tests
// that have run before, if any.
func each[T any](t *testing.T, warm string, all []T, do func(r *room, of T)) {
	t.Helper()
	inRooms(t, warm, func(r *room) []T { return all }, do)
}

// inRooms is each for cases that are found in the room.
func inRooms[T any](t *testing.T, warm string, find func(r *room) []T, do func(r *room, of T)) {
	t.Helper()
	var next atomic.Int64
	var wg sync.WaitGroup
	for range 2 {
		r := newRoom(t)
		wg.Go(func() {
			if warm != "" {
				r.heat(t, warm)
			}
			for all := find(r); !t.Failed(); { // one is enough to look at
				i := int(next.Add(1)) - 1
				if i >= len(all) {
					return
				}
				do(r, all[i])
			}
		})
	}
	wg.Wait()
}
