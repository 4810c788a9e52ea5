package code

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// State of another module is known from its source.
func TestStateOfOtherModules(t *testing.T) {
	for _, tc := range []stateCase{
		{name: "a setter", src: `
var level int
func SetLevel(n int) { level = n }
func Level() int { return level }
`, want: "x.level"},
		{name: "a setter that the test reaches through another function", src: `
var level int
func setLevel(n int) { level = n }
func SetLevel(n int) { func() { setLevel(n) }() }
func Level() int { return level }
`, want: "x.level"},
		{name: "a method of what the package shares", src: `
type config struct{ level int }
func (c *config) Set(n int) { c.level = n }
var std = &config{}
func SetLevel(n int) { std.Set(n) }
func Level() int { return std.level }
`, want: "x.std"},
		{name: "one that is handed out", src: `
type Config struct{ level int }
func (c *Config) Set(n int) { c.level = n }
var std = &Config{}
func Std() *Config { return std }
func Reset() { std.Set(0) }
func SetLevel(n int) { Std().Set(n) }
func Level() int { return std.level }
`, want: "x.std"},
		{name: "a variable that the test sets", src: `
var NoColor bool
func SetLevel(n int) {}
func Level() int { if NoColor { return 1 }; return 2 }
`, want: "x.NoColor"},
		{name: "a cache by its key", src: `
var cache = map[int]int{}
func SetLevel(n int) int { if v, ok := cache[n]; ok { return v }; cache[n] = 2 * n; return 2 * n }
func Level() int { return SetLevel(3) }
`, want: "x.cache"},
		{name: "a cache by its key, of what has parts", src: `
type info struct{ n int }
var cache = map[int]*info{}
func SetLevel(n int) *info { if v, ok := cache[n]; ok { return v }; v := &info{2 * n}; cache[n] = v; return v }
func Level() int { return SetLevel(3).n }
`, want: "x.cache"},
		{name: "what is looked at by its address", src: `
type config struct{ level int }
var std = config{1}
func level(c *config) int { return c.level }
func SetLevel(n int) int { return level(&std) + n }
func Level() int { c := &std; return c.level }
`, want: ""},
		{name: "what is changed by its address", src: `
type config struct{ level int }
var std = config{1}
func set(c *config, n int) { c.level = n }
func SetLevel(n int) { set(&std, n) }
func Level() int { return std.level }
`, want: "x.std"},
		{name: "what is changed by its address in a local variable", src: `
type config struct{ level int }
var std = config{1}
func SetLevel(n int) { c := &std; d := c; d.level = n }
func Level() int { return std.level }
`, want: "x.std"},
		{name: "what hands out its address in a local variable", src: `
type Config struct{ Level int }
var std = Config{1}
func SetLevel(n int) { Std().Level = n }
func Std() *Config { c := &std; return c }
func Level() int { return std.Level }
`, want: "x.std"},
		{name: "what initialisation fills", src: `
var table = map[int]int{}
func init() { table[1] = 2 }
func SetLevel(n int) int { return table[n] }
func Level() int { return table[1] }
`, want: ""},
		{name: "what an init hands to another variable", src: `
var levels, all = map[int]int{}, []map[int]int{}
func init() { all = append(all, levels) }
func SetLevel(n int) { all[0][1] = n }
func Level() int { return levels[1] }
`, want: "x.all"},
		{name: "state of the standard library", src: `
import "log"
func SetLevel(n int) { log.SetPrefix("x") }
func Level() int { return len(log.Prefix()) }
`, want: "log.Default"},
		{name: "state of the standard library that is not used", src: `
import "log"
func SetLevel(n int) { log.SetPrefix("x") }
func Level() int { return len("x") }
`, want: ""},
		{name: "a lock", src: `
import "sync"
var mu sync.Mutex
func SetLevel(n int) { mu.Lock() }
func Level() int { mu.Unlock(); return 1 }
`, want: ""},
		{name: "a lock that is asked for", src: `
import "sync"
var mu sync.Mutex
func SetLevel(n int) { mu.Lock() }
func Level() int { if mu.TryLock() { return 1 }; return 2 }
`, want: "x.mu"},
		{name: "a printer that nobody changes", src: `
type printer struct{ indent string }
func (p *printer) print(v any) any { return []any{p.indent, v} }
var std = printer{}
func SetLevel(n int) any { return std.print(n) }
func Level() int { std.print(1); return 1 }
`, want: ""},
		{name: "a printer that hands itself out", src: `
type printer struct{ indent string }
func (p *printer) print(v any) any { return []any{p, v} }
var std = printer{}
func SetLevel(n int) any { return std.print(n) }
func Level() int { std.print(1); return 1 }
`, want: "x.std"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			test := "x.SetLevel(1)"
			if strings.Contains(tc.src, "var NoColor") {
				test = "x.NoColor = true"
			}
			d := depsOnModule(t,
				"package x\n"+tc.src,
				"package m\n\nimport (\n\t\"testing\"\n\n\t\"example.com/x\"\n)\n\nfunc TestA(t *testing.T) { "+test+" }\n\nfunc fn() int { return x.Level() }\n")
			if got := strings.TrimPrefix(d.Cause.What, "example.com/"); got != tc.want {
				t.Errorf("got %q, want %q: %v", got, tc.want, d.Cause)
			}
		})
	}
}

