package code

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What an edit that changes no token of fn's own does to its closure.
func TestEdits(t *testing.T) {
	reg := []string{
		"a_test.go", "package m\n\nimport (\n\t_ \"m/a\"\n\t_ \"m/b\"\n\t\"m/reg\"\n)\n\nfunc Fn() string { return reg.Last + reg.Kept }\n\nfunc None() {}\n",
		"reg/reg.go", "package reg\n\nvar Last, Kept string\n",
		"a/a.go", "package a\n\nimport \"m/reg\"\n\nfunc init() { reg.Last = \"a\" }\n",
		"b/b.go", "package b\n\nimport \"m/reg\"\n\nfunc init() { reg.Last = \"b\" }\n",
	}
	vars := []string{
		"a_test.go", "package m\n\nfunc Fn() int { return snapshot + one + two }\n",
		"b.go", "package m\n\nvar table = map[string]int{}\n\nfunc fill() int { table[\"a\"] = 7; return 0 }\n\nvar snapshot = table[\"a\"]\nvar filled = fill()\nvar one = 1\nvar two = 2\n",
	}
	alias := []string{
		"a_test.go", "package m\n\nfunc Fn() string { return T{}.Make() }\n",
		"b.go", "package m\n\ntype T struct{}\ntype A1 = T\ntype A2 = A1\ntype Other = A2\n\nfunc (A2) Make() string { return \"one\" }\n",
	}
	zip := []string{
		"a_test.go", "package m\n\nimport (\n\t\"archive/zip\"\n\t\"bytes\"\n\t_ \"m/codec\"\n)\n\nfunc Fn() { zip.NewWriter(new(bytes.Buffer)) }\n",
		"codec/codec.go", "package codec\n\nimport \"archive/zip\"\n\nfunc init() { zip.RegisterCompressor(99, nil) }\n",
	}
	inits := []string{
		"a_test.go", "package m\n\nfunc Fn() int { return v }\n",
		"b.go", "package m\n\nvar v int\n\nfunc init() { v++ }\n",
		"c.go", "package m\n\nfunc init() { v += 2 }\n",
	}
	types := []string{
		"a_test.go", "package m\n\nimport \"fmt\"\n\ntype box[T any] struct{}\n\nfunc Fn() string {\n\ttype row struct{}\n\treturn fmt.Sprintf(\"%T\", box[row]{})\n}\n\nfunc None() { Later() }\n\nfunc Later() {}\n",
		"b.go", "package m\n\nfunc before() {}\n",
	}
	for _, tc := range []struct {
		reason         string
		files          []string
		file, old, new string
		fn, want       string // the subjects that are told, or the text
	}{
		{"an import makes a run after b", reg, "a/a.go", `import "m/reg"`, "import (\n\t_ \"m/b\"\n\t\"m/reg\"\n)", "Fn", "code changed: import in m/a: (none) -> m/b"},
		{"nothing of fn is initialised", reg, "a/a.go", `import "m/reg"`, "import (\n\t_ \"m/b\"\n\t\"m/reg\"\n)", "None", ""},
		{"an import of what is not of ours", reg, "a/a.go", `import "m/reg"`, "import (\n\t_ \"strings\"\n\t\"m/reg\"\n)", "Fn", ""},
		{"a variable is read after it is filled", vars, "b.go", "var snapshot = table[\"a\"]\nvar filled = fill()", "var filled = fill()\nvar snapshot = table[\"a\"]", "Fn", "initialisation order of m"},
		{"literals have no order", vars, "b.go", "var one = 1\nvar two = 2", "var two = 2\nvar one = 1", "Fn", ""},
		{"a method of an alias of an alias", alias, "b.go", "one", "two", "Fn", "m.(A2).Make"},
		{"what a pure package registers", zip, "codec/codec.go", "99", "98", "Fn", "m/codec.init"},
		{"an init of several that goes", inits, "c.go", "func init() { v += 2 }", "", "Fn", "code gone: init (c.go:3), reached through v (b.go:3)"},
		{"one more init", inits, "b.go", "func init", "func init() { v = 7 }\n\nfunc init", "Fn", "code added: init (b.go:5), reached through v (b.go:3)"},
		{"one init of several", inits, "c.go", "2", "3", "Fn", "code changed: init (c.go:3), reached through v (b.go:3)"},
		{"a file that a line +build keeps out", append(inits, "d.go", "// +build never\n\npackage m\n\nfunc init() { v += 4 }\n"), "d.go", "4", "5", "Fn", ""},
		{"a type of a function that is printed with its number, after those of files that are no tests", types, "b.go", "{}", "{ type other struct{} }", "Fn", "numbers of types in functions of m"},
		{"one that is declared later", types, "a_test.go", "Later() {}", "Later() { type other struct{} }", "Fn", ""},
		{"an alias has no number", types, "b.go", "{}", "{ type other = int }", "Fn", ""},
		{"no type of a function", types, "b.go", "{}", "{ type other struct{} }", "None", ""},
	} {
		t.Run(tc.reason, func(t *testing.T) {
			checkEdit(t, tc.files, tc.file, tc.old, tc.new, tc.fn, tc.want)
		})
	}
}

