package fixturecache_test

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/fixturecache/fixturecache"

// layers says which packages of ours each package may import, itself and its
// subpackages apart. A package that is not listed may not be there.
var layers = map[string][]string{
	"cachetest/internal/fixture": {"core/bridge"},
	"cachetest":                  {"cachetest/internal/fixture", "core/bridge"},
	"cachetest/gobcodec":         {"cachetest"},
	"cachetest/curves":           {"core/bridge"},
	"cachetest/golden":           {"cachetest"},
	"cachetest/cachescript":      {"cachetest", "cachetest/internal/fixture", "core/bridge", "cachetest/golden"},
	"core/bridge":                {"core/internal/engine", "core/internal/process"},
	"core/memo":                  {"core/internal/engine"},
	"core/internal/admin": {
		"core/internal/engine", "core/internal/code", "core/internal/record", "core/internal/input", "core/internal/store", "core/internal/logged", "core/internal/human",
		"core/internal/compare", "core/internal/process", "core/internal/tier",
	},
	"core/internal/engine": {
		"core/internal/tier",
		"core/internal/code", "core/internal/trace", "core/internal/tree", "core/internal/record", "core/internal/config", "core/internal/human",
		"core/internal/input", "core/internal/snapshot", "core/internal/global", "core/internal/gomod", "core/internal/typeid", "core/internal/plainjson", "core/internal/store", "core/internal/logged", "core/internal/private", "core/internal/unlogged",
		"core/internal/compare", "core/internal/process", "core/internal/settings", "core/internal/since",
	},
	"core/internal/tier": {
		"core/internal/compare", "core/internal/human", "core/internal/input", "core/internal/record", "core/internal/remote", "core/internal/store", "core/internal/unlogged",
	},
	"core/internal/process": {
		"core/internal/code", "core/internal/input", "core/internal/logged", "core/internal/private", "core/internal/settings", "core/internal/since", "core/internal/snapshot", "core/internal/store",
		"core/internal/trace", "core/internal/tree", "core/internal/unlogged", "core/internal/plainjson",
	},
	"core/internal/compare": {
		"core/internal/code", "core/internal/input", "core/internal/record", "core/internal/since", "core/internal/store", "core/internal/settings",
	},
	"core/internal/since":         {"core/internal/logged", "core/internal/unlogged"},
	"core/internal/record":        {"core/internal/input", "core/internal/tree", "core/internal/store", "core/internal/unlogged"},
	"core/internal/gomod":         {},
	"core/internal/settings":      {},
	"core/internal/input":         {"core/internal/gomod", "core/internal/plainjson", "core/internal/tree", "core/internal/logged", "core/internal/unlogged"},
	"core/internal/code/scope":    {},
	"core/internal/code/types":    {"core/internal/code/scope", "core/internal/code/std", "core/internal/code/syntax"},
	"core/internal/code/effect":   {"core/internal/code/facts", "core/internal/code/std", "core/internal/code/syntax", "core/internal/code/types"},
	"core/internal/code/capture":  {"core/internal/code/effect", "core/internal/code/facts", "core/internal/code/scope", "core/internal/code/std", "core/internal/code/syntax", "core/internal/code/types"},
	"core/internal/code":          {"core/internal/code/build", "core/internal/code/capture", "core/internal/code/codec", "core/internal/code/effect", "core/internal/code/facts", "core/internal/code/graph", "core/internal/code/outline", "core/internal/code/pack", "core/internal/code/state", "core/internal/code/std", "core/internal/code/syntax", "core/internal/code/types", "core/internal/code/world", "core/internal/unlogged"},
	"core/internal/code/outline":  {"core/internal/code/facts", "core/internal/code/graph", "core/internal/code/syntax", "core/internal/code/types"},
	"core/internal/code/world":    {"core/internal/settings", "core/internal/code/codec", "core/internal/code/facts", "core/internal/code/graph", "core/internal/code/std", "core/internal/code/syntax"},
	"core/internal/code/state":    {"core/internal/code/effect", "core/internal/code/facts", "core/internal/code/graph", "core/internal/code/outline", "core/internal/code/std", "core/internal/code/syntax", "core/internal/code/types"},
	"core/internal/code/graph":    {"core/internal/settings", "core/internal/code/build", "core/internal/code/codec", "core/internal/code/facts", "core/internal/code/pack", "core/internal/code/std", "core/internal/code/syntax", "core/internal/unlogged"},
	"core/internal/code/pack":     {"core/internal/store", "core/internal/code/build", "core/internal/code/codec", "core/internal/code/facts", "core/internal/code/syntax", "core/internal/unlogged"},
	"core/internal/code/facts":    {"core/internal/code/codec", "core/internal/code/scope", "core/internal/code/std", "core/internal/code/syntax"},
	"core/internal/code/syntax":   {"core/internal/code/scope", "core/internal/code/std", "core/internal/unlogged"},
	"core/internal/code/codec":    {"core/internal/store"},
	"core/internal/code/build":    {"core/internal/gomod", "core/internal/since", "core/internal/unlogged"},
	"core/internal/code/std":      {},
	"core/internal/trace":         {"core/internal/logged", "core/internal/private", "core/internal/unlogged"},
	"core/internal/tree":          {"core/internal/store", "core/internal/private", "core/internal/unlogged"},
	"core/internal/logged":        {"core/internal/unlogged"},
	"core/internal/plainjson":     {},
	"core/internal/store":         {"core/internal/plainjson", "core/internal/private", "core/internal/unlogged"},
	"core/internal/private":       {"core/internal/unlogged"},
	"core/internal/snapshot":      {"core/internal/global", "core/internal/rules", "core/internal/typeid"},
	"core/internal/global":        {},
	"core/internal/rules":         {},
	"core/internal/typeid":        {},
	"core/internal/unlogged":      {},
	"core/internal/human":         {},
	"core/internal/config":        {"core/internal/human", "core/internal/logged", "core/internal/unlogged"},
	"core/internal/remote":        {"core/internal/plainjson", "core/internal/store", "core/internal/unlogged"},
	"core/internal/remote/helper": {"core/internal/remote"},
	"core/internal/httpcache":     {"core/internal/store"},
	"internal/faults":             {}, // only tests
	"core/internal/archive":       {"core/internal/record", "core/internal/store", "core/internal/tree"},
	"core/internal/report":        {"core/internal/human"},
	"core/cmd/cachetest": {
		"core/internal/admin", "core/internal/engine", "core/internal/archive", "core/internal/human", "core/internal/report", "core/internal/code",
		"core/internal/store", "core/internal/record", "core/internal/input", "core/internal/remote/helper", "core/internal/httpcache", "core/internal/tier", "core/internal/logged",
	},
	"examples/generator":            {"core/memo"},
	"examples/quickstart":           {},
	"examples/quickstart/demo":      {},
	"examples/binary":               {},
	"examples/binary/cmd/wordcount": {},
	"examples/dataset":              {},
	"examples/keys":                 {},
}