// depsBesideCache returns what a function of the module m of a tree reaches, where the
// module cache lies beside that.
func depsBesideCache(t *testing.T, root, fn string) *Deps {
	t.Helper()
	t.Setenv("GOMODCACHE", filepath.Join(root, "cache"))
	d, err := FindDeps(Static(filepath.Join(root, "m")), fn)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// depsOnModule is depsBesideCache for fn of the module m, of the file m_test.go, which
// requires the module x of the file x.go.
func depsOnModule(t *testing.T, x, m string) *Deps {
	t.Helper()
	return depsBesideCache(t, writeTree(t,
		"cache/cache/download/example.com/x/@v/v1.2.0.mod", "module example.com/x\n",
		"cache/example.com/x@v1.2.0/x.go", x,
		"m/go.mod", "module example.com/m\n\ngo 1.25.0\n\nrequire example.com/x v1.2.0\n",
		"m/m_test.go", m), "fn")
}

// What a function of another module asks a testing handle is told by its source, if it takes
// it as one, whatever is done with its result.
func TestHandlesAbroad(t *testing.T) {
	const x = `package x

import "testing"

type checker interface{ Errorf(string, ...any) }

func Name(t testing.TB, m map[string]string)  { m["n"] = t.Name() }
func Note(t *testing.T, n int)                { note(t, n) }
func note(tb testing.TB, n int)               { if n > 0 { Note(nil, n-1) }; last = tb.Name() }
func Keep(t testing.TB, n int)                { kept = append(kept, t) }
func Open(t testing.TB, n int) int            { t.Helper(); return open(t, n) }
func open(t testing.TB, n int) int            { if n < 0 { t.Fatal(n); return Open(t, n) }; return n }
func Equal(t checker, a, b any)               { if a != b { t.Errorf("%v", a) } }
func Equals(t testing.TB, a, b any)           { t.Helper(); Equal(t, a, b) }
func Last() string                            { return last }

var last string
var kept []testing.TB
`
	for _, tc := range []struct{ name, stmts, want string }{
		{"by what it fills", `m := map[string]string{}; x.Name(t, m); return len(m["n"])`, "Name()"},
		{"two deep", `x.Note(t, 1); return len(x.Last())`, "Name()"},
		{"kept", `x.Keep(t, 1); return 1`, "Name()"},
		{"not asked, with a result", `return x.Open(t, 1)`, ""},
		{"checks by an interface", `x.Equal(t, 1, 1); return 1`, ""},
		{"handed on there to what may ask", `x.Equals(t, 1, 1); return 1`, "Name()"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := depsOnModule(t, x, "package m\n\nimport (\n\t\"testing\"\n\n\t\"example.com/x\"\n)\n\nfunc fn(t *testing.T) int { return helper(t) }\n\nfunc helper(t *testing.T) int { "+tc.stmts+" }\n")
			if got := names(d.HandleUses); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

// What runs when the program starts changes nothing once the tests run, but for what it
// keeps: functions, and types with their methods.
func TestSettersKeptByInitialisation(t *testing.T) {
	const x = `package x

var level int

type Conf struct{}

func Level() int         { return level }
func SetLevel(n int)     { level = n }
func Setter() func()     { return func() { level++ } }
func Default() *Conf     { SetLevel(1); return &Conf{} }
func Count() int         { SetLevel(1); return 1 }
func (*Conf) Set(n int)  { SetLevel(n) }
func Add(f func())       { hooks = append(hooks, f) }
func Run()               { for _, f := range hooks { f() } }

var hooks []func()
`
	for _, tc := range []struct{ name, decls, test, want string }{
		{"called", "func init() { x.SetLevel(1) }", "", ""},
		{"called by a function", "func init() { setup() }\nfunc setup() { x.SetLevel(1) }", "", ""},
		{"called for a number", "var n = x.Count()", "_ = n", "x.level"},
		{"a function", "var set = x.SetLevel", "set(1)", "x.level"},
		{"what a function returns", "var set = x.Setter()", "set()", "m.set"},
		{"a literal", "var set = func() { x.SetLevel(1) }", "set()", "x.level"},
		{"a literal of a function", "var set = setter()\nfunc setter() func() { return func() { x.SetLevel(1) } }", "set()", "m.set"},
		{"a method", "var conf = x.Default()", "conf.Set(1)", "x.level"},
		{"a literal that is handed on", "func init() { x.Add(func() { x.SetLevel(1) }) }", "x.Run()", "x.hooks"},
		{"a function that is handed on", "func init() { x.Add(set) }\nfunc set() { x.SetLevel(1) }", "x.Run()", "x.hooks"},
		{"called, in the standard library", "func init() { log.SetPrefix(\"a\") }", "", ""},
		{"a function of the standard library", "var set = log.SetPrefix", "set(\"a\")", "log.Default"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := depsOnModule(t,
				x,
				"package m\n\nimport (\n\t\"log\"\n\t\"testing\"\n\n\t\"example.com/x\"\n)\n\n"+tc.decls+"\n\nfunc TestA(t *testing.T) { "+tc.test+" }\n\nfunc fn() (int, string) { return x.Level(), log.Prefix() }\n")
			if got := strings.TrimPrefix(d.Cause.What, "example.com/"); got != tc.want {
				t.Errorf("got %q, want %q: %v", got, tc.want, d.Cause)
			}
		})
	}
}

// What is left in the standard library when the program starts is found through
// code of another module, too.
func TestRegisteredForOtherModules(t *testing.T) {
	d := depsOnModule(t,
		"package x\n\nimport \"expvar\"\n\nfunc Get(name string) string { return expvar.Get(name).String() }\n",
		"package m\n\nimport (\n\t\"expvar\"\n\t\"testing\"\n\n\t\"example.com/x\"\n)\n\nvar n = expvar.NewInt(\"n\")\n\nfunc TestA(t *testing.T) { n.Set(9) }\n\nfunc fn() string { return x.Get(\"n\") }\n")
	if d.Cause.What != "example.com/m.n" {
		t.Errorf("got %q, want example.com/m.n", d.Cause.What)
	}
}

// What a module registers with the standard library is called by it where nothing that
// the source names leads there.
func TestUnseenByRegistration(t *testing.T) {
	const hidden = "func ask(name string) { syscall.RawSyscall(syscall.SYS_GETPID, 0, 0, 0) }\n\n"
	for _, tc := range []struct{ reason, driver, ours, want string }{
		{"by init", hidden + "func init() { sql.Register(\"d\", Driver{}) }", "sql.Open(\"d\", \"\")", "syscall.RawSyscall in example.com/x.ask: example.com/x.init"},
		{"through a helper", hidden + "func init() { register(Driver{}) }\n\nfunc register(d Driver) { sql.Register(\"d\", d) }", "sql.Open(\"d\", \"\")", "syscall.RawSyscall in example.com/x.ask: example.com/x.init"},
		{"by a variable", hidden + "var _ = register(Driver{})\n\nfunc register(d Driver) int { sql.Register(\"d\", d); return 1 }", "sql.Open(\"d\", \"\")", "syscall.RawSyscall in example.com/x.ask: example.com/x._"},
		{"through a method", hidden + "func init() { Driver{}.register(\"d\") }\n\nfunc (d Driver) register(name string) { sql.Register(name, d) }", "sql.Open(\"d\", \"\")", "syscall.RawSyscall in example.com/x.ask: example.com/x.init"},
		{"only a variable is looked at", hidden + "var fd = look()\n\nfunc look() uintptr { ask(\"\"); return os.Stdout.Fd() }", "sql.Named(\"d\", \"\")", ""},
		{"by a type, whatever calls its methods", hidden + "func init() { _ = Driver{} }\n\nfunc (d Driver) register(name string) { sql.Register(name, d) }", "sql.Open(\"d\", \"\")", "syscall.RawSyscall in example.com/x.ask: example.com/x.init"},
		{"nothing uses it", hidden + "func init() { sql.Register(\"d\", Driver{}) }", "sql.Named(\"d\", \"\")", ""},
		{"it can be seen through", "var _ syscall.Errno\n\nfunc ask(name string) {}\n\nfunc init() { sql.Register(\"d\", Driver{}) }", "sql.Open(\"d\", \"\")", ""},
	} {
		d := depsOnModule(t,
			"package x\n\nimport (\n\t\"database/sql\"\n\t\"database/sql/driver\"\n\t\"os\"\n\t\"syscall\"\n)\n\nvar _ = os.Args\n\ntype Driver struct{}\n\n"+
				"func (Driver) Open(name string) (driver.Conn, error) { ask(name); return nil, nil }\n\n"+tc.driver+"\n",
			"package m\n\nimport (\n\t\"database/sql\"\n\n\t_ \"example.com/x\"\n)\n\nfunc fn() any { db, _ := "+tc.ours+"; return db }\n")
		got := ""
		for _, use := range d.Hidden {
			got += use.What + ": " + use.By
		}
		if got != tc.want {
			t.Errorf("%s: %q, want %q", tc.reason, got, tc.want)
		}
	}
}

// What a table of another module holds reads nothing before the tests unless something
// that runs then uses the table.
func TestTableOfOtherModule(t *testing.T) {
	const runs = "type runner interface{ run() }\n\ntype other struct{}\n\nfunc (other) run() {}\n\nfunc init() { seen[\"b\"] = true; other{}.run() }\n"
	for _, tc := range []struct{ reason, code, want string }{
		{"nothing calls it", "", ""},
		{"what waits calls it", "var Checks = sync.OnceValue(func() bool { return Check(\"a\") })", ""},
		{"init calls it", "func init() { Check(\"a\") }", "x.txt"},
		{"a variable is set to what it returns", "var ok = Check(\"a\")", "x.txt"},
		{"init calls it by another variable", "var others = table\n\nfunc init() { others[\"a\"]() }", "x.txt"},
		{"a type with a method that calls it is mentioned", "type checker struct{}\n\nfunc (*checker) run() { Check(\"a\") }\n\nvar _ runner = (*checker)(nil)\n\n" + runs, ""},
		{"init calls a method of what a variable is converted to", "type checker struct{}\n\nfunc (*checker) run() { Check(\"a\") }\n\nvar std runner = (*checker)(nil)\n\nfunc init() { std.run() }\n\n" + runs, "x.txt"},
		{"a call beside a conversion", "type flag bool\n\nvar _ = flag(Check(\"a\")) || flag(true)", "x.txt"},
		{"what looks like a conversion calls it", "var check = &call\n\nvar call = Check\n\nvar _ = (*check)(\"a\")", "x.txt"},
		{"init calls it by a method", "type checker struct{ table map[string]func() bool }\n\nfunc (c *checker) run() { c.table[\"a\"]() }\n\nvar std = &checker{table}\n\nfunc init() { std.run() }", "x.txt"},
	} {
		d := depsOnModule(t,
			"package x\n\nimport (\n\t\"os\"\n\t\"sync\"\n)\n\nvar _ sync.Mutex\n\nvar seen = map[string]bool{}\n\n"+
				"var table = map[string]func() bool{\"a\": look}\n\nfunc look() bool { _, err := os.ReadFile(\"x.txt\"); seen[\"a\"] = err == nil; return true }\n\n"+
				"func Check(name string) bool { return table[name]() && seen[name] }\n\n"+tc.code+"\n",
			"package m\n\nimport \"example.com/x\"\n\nfunc fn() bool { return x.Check(\"a\") }\n")
		got := ""
		for _, read := range d.Early {
			got += read.Name
		}
		if got != tc.want {
			t.Errorf("%s: %q is read, want %q", tc.reason, got, tc.want)
		}
	}
}

// Initialisation code feeds another module by state of the standard library that it sets,
// and not by such as both only use.
func TestInitBesideOtherModules(t *testing.T) {
	for _, tc := range []struct{ reason, ours, want string }{
		{"both use tables of package unicode", "var tmpl = template.Must(template.ParseGlob(\"*.tmpl\"))", ""},
		{"ours sets what the module's uses", "var tmpl = load()\n\nfunc load() error { _, err := template.ParseGlob(\"*.tmpl\"); log.SetPrefix(err.Error()); return err }", "template.ParseGlob"},
		{"ours assigns what the module's uses", "var tmpl = load()\n\nfunc load() error { _, err := template.ParseGlob(\"*.tmpl\"); unicode.Latin = nil; return err }", "template.ParseGlob"},
	} {
		d := depsOnModule(t,
			"package x\n\nimport (\n\t\"log\"\n\t\"unicode\"\n)\n\nvar names = map[string]bool{}\n\n"+
				"func init() { names[log.Prefix()] = unicode.Is(unicode.Latin, 'x') }\n\nfunc Has(name string) bool { return names[name] }\n\nfunc Add(name string) { names[name] = true }\n",
			"package m\n\nimport (\n\t\"html/template\"\n\t\"log\"\n\t\"unicode\"\n\n\t\"example.com/x\"\n)\n\nvar _, _ = log.Print, unicode.Is\n\n"+tc.ours+"\n\nfunc fn() bool { return x.Has(\"a\") }\n")
		if got := whats(d.Init); got != tc.want {
			t.Errorf("%s: %q may feed it, want %q", tc.reason, got, tc.want)
		}
	}
}

// However many packages of other modules lie between, what sets state is found, and
// what only goes through them is nothing.
func TestFarInOtherModules(t *testing.T) {
	const packages = 500
	tree := []string{
		"cache/cache/download/example.com/x/@v/v1.2.0.mod", "module example.com/x\n",
		"cache/example.com/x@v1.2.0/last/x.go", "package last\n\nvar level int\n\nfunc Set(n int) { level = n }\n\nfunc Get() int { return level }\n",
		"m/go.mod", "module example.com/m\n\ngo 1.25.0\n\nrequire example.com/x v1.2.0\n",
	}
	for i := range packages {
		next := fmt.Sprintf("p%d", i+1)
		if i == packages-1 {
			next = "last"
		}
		tree = append(tree, fmt.Sprintf("cache/example.com/x@v1.2.0/p%d/x.go", i),
			fmt.Sprintf("package p%d\n\nimport next \"example.com/x/%s\"\n\nfunc Set(n int) { next.Set(n) }\n\nfunc Get() int { return next.Get() }\n", i, next))
	}
	root := writeTree(t, tree...)
	t.Setenv("GOMODCACHE", filepath.Join(root, "cache"))
	for _, tc := range []struct{ reason, other, fn, want string }{
		{"another test goes a long way to the setter", "first.Set(1)", "last.Get()", "x/last.level"},
		{"the function goes a long way to the state", "last.Set(1)", "first.Get()", "x/last.level"},
		{"both do", "first.Set(1)", "first.Get()", "x/last.level"},
		{"nothing sets it", "first.Get()", "first.Get()", ""},
	} {
		test := "package m\n\nimport (\n\t\"testing\"\n\n\t\"example.com/x/last\"\n\tfirst \"example.com/x/p0\"\n)\n\n" +
			"var _ = []any{first.Get, last.Get}\n\nfunc TestA(t *testing.T) { " + tc.other + " }\n\nfunc fn() int { return " + tc.fn + " }\n"
		if err := os.WriteFile(filepath.Join(root, "m", "m_test.go"), []byte(test), 0o666); err != nil {
			t.Fatal(err)
		}
		d, err := FindDeps(Static(filepath.Join(root, "m")), "fn")
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.TrimPrefix(d.Cause.What, "example.com/"); got != tc.want || len(d.Hidden) > 0 {
			t.Errorf("%s: changed %q, want %q; hidden %v", tc.reason, got, tc.want, d.Hidden)
		}
	}
}

// A variable of a module is state where another module changes it, which only a test
// outside the closure reaches.
func TestStateBetweenOtherModules(t *testing.T) {
	for _, tc := range []struct{ reason, other, fn, want string }{
		{"set by another module", "y.Set(1)", "x.Level", "x.Level"},
		{"set by another module, read by the module itself", "y.Set(1)", "x.Get()", "x.Level"},
		{"its element set", "y.SetElem(1)", "x.Elem()", "x.Table"},
		{"handed on", "y.Hand()", "x.Elem()", "x.Table"},
		{"kept by an initialiser", "kept[1] = 1", "x.Elem()", "x.Table"},
		{"kept by an initialiser of another module", "y.Kept[1] = 1", "x.Elem()", "x.Table"},
		{"nothing sets it", "y.Get()", "x.Get()", ""},
	} {
		root := writeTree(t,
			"cache/cache/download/example.com/x/@v/v1.2.0.mod", "module example.com/x\n",
			"cache/example.com/x@v1.2.0/x.go", "package x\n\nvar Level int\n\nvar Table = map[int]int{}\n\nfunc Get() int { return Level }\n\nfunc Elem() int { return Table[1] }\n",
			"cache/cache/download/example.com/y/@v/v1.2.0.mod", "module example.com/y\n\nrequire example.com/x v1.2.0\n",
			"cache/example.com/y@v1.2.0/y.go", "package y\n\nimport \"example.com/x\"\n\nvar Kept = x.Table\n\nvar f func(any)\n\nfunc Set(n int) { x.Level = n }\n\nfunc SetElem(n int) { x.Table[n] = n }\n\nfunc Hand() { f(x.Table) }\n\nfunc Get() int { return x.Level + x.Table[2] }\n",
			"m/go.mod", "module example.com/m\n\ngo 1.25.0\n\nrequire (\n\texample.com/x v1.2.0\n\texample.com/y v1.2.0\n)\n",
			"m/m_test.go", "package m\n\nimport (\n\t\"testing\"\n\n\t\"example.com/x\"\n\t\"example.com/y\"\n)\n\nvar kept = x.Table\n\nfunc TestA(t *testing.T) { "+tc.other+"; y.Get() }\n\nfunc fn() int { return "+tc.fn+" }\n")
		d := depsBesideCache(t, root, "fn")
		if got := strings.TrimPrefix(d.Cause.What, "example.com/"); got != tc.want {
			t.Errorf("%s: changed %q, want %q", tc.reason, got, tc.want)
		}
	}
}

// A module that sets a variable of the standard library when the program starts may put
// there what changes with each use, whoever else is asked for before.
func TestLibrarySetByModule(t *testing.T) {
	for _, tc := range []struct{ x, want string }{
		{"func init() { rand.Reader = &count{} }", "crypto/rand.Reader"},
		{"func init() { _ = rand.Reader }", ""},
	} {
		d := depsOnModule(t,
			"package x\n\nimport \"crypto/rand\"\n\ntype count struct{ n byte }\n\nfunc (c *count) Read(p []byte) (int, error) { c.n++; p[0] = c.n; return 1, nil }\n\n"+tc.x+"\n",
			"package m\n\nimport (\n\t\"crypto/rand\"\n\t\"testing\"\n\n\t_ \"example.com/x\"\n)\n\n"+
				"func TestDraw(t *testing.T) { rand.Reader.Read(make([]byte, 1)) }\n\nfunc fn() byte { p := make([]byte, 1); rand.Reader.Read(p); return p[0] }\n")
		if d.Cause.What != tc.want {
			t.Errorf("%s: %q is changed by the test, want %q", tc.x, d.Cause.What, tc.want)
		}
	}
}

// What another module registers with the standard library runs where a test uses that.
func TestRegisteredByOtherModules(t *testing.T) {
	const x = "package x\n\nimport (\n\t\"image\"\n\t\"io\"\n)\n\nvar n int\n\nfunc Decoded() int { return n }\n\nfunc init() { image.RegisterFormat(\"a\", \"a\", decode, nil) }\n\n" +
		"func decode(io.Reader) (image.Image, error) { n++; return nil, nil }\n"
	for call, want := range map[string]string{"image.Decode(strings.NewReader(\"a\"))": "image.RegisterFormat", "strings.NewReader(\"a\")": ""} {
		d := depsOnModule(t, x, "package m\n\nimport (\n\t\"image\"\n\t\"strings\"\n\t\"testing\"\n\n\t\"example.com/x\"\n)\n\nvar _ image.Image\n\nfunc TestA(t *testing.T) { "+call+" }\n\nfunc fn() int { return x.Decoded() }\n")
		if d.Cause.What != want {
			t.Errorf("%s: got %q, want %q", call, d.Cause.What, want)
		}
	}
}

// Initialisation code that calls other modules is part of what reads what these then leave,
// and of all where that cannot be told.
func TestInitThroughOtherModules(t *testing.T) {
	const x = `package x

import (
	"image"
	"io"
	"log"
	"net/http"
	"os"
	"os/exec"
	"time"
)

var Exported int

var level int

type Conf struct{ N int }

var conf = &Conf{}

func Level() int     { return level }
func SetLevel(n int) { level = n }
func Shared() *Conf  { return conf }
func Pure(n int) int { return n + 1 }
func Flags(n int)    { log.SetFlags(n) }
func Args(n int)     { os.Args = os.Args[n:] }
func Timeout(n int)  { http.DefaultClient.Timeout = time.Duration(n) }
func Command(n int)  { exec.Command("true").Run() }
func Leave(n int)    { os.Chdir("/") }
func Assembly(n int)

var decoded int

func Decoded() int { return decoded }

func init() { image.RegisterFormat("x", "x", decode, nil) }

func decode(io.Reader) (image.Image, error) { decoded++; return nil, nil }
`
	for _, tc := range []struct {
		name, unit, fn string
		counts         bool
	}{
		{"a variable", "func init() { x.Exported = one() }", "x.Exported", true},
		{"a variable that is not read", "func init() { x.Exported = one() }", "x.Level()", false},
		{"a variable, by a function", "var _ = set()\n\nfunc set() int { x.SetLevel(one()); return 1 }", "x.Level()", true},
		{"a variable that another package reads", "func init() { x.SetLevel(one()) }", "w.Level()", true},
		{"a field of what is handed out", "func init() { x.Shared().N = one() }", "x.Shared().N", true},
		{"a field of what is handed out and not asked for", "func init() { x.Shared().N = one() }", "x.Level()", false},
		{"nothing", "var n = x.Pure(one())", "x.Pure(1)", false},
		{"a type with methods", "type T struct{ x.Conf }\n\nvar v = T{x.Conf{one()}}", "x.Level()", false},
		{"the logger", "func init() { x.Flags(one()) }", "log.Flags()", true},
		{"the logger, for who has none", "func init() { x.Flags(one()) }", "x.Level()", false},
		{"the arguments", "func init() { x.Args(one()) }", "os.Args", true},
		{"the arguments, for who does not look", "func init() { x.Args(one()) }", "x.Level()", false},
		{"a client", "func init() { x.Timeout(one()) }", "http.DefaultClient", true},
		{"what the library calls", "func init() { image.Decode(strings.NewReader(text())) }\n\nfunc text() string { return string(rune(one())) }", "x.Decoded()", true},
		{"what the library calls, for who has none", "func init() { image.Decode(strings.NewReader(text())) }\n\nfunc text() string { return string(rune(one())) }", "x.Level()", false},
		{"a program", "func init() { x.Command(one()) }", "x.Level()", true},
		{"the directory", "func init() { x.Leave(one()) }", "x.Level()", true},
		{"what is not Go", "func init() { x.Assembly(one()) }", "x.Level()", true},
		{"what is linked", "func init() { w.Linked(one()) }", "x.Level()", true},
		{"a function that is not found", "func init() { w.Missing(one()) }", "x.Level()", true},
		{"a package that does not parse", "func init() { broken.Do(one()) }", "x.Level()", true},
		{"a module that is not at hand", "func init() { y.Do(one()) }", "x.Level()", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			src := "package m\n\nimport (\n\t\"image\"\n\t\"log\"\n\t\"net/http\"\n\t\"os\"\n\t\"strings\"\n\n\t\"example.com/x\"\n\t\"example.com/x/broken\"\n\t\"example.com/x/w\"\n\t\"example.com/y\"\n)\n\n" +
				"func one() int { return 1 }\n\n" + tc.unit + "\n\nfunc fn() any { return " + tc.fn + " }\n"
			d := depsBesideCache(t, writeTree(t,
				"cache/cache/download/example.com/x/@v/v1.2.0.mod", "module example.com/x\n",
				"cache/cache/download/example.com/y/@v/v1.2.0.mod", "module example.com/y\n",
				"cache/example.com/x@v1.2.0/x.go", x,
				"cache/example.com/x@v1.2.0/w/w.go", "package w\n\nimport (\n\t_ \"unsafe\"\n\n\t\"example.com/x\"\n)\n\n"+
					"func Level() int { return x.Level() }\n\n//go:linkname Linked runtime.linked\nfunc Linked(n int) {}\n",
				"cache/example.com/x@v1.2.0/broken/a.go", "package broken\n\nfunc Do(n int) { do(n) }\n",
				"cache/example.com/x@v1.2.0/broken/b.go", "package broken\n\nfunc do(n int) {\n",
				"m/go.mod", "module example.com/m\n\ngo 1.25.0\n\nrequire (\n\texample.com/x v1.2.0\n\texample.com/y v1.2.0\n)\n",
				"m/m_test.go", src), "fn")
			if counts := slices.ContainsFunc(d.Decls(), func(d Decl) bool { return d.Name == "example.com/m.one" }); counts != tc.counts {
				t.Errorf("counts: %v, want %v: %v", counts, tc.counts, d.Decls())
			}
		})
	}
}

// A variable that a test links to one of another module is one with it: who sets that
// changes what the module does.
func TestLinkedToOtherModules(t *testing.T) {
	const x = "package x\n\nvar hook = func() string { return \"\" }\n\nfunc Do() string { return hook() }\n"
	const test = "package m\n\nimport (\n\t\"testing\"\n\t_ \"unsafe\"\n\n\t\"example.com/x\"\n)\n\n//go:linkname hook example.com/x.hook\nvar hook func() string\n\n" +
		"func TestA(t *testing.T) { hook = nil }\n\nfunc TestB(t *testing.T) { fn() }\n\nfunc fn() string { return x.Do() }\n"
	if got := depsOnModule(t, x, test).Cause.What; got != "example.com/m.hook" {
		t.Errorf("changed: %q", got)
	}
}
