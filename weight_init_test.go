package fixturecache_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// What one of our packages may take when a process starts. How fast the machine is
// decides nothing, nor whether that is in computing or in system calls: time is compared
// with that of all packages of the same process, most of which are the standard library's.
const (
	maxInitBytes  = 1_000
	maxInitAllocs = 20
	maxInitShare  = 0.2
)

// An initCost is what GODEBUG=inittrace=1 tells of the initialization of a package.
type initCost struct {
	ms            float64 // in the best of several processes
	bytes, allocs int
}

// checkInits requires that none of our packages takes long when a test starts.
// What some of them look at then, before tests can change it, is the same on each
// machine: a directory with one file, and next to no variables.
func (m *weightModule) checkInits(w *weighed) {
	inits := map[string]initCost{}
	for range 20 {
		m.traceInits(w, inits)
	}
	all := 0.0
	for _, cost := range inits {
		all += cost.ms
	}
	if len(inits) < 10 || all == 0 {
		m.t.Fatalf("GODEBUG=inittrace=1 tells of %d packages only", len(inits))
	}
	for pkg, cost := range inits {
		pkg, ours := strings.CutPrefix(pkg, module+"/")
		if ours && (cost.bytes > maxInitBytes || cost.allocs > maxInitAllocs) {
			m.t.Errorf("package %s allocates %d bytes in %d pieces when a process starts: make what it needs when it is asked for", pkg, cost.bytes, cost.allocs)
		}
		if ours && cost.ms > maxInitShare*all && runtime.GOOS == "linux" { // elsewhere a system call takes longer
			m.t.Errorf("package %s takes %v µs when a process starts, all packages together %v µs", pkg, 1000*cost.ms, 1000*all)
		}
	}
}

// traceInits starts a test as go test does, and keeps the best times.
func (m *weightModule) traceInits(w *weighed, inits map[string]initCost) {
	cmd := exec.Command(m.binary(w), "-test.run=^$", "-test.testlogfile="+filepath.Join(m.dir, "log"))
	cmd.Dir = filepath.Join(m.dir, w.name)
	cmd.Env = []string{"GODEBUG=inittrace=1", "SystemRoot=" + os.Getenv("SystemRoot")}
	out, err := cmd.CombinedOutput()
	if err != nil {
		m.t.Fatalf("%v\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) { // init PACKAGE @0.1 ms, 0.01 ms clock, 1032 bytes, 25 allocs
		words := strings.Fields(line)
		if len(words) < 10 || words[0] != "init" {
			continue
		}
		var cost initCost
		cost.ms, _ = strconv.ParseFloat(words[4], 64)
		cost.bytes, _ = strconv.Atoi(words[7])
		cost.allocs, _ = strconv.Atoi(words[9])
		if best, ok := inits[words[1]]; ok {
			cost.ms = min(cost.ms, best.ms)
		}
		inits[words[1]] = cost
	}
}

// TestNothingIsMadeAtInit finds the package variables that users' test binaries
// initialize with a map or a regular expression.
func TestNothingIsMadeAtInit(t *testing.T) {
	for _, file := range goFilesOf(t, "./cachetest", "./core/memo") {
		syntax, err := parser.ParseFile(token.NewFileSet(), file.name, file.source, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range madeAtInit(syntax) {
			t.Errorf("%s makes the variable %s when a process starts: make it when it is asked for, or a function of it", file.pkg, name)
		}
	}
	const costly = "package p; var a, b = map[int]int{}, 1; var c = regexp.MustCompile(``); var d = sync.OnceValue(func() { e = map[int]int{} }); var f = T{x: make(map[int]int)}"
	syntax, _ := parser.ParseFile(token.NewFileSet(), "p.go", costly, parser.SkipObjectResolution)
	if got := madeAtInit(syntax); !slices.Equal(got, []string{"a", "c", "f"}) {
		t.Errorf("in %s made at init are %v", costly, got)
	}
}

// madeAtInit returns the package variables of a file whose initialization makes a map,
// or calls package regexp.
func madeAtInit(file *ast.File) (names []string) {
	for _, decl := range file.Decls {
		decl, ok := decl.(*ast.GenDecl)
		if !ok || decl.Tok != token.VAR {
			continue
		}
		for _, spec := range decl.Specs {
			spec := spec.(*ast.ValueSpec)
			ast.Inspect(spec, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.FuncLit:
					return false
				case *ast.CompositeLit:
					_, isMap := n.Type.(*ast.MapType)
					names = appendIf(isMap, names, spec)
				case *ast.CallExpr:
					names = appendIf(makesMap(n) || callsRegexp(n), names, spec)
				}
				return true
			})
		}
	}
	return names
}

func appendIf(costly bool, names []string, spec *ast.ValueSpec) []string {
	if costly {
		names = append(names, spec.Names[0].Name)
	}
	return names
}

func makesMap(call *ast.CallExpr) bool {
	id, ok := call.Fun.(*ast.Ident)
	if !ok || id.Name != "make" {
		return false
	}
	_, isMap := call.Args[0].(*ast.MapType)
	return isMap
}

func callsRegexp(call *ast.CallExpr) bool {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	id, ok := sel.X.(*ast.Ident)
	return ok && id.Name == "regexp"
}

// TestLinknames requires that what is reached by go:linkname is what the standard
// library keeps for that, none of it for the sake of weight: a release of Go that
// takes it away breaks the build of every user.
func TestLinknames(t *testing.T) {
	var found []string
	for _, file := range goFilesOf(t, "./cachetest", "./core/memo") {
		for line := range strings.Lines(file.source) {
			words := strings.Fields(line)
			if len(words) < 3 || words[0] != "//go:linkname" {
				continue
			}
			found = append(found, words[2])
			pkg, name, _ := strings.Cut(words[2], ".")
			if !keepsForLinkname(t, pkg, name) {
				t.Errorf("%s: package %s does not say that %s may be linked to", file.name, pkg, name)
			}
		}
	}
	slices.Sort(found)
	if want := []string{"reflect.typesByString", "runtime.findObject", "runtime.lastmoduledatap"}; !slices.Equal(found, want) {
		t.Errorf("go:linkname leads to %v, not %v", found, want)
	}
}

// keepsForLinkname reports whether a package of the standard library has the
// directive of a name that others may link to.
func keepsForLinkname(t *testing.T, pkg, name string) bool {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(root)), "src", pkg, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(files, func(file string) bool {
		source, err := os.ReadFile(file)
		return err == nil && strings.Contains(string(source), "\n//go:linkname "+name+"\n")
	})
}

// A goFile is one that users' test binaries are made of.
type goFile struct{ pkg, name, source string }

// goFilesOf returns those of ours that packages link.
func goFilesOf(t *testing.T, packages ...string) (list []goFile) {
	t.Helper()
	args := append([]string{"-deps", "-f", `{{range .GoFiles}}{{$.ImportPath}} {{$.Dir}}/{{.}}{{"\n"}}{{end}}`}, packages...)
	for _, line := range goList(t, args...) {
		pkg, name, _ := strings.Cut(line, " ")
		if !strings.HasPrefix(pkg, module+"/") {
			continue
		}
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, goFile{pkg, name, string(source)})
	}
	if len(list) < 100 {
		t.Fatalf("go list names %d files of ours", len(list))
	}
	return list
}
