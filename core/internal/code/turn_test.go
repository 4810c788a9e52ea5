package code

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A test that is not parallel finds what ran before it, if that is sure.
func TestUpTo(t *testing.T) {
	for _, tc := range []struct{ main, want, reason string }{
		{"", "ok", "package testing runs the tests"},
		{"func TestMain(m *testing.M) { os.Exit(m.Run()) }", "ok", "once"},
		{"func TestMain(m *testing.M) { code := m.Run(); V = 1; os.Exit(code) }", "ok", "once"},
		{"func TestMain(m *testing.M) { func() { defer func() {}(); m.Run() }() }", "", "in a literal"},
		{"func TestMain(m *testing.M) { os.Exit(run(1, m)) }\nfunc run(_ int, m *testing.M) int { return m.Run() }", "", "by a function"},
		{"func TestMain(m *testing.M) { os.Exit(run(m)) }\nfunc run(m interface{ Run() int }) int { return m.Run() }", "", "as an interface"},
		{"func TestMain(m *testing.M) { os.Exit(cachetest.Main(m, func(tb cachetest.TB) {})) }", "ok", "by this library"},
		{"func TestMain(m *testing.M) { os.Exit(golden.Wrap(m).Run()) }", "ok", "by another package of it, which does so by the first"},
		{"func TestMain(m *testing.M) { for { m.Run() } }", "", "in a loop"},
		{"func TestMain(m *testing.M) { for range 2 { run(m) } }\nfunc run(m *testing.M) int { return m.Run() }", "", "in a loop around the function"},
		{"func TestMain(m *testing.M) { run(m) }\nfunc run(m *testing.M) { for range 2 { m.Run() } }", "", "in a loop in the function"},
		{"func TestMain(m *testing.M) { m.Run(); m.Run() }", "", "twice"},
		{"func TestMain(m *testing.M) { run(m); run(m) }\nfunc run(m *testing.M) int { return m.Run() }", "", "twice"},
		{"func TestMain(m *testing.M) { run(m) }\nfunc once(m *testing.M) int { return m.Run() }; func run(m *testing.M) { m.Run(); m.Run() }", "", "in a line with another"},
		{"func TestMain(m *testing.M) { run(m, m) }\nfunc run(m, n *testing.M) { m.Run(); n.Run() }", "", "by two names"},
		{"func TestMain(m *testing.M) { x := m; x.Run(); x.Run() }", "", "by another name"},
		{"func TestMain(m *testing.M) { f := m.Run; f(); f() }", "", "as a method value"},
		{"func TestMain(m *testing.M) { f := func() { m.Run() }; f(); f() }", "", "by a literal"},
		{"func TestMain(m *testing.M) { n := 0\nagain: m.Run(); if n++; n < 2 { goto again } }", "", "by a jump"},
		{"func TestMain(m *testing.M) { run(m) }\nvar run = func(m *testing.M) { m.Run(); m.Run() }", "", "by a variable"},
		{"func TestMain(m *testing.M) { suite{m}.run() }\ntype suite struct { *testing.M }\nfunc (s suite) run() { s.Run(); s.Run() }", "", "by what holds it"},
		{"func TestMain(m *testing.M) { run(m) }\nfunc run(ms ...*testing.M) { for range 2 { ms[0].Run() } }", "", "by a list"},
		{"func TestMain(t *testing.T) { t.Run(\"sub\", func(t *testing.T) {}) }", "", "as a test among others"},
		{"var list = []testing.InternalTest{{\"TestB\", TestB}}\nfunc init() { testing.RunTests(nil, list) }", "", "by other means"},
	} {
		imports := ""
		for _, path := range []string{"os", "github.com/fixturecache/fixturecache/cachetest", "github.com/fixturecache/fixturecache/cachetest/golden"} {
			if strings.Contains(tc.main, path[strings.LastIndexByte(path, '/')+1:]+".") {
				imports += "import \"" + path + "\"\n"
			}
		}
		b := isolated(writeTree(t, "go.mod", "module m\n\ngo 1.24\n\nrequire github.com/fixturecache/fixturecache v0.0.0\n",
			"b_test.go", "package m_test\n\nfunc TestD(t *testing.T) {}\n",
			"a_test.go", "package m\n\nimport \"testing\"\n"+imports+"\nvar V int\n\nfunc TestB(t *testing.T) { b() }\n\nfunc b() {}\n\n"+tc.main+"\n",
			"c_test.go", "package m\n\nimport \"testing\"\n\nfunc TestC(t *testing.T) { c() }\n\nfunc c() {}\n\nfunc TestA(t *testing.T) { a() }\n\nfunc a() {}\n\nfunc BenchmarkC(b *testing.B) { c() }\n"))
		p, err := b.program(nil)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if r, sure := p.graph.UpTo(Turn{Test: "TestC"}); sure {
			got = "ok"
			var names []string
			for _, n := range r.Order {
				if n.Fact.Name == "TestB" || n.Fact.Name == "TestC" || n.Fact.Name == "b" || n.Fact.Name == "c" {
					names = append(names, n.Fact.Name)
				}
				if strings.Contains(" TestA a BenchmarkC TestD ", " "+n.Fact.Name+" ") {
					t.Errorf("%s: %s has run before TestC", tc.main, n.Fact.Name)
				}
			}
			if len(names) != 4 {
				t.Errorf("%s: only %v have run by the end of TestC", tc.main, names)
			}
		}
		if got != tc.want {
			t.Errorf("%s (%s): %q, want %q", tc.main, tc.reason, got, tc.want)
		}
		if r, _ := p.graph.UpTo(Turn{Test: "TestC", Run: "TestC"}); r.Has(p.graph.Functions("TestB")[0]) != (tc.want == "") {
			t.Errorf("%s (%s): with TestB, which is not selected: %v", tc.main, tc.reason, tc.want != "")
		}
	}
}

