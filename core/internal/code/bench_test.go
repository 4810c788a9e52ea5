package code

import (
	"bytes"
	"fmt"
	"go/parser"
	"go/token"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/code/codec"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
	"github.com/fixturecache/fixturecache/core/internal/code/pack"
	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/record"
	"github.com/fixturecache/fixturecache/core/internal/store"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// The benchmarks look at test binaries of cmd, which is on every machine that
// has Go and is as large as programs get: 10 and 15 MB of source in one. With
// CACHETEST_BENCH=DIR:FUNC it is another.
//
// Each compares in one run, by turns, for a machine's speed changes while it
// is measured. x-cpu and x-wall are medians of ours / theirs.
func benchTargets(b *testing.B, bench func(b *testing.B, dir, fn string)) {
	if v := os.Getenv("CACHETEST_BENCH"); v != "" {
		i := strings.LastIndexByte(v, ':')
		bench(b, v[:i], v[i+1:])
		return
	}
	for _, t := range []struct{ pkg, fn string }{{"go", "TestMain"}, {"compile/internal/test", "TestEscape"}} {
		dir := filepath.Join(goroot(b), "src", "cmd", filepath.FromSlash(t.pkg))
		b.Run(t.pkg, func(b *testing.B) { bench(b, dir, t.fn) })
	}
}

// goroot skips where there is no source of Go.
func goroot(tb testing.TB) string {
	out, err := goCommand(".", "env", "GOROOT")
	root := strings.TrimSpace(string(out))
	if _, serr := os.Stat(filepath.Join(root, "src", "cmd", "go")); err != nil || serr != nil {
		tb.Skip("no source of Go: ", err, serr)
	}
	return root
}

// benchTargetOf makes the closure of DIR:FUNC.
func benchTargetOf(tb testing.TB, v string) {
	i := strings.LastIndexByte(v, ':')
	benchClosure(tb, v[:i], v[i+1:], pack.NoCache{})
}

func benchClosure(tb testing.TB, dir, fn string, cache Cache) (*Closure, *graph.Graph) {
	build := Static(dir)
	p, err := build.program(cache)
	if err != nil {
		tb.Fatal(err)
	}
	c := p.closure(p.graph.Functions(fn), false, Turn{}, Covered{})
	return c, p.graph
}

// cpuTime is what all threads of the process have used, where that is known.
var cpuTime = func() time.Duration { return 0 }

type cost struct{ cpu, wall time.Duration }

func costOf(f func()) cost {
	runtime.GC()
	cpu, start := cpuTime(), time.Now()
	f()
	return cost{cpu: cpuTime() - cpu, wall: time.Since(start)}
}

// A race is what two ways to do a thing cost, by turns.
type race struct {
	b         *testing.B
	cpu, wall []float64 // ours / theirs
}

func (r *race) run(ours, theirs func()) { r.add(costOf(ours), costOf(theirs)) }

func (r *race) add(ours, theirs cost) {
	if theirs.cpu > 0 { // not every system tells
		r.cpu = append(r.cpu, float64(ours.cpu)/float64(theirs.cpu))
	}
	r.wall = append(r.wall, float64(ours.wall)/float64(theirs.wall))
}

func (r *race) report() {
	if len(r.cpu) > 0 {
		r.b.ReportMetric(quantile(r.cpu, .5), "x-cpu")
	}
	r.b.ReportMetric(quantile(r.wall, .5), "x-wall")
}

// BenchmarkCold: from nothing to the closure, against go/parser with comments
// and object resolution on the same files, as many at a time. Files that the
// build leaves out are parsed by neither. First both in this process, by turns,
// then each in new processes: on machines where the first touch of memory is
// dear, that costs whoever keeps more.
//
// Aimed at is 2. Seen in one process are 2.0 for cmd/compile, 15 MB, and 3.3 for
// cmd/go, 4 MB, whose closure costs as much as a bare parse once the facts are there.
func BenchmarkCold(b *testing.B) {
	benchTargets(b, func(b *testing.B, dir, fn string) {
		_, g := benchClosure(b, dir, fn, pack.NoCache{})
		files := parsedFiles(g)
		b.Run("same-process", func(b *testing.B) {
			r := race{b: b}
			for b.Loop() {
				r.run(func() { benchClosure(b, dir, fn, pack.NoCache{}) }, func() { parseOnly(b, files) })
			}
			r.report()
			var bytes int64
			for _, path := range files {
				st, _ := unlogged.StatPath(path)
				bytes += st.Size
			}
			b.ReportMetric(float64(bytes)/1e6, "MB")
			b.ReportMetric(float64(len(files)), "files")
		})
		b.Run("new-process", func(b *testing.B) {
			r := race{b: b}
			for b.Loop() {
				r.add(coldProcess(b, dir+":"+fn, nil), coldProcess(b, "", files))
			}
			r.report()
		})
	})
}

// coldProcess runs TestColdProcess in a process of its own.
func coldProcess(b *testing.B, target string, files []string) (c cost) {
	cmd := exec.Command(os.Args[0], "-test.run=^TestColdProcess$", "-test.v")
	cmd.Env = append(os.Environ(), "CACHETEST_COLD=1", "CACHETEST_BENCH="+target)
	cmd.Stdin = strings.NewReader(strings.Join(files, "\n"))
	out, err := cmd.CombinedOutput()
	if err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	_, figures, _ := strings.Cut(string(out), "cost ")
	if _, err := fmt.Sscan(figures, &c.cpu, &c.wall); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return c
}

func TestColdProcess(t *testing.T) {
	if os.Getenv("CACHETEST_COLD") == "" {
		t.Skip("BenchmarkCold runs this in processes of its own")
	}
	target := os.Getenv("CACHETEST_BENCH")
	work := func() { benchTargetOf(t, target) }
	if target == "" {
		data, err := io.ReadAll(os.Stdin)
		if err != nil {
			t.Fatal(err)
		}
		files := strings.Fields(string(data))
		work = func() { parseOnly(t, files) }
	}
	c := costOf(work)
	t.Logf("cost %d %d", c.cpu, c.wall)
}

// parsedFiles lists the files that a graph was made from, with those of external
// packages that were searched for hidden calls.
func parsedFiles(g *graph.Graph) (files []string) {
	for _, packages := range []map[string]*graph.Package{g.Packages, g.Externals} {
		for _, p := range packages {
			if p == nil { // its source is not at hand
				continue
			}
			for _, f := range p.Files {
				files = append(files, f.Path)
			}
		}
	}
	return files
}

func parseOnly(tb testing.TB, files []string) {
	eachFile(files, func(path string) {
		src, err := unlogged.ReadFile(path)
		if err != nil {
			tb.Error(err)
			return
		}
		parser.ParseFile(token.NewFileSet(), path, src, parser.ParseComments)
	})
}

// eachFile does something with each file, with as many at a time as there are processors.
func eachFile(files []string, do func(path string)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for n := next.Add(1) - 1; n < int64(len(files)); n = next.Add(1) - 1 {
				do(files[n])
			}
		})
	}
	wg.Wait()
}

