package matrix

import (
	"fmt"
	"math"
	"time"
)

type (
	Key   struct{ A, B string }
	PKey  struct{ P *int }
	Empty struct{}
	Pair  [2]string
)

func counted[K comparable, V any](n int, f func(i int) (K, V)) map[K]V {
	m := map[K]V{}
	for i := range n {
		k, v := f(i)
		m[k] = v
	}
	return m
}

func containers() []Row {
	t := time.Date(2024, 1, 2, 3, 4, 5, 6, time.UTC)
	return []Row{
		is("nil slice", "not empty", []int(nil)),
		is("empty slice", "gob and most msgpacks make it nil", []int{}),
		is("nil bytes", "not empty", []byte(nil)),
		is("empty bytes", "not nil", []byte{}),
		is("slice of int", "plain", []int{1, 2, 3}),
		is("slice of int16", "plain, odd", []int16{1, -2, 3}),
		is("slice of bool", "plain", []bool{true, false}),
		is("slice of float32", "NaN inside", []float32{float32(math.NaN()), 2}),
		is("slice of complex", "plain", []complex128{1i}),
		is("slice of string", "empty inside", []string{"a", "", "a"}),
		is("slice of slices", "nil and empty inside", [][]int{nil, {}, {1}}),
		is("slice of slices of slices", "three levels", [][][]byte{{{1}, nil}, nil, {}}),
		is("slice of empty structs", "size 0, length 3", make([]struct{}, 3)),
		is("slice of arrays", "plain", [][2]int{{1, 2}, {3, 4}}),
		is("slice of maps", "nil and empty inside", []map[string]int{nil, {}, {"a": 1}}),
		row("slice of pointers", "nil inside", func() []*int { return []*int{nil, ptr(0), ptr(1)} }),
		is("slice of any", "types", []any{nil, 1, int8(1), "x", []int(nil), map[string]any{"a": nil}, 1.5, true}),
		row("slice large", "many pages", func() []int64 {
			s := make([]int64, 100_000)
			for i := range s {
				s[i] = int64(i) * 7
			}
			return s
		}),
		row("slice of many strings", "content cache", func() []string {
			s := make([]string, 10_000)
			for i := range s {
				s[i] = fmt.Sprint("s", i%3000)
			}
			return s
		}),
		is("nil map", "not empty", map[string]int(nil)),
		is("empty map", "not nil", map[string]int{}),
		row("map string int", "fast path", func() map[string]int { return counted(1000, func(i int) (string, int) { return fmt.Sprint(i), i }) }),
		row("map string string", "fast path", func() map[string]string {
			return counted(100, func(i int) (string, string) { return fmt.Sprint(i), fmt.Sprint(-i) })
		}),
		row("map int string", "fast path", func() map[int]string { return counted(100, func(i int) (int, string) { return i, fmt.Sprint(i) }) }),
		row("map uint32 bool", "fast path", func() map[uint32]bool { return counted(100, func(i int) (uint32, bool) { return uint32(i), i%2 == 0 }) }),
		row("map int32 float32", "fast path", func() map[int32]float32 {
			return counted(100, func(i int) (int32, float32) { return int32(-i), float32(i) / 3 })
		}),
		row("map uint64 pointer", "fast path", func() map[uint64]*int { return counted(100, func(i int) (uint64, *int) { return uint64(i), ptr(i) }) }),
		row("map string slice", "fast path", func() map[string][]int {
			return counted(100, func(i int) (string, []int) { return fmt.Sprint(i), make([]int, i%3) })
		}),
		row("map string any", "fast path", func() map[string]any { return map[string]any{"a": 1, "b": nil, "c": []any{"x"}} }),
		row("map string error", "interface with methods", func() map[string]error { return map[string]error{"n": nil} }),
		row("map string struct", "reflection", func() map[string]Key { return map[string]Key{"a": {"x", "y"}} }),
		row("map int8 string", "reflection", func() map[int8]string { return map[int8]string{-1: "a", 1: "b"} }),
		row("map bool", "two keys", func() map[bool]int { return map[bool]int{true: 1, false: 2} }),
		row("map float keys", "-0 and 0 are one key", func() map[float64]int { return map[float64]int{math.Copysign(0, -1): 1, 2: 2} }),
		row("map NaN keys", "cannot be looked up", func() map[float64]int { return map[float64]int{nan(1): 1, nan(2): 2, nan(3): 3} }),
		row("map equal NaN keys", "told apart by value", func() map[float64]string {
			m := map[float64]string{}
			m[nan(1)], m[nan(1)] = "a", "b"
			return m
		}),
		row("map struct keys", "strings in keys", func() map[Key]int { return map[Key]int{{"a", "b"}: 1, {"a", ""}: 2} }),
		row("map array keys", "strings in keys", func() map[Pair]int { return map[Pair]int{{"a", "b"}: 1} }),
		row("map time keys", "locations in keys", func() map[time.Time]int { return map[time.Time]int{t: 1, t.Add(1): 2} }),
		row("map any keys", "types in keys", func() map[any]any {
			return map[any]any{1: "a", "1": 1, int8(1): nil, Key{"a", "b"}: 2.5, [1]any{"x"}: 1}
		}),
		row("map pointer keys", "identity of keys", func() Iface { p, q := ptr(1), ptr(2); return Iface{map[*int]string{p: "p", q: "q"}, []*int{p, q}} }),
		row("map struct keys with pointers", "identity of keys", func() map[PKey]int { return map[PKey]int{{ptr(1)}: 1, {ptr(2)}: 2, {nil}: 3} }),
		row("map empty key", "size 0", func() map[Empty]int { return map[Empty]int{{}: 5} }),
		row("map as a set", "value of size 0", func() map[string]struct{} { return map[string]struct{}{"a": {}, "b": {}} }),
		row("set of empty", "both of size 0", func() map[Empty]Empty { return map[Empty]Empty{{}: {}} }),
		row("map of maps of maps", "three levels", func() map[string]map[int]map[string]bool {
			return map[string]map[int]map[string]bool{"a": {1: {"x": true}, 2: nil}, "b": {}}
		}),
		row("map shared", "one map twice", func() []map[string]int { m := map[string]int{"a": 1}; return []map[string]int{m, m, {"a": 1}} }),
		row("map after deletes", "tombstones", func() map[int]string {
			m := counted(1000, func(i int) (int, string) { return i, "x" })
			for i := range 990 {
				delete(m, i)
			}
			return m
		}),
		row("map large values", "indirect elements", func() map[string][200]int { return map[string][200]int{"a": {1: 5}} }),
		row("map large keys", "indirect keys", func() map[[200]int]string { return map[[200]int]string{{1: 5}: "a"} }),
		row("map of pointers to its own values' struct", "cycle", func() map[string]*Node { n := ring(3); return map[string]*Node{"a": n, "b": n.Next} }),
	}
}
