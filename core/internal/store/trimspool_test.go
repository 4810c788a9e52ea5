package store

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

// putMany stores a record that refers to objects of 1 KiB, from first on, which
// are not there.
func (cs *clockStore) putMany(name string, idle time.Duration, first, n int) RecordFile {
	cs.t.Helper()
	f, data := manyRefs(name, first, n)
	cs.write(cs.recordPath(f), data, cs.time.Add(-idle))
	return f
}

func manyRefs(slot string, first, n int) (f RecordFile, data []byte) {
	var payload []byte
	for i := range n {
		id := sha256.Sum256(fmt.Append(nil, "object", first+i))
		payload = append(append(append(payload, '@'), id[:]...), 1)
	}
	return RecordFile{Slot: sha256.Sum256([]byte(slot))}, sealRecord(payload)
}

// putPart makes one of the objects of putMany.
func (cs *clockStore) putPart(i int) string {
	cs.t.Helper()
	path := cs.objectPath(sha256.Sum256(fmt.Append(nil, "object", i)))
	cs.write(path, nil, cs.time.Add(-2*day))
	return path
}

func (cs *clockStore) spooled() int {
	files, _ := filepath.Glob(filepath.Join(cs.trimSpoolDir(), "*"))
	return len(files)
}

// TestTrimSpills has more references than are held: which objects are in use,
// and how many bytes they have, must come out the same, on a full disk too.
func TestTrimSpills(t *testing.T) {
	const each = 9000
	for _, test := range []struct{ dry, full bool }{{false, false}, {false, true}, {true, false}} {
		cs := newClockStore(t)
		var files []RecordFile
		for i := range 10 {
			files = append(files, cs.putMany(fmt.Sprint(i), time.Duration(i+1)*day, i*each, each))
		}
		files = append(files, cs.putMany("shared", 12*day, 0, each)) // its objects are those of the youngest, too
		young, old, orphan := cs.putPart(1), cs.putPart(9*each+1), cs.putPart(-1)
		t.Setenv("TMPDIR", t.TempDir())
		dir := cs.trimSpoolDir()
		if test.dry {
			dir = ""
		} else if test.full {
			cs.write(cs.dir+"/file", nil, cs.time)
			dir = cs.dir + "/file/none"
		}
		spilled := 0
		p := &pass{s: cs.Store, now: cs.time, state: newTrimState(cs.time, dir), t: Trim{Limits: Limits{Bytes: 8 * each << 10}, DryRun: test.dry}}
		p.t.Refs = func(payload []byte) ([]ObjectRef, error) {
			found, _ := filepath.Glob(filepath.Join(p.state.spool.dir, "*"))
			spilled = max(spilled, len(found))
			return testRefs(payload)
		}
		if !p.rounds() || !p.objects() || !p.others() {
			t.Fatalf("%+v: %v", test, p.err)
		}
		if (spilled > 0) == test.full {
			t.Errorf("%+v: %d files of references", test, spilled)
		}
		// Records have bytes too: of the ten times 9000 KiB less than eight fit.
		if out := p.out; out.Records != 4 || out.Objects != 2 || out.Left.Bytes < 7*each<<10 || out.Left.Bytes > 8*each<<10 {
			t.Errorf("%+v: %+v", test, out)
		}
		for i, f := range files {
			if cs.has(f) != (test.dry || i < 7) {
				t.Errorf("%+v: record %d: there %v", test, i, cs.has(f))
			}
		}
		if !exists(young) || exists(old) != test.dry || exists(orphan) != test.dry {
			t.Errorf("%+v: objects: young %v, old %v, orphan %v", test, exists(young), exists(old), exists(orphan))
		}
		p.state.spool.remove()
	}
}

