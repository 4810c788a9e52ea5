package code

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The law of state: whatever another test does to a package variable that a
// fixture's function reads, a run in which it has done so is not served what was
// stored without it. Each case is one kind of variable, one way to reach it or a
// part of it, and one way to change that. $ stands for the number of the case, so
// that many fit into one package.

// A lawKind is a kind of variable: its declarations, the expression of the part
// that is changed, the type of that, how fn reads it, and ways to change x.
type lawKind struct {
	name, decls, part, typ, read string
	changes                      []lawChange
}

// A lawChange is statements that change x; decls are what they need.
type lawChange struct{ name, stmts, decls string }

// A lawReach makes a part known as x around what changes it. E is the part, P its
// type, M the change.
type lawReach struct {
	name, test, decls string
	lists             bool // it is for slices
}

var lawInts = []lawChange{
	{name: "assign", stmts: `x[0] = 9`, decls: ""},
	{name: "assign of several", stmts: `_, x[0] = 1, 9`, decls: ""},
	{name: "op-assign", stmts: `x[0] += 8`, decls: ""},
	{name: "increment", stmts: `x[0]++`, decls: ""},
	{name: "address", stmts: `p := &x[0]; *p = 9`, decls: ""},
	{name: "address handed on", stmts: `set$(&x[0])`, decls: `func set$(p *int) { *p = 9 }`},
	{name: "append within capacity", stmts: `_ = append(x[:0], 9)`, decls: ""},
	{name: "copy", stmts: `copy(x, []int{9})`, decls: ""},
	{name: "clear", stmts: `clear(x)`, decls: ""},
	{name: "range into", stmts: `for x[0] = range 9 { }`, decls: ""},
	{name: "slice of it", stmts: `y := x[:1]; y[0] = 9`, decls: ""},
	{name: "method", stmts: `list$(x).set()`, decls: `type list$ []int
func (l list$) set() { l[0] = 9 }`},
	{name: "function of std that writes", stmts: `slices.Reverse(x)`, decls: ""},
	{name: "function of std that calls back", stmts: `sort.Sort(sort.Reverse(sort.IntSlice(x)))`, decls: ""},
	{name: "function of std that hands out", stmts: `slices.Clip(x)[0] = 9`, decls: ""},
	{name: "callback that writes", stmts: `slices.IndexFunc(x, func(int) bool { x[0] = 9; return true })`, decls: ""},
	{name: "iterator of std", stmts: `for i := range slices.Values([]int{0}) { x[i] = 9 }`, decls: ""},
	{name: "composite literal", stmts: `struct{ s []int }{x}.s[0] = 9`, decls: ""},
	{name: "goroutine", stmts: `done := make(chan bool); go func() { x[0] = 9; done <- true }(); <-done`, decls: ""},
	{name: "defer", stmts: `func() { defer func() { x[0] = 9 }() }()`, decls: ""},
	{name: "sent", stmts: `c := make(chan []int, 1); c <- x; (<-c)[0] = 9`, decls: ""},
	{name: "generic function", stmts: `put$(x, 9)`, decls: `func put$[T any](s []T, v T) { s[0] = v }`},
	{name: "unsafe", stmts: `*(*int)(unsafe.Pointer(&x[0])) = 9`, decls: ""},
	{name: "conversion", stmts: `[]int(x)[0] = 9`, decls: ""},
	{name: "conversion handed on", stmts: `put$([]int(x))`, decls: `func put$(s []int) { s[0] = 9 }`},
	{name: "conversion to a type with methods", stmts: `list$([]int(x)).set()`, decls: `type list$ []int
func (l list$) set() { l[0] = 9 }`},
	{name: "local variable set again", stmts: `y := []int(nil); y = x; y[0] = 9`, decls: ""},
}

var lawBytes = []lawChange{
	{name: "assign", stmts: `x[0] = 9`, decls: ""},
	{name: "hex.Decode", stmts: `hex.Decode(x, []byte("ff"))`, decls: ""},
	{name: "utf8.EncodeRune", stmts: `utf8.EncodeRune(x, 'z')`, decls: ""},
	{name: "strconv.AppendInt", stmts: `strconv.AppendInt(x[:0], 9, 10)`, decls: ""},
	{name: "bytes.TrimSpace", stmts: `if len(bytes.TrimSpace(x)) > 0 { bytes.TrimSpace(x)[0] = 9 }`, decls: ""},
	{name: "copy of a string", stmts: `copy(x, "z")`, decls: ""},
	{name: "binary", stmts: `binary.BigEndian.PutUint16(x, 9)`, decls: ""},
	{name: "reader", stmts: `strings.NewReader("z").Read(x)`, decls: ""},
	{name: "buffer", stmts: `bytes.NewBuffer(x[:0]).WriteByte(9)`, decls: ""},
}

