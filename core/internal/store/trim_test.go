package store

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// A clockStore is a store whose clock the test sets. Records in these tests
// have the references of their objects as payload.
type clockStore struct {
	*Store
	t    testing.TB
	time time.Time
}

func newClockStore(t testing.TB) *clockStore {
	s, err := Open(filepath.Join(t.TempDir(), "store"))
	if err != nil {
		t.Fatal(err)
	}
	cs := &clockStore{Store: s, t: t, time: time.Date(2026, 5, 1, 12, 30, 0, 0, time.UTC)}
	s.now = func() time.Time { return cs.time }
	return cs
}

func testRefs(payload []byte) (refs []ObjectRef, err error) {
	for len(payload) > 0 && payload[0] == '@' {
		var ref ObjectRef
		copy(ref.ID[:], payload[1:])
		ref.Size = int64(payload[33]) << 10
		refs, payload = append(refs, ref), payload[34:]
	}
	return refs, nil
}

// put stores a record with some objects, each of so many KiB, last used idle
// ago, and returns it.
func (cs *clockStore) put(name string, idle time.Duration, objects ...[]byte) RecordFile {
	cs.t.Helper()
	var payload []byte
	at := cs.time.Add(-idle)
	for _, data := range objects {
		ref := Ref(data)
		cs.write(cs.objectPath(ref.ID), data, at)
		payload = append(append(append(payload, '@'), ref.ID[:]...), byte(ref.Size>>10))
	}
	f := RecordFile{Slot: sha256.Sum256([]byte(name))}
	cs.write(cs.recordPath(f), sealRecord(payload), at)
	return f
}

// write is the store's writeFile without its fsync, which is most of the time.
func (cs *clockStore) write(path string, data []byte, at time.Time) {
	cs.t.Helper()
	err := os.MkdirAll(filepath.Dir(path), 0o700)
	if err == nil {
		err = os.WriteFile(path, data, 0o600)
	}
	if err != nil {
		cs.t.Fatal(err)
	}
	os.Chtimes(path, at, at)
}

func kib(n int, fill string) []byte { return []byte(strings.Repeat(fill, n<<10)[:n<<10]) }

func (cs *clockStore) has(f RecordFile) bool { return exists(cs.recordPath(f)) }

func (cs *clockStore) trimNow(t Trim) Trimmed {
	cs.t.Helper()
	t.Refs = testRefs
	out, err := cs.Trim(t)
	if err != nil {
		cs.t.Fatal(err)
	}
	return out
}

const day = 24 * time.Hour

func TestTrimLimits(t *testing.T) {
	ages := []time.Duration{10 * time.Minute, 3 * time.Hour, day, 8 * day, 20 * day, 40 * day}
	for _, test := range []struct {
		reason string
		limits Limits
		keep   int // of the ages, the youngest first
	}{
		{"no limit", Limits{}, 6},
		{"age goes by the last use", Limits{Age: 30 * day}, 5},
		{"what is young stays, however small the limit", Limits{Age: time.Second, Bytes: 1, Count: 1}, 1},
		{"nor for a limit of bytes, or of records", Limits{Bytes: 1}, 1},
		{"each record has an object of 10 KiB", Limits{Bytes: 45 << 10}, 4},
		{"the least recently used go first", Limits{Count: 2}, 2},
		{"the strictest limit wins", Limits{Age: 30 * day, Count: 4, Bytes: 25 << 10}, 2},
		{"within the limits nothing goes", Limits{Age: 50 * day, Count: 6, Bytes: 1 << 20}, 6},
	} {
		for _, dry := range []bool{true, false} {
			cs := newClockStore(t)
			var files []RecordFile
			for i, age := range ages {
				files = append(files, cs.put(fmt.Sprint(i), age, kib(10, fmt.Sprint(i))))
			}
			out := cs.trimNow(Trim{Limits: test.limits, DryRun: dry})
			if want := len(ages) - test.keep; out.Records != want || !out.Done || !dry && out.Objects != want {
				t.Errorf("%s: dry %v: removed %d records and %d objects of %d, done %v", test.reason, dry, out.Records, out.Objects, want, out.Done)
			}
			if out.Left.Count != int64(test.keep) || out.Left.Bytes < int64(test.keep*10<<10) {
				t.Errorf("%s: dry %v: left %+v", test.reason, dry, out.Left)
			}
			for i, f := range files {
				if cs.has(f) != (dry || i < test.keep) {
					t.Errorf("%s: dry %v: record of age %s: there %v", test.reason, dry, ages[i], cs.has(f))
				}
			}
		}
	}
}