// Which tests patterns leave out is what package testing leaves out, or less.
func TestSelected(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a test binary")
	}
	names := strings.Fields("TestA TestB TestAB TestC_d Test Test1")
	text := "package m\n\nimport \"testing\"\n\nfunc Example() {\n\t// Output:\n}\n\n"
	for _, name := range names {
		text += "func " + name + "(t *testing.T) { t.Run(\"x\", func(t *testing.T) {}) }\n\n"
	}
	dir := writeTree(t, "go.mod", "module m\n\ngo 1.25.0\n", "a_test.go", text)
	if out, err := goCommand(dir, "test", "-c", "-o", "m.test"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	p, err := isolated(dir).program(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		run, skip string
		less      bool // than package testing leaves out
	}{
		{"", "", false}, {"A", "", false}, {"^TestA$", "", false}, {"^(TestA|TestB)$", "", false}, {"TestA|TestB", "", false}, {"TestA/x", "", false}, {"^TestA$/^x$", "", false}, {"/x", "", false},
		{"TestA/x|TestB", "", true}, {"(TestA/x|TestB)", "", true}, {"Test[A/]", "", true}, {"^\\QTestA\\E$", "", false}, {"C d", "", true}, {"C_d", "", false}, {"(?i)testa", "", true}, {"nothing", "", false},
		{"TestA\\/x", "", true}, {"", "A", true}, {"", "TestA/x", false}, {"B", "A", true}, {"[^t]est[A]", "", true},
	} {
		r, _ := p.graph.UpTo(Turn{Run: tc.run})
		out, err := exec.Command(filepath.Join(dir, "m.test"), "-test.v", "-test.run="+tc.run, "-test.skip="+tc.skip).CombinedOutput()
		if err != nil {
			t.Errorf("-run %q -skip %q: %v\n%s", tc.run, tc.skip, err, out)
		}
		var ran, taken []string
		for _, name := range names {
			if strings.Contains(string(out), "=== RUN   "+name+"\n") {
				ran = append(ran, name)
			}
			if r.Has(p.graph.Functions(name)[0]) {
				taken = append(taken, name)
			}
		}
		more := slices.DeleteFunc(slices.Clone(taken), func(name string) bool { return slices.Contains(ran, name) })
		if len(taken)-len(more) != len(ran) || len(more) > 0 != tc.less {
			t.Errorf("-run %q -skip %q: %v ran, and %v are taken for it", tc.run, tc.skip, ran, taken)
		}
	}
}
