package code

import "testing"

// What is fixed must be found so: these are the kinds that real code has most,
// each mentioned by another test in a way that only reads.
func TestFixed(t *testing.T) {
	for _, tc := range []stateCase{
		{name: "a sentinel", src: `
var errX = errors.New("x")
func TestA(t *testing.T) { err := do(); if err != errX && !errors.Is(err, errX) { t.Fatal(errX) } }
func do() error { return errX }
func fn() error { return do() }
`, want: ""},
		{name: "a sentinel", src: `
const max = 9
var errY = fmt.Errorf("more than %d", max)
func TestA(t *testing.T) { err := fn(); h := struct{ error }{err}; t.Log(h, []error{errY}) }
func fn() error { return errors.Join(os.ErrExist, errY) }
`, want: ""},
		{name: "a sentinel of another name", src: `
var errX = os.ErrExist
func TestA(t *testing.T) { err := fn(); h := struct{ error }{err}; t.Log(h, []error{errX}) }
func fn() error { return errors.Join(errX) }
`, want: "state"},
		{name: "a constant of the library, and the address of what is set to it", src: `
func TestA(t *testing.T) {
	wait := time.Millisecond
	code := http.StatusOK
	set(&wait, &code)
}
var kept []any
func set(v ...any) { kept = v }
func fn() string { return strings.ToUpper(time.Second.String()) }
`, want: ""},
		{name: "functions under other names", src: `
var newErr, size = errors.New, length
func length(s string) int { return len(s) }
func TestA(t *testing.T) { t.Log(newErr("a"), size("b")); measure := size; t.Log(measure("c")) }
func fn() error { return newErr(strings.Repeat("x", size("d"))) }
`, want: ""},
		{name: "a function under another name that is set", src: `
var size = length
func length(s string) int { return len(s) }
func TestA(t *testing.T) { size = func(string) int { return 9 } }
func fn() int { return size("a") }
`, want: "state"},
		{name: "a function under another name with a state of its package", src: `
var next = count
var n int
func count() int { n++; return n }
func TestA(t *testing.T) { t.Log(next()) }
func fn() int { return next() }
`, want: "state"},
		{name: "a method of a variable under another name", src: `
type counter struct{ n int }
func (c *counter) next() int { c.n++; return c.n }
var c counter
var next = c.next
func TestA(t *testing.T) { t.Log(next()) }
func fn() int { return next() }
`, want: "state"},
		{name: "a function of the library under another name with a state", src: `
var next = rand.Int
func TestA(t *testing.T) { rand.Seed(9); t.Log(next()) }
func fn() int { return next() }
`, want: "state"},
		{name: "a constant under another name with a method that changes it", src: `
var level = slog.LevelInfo
func TestA(t *testing.T) { level.UnmarshalText([]byte("WARN")) }
func fn() string { return level.String() }
`, want: "state"},
		{name: "parts of tables that local variables stand for", src: `
var list = []uint16{1, 2, 3}
var table = [...]struct{ from, to uint8 }{{1, 2}, {3, 4}}
func TestA(t *testing.T) {
	part := list[1:]
	t.Log(sort.Search(len(part), func(i int) bool { return part[i] >= 2 }), fn())
	for _, row := range table[:1] { t.Log(row.from) }
}
func fn() (n int) {
	rows := table[1:]
	rest := rows[:1]
	for i := range rest { n += int(rest[i].to) }
	return n + int(list[0])
}
`, want: ""},
		{name: "tables that local variables are set to later", src: `
type options struct{ width int; sub []string }
var defaults = &options{width: 8, sub: []string{"a"}}
var first, second = []uint16{1, 2}, []uint16{3}
func width(o *options) int { if o == nil { o = defaults }; return o.width + len(o.sub[0]) }
func sum(long bool) (n int) {
	list := first[:1]
	if long { list = second[0:1] }
	for _, x := range list { n += int(x) }
	return n
}
func TestA(t *testing.T) { t.Log(width(nil), sum(true)) }
func fn() int { return width(&options{}) + sum(false) }
`, want: ""},
		{name: "a table that a local variable is set to later, and a loop changes", src: `
var table = []int{1}
func TestA(t *testing.T) { list := []int{0}; for range 2 { list[0] = 9; list = table } }
func fn() int { return table[0] }
`, want: "state"},
		{name: "a table that a local variable is set to later, and is kept", src: `
var table = []int{1}
var kept []int
func TestA(t *testing.T) { var list []int; list = table; kept = list }
func TestB(t *testing.T) { kept[0] = 9 }
func fn() int { return table[0] }
`, want: "state"},
		{name: "a struct that is set to a variable of a type with a method of its own", src: `
type inner struct{ s []int }
func (i *inner) set() {}
type outer struct{ *inner }
func (o outer) set() { o.s[0] = 9 }
var x = struct{ *inner }{&inner{[]int{1}}}
func TestA(t *testing.T) { var o outer = x; o.set() }
func fn() int { return x.s[0] }
`, want: "state"},
		{name: "a struct that is set later to a variable of a type with a method of its own", src: `
type inner struct{ s []int }
func (i *inner) set() {}
type outer struct{ *inner }
func (o outer) set() { o.s[0] = 9 }
var x = struct{ *inner }{&inner{[]int{1}}}
func TestA(t *testing.T) { var o outer; o = x; o.set() }
func fn() int { return x.s[0] }
`, want: "state"},
		{name: "a struct by an alias that is set later to a variable of a type with a method of its own", src: `
type inner struct{ s []int }
func (i *inner) set() {}
type outer struct{ *inner }
func (o outer) set() { o.s[0] = 9 }
type pair = struct{ *inner }
var x = pair{&inner{[]int{1}}}
func TestA(t *testing.T) { var o outer; o = x; o.set() }
func fn() int { return x.s[0] }
`, want: "state"},
		{name: "a method by an alias of a type with type arguments", src: `
type base struct{}
func (base) set() {}
type list[T any] struct{ base; s []T }
func (l *list[T]) set() { clear(l.s) }
type ints = list[int]
var x = ints{s: []int{1}}
func TestA(t *testing.T) { x.set() }
func fn() int { return x.s[0] }
`, want: "state"},
		{name: "part of a table that a local variable stands for, and is handed on", src: `
var list = []uint16{1, 2, 3}
func TestA(t *testing.T) { part := list[1:]; rest := part[:1]; set(rest) }
func set(to []uint16) { to[0] = 9 }
func fn() uint16 { return list[1] }
`, want: "state"},
		{name: "part of an array that a local variable stands for, and is kept", src: `
var list = [...]uint16{1, 2, 3}
var kept []uint16
func TestA(t *testing.T) { part := list[:]; rest := part; kept = rest }
func TestB(t *testing.T) { kept[0] = 9 }
func fn() uint16 { return list[0] }
`, want: "state"},
		{name: "a reader of random numbers, and encodings", src: `
func TestA(t *testing.T) { crand.Int(crand.Reader, big.NewInt(9)); enc := base64.StdEncoding; t.Log(enc.WithPadding('x'), []any{crand.Reader}) }
func fn() string { b := make([]byte, 1); crand.Read(b); s, _ := json.Marshal(b); return string(s) }
`, want: ""},
		{name: "an encoding that is assigned through a pointer", src: `
var enc = base64.NewEncoding("x")
func TestA(t *testing.T) { set(enc) }
func set(e *base64.Encoding) { put(e) }
func put(e *base64.Encoding) { *e = *base64.URLEncoding }
func fn() string { return enc.EncodeToString(nil) }
`, want: "state"},
		{name: "an encoding that is assigned through a pointer, to what comes of it", src: `
var enc = base64.NewEncoding("x")
func TestA(t *testing.T) { set(enc) }
func set(e *base64.Encoding) { *e = *(*e).WithPadding('x') }
func fn() string { return enc.EncodeToString(nil) }
`, want: "state"},
		{name: "functions that call one another, first with what nobody can change", src: `
type zone struct{ loc *time.Location; n int }
var x = &zone{time.UTC, 1}
var kept []any
func TestA(t *testing.T) { use(x) }
func TestB(t *testing.T) { kept[1].(*zone).n = 9 }
func use(z *zone) { keep(z.loc, 1); pass(z, 1) }
func keep(v any, n int) { if n > 0 { kept = append(kept, v); pass(v, n-1) } }
func pass(v any, n int) { keep(v, n) }
func fn() int { return x.n }
`, want: "state"},
		{name: "a pointer that is handed on twice, first with what nobody can change", src: `
type zone struct{ loc *time.Location; n int }
var x = &zone{time.UTC, 1}
var kept []any
func TestA(t *testing.T) { use(x) }
func TestB(t *testing.T) { kept[1].(*zone).n = 9 }
func use(z *zone) { keep(z.loc); keep(z) }
func keep(v any) { kept = append(kept, v) }
func fn() int { return x.n }
`, want: "state"},
		{name: "one of the library, and under another name", src: `
var own = base64.StdEncoding
func TestA(t *testing.T) { use(base64.StdEncoding) }
func TestB(t *testing.T) { set(own) }
func use(e *base64.Encoding) string { return e.EncodeToString(nil) }
func set(e *base64.Encoding) { *e = *base64.URLEncoding }
func fn() string { return own.EncodeToString(nil) + base64.StdEncoding.EncodeToString(nil) }
`, want: "state"},
		{name: "one of the library", src: `
func TestA(t *testing.T) { set(base64.StdEncoding) }
func set(e *base64.Encoding) { *e = *base64.URLEncoding }
func fn() string { return base64.StdEncoding.EncodeToString(nil) }
`, want: "state"},
		{name: "one of the library, of which a method is called by an interface", src: `
type shower interface{ String() string }
func show(s shower) string { return s.String() }
func TestA(t *testing.T) { show(time.UTC) }
func fn() string { return time.Unix(0, 0).In(time.UTC).String() }
`, want: ""},
		{name: "an embedded tree that functions walk", src: `
var files embed.FS
func TestA(t *testing.T) { fs.WalkDir(files, ".", func(string, fs.DirEntry, error) error { return nil }); t.Log([]fs.FS{files}) }
func fn() int { n := 0; fs.WalkDir(files, ".", func(string, fs.DirEntry, error) error { n++; return nil }); return n }
`, want: ""},
		{name: "an embedded tree that is assigned through a pointer", src: `
var files embed.FS
func set(f *embed.FS) { *f = embed.FS{} }
func TestA(t *testing.T) { set(&files) }
func fn() int { list, _ := files.ReadDir("."); return len(list) }
`, want: "state"},
		{name: "a variable that is assigned through an interface", src: `
type t struct{ n int }
type shower interface{ String() string }
func (t *t) String() string { return "" }
var x = &t{1}
func set(s shower) { *s.(*t) = t{9} }
func TestA(t *testing.T) { set(x) }
func fn() int { return x.n }
`, want: "state"},
		{name: "a variable that is assigned through an interface, by its field", src: `
type t struct{ n int }
var x = &t{1}
func set(s any) { s.(*t).n = 9 }
func TestA(t *testing.T) { set(x) }
func fn() int { return x.n }
`, want: "state"},
		{name: "a list that the library makes", src: `
type word struct{ text string }
var list = strings.Fields("a b")
func all() (words []word) { for i := range list { words = append(words, word{list[i]}) }; return words }
func TestA(t *testing.T) { for _, w := range all() { t.Log(w) } }
func fn() []word { return all() }
`, want: ""},
		{name: "a list that the library makes, and a test changes", src: `
type word struct{ text string }
var list = strings.Fields("a b")
func TestA(t *testing.T) { sort.Strings(list) }
func fn() []word { return []word{{list[0]}} }
`, want: "state"},
		{name: "a list that the library makes, which is a part of another", src: `
type word struct{ text byte }
var raw = []byte(" a b ")
var list = bytes.TrimSpace(raw)
func TestA(t *testing.T) { raw[1]++ }
func fn() []word { return []word{{list[0]}} }
`, want: "state"},
		{name: "a list of the library's own", src: `
type word struct{ text string }
var list = flag.Args()
func TestA(t *testing.T) { os.Args[1] = "x" }
func fn() []word { return []word{{list[0]}} }
`, want: "filled"},
		{name: "what init reads to set another", src: `
var words = []string{"a"}
var count int
func init() { count = len(words) }
func TestA(t *testing.T) { count = 9 }
func fn() string { return words[0] }
`, want: ""},
		{name: "a pointer to nothing", src: `
type nop struct{}
func (n *nop) Do() *nop { return n }
var x = &nop{}
func TestA(t *testing.T) { use(x, x.Do()) }
func use(list ...any) { for _, a := range list { *a.(*nop) = nop{} } }
func fn() *nop { return x.Do() }
`, want: ""},
		{name: "a compiled expression", src: `
var re = regexp.MustCompile("a")
func TestA(t *testing.T) { match(re); if re.MatchString("b") { t.Log(re.String()) } }
func match(r *regexp.Regexp) bool { return r.MatchString("a") }
func fn() bool { return re.MatchString("a") }
`, want: ""},
		{name: "a number set by init", src: `
var n = 1
func init() { n = 2 }
func TestA(t *testing.T) { m := n; t.Log(m + n) }
func fn() int { return n }
`, want: ""},
		{name: "a number set by a function of initialisation", src: `
var n = 1
func init() { set(2) }
func set(v int) { n = v }
func TestA(t *testing.T) { t.Log(n) }
func fn() int { return n }
`, want: ""},
		{name: "a table of strings", src: `
var table = map[string][]string{"a": {"b"}}
func TestA(t *testing.T) { for k, list := range table { for i, s := range list { t.Log(k, i, s, len(list), list[0]) } } }
func fn() int { return len(table["a"]) }
`, want: ""},
		{name: "a table filled by init", src: `
var table = map[string]int{}
func init() { table["a"] = 1 }
func TestA(t *testing.T) { if n, ok := table["a"]; ok { t.Log(n) } }
func fn() int { return table["a"] }
`, want: ""},
		{name: "a table of structs", src: `
type row struct { name string; list []int; sub struct{ n int } }
var rows = []row{{name: "a", list: []int{1}}}
func TestA(t *testing.T) { for _, r := range rows { t.Run(r.name, func(t *testing.T) { t.Log(r.list[0], r.sub.n, r.sub) }) } }
func fn() string { return rows[0].name }
`, want: ""},
		{name: "a copy that is changed", src: `
type pair struct{ a, b int }
var p = pair{1, 2}
func TestA(t *testing.T) { q := p; q.a = 3; r := [2]pair{p}; r[0].b = 4; t.Log(q, r) }
func fn() int { return p.a }
`, want: ""},
		{name: "tables that are part of another", src: `
type blocks struct{ values []int; offset *[2]int }
func (b *blocks) get(i int) int { return b.values[b.offset[i]] }
var values = [...]int{1, 2}
var offset = [2]int{0, 1}
var sparse = &blocks{values[:], &offset}
func TestA(t *testing.T) { t.Log(sparse.get(1)) }
func fn() int { return sparse.get(0) + values[0] }
`, want: ""},
		{name: "tables that are part of another, which is handed on", src: `
type blocks struct{ values []int }
func (b *blocks) get(i int) int { return b.values[i] }
var values = [...]int{1, 2}
var sparse = &blocks{values[:]}
func TestA(t *testing.T) { var h struct{ b *blocks }; h.b = sparse; h.b.values[0] = 9 }
func fn() int { return sparse.get(0) + values[0] }
`, want: "state"},
		{name: "tables that are part of one of two others", src: `
type blocks struct{ values []int }
var values = [...]int{1, 2}
var none, sparse = blocks{}, blocks{values[:]}
func TestA(t *testing.T) { t.Log(none.values[0], sparse.values[0]); sparse.values[0] = 9 }
func fn() int { return values[0] }
`, want: "state"},
		{name: "a table that an initialiser keeps elsewhere", src: `
type holder struct{ list []int }
func (h *holder) keep(list []int) int { h.list = list; return 1 }
var kept = &holder{}
func get() *holder { return kept }
var values = []int{1, 2}
var z = get().keep(values)
func TestA(t *testing.T) { kept.list[0] = 9 }
func fn() int { return values[0] }
`, want: "state"},
		{name: "a table that the literal of an initialiser keeps elsewhere", src: `
var more = []int{1}
var other []int
var u = func() int { other = more; return 1 }()
func TestA(t *testing.T) { other[0] = 9 }
func fn() int { return more[0] }
`, want: "state"},
		{name: "an array that is copied", src: `
var a = [2]int{1, 2}
func TestA(t *testing.T) { b := a; b[0] = 3; for i, x := range a { t.Log(i, x) } }
func fn() int { return a[0] }
`, want: ""},
		{name: "a method that only reads", src: `
type set struct{ m map[string]bool; next *set }
func (s *set) has(k string) bool { return s.m[k] || s.next != nil && s.next.has(k) }
func (s set) size() int { return len(s.m) }
var words = &set{m: map[string]bool{"a": true}}
func TestA(t *testing.T) { t.Log(words.has("a"), words.size()) }
func fn() bool { return words.has("b") }
`, want: ""},
		{name: "a function that only reads its argument", src: `
var list = []int{1}
func sum(list []int, more ...int) (n int) { for _, x := range list { n += x }; return n }
func TestA(t *testing.T) { t.Log(sum(list)) }
func fn() int { return sum(list) }
`, want: ""},
		{name: "joined and compared", src: `
type point struct{ x, y int }
func (p point) String() string { return "p" }
var list = []string{"a"}
var p = &point{}
func TestA(t *testing.T) { _ = strings.Join(list, ","); _ = p != nil; _ = append([]string(nil), list...) }
func fn() string { return strings.Join(list, "") + p.String() }
`, want: ""},
		{name: "a lock", src: `
var mu sync.Mutex
var n = 1
func get() int { mu.Lock(); defer mu.Unlock(); return n }
func TestA(t *testing.T) { get(); mu.Lock(); mu.Unlock() }
func fn() int { return get() }
`, want: ""},
		{name: "a lock that is asked for", src: `
var mu sync.Mutex
func TestA(t *testing.T) { mu.Lock() }
func fn() bool { return mu.TryLock() }
`, want: "state"},
		{name: "a lock that other code asks for", src: `
var mu sync.Mutex
func TestA(t *testing.T) { if mu.TryLock() { t.Log() } }
func fn() int { mu.Lock(); defer mu.Unlock(); return 1 }
`, want: ""},
		{name: "a pool", src: `
var pool = sync.Pool{New: func() any { return new(bytes.Buffer) }}
func render() string { b := pool.Get().(*bytes.Buffer); defer pool.Put(b); b.Reset(); return b.String() }
func TestA(t *testing.T) { render() }
func fn() string { return render() }
`, want: ""},
		{name: "a duration", src: `
var wait = 3 * time.Second
func TestA(t *testing.T) { time.Sleep(wait); d := wait; d += 1 }
func fn() time.Duration { return wait }
`, want: ""},
		{name: "an address that is only read", src: `
type point struct{ x, y int }
var p = point{1, 2}
func sum(p *point) int { return p.x + p.y }
func TestA(t *testing.T) { t.Log(sum(&p)) }
func fn() int { return sum(&p) }
`, want: ""},
		{name: "what is told", src: `
var list = []string{"a"}
var errX = errors.New("x")
func init() { cachetest.RegisterGlobal("m.errX", &errX) }
func TestA(t *testing.T) { cachetest.Memo(t, "k", func() (int, error) { return 1, errX }, cachetest.With("list", list)) }
func fn() (string, error) { return list[0], errX }
`, want: ""},
		{name: "converted", src: `
type words []byte
var list = words("ab")
func (w words) is(b []byte) bool { return bytes.Equal([]byte(w), b) }
func TestA(t *testing.T) { t.Log(list.is(nil)) }
func fn() bool { return list.is([]byte("x")) }
`, want: ""},
		{name: "copied into a local variable that is set later", src: `
var n = 1
func TestA(t *testing.T) { m := n; m += 2; f := x.get; f = nil; t.Log(m, f) }
type holder struct{ n int }
func (h *holder) get() int { return h.n }
var x = &holder{}
func fn() int { return n + x.get() }
`, want: ""},
		{name: "where messages are printed", src: `
func TestA(t *testing.T) { fmt.Fprintln(os.Stderr, "a"); mode := os.O_RDONLY; mode |= os.O_CREATE; t.Log(mode) }
func fn() (int, error) { return fmt.Fprintln(os.Stderr, "b", os.O_RDONLY) }
`, want: ""},
		{name: "written by fn alone", src: `
var n int
func next() int { n++; return n }
func TestA(t *testing.T) {}
func fn() int { return next() }
`, want: "filled"},

		// What looks like one of these and is not.
		{name: "a table of functions", src: `
var table = map[string]func(int) int{"a": double}
func double(n int) int { return 2 * n }
func TestA(t *testing.T) { if f := table["a"]; f(1) != 2 { t.Fatal(table["a"](2)) } }
func fn() int { return table["a"](1) }
`, want: "state"},
		{name: "computed at the first call", src: `
var get = sync.OnceValue(func() string { return seed.Text() })
func TestA(t *testing.T) { get() }
func fn() string { return get() }
`, want: "state"},
		{name: "filled once", src: `
var once sync.Once
var text string
func get() string { once.Do(func() { text = seed.Text() }); return text }
func TestA(t *testing.T) { get() }
func fn() string { return get() }
`, want: "state"},
		{name: "filled once by a function", src: `
var once sync.Once
var list []string
func load() { list = strings.Fields(seed.Text()) }
func get() int { once.Do(load); return len(list) }
func TestA(t *testing.T) { get() }
func fn() int { return get() }
`, want: "state"},
		{name: "filled once by a function, from what it counts", src: `
var once sync.Once
var table map[string]int
func load() { words := strings.Fields(seed.Text()); table = make(map[string]int, len(words)); for i, w := range words { table[w] = i } }
func get() int { once.Do(load); return table["a"] }
func TestA(t *testing.T) { get() }
func fn() int { return get() }
`, want: "state"},
		{name: "filled where a flag beside it says so", src: `
var prompt struct { once, is bool }
func get() bool { if !prompt.once { prompt.once = true; if seed.Text() == "cmd" { prompt.is = true } }; return prompt.is }
func TestA(t *testing.T) { get() }
func fn() bool { return get() }
`, want: "state"},
		{name: "filled where it is empty", src: `
var list []string
func get() int { if list == nil { list = strings.Fields(seed.Text()) }; return len(list) }
func TestA(t *testing.T) { get() }
func fn() int { return get() }
`, want: "state"},
		{name: "remembered by its key", src: `
var cache = map[string]int{}
func get(k string) int { if v, ok := cache[k]; ok { return v }; v := len(k) * 2; cache[k] = v; return v }
func TestA(t *testing.T) { get("a") }
func fn() int { return get("b") }
`, want: "state"},
		{name: "filled once by a function, from what another holds", src: `
var once sync.Once
var list, shared []int
func load() { l := made(); shared = l; list = l }
func made() []int { return []int{1} }
func get() int { once.Do(load); return list[0] }
func TestA(t *testing.T) { get(); shared[0] = 2 }
func fn() int { return get() }
`, want: "state"},
		{name: "filled by a function that is called twice", src: `
var once sync.Once
var n int
func load() { n = n + 1 }
func get() int { once.Do(load); return n }
func TestA(t *testing.T) { load() }
func fn() int { return get() }
`, want: "state"},
		{name: "filled where a flag that another test sets says so", src: `
var prompt struct { once, is bool }
func get() bool { if !prompt.once { prompt.once = true; if seed.Text() == "cmd" { prompt.is = true } }; return prompt.is }
func TestA(t *testing.T) { prompt.once = true }
func fn() bool { return get() }
`, want: "state"},
		{name: "converted and written to", src: `
type words []byte
var list = words("ab")
func (w words) set(b byte) { []byte(w)[0] = b }
func TestA(t *testing.T) { list.set('x') }
func fn() byte { return list[0] }
`, want: "state"},
		{name: "converted to a type whose methods write", src: `
type quiet struct{ n int }
type loud quiet
func (l *loud) String() string { l.n++; return "" }
var x = &quiet{}
func TestA(t *testing.T) { t.Log((*loud)(x)) }
func fn() int { return x.n }
`, want: "state"},
		{name: "changed by its address", src: `
var p = struct{ n int }{1}
func TestA(t *testing.T) { q := &p; q.n = 2 }
func fn() int { return p.n }
`, want: "state"},
		{name: "handed on by its address", src: `
var p = struct{ n int }{1}
var held []any
func TestA(t *testing.T) { q := &p; held = append(held, q) }
func fn() int { return p.n }
`, want: "state"},
		{name: "a stream that another test sets", src: `
func TestA(t *testing.T) { os.Stderr = nil }
func fn() (int, error) { return fmt.Fprintln(os.Stderr, "b") }
`, want: "state"},
		{name: "a stream that another test closes", src: `
func TestA(t *testing.T) { os.Stderr.Close() }
func fn() (int, error) { return fmt.Fprintln(os.Stderr, "b") }
`, want: "state"},
		{name: "a stream that another test writes to, and asks for its descriptor", src: `
func TestA(t *testing.T) { os.Stderr.WriteString("a"); t.Log(os.Stderr.Fd()) }
func fn() (int, error) { return fmt.Fprintln(os.Stderr, "b") }
`, want: ""},
		{name: "filled by what it is given", src: `
var text string
func get(s string) string { if text == "" { text = s }; return text }
func TestA(t *testing.T) { get("a") }
func fn() string { return get("b") }
`, want: "state"},
		{name: "remembered by a part of what it is given", src: `
var cache = map[string]int{}
func get(k string, n int) int { if v, ok := cache[k]; ok { return v }; cache[k] = n; return n }
func TestA(t *testing.T) { get("a", 1) }
func fn() int { return get("a", 2) }
`, want: "state"},
		{name: "counted under its key", src: `
var cache = map[string]int{}
func get(k string) int { cache[k] = cache[k] + 1; return cache[k] }
func TestA(t *testing.T) { get("a") }
func fn() int { return get("a") }
`, want: "state"},
		{name: "filled, and handed out by another name", src: `
var list []int
func get() []int { made := []int{1}; if list == nil { list = made }; return made }
func first() int { get(); return list[0] }
func TestA(t *testing.T) { get()[0] = 9 }
func fn() int { return first() }
`, want: "state"},
		{name: "filled by another test", src: `
var text string
func get() string { if text == "" { text = "a" }; return text }
func TestA(t *testing.T) { if text == "" { text = "b" } }
func fn() string { return get() }
`, want: "state"},
		{name: "what calls is no sync.Once", src: `
type twice struct{}
func (twice) Do(f func()) { f(); f() }
var once twice
var n int
func get() int { once.Do(func() { n = n + 1 }); return n }
func TestA(t *testing.T) { get() }
func fn() int { return get() }
`, want: "state"},
		{name: "an address that is written to", src: `
var n int
func set(p *int) { *p = 2 }
func TestA(t *testing.T) { set(&n) }
func fn() int { return n }
`, want: "state"},
		{name: "handed to the build function", src: `
var list = []string{"a"}
func TestA(t *testing.T) { cachetest.Call(t, "k", list, func(l []string) (int, error) { l[0] = "b"; return 1, nil }) }
func fn() string { return list[0] }
`, want: "state"},
		{name: "a method that a value of an interface has", src: `
type shape interface{ area() int }
type square struct{ n int }
func (s *square) area() int { s.n++; return s.n }
var s shape = &square{2}
func TestA(t *testing.T) { t.Log(s.area()) }
func fn() int { return s.area() }
`, want: "state"},
		{name: "a builtin function that the package redeclares elsewhere", src: `
func max(list []int) int { list[0]++; return list[0] }
var list = []int{1}
func TestA(t *testing.T) { _ = max(list) }
func fn() int { return list[0] }
`, want: "state"},
		{name: "a setter that init calls and a test too", src: `
var n = 1
func init() { set(2) }
func set(v int) { n = v }
func TestA(t *testing.T) { set(3) }
func fn() int { return n }
`, want: "state"},
		{name: "a function that init replaces by one with a memory", src: `
var next = func() int { return 0 }
func init() { next = counter() }
func counter() func() int { n := 0; return func() int { n++; return n } }
func TestA(t *testing.T) { next() }
func fn() int { return next() }
`, want: "state"},
		{name: "an error that init replaces by one that can be changed", src: `
type loud struct{ n int }
func (l *loud) Error() string { return "" }
var x = errors.New("x")
func init() { x = &loud{} }
func TestA(t *testing.T) { x.(*loud).n = 9 }
func fn() int { return x.(*loud).n }
`, want: "state"},
		{name: "the name of an error that a variable's value replaces", src: `
type loud struct{ n int }
func (l *loud) Error() string { return "" }
var x = errors.New("x")
var _ = func() int { x = &loud{}; return 1 }()
var y = x
func TestA(t *testing.T) { y.(*loud).n = 9 }
func fn() int { return y.(*loud).n }
`, want: "state"},
		{name: "an error that holds what can be changed", src: `
type loud struct{ n int }
func (l *loud) Error() string { return "" }
var in = &loud{}
var x = fmt.Errorf("%w", in)
func TestA(t *testing.T) { errors.Unwrap(x).(*loud).n = 9 }
func fn() int { return errors.Unwrap(x).(*loud).n }
`, want: "state"},
		{name: "a reader that init replaces by one with a memory", src: `
func init() { crand.Reader = rand.New(rand.NewSource(1)) }
func TestA(t *testing.T) { crand.Int(crand.Reader, big.NewInt(9)) }
func fn() byte { b := make([]byte, 1); crand.Read(b); return b[0] }
`, want: "state"},
		{name: "one that a test draws from without naming it", src: `
func init() { crand.Reader = rand.New(rand.NewSource(1)) }
func TestA(t *testing.T) { crand.Read(make([]byte, 1)) }
func fn() byte { b := make([]byte, 1); crand.Read(b); return b[0] }
`, want: "state"},
		{name: "a pointer to something", src: `
type box struct{ n int }
var x = &box{}
func TestA(t *testing.T) { use(x) }
func use(list ...any) { for _, a := range list { *a.(*box) = box{2} } }
func fn() int { return x.n }
`, want: "state"},
		{name: "printed by a method that changes it", src: `
type loud struct{ n int }
func (l *loud) Error() string { l.n++; return "" }
var x = &loud{}
func TestA(t *testing.T) { t.Log(x) }
func fn() int { return x.n }
`, want: "state"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			d := stateOf(t, tc.src)
			got := map[bool]string{true: "filled"}[d.State]
			if d.Cause.What != "" {
				got = "state"
			}
			if got != tc.want {
				t.Errorf("got %q, want %q: %v", got, tc.want, d.Cause)
			}
		})
	}
}
