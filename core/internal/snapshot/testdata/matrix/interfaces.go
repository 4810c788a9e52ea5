package matrix

import (
	"fmt"
	"io"
	"reflect"
	"strings"
	"time"
)

type (
	Shape  interface{ Area() float64 }
	Square struct{ side float64 }
	Circle struct{ R float64 }
	Number int
	Named  map[string]int
	Direct struct{ P *int }
	One    [1]*int
	Boxes  struct {
		Any   any
		Shape Shape
		Str   fmt.Stringer
		List  []Shape
	}
	Gen[T any]                struct{ v T }
	Gen2[K comparable, V any] struct {
		m map[K]V
		p *Gen[V]
	}
)

func (s Square) Area() float64  { return s.side * s.side }
func (c *Circle) Area() float64 { return c.R }
func (n Number) Area() float64  { return float64(n) }
func (n Number) String() string { return fmt.Sprint(int(n)) }
func (n Named) Area() float64   { return float64(len(n)) }
func (d Direct) Area() float64  { return float64(*d.P) }
func (o One) Area() float64     { return float64(*o[0]) }

func local() any {
	type Local struct{ x int }
	return Local{4}
}

func interfaces() []Row {
	return []Row{
		is("any nil", "nil", any(nil)),
		is("any int", "JSON makes it a float", any(5)),
		is("any small", "the compiler's table of small boxes", any(uint8(5))),
		is("any string", "box of a string", any("x")),
		is("any zero string", "the compiler's zero box", any("")),
		is("any struct", "name of the type", any(Key{"a", "b"})),
		is("any with unexported fields", "name and fields", any(Square{3})),
		row("any pointer", "the word itself", func() any { return &Circle{2} }),
		is("any nil pointer", "typed nil", any((*Circle)(nil))),
		is("any nil slice", "typed nil", any([]int(nil))),
		is("any nil slices of two types", "one box, the runtime's zero", []any{[]int(nil), []string(nil), []int(nil), struct{ p, q *int }{}}),
		is("any nil map", "typed nil", any(map[string]int(nil))),
		row("any map", "the word itself", func() any { return map[string]int{"a": 1} }),
		is("any array", "boxed", any([3]int{1, 2, 3})),
		is("any empty struct", "size 0", any(struct{}{})),
		row("any struct of one pointer", "stored in the word itself", func() any { return Direct{ptr(4)} }),
		row("any array of one pointer", "stored in the word itself", func() any { return One{ptr(4)} }),
		row("any struct of one map", "stored in the word itself", func() any { return struct{ m map[string]int }{map[string]int{"a": 1}} }),
		row("pointer to any", "one more level", func() *any { return ptr(any(ptr(any(3)))) }),
		row("any of any slices", "nested", func() any { return []any{[]any{[]any{}}, map[string]any{"x": []any{nil}}} }),
		row("any of a local type", "found by its digest", local),
		row("any of a local anonymous struct", "no name at all", func() any { return struct{ A, b int }{1, 2} }),
		row("any of a generic type", "type arguments", func() any { return Gen[Key]{Key{"a", "b"}} }),
		row("any of a generic of a generic", "type arguments", func() any { return &Gen[Gen[[]string]]{Gen[[]string]{[]string{"x"}}} }),
		row("generic", "unexported fields", func() Gen2[string, int] { return Gen2[string, int]{map[string]int{"a": 1}, &Gen[int]{4}} }),
		row("interface with methods", "method table", func() Shape { return Square{2} }),
		row("interface with a pointer", "method table", func() Shape { return &Circle{2} }),
		row("interface with a number", "method table", func() Shape { return Number(2) }),
		row("interface with a map", "method table", func() Shape { return Named{"a": 1} }),
		row("interface with a direct struct", "method table", func() Shape { return Direct{ptr(4)} }),
		row("interface with a direct array", "method table", func() Shape { return One{ptr(4)} }),
		row("nil interface with methods", "nil", func() Shape { return nil }),
		row("interfaces of several kinds", "tables per kind", func() Boxes {
			return Boxes{Number(1), Number(2), Number(3), []Shape{Square{1}, nil, &Circle{1}, Number(4)}}
		}),
		row("interface shared pointer", "identity through interfaces", func() []Shape { c := &Circle{3}; return []Shape{c, c, &Circle{3}} }),
		row("io.Reader of data", "strings.Reader", func() io.Reader { return strings.NewReader("abc") }),
		row("fmt.Stringer duration", "library type", func() fmt.Stringer { return 3 * time.Second }),
		is("reflect.Type", "a pointer into the program", reflect.TypeFor[int]()),
		is("reflect.Type of a named type", "found by name", reflect.TypeFor[Gen[Key]]()),
		is("any of reflect.Type", "inside any", any(reflect.TypeFor[[]Key]())),
		is("nil reflect.Type", "nil", reflect.Type(nil)),
		row("map of types", "types as keys", func() map[reflect.Type]string { return map[reflect.Type]string{reflect.TypeFor[Key](): "k"} }),
		row("many boxes", "boxes of small numbers", func() []any {
			s := make([]any, 2000)
			for i := range s {
				s[i] = i % 300
			}
			return s
		}),
	}
}
