// Compare measures core/internal/snapshot against other libraries, each pair of
// library and value in processes of its own:
//
//	go run . table            # every figure, as Markdown
//	go run . table tree users # some values only
//	go run . fidelity         # the matrix of values, as Markdown
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/snapshot"
)

// workload is one value.
type workload struct {
	name string
	run  func(what, lib, file string) (result, error)
}

// result is what one process measured, times in milliseconds.
type result struct {
	Build, Encode, Verify float64
	Cold, Warm            float64
	Size                  int64
	EncodeMB, DecodeMB    float64 // peak resident memory
	Lossless              bool
	Err                   string
}

func value[T any](name string, build func() T) workload {
	return workload{name, func(what, lib, file string) (result, error) {
		if what == "encode" {
			return encodeOnce(build, lib, file)
		}
		return decodeOften[T](build, lib, file)
	}}
}

var workloads = []workload{
	value("bytes", func() []byte {
		b := make([]byte, 64<<20)
		for i := range b {
			b[i] = byte(i * i >> 3)
		}
		return b
	}),
	value("floats", func() []float64 {
		f := make([]float64, 8e6)
		for i := range f {
			f[i] = float64(i) / 3
		}
		return f
	}),
	value("matrix", func() [][]float32 {
		m := make([][]float32, 1e5)
		for i := range m {
			m[i] = make([]float32, 128)
			for j := range m[i] {
				m[i][j] = float32(i*j) / 7
			}
		}
		return m
	}),
	value("map", func() map[string]int { return buildMap(1e6) }),
	value("tree", func() *Tree { return buildTree(1e6, 0) }),
	value("users", func() []User { return buildUsers(1e6) }),
	value("graph", func() []*Node { return buildGraph(2e5) }),
	value("dag", func() []*Node { return buildDAG(2e5) }),
}

// clock is the processor time of this process: other processes on the machine
// do not count, the garbage collector does.
type clock time.Duration

func now() clock {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return clock(time.Duration(u.Utime.Nano() + u.Stime.Nano()))
}

func ms(since clock) float64 { return float64((now()-since)/1000) / 1000 }

func peakMB() float64 {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return float64(u.Maxrss) / 1024
}

func find(name string) library {
	for _, l := range libraries {
		if l.name == name {
			return l
		}
	}
	return libraries[0]
}

func encodeOnce[T any](build func() T, lib, file string) (r result, err error) {
	start := now()
	v := build()
	r.Build = ms(start)
	runtime.GC()
	start = now()
	data, err := find(lib).encode(&v)
	if err != nil {
		return r, err
	}
	r.Encode, r.EncodeMB, r.Size = ms(start), peakMB(), int64(len(data))
	if err := os.WriteFile(file, data, 0o644); err != nil {
		return r, err
	}
	var again T
	if err := find(lib).decode(data, &again); err != nil {
		return r, err
	}
	start = now()
	_, r.Lossless = snapshot.Diff(&v, &again)
	r.Verify = ms(start)
	return r, nil
}

// warmRounds is how often a load is repeated; the best counts.
const warmRounds = 3

func decodeOften[T any](build func() T, lib, file string) (r result, err error) {
	for i := range 1 + warmRounds {
		runtime.GC()
		var v T
		start := now()
		if err := load(lib, file, &v); err != nil {
			return r, err
		}
		took := ms(start)
		if i == 0 {
			r.Cold, r.DecodeMB = took, peakMB()
		} else if r.Warm == 0 || took < r.Warm {
			r.Warm = took
		}
		runtime.KeepAlive(v)
	}
	return r, nil
}

// load reads a file and decodes it. "mapped" is snapshot over a private mapping.
func load(lib, file string, ptr any) error {
	if lib == "mapped" {
		f, err := os.Open(file)
		if err != nil {
			return err
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			return err
		}
		data, err := syscall.Mmap(int(f.Fd()), 0, int(info.Size()), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE)
		if err != nil {
			return err
		}
		return snapshot.Default().Unmarshal(data, ptr)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return find(lib).decode(data, ptr)
}

func main() {
	switch {
	case len(os.Args) > 1 && os.Args[1] == "table":
		table(os.Args[2:])
	case len(os.Args) > 1 && os.Args[1] == "fidelity":
		fidelity()
	case len(os.Args) == 4 && os.Args[1] == "rows":
		first, _ := strconv.Atoi(os.Args[3])
		rowsFrom(os.Args[2], first)
	case len(os.Args) == 5:
		child(os.Args[1], os.Args[2], os.Args[3], os.Args[4])
	default:
		fmt.Fprintln(os.Stderr, "usage: go run . table [value...] | fidelity")
		os.Exit(2)
	}
}

func child(what, name, lib, file string) {
	for _, w := range workloads {
		if w.name == name {
			r, err := w.run(what, lib, file)
			if err != nil {
				r.Err = err.Error()
			}
			json.NewEncoder(os.Stdout).Encode(r)
		}
	}
}

func run(what, name, lib, file string) (r result) {
	cmd := exec.Command(os.Args[0], what, name, lib, file)
	out, err := cmd.Output()
	if json.Unmarshal(out, &r) != nil {
		r.Err = fmt.Sprint("dies: ", err)
	}
	return r
}

func table(names []string) {
	dir, err := os.MkdirTemp("", "compare-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	fmt.Println("| value | library | encode ms | verify ms | file MB | load cold ms | load warm ms | peak MB encode / load | loses |")
	fmt.Println("|---|---|---|---|---|---|---|---|---|")
	for _, w := range workloads {
		if len(names) > 0 && !contains(names, w.name) {
			continue
		}
		build := 0.0
		for _, l := range libraries {
			if only := os.Getenv("COMPARE_ONLY"); only != "" && !contains(strings.Split(only, ","), l.name) {
				continue
			}
			file := filepath.Join(dir, l.name)
			enc := run("encode", w.name, l.name, file)
			if build == 0 {
				build = enc.Build
				fmt.Printf("| %s | built in Go | | | | %.0f | | | |\n", w.name, build)
			}
			if enc.Err != "" {
				fmt.Printf("| %s | %s | %.60s | | | | | | |\n", w.name, l.name, enc.Err)
				continue
			}
			loads := []string{l.name}
			if l.name == "snapshot" {
				loads = append(loads, "mapped")
			}
			for _, how := range loads {
				dec := run("decode", w.name, how, file)
				if second := run("decode", w.name, how, file); second.Err == "" {
					dec.Cold, dec.Warm = min(dec.Cold, second.Cold), min(dec.Warm, second.Warm)
				}
				loses := "no"
				if !enc.Lossless {
					loses = "yes"
				}
				stored := fmt.Sprintf("%.0f | %.0f | %.1f", enc.Encode, enc.Verify, float64(enc.Size)/1e6)
				if how == "mapped" {
					stored = " | | "
				}
				fmt.Printf("| %s | %s | %s | %.1f | %.1f | %.0f / %.0f | %s %.60s |\n", w.name, how,
					stored, dec.Cold, dec.Warm, enc.EncodeMB, dec.DecodeMB, loses, dec.Err)
			}
			os.Remove(file)
		}
	}
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}
