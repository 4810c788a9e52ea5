package state

import (
	"go/ast"
	gobuild "go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/code/graph"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// What is known of the standard library past package std is held against its
// source here, entry by entry.

func TestFileMode(t *testing.T) {
	imp := importer.Default()
	mode := func(path string) types.Type {
		p, err := imp.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		return p.Scope().Lookup("FileMode").Type()
	}
	if !types.Identical(mode("os"), mode("io/fs")) {
		t.Error("os.FileMode is no other name for io/fs.FileMode")
	}
}

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

// pairs returns the paths and the entries of a table.
func pairs(table *std.Names) (list []graph.External) {
	for line := range strings.Lines(table.Text) {
		if words := strings.Fields(line); len(words) > 0 {
			for _, w := range words[1:] {
				list = append(list, graph.External{Path: words[0], Name: w})
			}
		}
	}
	return list
}

func TestForwards(t *testing.T) {
	for _, x := range pairs(&forwards) {
		from, to, _ := strings.Cut(x.Name, ":")
		fn := functionsOf(t, x.Path+"/print.go")[from]
		if len(fn) != 1 || len(fn[0].Body.List) != 1 {
			t.Fatalf("%s does more than one thing", from)
		}
		ret, _ := fn[0].Body.List[0].(*ast.ReturnStmt)
		call, ok := ret.Results[0].(*ast.CallExpr)
		if !ok || types.ExprString(call.Fun) != to || types.ExprString(call.Args[0]) != "os.Stdout" {
			t.Errorf("%s does not hand its arguments on to %s", from, to)
			continue
		}
		var params []string
		for _, field := range fn[0].Type.Params.List {
			for _, name := range field.Names {
				params = append(params, name.Name)
			}
		}
		for i, arg := range call.Args[1:] {
			if types.ExprString(arg) != params[i] {
				t.Errorf("%s hands on %s", from, types.ExprString(arg))
			}
		}
	}
}

func TestHandsElements(t *testing.T) {
	for _, x := range pairs(&handsElements) {
		fn := functionsOf(t, x.Path+"/slices.go")[x.Name]
		if len(fn) != 1 {
			t.Fatalf("no function %s", x.Name)
		}
		list := fn[0].Type.Params.List[0].Names[0].Name
		fine := map[*ast.Ident]bool{}
		take := func(e ast.Expr) {
			if id, ok := e.(*ast.Ident); ok {
				fine[id] = true
			}
		}
		ast.Inspect(fn[0].Body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.RangeStmt:
				if n.Value == nil {
					take(n.X)
				}
			case *ast.CallExpr:
				callee, _ := n.Fun.(*ast.Ident)
				if callee != nil && handsElements.Has(x.Path, callee.Name) {
					take(n.Args[0])
				}
				if element, ok := n.Args[0].(*ast.IndexExpr); ok {
					take(element.X)
				}
			}
			return true
		})
		ast.Inspect(fn[0].Body, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && id.Name == list && !fine[id] {
				t.Errorf("%s does more with its list than to hand its elements on", x.Name)
			}
			return true
		})
	}
}

// What encoding/json does to a value goes through package reflect: it sets but
// what it made itself, and calls no function by reflection.
func TestMarshals(t *testing.T) {
	writers := []string{"Set", "Grow", "Clear", "Call", "CallSlice", "Send", "TrySend", "SetLen", "SetCap", "SetZero", "SetMapIndex"}
	for name, list := range functionsOf(t, "encoding/json/encode.go") {
		for _, fn := range list {
			made := map[string]bool{}
			ast.Inspect(fn, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.AssignStmt:
					if strings.HasPrefix(types.ExprString(n.Rhs[0]), "reflect.New(") {
						made[types.ExprString(n.Lhs[0])] = true
					}
				case *ast.SelectorExpr:
					if x := types.ExprString(n.X); slices.Contains(writers, n.Sel.Name) && !made[x] && x != "e" || // the buffer
						x == "unsafe" {
						t.Errorf("%s mentions %s", name, types.ExprString(n))
					}
				}
				return true
			})
		}
	}
}

// A strings.Replacer is written to by the function that its sync.Once calls, and
// nothing that it is made of by what replaces.
func TestFillsItself(t *testing.T) {
	if got := strings.Fields(fillsItself.Text); !slices.Equal(got, []string{"strings", "Replacer"}) {
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
