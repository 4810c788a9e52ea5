package source

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
type lawReach struct{ name, test, decls string }

var lawInts = []lawChange{
	{"assign", `x[0] = 9`, ""},
	{"assign of several", `_, x[0] = 1, 9`, ""},
	{"op-assign", `x[0] += 8`, ""},
	{"increment", `x[0]++`, ""},
	{"address", `p := &x[0]; *p = 9`, ""},
	{"address handed on", `set$(&x[0])`, `func set$(p *int) { *p = 9 }`},
	{"append within capacity", `_ = append(x[:0], 9)`, ""},
	{"copy", `copy(x, []int{9})`, ""},
	{"clear", `clear(x)`, ""},
	{"range into", `for x[0] = range 9 { }`, ""},
	{"slice of it", `y := x[:1]; y[0] = 9`, ""},
	{"method", `list$(x).set()`, `type list$ []int
func (l list$) set() { l[0] = 9 }`},
	{"function of std that writes", `slices.Reverse(x)`, ""},
	{"function of std that calls back", `sort.Sort(sort.Reverse(sort.IntSlice(x)))`, ""},
	{"function of std that hands out", `slices.Clip(x)[0] = 9`, ""},
	{"callback that writes", `slices.IndexFunc(x, func(int) bool { x[0] = 9; return true })`, ""},
	{"iterator of std", `for i := range slices.Values([]int{0}) { x[i] = 9 }`, ""},
	{"composite literal", `struct{ s []int }{x}.s[0] = 9`, ""},
	{"goroutine", `done := make(chan bool); go func() { x[0] = 9; done <- true }(); <-done`, ""},
	{"defer", `func() { defer func() { x[0] = 9 }() }()`, ""},
	{"sent", `c := make(chan []int, 1); c <- x; (<-c)[0] = 9`, ""},
	{"generic function", `put$(x, 9)`, `func put$[T any](s []T, v T) { s[0] = v }`},
	{"unsafe", `*(*int)(unsafe.Pointer(&x[0])) = 9`, ""},
	{"conversion", `[]int(x)[0] = 9`, ""},
	{"conversion handed on", `put$([]int(x))`, `func put$(s []int) { s[0] = 9 }`},
	{"conversion to a type with methods", `list$([]int(x)).set()`, `type list$ []int
func (l list$) set() { l[0] = 9 }`},
	{"local variable set again", `y := []int(nil); y = x; y[0] = 9`, ""},
}

var lawBytes = []lawChange{
	{"assign", `x[0] = 9`, ""},
	{"hex.Decode", `hex.Decode(x, []byte("ff"))`, ""},
	{"utf8.EncodeRune", `utf8.EncodeRune(x, 'z')`, ""},
	{"strconv.AppendInt", `strconv.AppendInt(x[:0], 9, 10)`, ""},
	{"bytes.TrimSpace", `bytes.TrimSpace(x)[0] = 9`, ""},
	{"copy of a string", `copy(x, "z")`, ""},
	{"binary", `binary.BigEndian.PutUint16(x, 9)`, ""},
	{"reader", `strings.NewReader("z").Read(x)`, ""},
	{"buffer", `bytes.NewBuffer(x[:0]).WriteByte(9)`, ""},
}

var lawMap = []lawChange{
	{"assign", `x["a"] = 9`, ""},
	{"op-assign", `x["a"] += 8`, ""},
	{"increment", `x["a"]++`, ""},
	{"delete", `delete(x, "a")`, ""},
	{"clear", `clear(x)`, ""},
	{"maps.Copy", `maps.Copy(x, map[string]int{"a": 9})`, ""},
	{"maps.DeleteFunc", `maps.DeleteFunc(x, func(string, int) bool { return true })`, ""},
	{"json", `json.Unmarshal([]byte("{\"a\":9}"), &x)`, ""},
	{"range into", `for x["a"] = range 9 { }`, ""},
	{"reflect", `reflect.ValueOf(x).SetMapIndex(reflect.ValueOf("a"), reflect.ValueOf(9))`, ""},
	{"method", `dict$(x).set()`, `type dict$ map[string]int
func (d dict$) set() { d["a"] = 9 }`},
}

