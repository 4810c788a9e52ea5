package engine_test

import (
	"io/fs"
	"path/filepath"
	"testing"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/admin"
	"github.com/fixturecache/fixturecache/core/internal/engine"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// readAll reads every file below a directory: what listing must do at least.
func readAll(tb testing.TB, dir string) (files int) {
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		_, err = unlogged.ReadFile(path)
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return files
}

// BenchmarkListRecords compares listing 100,000 records with reading their
// files.
//
//	go test -run xxx -bench ListRecords -benchtime 5x ./core/internal/engine
func BenchmarkListRecords(b *testing.B) {
	const records = 100_000
	dir := engine.ManyStore(b, records)
	c, err := admin.Open(engine.Config{Dir: dir})
	if err != nil {
		b.Fatal(err)
	}
	slots := filepath.Join(dir, "v1", "slots")
	readAll(b, slots) // into the system's cache
	b.ResetTimer()
	var read, list time.Duration
	for range b.N {
		start := time.Now()
		files := readAll(b, slots)
		read += time.Since(start)
		start = time.Now()
		n := 0
		for range c.Records() {
			n++
		}
		list += time.Since(start)
		if n < records || n > files {
			b.Fatalf("%d records of %d files", n, files)
		}
	}
	b.ReportMetric(float64(read.Milliseconds())/float64(b.N), "read-ms")
	b.ReportMetric(float64(list.Milliseconds())/float64(b.N), "list-ms")
	b.ReportMetric(float64(list)/float64(read), "list/read")
}
