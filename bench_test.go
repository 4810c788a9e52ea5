package fixturecache_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fixturecache/fixturecache/cachetest"
)

// declared are options under which a fixture is stored in a benchmark, where
// what is read is not recorded.
var declared = cachetest.Options(cachetest.DeclaredOnly(), cachetest.Version("1"), cachetest.Code(cachetest.CodeNone))

const payload = 4 << 10

// BenchmarkHit compares a hit of 4 KiB in a process that has had one before
// with what it stands for: a look at the file and its reading.
func BenchmarkHit(b *testing.B) {
	b.Setenv("CACHETEST_DIR", b.TempDir())
	file := filepath.Join(b.TempDir(), "payload")
	if err := os.WriteFile(file, make([]byte, payload), 0o600); err != nil {
		b.Fatal(err)
	}
	fn := func() ([]byte, error) { return os.ReadFile(file) }
	get := func() []byte { return cachetest.Memo(quietTB{b}, "hit", fn, declared, cachetest.IgnoreCapture("file")) }
	get()
	var ours, bare time.Duration
	for b.Loop() {
		start := time.Now()
		get()
		ours += time.Since(start)
		start = time.Now()
		os.Stat(file)
		os.ReadFile(file)
		bare += time.Since(start)
	}
	b.ReportMetric(float64(ours)/float64(bare), "×stat+read")
}

// BenchmarkBigHit compares a hit of 64 MB that this process has had before with
// reading a file of that size.
func BenchmarkBigHit(b *testing.B) {
	b.Setenv("CACHETEST_DIR", b.TempDir())
	const size = 64 << 20
	file := filepath.Join(b.TempDir(), "payload")
	if err := os.WriteFile(file, make([]byte, size), 0o600); err != nil {
		b.Fatal(err)
	}
	fn := func() ([]byte, error) { return bytes.Repeat([]byte{7}, size), nil }
	get := func() { cachetest.Memo(quietTB{b}, "big", fn, declared) }
	get()
	time.Sleep(2100 * time.Millisecond) // until what was stored is no longer fresh
	get()
	best := time.Hour
	var ours, bare time.Duration
	for b.Loop() {
		start := time.Now()
		get()
		took := time.Since(start)
		ours, best = ours+took, min(best, took)
		start = time.Now()
		os.ReadFile(file)
		bare += time.Since(start)
	}
	b.ReportMetric(float64(ours)/float64(bare), "×read")
	if os.Getenv("CACHETEST_LONG") == "" {
		return
	}
	out, err := exec.Command("/usr/bin/python3", "-c", joblibBig, b.TempDir()).Output()
	if err != nil {
		b.Logf("joblib is not here: %v", err)
		return
	}
	joblib, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(best.Seconds()/joblib, "×joblib")
}

// joblibBig prints how many seconds joblib takes to load an array of 64 MB that
// the process has had before, at best. Debian has it as python3-joblib.
const joblibBig = `
import joblib, numpy, sys, time
@joblib.Memory(sys.argv[1], verbose=0).cache
def big(n): return numpy.full(n, 7, dtype=numpy.uint8)
def once():
    start = time.perf_counter()
    big(64 << 20)
    return time.perf_counter() - start
once()
print(min(once() for _ in range(10)))
`

// quietTB keeps the lines of hits out of a benchmark's output.
type quietTB struct{ testing.TB }

func (quietTB) Logf(string, ...any) {}

const freshTest = `package fresh

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/fixturecache/fixturecache/cachetest"
)

func TestFresh(t *testing.T) {
	start := time.Now()
	data := cachetest.Memo(t, "fresh", func() ([]byte, error) { return os.ReadFile("payload") }, cachetest.Version("1"))
	fmt.Println("ns:", time.Since(start).Nanoseconds(), len(data))
}
`