var lawPointer = []lawChange{
	{"assign", `x.N = 9`, ""},
	{"op-assign", `x.N += 8`, ""},
	{"increment", `x.N++`, ""},
	{"all of it", `*x = T{N: 9}`, ""},
	{"address", `p := &x.N; *p = 9`, ""},
	{"method", `x.Set(9)`, ""},
	{"method value", `f := x.Set; f(9)`, ""},
	{"method expression", `(*T).Set(x, 9)`, ""},
	{"method by an interface", `interface{ Set(int) }(x).Set(9)`, ""},
	{"embedded", `struct{ *T }{x}.Set(9)`, ""},
	{"json", `json.Unmarshal([]byte("{\"N\":9}"), x)`, ""},
	{"scan", `fmt.Sscan("9", &x.N)`, ""},
	{"printed", `_ = fmt.Sprint((*loud$)(x))`, `type loud$ T
func (l *loud$) String() string { l.N = 9; return "" }`},
	{"errors.As", `var e *fault$; errors.As((*fault$)(x), &e); e.N = 9`, `type fault$ T
func (f *fault$) Error() string { return "" }`},
	{"cmp.Or", `cmp.Or(x).N = 9`, ""},
	{"swap", `*x, *new(T) = T{N: 9}, *x`, ""},
	{"once", `once$.Do(func() { x.N = 9 })`, `var once$ sync.Once`},
	{"converted", `(*other$)(x).N = 9`, `type other$ T`},
}

var lawValue = []lawChange{
	{"assign", `V = 9`, ""},
	{"op-assign", `V += 8`, ""},
	{"increment", `V++`, ""},
	{"address", `p := &V; *p = 9`, ""},
	{"address handed on", `set$(&V)`, `func set$(p *int) { *p = 9 }`},
	{"address of an address", `p := &V; q := &p; **q = 9`, ""},
	{"address held", `p := &V; h := struct{ p *int }{p}; *h.p = 9`, ""},
	{"address handed on by another name", `p := &V; q := p; set$(q)`, `func set$(p *int) { *p = 9 }`},
	{"address, op-assign", `p := &V; *p += 8`, ""},
	{"range into", `for V = range 9 { }`, ""},
	{"scan", `fmt.Sscan("9", &V)`, ""},
	{"closure", `func() { V = 9 }()`, ""},
	{"in a condition", `if V = 9; true { }`, ""},
	{"in a function", `put$()`, `func put$() { V = 9 }`},
	{"method value of a holder", `f := (&box${&V}).set; f()`, `type box$ struct{ p *int }
func (b *box$) set() { *b.p = 9 }`},
	{"receive", `c := make(chan int, 1); c <- 9; V = <-c`, ""},
	{"select", `c := make(chan int, 1); c <- 9; select { case V = <-c: }`, ""},
	{"once", `once$.Do(func() { V = 9 })`, `var once$ sync.Once`},
	{"once, by a function", `once$.Do(put$)`, "var once$ sync.Once\nfunc put$() { V = 9 }"},
	{"pointer that is set again", `p := new(int); p = &V; *p = 9`, ""},
	{"atomic", `a := (*int64)(unsafe.Pointer(&V)); atomic.StoreInt64(a, 9)`, ""},
}

