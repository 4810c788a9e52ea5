package code

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/settings"
)

// The law of early reads: what code asks the machine for before any test runs, and
// leaves in a variable that a fixture's function uses, is an input of that, or keeps its
// result from being stored. Each case is one thing that is asked, one way to run code
// before the tests, one place where the answer is left, and one way to come to that.

// An earlyAsk is an expression of type string, and what tells that it was seen. Its
// declarations are in the package itself, or in one of another module, named asked.
type earlyAsk struct {
	name, expr, decls, asked string
	seen                     func(*Closure) bool
}

// An earlyRun runs LEAVE before any test.
// Where ASK is in it, LEAVE leaves what that set before.
type earlyRun struct{ name, decls, ext string }

// An earlyPlace is where the answer ASK is left, and how what is there is read. Its
// declarations are in the package itself, in another of the module, named other, or in
// one of another module, named ext.
type earlyPlace struct{ name, set, read, decls, other, ext string }

// An earlyUse is how fn comes to the PLACE.
type earlyUse struct{ name, fn, decls string }

func earlyVariable(name string) func(*Closure) bool {
	return func(c *Closure) bool {
		return slices.Contains(c.Early, Read{Kind: ReadVariable, Name: name}) || earlyVariables(c)
	}
}

func earlyVariables(c *Closure) bool { return len(c.Init) > 0 || c.DependsOn(settings.Variables) }

func earlyFile(c *Closure) bool {
	return slices.Contains(c.Early, Read{Kind: ReadFile, Name: "data.txt"}) || len(c.Init) > 0
}

func earlyUnnamed(c *Closure) bool { return len(c.Init) > 0 }

func earlySetting(name string) func(*Closure) bool {
	return func(c *Closure) bool { return c.DependsOn(name) || len(c.Init) > 0 }
}

const earlyText = "func text(data []byte, err error) string { return string(data) }\n"

