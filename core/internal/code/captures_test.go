package code

import (
	"path/filepath"
	"strings"
	"testing"
)

// What a literal captures is found with the facts of the files beside its own,
// which are kept.
func TestCapturesUseKeptFacts(t *testing.T) {
	root := writeTree(t,
		"go.mod", "module example.com/m\n",
		"a.go", "package m\n\nvar limit = 3\n",
		"a_test.go", "package m\n\nfunc TestA() {\n\tlimit := limit\n\tMemo(func() int { return limit })\n}\n")
	cache := &memCache{m: map[string][]byte{}}
	file := filepath.Join(root, "a_test.go")
	for hits := range 2 {
		b := Static(root)
		b.Captures(Func{File: file, Line: 5}, Site{File: file, Line: 5}, "Memo", cache)
		c := b.Captures(Func{File: file, Line: 5}, Site{File: file, Line: 5}, "Memo", cache) // found once
		if len(c.Values) != 1 || c.Undecided != nil {
			t.Fatalf("%+v", c)
		}
		if cache.hits != hits || len(cache.m) != 1 {
			t.Errorf("%d facts found of %d that are kept, want %d of 1", cache.hits, len(cache.m), hits)
		}
	}
}

// What is not known of a name in another file, or of another module, is the worst.
func TestCapturesOfUnknown(t *testing.T) {
	for _, tc := range []struct{ name, decls, body, want string }{
		{"a function that has the name of a builtin one", "func len(p []int) int { p[0] = number(); return 0 }\n", "x := []int{1}; len(x); cachetest.Memo(t, \"k\", func() (int, error) { return x[0], nil })", "x"},
	} {
		root := writeTree(t, "go.mod", "module example.com/m\n", "b_test.go", "package m\n\nfunc number() int { return 1 }\n\n"+tc.decls,
			"a_test.go", "package m\n\nimport (\n\t\"testing\"\n\n\t\"example.com/dep\"\n\t\"github.com/fixturecache/fixturecache/cachetest\"\n)\n\nfunc TestA(t *testing.T) {\n\t"+tc.body+"\n}\n")
		file := filepath.Join(root, "a_test.go")
		c := Static(root).Captures(Func{File: file, Line: 11}, Site{File: file, Line: 11}, "Memo", nil)
		var got []string
		for _, v := range c.Values {
			got = append(got, v.Name)
		}
		if strings.Join(got, " ") != tc.want {
			t.Errorf("%s: %q is listed, not %q", tc.name, got, tc.want)
		}
	}
}

// A package of a user that is called cachetest is not this library.
func TestCapturesInPackageOfTheName(t *testing.T) {
	root := writeTree(t, "go.mod", "module example.com/m\n",
		"a_test.go", "package cachetest\n\nimport (\n\t\"os\"\n\t\"testing\"\n\n\tapi \"github.com/fixturecache/fixturecache/cachetest\"\n)\n\n"+
			"func With(name string, value any) api.Option { return api.Options() }\n\n"+
			"func TestA(t *testing.T) {\n\tn := os.Getpid()\n\tapi.Memo(t, \"k\", func() (int, error) { return n, nil }, With(\"n\", n))\n}\n")
	file := filepath.Join(root, "a_test.go")
	c := Static(root).Captures(Func{File: file, Line: 14}, Site{File: file, Line: 14}, "Memo", nil)
	if list := c.Untold(); len(list) != 1 || list[0].Name != "n" {
		t.Errorf("%v is not told, not n alone", list)
	}
}

// What tells a value is text of the code, and what it asks a testing handle is told.
func TestKeysAskNothing(t *testing.T) {
	root := writeTree(t, "go.mod", "module example.com/m\n",
		"a_test.go", "package m\n\nimport (\n\t\"testing\"\n\n\t\"github.com/fixturecache/fixturecache/cachetest\"\n)\n\nfunc BenchmarkA(b *testing.B) {\n\tfor _, tc := range []struct{ name string; n int }{{\"a\", 1}, {\"b\", 2}} {\n"+
			"\t\tcachetest.Memo(b, tc.name, func() (int, error) { return tc.n + b.N, nil }, cachetest.With(\"n\", b.N), cachetest.With(\"b.N\", b.N))\n\t}\n}\n")
	file := filepath.Join(root, "a_test.go")
	c := Static(root).Captures(Func{File: file, Line: 11}, Site{File: file, Line: 11}, "Memo", nil)
	if len(c.Told) == 0 {
		t.Error("nothing tells the row")
	}
	for _, n := range c.Nodes {
		for _, told := range c.Told {
			if n == told {
				t.Errorf("%T is walked", n)
			}
		}
	}
}

