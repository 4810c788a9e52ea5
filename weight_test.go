package fixturecache_test

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"text/tabwriter"
	"time"
)

// What a package of tests may cost more for calling the API than an empty one.
// What the load of the machine changes is printed, and fails nothing.
const (
	maxCompileRatio = 3.3       // of processor time: 30 ms more than the 13 ms of an empty test
	maxMemoRatio    = 7         // the same for package memo, of which others than tests are users; 4 on a quiet machine
	maxEditRatio    = 1.7       // of all processor time of go test after an edit, told with -v
	maxHitRatio     = 1.75      // of all processor time of a process with one hit, told with -v: 0.8 ms more than 1.1
	maxSize         = 3_500_000 // bytes of the stripped binary, on 64 bits
)

// Variables by which TestWeight tells the program of -toolexec what to do.
const (
	toolTimes  = "WEIGHT_TIMES"  // the file that it writes to
	toolRepeat = "WEIGHT_REPEAT" // how often it runs a tool; the fastest counts
	toolLinks  = "WEIGHT_LINKS"  // set to have the linker run so often as well, for the table
)

// A weighed package is one of those that TestWeight builds.
type weighed struct {
	name string
	test string // its source
	get  string // a module that must be there

	compile, link time.Duration // processor time
	size          int64         // stripped
	edit          time.Duration // go test after an edit, processor time of all processes
	start         time.Duration // processor time of the process of go test, without a hit
	hit           time.Duration // the same with a hit
}

const emptyBody = `
func TestEmpty(t *testing.T) {}
`

var weighedPackages = []*weighed{
	{name: "empty", test: `import "testing"` + emptyBody},
	{name: "cachetest", test: `import (
	"os"
	"testing"

	"github.com/fixturecache/fixturecache/cachetest"
)

type user struct {
	Name string
	Tags map[string]int
}

func users() ([]user, error) { return []user{{Name: "a"}}, nil }

func TestHit(t *testing.T) {
	cachetest.Memo(t, "users", users, cachetest.With("n", 3), cachetest.Env("USERS"))
	if testing.Short() {
		cachetest.Call(t, "call", 3, func(n int) (string, error) { return string(make([]byte, n)), nil }, cachetest.Files("go.mod"))
		cachetest.File(t, "file", func(path string) error { return os.WriteFile(path, nil, 0o600) }, cachetest.Version("1"))
	}
}
` + emptyBody},
	{name: "memo", test: `import (
	"context"
	"testing"

	"github.com/fixturecache/fixturecache/core/memo"
)

func TestGet(t *testing.T) {
	c, err := memo.Open(memo.Config{})
	if err != nil {
		t.Fatal(err)
	}
	spec := memo.Spec{Key: "k", Values: []memo.Value{{Name: "n", Value: 1}}, Notify: func(e memo.Event) { t.Log(e.Text()) }}
	if _, err := memo.Get(context.Background(), c, spec, func() (string, error) { return "", nil }); err != nil {
		t.Fatal(err)
	}
}
` + emptyBody},
	{name: "gocmp", get: "github.com/google/go-cmp", test: `import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDiff(t *testing.T) {
	if diff := cmp.Diff([]int{1}, []int{1}); diff != "" {
		t.Error(diff)
	}
}
` + emptyBody},
	{name: "testify", get: "github.com/stretchr/testify", test: `import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEqual(t *testing.T) { require.Equal(t, []int{1}, []int{1}) }
` + emptyBody},
}