var earlyAsks = []earlyAsk{
	{"a variable", `os.Getenv("FOO")`, "", "", earlyVariable("FOO")},
	{"a variable of a constant name", `os.Getenv(foo)`, `const foo = "F" + "OO"`, "", earlyVariable("FOO")},
	{"a variable looked up", `func() string { v, _ := os.LookupEnv("FOO"); return v }()`, "", "", earlyVariable("FOO")},
	{"a variable expanded", `os.ExpandEnv("a $FOO")`, "", "", earlyVariable("FOO")},
	{"a variable past the log", `func() string { v, _ := syscall.Getenv("FOO"); return v }()`, "", "", earlyVariable("FOO")},
	{"a variable of a computed name", `os.Getenv(strings.ToUpper("foo"))`, "", "", earlyVariables},
	{"a variable by a function value", `getenv("FOO")`, "var getenv = os.Getenv", "", earlyVariables},
	{"a variable by a method", `asker{}.ask()`, "type asker struct{}\n\nfunc (asker) ask() string { return os.Getenv(\"FOO\") }", "", earlyVariable("FOO")},
	{"all variables", `strings.Join(os.Environ(), " ")`, "", "", earlyVariables},
	{"a variable by a function", `env("FOO", "")`, "func env(name, otherwise string) string { return cmp.Or(os.Getenv(name), otherwise) }", "", earlyVariable("FOO")},
	{"a variable by two functions", `first("BAR", "FOO")`, "func first(a, b string) string { return env(a) + env(b) }\n\nfunc env(name string) string { return os.Getenv(name) }", "", earlyVariable("FOO")},
	{"a variable by a generic function", `env("FOO", strconv.Quote)`, "func env[T any](name string, parse func(string) T) T { return parse(os.Getenv(name)) }", "", earlyVariable("FOO")},
	{"a variable by a function that changes the name", `env("OO")`, "func env(name string) string { name = \"F\" + name; return os.Getenv(name) }", "", earlyVariables},
	{"a variable by a function that others change the name of", `env("OO")`, "func env(name string) string { prefix(&name); return os.Getenv(name) }\n\nfunc prefix(name *string) { *name = \"F\" + *name }", "", earlyVariables},
	{"a variable by a function that calls itself", `env("BAR")`, "func env(name string) string { if name == \"BAR\" { return env(\"FOO\") }; return os.Getenv(name) }", "", earlyVariables},
	{"a variable by two functions that call each other", `env("BAR")`, "func env(name string) string { if name == \"BAR\" { return other(name) }; return os.Getenv(name) }\n\nfunc other(name string) string { return env(name) + env(\"FOO\") }", "", earlyVariables},
	{"a variable by a function that is handed on", `apply(env, "FOO")`, "func env(name string) string { return os.Getenv(name) }\n\nfunc apply(f func(string) string, s string) string { return f(s) + env(\"BAR\") }", "", earlyVariables},
	{"a variable by a function in a table", `table[0]("FOO") + env("BAR")`, "var table = []func(string) string{env}\n\nfunc env(name string) string { return os.Getenv(name) }", "", earlyVariables},
	{"a variable whose name begins so", `os.Getenv("FO" + strings.ToUpper("o"))`, "", "", earlyVariable("FO*")},
	{"a variable whose name is printed", `func() string { v, _ := os.LookupEnv(fmt.Sprintf("F%s", strings.ToUpper("oo"))); return v }()`, "", "", earlyVariable("F*")},
	{"a variable whose name is cleaned", `os.Getenv(filepath.Join("F", strings.Repeat(".", 2), "FOO"))`, "", "", earlyVariables},
	{"a variable by a function and a list", `env(strings.Fields("FOO")...)`, "func env(names ...string) (s string) { for _, name := range names { s += os.Getenv(name) }; return s }", "", earlyVariables},
	{"a variable by a function that is called in another way too", `env("BAR") + env(strings.ToUpper("foo"))`, "func env(name string) string { return os.Getenv(name) }", "", earlyVariables},
	{"a proxy", `proxy(http.ProxyFromEnvironment(new(http.Request)))`, "func proxy(url fmt.Stringer, err error) string { return url.String() }", "", earlyVariable("HTTP_PROXY")},
	{"a file", `text(os.ReadFile("data.txt"))`, earlyText, "", earlyFile},
	{"a file opened", `func() string { f, _ := os.Open("data.txt"); data, _ := io.ReadAll(f); return string(data) }()`, "", "", earlyFile},
	{"a file of a computed name", `text(os.ReadFile(strings.ToLower("DATA.TXT")))`, earlyText, "", earlyUnnamed},
	{"that a file is there", `func() string { _, err := os.Stat("data.txt"); return fmt.Sprint(err) }()`, "", "", earlyFile},
	{"a file in a file system", `text(fs.ReadFile(os.DirFS("."), "data.txt"))`, earlyText, "", earlyUnnamed},
	{"names of files", `func() string { list, _ := filepath.Glob("*.txt"); return strings.Join(list, " ") }()`, "", "", earlyUnnamed},
	{"the arguments", `strings.Join(os.Args, " ")`, "", "", earlySetting(settings.CommandLine)},
	{"the program", `os.Args[0]`, "", "", earlySetting(settings.Executable)},
	{"the program, and what follows it", `os.Args[0] + os.Args[1]`, "", "", earlySetting(settings.CommandLine)},
	{"the host", `func() string { name, _ := os.Hostname(); return name }()`, "", "", earlySetting(settings.HostName)},
	{"the test binary's path", `func() string { path, _ := os.Executable(); return path }()`, "", "", earlySetting(settings.Executable)},
	{"the user", `fmt.Sprint(os.Getuid())`, "", "", earlySetting(settings.User)},
	{"the processors", `fmt.Sprint(runtime.NumCPU())`, "", "", earlySetting(settings.GOMAXPROCS)},
	{"the time zone", `time.Unix(0, 0).String()`, "", "", earlySetting(settings.LocalTime)},
	{"a zone", `func() string { loc, _ := time.LoadLocation("Europe/Bern"); return fmt.Sprint(loc) }()`, "", "", earlySetting(settings.Zone + "Europe/Bern")},
	{"a command", `text(exec.Command("date").Output())`, earlyText, "", func(c *Closure) bool { return len(c.Init) > 0 }},
	{"a variable by another module", `asked.Env("FOO")`, "", "import \"os\"\n\nfunc Env(name string) string { return os.Getenv(name) }\n", earlyVariable("FOO")},
	{"a variable that another module names", `asked.Foo()`, "", "import \"os\"\n\nfunc Foo() string { return os.Getenv(\"FOO\") }\n", earlyVariable("FOO")},
	{"a variable that a method of another module asks for", `asked.New().Get("FOO")`, "", "import \"os\"\n\ntype Env struct{}\n\nfunc New() *Env { return &Env{} }\n\nfunc (*Env) Get(name string) string { return os.Getenv(name) }\n", earlyVariables},
	{"a file by another module", `asked.File("data.txt")`, "", "import \"os\"\n\nfunc File(name string) string {\n\tdata, _ := os.ReadFile(name)\n\treturn string(data)\n}\n", earlyFile},
	{"the host by another module", `asked.Host()`, "", "import \"os\"\n\nfunc Host() string {\n\tname, _ := os.Hostname()\n\treturn name\n}\n", earlySetting(settings.HostName)},
}