// Lines count where they are asked for, and there only.
func TestLines(t *testing.T) {
	files := []string{
		"a_test.go", "package m\n\nimport \"m/where\"\n\nfunc Plain() int { return 1 }\n\nfunc Line() int { return where.Line() }\n\nfunc Dir() string { return where.Dir() }\n\n" +
			"func Log() string { return where.Log() }\n\nfunc Shown() string { return where.Shown() }\n",
		"where/where.go", "package where\n\nimport (\n\t\"bytes\"\n\t\"io\"\n\t\"log\"\n\t\"os\"\n\t\"runtime\"\n)\n\n" +
			"func Line() int {\n\t_, _, line, _ := runtime.Caller(1)\n\treturn line\n}\n\n" +
			"func Dir() string {\n\t_, file, _, _ := runtime.Caller(0)\n\treturn file\n}\n\n" +
			"func Log() string {\n\tvar b bytes.Buffer\n\tlog.New(&b, \"\", log.Lshortfile).Print()\n\treturn b.String()\n}\n\n" +
			"func Shown() string {\n\tvar b bytes.Buffer\n\tlog.New(io.MultiWriter(os.Stderr, &b), \"\", log.Lshortfile).Print()\n\treturn b.String()\n}\n\n" +
			"func init() { log.SetFlags(log.Llongfile) }\n",
	}
	for fn, want := range map[string]string{
		"Plain": "",
		"Line":  "source of a_test.go", "Log": "source of a_test.go", "Shown": "source of a_test.go", "Dir": "source of a_test.go",
	} {
		checkEdit(t, files, "a_test.go", "func Plain", "// A comment.\nfunc Plain", fn, want)
	}
	checkEdit(t, files, "where/where.go", "\t_, _, line", "\n\t_, _, line", "Line", "source of where/where.go")
}

// A function that is moved to another file is another one where it asks for its file.
func TestOwnFile(t *testing.T) {
	for body, same := range map[string]bool{"_, file, _, _ := runtime.Caller(0)\n\treturn file": false, "return runtime.GOOS": true} {
		moved := func(to string) string {
			root := writeTree(t, "go.mod", "module m\n", "a_test.go", "package m\n\nimport \"m/where\"\n\nfunc Fn() string { return where.Root() }\n",
				"where/where.go", "package where\n", "where/"+to, "package where\n\nimport \"runtime\"\n\nfunc Root() string {\n\t"+body+"\n}\n")
			d, err := FindDeps(isolated(root), "Fn")
			if err != nil {
				t.Fatal(err)
			}
			return fmt.Sprint(d.Closure.Digest)
		}
		if got := moved("a.go") == moved("b.go"); got != same {
			t.Errorf("%s: the same after a move: %v", body, got)
		}
	}
}

