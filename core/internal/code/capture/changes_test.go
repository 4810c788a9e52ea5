package capture_test

import "testing"

// changeCases are values that look constant, and are changed by what does not
// look like an assignment to them; and their like that stay.
var changeCases = []captureCase{
	{"set before it is read", `func TestX(t *testing.T) {
	var err error
	cachetest.Memo(t, "k", func() (int, error) { err = load(); if err != nil { return 0, err }; return 1, nil }) //FN CALL
}`, "err:9"},
	{"a method expression", `type file string
func (f file) load() int { return len(f) }
func TestX(t *testing.T) {
	load := file.load
	cachetest.Memo(t, "k", func() (int, error) { return load("a"), nil }) //FN CALL
}`, ""},
	{"set where not each run comes", `func TestX(t *testing.T, n, m, k, l int) {
	cachetest.Memo(t, "k", func() (int, error) { //FN CALL
		if load() { n = 1 }
		for range load() { m = 2 }
		if load() { } else if k = 1; true { }
		func() { l = 3 }()
		return n + m + k + l, nil
	})
}`, "n:9 m:10 k:11 l:12"},
	{"read where it is set", `func TestX(t *testing.T, n, m, k int, s []int) {
	cachetest.Memo(t, "k", func() (int, error) { //FN CALL
		n = n + 1
		m, k = 1, m
		k += 1
		s[0] = 1
		return n + m + k + s[0], nil
	})
}`, "n:9 m:10 k:10 s:12"},
	{"read before it is set", `func TestX(t *testing.T, n, m int) {
	cachetest.Memo(t, "k", func() (int, error) { //FN CALL
		defer func() { load(n) }()
		if load(m) { return 0, nil }
		n, m = 1, 2
		return n + m, nil
	})
}`, "n:9 m:10"},
	{"jumped over", `func TestX(t *testing.T, n int) {
	cachetest.Memo(t, "k", func() (int, error) { //FN CALL
		if load() { goto end }
		n = 1
	end:
		return n, nil
	})
}`, "n:10"},
	{"read by another function", `func TestX(t *testing.T, n int) {
	get := func() int { return n }
	cachetest.Memo(t, "k", func() (int, error) { //FN CALL
		if get() > 1 { return 0, nil }
		n = 1
		return n, nil
	})
}`, "n:8"},
	{"a field set behind a pointer by another argument", `func TestX(t *testing.T) {
	x := &conf{}
	set := func() int { x.n = load(); return 1 }
	cachetest.Memo(t, "k", func() (int, error) { return x.n, nil }, cachetest.With("x", x.n), cachetest.With("set", set())) //FN CALL
}`, "x.n:10"},
	{"an option replaced in its list", `func TestX(t *testing.T, n int) {
	opts := []cachetest.Option{cachetest.With("n", n)}
	opts[0] = cachetest.With("other", 1)
	cachetest.Memo(t, "k", func() (int, error) { return n, nil }, opts...) //FN CALL
}`, "n:10"},
	{"handed on by a fixture of a fixture, which may be built twice", `func TestX(t *testing.T) {
	list := []int{1}
	cachetest.Memo(t, "outer", func() (int, error) {
		return cachetest.Memo(t, "k", func() (int, error) { return run(list), nil }), nil //FN CALL
	}, cachetest.CheckDeterministic())
}`, "list:10"},
	{"handed on in a loop of labels", `func TestX(t *testing.T) {
	list := []int{1}
again:
	cachetest.Memo(t, "k", func() (int, error) { return run(list), nil }) //FN CALL
	if load() { goto again }
}`, "list:10"},
	{"what is no literal, constant or conversion", `func TestX(t *testing.T) {
	text := "abc"
	part := text[1:]
	cachetest.Memo(t, "k", func() (int, error) { return len(part), nil }) //FN CALL
}`, "part:10"},
	{"rows whose names testing writes alike", `func TestX(t *testing.T) {
	for _, tc := range []struct{ name string; n int }{{"a b", 1}, {"a_b", 2}} {
		t.Run(tc.name, func(t *testing.T) {
			cachetest.Memo(t, t.Name(), func() (int, error) { return tc.n, nil }) //FN CALL
		})
	}
}`, "tc.n:10"},
	{"rows whose names are those of a subtest that repeats one", `func TestX(t *testing.T) {
	for _, tc := range []struct{ name string; n int }{{"a", 1}, {"a#01", 2}} {
		t.Run(tc.name, func(t *testing.T) {
			cachetest.Memo(t, t.Name(), func() (int, error) { return tc.n, nil }) //FN CALL
		})
	}
}`, "tc.n:10"},
	{"told by what a field was behind a pointer", `type plain struct{ n int }
func TestX(t *testing.T) {
	x := &plain{}
	n := x.n
	x.n = load()
	cachetest.Memo(t, "k", func() (int, error) { return x.n, nil }, cachetest.With("n", n)) //FN CALL
}`, "x.n:12"},
	{"rows in a bubble, which has no name of its own", `func TestX(t *testing.T) {
	for _, tc := range []struct{ name string; n int }{{"a", 1}, {"b", 2}} {
		in(tc.name, func(t *testing.T) {
			cachetest.Memo(t, t.Name(), func() (int, error) { return tc.n, nil }) //FN CALL
		})
	}
}`, "tc.n:10"},
	{"an array filled by its slice", `func TestX(t *testing.T) {
	var key [4]byte
	opt := cachetest.With("key", key)
	copy(key[:], load())
	cachetest.Memo(t, "k", func() ([4]byte, error) { return key, nil }, opt) //FN CALL
}`, "key:11"},
	{"an element set of what may be an array", `func TestX(t *testing.T) {
	x := seed.Make()
	y := x
	x[0] = load()
	cachetest.Memo(t, "k", func() (int, error) { return x[0], nil }, cachetest.With("y", y)) //FN CALL
}`, "x:11"},
	{"elements set while ranging over them", `func TestX(t *testing.T) {
	grid := [][]int{{1, 2}, {3, 4}}
	for _, row := range grid { for i := range row { row[i] *= seed.Rows() } }
	cachetest.Memo(t, "k", func() (int, error) { return grid[0][0], nil }) //FN CALL
}`, "grid:10"},
	{"elements of elements ranged over", `func TestX(t *testing.T) {
	grid := [][]*conf{{{1}}}
	for _, row := range grid { for _, c := range row { c.n += seed.Rows() } }
	cachetest.Memo(t, "k", func() (int, error) { return grid[0][0].n, nil }) //FN CALL
}`, "grid:10"},
	{"pointers changed while ranging over them", `type row struct{ n int }
func TestX(t *testing.T) {
	rows := []*row{{n: 1}, {n: 2}}
	for _, r := range rows { r.n += seed.Rows() }
	cachetest.Memo(t, "k", func() (int, error) { return rows[0].n, nil }) //FN CALL
}`, "rows:11"},
	{"pointers handed on while ranging over them", `type row struct{ n int }
func TestX(t *testing.T) {
	rows := []*row{{n: 1}, {n: 2}}
	for _, r := range rows { load(r) }
	cachetest.Memo(t, "k", func() (int, error) { return rows[0].n, nil }) //FN CALL
}`, "rows:11"},
	{"a table normalised in a first loop", `type opt struct{ name string; n int }
func TestX(t *testing.T) {
	opts := []*opt{{"a", 1}, {"b", 2}}
	for _, o := range opts { o.n *= seed.Rows() }
	for _, o := range opts {
		cachetest.Memo(t, o.name, func() (int, error) { return o.n * 10, nil }) //FN CALL
	}
}`, "o.n:12"},
	{"copies changed while ranging over them", `type row struct{ n int; name string }
func TestX(t *testing.T) {
	rows := []row{{n: 1}, {n: 2}}
	for _, r := range rows { r.n += seed.Rows(); load(r); t.Log(r.name) }
	cachetest.Memo(t, "k", func() (int, error) { return rows[0].n, nil }) //FN CALL
}`, ""},
	{"elements looked at", `type row struct{ n int; list []string }
func TestX(t *testing.T) {
	rows := []*row{{n: 1}, {n: 2}}
	for i, r := range rows { if r.n > i { t.Log(r.list); fmt.Println(r); load(r.n) } }
	cachetest.Memo(t, "k", func() (int, error) { return rows[0].n, nil }) //FN CALL
}`, "rows:11"},
	{"a table with lists, ranged over before", `func TestX(t *testing.T) {
	tests := []struct{ name string; args []string }{{"a", nil}, {"b", []string{"x"}}}
	for _, tc := range tests { t.Log(tc.name, len(tc.args)) }
	for _, tc := range tests {
		cachetest.Memo(t, tc.name, func() (int, error) { return run(tc.args) }) //FN CALL
	}
}`, ""},
	{"a writer that is printed to", `func TestX(t *testing.T) {
	buf := &bytes.Buffer{}
	fmt.Fprintf(buf, "rows %d", seed.Rows())
	cachetest.Memo(t, "k", func() (string, error) { return buf.String(), nil }) //FN CALL
}`, "buf:10"},
	{"a value that is printed", `func TestX(t *testing.T) {
	conf := &Config{N: 1}
	fmt.Fprintf(os.Stderr, "%v", conf)
	cachetest.Memo(t, "k", func() (int, error) { return seed.Generate(conf) }) //FN CALL
}`, "conf:10"},
	{"the target of errors.As", `func TestX(t *testing.T) {
	target := &fail{}
	errors.As(run(), target)
	cachetest.Memo(t, "k", func() (int, error) { return seed.Generate(target) }) //FN CALL
}`, "target:10"},
	{"an argument that Call's fn changes", `func TestX(t *testing.T) {
	m := map[string]int{}
	cachetest.Call(t, "prep", m, func(m map[string]int) (int, error) { m["a"] = seed.Rows(); return 1, nil })
	cachetest.Memo(t, "k", func() (int, error) { return m["a"], nil }) //FN CALL
}`, "m:10"},
	{"an argument that Call's fn looks at", `func TestX(t *testing.T) {
	m := map[string]int{"a": 1}
	cachetest.Call(t, "prep", m, func(m map[string]int) (int, error) { return m["a"] + len(m), nil })
	cachetest.Memo(t, "k", func() (int, error) { return m["a"], nil }, cachetest.With("m", m)) //FN CALL
}`, "m told"},
	{"an argument of a Call whose fn stands elsewhere", `func TestX(t *testing.T) {
	m := map[string]int{"a": 1}
	cachetest.Call(t, "prep", m, load)
	cachetest.Memo(t, "k", func() (int, error) { return m["a"], nil }) //FN CALL
}`, "m:10"},
	{"a method value", `type loader struct{ n int }
func (l *loader) set(n int) { l.n = n }
func TestX(t *testing.T) {
	l := loader{n: 0}
	set := l.set
	set(seed.Rows())
	cachetest.Memo(t, "k", func() (int, error) { return l.n, nil }) //FN CALL
}`, "l.n:13"},
	{"a method value given to a handle", `func TestX(t *testing.T) {
	l := loader{n: 0}
	t.Run("set", l.set)
	cachetest.Memo(t, "k", func() (int, error) { return l.n, nil }) //FN CALL
}`, "l.n:10"},
	{"a field that is handed on", `type loader struct{ n int }
func TestX(t *testing.T) {
	l, conf := loader{n: 0}, seed.Config{N: 1}
	n := l.n
	load(l.n, conf.N, n)
	cachetest.Memo(t, "k", func() (int, error) { return l.n + conf.N, nil }) //FN CALL
}`, "conf.N:12"},
	{"a slice of an array", `func TestX(t *testing.T) {
	var sum [4]byte
	copy(sum[:], seed.Text())
	cachetest.Memo(t, "k", func() (int, error) { return int(sum[0]), nil }) //FN CALL
}`, "sum:10"},
	{"an array that is handed on", `func TestX(t *testing.T) {
	sum := [4]byte{1, 2, 3}
	load(sum, sum[1])
	cachetest.Memo(t, "k", func() (int, error) { return int(sum[0]), nil }) //FN CALL
}`, ""},
	{"a method named like one of time's", `type money struct{ n int }
func (m *money) Round(n int) { m.n -= m.n % n }
func TestX(t *testing.T) {
	m := money{n: 1234}
	m.Round(seed.Rows())
	cachetest.Memo(t, "k", func() (int, error) { return m.n, nil }) //FN CALL
}`, "m.n:12"},
	{"methods of durations and times", `func TestX(t *testing.T) {
	d, at := 5 * time.Second, time.Date(2024, 1, 2, 0, 0, 0, 0, time.UTC) // a variable
	t.Log(d.String(), d.Seconds(), at.Format(time.RFC3339), at.AddDate(0, 0, 1))
	cachetest.Memo(t, "k", func() (int, error) { return wait(d, at) }) //FN CALL
}`, "at:10"},
	{"a method that hides a field", `type base struct{ n int }
type counter struct{ base; sum int }
func (c *counter) n() int { c.sum++; return c.sum }
func TestX(t *testing.T) {
	c := counter{}
	t.Log(c.n())
	cachetest.Memo(t, "k", func() (int, error) { return c.sum, nil }) //FN CALL
}`, "c.sum:13"},
	{"a method that gets a copy", `type money struct{ n int }
func (m money) Text() string { m.n++; return strconv.Itoa(m.n) }
func TestX(t *testing.T) {
	m := money{n: 1234}
	t.Log(m.Text())
	cachetest.Memo(t, "k", func() (int, error) { return m.n, nil }) //FN CALL
}`, ""},
	{"a helper that fn calls, and others too", `func TestX(t *testing.T) {
	var sb strings.Builder
	say := func(s string) { sb.WriteString(s) }
	say(seed.Text())
	cachetest.Memo(t, "k", func() (string, error) { say("!"); return sb.String(), nil }) //FN CALL
}`, "sb:9"},
	{"a helper that hands on what it changes", `func TestX(t *testing.T) {
	m := map[string]int{}
	add := func(k string, v int) { put(m, k, v) }
	add("a", seed.Rows())
	cachetest.Memo(t, "k", func() (int, error) { add("b", 1); return m["a"], nil }) //FN CALL
}`, "m:9"},
	{"a helper that only fn calls", `func TestX(t *testing.T) {
	n := 5
	twice := func(k int) int { return 2 * k * n }
	cachetest.Memo(t, "k", func() (int, error) { return twice(3), nil }) //FN CALL
}`, ""},
	{"a counter that fn goes on with", `type counter struct{ n int }
func (c *counter) inc() { c.n++ }
func TestX(t *testing.T) {
	c := counter{}
	for i := 0; i < 3; i++ {
		cachetest.Memo(t, fmt.Sprintf("k-%d", i), func() (int, error) { c.inc(); return c.n, nil }) //FN CALL
	}
}`, "c:12"},
	{"a builder that one run of fn fills", `func TestX(t *testing.T) {
	var sb strings.Builder
	cachetest.Memo(t, "k", func() (string, error) { sb.WriteString("x"); return sb.String(), nil }) //FN CALL
}`, ""},
	{"a builder that is looked at after the call", `func TestX(t *testing.T) {
	var sb strings.Builder
	cachetest.Memo(t, "k", func() (string, error) { sb.WriteString("x"); return sb.String(), nil }) //FN CALL
	t.Log(sb.String())
}`, "sb:9"},
	{"a builder that is looked at when the test ends", `func TestX(t *testing.T) {
	var sb strings.Builder
	t.Cleanup(func() { t.Log(sb.String()) })
	cachetest.Memo(t, "k", func() (string, error) { sb.WriteString("x"); return sb.String(), nil }) //FN CALL
}`, "sb:10"},
	{"a map that fn fills, and one that it fills for others", `func TestX(t *testing.T) {
	m, n := map[string]int{}, map[string]int{}
	cachetest.Memo(t, "k", func() (int, error) { m["a"], n["a"] = 1, 2; return len(m) + len(n), nil }) //FN CALL
	t.Log(n["a"])
}`, "n:9"},
	{"methods called on what the rows share", `func TestX(t *testing.T) {
	conf := Config{N: 1}
	for _, name := range []string{"a", "b"} {
		cachetest.Memo(t, name, func() (string, error) { return conf.GetName(name), nil }) //FN CALL
	}
}`, "conf:10 name told"},
	{"an index that is changed tells no row", `func TestX(t *testing.T) {
	for i, tc := range []struct{ s string }{{"a"}, {"b"}} {
		i += seed.Rows()
		cachetest.Memo(t, fmt.Sprintf("k-%d", i), func() (string, error) { return tc.s, nil }) //FN CALL
	}
}`, "tc.s:10"},
	{"an index tells a row", `func TestX(t *testing.T) {
	for i, tc := range []struct{ s string }{{"a"}, {"b"}} {
		cachetest.Memo(t, fmt.Sprintf("k-%d", i), func() (string, error) { return tc.s, nil }) //FN CALL
	}
}`, ""},
	{"fields beside a handle", `type suite struct{ t *testing.T; n int }
func TestX(t *testing.T) {
	s := &suite{t: t, n: 5}
	s.t.Log(s.n)
	cachetest.Memo(t, "k", func() (int, error) { return s.n, nil }) //FN CALL
}`, "s.n:11"},
	{"fields beside a handle that are set", `type suite struct{ t *testing.T; n int }
func TestX(t *testing.T) {
	s := &suite{t: t, n: 5}
	s.n = seed.Rows()
	cachetest.Memo(t, "k", func() (int, error) { return s.n, nil }) //FN CALL
}`, "s.n:11"},

	{"a value set after the key was made of it", `func rows(t *testing.T, n, m int) {
	key := fmt.Sprintf("rows-%d", n)
	if n == 0 { n = m }
	cachetest.Memo(t, key, func() (int, error) { return n * 10, nil }) //FN CALL
}`, "n:10"},
	{"a value set before the key is made of it", `func rows(t *testing.T, n, m int) {
	if n == 0 { n = m }
	key := fmt.Sprintf("rows-%d", n)
	use(n)
	cachetest.Memo(t, key, func() (int, error) { return n * 10, nil }) //FN CALL
	n = 0
}`, "n:11"},
	{"a value set after the options were made of it", `func rows(t *testing.T, n int) {
	opts := []cachetest.Option{cachetest.With("n", n)}
	n++
	cachetest.Memo(t, "k", func() (int, error) { return n * 10, nil }, opts...) //FN CALL
}`, "n:10"},
	{"a field set after the key was made of it", `func rows(t *testing.T, c conf) {
	key := "k-" + c.name
	c.name = seed.Text()
	cachetest.Memo(t, key, func() (string, error) { return c.name, nil }) //FN CALL
}`, "c.name:10"},
	{"another field set", `func rows(t *testing.T, c conf) {
	key := "k-" + c.name
	c.n = seed.Rows()
	cachetest.Memo(t, key, func() (string, error) { return c.name, nil }) //FN CALL
}`, "c.name:10"},
	{"a key made before the loop", `func rows(t *testing.T, n int) {
	key := fmt.Sprint("k-", n)
	for range 3 {
		cachetest.Memo(t, key, func() (int, error) { return n, nil }) //FN CALL
		n++
	}
}`, "n:10"},
	{"a key made in the loop", `func rows(t *testing.T, n int) {
	for range 3 {
		key := fmt.Sprint("k-", n)
		t.Run(key, func(t *testing.T) {
			cachetest.Memo(t, key, func() (int, error) { return n, nil }) //FN CALL
		})
	}
}`, "n told"},
	{"a value set by a helper", `func rows(t *testing.T, n int) {
	set := func() { n = seed.Rows() }
	key := fmt.Sprint("k-", n)
	set()
	cachetest.Memo(t, key, func() (int, error) { return n, nil }) //FN CALL
}`, "n:11"},
	{"a pointer handed on after the key was made", `func rows(t *testing.T, c *conf) {
	key := "k-" + c.name
	load(c)
	cachetest.Memo(t, key, func() (string, error) { return c.name, nil }) //FN CALL
}`, "c.name:10"},
	{"a method taken along after the key was made", `type conf struct{ name string; n int }
func (c *conf) set() { c.name = seed.Text() }
func rows(t *testing.T, c conf) {
	key := "k-" + c.name
	set, n := c.set, c.n
	set()
	cachetest.Memo(t, key, func() (string, error) { return c.name, nil }) //FN CALL
}`, "c.name:13"},
	{"a text handed on after the key was made", `func rows(t *testing.T) {
	name := seed.Text()
	key := "k-" + name
	load(name)
	cachetest.Memo(t, key, func() (string, error) { return name, nil }) //FN CALL
}`, "name told"},
	{"read from what is told later", `func rows(t *testing.T, cfg *config) {
	n := cfg.n
	cfg.reset()
	cachetest.Memo(t, "k", func() (int, error) { return n, nil }, cachetest.With("cfg", cfg)) //FN CALL
}`, "n:10"},
	{"computed from what is told later", `func rows(t *testing.T, cfg *config) {
	n := 2 * cfg.n
	cfg.reset()
	cachetest.Memo(t, "k", func() (int, error) { return n, nil }, cachetest.With("cfg", cfg)) //FN CALL
}`, "n:10"},
	{"read from what is told", `func rows(t *testing.T, cfg *config) {
	cfg.reset()
	n, m := cfg.n, 2 * cfg.m
	cachetest.Memo(t, "k", func() (int, error) { return n + m, nil }, cachetest.With("cfg", cfg)) //FN CALL
}`, "n:10 m:10"},
	{"a lock that the test takes too", `func TestX(t *testing.T) {
	var m sync.Mutex
	m.Lock()
	m.Unlock()
	cachetest.Memo(t, "k", func() (int, error) { m.Lock(); defer m.Unlock(); return 1, nil }) //FN CALL
}`, ""},
	{"a lock of which the file asks who holds it", `func TestX(t *testing.T) {
	var m sync.Mutex
	m.Lock()
	cachetest.Memo(t, "k", func() (int, error) { m.Lock(); return 1, nil }) //FN CALL
}
func tried(m *sync.Mutex) bool { return m.TryLock() }`, "m:10"},
	{"a field behind a pointer, told beside what runs other code", `type plain struct{ n int }
func TestX(t *testing.T, cfg *plain) {
	cachetest.Memo(t, "k", func() (int, error) { return cfg.n, nil }, cachetest.With("cfg.n", cfg.n), cachetest.With("v", seed.Load())) //FN CALL
}`, "cfg.n:9"},
	{"told behind a handle that a method returns", `type suite struct{ n int; t *testing.T }
func (s *suite) T() *testing.T { return s.t }
func (s *suite) Setup() {
	cachetest.Memo(s.T(), "k", func() (int, error) { return s.n, nil }, cachetest.With("s.n", s.n)) //FN CALL
}`, "s.n told"},
	{"told by a variable before a handle that a method returns", `type suite struct{ n int; t *testing.T }
func (s *suite) T() *testing.T { s.n = load(); return s.t }
func (s *suite) Setup() {
	told := cachetest.With("s.n", s.n)
	cachetest.Memo(s.T(), "k", func() (int, error) { return s.n, nil }, told) //FN CALL
}`, "s.n:11"},
	{"told behind a handle, beside what runs other code", `type suite struct{ n int; t *testing.T }
func (s *suite) T() *testing.T { return s.t }
func (s *suite) Setup() {
	cachetest.Memo(s.T(), "k", func() (int, error) { return s.n, nil }, cachetest.With("s.n", s.n), cachetest.With("v", s.T())) //FN CALL
}`, "s.n:10"},
	{"told beside what runs other code, and set inside", `func TestX(t *testing.T, n int) {
	cachetest.Memo(t, "k", func() (int, error) { n++; return n, nil }, cachetest.With("n", n), cachetest.With("v", seed.Load())) //FN CALL
}`, "n:8"},
}

