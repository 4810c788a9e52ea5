package matrix

type (
	Node struct {
		Next, Prev *Node
		Val        int
	}
	Tree struct {
		L, R *Tree
		K    string
	}
	Self   *Self
	Rec    []Rec
	RecMap map[string]RecMap
	Field  struct {
		A byte
		B int64
		C *int64
	}
	Shared struct{ A, B *int }
	Views  struct {
		All, Part, Tail []int
		One             *int
		Arr             *[2]int
	}
	Aliased struct {
		Bytes, More []byte
		Text        string
	}
	Deep struct {
		P ****int
		Q **[]*map[string]*int
	}
	Iface struct{ A, B any }
)

func ring(n int) *Node {
	first := &Node{Val: 1}
	last := first
	for i := 2; i <= n; i++ {
		nd := &Node{Prev: last, Val: i}
		last.Next, last = nd, nd
	}
	last.Next, first.Prev = first, last
	return first
}

func chain(n int) *Node {
	var head *Node
	for i := range n {
		head = &Node{Next: head, Val: i}
	}
	return head
}

func pointers() []Row {
	return []Row{
		is("nil pointer", "nil", (*int)(nil)),
		row("pointer to zero", "gob turns it into nil", func() *int { return new(int) }),
		row("pointer", "plain", func() *int { return ptr(5) }),
		row("pointer to empty string", "gob turns it into nil", func() *string { return ptr("") }),
		row("pointer to pointer to nil", "levels of nil", func() **int { return new(*int) }),
		row("pointer to nil slice", "levels of nil", func() *[]int { return new([]int) }),
		row("pointer to nil map", "levels of nil", func() *map[string]int { return new(map[string]int) }),
		row("pointer to struct", "all fields zero", func() *Field { return new(Field) }),
		row("pointer to empty struct", "size 0", func() *struct{} { return new(struct{}) }),
		row("deep pointers", "four levels", func() Deep {
			a := ptr(ptr(ptr(ptr(9))))
			return Deep{a, ptr(ptr([]*map[string]*int{nil, ptr(map[string]*int{"x": ptr(1), "n": nil})}))}
		}),
		row("shared pointer", "most libraries make two", func() Shared { p := ptr(3); return Shared{p, p} }),
		row("not shared, alike", "deduplication would make one", func() Shared { return Shared{ptr(3), ptr(3)} }),
		row("shared in slice", "one of three", func() []*int { p := ptr(3); return []*int{p, ptr(3), p} }),
		row("ring", "gob dies of it", func() *Node { return ring(5) }),
		row("ring of one", "points at itself", func() *Node { return ring(1) }),
		row("long chain", "depth costs no stack", func() *Node { return chain(20000) }),
		row("tree", "recursion", func() *Tree { return &Tree{&Tree{nil, nil, "l"}, &Tree{&Tree{K: "x"}, nil, "r"}, "root"} }),
		row("DAG", "shared subtree", func() *Tree { s := &Tree{K: "s"}; return &Tree{s, s, ""} }),
		row("type that is a pointer to itself", "type Self *Self", func() Self { var s Self; s = &s; return s }),
		row("slice that holds itself", "type Rec []Rec", func() Rec { r := Rec{nil, {}}; r[0] = r; return r }),
		row("map that holds itself", "cycle through a map", func() RecMap { m := RecMap{"x": nil}; m["me"] = m; return m }),
		row("any that holds its own slice", "cycle through an interface", func() []any { s := []any{1, nil}; s[1] = s; return s }),
		row("pointer in a struct to its own field", "interior", func() *Field { f := &Field{B: 7}; f.C = &f.B; return f }),
		row("struct by value with a pointer to its copy's field", "not itself", func() Field { f := Field{B: 7}; f.C = &f.B; return f }),
		row("slices of one array", "writes show in the others", func() Views {
			a := []int{1, 2, 3, 4, 5, 6}
			return Views{a[:4], a[1:3:5], a[5:], &a[2], (*[2]int)(a[3:5])}
		}),
		row("partly overlapping slices", "no slice holds all", func() [][]int { a := []int{1, 2, 3, 4, 5}; return [][]int{a[:3], a[2:]} }),
		row("adjacent slices", "not overlapping by length", func() [][]int { a := []int{1, 2, 3, 4}; return [][]int{a[:2:2], a[2:]} }),
		row("slices of strings overlapping", "elements with pointers", func() [][]string {
			a := []string{"a", "b", "c", "d"}
			return [][]string{a[:3], a[1:], a[3:]}
		}),
		row("slices of structs and pointers into them", "fields of elements", func() Iface {
			a := []Field{{A: 1}, {A: 2}, {A: 3}}
			return Iface{a, []*int64{&a[1].B, &a[2].B, &a[1].B}}
		}),
		row("pointers to neighbours in an array", "interior, same type", func() []*int { a := [3]int{1, 2, 3}; return []*int{&a[0], &a[2], &a[1]} }),
		row("bytes shared", "writes to one show in the other", func() Aliased { b := []byte("hello world"); return Aliased{b, b[6:], string(b)} }),
		row("struct and its first field", "one address, two types", func() Iface { f := &Field{A: 3}; return Iface{f, &f.A} }),
		row("array and its first element", "one address, two types", func() Iface { a := &[4]string{"x", "y"}; return Iface{a, &a[0]} }),
		row("array pointer and slice", "one array, two types", func() Iface { a := &[4]string{"x", "y"}; return Iface{a, a[1:3]} }),
		row("array pointers that overlap", "made from one slice that is gone", func() []*[2]int {
			a := []int{1, 2, 3, 4}
			return []*[2]int{(*[2]int)(a[:2]), (*[2]int)(a[1:3]), (*[2]int)(a[2:])}
		}),
		row("slice kept by its tail only", "the head is not part of the value", func() []int { return []int{1, 2, 3, 4}[2:] }),
		row("slice with room", "capacity is not part of the value", func() []int { return append(make([]int, 0, 100), 1, 2) }),
	}
}
