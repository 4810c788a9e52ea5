package compare

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"

	"github.com/fixturecache/fixturecache/core/internal/snapshot"
)

// A result is what one process measured, times in milliseconds.
type result struct {
	Build, Encode, Verify float64
	Cold, Warm            float64
	Size                  int64
	PeakMB                float64 // resident memory
	Loses                 bool
	Err                   string
}

// used returns the processor time of this process, in milliseconds, and its peak of
// resident memory: other processes on the machine do not count, the garbage
// collector does.
func used() (ms, peakMB float64) {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e6, float64(u.Maxrss) / 1024
}

// timed returns how long do takes.
func timed(do func()) float64 {
	start, _ := used()
	do()
	end, _ := used()
	return end - start
}

// warmRounds is how often a load is repeated; the best counts.
const warmRounds = 3

// measure returns what measures the values that build makes, in a process that
// encodes one or in one that decodes it.
func measure[T any](build func() T) func(what, lib, file string) result {
	return func(what, lib, file string) (r result) {
		do := decode[T]
		if what == "encode" {
			do = func(r *result, lib, file string) error { return encode(r, build, lib, file) }
		}
		if err := do(&r, lib, file); err != nil {
			r.Err = err.Error()
		}
		return r
	}
}

func encode[T any](r *result, build func() T, lib, file string) (err error) {
	var v, again T
	r.Build = timed(func() { v = build() })
	runtime.GC()
	var data []byte
	r.Encode = timed(func() { data, err = libraries[lib].encode(&v) })
	if err != nil {
		return err
	}
	_, r.PeakMB = used()
	r.Size = int64(len(data))
	if err := os.WriteFile(file, data, 0o644); err != nil {
		return err
	}
	if err := libraries[lib].decode(data, &again); err != nil {
		return err
	}
	r.Verify = timed(func() {
		r.Loses = !same(&v, &again)
	})
	return nil
}

func decode[T any](r *result, lib, file string) (err error) {
	for round := 0; round <= warmRounds && err == nil; round++ {
		runtime.GC()
		var v T
		took := timed(func() { err = load(lib, file, &v) })
		switch {
		case round == 0:
			r.Cold = took
			_, r.PeakMB = used()
		case round == 1 || took < r.Warm:
			r.Warm = took
		}
		runtime.KeepAlive(v)
	}
	return err
}

// mapped is snapshot over a private mapping.
const mapped = "mapped"

// load reads a file and decodes it.
func load(lib, file string, ptr any) error {
	if lib != mapped {
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		return libraries[lib].decode(data, ptr)
	}
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

// child returns what a process of its own measures.
func child(what, name, lib, file string) (r result) {
	out, err := exec.Command(os.Args[0], what, name, lib, file).Output()
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
	for _, name := range workloadNames {
		if len(names) > 0 && !slices.Contains(names, name) {
			continue
		}
		for _, lib := range []string{"snapshot", "gob", "cbor", "shamaton"} {
			writeRows(name, lib, filepath.Join(dir, lib))
		}
	}
}

// writeRows writes what a library makes of a value.
func writeRows(name, lib, file string) {
	defer os.Remove(file)
	enc := child("encode", name, lib, file)
	if lib == "snapshot" {
		fmt.Printf("| %s | built in Go | | | | %.0f | | | |\n", name, enc.Build)
	}
	if enc.Err != "" {
		fmt.Printf("| %s | %s | %.60s | | | | | | |\n", name, lib, enc.Err)
		return
	}
	writeRow := func(lib, stored string) {
		dec := child("decode", name, lib, file)
		if second := child("decode", name, lib, file); second.Err == "" {
			dec.Cold, dec.Warm = min(dec.Cold, second.Cold), min(dec.Warm, second.Warm)
		}
		loses := map[bool]string{true: "yes", false: "no"}[enc.Loses]
		fmt.Printf("| %s | %s | %s | %.1f | %.1f | %.0f / %.0f | %s %.60s |\n", name, lib, stored, dec.Cold, dec.Warm, enc.PeakMB, dec.PeakMB, loses, dec.Err)
	}
	writeRow(lib, fmt.Sprintf("%.0f | %.0f | %.1f", enc.Encode, enc.Verify, float64(enc.Size)/1e6))
	if lib == "snapshot" {
		writeRow(mapped, " | | ")
	}
}
