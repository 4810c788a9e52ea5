package source

//lint:file-ignore SA1019 see resolve.go

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// localNames are the identifiers of a file that are proved local, by offset,
// with the offset of what declares them.
func localNames(file *ast.File, base int) map[int]int {
	names := map[int]int{}
	for _, d := range file.Decls {
		ast.Inspect(d, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && id.Obj != nil && id.Obj.Kind != ast.Lbl && (file.Scope == nil || file.Scope.Objects[id.Name] != id.Obj) {
				names[int(id.Pos())-base] = int(declaredAt(id.Obj)) - base
			}
			return true
		})
	}
	return names
}

// declaredAt is Object.Pos, for what range declares too.
func declaredAt(obj *ast.Object) token.Pos {
	if r, ok := obj.Decl.(*ast.RangeStmt); ok {
		if id, ok := r.Key.(*ast.Ident); ok && id.Name == obj.Name {
			return id.Pos()
		}
		return r.Value.Pos()
	}
	return obj.Pos()
}

func resolveScopes(s *scopes, file *ast.File) {
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			s.funcDecl(d)
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					s.typeSpec(spec)
				case *ast.ValueSpec:
					s.exprs(spec.Values)
					s.expr(spec.Type)
				}
			}
		}
	}
}

// mentionsOf lists where identifiers are mentioned other than as what is
// selected, or as the name of a field, parameter or label.
func mentionsOf(file *ast.File, base int) map[int]bool {
	at := map[int]bool{}
	for _, d := range file.Decls {
		ast.Inspect(d, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && id.Name != "_" {
				at[int(id.Pos())-base] = true
			}
			return true
		})
		ast.Inspect(d, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				delete(at, int(n.Name.Pos())-base)
			case *ast.Field:
				for _, name := range n.Names {
					delete(at, int(name.Pos())-base)
				}
			case *ast.SelectorExpr:
				delete(at, int(n.Sel.Pos())-base)
			case *ast.LabeledStmt:
				delete(at, int(n.Label.Pos())-base)
			case *ast.BranchStmt:
				if n.Label != nil {
					delete(at, int(n.Label.Pos())-base)
				}
			}
			return true
		})
	}
	return at
}

// TestScopes holds what scopes proves local against what the parser does: on
// each file of GOROOT, or of it and the directories of CACHETEST_SCOPES.
func TestScopes(t *testing.T) {
	roots := append([]string{filepath.Join(goroot(t), "src")}, filepath.SplitList(os.Getenv("CACHETEST_SCOPES"))...)
	files, idents := 0, 0
	s := &scopes{}
	for i, root := range roots {
		filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() && d.Name() == "testdata" {
				return filepath.SkipDir // programs that do not compile
			}
			if !strings.HasSuffix(path, ".go") {
				return nil
			}
			files++
			if i == 0 && os.Getenv("CACHETEST_SCOPES") == "" && files%16 != 0 {
				return nil // a sample
			}
			idents += compareScopes(t, s, path)
			return nil
		})
	}
	t.Logf("%d files, %d identifiers", files, idents)
}

func compareScopes(t *testing.T, s *scopes, path string) int {
	src, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	fset := token.NewFileSet()
	theirs, err := parser.ParseFile(fset, path, src, 0)
	if err != nil {
		return 0
	}
	ours, err := parser.ParseFile(fset, path, src, parser.SkipObjectResolution)
	if err != nil {
		t.Error(err)
		return 0
	}
	resolveScopes(s, ours)
	base := int(ours.FileStart)
	want, got := localNames(theirs, int(theirs.FileStart)), localNames(ours, base)
	mentions := mentionsOf(ours, base)
	generic := genericGroups(ours, base)
	for at := range mentions {
		w, inTheirs := want[at]
		g, inOurs := got[at]
		if inOurs && !inTheirs || inOurs && g != w {
			t.Errorf("%s: offset %d is local to us (declared at %d), not to the parser (%d)", path, at, g, w)
		}
		if inTheirs && !inOurs && !inRanges(generic, at) {
			t.Errorf("%s: offset %d is local to the parser, not to us", path, at)
		}
	}
	if len(s.bound) != 0 || s.block != 0 || s.heads != [1024]int32{} {
		t.Fatalf("%s: blocks are left open", path)
	}
	return len(mentions)
}

// genericGroups are where the parser takes too much for local: after a generic
// type of a group, whose parameters it keeps in scope, and the types with them.
func genericGroups(file *ast.File, base int) (ranges [][2]int) {
	for _, d := range file.Decls {
		d, ok := d.(*ast.GenDecl)
		if !ok || d.Tok != token.TYPE {
			continue
		}
		for _, spec := range d.Specs {
			if spec.(*ast.TypeSpec).TypeParams != nil {
				ranges = append(ranges, [2]int{int(spec.End()) - base, int(d.End()) - base})
				break
			}
		}
	}
	return ranges
}

func inRanges(ranges [][2]int, at int) bool {
	for _, r := range ranges {
		if r[0] <= at && at < r[1] {
			return true
		}
	}
	return false
}