var lawMap = []lawChange{
	{name: "assign", stmts: `x["a"] = 9`, decls: ""},
	{name: "op-assign", stmts: `x["a"] += 8`, decls: ""},
	{name: "increment", stmts: `x["a"]++`, decls: ""},
	{name: "delete", stmts: `delete(x, "a")`, decls: ""},
	{name: "clear", stmts: `clear(x)`, decls: ""},
	{name: "maps.Copy", stmts: `maps.Copy(x, map[string]int{"a": 9})`, decls: ""},
	{name: "maps.DeleteFunc", stmts: `maps.DeleteFunc(x, func(string, int) bool { return true })`, decls: ""},
	{name: "json", stmts: `json.Unmarshal([]byte("{\"a\":9}"), &x)`, decls: ""},
	{name: "range into", stmts: `for x["a"] = range 9 { }`, decls: ""},
	{name: "reflect", stmts: `reflect.ValueOf(x).SetMapIndex(reflect.ValueOf("a"), reflect.ValueOf(9))`, decls: ""},
	{name: "method", stmts: `dict$(x).set()`, decls: `type dict$ map[string]int
func (d dict$) set() { d["a"] = 9 }`},
}

var lawPointer = []lawChange{
	{name: "assign", stmts: `x.N = 9`, decls: ""},
	{name: "op-assign", stmts: `x.N += 8`, decls: ""},
	{name: "increment", stmts: `x.N++`, decls: ""},
	{name: "all of it", stmts: `*x = T{N: 9}`, decls: ""},
	{name: "address", stmts: `p := &x.N; *p = 9`, decls: ""},
	{name: "method", stmts: `x.Set(9)`, decls: ""},
	{name: "method value", stmts: `f := x.Set; f(9)`, decls: ""},
	{name: "method expression", stmts: `(*T).Set(x, 9)`, decls: ""},
	{name: "method by an interface", stmts: `interface{ Set(int) }(x).Set(9)`, decls: ""},
	{name: "embedded", stmts: `struct{ *T }{x}.Set(9)`, decls: ""},
	{name: "json", stmts: `json.Unmarshal([]byte("{\"N\":9}"), x)`, decls: ""},
	{name: "scan", stmts: `fmt.Sscan("9", &x.N)`, decls: ""},
	{name: "printed", stmts: `_ = fmt.Sprint((*loud$)(x))`, decls: `type loud$ T
func (l *loud$) String() string { l.N = 9; return "" }`},
	{name: "errors.As", stmts: `var e *fault$; errors.As((*fault$)(x), &e); e.N = 9`, decls: `type fault$ T
func (f *fault$) Error() string { return "" }`},
	{name: "cmp.Or", stmts: `cmp.Or(x).N = 9`, decls: ""},
	{name: "swap", stmts: `*x, *new(T) = T{N: 9}, *x`, decls: ""},
	{name: "once", stmts: `once$.Do(func() { x.N = 9 })`, decls: `var once$ sync.Once`},
	{name: "converted", stmts: `(*other$)(x).N = 9`, decls: `type other$ T`},
}

