package snapshot

import (
	"fmt"
	"testing"
	"time"
)

type benchTree struct {
	Left, Right *benchTree
	Key, Value  int64
}

type benchUser struct {
	ID      int64
	Name    string
	Created time.Time
	Tags    []string
	Attrs   map[string]string
}

func newBenchTree(n int64) *benchTree {
	if n == 0 {
		return nil
	}
	left := (n - 1) / 2
	return &benchTree{newBenchTree(left), newBenchTree(n - 1 - left), n, left}
}

func newBenchUsers(n int) []benchUser {
	users := make([]benchUser, n)
	for i := range users {
		users[i] = benchUser{int64(i), fmt.Sprint("user ", i), time.Unix(int64(i), 0).UTC(),
			[]string{fmt.Sprint("tag", i%7), "x"}, map[string]string{"plan": fmt.Sprint(i % 5), "region": "eu"}}
	}
	return users
}

func bench[T any](b *testing.B, name string, v T) {
	data, err := Default().Marshal(&v)
	if err != nil {
		b.Fatal(err)
	}
	b.Run(name+"/encode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := Default().Marshal(&v); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run(name+"/decode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var out T
			if err := Default().Unmarshal(data, &out); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run(name+"/verify", func(b *testing.B) {
		b.ReportAllocs()
		var out T
		if err := Default().Unmarshal(data, &out); err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if err := Default().Compare(&v, &out); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkTree(b *testing.B)  { bench(b, "1e5", newBenchTree(1e5)) }
func BenchmarkUsers(b *testing.B) { bench(b, "1e5", newBenchUsers(1e5)) }
func BenchmarkMap(b *testing.B)   { bench(b, "1e5", bigMap(1e5, false)) }
func BenchmarkSmall(b *testing.B) { bench(b, "one", newBenchUsers(1)) }
