package code

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// compareWithGoList holds the files of a graph against what go list says of
// the same test binary.
func compareWithGoList(t *testing.T, dir string, env ...string) {
	t.Helper()
	for _, e := range env {
		name, value, _ := strings.Cut(e, "=")
		t.Setenv(name, value)
	}
	deps, err := goList(dir, "-deps", "-test", ".")
	if err != nil {
		t.Logf("skipped: %v", err)
		return
	}
	want := map[string]bool{}
	for _, p := range deps {
		where := p.local() || strings.Contains(filepath.ToSlash(p.Dir), "/vendor/") && !p.Standard
		if !where || strings.HasSuffix(p.ImportPath, ".test") {
			continue
		}
		files := slices.Concat(p.GoFiles, p.CgoFiles)
		if p.Dir == dir {
			files = slices.Concat(files, p.TestGoFiles, p.XTestGoFiles)
		}
		for _, f := range files {
			if !filepath.IsAbs(f) && strings.HasSuffix(f, ".go") {
				want[filepath.Join(p.Dir, f)] = true
			}
		}
	}
	p, err := Static(dir).program(nil)
	if err != nil {
		t.Errorf("%s: %v", dir, err)
		return
	}
	got := map[string]bool{}
	for _, p := range p.graph.ByPath {
		for _, f := range p.Files {
			got[f.Path] = true
			if !want[f.Path] {
				t.Errorf("%s: %s is in the graph, not in go list", dir, f.Path)
			}
		}
	}
	for f := range want {
		if !got[f] {
			t.Errorf("%s: %s is not in the graph", dir, f)
		}
	}
}

// TestGraph compares the package graph with go list: in this module, in the
// adversarial one, and in the directories of CACHETEST_SOUNDNESS.
func TestGraph(t *testing.T) {
	wd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	compareWithGoList(t, wd)
	for _, pkg := range []string{"plugin", "tags", "asm", "cgo", "link"} {
		compareWithGoList(t, filepath.Join(wd, adversarial, pkg))
	}
	if list := os.Getenv("CACHETEST_SOUNDNESS"); list != "" {
		n := 0
		for _, dir := range filepath.SplitList(list) {
			for _, p := range packagesOf(t, dir) {
				compareWithGoList(t, p)
				n++
			}
		}
		t.Logf("%d test binaries compared", n)
	}
}