// parsers are the packages that read Go source: how a binary was built is known
// without them.
var parsers = []string{"go/ast", "go/build", "go/parser", "go/scanner", "go/types"}

// goList runs go list and returns its output's lines.
func goList(t *testing.T, args ...string) []string {
	t.Helper()
	out, err := exec.Command("go", append([]string{"list"}, args...)...).Output()
	if err != nil {
		t.Fatalf("go list %s: %v", args, err)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

func TestLayers(t *testing.T) {
	for _, line := range goList(t, "-f", "{{.ImportPath}} {{join .Imports \" \"}}", "./...") {
		path, imports, _ := strings.Cut(line, " ")
		pkg := strings.TrimPrefix(strings.TrimPrefix(path, module), "/")
		allowed, known := layers[pkg]
		if pkg == "" { // only tests
			continue
		}
		if !known {
			t.Errorf("package %s has no place among the layers", pkg)
		}
		for _, imp := range strings.Fields(imports) {
			if imp == "testing" && strings.HasPrefix(pkg, "core/") && pkg != "core/internal/trace" { // testing.Testing
				t.Errorf("%s imports testing: the engine must not", pkg)
			}
			if pkg == "core/internal/code/build" && slices.Contains(parsers, imp) {
				t.Errorf("%s imports %s: it may not parse", pkg, imp)
			}
			if ours, ok := strings.CutPrefix(imp, module+"/"); ok && !slices.Contains(allowed, ours) {
				t.Errorf("%s imports %s, which is not below it", pkg, ours)
			}
		}
	}
}

// linked are the modules whose packages a user's test binary may link.
var linked = []string{
	"github.com/bmatcuk/doublestar/v4", "github.com/cespare/xxhash/v2",
	"golang.org/x/mod", "golang.org/x/sys", module,
}

// unwanted are packages that cost a test binary start-up time or megabytes.
var unwanted = []string{"encoding/gob", "runtime/metrics", "net/http", "net", "go/types", "html/template", "crypto/tls"}

func TestLinks(t *testing.T) {
	for _, line := range goList(t, "-deps", "-f", "{{with .Module}}{{.Path}}{{else}}std{{end}} {{.ImportPath}}", "./cachetest") {
		mod, pkg, _ := strings.Cut(line, " ")
		if mod != "std" && !slices.Contains(linked, mod) {
			t.Errorf("cachetest links %s of module %s", pkg, mod)
		}
		if slices.Contains(unwanted, pkg) {
			t.Errorf("cachetest links %s", pkg)
		}
	}
}

// Only its own importers link what is heavy: testscript, and what shows differences.
func TestHeavyModulesStayApart(t *testing.T) {
	const heavy = "github.com/rogpeppe/go-internal"
	for _, pkg := range []string{"./cachetest", "./core/memo"} {
		if slices.Contains(goList(t, "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", pkg), heavy) {
			t.Errorf("%s links %s, which is for golden and cachescript only", pkg, heavy)
		}
	}
}

// TestArchitecture holds docs/architecture.md to the layers: each package of core
// and cachetest that is not below another's internal directory has its line, below
// those in its table that import it.
func TestArchitecture(t *testing.T) {
	page := readDoc(t, "docs/architecture.md")
	var above []string // in this table
	for pkg := range layers {
		name := strings.TrimPrefix(pkg, "core/internal/")
		switch {
		case strings.HasPrefix(pkg, "examples/"), strings.HasPrefix(pkg, "cachetest/internal/"):
			continue
		case !strings.Contains(page, "`"+pkg+"`") && !strings.Contains(page, "`"+name+"`"):
			t.Errorf("docs/architecture.md has no line for %s", pkg)
		}
	}
	for _, row := range strings.Split(page, "\n") {
		if !strings.HasPrefix(row, "| `") {
			above = nil
			continue
		}
		cell, _, _ := strings.Cut(strings.TrimPrefix(row, "| "), " | ")
		var here []string
		for name := range strings.SplitSeq(cell, ", ") {
			name = strings.Trim(name, "`")
			if layers[name] == nil {
				name = "core/internal/" + name
			}
			if layers[name] == nil {
				t.Errorf("docs/architecture.md has a line for %s, which is no package", name)
			}
			for _, to := range layers[name] {
				if slices.Contains(above, to) {
					t.Errorf("docs/architecture.md: %s stands below %s, which it imports", name, to)
				}
			}
			here = append(here, name)
		}
		above = append(above, here...)
	}
}

// The page names files that are there.
func TestArchitectureFiles(t *testing.T) {
	names := regexp.MustCompile("`([\\w./]+\\.go)`").FindAllStringSubmatch(readDoc(t, "docs/architecture.md"), -1)
	if len(names) < 5 {
		t.Errorf("docs/architecture.md names %d files", len(names))
	}
	for _, name := range names {
		found := func(pattern string) bool {
			list, err := filepath.Glob(filepath.FromSlash(pattern))
			return err == nil && len(list) > 0
		}
		if path := name[1]; !found(path) && !found("core/internal/"+path) && !found("core/internal/*/"+path) && !found("core/internal/code/*/"+path) {
			t.Errorf("docs/architecture.md names %s, which is nowhere", path)
		}
	}
}

// budgets are how many lines of Go rooms have together, tests and their data apart:
// what they had when this was written last, so that they only get fewer. Who needs
// more takes them from elsewhere in the room; who has made one smaller lowers its
// line. A name that ends in a slash stands for all below it.
var budgets = []struct {
	rooms []string
	lines int
	aim   int
}{
	{[]string{"core/internal/engine", "core/memo", "core/internal/admin", "cachetest", "cachetest/internal/fixture"}, 6999, 7000},
	{[]string{"core/internal/code", "core/internal/code/"}, 11692, 8500},
	{[]string{"core/internal/store"}, 2401, 2500},
	{[]string{"core/internal/input"}, 2508, 2500},
	{[]string{"core/internal/snapshot"}, 2721, 2500},
	{[]string{"core/cmd/cachetest", "core/internal/report", "core/internal/human", "cachetest/golden", "cachetest/cachescript", "docs/compare"}, 5049, 5000},
	{[]string{"/"}, 41941, 33000},
}

// TestBudgets: beside what they have together, no room of code has more than 2,500 lines,
// and no file of it more than 400.
func TestBudgets(t *testing.T) {
	lines := map[string]int{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := d.Name(); d.IsDir() && path != "." && (name == "testdata" || name[0] == '.' || name[0] == '_') {
			return filepath.SkipDir
		}
		if strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			data, err := os.ReadFile(path)
			n := bytes.Count(data, []byte("\n"))
			lines[filepath.ToSlash(filepath.Dir(path))] += n
			if n > 400 && strings.HasPrefix(filepath.ToSlash(path), "core/internal/code/") {
				t.Errorf("%s has %d lines, more than 400", path, n)
			}
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for room, n := range lines {
		if n > 2500 && strings.HasPrefix(room, "core/internal/code") {
			t.Errorf("%s has %d lines, more than 2,500", room, n)
		}
	}
	for _, b := range budgets {
		sum := 0
		for pkg, n := range lines {
			if slices.ContainsFunc(b.rooms, func(room string) bool {
				return pkg == room || room == "/" || strings.HasSuffix(room, "/") && strings.HasPrefix(pkg, room)
			}) {
				sum += n
			}
		}
		if t.Logf("%v: %d lines of %d; the aim is %d", b.rooms, sum, b.lines, b.aim); sum > b.lines {
			t.Errorf("%v have %d lines, more than %d", b.rooms, sum, b.lines)
		}
	}
}