const bareTest = `package bare

import (
	"fmt"
	"os"
	"testing"
	"time"
)

func TestBare(t *testing.T) {
	start := time.Now()
	os.Stat("payload")
	data, _ := os.ReadFile("payload")
	fmt.Println("ns:", time.Since(start).Nanoseconds(), len(data))
}
`

var nanoseconds = regexp.MustCompile(`ns: (\d+)`)

// newBenchModule writes a module of a user's with one package, and returns a
// function that runs commands in it.
func newBenchModule(b *testing.B, files map[string][]byte) (dir string, run func(name string, args ...string) []byte) {
	repo, err := os.Getwd()
	if err != nil {
		b.Fatal(err)
	}
	dir = b.TempDir()
	if err := writeModule(dir, repo); err != nil {
		b.Fatal(err)
	}
	for name, data := range files {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			b.Fatal(err)
		}
	}
	time.Sleep(settle)
	tmp := b.TempDir()
	return dir, func(name string, args ...string) []byte {
		cmd := exec.Command(name, args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "PWD="+dir, "CACHETEST_DIR="+filepath.Join(tmp, "store"), "GOTMPDIR="+tmp, "GOFLAGS=-mod=mod", "GOWORK=off")
		out, err := cmd.CombinedOutput()
		if err != nil {
			b.Fatalf("%s %s: %v\n%s", name, args, err, out)
		}
		return out
	}
}

// settle is how long a file must have been left alone for its times to be
// trusted.
const settle = 2100 * time.Millisecond

// BenchmarkFirstHit compares the first hit of a fresh process with the first
// os.Stat and os.ReadFile of one that has no cache. The test binaries stay where
// go test made them, without which their source would not be known.
func BenchmarkFirstHit(b *testing.B) {
	_, run := newBenchModule(b, map[string][]byte{"fresh_test.go": []byte(freshTest), "bare/bare_test.go": []byte(bareTest), "payload": make([]byte, payload)})
	out := run("go", "test", "-work", "-count=1", ".", "./bare")
	work, _, _ := strings.Cut(strings.TrimPrefix(string(out), "WORK="), "\n")
	binary := func(name string) string {
		found, err := filepath.Glob(filepath.Join(work, "b*", name+".test"))
		if err != nil || len(found) != 1 {
			b.Fatalf("test binaries of %s in %s: %v\n%s", name, work, found, out)
		}
		return found[0]
	}
	fresh, bare := binary("m"), binary("bare")
	if first := run(fresh, "-test.v"); !bytes.Contains(first, []byte(`hit "fresh"`)) {
		b.Fatalf("no hit:\n%s", first)
	}
	measure := func(binary string) float64 {
		x, _ := strconv.ParseFloat(string(nanoseconds.FindSubmatch(run(binary, "-test.v"))[1]), 64)
		return x
	}
	var hits, reads []float64
	for b.Loop() { // by turns: the load of the machine changes
		hits, reads = append(hits, measure(fresh)), append(reads, measure(bare))
	}
	b.ReportMetric(median(hits)/1000, "µs/first-hit")
	b.ReportMetric(median(hits)/median(reads), "×stat+read")
	b.ReportMetric(slices.Min(hits)/slices.Min(reads), "×stat+read-at-best")
}

// median is what most processes see: a few wait for a processor.
func median(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}

// BenchmarkParallelHit compares a hit of each of ten goroutines at once with
// the hits of one after the other.
func BenchmarkParallelHit(b *testing.B) {
	b.Setenv("CACHETEST_DIR", b.TempDir())
	get := func() {
		cachetest.Memo(parallelTB{quietTB{b}}, "parallel", func() (string, error) { return "payload", nil }, declared)
	}
	get()
	const callers = 10
	var alone, together time.Duration
	for b.Loop() {
		start := time.Now()
		for range callers {
			get()
		}
		alone += time.Since(start)
		start = time.Now()
		var wg sync.WaitGroup
		for range callers {
			wg.Go(get)
		}
		wg.Wait()
		together += time.Since(start)
	}
	b.ReportMetric(float64(together)/float64(alone), "×one-caller")
}

