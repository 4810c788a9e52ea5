package build

import (
	"os"
	"path/filepath"
	"testing"
)

// modulesOf returns the modules of a directory of a tree, for a go command that has
// nothing set but what set says.
func modulesOf(t *testing.T, root, dir string, set ...string) (*Modules, error) {
	t.Helper()
	env := lookUp(append(set, "GOENV=off", "GOMODCACHE="+filepath.Join(root, "cache")))
	return Static(filepath.Join(root, dir), env).Modules()
}

// A replacement is looked up as the go command does it. Where it depends on a version
// that is not certain, the modules are not known.
func TestReplacements(t *testing.T) {
	const (
		go125   = "module m\n\ngo 1.25.0\n\n"
		go116   = "module m\n\ngo 1.16\n\n"
		work    = "go 1.25.0\n\nuse ./m\n\n"
		require = "require dep v1.0.0\n"
	)
	for _, tc := range []struct{ reason, mod, work, want string }{
		{"none", go125 + require, "", "cache/dep@v1.0.0"},
		{"a line without a version", go125 + require + "replace dep => ../b\n", "", "b"},
		{"a later line of another version", go125 + require + "replace dep => ../b\nreplace dep v1.2.0 => ../c\n", "", "b"},
		{"an earlier line of the version", go125 + require + "replace dep v1.0.0 => ../c\nreplace dep => ../b\n", "", "c"},
		{"lines of other versions", go125 + require + "replace dep v1.1.0 => ../b\nreplace dep v1.2.0 => ../c\n", "", "cache/dep@v1.0.0"},
		{"a module that is not used", go125 + "replace dep => ../b\n", "", ""},
		{"the same before go 1.17, where it may be used", go116 + "replace dep => ../b\n", "", "b"},
		{"versions that others may ask for", go116 + "replace dep v1.1.0 => ../b\nreplace dep v1.2.0 => ../c\n", "", "uncertain"},
		{"go.work before go.mod", go125 + require + "replace dep => ../b\n", work + "replace dep => ./c\n", "c"},
		{"go.work of another version", go125 + require + "replace dep => ../b\n", work + "replace dep v0.9.0 => ./c\n", "uncertain"},
		{"go.work of a version that others may ask for", go125 + require, work + "replace dep v1.1.0 => ./c\n", "uncertain"},
		{"go.work of a version above which others may ask", go125 + require, work + "replace dep v1.0.0 => ./c\n", "uncertain"},
		{"what is replaced asks for more", go125 + require + "require more v1.0.0\n", work + "replace more => ./more\n", "cache/dep@v1.5.0"},
	} {
		t.Run(tc.reason, func(t *testing.T) {
			root := writeTree(t, "m/go.mod", tc.mod, "b/go.mod", "module dep\n", "c/go.mod", "module dep\n", "more/go.mod", "module more\n\nrequire dep v1.5.0\n")
			if tc.work != "" {
				if err := os.WriteFile(filepath.Join(root, "go.work"), []byte(tc.work), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			mods, err := modulesOf(t, root, "m")
			if (err != nil) != (tc.want == "uncertain") {
				t.Fatal(err)
			}
			got := tc.want
			if err == nil {
				got, _ = Below(root, mods.Find("dep").Dir)
			}
			if got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

// Of modules with paths that a package may be of, it is of that which holds it.
func TestModuleThatHolds(t *testing.T) {
	root := writeTree(t, "m/go.mod", "module m\n\ngo 1.25.0\n\nrequire (\n\tdep v1.0.0\n\tdep/sub v1.0.0\n)\n\nreplace dep => ../dep\n",
		"dep/go.mod", "module dep\n", "dep/sub/p/p.go", "package p\n", "dep/sub/q/q.txt", "",
		"cache/dep/sub@v1.0.0/q/q.go", "package q\n", "cache/dep/sub@v1.0.0/p/in/in.go", "package in\n")
	mods, err := modulesOf(t, root, "m")
	if err != nil {
		t.Fatal(err)
	}
	for pkg, want := range map[string]string{"dep/sub/p": "dep/sub/p", "dep/sub/q": "cache/dep/sub@v1.0.0/q", "dep/sub/none": "cache/dep/sub@v1.0.0/none"} {
		if got, _ := Below(root, mods.Find(pkg).Dir); got != want {
			t.Errorf("%s: %s, want %s", pkg, got, want)
		}
	}
}

// With -trimpath the compiler is told the version of a module, also where a replace
// line or the vendor directory has what is compiled.
func TestLocate(t *testing.T) {
	root := writeTree(t, "m/go.mod", "module m\n\ngo 1.25.0\n\nrequire (\n\tdep v1.0.0\n\tfork v1.0.0\n)\n\nreplace dep => ../dep\n\nreplace fork => other v1.1.0\n",
		"dep/go.mod", "module dep\n", "dep/sub/a.go", "", "cache/other@v1.1.0/a.go", "", "cache/fork@v1.0.0/a.go", "", "m/a.go", "", "m/a_test.go", "",
		"vendored/go.mod", "module m\n\ngo 1.25.0\n\nrequire dep v1.0.0\n", "vendored/vendor/modules.txt", "# dep v1.0.0\n## explicit\ndep/sub\n", "vendored/vendor/dep/sub/a.go", "")
	for _, tc := range []struct{ dir, file, want string }{
		{"m", "m/a.go", "m/a.go"},
		{"m", "m_test/a_test.go", "m/a_test.go"},
		{"m", "dep@v1.0.0/sub/a.go", "dep/sub/a.go"},
		{"m", "fork@v1.0.0/a.go", "cache/other@v1.1.0/a.go"},
		{"m", "none@v1.0.0/a.go", ""},
		{"vendored", "dep@v1.0.0/sub/a.go", "vendored/vendor/dep/sub/a.go"},
	} {
		mods, err := modulesOf(t, root, tc.dir)
		if err != nil {
			t.Fatal(err)
		}
		path, err := mods.locate(tc.file)
		if got, _ := Below(root, path); got != tc.want || (err == nil) != (tc.want != "") {
			t.Errorf("%s in %s: %s, %v; want %s", tc.file, tc.dir, got, err, tc.want)
		}
	}
}

// Without modules no go.mod tells what was compiled.
func TestWithoutModules(t *testing.T) {
	root := writeTree(t, "m/go.mod", "module m\n")
	if mods, err := modulesOf(t, root, "m", "GO111MODULE=off"); err == nil {
		t.Errorf("%+v", mods)
	}
}

// A package is gone where neither it nor what it is the external test package of has
// Go files.
func TestGone(t *testing.T) {
	root := writeTree(t, "go.mod", "module m\n", "a/a.go", "package a\n", "own_test/own.go", "package own_test\n", "old/README", "")
	for name, want := range map[string]bool{"m/a": false, "m/a_test": false, "m/own_test": false, "m/own": true, "m/old": true, "m/old_test": true, "m/none": true} {
		if got := Gone(root, name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