var lawValue = []lawChange{
	{name: "assign", stmts: `V = 9`, decls: ""},
	{name: "op-assign", stmts: `V += 8`, decls: ""},
	{name: "increment", stmts: `V++`, decls: ""},
	{name: "address", stmts: `p := &V; *p = 9`, decls: ""},
	{name: "address handed on", stmts: `set$(&V)`, decls: `func set$(p *int) { *p = 9 }`},
	{name: "address in a variable", stmts: `*ptr$ = 9`, decls: `var ptr$ = &V`},
	{name: "address in a struct of a list", stmts: `*ptrs$[0].p = 9`, decls: `var ptrs$ = []struct{ p *int }{{&V}}`},
	{name: "address of an address", stmts: `p := &V; q := &p; **q = 9`, decls: ""},
	{name: "address held", stmts: `p := &V; h := struct{ p *int }{p}; *h.p = 9`, decls: ""},
	{name: "address handed on by another name", stmts: `p := &V; q := p; set$(q)`, decls: `func set$(p *int) { *p = 9 }`},
	{name: "address, op-assign", stmts: `p := &V; *p += 8`, decls: ""},
	{name: "range into", stmts: `for V = range 9 { }`, decls: ""},
	{name: "scan", stmts: `fmt.Sscan("9", &V)`, decls: ""},
	{name: "closure", stmts: `func() { V = 9 }()`, decls: ""},
	{name: "in a condition", stmts: `if V = 9; true { }`, decls: ""},
	{name: "in a function", stmts: `put$()`, decls: `func put$() { V = 9 }`},
	{name: "method value of a holder", stmts: `f := (&box${&V}).set; f()`, decls: `type box$ struct{ p *int }
func (b *box$) set() { *b.p = 9 }`},
	{name: "receive", stmts: `c := make(chan int, 1); c <- 9; V = <-c`, decls: ""},
	{name: "select", stmts: `c := make(chan int, 1); c <- 9; select { case V = <-c: }`, decls: ""},
	{name: "once", stmts: `once$.Do(func() { V = 9 })`, decls: `var once$ sync.Once`},
	{name: "once, by a function", stmts: `once$.Do(put$)`, decls: "var once$ sync.Once\nfunc put$() { V = 9 }"},
	{name: "pointer that is set again", stmts: `p := new(int); p = &V; *p = 9`, decls: ""},
	{name: "atomic", stmts: `a := (*int64)(unsafe.Pointer(&V)); atomic.StoreInt64(a, 9)`, decls: ""},
}

// lawFunction sets a variable of a function.
var lawFunction = []lawChange{
	{name: "assign", stmts: `v$ = func() int { return 9 }`, decls: ""},
	{name: "address", stmts: `p := &v$; *p = func() int { return 9 }`, decls: ""},
	{name: "in a function", stmts: `hook$(func() int { return 9 })`, decls: `func hook$(f func() int) { v$ = f }`},
}