// parallelTB is a handle of each caller's own: the callers would wait for the lock
// that testing.B has for its helpers.
type parallelTB struct{ quietTB }

func (parallelTB) Helper() {}

const fuzzTest = `package fuzz

import (
	"sync"
	"testing"

	"github.com/fixturecache/fixturecache/cachetest"
)

func build() (map[string]int, error) { return map[string]int{"a": 1, "b": 2}, nil }

var once = sync.OnceValue(func() map[string]int { m, _ := build(); return m })

func FuzzMemo(f *testing.F) {
	f.Add(1) // which go test runs, and stores the fixture
	f.Fuzz(func(t *testing.T, n int) {
		if cachetest.Memo(t, "table", build)["a"] != 1 {
			t.Error(n)
		}
	})
}

func FuzzOnce(f *testing.F) {
	f.Add(1) // which go test runs, and stores the fixture
	f.Fuzz(func(t *testing.T, n int) {
		if once()["a"] != 1 {
			t.Error(n)
		}
	})
}
`

var seconds = regexp.MustCompile(`(?m)^ok\s+\S+\s+([\d.]+)s`)

// BenchmarkFuzz compares executions of a fuzz body that asks for a fixture with
// those of one that asks a sync.OnceValue.
func BenchmarkFuzz(b *testing.B) {
	_, run := newBenchModule(b, map[string][]byte{"fuzz_test.go": []byte(fuzzTest)})
	run("go", "test", ".")
	fuzz := func(name string) float64 {
		out := run("go", "test", "-fuzz=^"+name+"$", "-fuzztime=20000x", "-parallel=1", ".")
		m := seconds.FindSubmatch(out)
		if m == nil {
			b.Fatalf("no time:\n%s", out)
		}
		x, _ := strconv.ParseFloat(string(m[1]), 64)
		return x
	}
	var ours, once float64
	for b.Loop() {
		ours += fuzz("FuzzMemo")
		once += fuzz("FuzzOnce")
	}
	b.ReportMetric(ours/once, "×OnceValue")
}

// BenchmarkTree compares a hit that depends on 10,000 files with walking them
// and with git status.
func BenchmarkTree(b *testing.B) {
	b.Setenv("CACHETEST_DIR", b.TempDir())
	dir := b.TempDir()
	for i := range 10_000 {
		file := filepath.Join(dir, fmt.Sprint("d", i/100), fmt.Sprint("f", i))
		if i%100 == 0 {
			if err := os.Mkdir(filepath.Dir(file), 0o755); err != nil {
				b.Fatal(err)
			}
		}
		if err := os.WriteFile(file, []byte(file), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	git := func(args ...string) []byte {
		out, err := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=n", "-c", "user.email=e"}, args...)...).Output()
		if err != nil {
			b.Fatal(err)
		}
		return out
	}
	git("init", "-q")
	git("add", ".")
	git("commit", "-qm", "tree")
	get := func() {
		cachetest.Memo(quietTB{b}, "tree", func() (int, error) { return 1, nil }, declared, cachetest.Files(filepath.Join(dir, "d*", "*")))
	}
	get()
	time.Sleep(settle)
	get() // digests what was too fresh, and notes the times
	var ours, walk, status time.Duration
	for b.Loop() {
		start := time.Now()
		get()
		ours += time.Since(start)
		start = time.Now()
		filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
			if err == nil {
				_, err = d.Info()
			}
			return err
		})
		walk += time.Since(start)
		start = time.Now()
		if out := git("status", "--porcelain"); len(bytes.TrimSpace(out)) > 0 {
			b.Fatalf("git status: %s", out)
		}
		status += time.Since(start)
	}
	b.ReportMetric(float64(ours)/float64(walk), "×WalkDir+Info")
	b.ReportMetric(float64(ours)/float64(status), "×git-status")
}
