package trace

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/logged"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// TestProcess reads the log of this very process: the go command asked for
// one, or init did.
func TestProcess(t *testing.T) {
	pos, err := Process.Mark()
	if err != nil {
		t.Fatal(err)
	}
	os.Stat("absent.txt")
	os.ReadFile("trace.go")
	os.Getenv("CACHETEST_TRACE_TEST")
	logged.Env("CACHETEST_TRACE_LOOKED")
	reads, err := Process.Reads(pos)
	if err != nil {
		t.Fatal(err)
	}
	absent := Read{Name: filepath.Join(unlogged.StartDir, "absent.txt"), After: true, Own: true, Relative: 1}
	source := Read{Name: filepath.Join(unlogged.StartDir, "trace.go"), After: true, Own: true, Opened: true, Relative: 1}
	for _, list := range [][]Read{reads.Paths, reads.Env} {
		for i := range list {
			list[i].Before, list[i].Again = false, false // with -count, the time before
		}
	}
	if !slices.Contains(reads.Paths, absent) || !slices.Contains(reads.Paths, source) {
		t.Errorf("paths: %+v", reads.Paths)
	}
	if want := (Read{Name: "CACHETEST_TRACE_TEST", After: true, Own: true}); !slices.Contains(reads.Env, want) {
		t.Errorf("env: %+v lacks %+v", reads.Env, want)
	}
	if slices.ContainsFunc(reads.Env, func(r Read) bool { return r.Name == "CACHETEST_TRACE_LOOKED" }) {
		t.Errorf("env: %+v holds a look of ours", reads.Env)
	}
	later, err := Process.Mark()
	if err != nil {
		t.Fatal(err)
	}
	reads, err = Process.Reads(later)
	if err != nil || slices.ContainsFunc(reads.Paths, func(r Read) bool { return r.After }) {
		t.Errorf("after the mark: %+v, %v", reads, err)
	}
}