// earlyNamed are those of which a name tells what is asked.
var earlyNamed = []string{"a variable", "a variable of a constant name", "a variable looked up", "a variable expanded", "a file", "that a file is there", "the arguments", "the host", "the user", "the processors", "the time zone", "a zone"}

var earlyRuns = []earlyRun{
	{"init", "func init() { LEAVE }", ""},
	{"a variable", "var _ = func() bool { LEAVE; return true }()", ""},
	{"a function", "func init() { setup() }\n\nfunc setup() { LEAVE }", ""},
	{"a method", "type setup struct{}\n\nfunc init() { setup{}.run() }\n\nfunc (setup) run() { LEAVE }", ""},
	{"a method value", "type setup struct{}\n\nfunc init() { f := setup{}.run; f() }\n\nfunc (setup) run() { LEAVE }", ""},
	{"a method by an interface", "type setup struct{}\n\nfunc init() { for _, r := range []interface{ run() }{setup{}} { r.run() } }\n\nfunc (setup) run() { LEAVE }", ""},
	{"a promoted method", "type setup struct{}\n\ntype outer struct{ *setup }\n\nfunc init() { outer{}.run() }\n\nfunc (*setup) run() { LEAVE }", ""},
	{"a literal", "func init() { f := func() { LEAVE }; f() }", ""},
	{"a deferred call", "func init() { defer func() { LEAVE }() }", ""},
	{"a goroutine", "func init() { done := make(chan bool); go func() { LEAVE; close(done) }(); <-done }", ""},
	{"a function variable", "var setup = func() { LEAVE }\n\nfunc init() { setup() }", ""},
	{"a list of functions", "var setups = []func(){setup}\n\nfunc setup() { LEAVE }\n\nfunc init() { for _, f := range setups { f() } }", ""},
	{"a table of functions, by its address", "var setups = map[string]func(){\"a\": setup}\n\nvar table = &setups\n\nfunc setup() { LEAVE }\n\nfunc init() { (*table)[\"a\"]() }", ""},
	{"once", "var once sync.Once\n\nfunc init() { once.Do(func() { LEAVE }) }", ""},
	{"a generic function", "func init() { setup(1) }\n\nfunc setup[T any](T) { LEAVE }", ""},
	{"an iterator", "func init() { for range func(yield func() bool) { LEAVE; yield() } { } }", ""},
	{"sorting", "type setup []int\n\nfunc (s setup) Len() int { return len(s) }\n\nfunc (s setup) Less(i, j int) bool { LEAVE; return false }\n\nfunc (s setup) Swap(i, j int) {}\n\nfunc init() { sort.Sort(setup{1, 2}) }", ""},
	{"printing", "type setup struct{}\n\nfunc (setup) String() string { LEAVE; return \"\" }\n\nvar _ = fmt.Sprint(setup{})", ""},
	{"two steps", "var step string\n\nfunc init() { step = ASK }\n\nfunc init() { LEAVE }", ""},
	{"two steps, the first of a variable", "var step = ASK\n\nfunc init() { LEAVE }", ""},
	{"another module", "func init() { ext.Run(func() { LEAVE }) }", "func Run(f func()) { f() }\n"},
	{"what another module keeps", "func init() { ext.Add(func() { LEAVE }); ext.RunAll() }", "var list []func()\n\nfunc Add(f func()) { list = append(list, f) }\n\nfunc RunAll() {\n\tfor _, f := range list {\n\t\tf()\n\t}\n}\n"},
	{"a method that another module calls", "type setup struct{}\n\nfunc (setup) Setup() { LEAVE }\n\nfunc init() { ext.Start(setup{}) }", "func Start(s interface{ Setup() }) { s.Setup() }\n"},
	{"TestMain", "func TestMain(m *testing.M) { LEAVE; os.Exit(m.Run()) }", ""},
	{"a function of TestMain", "func TestMain(m *testing.M) { setup(); os.Exit(m.Run()) }\n\nfunc setup() { LEAVE }", ""},
	{"TestMain, by Main", "func TestMain(m *testing.M) { os.Exit(cachetest.Main(m, func(tb cachetest.TB) { LEAVE })) }", ""},
}