func TestChanges(t *testing.T) { check(t, changeCases) }

// The language says in which order the calls among some arguments are made, and not when
// a variable between them is read: the compiler reads none before a call to its left.
func TestOrderOfArguments(t *testing.T) {
	type field struct{ s string }
	with := func(name string, v any) any { return v }
	call := func(tb testing.TB, key string, fn func() string, opts ...any) {
		for _, told := range append(opts, key) {
			if told != fn() {
				t.Errorf("%v is told, but the function uses %s", told, fn())
			}
		}
	}
	local, x, p := "a", field{"a"}, &field{"a"}
	set := func() testing.TB { local, x.s, p.s = local+"b", x.s+"b", p.s+"b"; return t }
	call(set(), local, func() string { return local }, with("local", local), local)
	call(set(), x.s, func() string { return x.s }, with("x.s", x.s), x.s)
	call(set(), p.s, func() string { return p.s }, with("p.s", p.s), p.s)
	call(set(), ""+p.s, func() string { return p.s }, with("p", *p).(field).s, func() any { return p.s }())
}

// No composite literal is constant if one of its parts is not, wherever that
// stands; the last element is a literal in each case.
var compositeCases = []captureCase{
	{"first element of a slice", `func TestX(t *testing.T) {
	tags := []string{read("a"), "amd64"}
	cachetest.Memo(t, "k", func() ([]string, error) { return tags, nil }) //FN CALL
}`, "tags:9"},
	{"key of a map, then a literal pair", `func TestX(t *testing.T) {
	byName := map[string]int{read("a"): 1, "b": 2}
	cachetest.Memo(t, "k", func() (int, error) { return byName["b"], nil }) //FN CALL
}`, "byName:9"},
	{"value of a map whose next key is a constant", `func TestX(t *testing.T) {
	const b = "b"
	byName := map[string]string{"a": read("a"), b: "x"}
	cachetest.Memo(t, "k", func() (string, error) { return byName[b], nil }) //FN CALL
}`, "byName:10"},
	{"array with an index", `func TestX(t *testing.T) {
	list := [...]string{2: read("a"), 0: "z"}
	cachetest.Memo(t, "k", func() (string, error) { return list[2], nil }) //FN CALL
}`, "list:9"},
	{"struct without field names", `type pair struct{ a, b string }
func TestX(t *testing.T) {
	p := pair{read("a"), "z"}
	cachetest.Memo(t, "k", func() (string, error) { return p.a, nil }) //FN CALL
}`, "p.a:10"},
	{"struct with field names", `type pair struct{ a, b string }
func TestX(t *testing.T) {
	p := pair{a: read("a"), b: "z"}
	cachetest.Memo(t, "k", func() (pair, error) { return p, nil }) //FN CALL
}`, "p:10"},
	{"pointer to a struct", `type pair struct{ a, b string }
func TestX(t *testing.T) {
	p := &pair{read("a"), "z"}
	cachetest.Memo(t, "k", func() (string, error) { return p.a, nil }) //FN CALL
}`, "p.a:10"},
	{"nested", `type pair struct{ a, b []string }
func TestX(t *testing.T) {
	p := []pair{{[]string{read("a"), "b"}, nil}, {nil, nil}}
	cachetest.Memo(t, "k", func() ([]pair, error) { return p, nil }) //FN CALL
}`, "p:10"},
	{"element of a literal", `func TestX(t *testing.T) {
	s := []string{read("a"), "z"}[0]
	cachetest.Memo(t, "k", func() (string, error) { return s, nil }) //FN CALL
}`, "s:9"},
	{"argument of a pure function", `func TestX(t *testing.T) {
	s := strings.Join([]string{read("a"), "z"}, ",")
	cachetest.Memo(t, "k", func() (string, error) { return s, nil }) //FN CALL
}`, "s:9"},
	{"operand", `func TestX(t *testing.T) {
	n := len([]string{read("a"), "z"}) + 1
	cachetest.Memo(t, "k", func() (int, error) { return n, nil }) //FN CALL
}`, "n:9"},
	{"first argument of a conversion to text", `func TestX(t *testing.T) {
	s := fmt.Sprint(read("a"), "z")
	cachetest.Memo(t, "k", func() (string, error) { return s, nil }) //FN CALL
}`, "s:9"},
	{"row of a table", `func TestX(t *testing.T) {
	for _, tc := range []struct{ name, text string }{{"a", read("a")}, {"b", "literal"}} {
		cachetest.Memo(t, tc.name, func() (string, error) { return tc.text, nil }) //FN CALL
	}
}`, "tc.text:9"},
	{"cell of a row that is not the last", `func TestX(t *testing.T) {
	tests := []struct{ name, text, more string }{{"a", read("a"), "m"}, {"b", "literal", "m"}}
	for _, tc := range tests {
		cachetest.Memo(t, tc.name, func() (string, error) { return tc.text, nil }) //FN CALL
	}
}`, "tc.text:10"},
	{"row of a table of pointers in a subtest", `type test struct{ name, text string }
func TestX(t *testing.T) {
	for _, tc := range []*test{{"a", read("a")}, {"b", "literal"}} {
		t.Run(tc.name, func(t *testing.T) {
			cachetest.Memo(t, t.Name(), func() (string, error) { return tc.text, nil }) //FN CALL
		})
	}
}`, "tc.text:11"},
	{"row of a map table", `func TestX(t *testing.T) {
	for name, tc := range map[string][]string{"a": {read("a"), "z"}, "b": {"c", "d"}} {
		cachetest.Memo(t, name, func() (string, error) { return tc[0], nil }) //FN CALL
	}
}`, "tc:9"},
	{"a table of constants alone", `func TestX(t *testing.T) {
	for _, tc := range []struct{ name string; list []string }{{"a", []string{"x", "y"}}, {"b", nil}} {
		cachetest.Memo(t, tc.name, func() ([]string, error) { return tc.list, nil }) //FN CALL
	}
}`, ""},
}

func TestComposites(t *testing.T) { check(t, compositeCases) }