var lawKinds = []lawKind{
	{"slice", `var v$ = []int{1, 2, 3}`, `v$`, `[]int`, `v$[0]*100 + v$[2]`, lawInts},
	{"field of a struct", `var v$ = struct{ s []int }{[]int{1, 2, 3}}`, `v$.s`, `[]int`, `v$.s[0]*100 + v$.s[2]`, lawInts},
	{"element of a map", `var v$ = map[string][]int{"a": {1, 2, 3}}`, `v$["a"]`, `[]int`, `v$["a"][0]*100 + v$["a"][2]`, lawInts},
	{"part of an array", `var v$ = [3]int{1, 2, 3}`, `v$[:]`, `[]int`, `v$[0]*100 + v$[2]`, lawInts},
	{"behind an interface", `var v$ any = []int{1, 2, 3}`, `v$.([]int)`, `[]int`, `v$.([]int)[0]*100 + v$.([]int)[2]`, lawInts},
	{"bytes", `var v$ = []byte(" bc")`, `v$`, `[]byte`, `int(v$[0])*1000 + int(v$[1])`, lawBytes},
	{"map", `var v$ = map[string]int{"a": 1}`, `v$`, `map[string]int`, `v$["a"]`, lawMap},
	{"map in a struct", `var v$ = &struct{ m map[string]int }{map[string]int{"a": 1}}`, `v$.m`, `map[string]int`, `v$.m["a"]`, lawMap},
	{"pointer", `var v$ = &T{N: 1}`, `v$`, `*T`, `v$.N`, lawPointer},
	{"struct", `var v$ = T{N: 1}`, `(&v$)`, `*T`, `v$.N`, lawPointer},
	{"pointers in a slice", `var v$ = []*T{{N: 1}}`, `v$[0]`, `*T`, `v$[0].N`, lawPointer},
	{"pointer that a function made", "var v$ = make$()\nfunc make$() *T { return &T{N: 1} }", `v$`, `*T`, `v$.N`, lawPointer},
	{"number", `var v$ = 1`, "", `*int`, `v$`, replaced(lawValue, `v$`)},
	{"number in a struct", `var v$ struct{ n struct{ m int } }`, "", `*int`, `v$.n.m`, replaced(lawValue, `v$.n.m`)},
	{"number in a map of arrays", `var v$ = [2][2]int{}`, "", `*int`, `v$[1][1]`, replaced(lawValue, `v$[1][1]`)},
	{"pointer to nothing", `var v$ = &struct{}{}`, "", "", `map[bool]int{true: 9, false: 1}[v$ == nil]`, []lawChange{{"assign", `v$ = nil`, ""}, {"address", `p := &v$; *p = nil`, ""}}},
	{"function", `var v$ = func() int { return 1 }`, "", "", `v$()`, []lawChange{
		{"assign", `v$ = func() int { return 9 }`, ""},
		{"address", `p := &v$; *p = func() int { return 9 }`, ""},
		{"in a function", `hook$(func() int { return 9 })`, `func hook$(f func() int) { v$ = f }`},
	}},
	{"counter", "var v$ = count$()\nfunc count$() func() int { n := 0; return func() int { n++; return n } }", "", "", `v$()`, []lawChange{{"call", `v$()`, ""}}},
	{"channel", `var v$ = make(chan int, 3)`, "", "", `len(v$)`, []lawChange{
		{"send", `v$ <- 1`, ""},
		{"send through another name", `c := v$; c <- 1`, ""},
		{"send by a select", `select { case v$ <- 1: default: }`, ""},
		{"send by a function", `send$(v$)`, `func send$(c chan<- int) { c <- 1 }`},
	}},
	{"sync.Map", `var v$ sync.Map`, "", "", `func() int { n := 0; v$.Range(func(_, _ any) bool { n++; return true }); return n }()`, []lawChange{
		{"store", `v$.Store(1, 1)`, ""}, {"method value", `f := v$.Store; f(1, 1)`, ""}, {"pointer", `m := &v$; m.Store(1, 1)`, ""}}},
	{"atomic", `var v$ atomic.Int64`, "", "", `int(v$.Load())`, []lawChange{{"store", `v$.Store(9)`, ""}, {"add", `v$.Add(8)`, ""}, {"pointer", `m := &v$; m.Store(9)`, ""}}},
	{"atomic pointer", `var v$ atomic.Pointer[T]; func init() { v$.Store(&T{N: 1}) }`, "", "", `v$.Load().N`, []lawChange{{"what it leads to", `v$.Load().N = 9`, ""}, {"store", `v$.Store(&T{N: 9})`, ""}}},
	{"big.Int", `var v$ = big.NewInt(1)`, "", "", `int(v$.Int64())`, []lawChange{
		{"receiver", `v$.SetInt64(9)`, ""}, {"argument", `new(big.Int).DivMod(big.NewInt(7), big.NewInt(4), v$)`, ""}}},
	{"buffer", `var v$ bytes.Buffer`, "", "", `v$.Len()`, []lawChange{{"write", `v$.WriteString("x")`, ""}, {"print", `fmt.Fprint(&v$, "x")`, ""}}},
	{"list", `var v$ = list.New()`, "", "", `v$.Len()`, []lawChange{{"push", `v$.PushBack(1)`, ""}}},
}

func replaced(list []lawChange, part string) (changes []lawChange) {
	for _, c := range list {
		changes = append(changes, lawChange{c.name, strings.ReplaceAll(c.stmts, "V", part), strings.ReplaceAll(c.decls, "V", part)})
	}
	return changes
}