var earlyPlaces = []earlyPlace{
	{name: "variable", set: "v = ASK", read: "v", decls: "var v string"},
	{name: "field", set: "v.s = ASK", read: "v.s", decls: "var v struct{ s string }"},
	{name: "map", set: `v["a"] = ASK`, read: `v["a"]`, decls: "var v = map[string]string{}"},
	{name: "slice", set: "v = append(v, ASK)", read: `strings.Join(v, "")`, decls: "var v []string"},
	{name: "pointer", set: "*v = ASK", read: "*v", decls: "var v = new(string)"},
	{name: "address", set: "p := &v; *p = ASK", read: "v", decls: "var v string"},
	{name: "parameter", set: "set(&v, ASK)", read: "v", decls: "var v string\n\nfunc set(p *string, s string) { *p = s }"},
	{name: "interface", set: "v = ASK", read: "fmt.Sprint(v)", decls: "var v any"},
	{name: "function", set: "s := ASK; v = func() string { return s }", read: "v()", decls: "var v = func() string { return \"\" }"},
	{name: "method", set: "v.set(ASK)", read: "v.get()", decls: "type box struct{ s string }\n\nfunc (b *box) set(s string) { b.s = s }\n\nfunc (b *box) get() string { return b.s }\n\nvar v = &box{}"},
	{name: "atomic", set: "v.Store(ASK)", read: "fmt.Sprint(v.Load())", decls: "var v atomic.Value"},
	{name: "sync.Map", set: `v.Store("a", ASK)`, read: `func() string { s, _ := v.Load("a"); return fmt.Sprint(s) }()`, decls: "var v sync.Map"},
	{name: "channel", set: "v <- ASK", read: "<-v", decls: "var v = make(chan string, 1)"},
	{name: "error", set: "v = errors.New(ASK)", read: "v.Error()", decls: "var v error"},
	{name: "template", set: "template.Must(v.Parse(ASK))", read: "v.Tree.Root.String()", decls: `var v = template.New("")`},
	{name: "flag", set: `flag.StringVar(&v, "flag", ASK, "")`, read: "v", decls: "var v string"},
	{name: "another package", set: "other.V = ASK", read: "other.V", other: "var V string\n"},
	{name: "setter of another package", set: "other.Set(ASK)", read: "other.Get()", other: "var v string\n\nfunc Set(s string) { v = s }\n\nfunc Get() string { return v }\n"},
	{name: "another module", set: "ext.V = ASK", read: "ext.V", ext: "var V string\n"},
	{name: "setter of another module", set: "ext.Set(ASK)", read: "ext.Get()", ext: "var v string\n\nfunc Set(s string) { v = s }\n\nfunc Get() string { return v }\n"},
	{name: "map of another module", set: `ext.Put("a", ASK)`, read: `ext.At("a")`, ext: "var m = map[string]string{}\n\nfunc Put(k, s string) { m[k] = s }\n\nfunc At(k string) string { return m[k] }\n"},
	{name: "method of another module", set: "ext.Default.Set(ASK)", read: "ext.Default.Get()", ext: "type Conf struct{ s string }\n\nfunc (c *Conf) Set(s string) { c.s = s }\n\nfunc (c *Conf) Get() string { return c.s }\n\nvar Default = &Conf{}\n"},
	{name: "option of another module", set: "s := ASK; ext.Use(func(c *ext.Conf) { c.S = s })", read: "ext.Get()", ext: "type Conf struct{ S string }\n\nvar conf Conf\n\nfunc Use(f func(*Conf)) { f(&conf) }\n\nfunc Get() string { return conf.S }\n"},
	{name: "logger", set: "log.SetPrefix(ASK)", read: "log.Prefix()"},
}