// TestWeight tells what importing cachetest costs in each edit and run of a
// package of tests, in pairs with an empty test and with what others import. It
// fails where a figure that the machine's load does not change is too high.
func TestWeight(t *testing.T) {
	if testing.Short() {
		t.Skip("builds three packages")
	}
	t.Parallel()
	defer timing.begin(t)()
	m := newWeightModule(t)
	var built []*weighed
	for i, w := range weighedPackages {
		if i > 2 && !testing.Verbose() {
			break // nobody would see the table
		}
		if err := m.build(w); err != nil {
			if w.get == "" {
				t.Fatal(err)
			}
			t.Logf("%s is left out: %v", w.name, err)
			continue
		}
		built = append(built, w)
	}
	if testing.Verbose() {
		for range 5 { // by turns: the load of the machine changes
			for _, w := range built {
				m.run(w)
			}
		}
	}
	t.Log(weightTable(built))
	empty, ours := built[0], built[1]
	for i, most := range []float64{maxCompileRatio, maxMemoRatio} {
		w := built[i+1]
		ratio := func() float64 { return float64(w.compile) / float64(empty.compile) }
		for tries := 0; tries < 5 && ratio() > most; tries++ { // the machine was busy, perhaps
			if err := cmp.Or(m.build(empty), m.build(w)); err != nil {
				t.Fatal(err)
			}
		}
		if ratio() > most {
			t.Errorf("a test that calls %s compiles in %v, an empty one in %v: %.1f times as long, which may be %v",
				w.name, w.compile, empty.compile, ratio(), most)
		}
	}
	if more := ours.size - empty.size; more > maxSize && strconv.IntSize == 64 {
		t.Errorf("a test that calls the API links %d bytes more than an empty one; it may link %d", more, maxSize)
	}
	if ratio := float64(ours.edit) / float64(max(empty.edit, 1)); ratio > maxEditRatio {
		t.Errorf("go test after an edit takes %v, with an empty test %v: %.2f times as long, which may be %v", ours.edit, empty.edit, ratio, maxEditRatio)
	}
	if ratio := float64(ours.hit) / float64(max(empty.start, 1)); ratio > maxHitRatio {
		t.Errorf("a process with a hit takes %v, with an empty test %v: %.2f times as long, which may be %v", ours.hit, empty.start, ratio, maxHitRatio)
	}
	m.checkInits(ours)
}

func weightTable(list []*weighed) string {
	var b strings.Builder
	tw := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "\ntest\tcompile\tlink\tsize\tedit and test\t\tstart\tand hit\t")
	empty := list[0]
	for _, w := range list {
		fmt.Fprintf(tw, "%s\t%.1f ms\t%.0f ms\t%.2f MB\t%.0f ms\t%.2fx\t%.2f ms\t%.2f ms\t\n", w.name, ms(w.compile), ms(w.link),
			float64(w.size)/1e6, ms(w.edit), float64(w.edit)/float64(max(empty.edit, 1)), ms(w.start), ms(w.hit))
	}
	tw.Flush()
	return b.String()
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// A weightModule is a module of a user's, outside the repository.
type weightModule struct {
	t     *testing.T
	dir   string
	env   []string
	edits int
}

func newWeightModule(t *testing.T) *weightModule {
	repo, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	m := &weightModule{t: t, dir: t.TempDir()}
	if err := writeModule(m.dir, repo); err != nil {
		t.Fatal(err)
	}
	m.env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod", "CACHETEST_DIR="+t.TempDir(),
		"GOTMPDIR="+t.TempDir()) // where -work leaves test binaries
	return m
}

