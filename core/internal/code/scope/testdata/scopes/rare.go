// Package scopes holds the forms in which names are easily bound wrongly.
package scopes

type x struct{ x, y int }

const y = 1

var z = func(z int) int { return z + y }

type list[T any] struct{ items []T }

func (l *list[E]) each(f func(E) E) (out []E) {
	type E2 struct{ E E }
	for i, e := range l.items {
		i, e := i+1, f(e)
		out = append(out, E2{e}.E)
		_ = i
	}
	return
}

func params(int int, y x, f func(x int, y x) (z int)) (x, z int) {
	x, q := y.x, f
	return x + q(1, y), int
}

func guard(v any) any {
	switch v := v.(type) {
	case x:
		y := v.y
		return y
	case *x, nil:
		return v
	}
	switch y := y; w := v.(type) {
	case int:
		return w + y
	}
	switch x := any(x{}).(type) {
	case x:
		return x
	}
	return y
}

func blocks(n int) int {
	if y := n; y > 0 {
		return y
	} else if z := y; z < 0 {
		return y + z
	}
	for n := n; n < y; n++ {
		n := n
		_ = n
	}
y:
	for {
		break y
	}
	var n2, n3 = n, func() int { n3 := n; return n3 }()
	const c, d = iota + y, y
	{
		const y = y + 1
		type x struct{ x *x }
		var v x
		_ = v.x.x
		n2 += y
	}
	goto x
x:
	return n2 + n3 + c + d
}

func channels(ch chan int) {
	select {
	case y, ok := <-ch:
		_, _ = y, ok
	case ch <- y:
	case ch := <-ch:
		_ = ch
	default:
		y := y
		_ = y
	}
	for range ch {
	}
	var k, v int
	for k, v = range []int{y} {
		_, _ = k, v
	}
	for x := range func(yield func(x int) bool) { yield(y) } {
		_ = x
	}
}

func generic[A any, B list[A] | []A](a A, b B) A {
	f := func(a A) A { return a }
	var i interface {
		a(b A) (a B)
	}
	_ = i
	return f(a)
}

func keys(y int, z string) {
	_ = x{x: y, y: 2}
	_ = map[string]int{z: y}
	_ = []int{0: y}
	defer func(y int) { _ = y }(y)
	go keys(func() int { y := y; return y }(), z)
}