// TestTrimShared has ten old records that share one object with a young one:
// removing them would free next to nothing, removing the big one would.
func TestTrimShared(t *testing.T) {
	cs := newClockStore(t)
	shared := kib(60, "s")
	young := cs.put("young", 2*time.Hour, shared)
	for i := range 10 {
		cs.put(fmt.Sprint("old", i), 9*day, shared)
	}
	big := cs.put("big", 5*day, kib(100, "b"))
	out := cs.trimNow(Trim{Limits: Limits{Bytes: 80 << 10}})
	if !cs.has(young) || cs.has(big) || out.Objects != 1 || out.Left.Bytes > 80<<10 {
		t.Errorf("young there %v, big there %v, %+v", cs.has(young), cs.has(big), out)
	}
	if _, err := cs.ReadObject(Ref(shared)); err != nil {
		t.Error(err)
	}
}

func TestTrimOrphans(t *testing.T) {
	cs := newClockStore(t)
	cs.put("used", 2*day, kib(1, "u"))
	age := func(ref ObjectRef, d time.Duration) {
		at := cs.time.Add(-d)
		os.Chtimes(cs.objectPath(ref.ID), at, at)
	}
	old, _ := cs.PutObject(kib(1, "o"))
	age(old, 2*time.Hour)
	fresh, _ := cs.PutObject(kib(1, "f"))
	age(fresh, 50*time.Minute)
	out := cs.trimNow(Trim{})
	if out.Objects != 1 || exists(cs.objectPath(old.ID)) || !exists(cs.objectPath(fresh.ID)) || !exists(cs.objectPath(Ref(kib(1, "u")).ID)) {
		t.Errorf("%+v", out)
	}
}

// TestTrimTrees: a tree in place goes when no record refers to it and nobody
// uses it.
func TestTrimTrees(t *testing.T) {
	cs := newClockStore(t)
	cs.put("used", 2*day, kib(1, "u"))
	kept, gone, locked := Ref(kib(1, "u")).ID, ObjectID{1}, ObjectID{2}
	for _, id := range []ObjectID{kept, gone, locked} {
		cs.write(filepath.Join(cs.TreeDir(id), "tree", "file"), nil, cs.time)
	}
	unlock, err := cs.LockTree(locked, false)
	if err != nil || unlock == nil {
		t.Fatal(err)
	}
	defer unlock()
	for _, id := range []ObjectID{kept, gone, locked} {
		os.Chtimes(cs.TreeDir(id), cs.time.Add(-2*day), cs.time.Add(-2*day))
	}
	if out := cs.trimNow(Trim{}); out.Others != 1 || exists(cs.TreeDir(gone)) || !exists(cs.TreeDir(kept)) || !exists(cs.TreeDir(locked)) {
		t.Errorf("%+v", out)
	}
}

// TestPutObjectTouches: an old object that a new build makes again has no
// record for a moment, and must survive that.
func TestPutObjectTouches(t *testing.T) {
	cs := newClockStore(t)
	ref, _ := cs.PutObject(kib(1, "o"))
	old := cs.time.Add(-day)
	os.Chtimes(cs.objectPath(ref.ID), old, old)
	if _, err := cs.PutObject(kib(1, "o")); err != nil {
		t.Fatal(err)
	}
	if out := cs.trimNow(Trim{}); out.Objects != 0 {
		t.Errorf("%+v", out)
	}
}

func TestTrimKeepsWhatIsBuilt(t *testing.T) {
	cs := newClockStore(t)
	f := cs.put("built", 40*day, kib(1, "x"))
	unlock, err := cs.TryLock(f.Slot, f.Variant)
	if err != nil || unlock == nil {
		t.Fatal(err)
	}
	if out := cs.trimNow(Trim{Limits: Limits{Age: day}}); out.Records != 0 || out.Objects != 0 || !cs.has(f) {
		t.Errorf("while it is built: %+v", out)
	}
	unlock()
	if out := cs.trimNow(Trim{Limits: Limits{Age: day}}); out.Records != 1 || out.Objects != 1 {
		t.Errorf("afterwards: %+v", out)
	}
	if dir := cs.slotDir(f.Slot); exists(dir) {
		t.Errorf("%s is left", dir)
	}
}

// TestTrimRechecks: a record that was used between look and lock stays.
func TestTrimRechecks(t *testing.T) {
	cs := newClockStore(t)
	f := cs.put("used", 40*day)
	p := &pass{s: cs.Store, t: Trim{Limits: Limits{Age: day}, Refs: testRefs}, now: cs.time, state: newTrimState(cs.time, t.TempDir())}
	e, _, _ := p.entry(cs.recordPath(f))
	cs.MarkUsed(f, true, nil)
	if kept := p.clear(cs.variantDir(f.Slot, f.Variant), []entry{e}, true); len(kept) != 1 || !cs.has(f) {
		t.Errorf("kept %d, there %v", len(kept), cs.has(f))
	}
}

