package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/store"
)

// manyStore makes a store with records in slots, 10 of them in each, and
// returns its directory. The files are all the same: who looks at one of them
// looks at what they hold, not at what they are called.
func manyStore(tb testing.TB, records int) string {
	tb.Helper()
	dir := filepath.Join(tb.TempDir(), "store")
	lookUp(tb, dir)
	found, _ := filepath.Glob(filepath.Join(dir, "v1/slots/*/*/*/r-*"))
	if len(found) != 1 {
		tb.Fatalf("records: %v", found)
	}
	data, err := os.ReadFile(found[0])
	if err != nil {
		tb.Fatal(err)
	}
	for i := range records {
		slot := sha256.Sum256(fmt.Append(nil, i/10))
		name := hex.EncodeToString(slot[:])
		variant := filepath.Join(dir, "v1/slots", name[:2], name, fmt.Sprintf("%032x", i/10))
		if i%10 == 0 {
			if err := os.MkdirAll(variant, 0o700); err != nil {
				tb.Fatal(err)
			}
		}
		path := filepath.Join(variant, fmt.Sprintf("r-%032x", i))
		if err := os.WriteFile(path, data, 0o600); err != nil {
			tb.Fatal(err)
		}
		at := time.Now().Add(-time.Duration(i%1000) * time.Hour)
		os.Chtimes(path, at, at)
	}
	return dir
}

// lookUp asks a store for one fixture, as a process that has just begun, and
// returns how long that took.
func lookUp(tb testing.TB, dir string) time.Duration {
	tb.Helper()
	start := time.Now()
	c, err := Open(Config{Dir: dir, Mode: On})
	if err != nil {
		tb.Fatal(err)
	}
	res, err := c.Do(context.Background(), Spec{Key: "one", DeclaredOnly: true}, func(context.Context) (Output, error) {
		return Output{Data: []byte("value")}, nil
	})
	took := time.Since(start)
	if err != nil || !res.Stored {
		tb.Fatalf("stored %v, %v", res.Stored, err)
	}
	return took
}

// get is Value with a type parameter.
func get[T any](c *Cache, s Spec, fn func() (T, error)) (v T, err error) {
	s.Package, s.Func = "m", fn
	err = c.Value(context.Background(), s, &v, func(_ context.Context, p any) (err error) { *p.(*T), err = fn(); return err })
	return v, err
}

// BenchmarkManyRecords compares a look-up beside 100,000 records with one in a
// store that holds nothing else, and tells what a bounded trim takes.
//
//	go test -bench ManyRecords -benchtime 1x ./core/internal/engine
func BenchmarkManyRecords(b *testing.B) {
	const records = 100_000
	empty := manyStore(b, 0)
	full := manyStore(b, records)
	b.ResetTimer()
	for range b.N {
		var few, many []time.Duration
		for range 2000 { // in turns: the machine has other things to do
			few = append(few, lookUp(b, empty))
			many = append(many, lookUp(b, full))
		}
		slices.Sort(few)
		slices.Sort(many)
		b.ReportMetric(float64(few[len(few)/2].Nanoseconds())/1e3, "empty-µs/lookup")
		b.ReportMetric(float64(many[len(many)/2].Nanoseconds())/1e3, "full-µs/lookup")
		b.ReportMetric(float64(many[len(many)/2])/float64(few[len(few)/2]), "full/empty")
	}
	c, err := Open(Config{Dir: full})
	if err != nil {
		b.Fatal(err)
	}
	start := time.Now()
	out, err := c.store.Trim(store.Trim{Limits: InForce(c.config.Limits), Refs: RecordRefs(c.store), Visits: dailyVisits})
	if err != nil || out.Visits > 2*dailyVisits || out.Left.Count >= records {
		b.Fatalf("%+v, %v", out, err)
	}
	b.ReportMetric(float64(out.Visits), "trim-visits")
	b.ReportMetric(float64(time.Since(start).Milliseconds()), "trim-ms")
}