// BenchmarkWarm: facts from the cache, closure made again.
func BenchmarkWarm(b *testing.B) {
	benchTargets(b, func(b *testing.B, dir, fn string) {
		cache := &memCache{m: map[string][]byte{}}
		benchClosure(b, dir, fn, cache)
		for b.Loop() {
			benchClosure(b, dir, fn, cache)
		}
	})
}

// BenchmarkUnchanged: what the code costs where it has not changed, against the bare
// stats of the same files. A hit of a binary that has run before reads the closure as part
// of its record, and nothing else. A look-up that finds no record with a note of the binary
// reads the closure that is kept of it.
func BenchmarkUnchanged(b *testing.B) {
	benchTargets(b, func(b *testing.B, dir, fn string) {
		s, err := store.Open(b.TempDir())
		if err != nil {
			b.Fatal(err)
		}
		cold, g := benchClosure(b, dir, fn, pack.NoCache{})
		files, detail := parsedFiles(g), cold.Encode()
		s.PutDerived("closure", []byte(detail))
		rec := &record.Record{Inputs: []input.Input{{Kind: input.Code, Name: "closure", Detail: detail}}}
		file := store.RecordFile{ID: rec.ID()}
		if err := s.PutRecord(file.Slot, file.Variant, file.ID, rec.Encode(), store.Note{}); err != nil {
			b.Fatal(err)
		}
		for name, read := range map[string]func() error{
			"hit": func() error {
				payload, _, err := s.Read(&file)
				if err == nil {
					_, err = record.Decode(payload)
				}
				return err
			},
			"kept": func() error {
				data, _ := s.Derived("closure")
				_, err := DecodeClosure(store.String(data))
				return err
			},
		} {
			b.Run(name, func(b *testing.B) {
				r := race{b: b}
				for b.Loop() {
					r.run(func() {
						for range 20 { // one is too short to time
							if err := read(); err != nil {
								b.Fatal(err)
							}
						}
					}, func() {
						for range 20 {
							for _, path := range files {
								unlogged.StatPath(path)
							}
						}
					})
				}
				r.report()
				b.ReportMetric(float64(len(files)), "stats")
				b.ReportMetric(float64(len(detail)), "closure-bytes")
			})
		}
	})
}

