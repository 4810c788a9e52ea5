package code

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A mutant is a source file with one token of one declaration changed.
type mutant struct {
	path string
	decl string // its first name
	line int    // of that name
	src  []byte
}

// mutants changes a token of each declaration of a file in turn: a literal
// where there is one, else what its kind allows.
func mutants(path string) ([]mutant, error) {
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, path, src, parser.SkipObjectResolution)
	if err != nil {
		return nil, nil
	}
	var list []mutant
	add := func(name *ast.Ident, n ast.Node, fallback func() (token.Pos, string)) {
		pos, old, text := token.NoPos, "", ""
		ast.Inspect(n, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && pos == token.NoPos {
				switch lit.Kind {
				case token.INT:
					pos, old, text = lit.Pos(), lit.Value, "("+lit.Value+")"
				case token.STRING:
					pos, old, text = lit.Pos(), lit.Value, lit.Value[:1]+"z"+lit.Value[1:]
				}
			}
			_, isField := n.(*ast.Field) // tags are strings too, but of odd syntax
			return !isField
		})
		if pos == token.NoPos {
			pos, text = fallback()
		}
		if pos == token.NoPos {
			return
		}
		at := fset.PositionFor(pos, false).Offset
		changed := slices.Concat(src[:at], []byte(text), src[at+len(old):])
		list = append(list, mutant{path: path, decl: name.Name, line: fset.PositionFor(name.Pos(), false).Line, src: changed})
	}
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			add(d.Name, d, func() (token.Pos, string) {
				if d.Body == nil {
					return token.NoPos, ""
				}
				return d.Body.Lbrace + 1, " _ = 0; "
			})
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					add(s.Name, s.Type, func() (token.Pos, string) {
						if st, ok := s.Type.(*ast.StructType); ok {
							return st.Fields.Opening + 1, " _ int; "
						}
						return s.Type.Pos(), "*"
					})
				case *ast.ValueSpec:
					add(s.Names[0], s, func() (token.Pos, string) {
						if len(s.Values) > 0 {
							return s.Values[0].Pos(), "0+"
						}
						if s.Type != nil {
							return s.Type.Pos(), "*"
						}
						return token.NoPos, ""
					})
				}
			}
		}
	}
	return list, nil
}

// mutate changes each declaration of the local import graph of a test binary, in
// a copy of its module, and compares the closures of fn before and after.
func mutate(t *testing.T, b func() *Binary, fn string, max int) (inside, outside int) {
	base := b()
	d, err := FindDeps(base, fn)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]bool{}
	for _, p := range base.loaded.graph.ByPath {
		for _, f := range p.Files {
			files[f.Path] = true
		}
	}
	var all []mutant
	for path := range files {
		list, err := mutants(path)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, list...)
	}
	slices.SortFunc(all, func(a, b mutant) int { return strings.Compare(fmt.Sprint(a.path, a.line), fmt.Sprint(b.path, b.line)) })
	step := max1(len(all) / max)
	cache := &memCache{m: map[string][]byte{}}
	for i := 0; i < len(all); i += step {
		m := all[i]
		changed, err := mutated(b(), m, fn, cache)
		if err != nil {
			t.Errorf("%s:%d %s: %v", m.path, m.line, m.decl, err)
			continue
		}
		rel := base.loaded.graph.Relative(m.path)
		live := slices.ContainsFunc(d.Decls(), func(x Decl) bool { return x.File == rel && x.Line == m.line })
		changes := Explain(d.Closure, changed)
		named := slices.ContainsFunc(changes, func(c Change) bool { return strings.Contains(c.Text, fmt.Sprintf("(%s:%d)", rel, m.line)) })
		switch {
		case live:
			inside++
			if changed.Digest == d.Digest || !named {
				t.Errorf("%s: %s (%s:%d) was changed and is not told: %v", fn, m.decl, rel, m.line, changes)
			}
		default:
			outside++
			if changed.Digest != d.Digest && !explains(d, m, changes) {
				t.Errorf("%s: %s (%s:%d) is outside and was told: %v", fn, m.decl, rel, m.line, changes)
			}
		}
	}
	return inside, outside
}

// explains: a package that counts whole is told by the name of a file.
func explains(d *Deps, m mutant, changes []Change) bool {
	return len(d.Fallback) > 0 && len(changes) == 1 && strings.HasSuffix(changes[0].Subject, filepath.Base(m.path))
}

func max1(n int) int { return max(n, 1) }

// mutated returns the closure of fn with a mutant in place of its file.
func mutated(b *Binary, m mutant, fn string, cache Cache) (*Closure, error) {
	if _, err := mutatedProgram(b, m, cache); err != nil {
		return nil, err
	}
	d, err := FindDeps(b, fn)
	if err != nil {
		return nil, err
	}
	return d.Closure, nil
}

// mutatedProgram loads the code of a test binary while a mutant is in the place
// of its file.
func mutatedProgram(b *Binary, m mutant, cache Cache) (*program, error) {
	if _, err := parser.ParseFile(token.NewFileSet(), m.path, m.src, 0); err != nil {
		return nil, fmt.Errorf("the mutant does not parse: %w", err)
	}
	original, err := os.ReadFile(m.path)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(m.path, m.src, 0o644); err != nil {
		return nil, err
	}
	defer os.WriteFile(m.path, original, 0o644)
	return b.program(cache)
}

// copyTree returns a copy of a directory.
func copyTree(t *testing.T, dir string) string {
	to := writeTree(t)
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return to
}

// TestMutation changes a token of each declaration in turn. What is inside the
// closure must change its digest and be named, what is outside must not. With
// CACHETEST_MUTATION=DIR:FUNC,... it does so for packages named there too.
func TestMutation(t *testing.T) {
	total := [2]int{}
	root := copyTree(t, adversarial)
	for _, c := range []struct{ pkg, fn string }{
		{"plugin", "TestRegistry"}, {"plugin", "TestUnrelated"}, {"byname", "TestByName"}, {"byname", "TestPromoted"}, {"names", "TestDot"}, {"names", "TestAlias"},
		{"names", "TestGeneric"}, {"names", "TestIota"}, {"embedded", "TestFile"}, {"asm", "TestAdd"}, {"link", "TestBoth"},
		{"tags", "TestName"}, {"hooks", "TestHook"}, {"hooks", "TestMethodValue"}, {"state", "TestRows"}, {"opaque", "TestRead"},
		{"zone", "TestYear"}, {"before", "TestGet"}, {"cgo", "TestTwice"},
	} {
		in, out := mutate(t, func() *Binary { return isolated(filepath.Join(root, c.pkg)) }, c.fn, 1000)
		total[0], total[1] = total[0]+in, total[1]+out
	}
	t.Logf("adversarial module: %d changes inside, %d outside", total[0], total[1])
	for spec := range strings.SplitSeq(os.Getenv("CACHETEST_MUTATION"), ",") {
		dir, fn, ok := strings.Cut(spec, ":")
		if !ok {
			continue
		}
		mods, err := Static(dir).Modules()
		if err != nil {
			t.Fatal(err)
		}
		rel, err := filepath.Rel(mods.Root, dir)
		if err != nil {
			t.Fatal(err)
		}
		root := copyTree(t, mods.Root)
		in, out := mutate(t, func() *Binary { return Static(filepath.Join(root, rel)) }, fn, 300)
		t.Logf("%s %s: %d changes inside, %d outside", dir, fn, in, out)
	}
}
