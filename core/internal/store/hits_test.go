package store

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

func (cs *clockStore) wantHits(fixture Fixture, hits, savedMS int64) {
	cs.t.Helper()
	n := cs.sum(fixture)
	if os.Getenv("CACHETEST_WINE") != "" && 0 < n.Hits && n.Hits <= hits {
		return // Wine looks for the end of a file before it appends: of two lines at once, one may be lost
	}
	if n != (HitCount{hits, savedMS}) {
		cs.t.Errorf("%v: %+v; want %d hits, %d ms saved", fixture, n, hits, savedMS)
	}
}

// another opens the store as another process would.
func (cs *clockStore) another() *Store {
	s, err := Open(cs.root)
	if err != nil {
		cs.t.Fatal(err)
	}
	return s
}

func (cs *clockStore) sum(fixture Fixture) (n HitCount) {
	for _, line := range cs.Hits() {
		if line.Fixture == fixture {
			n = n.plus(line.HitCount)
		}
	}
	return n
}

func TestHits(t *testing.T) {
	cs := newClockStore(t)
	var wg sync.WaitGroup
	for range 4 { // stores of their own, as processes have
		s := cs.another()
		for range 2 {
			wg.Go(func() {
				for range 100 {
					s.CountHit("p", "a", 2*time.Millisecond)
					s.CountHit("p", `b"`, time.Second)
				}
			})
		}
	}
	wg.Wait()
	cs.wantHits(Fixture{"p", "a"}, 800, 1600)
	cs.wantHits(Fixture{"p", `b"`}, 800, 800_000)
}

// TestHitsMany: a body that asks over and over leaves few lines, and loses little.
func TestHitsMany(t *testing.T) {
	cs := newClockStore(t)
	for range 100_001 {
		cs.CountHit("p", "a", time.Millisecond)
	}
	data, _ := os.ReadFile(cs.hitsPath())
	n, lines := cs.sum(Fixture{"p", "a"}), bytes.Count(data, []byte("\n"))
	if lines > 2000 || n.Hits > 100_001 || n.Hits < 100_001-100_001/uncounted || n.SavedMS != n.Hits {
		t.Errorf("%d lines, %+v", lines, n)
	}
}

// TestHitsRotate puts the file aside under the processes that count in it.
func TestHitsRotate(t *testing.T) {
	cs := newClockStore(t)
	other := cs.another()
	rotate := func() {
		cs.time = cs.time.Add(time.Second)
		if err := os.Rename(cs.hitsPath(), cs.logPath(rotatedHits(cs.time))); err != nil {
			t.Fatal(err)
		}
	}
	cs.CountHit("p", "once", time.Second)
	other.CountHit("p", "twice", time.Second)
	other.CountHit("p", "twice", time.Second)
	rotate()
	cs.CountHit("p", "once", time.Second)
	other.CountHit("p", "twice", time.Second)
	cs.wantHits(Fixture{"p", "twice"}, 3, 3000)
	cs.wantHits(Fixture{"p", "once"}, 2, 2000)
}

// TestHitsFold adds files to the sums once, though a crash left one behind.
func TestHitsFold(t *testing.T) {
	cs := newClockStore(t)
	old := func(unlogged.Stat, time.Duration) bool { return true }
	for range 3 {
		cs.CountHit("p", "a", time.Second)
		data, _ := os.ReadFile(cs.hitsPath())
		path := cs.logPath(rotatedHits(cs.time))
		os.Rename(cs.hitsPath(), path)
		cs.counters = counters{}
		cs.time = cs.time.Add(24 * time.Hour)
		for range 2 {
			if err := cs.foldHits(old); err != nil {
				t.Fatal(err)
			}
			os.WriteFile(path, data, 0o600) // as if it had not been removed
		}
	}
	cs.wantHits(Fixture{"p", "a"}, 3, 3000)
	days := cs.Hits()
	slices.SortFunc(days, func(a, b HitLine) int { return cmp.Compare(a.At, b.At) })
	if len(days) != 3 || days[1].Time().UTC().Format(time.DateOnly) != "2026-05-02" || days[1].Hits != 1 {
		t.Errorf("%v", days)
	}
	cs.time = cs.time.Add(100 * 24 * time.Hour)
	os.WriteFile(cs.logPath(rotatedHits(cs.time)), nil, 0o600)
	if err := cs.foldHits(old); err != nil || len(cs.Hits()) != 0 {
		t.Errorf("after 100 days: %v, %v", cs.Hits(), err)
	}
}

func TestHitsRotateBySize(t *testing.T) {
	cs := newClockStore(t)
	for i := 0; len(cs.hitFiles()) == 0; i++ {
		cs.CountHit("example.com/a/package/with/a/long/name", fmt.Sprint("key ", i), time.Second)
		cs.time = cs.time.Add(time.Millisecond)
		if i > maxHits/50 {
			t.Fatal("never put aside")
		}
	}
}

func BenchmarkCountHit(b *testing.B) {
	root := filepath.Join(b.TempDir(), "store")
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			s, _ := Open(root)
			s.CountHit("p", "a", time.Second)
		}
	})
	b.Run("next", func(b *testing.B) {
		s, _ := Open(root)
		for b.Loop() {
			s.CountHit("p", "a", time.Second)
		}
	})
}