// Of what another file declares, the facts of that tell the type.
func TestTypesOfOtherFiles(t *testing.T) {
	for _, tc := range []struct{ reason, decls, body, key, want string }{
		{"a struct, by the imports of that file", "import \"time\"\n\ntype conf struct{ d time.Duration }\n\nfunc load() conf", "c := load()", `"k"`, `key: add cachetest.With("c", c)`},
		{"an interface with methods", "type conf interface{ mode() int }\n\nfunc load() conf", "c := load()", `"k"`, "c is an interface: "},
		{"an interface without", "type conf interface{}\n\nfunc load() conf", "c := load()", `"k"`, "c is of a type that is not known here: "},
		{"an alias of what says itself how it is printed", "type level string\n\nfunc (l level) String() string { return \"\" }\n\ntype conf = level\n\nfunc load() conf", "c := load()", `fmt.Sprintf("k-%v", c)`, `add cachetest.With("c", c)`},
		{"text, of which the key tells all", "type conf struct{ text string }\n\nfunc load() conf", "c := load().text", `fmt.Sprintf("k-%v", c)`, ""},
		{"a constant", "const conf = 3\n\nfunc load()", "c := strconv.Itoa(conf)", `"k"`, ""},
		{"a constant, or what a dot import has", "const Println = 3\n\nfunc load()", "c := strconv.Itoa(Println)", `"k"`, `add cachetest.With("c", c)`},
		{"a variable", "var conf = 3\n\nfunc load()", "c := strconv.Itoa(conf)", `"k"`, `add cachetest.With("c", c)`},
	} {
		dot := ""
		if strings.Contains(tc.reason, "dot import") {
			dot = ". "
		}
		root := writeTree(t, "go.mod", "module example.com/m\n", "b_test.go", "package m\n\n"+tc.decls+" { panic(0) }\n",
			"a_test.go", "package m\n\nimport (\n\t"+dot+"\"fmt\"\n\t\"strconv\"\n\t\"testing\"\n\n\t\"github.com/fixturecache/fixturecache/cachetest\"\n)\n\nfunc TestA(t *testing.T) {\n\t"+tc.body+"\n\tcachetest.Memo(t, "+tc.key+", func() (any, error) { return c, nil })\n}\n")
		file := filepath.Join(root, "a_test.go")
		c := Static(root).Captures(Func{File: file, Line: 13}, Site{File: file, Line: 13}, "Memo", nil)
		untold := c.Untold()
		if got := c.Message("a_test.go:13", untold); len(untold) > 0 != (tc.want != "") || !strings.Contains(got, tc.want) {
			t.Errorf("%s: %q, want %q", tc.reason, got, tc.want)
		}
	}
}

// A symbol says of a function that it is declared, and so captures nothing, where
// neither the compiler nor package reflect made it.
func TestIsDeclared(t *testing.T) {
	for symbol, want := range map[string]bool{
		"example.com/m.Build": true, "m.Build": true, "example.com/m%2ev2.Build": true,
		"example.com/m.TestX.func1": false, "example.com/m.T.Build": false, "example.com/m.(*T).Build-fm": false, "example.com/m.Build[...]": false,
		"reflect.makeFuncStub": false, "reflect.methodValueCall": false, "example.com/m.glob..func1": false, "": false,
	} {
		if got := isDeclared(symbol); got != want {
			t.Errorf("%q is declared: %v", symbol, got)
		}
	}
}

