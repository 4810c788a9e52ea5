package code

import "testing"

// What a hit would not repeat: the variable that advances.
func TestEffects(t *testing.T) {
	testUses(t, func(d *Deps) []Use {
		return d.Effects
	}, []stateCase{
		{name: "a counter of two", src: `
var n int
func next() int { n++; return n }
func fn() int { return next() }
func TestA(t *testing.T) { fn() }
func TestB(t *testing.T) { next() }
`, want: "m.n"},
		{name: "a counter of what stands in for a parameter", src: `
type options struct{ calls int }
var defaults = &options{}
func (o *options) count() { o.calls++ }
func use(o *options) int { if o == nil { o = defaults }; o.calls++; o.count(); return 1 }
func fn() int { return use(&options{}) }
func TestA(t *testing.T) { t.Log(use(nil), defaults.calls) }
`, want: ""},
		{name: "a counter that is looked at", src: `
var n int
func fn() int { n += 2; return n }
func TestA(t *testing.T) { fn(); if n > 2 { t.Fail() } }
`, want: "m.n"},
		{name: "its own counter", src: `
var n int
func fn() int { n++; return n }
func TestA(t *testing.T) { fn() }
`, want: "m.n"},
		{name: "a counter that only initialisation advances", src: `
var n int
func next() int { n++; return n }
var first = next()
var table = []int{twice(next())}
func twice(i int) int { return 2 * i }
func fn() int { return first + table[0] }
func TestA(t *testing.T) { table[0] = next() }
`, want: ""},
		{name: "and a literal of another test", src: `
var n int
func next() int { n++; return n }
var first = next()
func fn() int { return first }
func TestA(t *testing.T) { t.Run("a", func(t *testing.T) { next() }) }
`, want: ""},
		{name: "a counter that a literal of initialisation advances later", src: `
var n int
func next() int { n++; return n }
var first, later = next(), func() int { return next() }
func fn() int { return first + later() }
func TestA(t *testing.T) { next() }
`, want: "m.n"},
		{name: "what initialisation leaves in a variable", src: `
var n int
func next() int { n++; return n }
var hook = next
func fn() int { return hook() }
func TestA(t *testing.T) { next() }
`, want: "m.n"},
		{name: "what initialisation adds to a list", src: `
var n int
func next() int { n++; return n }
var hooks []func() int
func add(f func() int) { hooks = append(hooks, f) }
func init() { add(func() int { return next() }) }
func fn() int { return hooks[0]() }
func TestA(t *testing.T) { next() }
`, want: "m.n"},
		{name: "a literal that a function makes before", src: `
var n int
func counter() func() int { return func() int { n++; return n } }
var hook = counter()
func fn() int { return hook() }
func TestA(t *testing.T) { n = 0; counter() }
`, want: "m.n"},
		{name: "a method of what initialisation leaves", src: `
var n int
type T struct{}
func (T) next() int { n++; return n }
var hook interface{ next() int } = T{}
func fn() int { return hook.next() }
func TestA(t *testing.T) { T{}.next() }
`, want: "m.n"},
		{name: "one function of two fixtures", src: `
var n int
func fn() int { n++; return n }
func TestA(t *testing.T) { fn() }
func TestB(t *testing.T) { fn() }
`, want: "m.n"},
		{name: "atomic", src: `
var n atomic.Int64
func fn() int64 { return n.Add(1) }
func TestA(t *testing.T) { n.Load() }
`, want: "m.n"},
		{name: "atomic, by its address", src: `
var n int64
func fn() int64 { return atomic.AddInt64(&n, 1) }
func TestA(t *testing.T) { t.Log(n) }
`, want: "m.n"},
		{name: "a method", src: `
type seq struct{ mu sync.Mutex; n int }
func (s *seq) next() int { s.mu.Lock(); defer s.mu.Unlock(); s.n++; return s.n }
var ids seq
func fn() int { return ids.next() }
func TestA(t *testing.T) { ids.next() }
`, want: "m.ids"},
		{name: "a function that is given its address", src: `
var n int
func next(p *int) int { *p++; return *p }
func fn() int { return next(&n) }
func TestA(t *testing.T) { next(&n) }
`, want: "m.n"},
		{name: "a list that grows", src: `
var list []int
func fn() int { list = append(list, 1); return len(list) }
func TestA(t *testing.T) { t.Log(list) }
`, want: "m.list"},
		{name: "a list that shrinks", src: `
var list = []int{1, 2}
func fn() int { n := list[0]; list = list[1:]; return n }
func TestA(t *testing.T) { t.Log(list) }
`, want: "m.list"},
		{name: "a closure", src: `
var n int
func fn() int { func() { n++ }(); return n }
func TestA(t *testing.T) { t.Log(n) }
`, want: "m.n"},
		{name: "a counter of another package", src: `
func fn() int { return conf.Next() }
func TestA(t *testing.T) { conf.Next() }
-- conf/conf.go --
var n int
func Next() int { n++; return n }
`, want: "conf.n"},
		{name: "random numbers", src: `
var rng = rand.New(rand.NewSource(1))
func fn() int { return rng.Intn(9) }
func TestA(t *testing.T) { rng.Intn(9) }
`, want: "m.rng"},
		{name: "a cache", src: `
var cache = map[string]int{}
func size(s string) int { if n, ok := cache[s]; ok { return n }; cache[s] = len(s); return cache[s] }
func fn() int { return size("a") }
func TestA(t *testing.T) { size("b") }
`, want: ""},
		{name: "a value that is set", src: `
var mode string
func fn() string { mode = "a"; return mode }
func TestA(t *testing.T) { t.Log(mode) }
`, want: ""},
		{name: "a local counter", src: `
var base = 1
func fn() int { n := base; n++; return n }
func TestA(t *testing.T) { t.Log(base) }
`, want: ""},
		{name: "initialisation", src: `
var n int
func init() { n++ }
func fn() int { return n }
func TestA(t *testing.T) { t.Log(n) }
`, want: ""},
		{name: "a promoted method", src: `
type seq struct{ n int }
func (s *seq) next() int { s.n++; return s.n }
type service struct { sync.Mutex; *seq }
var ids = service{seq: &seq{}}
func fn() int { return ids.next() }
func TestA(t *testing.T) { ids.next() }
`, want: "m.ids"},
		{name: "a promoted method of the standard library", src: `
type faker struct{ *rand.Rand }
var fake = faker{rand.New(rand.NewSource(1))}
func fn() int { return fake.Intn(9) }
func TestA(t *testing.T) { fake.Intn(9) }
`, want: "m.fake"},
		{name: "a method of what an interface holds from the beginning", src: `
type clock interface{ now() int }
type fake struct{ n int }
func (f *fake) now() int { f.n++; return f.n }
var clk clock = &fake{}
func fn() int { return clk.now() }
func TestA(t *testing.T) { clk.now() }
`, want: "m.clk"},
		{name: "the value of a method", src: `
type seq struct{ n int }
func (s *seq) next() int { s.n++; return s.n }
var ids seq
var next = ids.next
func fn() int { return next() }
func TestA(t *testing.T) { next() }
`, want: "m.ids"},
		{name: "a literal that a variable holds", src: `
var n int
var api = struct{ next func() int }{func() int { n++; return n }}
func fn() int { return api.next() }
func TestA(t *testing.T) { api.next() }
`, want: "m.n"},
		{name: "a literal that is called for a variable", src: `
var n int
var first = func() int { n++; return n }()
func fn() int { return first }
func TestA(t *testing.T) { t.Log(first) }
`, want: ""},
		{name: "a promoted method that reads", src: `
type conf struct{ n int }
func (c *conf) rows() int { return c.n }
type service struct{ *conf }
var svc = service{&conf{}}
func fn() int { return svc.rows() }
func TestA(t *testing.T) { svc.rows() }
`, want: ""},
	})
}
