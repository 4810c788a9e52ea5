package code

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// Instrumented packages' test binaries write down every function that they
// run. Those of one module are built together. Which files it is made of and which functions they hold comes from go
// list and a parse of its own: the closure is held against something that
// shares no code with it.
type instrumented struct {
	hits    []function // by number
	targets []*target
}

// A target is a package under test.
type target struct {
	dir    string
	binary string
	tests  []string
}

type function struct {
	file string
	line int // of its name
	name string
}

const hitsPackage = "zzcachetesthits"

// hitsSource is the package that counts. A function that runs again after the
// test has begun is told again.
const hitsSource = `package zzcachetesthits

import (
	"os"
	"strconv"
	"sync"
)

var (
	mu    sync.Mutex
	seen  = map[int]bool{}
	out   *os.File
	begin = "START"
)

// Hit notes function n. root begins what the test itself runs.
func Hit(n int, root string) {
	mu.Lock()
	defer mu.Unlock()
	if out == nil {
		name := os.Getenv("ZZCACHETESTHITS")
		if name == "" {
			return
		}
		out, _ = os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0644) // modules may be of a Go without 0o644
		os.Unsetenv("ZZCACHETESTHITS") // what a command runs, though it be this binary, is not the test's own code
	}
	if root != "" && root == os.Getenv("ZZCACHETESTROOT") {
		seen = map[int]bool{}
		out.WriteString(begin + "\n")
	}
	if !seen[n] {
		seen[n] = true
		out.WriteString(strconv.Itoa(n) + "\n")
	}
}
`

// listed is what go list says of one package.
type listed struct {
	Dir, ImportPath, ForTest, Name               string
	GoFiles, CgoFiles, TestGoFiles, XTestGoFiles []string
	Standard                                     bool
	Module                                       *struct {
		Path, Dir string
		Main      bool
		Replace   *struct{ Path, Version string }
	}
}

func (p *listed) local() bool {
	return !p.Standard && p.Module != nil && (p.Module.Main || p.Module.Replace != nil && p.Module.Replace.Version == "")
}

func goCommand(dir string, args ...string) ([]byte, error) {
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-buildvcs=false", "GOTOOLCHAIN=local", "GOWORK=")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go %s in %s: %v\n%s", strings.Join(args, " "), dir, err, tail(string(out)+stderr.String()))
	}
	return out, nil
}

func tail(s string) string {
	if len(s) > 1500 {
		return "..." + s[len(s)-1500:]
	}
	return s
}

