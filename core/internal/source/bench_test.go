package source

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/quiet"
)

// benchTarget is the package whose test binary the benchmarks look at: this
// one, or CACHETEST_BENCH=DIR:FUNC.
func benchTarget(b *testing.B) (dir, fn string) {
	if v := os.Getenv("CACHETEST_BENCH"); v != "" {
		for i := len(v) - 1; i > 0; i-- {
			if v[i] == ':' {
				return v[:i], v[i+1:]
			}
		}
	}
	wd, err := os.Getwd()
	if err != nil {
		b.Fatal(err)
	}
	return wd, "TestFind"
}

func benchClosure(b *testing.B, cache Cache) (*Closure, *graph) {
	dir, fn := benchTarget(b)
	build := Static(dir)
	g, err := build.graphOf(cache)
	if err != nil {
		b.Fatal(err)
	}
	c := g.closure(g.functions(fn), false)
	c.env, c.fn = build.environment(), Func{}.place()
	return c, g
}

// Cold against go/parser alone on the same files: those of local packages, and
// those of external ones that were searched for hidden calls.
func BenchmarkCold(b *testing.B) {
	for b.Loop() {
		benchClosure(b, noCache{})
	}
}

func BenchmarkColdParserOnly(b *testing.B) {
	_, g := benchClosure(b, noCache{})
	dirs := map[string]bool{}
	for _, p := range g.packages {
		dirs[p.dir] = true
	}
	if g.abroad != nil {
		for _, p := range g.abroad.packages {
			dirs[p.dir] = true
		}
	}
	var bytes, files int
	for b.Loop() {
		bytes, files = 0, 0
		for dir := range dirs {
			entries, _ := quiet.ReadDir(dir)
			for _, e := range entries {
				if filepath.Ext(e.Name()) != ".go" {
					continue
				}
				src, err := quiet.ReadFile(filepath.Join(dir, e.Name()))
				if err != nil {
					b.Fatal(err)
				}
				bytes, files = bytes+len(src), files+1
				parser.ParseFile(token.NewFileSet(), e.Name(), src, parser.ParseComments)
			}
		}
	}
	b.ReportMetric(float64(bytes)/1e6, "MB")
	b.ReportMetric(float64(files), "files")
}

// Warm: facts from the cache, closure made again.
func BenchmarkWarm(b *testing.B) {
	cache := &memCache{m: map[string][]byte{}}
	benchClosure(b, cache)
	for b.Loop() {
		benchClosure(b, cache)
	}
}

// Unchanged against the bare stats of the same files.
func BenchmarkUnchanged(b *testing.B) {
	cold, _ := benchClosure(b, noCache{})
	data := cold.Encode()
	dir, _ := benchTarget(b)
	build := Static(dir)
	for b.Loop() {
		if _, _, ok := Unchanged(data, build, Root{}); !ok {
			b.Fatal("changed")
		}
	}
	b.ReportMetric(float64(len(data)), "record-bytes")
}

func BenchmarkUnchangedStatsOnly(b *testing.B) {
	c, _ := benchClosure(b, noCache{})
	for b.Loop() {
		for _, f := range c.files {
			quiet.StatPath(f.path)
		}
	}
	b.ReportMetric(float64(len(c.files)), "stats")
}

// One file edited: all others come from the cache.
func BenchmarkOneEdit(b *testing.B) {
	cache := &memCache{m: map[string][]byte{}}
	c, _ := benchClosure(b, cache)
	var path string
	for _, f := range c.files {
		if filepath.Ext(f.path) == ".go" {
			path = f.path
		}
	}
	src, err := quiet.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		extract(filepath.Base(path), src)
		benchClosure(b, cache)
	}
}

// Memory of a cold closure, and what stays.
func BenchmarkMemory(b *testing.B) {
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		dir, fn := benchTarget(b)
		build := Static(dir)
		g, err := build.graphOf(noCache{})
		if err != nil {
			b.Fatal(err)
		}
		g.closure(g.functions(fn), false)
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB-kept")
		b.ReportMetric(float64(after.Sys)/1e6, "MB-sys")
		runtime.KeepAlive(g)
	}
}