// TestTrimSpoolDamaged: a trim that is gone on with after a crash, and does not
// find what it noted, removes nothing and begins anew the next time.
func TestTrimSpoolDamaged(t *testing.T) {
	for name, damage := range map[string]func(path string){
		"gone":   func(path string) { os.Remove(path) },
		"short":  func(path string) { os.Truncate(path, 20) },
		"zeroed": func(path string) { os.WriteFile(path, make([]byte, 1000), 0o600) },
	} {
		cs := newClockStore(t)
		for i := range 150 {
			cs.put(fmt.Sprint(i), 2*time.Hour, kib(1, fmt.Sprint(i, "-")))
		}
		orphan := cs.putPart(-1)
		trim := func() (Trimmed, error) { return cs.Trim(Trim{Visits: minVisits, Refs: testRefs}) }
		if out, err := trim(); err != nil || out.Done || cs.spooled() == 0 {
			t.Fatalf("%s: %+v, %v, %d files", name, out, err, cs.spooled())
		}
		files, _ := filepath.Glob(filepath.Join(cs.trimSpoolDir(), "*"))
		for _, path := range files {
			damage(path)
		}
		failed := 0
		for range 100 {
			out, err := trim()
			if err != nil {
				failed++
				if out.Objects > 0 {
					t.Fatalf("%s: objects were removed: %+v, %v", name, out, err)
				}
			}
			if out.Done {
				break
			}
		}
		if failed != 1 || exists(orphan) {
			t.Errorf("%s: failed %d times, orphan there %v", name, failed, exists(orphan))
		}
		if objects, _ := filepath.Glob(filepath.Join(cs.dir, "objects/*/*")); len(objects) != 150 {
			t.Errorf("%s: %d objects of 150", name, len(objects))
		}
	}
}

// TestTrimKilled: a trim that was killed after it wrote references, and before
// it said so, is gone on with where the one before it stopped.
func TestTrimKilled(t *testing.T) {
	cs := newClockStore(t)
	for i := range 150 {
		cs.put(fmt.Sprint(i), time.Duration(i+2)*time.Hour, kib(1, fmt.Sprint(i, "-")))
	}
	for step := 0; ; step++ {
		if step > 100 {
			t.Fatal("it comes to no end")
		}
		state, _ := os.ReadFile(cs.trimStatePath())
		trim := Trim{Limits: Limits{Count: 100}, Visits: minVisits, Refs: testRefs}
		if out := cs.trimNow(trim); out.Done {
			break
		}
		if step%2 == 1 { // it is as if this step had not said how far it came
			cs.write(cs.trimStatePath(), state, cs.time)
		}
	}
	if records, _ := filepath.Glob(filepath.Join(cs.dir, "slots/*/*/*/r-*")); len(records) != 100 {
		t.Errorf("%d records", len(records))
	}
	if objects, _ := filepath.Glob(filepath.Join(cs.dir, "objects/*/*")); len(objects) != 100 {
		t.Errorf("%d objects", len(objects))
	}
}

// TestTrimMemory trims a store, and one with ten times as much in it: the
// memory that this takes may not grow with the number of objects.
func TestTrimMemory(t *testing.T) {
	const small, large = 50, 500
	const refs = 400 // of each record
	measure := func(records int) (peak uint64) {
		cs := newClockStore(t)
		for i := range records {
			cs.putMany(fmt.Sprint(i), time.Duration(i%1000+2)*time.Hour, i*refs, refs)
		}
		heap := func() uint64 {
			var m runtime.MemStats
			runtime.GC()
			runtime.GC() // pools are emptied by the second
			runtime.ReadMemStats(&m)
			return m.HeapAlloc
		}
		before, seen := heap(), 0
		out, err := cs.Trim(Trim{Limits: Limits{Bytes: int64(records * refs << 9)}, Refs: func(payload []byte) ([]ObjectRef, error) {
			if seen++; seen%(records/10) == 0 {
				peak = max(peak, heap())
			}
			return testRefs(payload)
		}})
		if err != nil || out.Records < records/3 {
			t.Errorf("%+v, %v", out, err)
		}
		return peak - min(peak, before)
	}
	few, many := measure(small), measure(large)
	if few == 0 {
		t.Error("nothing was measured")
	}
	t.Logf("%d records: %d kB; %d records: %d kB", small, few>>10, large, many>>10)
	const slack = 2 << 20 // more than what is held before it is written out
	if many > few+slack {
		t.Errorf("%d references take %d kB, %d take %d kB", small*refs, few>>10, large*refs, many>>10)
	}
}

