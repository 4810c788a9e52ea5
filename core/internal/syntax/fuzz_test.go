package syntax

import "testing"

// FuzzParse: whatever go/parser takes for Go has the same tree here, or none,
// also right after a file that was not.
func FuzzParse(f *testing.F) {
	for _, src := range seeds {
		f.Add(src)
	}
	var p Parser
	f.Fuzz(func(t *testing.T, src string) {
		file := p.Parse(src, nil)
		if file == nil {
			return
		}
		if d := differs(file, p.Lines(), src); d != "" {
			t.Errorf("%s\n%s", d, src)
		}
	})
}

// seeds are what the grammar has that is easily taken for something else.
var seeds = []string{
	"package p\n\nimport (\n\t\"fmt\"\n\t. \"math\"\n\t_ \"embed\"\n)\n",
	"package p; type A[P any, Q interface{ ~int | string }] struct { a, b int `t`; *B; c.D; E[int]; f [3]int; g []int }",
	"package p; type A [n]int; type B [p.N]int; type C = D[int, string]; type E [...]int",
	"package p; func (r *T[K, V]) M(a, b int, c ...string) (x int, err error) { return }",
	"package p; func f(int, ...string) func() {}; func g(T[int], p.Q, []int, a [2]int)",
	"package p; func f() { if x := (T{1}); x.y { } else if z { }; for i := range 10 { }; for range c { }; for ; ; { } }",
	"package p; func f() { for k, v = range m { L: for { break L; continue L; goto L } }; if f(T{}) == (T{}) {} }",
	"package p; func f() { switch x := y.(type) { case int, []T: fallthrough; default: }; switch { case a: } }",
	"package p; func f() { select { case x := <-c: case c <- 1: case <-c: default: }; go func() {}(); defer f() }",
	"package p; var x = []T{{1}, 2: {a: b}, {}}; var y = map[string][]int{\"a\": {1}}; var z = struct{ a int }{1}",
	"package p; var x = a[1:2:3] + f(x...)[0].(T).y; var c <-chan int; var d chan<- chan int; var e = <-c",
	"package p; const ( A = iota; B; _; C, D = 1, 2 ); var f = 0x1p-2 + 1e+5 + .5 + 1_0i + 'x' + '\\''",
	"package p; func f() { x++; y--; a, b = b, a; a &^= 1; a <<= 2; c := *p + &q.r; _ = !a && -b | ^c }",
	"package p\n//go:build x\n/* a\nb */ var x = 1 /* c */ // d\n//go:embed a b\nvar y = `a\nb`\n",
	"package p; type I interface { m(); n(a int) (b int); J; p.K; L[int]; ~int | *T | []byte; error }",
	"package p; func f[T any, S ~[]T](s S) { f[int](nil); g[int, []string](); _ = h[T]{}; _ = func(x T) {} }",
}
