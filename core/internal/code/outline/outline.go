// Package outline tells what the names of packages stand for by the facts of their
// files alone: of a declaration it knows the form, which it parses when it is asked.
//
// It reads no file and does not fail: a name of which the facts tell nothing is unknown.
package outline

import (
	"go/ast"
	"go/parser"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
	"github.com/fixturecache/fixturecache/core/internal/code/types"
)

// Packages implement types.Package.
type Packages struct {
	find   func(path string) (*graph.Package, types.Kind)
	result func(*types.File, *ast.CallExpr) (types.Type, bool)
	parsed map[string]ast.Expr // by form
	files  map[*graph.File]*types.File
}

// New returns the packages that find finds by their import paths: nil for one that is not
// at hand, with the kind that all its names are taken for. result, unless it is nil, is
// the Result of their files.
func New(find func(path string) (*graph.Package, types.Kind), result func(*types.File, *ast.CallExpr) (types.Type, bool)) *Packages {
	return &Packages{find, result, map[string]ast.Expr{}, map[*graph.File]*types.File{}}
}

// File returns the outline of a file of a package.
func (s *Packages) File(path string, of *graph.File) *types.File {
	f := s.files[of]
	if f == nil {
		imports := syntax.Imports{Paths: of.Names, Dots: of.Dots}
		if of.Names == nil { // no graph has resolved them
			for _, imp := range of.Facts.Imports {
				imports.Add(imp.Name, imp.Path)
			}
		}
		f = &types.File{Package: s, In: path, Imports: imports, Result: s.result}
		s.files[of] = f
	}
	return f
}

// Parse returns the expression of a form, or nil if it is none.
func (s *Packages) Parse(form string) ast.Expr {
	e, ok := s.parsed[form]
	if !ok {
		if parsed, err := parser.ParseExpr(form); err == nil {
			e = parsed
		}
		s.parsed[form] = e
	}
	return e
}

var kinds = [...]types.Kind{facts.KindConst: types.Constant, facts.KindType: types.TypeName, facts.KindFunc: types.Func, facts.KindVar: types.Variable}

// Kind returns the kind of all declarations of a name.
func (s *Packages) Kind(path, name string) types.Kind {
	p, kind := s.find(path)
	if p == nil {
		return kind
	}
	switch list := p.Decls[name]; {
	case len(list) == 0:
		return types.Undeclared
	case slices.ContainsFunc(list, func(n *graph.Node) bool { return n.Fact.Kind != list[0].Fact.Kind }):
		return types.Unknown
	default:
		return kinds[list[0].Fact.Kind]
	}
}

// Decl returns the only declaration of a name, as far as facts keep it.
func (s *Packages) Decl(path, name string) (ast.Node, *types.File) {
	p, _ := s.find(path)
	if p == nil || len(p.Decls[name]) != 1 {
		return nil, nil
	}
	n := p.Decls[name][0]
	form, f := s.Parse(n.Fact.Form), s.File(path, n.File)
	switch n.Fact.Kind {
	case facts.KindType:
		spec := &ast.TypeSpec{Type: form}
		if n.Fact.Alias {
			spec.Assign = 1
		}
		return spec, f
	case facts.KindVar, facts.KindConst:
		return s.Spec(n), f
	case facts.KindFunc:
		if sig, ok := form.(*ast.FuncType); ok {
			return &ast.FuncDecl{Type: sig}, f
		}
	}
	return nil, nil
}

// Spec returns the declaration of variables or constants.
func (s *Packages) Spec(n *graph.Node) *ast.ValueSpec {
	spec := &ast.ValueSpec{Type: s.Parse(n.Fact.Form)}
	for _, d := range n.Fact.Names {
		spec.Names = append(spec.Names, ast.NewIdent(d.Name))
	}
	for _, v := range n.Fact.Values {
		spec.Values = append(spec.Values, s.Parse(v))
	}
	return spec
}

// Method reports whether a type has a method, and whether of its pointer.
func (s *Packages) Method(path, typ, name string) (found, pointer bool) {
	p, _ := s.find(path)
	if p == nil {
		return true, true
	}
	for _, n := range p.Methods[typ] {
		if n.Fact.Name == name {
			found, pointer = true, pointer || n.Fact.Pointer
		}
	}
	return found, pointer
}