// TestTrimOther: trees in place and derived bytes count like the rest, and go
// with it, oldest first.
func TestTrimOther(t *testing.T) {
	put := func(cs *clockStore) (old, young RecordFile, trees [2]string, derived [2]string) {
		old, young = cs.put("old", 9*day, kib(10, "o")), cs.put("young", 3*day, kib(10, "y"))
		for i, data := range [][]byte{kib(10, "o"), kib(10, "y")} {
			id := Ref(data).ID
			trees[i] = cs.TreeDir(id)
			cs.write(filepath.Join(trees[i], "data", "file"), kib(40, "t"), cs.time)
			if err := cs.NoteTreeSize(id, 40<<10); err != nil {
				t.Fatal(err)
			}
			os.Chtimes(trees[i], cs.time.Add(-20*day), cs.time.Add(-20*day))
			derived[i] = filepath.Join(cs.dir, "derived", "ab", fmt.Sprint(i))
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
		{"160 KiB fit", Limits{Bytes: 170 << 10}, [2]bool{true, true}, [2]bool{true, true}, 0, 0},
		{"the oldest go first, and those are derived bytes", Limits{Bytes: 140 << 10}, [2]bool{true, true}, [2]bool{false, true}, 1, 0},
		{"then a record with its tree", Limits{Bytes: 120 << 10}, [2]bool{false, true}, [2]bool{false, true}, 2, 0},
		{"then the younger derived bytes", Limits{Bytes: 60 << 10}, [2]bool{false, true}, [2]bool{false, false}, 3, 0},
		{"then all", Limits{Bytes: 1 << 10}, [2]bool{false, false}, [2]bool{false, false}, 4, 0},
		{"a limit of records leaves derived bytes", Limits{Count: 1}, [2]bool{false, true}, [2]bool{true, true}, 1, 0},
	} {
		for _, dry := range []bool{true, false} {
			cs := newClockStore(t)
			old, young, trees, derived := put(cs)
			out := cs.trimNow(Trim{Limits: test.limits, DryRun: dry})
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

// BenchmarkTrim trims a store of 10,000 records and one of 100,000, ten in a
// slot, each with eight objects of its own, to half its size.
//
//	go test -run xxx -bench BenchmarkTrim -benchtime 1x ./core/internal/store
func BenchmarkTrim(b *testing.B) {
	for _, records := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint(records), func(b *testing.B) {
			const refs = 8
			for range b.N {
				b.StopTimer()
				cs := newClockStore(b)
				for i := range records {
					f, data := manyRefs(fmt.Sprint(i/10), i*refs, refs)
					f.ID[0] = byte(i % 10)
					cs.write(cs.recordPath(f), data, cs.time.Add(-time.Duration(i%1000+2)*time.Hour))
				}
				var peak, before runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&before)
				b.StartTimer()
				out, err := cs.Trim(Trim{Limits: Limits{Count: int64(records / 2)}, Refs: testRefs, Progress: func(Trimmed) {
					var now runtime.MemStats
					if runtime.ReadMemStats(&now); now.HeapAlloc > peak.HeapAlloc {
						peak = now
					}
				}})
				b.StopTimer()
				if err != nil || out.Left.Count > int64(records/2) {
					b.Fatalf("%+v, %v", out, err)
				}
				b.ReportMetric(float64(peak.HeapAlloc-min(peak.HeapAlloc, before.HeapAlloc))/1e6, "peak-MB")
				b.ReportMetric(float64(out.Visits), "visits")
			}
		})
	}
}