// The name of a function literal has a number, which others before it change:
// at package level those of the whole package, whatever needs them, so all of its files
// count.
func TestFunctionNames(t *testing.T) {
	files := []string{
		"a_test.go", "package m\n\nimport \"m/name\"\n\nvar first = 1\n\nvar fn = func() string { return name.Own() }\n\nfunc Fn() string { return fn() }\n\nvar made = make1()\n\nfunc make1() func() string { return func() string { return name.Own() } }\n\nfunc Made() string { return made() }\n\n" +
			"var other = func() string { return \"other\" }\n\nfunc Other() string { return other() }\n\n" +
			"func Stack() string { return name.Stack() }\n\nfunc Source() any { return name.Source() }\n\nfunc init() { name.Noted = name.Own() }\n\nfunc Noted() string { return name.Noted }\n",
		"name/name.go", "package name\n\nimport (\n\t\"log/slog\"\n\t\"runtime\"\n\t\"runtime/debug\"\n)\n\nvar Noted string\n\n" +
			"func Own() string {\n\tpc, _, _, _ := runtime.Caller(1)\n\treturn runtime.FuncForPC(pc).Name()\n}\n\n" +
			"var stack = func() string { return string(debug.Stack()) }\n\nfunc Stack() string { return stack() }\n\n" +
			"var source = func() any { return slog.HandlerOptions{AddSource: true} }\n\nfunc Source() any { return source() }\n\n" +
			"var last = helper()\n\nfunc helper() int { return 1 }\n",
	}
	const before, after = "var first = 1", "var first = func() int { return 1 }()"
	for fn, want := range map[string]string{"Fn": "source of a_test.go", "Made": "source of a_test.go",
		"Other": "", "Stack": "source of a_test.go", "Noted": "source of a_test.go"} {
		checkEdit(t, files, "a_test.go", before, after, fn, want)
	}
	for fn, want := range map[string]string{"Stack": "source of name/name.go", "Source": "source of name/name.go", "Fn": "source of name/name.go"} { // which the compiler may put into last
		checkEdit(t, files, "name/name.go", "int { return 1 }", "int { return func() int { return 1 }() }", fn, want)
	}
	checkEdit(t, files, "a_test.go", "func init", "func init() { println() }; func init", "Noted", "source of a_test.go")
}

