package fixturecache_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
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
	ours := time.Since(start)
	start = time.Now()
	os.Stat("copy")
	os.ReadFile("copy")
	fmt.Println("ns:", ours.Nanoseconds(), time.Since(start).Nanoseconds(), len(data))
}
`

var nanoseconds = regexp.MustCompile(`ns: (\d+) (\d+)`)

// BenchmarkFirstHit compares the first hit of a fresh process with the first
// os.Stat and os.ReadFile of one.
func BenchmarkFirstHit(b *testing.B) {
	repo, err := os.Getwd()
	if err != nil {
		b.Fatal(err)
	}
	dir := b.TempDir()
	if err := writeModule(dir, repo); err != nil {
		b.Fatal(err)
	}
	for name, data := range map[string][]byte{"fresh_test.go": []byte(freshTest), "payload": make([]byte, payload), "copy": make([]byte, payload)} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			b.Fatal(err)
		}
	}
	test := filepath.Join(dir, "fresh.test")
	run := func(name string, args ...string) []byte {
		cmd := exec.Command(name, args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "CACHETEST_DIR="+filepath.Join(dir, "store"), "GOFLAGS=-mod=mod", "GOWORK=off")
		out, err := cmd.CombinedOutput()
		if err != nil {
			b.Fatalf("%s %s: %v\n%s", name, args, err, out)
		}
		return out
	}
	run("go", "test", "-c", "-o", test, ".")
	run(test, "-test.v")
	time.Sleep(2100 * time.Millisecond) // until the input is no longer fresh
	run(test, "-test.v")
	var ours, bare float64
	for b.Loop() {
		m := nanoseconds.FindSubmatch(run(test, "-test.v"))
		x, _ := strconv.ParseFloat(string(m[1]), 64)
		y, _ := strconv.ParseFloat(string(m[2]), 64)
		ours, bare = ours+x, bare+y
	}
	b.ReportMetric(ours/float64(b.N)/1000, "µs/first-hit")
	b.ReportMetric(ours/bare, "×stat+read")
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
	time.Sleep(2100 * time.Millisecond)
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
