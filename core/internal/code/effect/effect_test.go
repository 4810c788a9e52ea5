package effect

import (
	"go/ast"
	gobuild "go/build"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What is known of the standard library past package std is held against its
// source here, entry by entry.

// functionsOf returns the functions of a file of the standard library by name,
// with a dot before that of a method.
func functionsOf(t *testing.T, file string) map[string][]*ast.FuncDecl {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(gobuild.Default.GOROOT, "src", filepath.FromSlash(file)), nil, 0)
	if err != nil {
		t.Skip("no source of Go: ", err)
	}
	found := map[string][]*ast.FuncDecl{}
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok {
			name := fn.Name.Name
			if fn.Recv != nil {
				name = "." + name
			}
			found[name] = append(found[name], fn)
		}
	}
	return found
}

// A strings.Replacer is written to by the function that its sync.Once calls, and
// nothing that it is made of by what replaces.
func TestFillsItself(t *testing.T) {
	if got := strings.Fields(string(unchanging)); !slices.Equal(got, []string{"embed.FS", "strings.Replacer"}) {
		t.Fatalf("the test knows nothing of all in %q", got)
	}
	for name, list := range functionsOf(t, "strings/replace.go") {
		for _, fn := range list {
			if name == ".buildOnce" || fn.Recv == nil || len(fn.Recv.List[0].Names) == 0 {
				continue
			}
			receiver := fn.Recv.List[0].Names[0].Name
			typ := types.ExprString(fn.Recv.List[0].Type)
			if typ == "*appendSliceWriter" { // is written to, and made for one call
				continue
			}
			if typ != "*Replacer" && name != ".Replace" && name != ".WriteString" {
				continue // what makes a replacer, and what that looks up
			}
			ast.Inspect(fn, func(n ast.Node) bool {
				if set, ok := n.(*ast.AssignStmt); ok {
					for _, left := range set.Lhs {
						if text := types.ExprString(left); strings.HasPrefix(text, receiver+".") || strings.HasPrefix(text, receiver+"[") || strings.HasPrefix(text, "*"+receiver) {
							t.Errorf("%s of %s sets %s", name, typ, text)
						}
					}
				}
				if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel.Name == "buildOnce" && name != ".Replace" && name != ".WriteString" {
					t.Errorf("%s calls %s", name, types.ExprString(sel))
				}
				return true
			})
		}
	}
}

// TestEmbedded: what an embed.FS opens sets nothing but the place that it was read to,
// and fills nothing but what it is given or has made.
func TestEmbedded(t *testing.T) {
	for name, list := range functionsOf(t, "embed/embed.go") {
		for _, fn := range list {
			ast.Inspect(fn, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.AssignStmt:
					for _, left := range n.Lhs {
						if text := types.ExprString(left); strings.ContainsAny(text, ".[*") && !strings.HasSuffix(text, ".offset") && text != "list[i]" {
							t.Errorf("%s sets %s", name, text)
						}
					}
				case *ast.CallExpr:
					if call := types.ExprString(n.Fun); (call == "copy" || call == "append" || call == "clear") && types.ExprString(n.Args[0]) != "b" {
						t.Errorf("%s fills %s", name, types.ExprString(n.Args[0]))
					}
				case *ast.IncDecStmt:
					if text := types.ExprString(n.X); strings.Contains(text, ".") {
						t.Errorf("%s sets %s", name, text)
					}
				}
				return true
			})
		}
	}
}