func TestTrimLeftovers(t *testing.T) {
	cs := newClockStore(t)
	f := cs.put("killed", 2*day)
	write := func(name string, idle time.Duration) string {
		path := filepath.Join(cs.dir, filepath.FromSlash(name))
		cs.write(path, []byte("x"), cs.time.Add(-idle))
		return path
	}
	building, _ := filepath.Rel(cs.dir, filepath.Join(cs.variantDir(f.Slot, f.Variant), "building"))
	gone := []string{
		write("tmp/old", 2*time.Hour), write("damaged/old", 8*day), write("log/events.1.jsonl", 100*day),
		write(filepath.ToSlash(building), 2*time.Hour), write("tmp/tree/sub/file", 0), write("derived/ab/old", 40*day),
	}
	dir := filepath.Join(cs.dir, "tmp", "tree")
	os.Chtimes(dir, cs.time.Add(-2*day), cs.time.Add(-2*day))
	stay := []string{write("tmp/new", time.Minute), write("damaged/new", day), write("log/events.jsonl", day), write("derived/ab/new", 20*day)}
	if out := cs.trimNow(Trim{}); out.Others != 6 {
		t.Errorf("%+v", out)
	}
	for _, path := range gone {
		if exists(path) {
			t.Errorf("%s is left", path)
		}
	}
	for _, path := range stay {
		if !exists(path) {
			t.Errorf("%s is gone", path)
		}
	}
	if !cs.has(f) {
		t.Error("the record is gone")
	}
}

// TestTrimResumes: a bounded trim visits no more than it may, goes on where it
// stopped, and ends as an unbounded one does.
func TestTrimResumes(t *testing.T) {
	for _, limits := range []Limits{{Age: 30 * day}, {Count: 30}, {Bytes: 60 << 10}} {
		cs := newClockStore(t)
		for i := range 150 {
			cs.put(fmt.Sprint(i), time.Duration(i)*10*time.Hour+2*time.Hour, kib(1, fmt.Sprint(i, "-")))
		}
		full := cs.trimNow(Trim{Limits: limits, DryRun: true})
		const visits = minVisits
		records, rounds := 0, 0
		for done := false; !done; rounds++ {
			out := cs.trimNow(Trim{Limits: limits, Visits: visits})
			if out.Visits > visits {
				t.Fatalf("%+v visited more than %d", out, visits)
			}
			records += out.Records
			if done = out.Done; rounds > 100 {
				t.Fatal("it comes to no end")
			}
			cs.time = cs.time.Add(time.Minute)
		}
		if records != full.Records || records == 0 || rounds < 7 {
			t.Errorf("%+v: removed %d in %d steps, %d in one", limits, records, rounds, full.Records)
		}
		if out := cs.trimNow(Trim{}); out.Objects+out.Records != 0 {
			t.Errorf("left over: %+v", out)
		}
	}
}

func TestTrimDaily(t *testing.T) {
	cs := newClockStore(t)
	daily := func() bool {
		t.Helper()
		_, ran, err := cs.TrimDaily(Trim{Refs: testRefs})
		if err != nil {
			t.Fatal(err)
		}
		return ran
	}
	for i, step := range []struct {
		after time.Duration
		ran   bool
	}{{0, true}, {0, false}, {23 * time.Hour, false}, {time.Hour, true}, {-3 * day, true}} {
		cs.time = cs.time.Add(step.after)
		if ran := daily(); ran != step.ran {
			t.Errorf("step %d: ran %v", i, ran)
		}
	}
}

// TestTrimStampFirst: what comes while a trim works does not start another.
func TestTrimStampFirst(t *testing.T) {
	cs := newClockStore(t)
	cs.put("a", 2*time.Hour)
	during := false
	_, ran, err := cs.TrimDaily(Trim{Refs: func([]byte) ([]ObjectRef, error) {
		during = cs.trimDue()
		if _, err := cs.Trim(Trim{}); err != ErrTrimming {
			t.Errorf("a second trim: %v", err)
		}
		return nil, nil
	}})
	if err != nil || !ran || during {
		t.Errorf("ran %v, due while it ran %v, %v", ran, during, err)
	}
}

// TestTrimAndBuild has builders and readers at work while the store is trimmed
// over and over: what was stored a moment ago is there.
func TestTrimAndBuild(t *testing.T) {
	cs := newClockStore(t)
	cs.Store.now = time.Now
	ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
	defer cancel()
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				slot := SlotID(sha256.Sum256(fmt.Append(nil, i, n%5)))
				unlock, err := cs.TryLock(slot, VariantID{})
				if err != nil || unlock == nil {
					t.Errorf("lock: %v", err)
					return
				}
				ref, err := cs.PutObject(fmt.Append(nil, i, n%5))
				if err == nil {
					err = cs.PutRecord(slot, VariantID{}, RecordID{}, append(append([]byte("@"), ref.ID[:]...), 0))
				}
				if err != nil {
					t.Error(err)
				}
				unlock()
				if _, err := cs.ReadRecord(cs.Records(slot, VariantID{})[0]); err != nil {
					t.Error(err)
				}
				if _, err := cs.ReadObject(ref); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for ctx.Err() == nil {
		cs.trimNow(Trim{Limits: Limits{Count: 1, Bytes: 1, Age: 1}})
	}
	wg.Wait()
}
