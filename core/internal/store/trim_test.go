package store

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
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
	t.Cleanup(func() {
		for _, name := range names(t, s.dir) {
			if !s.Holds(filepath.Join(s.dir, name, "x")) {
				t.Errorf("the store has made %s, which is none of its kinds", name)
			}
		}
	})
	return cs
}

// names are those in a directory of the store.
func names(t testing.TB, dir string) []string {
	list, err := unlogged.Names(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	return list
}

// TestHolds: what others have below the root is theirs.
func TestHolds(t *testing.T) {
	cs := newClockStore(t)
	cs.put("one", 0, []byte("x"))
	holds := func(want string) {
		t.Helper()
		var got []string
		for _, name := range []string{"", "/CACHEDIR.TAG", "/v1", "/v1/slots", "/v1/objects/ab/x", "x", "/in.csv", "/v1/in.csv", "/v2/slots", "/.."} {
			if cs.Holds(cs.root + filepath.FromSlash(name)) {
				got = append(got, name)
			}
		}
		if got := strings.Join(got, " "); got != want {
			t.Errorf("it holds %q, want %q", got, want)
		}
	}
	holds(" /CACHEDIR.TAG /v1 /v1/slots /v1/objects/ab/x")
	cs.write(filepath.Join(cs.root, "in.csv"), nil, cs.time)
	holds("/CACHEDIR.TAG /v1 /v1/slots /v1/objects/ab/x")
	planted := filepath.Join(cs.dir, "in.csv")
	cs.write(planted, nil, cs.time)
	holds("/CACHEDIR.TAG /v1/slots /v1/objects/ab/x")
	if err := os.Remove(planted); err != nil {
		t.Fatal(err)
	}
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

func exists(path string) bool {
	_, err := unlogged.LstatPath(path)
	return err == nil
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

// dryRun is what a dry run tells, which nobody wants to know.
func dryRun(dry bool) func(Gone) {
	if dry {
		return func(Gone) {}
	}
	return nil
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
			out := cs.trimNow(Trim{Limits: test.limits, DryRun: dryRun(dry)})
			if want := len(ages) - test.keep; out.Records != want || !dry && out.Objects != want {
				t.Errorf("%s: dry %v: removed %d records and %d objects of %d", test.reason, dry, out.Records, out.Objects, want)
			}
			if out.Left.Count != int64(test.keep) || out.Left.Bytes < int64(test.keep*10<<10) {
				t.Errorf("%s: dry %v: left %+v", test.reason, dry, out.Left)
			}
			for i, f := range files {
				if cs.has(f) != (dry || i < test.keep) {
					t.Errorf("%s: dry %v: record of age %s: there %v", test.reason, dry, ages[i], cs.has(f))
				}
				if dir := cs.slotDir(f.Slot); exists(dir) != cs.has(f) {
					t.Errorf("%s: dry %v: %s there %v", test.reason, dry, dir, exists(dir))
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

// TestPutObjectOverDirectory: what lies in an object's place costs one build.
func TestPutObjectOverDirectory(t *testing.T) {
	s, err := Open(filepath.Join(t.TempDir(), "store"))
	if err != nil {
		t.Fatal(err)
	}
	data := []byte("data")
	if err := os.MkdirAll(filepath.Join(s.objectPath(Ref(data).ID), "x"), 0o700); err != nil {
		t.Fatal(err)
	}
	ref, err := s.PutObject(data)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := s.ReadObject(ref); err != nil || string(got) != "data" {
		t.Errorf("%q, %v", got, err)
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
	unlock("options")
	if out := cs.trimNow(Trim{Limits: Limits{Age: day}}); out.Records != 1 || out.Objects != 1 {
		t.Errorf("afterwards: %+v", out)
	}
	if dir := cs.slotDir(f.Slot); exists(dir) {
		t.Errorf("%s is left", dir)
	}
}

// TestTrimRechecks: a record that is used after it was read stays, with what
// it refers to.
func TestTrimRechecks(t *testing.T) {
	cs := newClockStore(t)
	f := cs.put("used", 40*day, kib(1, "x"))
	out, err := cs.Trim(Trim{Limits: Limits{Age: day}, Refs: func(payload []byte) ([]ObjectRef, error) {
		cs.MarkUsed(f, true, nil)
		return testRefs(payload)
	}})
	if err != nil || out.Records+out.Objects != 0 || !cs.has(f) || !exists(cs.objectPath(Ref(kib(1, "x")).ID)) {
		t.Errorf("%+v, %v, there %v", out, err, cs.has(f))
	}
}

func (cs *clockStore) size(f RecordFile) int64 {
	st, _ := unlogged.LstatPath(cs.recordPath(f))
	return st.Size
}

// TestTrimBlind: where it is not known what the records refer to, for want of
// descriptors, no object and no tree is removed, and the trim says why.
func TestTrimBlind(t *testing.T) {
	cs := newClockStore(t)
	cs.put("used", 2*day, kib(1, "u"))
	full := &fs.PathError{Op: "open", Path: "manifest", Err: syscall.EMFILE}
	for _, visits := range []int{0, 1} {
		out, err := cs.Trim(Trim{Visits: visits, Refs: func([]byte) ([]ObjectRef, error) { return nil, fmt.Errorf("output: %w", full) }})
		if visits == 0 && !errors.Is(err, full) || out.Objects > 0 || !exists(cs.objectPath(Ref(kib(1, "u")).ID)) {
			t.Errorf("%+v, %v", out, err)
		}
	}
}

func derivedName(n int) string { return fmt.Sprintf("derived/%02x/%032x", 0, n) }

func TestTrimLeftovers(t *testing.T) {
	cs := newClockStore(t)
	f := cs.put("killed", 2*day)
	write := func(name string, idle time.Duration) string {
		path := filepath.Join(cs.dir, filepath.FromSlash(name))
		cs.write(path, []byte("x"), cs.time.Add(-idle))
		return path
	}
	dir, release := cs.lockedTempDir()
	open, err := cs.createIn(dir, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	defer open.Close()
	batch := cs.NewBatch()
	defer batch.Discard()
	held, err := batch.Put(strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	gone := []string{
		write("tmp/killed", 2*day), write("damaged/old", 8*day), write("log/events.1.jsonl", 100*day),
		write("tmp/tree/sub/file", 0), write(derivedName(1), 40*day),
	}
	stay := []string{open.Name(), batch.pending[held.ID].path, write("damaged/new", day), write("log/events.jsonl", day), write(derivedName(2), 20*day)}
	if out := cs.trimNow(Trim{}); out.Others != 5 {
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

// TestTrimTurns trims a store that is too large for one bounded trim: each looks
// at some shards, and some turns later it is as small as it is to be, nothing
// that a record refers to is gone, and nothing else is left.
func TestTrimTurns(t *testing.T) {
	for _, limits := range []Limits{{Age: 8 * day}, {Count: 50}, {Bytes: 70 << 10}, {}} {
		cs := newClockStore(t)
		shared := kib(3, "shared")
		for i := range 100 {
			idle := time.Duration(i)*4*time.Hour + 2*time.Hour
			cs.put(fmt.Sprint(i), idle, kib(1, fmt.Sprint(i, "-")), shared)
		}
		ref, _ := cs.PutObject(kib(1, "orphan"))
		for _, id := range []ObjectID{ref.ID, Ref(shared).ID} {
			cs.write(filepath.Join(cs.TreeDir(id), "data"), nil, cs.time)
			os.Chtimes(cs.TreeDir(id), cs.time, cs.time)
		}
		for step := range 28 {
			was, _ := cs.Derived(looksName)
			cs.time = cs.time.Add(2 * time.Hour)
			for _, used := range []int{0, 7} { // these are in use
				cs.MarkUsed(RecordFile{Slot: sha256.Sum256(fmt.Append(nil, used))}, true, nil)
			}
			if out := cs.trimNow(Trim{Limits: limits, Visits: 90}); out.Visits > 110 {
				t.Fatalf("%+v: %+v", limits, out)
			}
			if step%4 == 2 { // it is as if this one had been killed before it said how far it came
				cs.PutDerived(looksName, was)
			}
		}
		full := cs.trimNow(Trim{DryRun: dryRun(true)})
		if full.Records+full.Others != 0 || full.Objects > 5 { // what has gone lately
			t.Errorf("%+v: left over: %+v", limits, full)
		}
		if n := full.Left.Count; n < limits.Count/2 || limits.Count > 0 && n > limits.Count || limits == (Limits{}) && n != 100 {
			t.Errorf("%+v: %+v", limits, full.Left)
		}
		if n := full.Left.Bytes; n < limits.Bytes/2 || limits.Bytes > 0 && n > limits.Bytes {
			t.Errorf("%+v: %+v", limits, full.Left)
		}
		for f := range cs.All() {
			payload, _, _ := cs.Read(&f)
			refs, _ := testRefs(payload)
			for _, ref := range refs {
				if !exists(cs.objectPath(ref.ID)) {
					t.Fatalf("%+v: an object of a record is gone", limits)
				}
			}
		}
		if !exists(cs.TreeDir(Ref(shared).ID)) || exists(cs.TreeDir(ref.ID)) {
			t.Errorf("%+v: trees", limits)
		}
		if !cs.has(RecordFile{Slot: sha256.Sum256([]byte("7"))}) {
			t.Errorf("%+v: what is in use is gone", limits)
		}
	}
}

// TestTrimClock: a shard that was looked at when the clock was years ahead has its
// turn all the same.
func TestTrimClock(t *testing.T) {
	cs := newClockStore(t)
	var files []RecordFile
	for i := range 400 {
		files = append(files, cs.put(fmt.Sprint(i), 40*day))
	}
	cs.time = cs.time.Add(10 * 365 * day)
	cs.trimNow(Trim{Visits: 400})
	cs.time = cs.time.Add(-10 * 365 * day)
	for range 8 {
		cs.time = cs.time.Add(2 * time.Hour)
		cs.trimNow(Trim{Limits: Limits{Age: 30 * day}, Visits: 400})
	}
	for i, f := range files {
		if cs.has(f) {
			t.Fatalf("record %d, in shard %02x, is still there", i, f.Slot[0])
		}
	}
}

func TestTrimDaily(t *testing.T) {
	cs := newClockStore(t)
	daily := func() (ran bool) {
		t.Helper()
		if _, err := cs.TrimDaily(Trim{Progress: func(Trimmed) { ran = true }}); err != nil {
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
	ran, during := false, false
	_, err := cs.TrimDaily(Trim{Refs: func([]byte) ([]ObjectRef, error) {
		st, err := unlogged.StatPath(cs.trimLock())
		ran, during = true, err != nil || !unlogged.Time(st.ModTime).Equal(cs.time)
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
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for n := range 50 {
				slot := SlotID(sha256.Sum256(fmt.Append(nil, i, n%5)))
				unlock, err := cs.TryLock(slot, VariantID{})
				if err != nil {
					t.Errorf("lock: %v", err)
					return
				}
				if unlock == nil {
					continue // the trim has it for a moment, to see whether anybody builds
				}
				ref, err := cs.PutObject(fmt.Append(nil, i, n%5))
				if err == nil {
					err = cs.PutRecord(slot, VariantID{}, RecordID{}, append(append([]byte("@"), ref.ID[:]...), 0))
				}
				if err != nil {
					t.Error(err)
				}
				unlock("")
				if list := cs.Records(slot, VariantID{}); len(list) == 0 {
					names, err := cs.readDir(cs.variantDir(slot, VariantID{}))
					t.Errorf("a record is gone: %q, %v", names, err)
				} else if _, _, err := cs.Read(&list[0]); err != nil {
					t.Error(err)
				}
				if _, err := cs.ReadObject(ref); err != nil {
					t.Error(err)
				}
			}
		})
	}
	defer wg.Wait() // of a failed trim too: else the store goes while they build
	built := make(chan bool)
	go func() { wg.Wait(); close(built) }()
	for {
		select {
		case <-built:
			return
		default:
			cs.trimNow(Trim{Limits: Limits{Count: 1, Bytes: 1, Age: 1}})
		}
	}
}

// TestTrimBesideTemp: a directory for unfinished files may be taken for abandoned before
// its maker has the lock. It stays then, and the trim goes on.
func TestTrimBesideTemp(t *testing.T) {
	cs := newClockStore(t)
	stop := make(chan bool)
	var wg sync.WaitGroup
	wg.Go(func() {
		dir := filepath.Join(cs.tempDir(), "begun")
		for {
			select {
			case <-stop:
				return
			default:
				os.MkdirAll(dir, 0o700)
				os.WriteFile(filepath.Join(dir, "lock"), nil, 0o600)
			}
		}
	})
	for range 60 {
		if _, err := cs.Trim(Trim{}); err != nil {
			t.Error(err)
			break
		}
	}
	close(stop)
	wg.Wait()
}

// TestTrimOther: trees in place and derived bytes count like the rest, and go
// with it, oldest first.
func TestTrimOther(t *testing.T) {
	put := func(cs *clockStore) (old, young RecordFile, trees [2]string, derived [2]string) {
		// A tree takes as much again as its files, which stand behind its manifest.
		old, young = cs.put("old", 9*day, kib(10, "o"), kib(40, "O")), cs.put("young", 3*day, kib(10, "y"), kib(40, "Y"))
		for i, data := range [][]byte{kib(10, "o"), kib(10, "y")} {
			id := Ref(data).ID
			trees[i] = cs.TreeDir(id)
			cs.write(filepath.Join(trees[i], "data", "file"), kib(40, "t"), cs.time)
			os.Chtimes(trees[i], cs.time.Add(-20*day), cs.time.Add(-20*day))
			derived[i] = filepath.Join(cs.dir, derivedName(i))
			cs.write(derived[i], kib(30, "d"), cs.time.Add(-time.Duration(20-15*i)*day))
		}
		return old, young, trees, derived
	}
	for _, test := range []struct {
		reason         string
		limits         Limits
		records        [2]bool // old, young; their trees go with them
		derived        [2]bool
		others, before int
	}{
		{"240 KiB fit", Limits{Bytes: 250 << 10}, [2]bool{true, true}, [2]bool{true, true}, 0, 0},
		{"the oldest go first, and those are derived bytes", Limits{Bytes: 220 << 10}, [2]bool{true, true}, [2]bool{false, true}, 1, 0},
		{"then a record with its tree", Limits{Bytes: 200 << 10}, [2]bool{false, true}, [2]bool{false, true}, 2, 0},
		{"then the younger derived bytes", Limits{Bytes: 100 << 10}, [2]bool{false, true}, [2]bool{false, false}, 3, 0},
		{"then all", Limits{Bytes: 1 << 10}, [2]bool{false, false}, [2]bool{false, false}, 4, 0},
		{"a limit of records leaves derived bytes", Limits{Count: 1}, [2]bool{false, true}, [2]bool{true, true}, 1, 0},
	} {
		for _, dry := range []bool{true, false} {
			cs := newClockStore(t)
			old, young, trees, derived := put(cs)
			out := cs.trimNow(Trim{Limits: test.limits, DryRun: dryRun(dry)})
			if out.Others != test.others || test.limits.Bytes > 0 && out.Left.Bytes > test.limits.Bytes {
				t.Errorf("%s: dry %v: %+v", test.reason, dry, out)
			}
			for i, f := range []RecordFile{old, young} {
				if want := dry || test.records[i]; cs.has(f) != want || exists(trees[i]) != want {
					t.Errorf("%s: dry %v: record %d there %v, its tree %v", test.reason, dry, i, cs.has(f), exists(trees[i]))
				}
				if want := dry || test.derived[i]; exists(derived[i]) != want {
					t.Errorf("%s: dry %v: derived %d there %v", test.reason, dry, i, exists(derived[i]))
				}
			}
		}
	}
}

// TestTrimCountsRecords: young records that are more than the limit allows are no
// reason for derived bytes to go.
func TestTrimCountsRecords(t *testing.T) {
	cs := newClockStore(t)
	cs.put("a", time.Minute)
	cs.put("b", time.Minute)
	derived := filepath.Join(cs.dir, derivedName(1))
	cs.write(derived, kib(1, "d"), cs.time.Add(-day))
	if out := cs.trimNow(Trim{Limits: Limits{Count: 1}}); out.Young.Count != 1 || out.Others != 0 || !exists(derived) {
		t.Errorf("%+v", out)
	}
}

// TestDerivedUse: what was derived long ago, and asked for now, stays.
func TestDerivedUse(t *testing.T) {
	cs := newClockStore(t)
	for _, name := range []string{"used", "unused"} {
		cs.PutDerived(name, []byte(name))
		os.Chtimes(cs.derivedPath(name), cs.time.Add(-40*day), cs.time.Add(-40*day))
	}
	data, _ := cs.Derived("used")
	if out := cs.trimNow(Trim{}); string(data) != "used" || out.Others != 1 || !exists(cs.derivedPath("used")) {
		t.Errorf("%q, %+v", data, out)
	}
}

// TestTrimDamaged: a trim leaves a damaged record to who asks for it, who says so,
// and removes it when it is old.
func TestTrimDamaged(t *testing.T) {
	cs := newClockStore(t)
	young, old := cs.put("young", 2*time.Hour, kib(1, "x")), cs.put("old", 9*day)
	for f, idle := range map[RecordFile]time.Duration{young: 2 * time.Hour, old: 9 * day} {
		cs.write(cs.recordPath(f), []byte("damage"), cs.time.Add(-idle))
	}
	if out := cs.trimNow(Trim{Limits: Limits{Age: day}}); out.Records != 1 || out.Objects != 1 || cs.has(old) {
		t.Errorf("%+v", out)
	}
	if _, _, err := cs.Read(&young); !errors.Is(err, ErrDamaged) {
		t.Error(err)
	}
}

// TestRemove: what is forgotten goes with its tree, whatever its age, and nothing
// else does.
func TestRemove(t *testing.T) {
	cs := newClockStore(t)
	gone, stays := cs.put("gone", 0, kib(1, "m"), kib(4, "f")), cs.put("stays", 90*day, kib(1, "s"))
	size, tree := cs.size(gone), cs.TreeDir(Ref(kib(1, "m")).ID)
	cs.write(filepath.Join(tree, "data", "file"), kib(4, "f"), cs.time)
	derived := filepath.Join(cs.dir, derivedName(1))
	cs.write(derived, kib(1, "d"), cs.time.Add(-90*day))
	out, busy, err := cs.Remove([]SlotID{gone.Slot}, testRefs)
	if err != nil || busy != 0 || out.Records != 1 || out.Objects != 2 || out.Others != 1 || out.Freed != size+9<<10 {
		t.Errorf("%+v, %d busy, %v; the record has %d bytes", out, busy, err, size)
	}
	if cs.has(gone) || exists(tree) || !cs.has(stays) || !exists(derived) || !exists(cs.objectPath(Ref(kib(1, "s")).ID)) {
		t.Error("something else went, or it is there")
	}
}

func manyRefs(slot string, first, n int) (f RecordFile, payload []byte) {
	for i := range n {
		id := sha256.Sum256(fmt.Append(nil, "object", first+i))
		payload = append(append(append(payload, '@'), id[:]...), 1)
	}
	return RecordFile{Slot: sha256.Sum256([]byte(slot))}, payload
}

// BenchmarkTrim trims a store of 100,000 records, one or ten in a slot, and
// compares that with a walk that looks at each file: where there is nothing to
// remove, and where a tenth goes, with a walk and the removal of as many files.
//
//	go test -run xxx -bench BenchmarkTrim -benchtime 1x ./core/internal/store
func BenchmarkTrim(b *testing.B) {
	const records = 100_000
	for _, each := range []int{1, 10} { // records in a slot
		b.Run(fmt.Sprint(each), func(b *testing.B) {
			for range b.N {
				b.StopTimer()
				cs := newClockStore(b)
				for i := range records {
					f, payload := manyRefs(fmt.Sprint(i/each), i, 1)
					f.ID[0] = byte(i % each)
					cs.write(cs.recordPath(f), sealRecord(payload), cs.time.Add(-time.Duration(i%1000+2)*time.Hour))
				}
				timed := func(do func()) time.Duration { start := time.Now(); do(); return time.Since(start) }
				walk := func() {
					filepath.WalkDir(cs.dir, func(path string, d fs.DirEntry, err error) error {
						if err == nil {
							_, err = d.Info()
						}
						return err
					})
				}
				walk() // what comes first reads the directories
				walked := timed(walk)
				b.StartTimer()
				looked := timed(func() { cs.trimNow(Trim{}) })
				for i := range records / 10 {
					cs.write(filepath.Join(cs.root, "plain", fmt.Sprint(i/each), fmt.Sprint(i)), nil, cs.time)
				}
				removed := timed(func() { os.RemoveAll(filepath.Join(cs.root, "plain")) })
				trimmed := timed(func() { cs.trimNow(Trim{Limits: Limits{Count: records * 9 / 10}}) })
				b.ReportMetric(float64(walked.Milliseconds()), "walk-ms")
				b.ReportMetric(float64(looked)/float64(walked), "trim/walk")
				b.ReportMetric(float64(trimmed)/float64(walked+removed), "tenth-removed/walk+removal")
			}
		})
	}
}
