package code

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// childRun is what a child go test said of the closure of its literal.
type childRun struct {
	digest string
	decls  map[string]bool // file:line
}

func runChild(t *testing.T, root string) childRun {
	t.Helper()
	t.Setenv("CHILD_DECLS", "1")
	out, err := goCommand(root, "test", "-count=1", "-vet=off", "-v", "./core/internal/code/testdata/child")
	if err != nil {
		t.Fatal(err)
	}
	run := childRun{decls: map[string]bool{}}
	for line := range strings.Lines(string(out)) {
		if rest, ok := strings.CutPrefix(line, "CLOSURE literal "); ok {
			run.digest, _, _ = strings.Cut(rest, " ")
		}
		if rest, ok := strings.CutPrefix(line, "DECL "); ok {
			run.decls[strings.TrimSpace(rest)] = true
		}
	}
	if len(run.digest) != 32 {
		t.Fatalf("no closure in\n%s", out)
	}
	return run
}

// TestMutationInChild repeats a sample of mutations as runs of go test over a
// copy of this module, edited on disk: what one process says by comparing
// graphs must hold between processes, guard and all: with CACHETEST_LONG=1, as
// it compiles the module in another place. CACHETEST_MUTATION_CHILD is the size
// of the sample.
func TestMutationInChild(t *testing.T) {
	n := 2
	if v, err := strconv.Atoi(os.Getenv("CACHETEST_MUTATION_CHILD")); err == nil {
		n = v
	} else if os.Getenv("CACHETEST_LONG") == "" {
		t.Skip("set CACHETEST_LONG to compile this module with mutations")
	}
	root := copyOfModule(t)
	base := runChild(t, root)
	var all []mutant
	for _, dir := range []string{"core/internal/code/testdata/child", "core/internal/code/testdata/child/helper", "core/internal/unlogged"} {
		files, err := filepath.Glob(filepath.Join(root, dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			list, err := mutants(file)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, list...)
		}
	}
	place := func(m mutant) string {
		rel, err := filepath.Rel(root, m.path)
		if err != nil {
			t.Fatal(err)
		}
		return filepath.ToSlash(rel) + ":" + strconv.Itoa(m.line)
	}
	inside, outside := 0, 0
	for _, m := range sample(all, n, func(m mutant) bool { return base.decls[place(m)] }) {
		place := place(m)
		original, err := os.ReadFile(m.path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(m.path, m.src, 0o644); err != nil {
			t.Fatal(err)
		}
		live, changed := base.decls[place], runChild(t, root).digest != base.digest
		if err := os.WriteFile(m.path, original, 0o644); err != nil {
			t.Fatal(err)
		}
		if live != changed {
			t.Errorf("%s (%s): in the closure %v, digest changed %v", m.decl, place, live, changed)
		}
		if live {
			inside++
		} else {
			outside++
		}
	}
	t.Logf("%d changes inside, %d outside", inside, outside)
}

// sample spreads n picks over those that are live and those that are not.
func sample(all []mutant, n int, live func(mutant) bool) []mutant {
	var kinds [2][]mutant
	for _, m := range all {
		if live(m) {
			kinds[0] = append(kinds[0], m)
		} else {
			kinds[1] = append(kinds[1], m)
		}
	}
	var picks []mutant
	for k, list := range kinds {
		want := (n + k) / 2
		for i := 0; i < want && i < len(list); i++ {
			picks = append(picks, list[i*len(list)/min(want, len(list))])
		}
	}
	return picks
}

// copyOfModule copies what the child package is built from.
func copyOfModule(t *testing.T) string {
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	top, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	list := exec.Command("go", "list", "-deps", "-test", "-f", "{{if .Module}}{{if .Module.Main}}{{.Dir}}{{end}}{{end}}", "./testdata/child")
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	dirs := []string{"."}
	for dir := range strings.FieldsSeq(string(out)) {
		rel, err := filepath.Rel(top, dir)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(dirs, rel) {
			dirs = append(dirs, rel)
		}
	}
	for _, dir := range dirs {
		entries, err := os.ReadDir(filepath.Join(top, dir))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			name := e.Name()
			compiled := strings.HasSuffix(name, ".go") && (!strings.HasSuffix(name, "_test.go") || strings.HasSuffix(dir, "child")) || strings.HasSuffix(name, ".txt")
			if !(compiled && dir != ".") && name != "go.mod" && name != "go.sum" {
				continue
			}
			data, err := os.ReadFile(filepath.Join(top, dir, name))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(root, dir, name), data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	return root
}