// goList lists packages and what they import, with their tests.
func goList(dir string, args ...string) ([]*listed, error) {
	out, err := goCommand(dir, append([]string{"list", "-e", "-json=Dir,ImportPath,ForTest,Name,GoFiles,CgoFiles,TestGoFiles,XTestGoFiles,Standard,Module"}, args...)...)
	if err != nil {
		return nil, err
	}
	var list []*listed
	for dec := json.NewDecoder(strings.NewReader(string(out))); dec.More(); {
		p := &listed{}
		if err := dec.Decode(p); err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, nil
}

// instrument builds the test binaries of packages of one module, given by
// their directories. One that does not build is missing.
func instrument(tmp string, dirs ...string) (*instrumented, error) {
	deps, err := goList(dirs[0], append([]string{"-deps", "-test"}, dirs...)...)
	if err != nil {
		return nil, err
	}
	x := &instrumented{}
	roots := map[string]*target{}
	for i, dir := range dirs {
		roots[dir] = &target{dir: dir, binary: filepath.Join(tmp, fmt.Sprintf("x%d.test", i))}
		x.targets = append(x.targets, roots[dir])
	}
	overlay := map[string]string{}
	hits, done := "", map[string]bool{}
	for _, p := range deps {
		if p.local() && p.Module.Main && hits == "" {
			hits = p.Module.Path + "/" + hitsPackage
			overlay[filepath.Join(p.Module.Dir, hitsPackage, "hits.go")] = filepath.Join(tmp, "hits.go")
		}
	}
	if hits == "" {
		return nil, fmt.Errorf("no local package in %s", dirs)
	}
	if err := os.WriteFile(filepath.Join(tmp, "hits.go"), []byte(hitsSource), 0o644); err != nil {
		return nil, err
	}
	for _, p := range deps {
		if !p.local() || done[p.Dir] || strings.HasSuffix(p.ImportPath, ".test") {
			continue
		}
		done[p.Dir] = true
		files := p.GoFiles
		if roots[p.Dir] != nil {
			files = slices.Concat(files, p.TestGoFiles, p.XTestGoFiles)
		}
		for _, name := range files {
			if !filepath.IsAbs(name) && strings.HasSuffix(name, ".go") {
				if err := x.add(filepath.Join(p.Dir, name), hits, tmp, roots[p.Dir], overlay); err != nil {
					return nil, err
				}
			}
		}
	}
	data, err := json.Marshal(map[string]any{"Replace": overlay})
	if err != nil {
		return nil, err
	}
	file := filepath.Join(tmp, "overlay.json")
	if err := os.WriteFile(file, data, 0o644); err != nil {
		return nil, err
	}
	return x, x.build(tmp, file)
}

// build has the go command build all test binaries at once. With -trimpath it
// finds again what it compiled in the last run, though temporary directories
// have other names.
func (x *instrumented) build(tmp, overlay string) error {
	out := filepath.Join(tmp, "bin") + string(filepath.Separator)
	if len(x.targets) == 1 {
		out = x.targets[0].binary
	}
	args := []string{"test", "-vet=off", "-trimpath", "-ldflags=-s -w", "-c", "-overlay", overlay, "-o", out}
	for _, g := range x.targets {
		args = append(args, g.dir)
		if len(x.targets) > 1 {
			g.binary = filepath.Join(out, filepath.Base(g.dir)+".test"+exeSuffix())
		}
	}
	_, err := goCommand(x.targets[0].dir, args...)
	return err
}

func exeSuffix() string {
	if runtime.GOOS == "windows" {
		return ".exe"
	}
	return ""
}

// add instruments one file: each function, and each literal of a package
// variable, begins with a call, on the line where its body begins.
func (x *instrumented) add(path, hits, tmp string, root *target, overlay map[string]string) error {
	src, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, path, src, parser.SkipObjectResolution)
	if err != nil {
		return nil // left as it is
	}
	type insertion struct {
		at   int
		text string
	}
	offset := func(p token.Pos) int { return fset.PositionFor(p, false).Offset }
	ins := []insertion{{at: offset(file.Name.End()), text: fmt.Sprintf("; import zzhits %q", hits)}}
	note := func(body *ast.BlockStmt, name *ast.Ident, test bool) {
		arg := `""`
		if test {
			arg = fmt.Sprintf("%q", name.Name)
			root.tests = append(root.tests, name.Name)
		}
		ins = append(ins, insertion{at: offset(body.Lbrace) + 1, text: fmt.Sprintf(" zzhits.Hit(%d, %s); ", len(x.hits), arg)})
		x.hits = append(x.hits, function{file: path, line: fset.PositionFor(name.Pos(), false).Line, name: name.Name})
	}
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Body != nil {
				note(d.Body, d.Name, root != nil && isTest(path, d))
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if s, ok := spec.(*ast.ValueSpec); ok && d.Tok == token.VAR {
					for _, v := range s.Values {
						ast.Inspect(v, func(n ast.Node) bool {
							if lit, ok := n.(*ast.FuncLit); ok {
								note(lit.Body, s.Names[0], false)
								return false
							}
							return true
						})
					}
				}
			}
		}
	}
	if len(ins) == 1 {
		return nil
	}
	slices.SortFunc(ins, func(a, b insertion) int { return b.at - a.at })
	for _, i := range ins {
		src = slices.Insert(src, i.at, []byte(i.text)...)
	}
	to := filepath.Join(tmp, fmt.Sprintf("f%d.go", len(overlay)))
	overlay[path] = to
	return os.WriteFile(to, src, 0o644)
}

func isTest(path string, d *ast.FuncDecl) bool {
	return strings.HasSuffix(path, "_test.go") && d.Recv == nil && strings.HasPrefix(d.Name.Name, "Test") && d.Name.Name != "TestMain" &&
		d.Type.TypeParams == nil && len(d.Type.Params.List) == 1 && len(d.Type.Params.List[0].Names) < 2
}

// run runs one test and returns what it ran after it began. ok is false where
// it did not begin.
func (x *instrumented) run(g *target, test, tmp string) (ran []function, ok bool) {
	log := filepath.Join(tmp, "hits-"+test)
	os.Remove(log)
	cmd := exec.Command(g.binary, "-test.run=^"+test+"$", "-test.timeout=20s", "-test.short")
	cmd.Dir = g.dir
	cmd.Env = append(os.Environ(), "ZZCACHETESTHITS="+log, "ZZCACHETESTROOT="+test)
	cmd.Run() // a test that fails has run code too
	data, err := os.ReadFile(log)
	if err != nil {
		return nil, false
	}
	_, after, ok := strings.Cut(string(data), "START\n")
	for line := range strings.Lines(after) {
		var n int
		if _, err := fmt.Sscan(line, &n); err == nil && n < len(x.hits) {
			ran = append(ran, x.hits[n])
		}
	}
	return ran, ok
}

var _ = testing.Short