var earlyUses = []earlyUse{
	{"itself", "func fn() string { return PLACE }", ""},
	{"by a function", "func fn() string { return get() }", "func get() string { return PLACE }"},
	{"by a method of an interface", "func fn() string { return getter(user{}).get() }", "type getter interface{ get() string }\n\ntype user struct{}\n\nfunc (user) get() string { return PLACE }"},
	{"by a function variable", "func fn() string { return use() }", "var use = func() string { return PLACE }"},
	{"in another package", "func fn() string { return all.Get() }", "func Get() string { return PLACE }"},
	{"in another module", "func fn() string { return far.Get() }", "func Get() string { return PLACE }"},
	{"set by another module, which is imported for that alone", "func fn() string { return PLACE }", ""},
	{"handed on by a third module", "func fn() string { return hold.V }", "func init() { hold.V = PLACE }"},
}

// An earlyCase is one of each.
type earlyCase struct {
	name  string
	dir   string
	files map[string]string // in m, the module itself, or in x, another one
	seen  func(*Closure) bool
}

var earlyQualifier = regexp.MustCompile(`\b([a-z]+)\.[A-Z]`)

// earlyImports are the imports that the text of case n needs.
func earlyImports(n int, text string) (lines string) {
	uses := map[string]bool{}
	for _, m := range earlyQualifier.FindAllStringSubmatch(text, -1) {
		uses[m[1]] = true
	}
	for _, path := range []string{"cmp", "errors", "flag", "fmt", "io", "io/fs", "log", "net/http", "os", "os/exec", "path/filepath", "runtime", "sort", "strconv", "strings", "sync", "sync/atomic", "syscall", "testing", "text/template", "time",
		"github.com/fixturecache/fixturecache/cachetest", "example.com/m/cN/other", "example.com/m/cN/all", "example.com/x/cN/ext", "example.com/x/cN/asked", "example.com/x/cN/far", "example.com/x/cN/hold"} {
		if uses[filepath.Base(path)] {
			lines += fmt.Sprintf("import %q\n", strings.Replace(path, "cN", fmt.Sprintf("c%d", n), 1))
		}
	}
	return lines
}