// write writes the package's test, another one each time.
func (m *weightModule) write(w *weighed) error {
	m.edits++
	dir := filepath.Join(m.dir, w.name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	src := fmt.Sprintf("package p\n\n%s\nconst edit = \"%s %d\"\n\nfunc TestEdit(t *testing.T) { t.Log(edit) }\n", w.test, m.dir, m.edits)
	return os.WriteFile(filepath.Join(dir, "p_test.go"), []byte(src), 0o644)
}

func (m *weightModule) goCommand(env []string, args ...string) (string, *os.ProcessState, error) {
	cmd := exec.Command("go", args...)
	cmd.Dir = m.dir
	cmd.Env = append(m.env[:len(m.env):len(m.env)], env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out), cmd.ProcessState, err
}

func (m *weightModule) binary(w *weighed) string {
	return filepath.Join(m.dir, w.name+".test"+exeSuffix())
}

func exeSuffix() string {
	if runtime.GOOS == "windows" {
		return ".exe"
	}
	return ""
}

// build links the package's test and times the tools.
func (m *weightModule) build(w *weighed) error {
	if err := m.write(w); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if w.get != "" {
		if _, _, err := m.goCommand(nil, "get", w.get); err != nil {
			return err
		}
	}
	if _, _, err := m.goCommand(nil, "test", "-c", "-o", m.binary(w), "./"+w.name); err != nil { // what it imports
		return err
	}
	if err := m.write(w); err != nil {
		return err
	}
	times := filepath.Join(m.dir, w.name+".times")
	env := []string{toolTimes + "=" + times, toolRepeat + "=5"}
	if testing.Verbose() {
		env = append(env, toolLinks+"=1")
	}
	_, _, err = m.goCommand(env, "test", "-c", "-toolexec", self, "-ldflags=-s -w", "-o", m.binary(w), "./"+w.name)
	if err != nil {
		return err
	}
	info, err := os.Stat(m.binary(w))
	if err != nil {
		return err
	}
	w.size = info.Size()
	data, err := os.ReadFile(times)
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(data)) {
		var tool, pkg string
		var took time.Duration
		if _, err := fmt.Sscan(line, &tool, &pkg, (*int64)(&took)); err != nil {
			return err
		}
		switch {
		case tool == "link":
			w.link = took
		case pkg == "example.com/m/"+w.name:
			fastest(&w.compile, took)
		}
	}
	return nil
}

// run times go test after an edit, and the process that it starts.
func (m *weightModule) run(w *weighed) {
	if err := m.write(w); err != nil {
		m.t.Fatal(err)
	}
	out, state, err := m.goCommand(nil, "test", "-work", "./"+w.name)
	if err != nil {
		m.t.Fatal(err)
	}
	fastest(&w.edit, state.UserTime()+state.SystemTime())
	work, _, _ := strings.Cut(strings.TrimPrefix(out, "WORK="), "\n")
	tests, err := filepath.Glob(filepath.Join(work, "b*", w.name+".test"+exeSuffix()))
	if err != nil || len(tests) != 1 {
		m.t.Fatalf("test binaries in %s: %v\n%s", work, tests, out)
	}
	for range 10 {
		fastest(&w.start, m.process(w, tests[0], "^TestEmpty$"))
		if w.name == "cachetest" {
			fastest(&w.hit, m.process(w, tests[0], "^TestHit$"))
		}
	}
}

// process returns the processor time of tests of a binary that lies where go test
// made it: of one that was moved the source is not known.
func (m *weightModule) process(w *weighed, binary, run string) time.Duration {
	cmd := exec.Command(binary, "-test.run="+run)
	cmd.Dir, cmd.Env = filepath.Join(m.dir, w.name), m.env
	if out, err := cmd.CombinedOutput(); err != nil {
		m.t.Fatalf("%s: %v\n%s", w.name, err, out)
	}
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
}

func fastest(best *time.Duration, d time.Duration) {
	if *best == 0 || d < *best {
		*best = d
	}
}