var lawKinds = []lawKind{
	{name: "slice", decls: `var v$ = []int{1, 2, 3}`, part: `v$`, typ: `[]int`, read: `v$[0]*100 + v$[2]`, changes: lawInts},
	{name: "field of a struct", decls: `var v$ = struct{ s []int }{[]int{1, 2, 3}}`, part: `v$.s`, typ: `[]int`, read: `v$.s[0]*100 + v$.s[2]`, changes: lawInts},
	{name: "element of a map", decls: `var v$ = map[string][]int{"a": {1, 2, 3}}`, part: `v$["a"]`, typ: `[]int`, read: `v$["a"][0]*100 + v$["a"][2]`, changes: lawInts},
	{name: "part of an array", decls: `var v$ = [3]int{1, 2, 3}`, part: `v$[:]`, typ: `[]int`, read: `v$[0]*100 + v$[2]`, changes: lawInts},
	{name: "part of an array in a struct", decls: `var v$ = struct{ a [3]int }{[3]int{1, 2, 3}}`, part: `v$.a[:]`, typ: `[]int`, read: `v$.a[0]*100 + v$.a[2]`, changes: lawInts[:7]},
	{name: "part of an array behind a pointer", decls: `var v$ = &[3]int{1, 2, 3}`, part: `v$[:]`, typ: `[]int`, read: `v$[0]*100 + v$[2]`, changes: lawInts[:7]},
	{name: "part of an array of a type", decls: "type array$ [3]int\n\nvar v$ = array${1, 2, 3}", part: `v$[:]`, typ: `[]int`, read: `v$[0]*100 + v$[2]`, changes: lawInts[:7]},
	{name: "behind an interface", decls: `var v$ any = []int{1, 2, 3}`, part: `v$.([]int)`, typ: `[]int`, read: `v$.([]int)[0]*100 + v$.([]int)[2]`, changes: lawInts},
	{name: "bytes", decls: `var v$ = []byte(" bc")`, part: `v$`, typ: `[]byte`, read: `int(v$[0])*1000 + int(v$[1])`, changes: lawBytes},
	{name: "map", decls: `var v$ = map[string]int{"a": 1}`, part: `v$`, typ: `map[string]int`, read: `v$["a"]`, changes: lawMap},
	{name: "map in a struct", decls: `var v$ = &struct{ m map[string]int }{map[string]int{"a": 1}}`, part: `v$.m`, typ: `map[string]int`, read: `v$.m["a"]`, changes: lawMap},
	{name: "pointer", decls: `var v$ = &T{N: 1}`, part: `v$`, typ: `*T`, read: `v$.N`, changes: lawPointer},
	{name: "struct", decls: `var v$ = T{N: 1}`, part: `(&v$)`, typ: `*T`, read: `v$.N`, changes: lawPointer},
	{name: "pointers in a slice", decls: `var v$ = []*T{{N: 1}}`, part: `v$[0]`, typ: `*T`, read: `v$[0].N`, changes: lawPointer},
	{name: "pointer that a function made", decls: "var v$ = make$()\nfunc make$() *T { return &T{N: 1} }", part: `v$`, typ: `*T`, read: `v$.N`, changes: lawPointer},
	{name: "number", decls: `var v$ = 1`, part: "", typ: `*int`, read: `v$`, changes: replaced(lawValue, `v$`)},
	{name: "number in a struct", decls: `var v$ struct{ n struct{ m int } }`, part: "", typ: `*int`, read: `v$.n.m`, changes: replaced(lawValue, `v$.n.m`)},
	{name: "number in a map of arrays", decls: `var v$ = [2][2]int{}`, part: "", typ: `*int`, read: `v$[1][1]`, changes: replaced(lawValue, `v$[1][1]`)},
	{name: "pointer to nothing", decls: `var v$ = &struct{}{}`, part: "", typ: "", read: `map[bool]int{true: 9, false: 1}[v$ == nil]`, changes: []lawChange{{name: "assign", stmts: `v$ = nil`, decls: ""}, {name: "address", stmts: `p := &v$; *p = nil`, decls: ""}}},
	{name: "function", decls: `var v$ = func() int { return 1 }`, part: "", typ: "", read: `v$()`, changes: lawFunction},
	{name: "function of a name", decls: "var v$ = one$\nfunc one$() int { return 1 }", part: "", typ: "", read: `v$()`, changes: lawFunction},
	{name: "counter of a name", decls: "var v$ = next$\nvar n$ int\nfunc next$() int { n$++; return n$ }", part: "", typ: "", read: `v$()`, changes: []lawChange{{name: "call", stmts: `v$()`, decls: ""}, {name: "set", stmts: `n$ = 9`, decls: ""}}},
	{name: "method value", decls: "var v$ = c$.next\nvar c$ = &counter${}\ntype counter$ struct{ n int }\nfunc (c *counter$) next() int { c.n++; return c.n }", part: "", typ: "", read: `v$()`, changes: []lawChange{{name: "call", stmts: `v$()`, decls: ""}, {name: "set", stmts: `c$.n = 9`, decls: ""}}},
	{name: "counter", decls: "var v$ = count$()\nfunc count$() func() int { n := 0; return func() int { n++; return n } }", part: "", typ: "", read: `v$()`, changes: []lawChange{{name: "call", stmts: `v$()`, decls: ""}}},
	{name: "iterator", decls: "var v$ = pairs$()\nfunc pairs$() iter.Seq2[int, int] { n := 0; return func(yield func(int, int) bool) { n++; yield(n, n) } }", part: "", typ: "",
		read: `func() (n int) { for n = range v$ { }; return n }()`, changes: []lawChange{{name: "range", stmts: `for range v$ { }`, decls: ""}}},
	{name: "iterator of a type", decls: "var v$ iter.Seq2[int, int] = pairs$()\nfunc pairs$() iter.Seq2[int, int] { n := 0; return func(yield func(int, int) bool) { n++; yield(n, n) } }", part: "", typ: "",
		read: `func() (n int) { for n = range v$ { }; return n }()`, changes: []lawChange{{name: "range", stmts: `for range v$ { }`, decls: ""}}},
	{name: "channel", decls: `var v$ = make(chan int, 3)`, part: "", typ: "", read: `len(v$)`, changes: []lawChange{
		{name: "send", stmts: `v$ <- 1`, decls: ""},
		{name: "send through another name", stmts: `c := v$; c <- 1`, decls: ""},
		{name: "send by a select", stmts: `select { case v$ <- 1: default: }`, decls: ""},
		{name: "send by a function", stmts: `send$(v$)`, decls: `func send$(c chan<- int) { c <- 1 }`},
	}},
	{name: "sync.Map", decls: `var v$ sync.Map`, part: "", typ: "", read: `func() int { n := 0; v$.Range(func(_, _ any) bool { n++; return true }); return n }()`, changes: []lawChange{
		{name: "store", stmts: `v$.Store(1, 1)`, decls: ""}, {name: "method value", stmts: `f := v$.Store; f(1, 1)`, decls: ""}, {name: "pointer", stmts: `m := &v$; m.Store(1, 1)`, decls: ""}}},
	{name: "atomic", decls: `var v$ atomic.Int64`, part: "", typ: "", read: `int(v$.Load())`, changes: []lawChange{{name: "store", stmts: `v$.Store(9)`, decls: ""}, {name: "add", stmts: `v$.Add(8)`, decls: ""}, {name: "pointer", stmts: `m := &v$; m.Store(9)`, decls: ""}}},
	{name: "atomic pointer", decls: `var v$ atomic.Pointer[T]; func init() { v$.Store(&T{N: 1}) }`, part: "", typ: "", read: `v$.Load().N`, changes: []lawChange{{name: "what it leads to", stmts: `v$.Load().N = 9`, decls: ""}, {name: "store", stmts: `v$.Store(&T{N: 9})`, decls: ""}}},
	{name: "big.Int", decls: `var v$ = big.NewInt(1)`, part: "", typ: "", read: `int(v$.Int64())`, changes: []lawChange{
		{name: "receiver", stmts: `v$.SetInt64(9)`, decls: ""}, {name: "argument", stmts: `new(big.Int).DivMod(big.NewInt(7), big.NewInt(4), v$)`, decls: ""}}},
	{name: "buffer", decls: `var v$ bytes.Buffer`, part: "", typ: "", read: `v$.Len()`, changes: []lawChange{{name: "write", stmts: `v$.WriteString("x")`, decls: ""}, {name: "print", stmts: `fmt.Fprint(&v$, "x")`, decls: ""}}},
	{name: "list", decls: `var v$ = list.New()`, part: "", typ: "", read: `v$.Len()`, changes: []lawChange{{name: "push", stmts: `v$.PushBack(1)`, decls: ""}}},
}