// newEarlyCase is case n, nil where the parts do not go together.
func newEarlyCase(n int, ask earlyAsk, run earlyRun, place earlyPlace, use earlyUse) *earlyCase {
	dir := fmt.Sprintf("c%d", n)
	c := &earlyCase{strings.Join([]string{ask.name, run.name, place.name, use.name}, ", "), dir, map[string]string{}, ask.seen}
	add := func(file, text string) {
		if text != "" {
			c.files[file] = "package " + filepath.Base(filepath.Dir(file)) + "\n\n" + earlyImports(n, text) + text + "\n"
		}
	}
	dir = "/" + dir + "/"
	answer := ask.expr
	if strings.Contains(run.decls, "ASK") {
		answer = "step"
	}
	set := strings.Replace(place.set, "ASK", answer, 1)
	text := strings.Join([]string{ask.decls, strings.NewReplacer("ASK", ask.expr, "LEAVE", "{ "+set+" }").Replace(run.decls), place.decls, strings.Replace(use.decls, "PLACE", place.read, 1)}, "\n\n")
	fn := strings.Replace(use.fn, "PLACE", place.read, 1)
	inTests, anyName := strings.Contains(run.decls, "TestMain"), !slices.Contains(earlyNamed, ask.name)
	switch use.name {
	case "in another module": // of which no more is known than what names tell: see package world
		if inTests || anyName || place.other != "" {
			return nil
		}
		add("x"+dir+"far/far.go", text)
	case "set by another module, which is imported for that alone", "handed on by a third module":
		if inTests || anyName || place.decls != "" || place.other != "" {
			return nil
		}
		imports := fmt.Sprintf("import _ \"example.com/x/c%d/far\"\n", n)
		if on := strings.Replace(use.decls, "PLACE", place.read, 1); on != "" {
			text = strings.Replace(text, on, "", 1)
			add("x"+dir+"on/on.go", on)
			add("x"+dir+"hold/hold.go", "var V string")
			imports += strings.Replace(imports, "/far", "/on", 1)
		}
		add("x"+dir+"far/far.go", text)
		fn = imports + "\n" + fn
	case "in another package":
		if inTests {
			return nil
		}
		add("m"+dir+"all/all.go", text)
	default:
		fn = text + "\n\n" + fn
	}
	add("m"+dir+"c_test.go", fn+"\n\nfunc TestFn(t *testing.T) { fn() }")
	add("m"+dir+"other/other.go", place.other)
	add("x"+dir+"asked/asked.go", ask.asked)
	add("x"+dir+"ext/ext.go", place.ext+run.ext)
	return c
}

// earlyCases are all of them, or one of each so many.
func earlyCases(every int) (list []*earlyCase) {
	n := 0
	for _, ask := range earlyAsks {
		for _, run := range earlyRuns {
			for _, place := range earlyPlaces {
				for _, use := range earlyUses {
					if n++; n%every == 0 {
						if c := newEarlyCase(n, ask, run, place, use); c != nil {
							list = append(list, c)
						}
					}
				}
			}
		}
	}
	return list
}

// TestLawOfEarlyReads looks at a part of the cases, a smaller one with -short, a larger one
// with CACHETEST_LONG, and at all with CACHETEST_LAW.
func TestLawOfEarlyReads(t *testing.T) {
	every := 61 // coprime to the numbers of ways, as the others: each way is met
	if testing.Short() {
		every = 307
	}
	if os.Getenv("CACHETEST_LONG") != "" {
		every = 11
	}
	if os.Getenv("CACHETEST_LAW") != "" {
		every = 1
	}
	cases := earlyCases(every)
	for list := range slices.Chunk(cases, 2000) {
		files := []string{"m/go.mod", "module example.com/m\n\ngo 1.25.0\n\nrequire example.com/x v1.2.0\n", "cache/cache/download/example.com/x/@v/v1.2.0.mod", "module example.com/x\n"}
		for _, c := range list {
			for name, text := range c.files {
				files = append(files, strings.Replace(name, "x/", "cache/example.com/x@v1.2.0/", 1), text)
			}
		}
		root := writeTree(t, files...)
		t.Setenv("GOMODCACHE", filepath.Join(root, "cache"))
		for _, c := range list {
			d, err := FindDeps(Static(filepath.Join(root, "m", c.dir)), "fn")
			if err != nil {
				t.Fatalf("%s: %v\n%s", c.name, err, c.files)
			}
			if !c.seen(d.Closure) {
				t.Errorf("%s: not seen: init %v, early %v, settings %v\n%s", c.name, d.Init, d.Early, d.Settings, c.files)
			}
		}
	}
	t.Logf("%d cases", len(cases))
}