// timeTool is the program of -toolexec: it runs a compiler or linker several
// times, and notes the least processor time that it took.
func timeTool(times string, args []string) int {
	tool := strings.TrimSuffix(filepath.Base(args[0]), ".exe")
	repeat := 1
	pkg := "-"
	if i := indexOf(args, "-p"); tool == "compile" && i > 0 && strings.HasPrefix(args[i+1], "example.com/m/") || tool == "link" && os.Getenv(toolLinks) != "" {
		if tool == "compile" {
			pkg = args[i+1]
		}
		fmt.Sscan(os.Getenv(toolRepeat), &repeat)
	}
	if len(args) > 1 && strings.HasPrefix(args[1], "-V") {
		repeat = 1
	}
	var best time.Duration
	for range repeat {
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
		if err := cmd.Run(); err != nil {
			return 1
		}
		fastest(&best, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
	}
	if repeat > 1 {
		f, err := os.OpenFile(times, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
		if err == nil {
			_, err = fmt.Fprintln(f, tool, pkg, best.Nanoseconds())
			f.Close()
		}
		if err != nil {
			return 1
		}
	}
	return 0
}

func indexOf(args []string, arg string) int {
	for i := range len(args) - 1 {
		if args[i] == arg {
			return i
		}
	}
	return -1
}

// wholeAPI calls all of the API, and must keep no method alive that is not
// called.
const wholeAPI = `import (
	"errors"
	"testing"
	"time"

	"github.com/fixturecache/fixturecache/cachetest"
	"github.com/fixturecache/fixturecache/cachetest/golden"
)

type point struct{ X, Y int }

var errOurs = errors.New("ours")

func init() {
	cachetest.RegisterCodec(cachetest.JSON[point]())
	cachetest.RegisterGlobal("errOurs", &errOurs)
}

func TestAPI(t *testing.T) {
	all := cachetest.Options(cachetest.With("a", 1), cachetest.Files("x"), cachetest.Tool("sh"), cachetest.GoPackages("."),
		cachetest.Env("X"), cachetest.Version("1"), cachetest.DeclaredOnly(), cachetest.IgnoreFiles("y"), cachetest.IgnoreEnv("Y"),
		cachetest.IgnoreCapture("z"), cachetest.Code(cachetest.CodeNone), cachetest.Refresh(), cachetest.MaxAge(time.Hour),
		cachetest.Shared(), cachetest.NoStore(), cachetest.Scope("s"), cachetest.Local(), cachetest.GoFlags("-race"),
		cachetest.CheckDeterministic(), cachetest.WithCodec(cachetest.JSON[error]()))
	cachetest.Memo(t, "memo", func() (any, error) { return nil, nil }, all)
	cachetest.Call(t, "call", 1, func(int) (error, error) { return nil, nil }, all)
	cachetest.Dir(t, "dir", func(dir string) error { cachetest.Track(t, dir); return nil }, all)
	cachetest.File(t, "file", func(string) error { return nil }, all)
	cachetest.GoBuild(t, ".")
	cachetest.FS(t, ".")
	golden.Equal(t, "text", "")
	golden.JSON(t, "value", 1)
	golden.Dir(t, "dir", ".")
}

func TestMain(m *testing.M) {
	cachetest.Main(golden.Wrap(m), func(tb cachetest.TB) { cachetest.Memo(tb, "main", func() (int, error) { return 1, nil }) })
}
`

// A function that calls reflect.Type.Method or reflect.Value.Method with an
// index or a name that is not constant makes the linker keep every exported
// method of every type in the user's binary.
func TestWeightOfMethods(t *testing.T) {
	if testing.Short() {
		t.Skip("links all of the API")
	}
	t.Parallel()
	defer timing.begin(t)()
	m := newWeightModule(t)
	dir := filepath.Join(m.dir, "whole")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "p_test.go"), []byte("package p\n\n"+wholeAPI), 0o644); err != nil {
		t.Fatal(err)
	}
	out, _, err := m.goCommand(nil, "test", "-c", "-ldflags=-dumpdep", "-o", filepath.Join(m.dir, "whole.test"+exeSuffix()), "./whole")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out, "cachetest.Memo") {
		t.Fatal("the linker's list of what keeps what does not show Memo")
	}
	seen := map[string]bool{}
	for line := range bytes.Lines([]byte(out)) {
		from, _, _ := strings.Cut(string(line), " -> ")
		if name, _, ok := strings.Cut(from, " <"); ok && strings.Contains(from, "ReflectMethod") && !seen[name] {
			seen[name] = true
			t.Errorf("%s calls reflect's Method", from)
		}
	}
}
