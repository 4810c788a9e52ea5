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
	data, _ := os.ReadFile(cs.logPath(hitsName))
	n, lines := cs.sum(Fixture{"p", "a"}), bytes.Count(data, []byte("\n"))
	if lines > 2000 || n.Hits > 100_001 || n.Hits < 100_001-100_001/uncounted || n.SavedMS != n.Hits {
		t.Errorf("%d lines, %+v", lines, n)
	}
}

// TestHitsFold adds lines up by day once there are many of them, under the
// processes that count, and forgets the old ones.
func TestHitsFold(t *testing.T) {
	cs := newClockStore(t)
	other := cs.another()
	other.now = cs.now
	for range 3 {
		cs.CountHit("p", "a", time.Second)
		other.CountHit("p", "a", time.Second)
		cs.CountHit("p", "b", time.Second)
		cs.foldHits(cs.logPath(hitsName))
		cs.foldHits(cs.logPath(hitsName)) // there is none
		cs.time = cs.time.Add(24 * time.Hour)
	}
	cs.CountHit("p", "a", time.Second)
	cs.wantHits(Fixture{"p", "a"}, 7, 7000)
	cs.wantHits(Fixture{"p", "b"}, 3, 3000)
	days := cs.Hits()
	slices.SortFunc(days, func(a, b HitLine) int {
		return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.At, b.At))
	})
	if len(days) != 7 || days[1].Time().UTC().Format(time.DateOnly) != "2026-05-02" || days[1].Hits != 2 {
		t.Errorf("%v", days)
	}
	cs.time = cs.time.Add(100 * 24 * time.Hour)
	if cs.foldHits(cs.logPath(hitsName)); len(cs.Hits()) != 0 {
		t.Errorf("after 100 days: %v", cs.Hits())
	}
}

// TestHitsFoldBySize: the file stays small, and no hit is lost.
func TestHitsFoldBySize(t *testing.T) {
	cs := newClockStore(t)
	const keys = 3
	n := 0
	for ; !exists(cs.logPath(daysName)); n++ {
		cs.CountHit("example.com/a/package/with/a/long/name", fmt.Sprint("key ", n%keys), time.Second)
		if cs.counters = (counters{}); n > maxHits/50 { // each is another process
			t.Fatal("never added up")
		}
	}
	if list := cs.Hits(); len(list) != keys {
		t.Errorf("%d lines", len(list))
	}
	if sum := cs.sum(Fixture{"example.com/a/package/with/a/long/name", "key 0"}); sum.Hits != int64(n+keys-1)/keys {
		t.Errorf("%d of %d hits of one in %d", sum.Hits, n, keys)
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
