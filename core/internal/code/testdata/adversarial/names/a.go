// Package names makes names hard to follow.
package names

type B struct{ N int }

type A = B

// FromAlias is declared through a local alias.
func (a A) FromAlias() int { return a.N + one }

const one = 1

type Number interface{ ~int | ~float64 }

func Sum[T Number](list ...T) (sum T) {
	for _, v := range list {
		sum += v
	}
	return sum
}

type Shower interface{ Show() string }

type Cat struct{}

func (Cat) Show() string { return sound() }

func sound() string { return "meow" }

func Show[T Shower]() string {
	var z T
	return z.Show()
}

type List[T any] struct{ items []T }

func (l *List[T]) Add(v T) { l.items = append(l.items, v) }

func (l *List[T]) Len() int { return len(l.items) }

// In a group, the parser keeps the parameters of one type in scope of the next.
type (
	Pair[K any]  struct{ key K }
	Table[K any] struct{ rows []Pair[K] }
)

const (
	Red = iota
	Green
	Blue
)

const Lonely = "lonely"