func replaced(list []lawChange, part string) (changes []lawChange) {
	for _, c := range list {
		changes = append(changes, lawChange{name: c.name, stmts: strings.ReplaceAll(c.stmts, "V", part), decls: strings.ReplaceAll(c.decls, "V", part)})
	}
	return changes
}

var lawReaches = []lawReach{
	{name: "define", test: `x := E; M`, decls: ""},
	{name: "var", test: `var x = E; M`, decls: ""},
	{name: "var of a type", test: `var x P = E; M`, decls: ""},
	{name: "later", test: `var x P; x = E; M`, decls: ""},
	{name: "later in a loop", test: `var x P; for i := range 2 { if i > 0 { M }; x = E }`, decls: ""},
	{name: "later by two names", test: `var y, x P; y = E; x = y; M`, decls: ""},
	{name: "later by two names in a loop", test: `var y, x P; for i := range 3 { if i > 1 { M }; x = y; y = E }`, decls: ""},
	{name: "later in a literal", test: `var x P; f := func() { x = E }; f(); M`, decls: ""},
	{name: "parameter that is set", test: `change$(*new(P))`, decls: `func change$(x P) { x = E; M }`},
	{name: "result of a literal", test: `x := func() (p P) { p = E; return }(); M`, decls: ""},
	{name: "two names", test: `y := E; x := y; M`, decls: ""},
	{name: "part of a list", test: `x := E[:1:3]; M`, decls: "", lists: true},
	{name: "part of a part", test: `y := E[0:]; z := y; x := z[:3]; M`, decls: "", lists: true},
	{name: "part of a field", test: `c := struct{ p P }{E}; d := c; x := d.p[:]; M`, decls: "", lists: true},
	{name: "part of an element", test: `for _, y := range [][]P{{E}} { x := y[0][:]; M }`, decls: "", lists: true},
	{name: "struct copy", test: `c := struct{ p P }{E}; d := c; x := d.p; M`, decls: ""},
	{name: "field", test: `var h struct{ p P }; h.p = E; x := h.p; M`, decls: ""},
	{name: "element", test: `xs := []P{E}; x := xs[0]; M`, decls: ""},
	{name: "map element", test: `xs := map[int]P{}; xs[0] = E; x := xs[0]; M`, decls: ""},
	{name: "range", test: `for _, x := range []P{E} { M }`, decls: ""},
	{name: "assertion", test: `x := any(E).(P); M`, decls: ""},
	{name: "type switch", test: `switch x := any(E).(type) { case P: M }`, decls: ""},
	{name: "closure", test: `f := func() P { return E }; x := f(); M`, decls: ""},
	{name: "captured", test: `y := E; func() { x := y; M }()`, decls: ""},
	{name: "iterator", test: `for x := range func(yield func(P) bool) { yield(E) } { M }`, decls: ""},
	{name: "method", test: `x := holder${}.get(); M`, decls: `type holder$ struct{}
func (holder$) get() P { return E }`},
	{name: "method value", test: `f := holder${}.get; x := f(); M`, decls: `type holder$ struct{}
func (holder$) get() P { return E }`},
	{name: "interface", test: `var i interface{ get() P } = holder${}; x := i.get(); M`, decls: `type holder$ struct{}
func (holder$) get() P { return E }`},
	{name: "parameter", test: `change$(E)`, decls: `func change$(x P) { M }`},
	{name: "parameter of one of two functions", test: `change$(E)`, decls: "func change$(x P) { then$(x) }\nfunc then$(x P) { M }"},
	{name: "parameter of functions that call one another", test: `change$(1, E)`, decls: "func change$(n int, x P) { if n > 0 { then$(n, x) } }\nfunc then$(n int, x P) { M; change$(n-1, x) }"},
	{name: "parameter of a literal", test: `func(x P) { M }(E)`, decls: ""},
	{name: "variadic", test: `change$(E)`, decls: `func change$(xs ...P) { x := xs[0]; M }`},
	{name: "any", test: `change$(E)`, decls: `func change$(a any) { x := a.(P); M }`},
	{name: "result", test: `x := get$(); M`, decls: `func get$() P { return E }`},
	{name: "named result", test: `x := get$(); M`, decls: `func get$() (p P) { p = E; return }`},
	{name: "generic", test: `x := same$(E); M`, decls: `func same$[T any](v T) T { return v }`},
	{name: "hook", test: `x := hook$(); M`, decls: `var hook$ = func() P { return E }`},
	{name: "holder", test: `hold$ = append(hold$, E); x := hold$[0]; M`, decls: `var hold$ []P`},
	{name: "alias made when the program starts", test: `x := alias$; M`, decls: `var alias$ = E`},
	{name: "alias in a struct", test: `x := alias$.p; M`, decls: `var alias$ = struct{ p P }{E}`},
	{name: "alias of an alias", test: `x := alias$.p; M`, decls: "var first$ = []P{E}\nvar alias$ = &struct{ p P }{first$[0]}"},
	{name: "alias that a method changes", test: `alias$.do()`, decls: "var alias$ = holder${E}\ntype holder$ struct{ p P }\nfunc (h holder$) do() { x := h.p; M }"},
	{name: "alias made by init", test: `x := alias$; M`, decls: "var alias$ P\nfunc init() { alias$ = E }"},
	{name: "alias made by what init calls", test: `x := alias$; M`, decls: "var alias$ P\nfunc init() { setup$() }\nfunc setup$() { alias$ = E }"},
	{name: "channel", test: `c := make(chan P, 1); c <- E; x := <-c; M`, decls: ""},
	{name: "pointer", test: `y := E; p := &y; x := *p; M`, decls: ""},
	{name: "pointer to a part", test: `var h struct{ p P }; h.p = E; q := &h; r := &q.p; x := *r; M`, decls: ""},
}