// A With, or the argument of Call, takes out the package variable that it tells, and no
// other of that name.
func TestTakenOut(t *testing.T) {
	const call = `cachetest.Memo(t, "k", func() (int, error) { return read(), nil }`
	for _, tc := range []struct {
		name, before, call string
		counts             bool
		ignored            []string
	}{
		{"nothing", "", call + ")", true, nil},
		{"the variable", "", call + `, cachetest.With("mode", mode))`, false, nil},
		{"by another name", "", call + `, cachetest.With("m", mode))`, false, nil},
		{"by its address", "", call + `, cachetest.With("m", &mode), cachetest.With("mode", &mode))`, true, nil},
		{"in a list", "", call + `, cachetest.Options(cachetest.With("m", []int{1, mode})))`, false, nil},
		{"as the argument", "", `cachetest.Call(t, "k", mode, func(int) (int, error) { return read(), nil })`, false, nil},
		{"what lies there", "", call + `, cachetest.With("mode", cachetest.Path(mode)))`, true, nil},
		{"a part of it", "", call + `, cachetest.With("mode", mode+1))`, false, nil},
		{"a local variable", "mode := 1", call + `, cachetest.With("mode", mode))`, true, nil},
		{"one that the function captures", "mode := 1", `cachetest.Memo(t, "k", func() (int, error) { return mode + read(), nil }, cachetest.With("mode", mode))`, true, nil},
		{"the name that Call gives its argument", "", `cachetest.Call(t, "k", 1, func(int) (int, error) { return arg, nil })`, true, nil},
		{"before it changes", `o := cachetest.With("mode", mode); mode++`, call + ", o)", true, nil},
		{"while it changes", "", call + `, cachetest.With("mode", mode), cachetest.With("n", change()))`, true, nil},
		{"of a package", "", strings.Replace(call, "read", "conf.Get", 1) + `, cachetest.With("conf.Mode", conf.Mode))`, false, nil},
		{"of a package, by another name", "", strings.Replace(call, "read", "conf.Get", 1) + `, cachetest.With("conf.mode", conf.Mode))`, false, nil},
		{"of a package, that is not exported", "", strings.Replace(call, "read", "conf.Hidden", 1) + `, cachetest.With("conf.hidden", conf.Hidden()))`, false, nil},
		{"of another package of that name", "", strings.Replace(call, "read", "conf.Get", 1) + `, cachetest.With("conf.Mode", other.Mode))`, true, nil},
		{"of one that has its name", "", strings.Replace(call, "read", "other.Get", 1) + `, cachetest.With("conf.Mode", conf.Mode))`, true, nil},
		{"a field of a local variable", "var conf struct{ Mode int }", strings.Replace(call, "read", "get", 1) + `, cachetest.With("conf.Mode", conf.Mode))`, true, nil},
		{"what is ignored", "", call + ")", false, []string{"mode"}},
		{"a captured value that is ignored", "mode := func() int { return number() }; mode = nil", `cachetest.Memo(t, "k", func() (int, error) { return mode() + read(), nil })`, true, []string{"mode"}},
		{"a variable of an import", "", strings.Replace(call, "read", "conf.Get", 1) + ")", false, []string{"conf.Mode"}},
		{"a variable of another package of that name", "", strings.Replace(call, "read", "other.Get", 1) + ")", true, []string{"conf.Mode"}},
		{"a variable in full", "", strings.Replace(call, "read", "other.Get", 1) + ")", false, []string{"m/other/conf.Mode"}},
		{"beside a local variable", "conf := 1; _ = conf", strings.Replace(call, "read", "get", 1) + ")", false, []string{"conf.Mode"}},
	} {
		conf := "package conf\n\nvar Mode = 1\n\nvar hidden = 1\n\nfunc Get() int { return Mode }\n\nfunc Hidden() int { return hidden }\n\nfunc Set() { Mode, hidden = 2, 2 }\n"
		root := writeTree(t, "go.mod", "module m\n\ngo 1.24\n", "conf/conf.go", conf, "other/conf/conf.go", conf,
			"m_test.go", "package m\n\nimport (\n\t\"testing\"\n\n\t\"github.com/fixturecache/fixturecache/cachetest\"\n\t\"m/conf\"\n\tother \"m/other/conf\"\n)\n\nfunc TestA(t *testing.T) {\n\t"+tc.before+"\n\t"+tc.call+"\n}\n\n"+
				"func TestB(t *testing.T) {\n\tchange()\n\tconf.Set()\n\tother.Set()\n\targ++\n}\n\n"+
				"var mode = 1\n\nvar arg = 1\n\nfunc read() int { return mode }\n\nfunc number() int { return 1 }\n\nfunc get() int { return conf.Get() }\n\nfunc change() int { mode++; return mode }\n")
		fn := Func{File: filepath.Join(root, "m_test.go"), Line: 13}
		b := isolated(root)
		callee, _, _ := strings.Cut(strings.TrimPrefix(tc.call, "cachetest."), "(")
		c, err := b.Closure(Root{Func: fn, Ignored: tc.ignored, Package: "m", Captured: b.Captures(fn, Site{File: fn.File, Line: 13}, callee, nil)}, nil)
		if err != nil {
			t.Fatalf("%s: %v", tc.name, err)
		}
		if counts := c.Cause.What != ""; counts != tc.counts {
			t.Errorf("%s: the whole run counts: %v (%s), want %v", tc.name, counts, c.Cause.What, tc.counts)
		}
	}
}
