package scope_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
)

// Scopes agrees with go/types: nothing that is declared at package level, is
// imported or predeclared is taken for local, and each local name leads to the
// definition that go/types finds. The short run looks at a sample of the
// standard library, the long one (CACHETEST_LONG=1) at all of it.
func TestScopesAgreeWithTypes(t *testing.T) {
	//lint:ignore SA1019 any tree of source does
	dirs := packageDirs(t, filepath.Join(runtime.GOROOT(), "src"))
	seed := rand.Uint64()
	if os.Getenv("CACHETEST_LONG") == "" {
		r := rand.New(rand.NewPCG(seed, 0))
		r.Shuffle(len(dirs), func(i, j int) { dirs[i], dirs[j] = dirs[j], dirs[i] })
		dirs = dirs[:min(len(dirs), 25)]
	}
	var c comparison
	for _, dir := range dirs {
		c.compare(t, dir)
	}
	t.Logf("seed %d: %d packages, %d names outside of functions, %d local ones", seed, len(dirs), c.outer, c.local)
	if c.outer < 1000 || c.local < 1000 {
		t.Errorf("too few names were compared")
	}
}

func TestScopesOfRareForms(t *testing.T) {
	var c comparison
	c.compare(t, "testdata/scopes")
	if c.local < 60 {
		t.Errorf("only %d local names", c.local)
	}
}

func packageDirs(t *testing.T, root string) (dirs []string) {
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		if d.Name() == "testdata" {
			return fs.SkipDir
		}
		dirs = append(dirs, p)
		return nil
	})
	if err != nil {
		t.Skip(err)
	}
	return dirs
}

// A comparison counts the names that were compared.
type comparison struct{ outer, local int }

func (c *comparison) compare(t *testing.T, dir string) {
	paths, _ := filepath.Glob(filepath.Join(dir, "*.go"))
	fset := token.NewFileSet()
	byName := map[string][]*ast.File{}
	for _, p := range paths {
		f, err := parser.ParseFile(fset, p, nil, parser.SkipObjectResolution)
		if err == nil {
			byName[f.Name.Name] = append(byName[f.Name.Name], f)
		}
	}
	for name, files := range byName {
		info := &types.Info{Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}}
		config := types.Config{Importer: emptyImporter{}, Error: func(error) {}, FakeImportC: true}
		pkg, _ := config.Check(name, fset, files, info)
		for _, f := range files {
			scope.Resolve(f)
			for id, obj := range info.Uses {
				if f.FileStart <= id.Pos() && id.Pos() < f.FileEnd {
					c.use(t, fset, pkg, scope.Of(id), id, obj)
				}
			}
		}
	}
}

func (c *comparison) use(t *testing.T, fset *token.FileSet, pkg *types.Package, def *scope.Def, id *ast.Ident, obj types.Object) {
	_, isPackage := obj.(*types.PkgName)
	isField := false
	if v, ok := obj.(*types.Var); ok {
		isField = v.IsField()
	}
	switch {
	case isField || obj.Pkg() != nil && obj.Pkg() != pkg:
	case isPackage || obj.Parent() == pkg.Scope() || obj.Parent() == types.Universe:
		c.outer++
		if def != nil {
			t.Errorf("%s: %s is not local, and is taken for what %s declares", fset.Position(id.Pos()), id.Name, fset.Position(def.Ident.Pos()))
		}
	case obj.Parent() != nil:
		if _, ok := obj.(*types.Label); ok {
			return
		}
		c.local++
		if def == nil {
			t.Errorf("%s: %s is declared at %s, and taken for a name of the package", fset.Position(id.Pos()), id.Name, fset.Position(obj.Pos()))
		} else if def.Ident.Pos() != obj.Pos() {
			t.Errorf("%s: %s is declared at %s, and not at %s", fset.Position(id.Pos()), id.Name, fset.Position(obj.Pos()), fset.Position(def.Ident.Pos()))
		}
	}
}

// An emptyImporter returns packages that declare nothing: only their names
// matter here.
type emptyImporter struct{}

func (emptyImporter) Import(p string) (*types.Package, error) {
	if p == "unsafe" {
		return types.Unsafe, nil
	}
	name := path.Base(p)
	if len(name) > 1 && name[0] == 'v' && strings.Trim(name[1:], "0123456789") == "" {
		name = path.Base(path.Dir(p))
	}
	pkg := types.NewPackage(p, name)
	pkg.MarkComplete()
	return pkg, nil
}
