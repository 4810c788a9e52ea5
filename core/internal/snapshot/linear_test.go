package snapshot

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"
)

// A vertex is a key that reaches all others.
type vertex struct {
	id    int
	edges []*vertex
}

type vertexSet map[*vertex]bool

type listedSet struct {
	Set  vertexSet
	List []*vertex
}

func newVertices(n int, id func(i int) int) []*vertex {
	list := make([]*vertex, n)
	for i := range list {
		list[i] = &vertex{id: id(i)}
	}
	for i, v := range list {
		v.edges = []*vertex{list[(i+1)%n], list[(i*7+3)%n]}
	}
	return list
}

func indexOf(list []*vertex) *map[*vertex]int {
	m := make(map[*vertex]int, len(list))
	for i, v := range list {
		m[v] = i
	}
	return &m
}

func sameID(int) int { return 0 }

// mapsByPointer make maps of n pointers whose targets are told apart by what
// they hold, by the values of the map, by what else leads to them, and not at
// all. Each returns a pointer to what it makes.
var mapsByPointer = map[string]func(n int) any{
	"content": func(n int) any { return indexOf(newVertices(n, func(i int) int { return i })) },
	"value":   func(n int) any { return indexOf(newVertices(n, sameID)) },
	"place": func(n int) any {
		v := &listedSet{vertexSet{}, newVertices(n, sameID)}
		for _, e := range v.List {
			v.Set[e] = true
		}
		return v
	},
	"nothing": func(n int) any {
		set := vertexSet{}
		for range n {
			set[&vertex{}] = true
		}
		return &set
	},
}

// TestMapsByPointerAreLinear counts the things that are looked at to store maps
// whose keys are pointers: for sixteen times the keys it may take twice as many for
// each.
func TestMapsByPointerAreLinear(t *testing.T) {
	for name, newMap := range mapsByPointer {
		few, many := thingsLookedAt(t, newMap(1<<8)), thingsLookedAt(t, newMap(1<<12))
		if many > 2*16*few {
			t.Errorf("%s: %d things for %d keys, %d for %d", name, few, 1<<8, many, 1<<12)
		}
	}
}

type chain struct {
	next *chain
	n    int
}

// Maps whose keys look alike for long are the same in each process.
func TestMapsOfKeysThatLookAlike(t *testing.T) {
	for name, key := range map[string]func(i int) any{
		"the last of a chain": func(i int) any {
			c := &chain{n: i}
			for range 30 {
				c = &chain{next: c}
			}
			return c
		},
		"the last of a list": func(i int) any {
			list := &[30]*chain{}
			for j := range list {
				list[j] = &chain{n: 1}
			}
			list[29].n = i
			return list
		},
	} {
		made := func() map[any]bool {
			m := map[any]bool{}
			for i := range 50 {
				m[key(i)] = true
			}
			return m
		}
		first := mustHash(t, made())
		for range 5 {
			if mustHash(t, made()) != first {
				t.Errorf("%s: the hash of equal maps differs", name)
			}
		}
	}
}

// thingsLookedAt stores what ptr leads to, requires that it comes back the same,
// and counts.
func thingsLookedAt(t *testing.T, ptr any) int {
	t.Helper()
	out := reflect.New(reflect.TypeOf(ptr).Elem()).Interface()
	if _, err := Default().RoundTrip(ptr, out); err != nil {
		t.Fatal(err)
	}
	root := structural().plan(reflect.TypeOf(ptr).Elem())
	total := 0
	p := reflect.ValueOf(ptr).UnsafePointer()
	for _, why := range []purpose{toStore, toKey} {
		e := newEncoder(structural(), why, nil)
		e.over = func() bool { total += eachSpent; return false }
		if err := e.encode(root, p); err != nil {
			t.Fatal(err)
		}
		total += e.spent
	}
	return total
}

// TestTailsAreFoundAtOnce looks for the tails of one slice: where one begins and its length
// add up to the same for all. To find them takes about as long as to find slices of one length.
func TestTailsAreFoundAtOnce(t *testing.T) {
	memory := make([]byte, 1<<15)
	pl := structural().plan(reflect.TypeFor[byte]())
	finding := func(n func(i int) int) time.Duration {
		best := time.Hour
		for range 3 {
			var table metTable
			table.reset()
			start := processorTime()
			for i := range memory {
				table.find(visit{pl, unsafe.Pointer(&memory[i]), n(i)})
			}
			best = min(best, processorTime()-start)
		}
		return best
	}
	bytes, tails := finding(func(int) int { return 1 }), finding(func(i int) int { return len(memory) - i })
	if tails > 20*max(bytes, time.Millisecond) {
		t.Errorf("tails are found in %v, bytes in %v", tails, bytes)
	}
}

// TestSlow ends an encoding and a comparison when they have taken long enough.
func TestSlow(t *testing.T) {
	v := indexOf(newVertices(1<<14, sameID))
	var asked atomic.Int32
	c := Default().Until(func() bool { return asked.Add(1) == 3 })
	_, errMarshal := c.Marshal(v)
	asked.Store(0)
	for _, err := range []error{errMarshal, c.Compare(v, v)} {
		if !errors.Is(err, ErrSlow) {
			t.Errorf("%v, not %v", err, ErrSlow)
		}
	}
}

// BenchmarkMapByPointer tells the processor time for each key in the best round,
// beside that of making such a map, which the caches of the machine bound as well.
// It fails where a key of 1,000,000 (with CACHETEST_LONG=1) costs more than twice
// as much as one of 1,000, in times of its making.
func BenchmarkMapByPointer(b *testing.B) {
	sizes := []int{1e3, 1e4, 1e5}
	if os.Getenv("CACHETEST_LONG") != "" {
		sizes = append(sizes, 1e6)
	}
	first := 0.0 // of the fewest keys
	for _, n := range sizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			makes, encodes := time.Hour, time.Hour
			for b.Loop() {
				start := processorTime()
				v := mapsByPointer["content"](n)
				made := processorTime()
				if _, err := Default().Marshal(v); err != nil {
					b.Fatal(err)
				}
				makes, encodes = min(makes, made-start), min(encodes, processorTime()-made)
			}
			ratio := float64(encodes) / float64(makes)
			b.ReportMetric(float64(encodes.Nanoseconds())/float64(n), "ns/key-at-best")
			b.ReportMetric(ratio, "×making-it")
			if first == 0 {
				first = ratio
			}
			if ratio > 2*first {
				b.Errorf("to store it takes %.2f times as long as to make it, and %.2f times where it has %d keys", ratio, first, sizes[0])
			}
		})
	}
}