// A lawCase is the source of one case, with $ replaced.
type lawCase struct{ id, name, decls, mut, read string }

// lawCases are all pairs, or one of each so many.
func lawCases(every int) (some []lawCase) {
	var list []lawCase
	add := func(k lawKind, r lawReach, c lawChange) {
		all := strings.NewReplacer("$", fmt.Sprint(len(list)))
		fill := strings.NewReplacer("M", "{ "+c.stmts+" }", "E", k.part, "P", k.typ)
		list = append(list, lawCase{
			id:    fmt.Sprint(len(list)),
			name:  all.Replace(k.name + ", " + r.name + ", " + c.name),
			decls: all.Replace(k.decls + "\n" + fill.Replace(r.decls) + "\n" + c.decls),
			mut:   all.Replace(fill.Replace(r.test)),
			read:  all.Replace(k.read),
		})
	}
	for _, k := range lawKinds {
		for _, c := range k.changes {
			if k.part == "" {
				add(k, lawReach{test: "M", name: "name"}, c)
				add(k, lawReach{name: "function", test: "mutate$()", decls: "func mutate$() { M }"}, c)
				add(k, lawReach{name: "method", test: "mutator${}.do()", decls: "type mutator$ struct{}\nfunc (mutator$) do() { M }"}, c)
				add(k, lawReach{name: "hook", test: "mutate$()", decls: "var mutate$ = func() { M }"}, c)
				continue
			}
			if k.name != "struct" && !strings.HasPrefix(k.name, "part of an array") {
				direct := regexp.MustCompile(`\bx\b`).ReplaceAllLiteralString(c.stmts, k.part)
				if !strings.Contains(c.stmts, "for x[") && !strings.Contains(c.stmts, "&x") {
					add(k, lawReach{test: "M", name: "name"}, lawChange{name: c.name, stmts: direct, decls: c.decls})
				}
			}
			for _, r := range lawReaches {
				if !r.lists || strings.HasPrefix(k.typ, "[]") {
					add(k, r, c)
				}
			}
		}
	}
	for i := 0; i < len(list); i += every {
		some = append(some, list[i])
	}
	return some
}