// BenchmarkCheckout: facts from the store of a checkout at another place, so that all
// files are read and none is parsed, against go/parser on the same files. First what
// cannot be spared, to look at the files, to read them and to hash them, then the graph
// alone, then the closure too. A fresh checkout at the same place makes the same binary,
// and reads no source: BenchmarkUnchanged has what that costs.
//
// Aimed at is .2. Seen are .03, .2 and .5 for cmd/compile, and .05, .7 and 1.7 for cmd/go.
func BenchmarkCheckout(b *testing.B) {
	benchTargets(b, func(b *testing.B, dir, fn string) {
		_, g := benchClosure(b, dir, fn, pack.NoCache{})
		files := parsedFiles(g)
		root := moduleRoot(b, dir)
		other := filepath.Join(b.TempDir(), filepath.Base(root))
		if err := os.Symlink(root, other); err != nil {
			b.Fatal(err)
		}
		cache := &memCache{m: map[string][]byte{}}
		benchClosure(b, other+strings.TrimPrefix(dir, root), fn, cache)
		race := func(b *testing.B, ours func(cache Cache)) {
			r := race{b: b}
			for b.Loop() {
				restored := &memCache{m: maps.Clone(cache.m)}
				r.run(func() { ours(restored) }, func() { parseOnly(b, files) })
			}
			r.report()
		}
		b.Run("files", func(b *testing.B) {
			race(b, func(Cache) {
				eachFile(files, func(path string) {
					unlogged.StatPath(path)
					src, err := unlogged.ReadFile(path)
					if err != nil {
						b.Error(err)
					}
					codec.Sum(src)
					unlogged.StatPath(path)
				})
			})
		})
		b.Run("graph", func(b *testing.B) {
			race(b, func(cache Cache) {
				if _, err := graph.Load(Static(dir).Build, nil, cache); err != nil {
					b.Fatal(err)
				}
			})
		})
		b.Run("closure", func(b *testing.B) {
			race(b, func(cache Cache) { benchClosure(b, dir, fn, cache) })
		})
	})
}

func moduleRoot(b *testing.B, dir string) string {
	mods, err := Static(dir).Modules()
	if err != nil {
		b.Fatal(err)
	}
	return mods.Root
}

// BenchmarkOneEdit: one file is edited and all others come from the cache,
// against the same without the edit and a parse of that file.
func BenchmarkOneEdit(b *testing.B) {
	benchTargets(b, func(b *testing.B, dir, fn string) {
		dir = besideLinks(b, moduleRoot(b, dir), dir)
		cache := &memCache{m: map[string][]byte{}}
		_, g := benchClosure(b, dir, fn, cache)
		path := g.Target.Files[0].Path
		src, err := unlogged.ReadFile(path)
		if err != nil {
			b.Fatal(err)
		}
		time.Sleep(2100 * time.Millisecond) // until the copy is no longer so young that it is read each time
		benchClosure(b, dir, fn, cache)
		r, edits := race{b: b}, 0
		for b.Loop() {
			r.run(func() {
				edits++
				if err := os.WriteFile(path, fmt.Appendf(bytes.Clone(src), "\n// Edit %d.\n", edits), 0o644); err != nil {
					b.Fatal(err)
				}
				benchClosure(b, dir, fn, cache)
			}, func() {
				benchClosure(b, dir, fn, cache)
				parser.ParseFile(token.NewFileSet(), path, src, parser.ParseComments)
			})
		}
		r.report()
	})
}

// besideLinks returns a copy of a directory in a module of which all else is
// symbolic links.
func besideLinks(b *testing.B, root, dir string) string {
	rel, err := filepath.Rel(root, dir)
	if err != nil {
		b.Fatal(err)
	}
	to := filepath.Join(b.TempDir(), filepath.Base(root))
	for elem := range strings.SplitSeq(filepath.ToSlash(rel), "/") {
		entries, err := os.ReadDir(root)
		if err != nil {
			b.Fatal(err)
		}
		if err := os.MkdirAll(to, 0o755); err != nil {
			b.Fatal(err)
		}
		for _, e := range entries {
			if e.Name() == elem {
				continue
			}
			if err := os.Symlink(filepath.Join(root, e.Name()), filepath.Join(to, e.Name())); err != nil {
				b.Fatal(err)
			}
		}
		root, to = filepath.Join(root, elem), filepath.Join(to, elem)
	}
	if err := os.CopyFS(to, os.DirFS(root)); err != nil {
		b.Fatal(err)
	}
	return to
}

// BenchmarkMemory: what the system gave for a cold closure, the most that was
// in use at a time, and what stays. Alone: -bench Memory -benchtime 1x.
func BenchmarkMemory(b *testing.B) {
	benchTargets(b, func(b *testing.B, dir, fn string) {
		for b.Loop() {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			_, g := benchClosure(b, dir, fn, pack.NoCache{})
			runtime.GC()
			runtime.ReadMemStats(&after)
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB-kept")
			b.ReportMetric(float64(after.Sys)/1e6, "MB-sys")
			runtime.KeepAlive(g)
		}
	})
}