var lawReaches = []lawReach{
	{"define", `x := E; M`, ""},
	{"var", `var x = E; M`, ""},
	{"var of a type", `var x P = E; M`, ""},
	{"later", `var x P; x = E; M`, ""},
	{"two names", `y := E; x := y; M`, ""},
	{"struct copy", `c := struct{ p P }{E}; d := c; x := d.p; M`, ""},
	{"field", `var h struct{ p P }; h.p = E; x := h.p; M`, ""},
	{"element", `xs := []P{E}; x := xs[0]; M`, ""},
	{"map element", `xs := map[int]P{}; xs[0] = E; x := xs[0]; M`, ""},
	{"range", `for _, x := range []P{E} { M }`, ""},
	{"assertion", `x := any(E).(P); M`, ""},
	{"type switch", `switch x := any(E).(type) { case P: M }`, ""},
	{"closure", `f := func() P { return E }; x := f(); M`, ""},
	{"captured", `y := E; func() { x := y; M }()`, ""},
	{"iterator", `for x := range func(yield func(P) bool) { yield(E) } { M }`, ""},
	{"method", `x := holder${}.get(); M`, `type holder$ struct{}
func (holder$) get() P { return E }`},
	{"method value", `f := holder${}.get; x := f(); M`, `type holder$ struct{}
func (holder$) get() P { return E }`},
	{"interface", `var i interface{ get() P } = holder${}; x := i.get(); M`, `type holder$ struct{}
func (holder$) get() P { return E }`},
	{"parameter", `change$(E)`, `func change$(x P) { M }`},
	{"parameter of a literal", `func(x P) { M }(E)`, ""},
	{"variadic", `change$(E)`, `func change$(xs ...P) { x := xs[0]; M }`},
	{"any", `change$(E)`, `func change$(a any) { x := a.(P); M }`},
	{"result", `x := get$(); M`, `func get$() P { return E }`},
	{"named result", `x := get$(); M`, `func get$() (p P) { p = E; return }`},
	{"generic", `x := same$(E); M`, `func same$[T any](v T) T { return v }`},
	{"hook", `x := hook$(); M`, `var hook$ = func() P { return E }`},
	{"holder", `hold$ = append(hold$, E); x := hold$[0]; M`, `var hold$ []P`},
	{"alias made when the program starts", `x := alias$; M`, `var alias$ = E`},
	{"alias made by init", `x := alias$; M`, "var alias$ P\nfunc init() { alias$ = E }"},
	{"channel", `c := make(chan P, 1); c <- E; x := <-c; M`, ""},
	{"pointer", `y := E; p := &y; x := *p; M`, ""},
	{"pointer to a part", `var h struct{ p P }; h.p = E; q := &h; r := &q.p; x := *r; M`, ""},
}

// A lawCase is the source of one case, with $ replaced.
type lawCase struct{ id, name, decls, mut, read string }

// lawCases are all pairs.
func lawCases() (list []lawCase) {
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
				add(k, lawReach{"function", "mutate$()", "func mutate$() { M }"}, c)
				add(k, lawReach{"method", "mutator${}.do()", "type mutator$ struct{}\nfunc (mutator$) do() { M }"}, c)
				add(k, lawReach{"hook", "mutate$()", "var mutate$ = func() { M }"}, c)
				continue
			}
			if k.name != "struct" && k.name != "part of an array" {
				direct := regexp.MustCompile(`\bx\b`).ReplaceAllLiteralString(c.stmts, k.part)
				if !strings.Contains(c.stmts, "for x[") && !strings.Contains(c.stmts, "&x") {
					add(k, lawReach{test: "M", name: "name"}, lawChange{c.name, direct, c.decls})
				}
			}
			for _, r := range lawReaches {
				add(k, r, c)
			}
		}
	}
	return list
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
	for _, path := range []string{"bytes", "cmp", "container/list", "encoding/binary", "encoding/hex", "encoding/json", "errors", "fmt", "maps", "math/big", "reflect",
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
	cases := lawCases()
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
				r := p.graph.reachFrom(p.graph.functions("fn" + c.id)...)
				r.addInit()
				if found := p.state.inReach(r, Told{}); found.cause == nil {
					t.Errorf("%s: not the whole run; state %v\n%s\n%s\nread: %s", c.name, found.state, c.decls, c.mut, c.read)
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
// then after what changes what they read. CACHETEST_LAW says that all cases are
// run, not a sample.
func TestLawOfStateInRuns(t *testing.T) {
	if testing.Short() {
		t.Skip("builds test binaries")
	}
	all, every := lawCases(), 11 // coprime to the numbers of ways: each way is met
	if os.Getenv("CACHETEST_LAW") != "" {
		every = 1
	}
	var cases []lawCase
	for i := 0; i < len(all); i += every {
		cases = append(cases, all[i])
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
	const together = 700
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
	t.Logf("%d cases of %d, %d of them give another value after the change", len(cases), len(all), changed)
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
	out, err := goCommand(dir, append([]string{"test", "-v", "-vet=off", "-count=1", "-mod=mod"}, append(args, "./...")...)...)
	if err != nil {
		t.Fatalf("%v\n%.8000s", err, out)
	}
	values := map[string]string{}
	for _, m := range lawValueLine.FindAllStringSubmatch(string(out), -1) {
		values[m[1]] = m[2]
	}
	return values
}