const lawShared = `
type T struct{ N int }

func (t *T) Set(n int) { t.N = n }
`

// lawFile is a file of a package of some cases, with what f makes of each.
func lawFile(pkg string, cases []lawCase, f func(c lawCase) string) string {
	var b strings.Builder
	for _, c := range cases {
		b.WriteString(f(c))
	}
	text := b.String()
	imports := ""
	for _, path := range []string{"bytes", "cmp", "container/list", "encoding/binary", "encoding/hex", "encoding/json", "errors", "fmt", "iter", "maps", "math/big", "reflect",
		"slices", "sort", "strconv", "strings", "sync", "sync/atomic", "testing", "unicode/utf8", "unsafe", "github.com/fixturecache/fixturecache/cachetest"} {
		if regexp.MustCompile(`\b` + filepath.Base(path) + `\.[A-Z]`).MatchString(text) {
			imports += fmt.Sprintf("import %q\n", path)
		}
	}
	return "package " + pkg + "\n\n" + imports + text
}

// TestLawOfState asks for the state in reach of each case: another test may
// change it, so that the code of the whole run counts.
func TestLawOfState(t *testing.T) {
	cases := lawCases(1)
	if len(cases) < 600 {
		t.Errorf("only %d cases", len(cases))
	}
	t.Logf("%d cases: all pairs, none by chance", len(cases))
	const together = 100
	for from := 0; from < len(cases); from += together {
		part := cases[from:min(from+together, len(cases))]
		t.Run(fmt.Sprint(from), func(t *testing.T) {
			t.Parallel()
			b := isolated(writeTree(t, "go.mod", "module m\n\ngo 1.24\n", "p.go", "package m\n"+lawShared, "p_test.go", lawFile("m", part, lawTest)))
			p, err := b.program(nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range part {
				r := p.graph.ReachFrom(p.graph.Functions("fn" + c.id)...)
				if found := p.state.InReach(r, Covered{}); len(found.Causes(p.graph.Executed(), 1)) == 0 {
					t.Errorf("%s: not the whole run; state %v\n%s\n%s\nread: %s", c.name, found.State, c.decls, c.mut, c.read)
				}
			}
		})
	}
}

// TestLawOfInit has what changes the state of each case run when the program
// starts: it is code of what reads that.
func TestLawOfInit(t *testing.T) {
	cases := lawCases(1)
	const together = 100
	for from := 0; from < len(cases); from += together {
		part := cases[from:min(from+together, len(cases))]
		t.Run(fmt.Sprint(from), func(t *testing.T) {
			t.Parallel()
			b := isolated(writeTree(t, "go.mod", "module m\n\ngo 1.24\n", "p.go", "package m\n"+lawShared, "p_test.go", lawFile("m", part, func(c lawCase) string {
				return fmt.Sprintf("%s\n\nfunc init() { before%s() }\n\nfunc before%s() {\n\t%s\n}\n\nfunc fn%s() int { return %s }\n\n", c.decls, c.id, c.id, c.mut, c.id, c.read)
			})))
			p, err := b.program(nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range part {
				r := p.graph.ReachFrom(p.graph.Functions("fn" + c.id)...)
				if r.AddInit(); !r.Has(p.graph.Functions("before" + c.id)[0]) {
					t.Errorf("%s: what runs before is not part of it\n%s\n%s\nread: %s", c.name, c.decls, c.mut, c.read)
				}
			}
		})
	}
}

// lawTest is the code of a case: what changes it, and what reads it.
func lawTest(c lawCase) string {
	return fmt.Sprintf("%s\n\nfunc TestMut%s(t *testing.T) {\n\t%s\n}\n\nfunc fn%s() int { return %s }\n\n", c.decls, c.id, c.mut, c.id, c.read)
}

// TestLawOfStateInRuns runs cases with a real Memo: the fixtures alone first,
// then after what changes what they read. It takes a sample, a larger one with
// CACHETEST_LONG, and all with CACHETEST_LAW. Each of the fixtures of a package
// may have the code of all its tests for an input, so that the time grows with
// the square of how many are in one.
func TestLawOfStateInRuns(t *testing.T) {
	if testing.Short() {
		t.Skip("builds test binaries")
	}
	every := 337 // coprime to the numbers of ways: each way is met
	if os.Getenv("CACHETEST_LONG") != "" {
		every = 11
	}
	if os.Getenv("CACHETEST_LAW") != "" {
		every = 1
	}
	cases := lawCases(every)
	if every <= 11 && len(cases) < 600 {
		t.Errorf("only %d cases", len(cases))
	}
	repo, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile(filepath.Join(repo, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile(filepath.Join(repo, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	requires := strings.Replace(string(mod), "module github.com/fixturecache/fixturecache", "module m", 1) +
		"\nrequire github.com/fixturecache/fixturecache v0.0.0\nreplace github.com/fixturecache/fixturecache => " + repo + "\n"
	files := []string{"go.mod", requires, "go.sum", string(sums)}
	const together = 40
	for i := 0; i < len(cases); i += together {
		part := cases[i:min(i+together, len(cases))]
		dir := fmt.Sprintf("p%d", i)
		files = append(files, dir+"/p.go", "package p\n"+lawShared, dir+"/a_test.go", lawFile("p", part, lawTest), dir+"/b_test.go", lawFile("p", part, lawUse))
	}
	dir := writeTree(t, files...)
	t.Setenv("CACHETEST_DIR", t.TempDir())
	alone := lawRun(t, dir, "-run=Use")
	after := lawRun(t, dir)
	changed := 0
	for _, c := range cases {
		if after[c.id] == "" || alone[c.id] == "" {
			t.Errorf("%s: not run", c.name)
		} else if alone[c.id] != after[c.id] {
			changed++
		}
	}
	t.Logf("%d cases, one of each %d, %d of them give another value after the change", len(cases), every, changed)
	if changed < len(cases)*9/10 {
		t.Errorf("only %d of %d cases change anything", changed, len(cases))
	}
}

// lawUse is the test that has the fixture: what it is given must be what its
// function returns now.
func lawUse(c lawCase) string {
	return fmt.Sprintf(`func TestUse%s(t *testing.T) {
	want := 0
	got := cachetest.Memo(t, "%s", func() (int, error) { want = fn%s(); return want, nil })
	if want == 0 {
		want = fn%s()
	}
	fmt.Println("VALUE %s", want)
	if got != want {
		t.Errorf("STALE: got %%d, want %%d", got, want)
	}
}

`, c.id, c.id, c.id, c.id, c.id)
}

var lawValueLine = regexp.MustCompile(`(?m)^VALUE (\d+) (-?\d+)$`)

// lawRun runs the tests of the cases and returns the value of each.
func lawRun(t *testing.T, dir string, args ...string) map[string]string {
	t.Helper()
	out, err := goCommand(dir, append([]string{"test", "-v", "-vet=off", "-count=1", "-mod=mod", "-timeout=50m"}, append(args, "./...")...)...)
	if err != nil {
		t.Fatalf("%v\n%.8000s", err, out)
	}
	values := map[string]string{}
	for _, m := range lawValueLine.FindAllStringSubmatch(string(out), -1) {
		values[m[1]] = m[2]
	}
	return values
}