func checkEdit(t *testing.T, files []string, file, old, new, fn, want string) {
	t.Helper()
	root := writeTree(t, append([]string{"go.mod", "module m\n"}, files...)...)
	closure := func() *Closure {
		d, err := FindDeps(isolated(root), fn)
		if err != nil {
			t.Fatal(err)
		}
		return d.Closure
	}
	then := closure()
	path := filepath.Join(root, filepath.FromSlash(file))
	src, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(src), old) {
		t.Fatalf("%s holds no %q: %v", file, old, err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(src), old, new, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	now := closure()
	var told []string
	for _, change := range Explain(then, now) {
		if strings.HasPrefix(want, "code ") {
			change.Subject = change.Text
		}
		told = append(told, change.Subject)
	}
	if got := strings.Join(told, ", "); got != want || (then.Digest != now.Digest) != (want != "") {
		t.Errorf("%s: %q is told, not %q", fn, got, want)
	}
}

// The types of what is handed to fn bring their methods.
func TestGiven(t *testing.T) {
	b := advBuild(t, "names")
	p, err := b.program(nil)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(b.Dir, "names_test.go")
	const line = 10 // TestDot
	for _, tc := range []struct {
		given string
		holds bool
	}{
		{"", false},
		{"time.Time", false}, // comes with the Go version
		{"example.com/adv/names.Cat", true},
		{"example.com/adv/names.local example.com/adv/names.Cat", true}, // declared in a function: what it embeds is told
	} {
		nodes, inTest, why, err := p.roots(Root{Func: Func{File: file, Line: line}, ArgTypes: strings.Fields(tc.given)})
		if err != nil {
			t.Fatal(err)
		}
		d := Deps{Closure: p.closure(nodes, false, Turn{}, Covered{})}
		if d.holds("names.(Cat).Show") != tc.holds || inTest || why != "" {
			t.Errorf("%q: Cat.Show: %v; in test: %v; fallback %q", tc.given, d.holds("names.(Cat).Show"), inTest, why)
		}
	}
}

// The package clause and the go line count for a literal that reaches nothing else.
func TestLiteralAlone(t *testing.T) {
	root := writeTree(t,
		"go.mod", "module example.com/m\n\ngo 1.25.0\n",
		"a/a_test.go", "package other\n\nfunc TestA() {\n\tMemo(func() any { type own struct{}; return own{} })\n}\n")
	dir := filepath.Join(root, "a")
	b, fn := Static(dir), Func{File: filepath.Join(dir, "a_test.go"), Line: 4}
	c, err := b.Closure(Root{Func: fn, Captured: b.Captures(fn, Site{File: fn.File, Line: fn.Line}, "Memo", nil)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, d := range c.Decls() {
		names = append(names, d.Name)
	}
	if got, want := strings.Join(names, "; "), "example.com/m/a.TestA.func; go and godebug lines; numbers of types in functions of example.com/m/a; package clause of example.com/m/a"; got != want {
		t.Errorf("holds %s, want %s", got, want)
	}
}

// A literal that is converted, or handed over by a variable, is told from none that
// stands in its line: all of them count.
func TestLiteralsInOneLine(t *testing.T) {
	for _, line := range []string{
		`Memo(t, "a", build(func() int { return one() })); Memo(t, "b", func() int { return two() })`,
		`fn := func() int { return one() }; Memo(t, "a", fn); Memo(t, "b", func() int { return two() })`,
	} {
		root := writeTree(t,
			"go.mod", "module example.com/m\n\ngo 1.25.0\n",
			"a_test.go", "package m\n\ntype build func() int\n\nfunc TestA() {\n\t"+line+"\n}\n\nfunc one() int { return 1 }\n\nfunc two() int { return 2 }\n")
		b, fn := Static(root), Func{File: filepath.Join(root, "a_test.go"), Line: 6}
		c, err := b.Closure(Root{Func: fn, Captured: b.Captures(fn, Site{File: fn.File, Line: fn.Line}, "Memo", nil)}, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"example.com/m.one", "example.com/m.two"} {
			if !slices.ContainsFunc(c.Decls(), func(d Decl) bool { return d.Name == name }) {
				t.Errorf("%s: %s does not count", line, name)
			}
		}
	}
}

// TestSinceOnce: of several changes one says why the tests count.
func TestSinceOnce(t *testing.T) {
	const state = "package m\n\nimport \"testing\"\n\nvar mode = 1\n\nfunc Build() int { return mode }\n\nfunc TestA(t *testing.T) { mode = %d }\n\nfunc TestB(t *testing.T) { mode = %[1]d }\n"
	root := writeTree(t, "go.mod", "module m\n\ngo 1.25.0\n", "a_test.go", fmt.Sprintf(state, 2))
	then, err := FindDeps(isolated(root), "Build")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "a_test.go"), fmt.Appendf(nil, state, 3), 0o644); err != nil {
		t.Fatal(err)
	}
	now, err := FindDeps(isolated(root), "Build")
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, c := range Explain(then.Closure, now.Closure) {
		texts = append(texts, c.Text)
	}
	want := []string{"code changed: TestA (a_test.go:9); " + now.Since(), "code changed: TestB (a_test.go:11)"}
	if !slices.Equal(texts, want) {
		t.Errorf("%q", texts)
	}
}

// Packages are called what their path says, as IgnoreCapture takes it.
func TestNamesOfPackages(t *testing.T) {
	for dir, name := range map[string]string{"conf": "conf", "conf/v2": "conf", "go-conf": "go-conf", "conf.v3": "conf.v3"} {
		root := writeTree(t,
			"go.mod", "module m\n\ngo 1.25.0\n",
			dir+"/c.go", "package conf\n\nvar Mode = []int{1}\n\nfunc Get() int { return Mode[0] }\n",
			"a_test.go", "package m\n\nimport (\n\t\"testing\"\n\n\t\"m/"+dir+"\"\n)\n\nfunc Build() int { return conf.Get() }\n\nfunc TestX(t *testing.T) { conf.Mode[0] = 2 }\n")
		d, err := FindDeps(isolated(root), "Build")
		if err != nil {
			t.Fatal(err)
		}
		if got, want := d.Since(), fmt.Sprintf("all tests count since %s.Mode may be changed by TestX (a_test.go:11): IgnoreCapture(\"%[1]s.Mode\") if it cannot matter", name); got != want {
			t.Errorf("%s: %s", dir, got)
		}
	}
}

// However many declarations are gone, it takes time in proportion to find the changes: with a
// search among them for each, this would not end.
func TestManyChanges(t *testing.T) {
	const n = 300_000
	then, now := &Closure{Digest: Digest{1}}, &Closure{Digest: Digest{2}, decls: []Decl{{Name: "m.fn", File: "m_test.go", Line: 1, Root: true}}}
	for i := range n {
		then.decls = append(then.decls, Decl{Name: fmt.Sprintf("m.f%06d", i), File: "m.go", Line: i + 1, Via: "m.fn", ViaFile: "m_test.go"})
	}
	if got := len(Explain(then, now)); got != n+1 {
		t.Errorf("%d changes, want %d", got, n+1)
	}
}
