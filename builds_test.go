package fixturecache_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// TestBuildsEverywhere type-checks this module, its tests, and all that they
// import for each pair of operating system and architecture that the go
// command knows. Compiling the standard library for each pair would take an hour;
// the checks that fail on another architecture (an integer that overflows, a
// name that a system lacks) are those of the type checker, which reads the
// library without the bodies of its functions. A package is left out for a pair
// only if one that it imports from another module does not compile there, and
// only if it needs testscript: the test names it with the compiler's reason. The
// long run takes all pairs, the default one a few.
func TestBuildsEverywhere(t *testing.T) {
	pairs, err := exec.Command("go", "tool", "dist", "list").Output()
	if err != nil {
		t.Fatal(err)
	}
	every, first := 16, 13 // an Apple, a BSD, a Windows, 32 and 64 bits
	if testing.Short() {
		every, first = 47, 16 // linux/386
	} else if long() {
		every, first = 1, 0
	}
	files := &parsedFiles{fset: token.NewFileSet()}
	for i, pair := range strings.Fields(string(pairs)) {
		if i%every != first {
			continue
		}
		t.Run(pair, func(t *testing.T) {
			t.Parallel()
			defer timing.begin(t)()
			goos, goarch, _ := strings.Cut(pair, "/")
			checkPlatform(t, files, goos, goarch)
		})
	}
}

const (
	ourModule     = "github.com/fixturecache/fixturecache"
	scriptPackage = "github.com/rogpeppe/go-internal/testscript"
)

// A listedPackage is what `go list` says of a package.
type listedPackage struct {
	ImportPath string
	Dir        string
	GoFiles    []string
	CgoFiles   []string
	Imports    []string
	ImportMap  map[string]string
	Standard   bool
	Module     *struct{ Path, GoVersion string }
	Error      *struct{ Err string }
	types      *types.Package
	bad        string // why it does not compile, or what it imports does not
	foreign    bool   // the fault is another module's
	scripts    bool   // it imports testscript, if only through others
}

// checkPlatform checks all packages for one pair. They are listed after what
// they import.
func checkPlatform(t *testing.T, files *parsedFiles, goos, goarch string) {
	cmd := exec.Command("go", "list", "-e", "-deps", "-test", "-json=ImportPath,Dir,GoFiles,CgoFiles,Imports,ImportMap,Standard,Module,Error", "./...")
	cmd.Env = append(os.Environ(), "GOOS="+goos, "GOARCH="+goarch, "CGO_ENABLED=0", "GOFLAGS=-mod=readonly")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	pkgs := map[string]*listedPackage{"unsafe": {types: types.Unsafe}}
	checked, told := 0, map[string]bool{}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		p := new(listedPackage)
		if err := dec.Decode(p); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if p.ImportPath == "unsafe" || strings.HasSuffix(p.ImportPath, ".test") { // the main package of a test
			continue
		}
		pkgs[p.ImportPath] = p
		p.check(files, pkgs, goarch)
		switch {
		case !p.ours():
		case p.bad == "":
			checked++
		case p.scripts && p.foreign:
			t.Logf("%s is left out: %s", p.ImportPath, p.bad)
		case !told[p.bad]: // what imports it fails for the same reason
			told[p.bad] = true
			t.Errorf("%s: %s", p.ImportPath, p.bad)
		}
	}
	if checked == 0 {
		t.Error("no package was checked")
	}
}

func (p *listedPackage) ours() bool {
	return !p.Standard && p.Module != nil && p.Module.Path == ourModule
}

// check type-checks a package, all of whose imports have been checked.
func (p *listedPackage) check(files *parsedFiles, pkgs map[string]*listedPackage, goarch string) {
	defer func() { p.foreign = p.foreign || p.bad != "" && !p.ours() }()
	p.scripts = strings.HasPrefix(p.ImportPath, scriptPackage)
	for _, path := range p.Imports {
		if dep := pkgs[cmp.Or(p.ImportMap[path], path)]; dep != nil {
			p.bad, p.foreign = cmp.Or(p.bad, dep.bad), p.foreign || dep.foreign
			p.scripts = p.scripts || dep.scripts
		}
	}
	if p.Error != nil {
		p.bad = cmp.Or(p.bad, p.Error.Err)
	}
	if p.bad != "" {
		return
	}
	var syntax []*ast.File
	for _, name := range append(p.GoFiles, p.CgoFiles...) {
		if !filepath.IsAbs(name) { // that of a test's main package lies in the build cache
			name = filepath.Join(p.Dir, name)
		}
		f, err := files.parse(name, p.Standard)
		if err != nil {
			p.bad = err.Error()
			return
		}
		syntax = append(syntax, f)
	}
	conf := types.Config{
		Sizes:            types.SizesFor("gc", goarch),
		IgnoreFuncBodies: p.Standard,
		FakeImportC:      true,
		Importer: importerFunc(func(path string) (*types.Package, error) {
			path = cmp.Or(p.ImportMap[path], path)
			if dep := pkgs[path]; dep != nil && dep.types != nil {
				return dep.types, nil
			}
			return nil, fmt.Errorf("package %s was not listed", path)
		}),
	}
	if p.Module != nil && p.Module.GoVersion != "" {
		conf.GoVersion = "go" + p.Module.GoVersion
	}
	path, _, _ := strings.Cut(p.ImportPath, " ")
	pkg, err := conf.Check(path, files.fset, syntax, nil)
	if err != nil {
		p.bad = err.Error()
		return
	}
	p.types = pkg
}

type importerFunc func(path string) (*types.Package, error)

func (f importerFunc) Import(path string) (*types.Package, error) { return f(path) }

// parsedFiles are the files that all pairs have in common, parsed once.
type parsedFiles struct {
	fset  *token.FileSet
	files sync.Map // path: func() (*ast.File, error)
}

func (p *parsedFiles) parse(path string, onlyDeclarations bool) (*ast.File, error) {
	parse, _ := p.files.LoadOrStore(path, sync.OnceValues(func() (*ast.File, error) {
		f, err := parser.ParseFile(p.fset, path, nil, parser.SkipObjectResolution)
		if err == nil && onlyDeclarations {
			for _, decl := range f.Decls {
				if fn, ok := decl.(*ast.FuncDecl); ok && fn.Body != nil {
					fn.Body = &ast.BlockStmt{Lbrace: fn.Body.Lbrace, Rbrace: fn.Body.Rbrace}
				}
			}
		}
		return f, err
	}))
	return parse.(func() (*ast.File, error))()
}