// writeTree writes files given as path, content, path, content...
func writeTree(t *testing.T, files ...string) string {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(files); i += 2 {
		path := filepath.Join(root, filepath.FromSlash(files[i]))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(files[i+1]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestWorkspace(t *testing.T) {
	root := writeTree(t,
		"go.work", "go 1.25.0\n\nuse (\n\t./a\n\t./b\n)\n",
		"a/go.mod", "module example.com/a\n\ngo 1.25.0\n",
		"a/a.go", "package a\n\nimport \"example.com/b/deep\"\n\nfunc A() int { return deep.D() }\n",
		"a/a_test.go", "package a\n\nimport \"testing\"\n\nfunc TestA(t *testing.T) { A() }\n",
		"b/go.mod", "module example.com/b\n\ngo 1.25.0\n",
		"b/deep/deep.go", "package deep\n\nfunc D() int { return 1 }\n")
	compareWithGoList(t, filepath.Join(root, "a"))
	d, err := FindDeps(Static(filepath.Join(root, "a")), "TestA")
	if err != nil || !slices.ContainsFunc(d.Decls(), func(d Decl) bool { return d.Name == "example.com/b/deep.D" && d.File == "b/deep/deep.go" }) {
		t.Errorf("%v %v", d, err)
	}
}

func TestReplaceAndVendor(t *testing.T) {
	files := []string{
		"m/go.mod", "module example.com/m\n\ngo 1.25.0\n\nrequire example.com/r v1.0.0\n\nreplace example.com/r => ../r\n",
		"m/m.go", "package m\n\nimport \"example.com/r/sub\"\n\nfunc M() int { return sub.S() }\n",
		"m/m_test.go", "package m_test\n\nimport (\n\t\"testing\"\n\n\t\"example.com/m\"\n)\n\nfunc TestM(t *testing.T) { m.M() }\n",
		"r/go.mod", "module example.com/r\n\ngo 1.25.0\n",
		"r/sub/sub.go", "package sub\n\nfunc S() int { return 1 }\n",
	}
	root := writeTree(t, files...)
	compareWithGoList(t, filepath.Join(root, "m"))

	vendored := writeTree(t,
		"go.mod", "module example.com/m\n\ngo 1.25.0\n\nrequire example.com/r v1.0.0\n",
		"m.go", files[3], "m_test.go", files[5],
		"vendor/modules.txt", "# example.com/r v1.0.0\n## explicit; go 1.25.0\nexample.com/r/sub\n",
		"vendor/example.com/r/sub/sub.go", files[9])
	compareWithGoList(t, vendored)
	d, err := FindDeps(Static(vendored), "TestM")
	if err != nil || !slices.ContainsFunc(d.Decls(), func(d Decl) bool { return d.Name == "example.com/r/sub.S" }) {
		t.Errorf("%v", err)
	}
}

// With a vendor directory what a replace line names is not what is compiled,
// and a vendor directory that the go command passes over is not either.
func TestVendorOrNot(t *testing.T) {
	m := []string{
		"m.go", "package m\n\nimport \"example.com/m/r/sub\"\n\nfunc M() int { return sub.S() }\n",
		"m_test.go", "package m\n\nimport \"testing\"\n\nfunc TestM(t *testing.T) { M() }\n",
		"r/go.mod", "module example.com/m/r\n\ngo 1.25.0\n",
		"r/sub/sub.go", "package sub\n\nfunc S() int { return 1 }\n",
		"vendor/modules.txt", "# example.com/m/r v1.0.0 => ./r\n## explicit; go 1.25.0\nexample.com/m/r/sub\n# example.com/m/r => ./r\n",
		"vendor/example.com/m/r/sub/sub.go", "package sub\n\nfunc S() int { return 1 }\n",
	}
	gomod := "module example.com/m\n\ngo 1.25.0\n\nrequire example.com/m/r v1.0.0\n\nreplace example.com/m/r => ./r\n"
	for _, tc := range []struct {
		name, file, goLine string
		files              []string
	}{
		{"vendored", "vendor/example.com/m/r/sub/sub.go", "vendor/modules.txt", []string{"go.mod", gomod}},
		{"too old", "r/sub/sub.go", "r/go.mod", []string{"go.mod", strings.ReplaceAll(gomod, "1.25.0", "1.13")}},
		{"workspace", "r/sub/sub.go", "r/go.mod", []string{"go.mod", gomod, "go.work", "go 1.25.0\n\nuse .\n"}},
	} {
		root := writeTree(t, append(m, tc.files...)...)
		compareWithGoList(t, root)
		d, err := FindDeps(Static(root), "TestM")
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(d.Decls(), func(d Decl) bool { return d.Name == "example.com/m/r/sub.S" && d.File == tc.file }) {
			t.Errorf("%s: S is not in %s", tc.name, tc.file)
		}
		goLine := filepath.Join(root, filepath.FromSlash(tc.goLine))
		text, err := os.ReadFile(goLine)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(goLine, []byte(strings.ReplaceAll(string(text), "go 1.25.0", "go 1.24.0")), 0o666); err != nil {
			t.Fatal(err)
		}
		if later, err := FindDeps(Static(root), "TestM"); err != nil || later.Digest == d.Digest {
			t.Errorf("%s: the go line in %s does not count (%v)", tc.name, tc.goLine, err)
		}
	}
}

// The go lines of all modules that are compiled from where they lie count.
func TestGoLines(t *testing.T) {
	files := []string{
		"go.mod", "module example.com/m\n\ngo 1.25.0\n\nrequire (\n\texample.com/r v1.0.0\n)\n\nreplace example.com/r => ./r\n",
		"m.go", "package m\n\nimport \"example.com/r\"\n\nfunc M() int { return r.R() }\n\nfunc Alone() int { return 1 }\n",
		"r/go.mod", "module example.com/r\n\ngo 1.25.0\n",
		"r/r.go", "package r\n\nfunc R() int { return 1 }\n",
	}
	for _, tc := range []struct{ file, fn, want string }{
		{"go.mod", "M", "go and godebug lines (go.mod:1)"}, {"go.mod", "Alone", "go and godebug lines (go.mod:1)"},
		{"r/go.mod", "M", "go and godebug lines of r/go.mod (r/go.mod:1)"}, {"r/go.mod", "Alone", "go and godebug lines of r/go.mod (r/go.mod:1)"},
	} {
		root := writeTree(t, files...)
		then, err := FindDeps(isolated(root), tc.fn)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(root, filepath.FromSlash(tc.file))
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(strings.Replace(string(text), "go 1.25.0", "go 1.24.0", 1)), 0o666); err != nil {
			t.Fatal(err)
		}
		now, err := FindDeps(isolated(root), tc.fn)
		if err != nil {
			t.Fatal(err)
		}
		var told []string
		for _, change := range Explain(then.Closure, now.Closure) {
			told = append(told, strings.TrimPrefix(change.Text, "code changed: "))
		}
		if got := strings.Join(told, "; "); got != tc.want || (then.Digest != now.Digest) != (tc.want != "") {
			t.Errorf("%s of %s: %q is told, not %q", tc.fn, tc.file, got, tc.want)
		}
	}
}

// Versions of what local packages import, and of what that requires, are inputs.
func TestModules(t *testing.T) {
	root := writeTree(t,
		"cache/cache/download/example.com/x/@v/v1.2.0.mod", "module example.com/x\n\nrequire example.com/y v0.1.0\n",
		"cache/cache/download/example.com/y/@v/v0.3.0.mod", "module example.com/y\n",
		"cache/example.com/x@v1.2.0/sub/doc.go", "//go:build ignore\n\npackage main\n",
		"cache/example.com/x@v1.2.0/sub/sub.go", "package sub\n\nfunc S() int { return 1 }\n",
		"cache/cache/download/example.com/z/@v/v1.0.0.mod", "module example.com/z\n",
		"cache/example.com/z@v1.0.0/z.go", "package other\n\nfunc Z() {}\n",
		"m/go.mod", "module example.com/m\n\ngo 1.25.0\n\nrequire (\n\texample.com/x v1.2.0\n\texample.com/y v0.3.0\n\texample.com/z v1.0.0\n\texample.com/none v1.0.0\n)\n",
		"m/m.go", "package m\n\nimport (\n\t\"example.com/x/sub\"\n\t\"example.com/z\"\n)\n\nfunc M() int { return sub.S() }\n\nfunc Z() { other.Z() }\n")
	d := depsBesideCache(t, root, "M")
	if !slices.Equal(d.Modules, []Module{{Path: "example.com/x", Version: "v1.2.0"}, {Path: "example.com/y", Version: "v0.3.0"}, {Path: "example.com/z", Version: "v1.0.0"}}) {
		t.Errorf("%v", d.Modules)
	}
	later := *d.Closure
	later.Modules = []Module{{Path: "example.com/x", Version: "v1.3.0"}, {Path: "example.com/z", Version: "v1.1.0"}}
	later.Digest = later.digest()
	var texts []string
	for _, c := range Explain(d.Closure, &later) {
		texts = append(texts, c.Text)
	}
	if got := strings.Join(texts, "; "); got != "module example.com/x v1.2.0 -> v1.3.0; module example.com/y v0.3.0 gone; module example.com/z v1.0.0 -> v1.1.0" {
		t.Error(got)
	}
}

// A module whose path has no dot is one like any other. Only replace lines can
// bring one into a build, before go 1.17 also where no go.mod at hand requires it.
func TestModulesWithoutDot(t *testing.T) {
	for _, tc := range []struct{ reason, gomod, want string }{
		{"required and replaced", "go 1.25.0\nrequire corp/lib v0.0.0\nreplace corp/lib => example.com/lib v1.0.0\n", "corp/lib example.com/lib v1.0.0"},
		{"required by another module", "go 1.16\nreplace corp/lib => example.com/lib v1.0.0\n", "corp/lib example.com/lib v1.0.0"},
		{"a path that begins like one of Go's", "go 1.25.0\nrequire text v0.0.0\nreplace text => example.com/text v1.0.0\n", "text example.com/text v1.0.0"},
		{"a path below one of Go's", "go 1.25.0\nrequire net/lib v0.0.0\nreplace net/lib => example.com/net v1.0.0\n", "net/lib example.com/net v1.0.0"},
		{"Go's own", "go 1.25.0\n", ""},
	} {
		t.Run(tc.reason, func(t *testing.T) {
			name, _, _ := strings.Cut(tc.want, " ")
			if name == "" {
				name = "text/template"
			}
			root := writeTree(t, "go.mod", "module m\n\n"+tc.gomod,
				"m.go", "package m\n\nimport p \""+name+"\"\n\nfunc M() any { return p.New }\n")
			d, err := FindDeps(isolated(root), "M")
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, m := range d.Modules {
				got = append(got, m.Path+" "+m.Version)
			}
			if s := strings.Join(got, "; "); s != tc.want {
				t.Errorf("got %q, want %q", s, tc.want)
			}
		})
	}
}
