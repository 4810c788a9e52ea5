package fixturecache_test

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// public are the packages that users import, with the names that need an example
// that runs.
var public = map[string][]string{
	"cachetest":             {"Memo", "Call", "Dir", "File", "GoBuild", "Main", "With", "Files", "Version", "Options"},
	"cachetest/golden":      {"Equal", "Dir"},
	"cachetest/cachescript": {"Setup"},
	"cachetest/gobcodec":    {},
	"core/memo":             {"Get"},
}

// TestDocumentation holds each exported name to a comment that begins with it.
func TestDocumentation(t *testing.T) {
	for dir, examples := range public {
		p, ran, fset := parsePackage(t, dir)
		check := func(name, text string, at token.Pos) {
			first, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(text, "A "), "An "), " ")
			if strings.TrimSuffix(first, ",") != name && !strings.HasPrefix(text, "The ") {
				t.Errorf("%s: the comment of %s begins with %q", fset.Position(at), name, first)
			}
		}
		values := func(list []*doc.Value) {
			for _, v := range list {
				if v.Doc == "" && !allCommented(v.Decl) {
					t.Errorf("%s: %v have no comment", fset.Position(v.Decl.Pos()), v.Names)
				}
			}
		}
		funcs := func(list []*doc.Func) {
			for _, f := range list {
				check(f.Name, f.Doc, f.Decl.Pos())
			}
		}
		values(p.Consts)
		values(p.Vars)
		funcs(p.Funcs)
		for _, typ := range p.Types {
			check(typ.Name, typ.Doc, typ.Decl.Pos())
			values(typ.Vars) // the constants of a type are its comment's
			funcs(typ.Funcs)
			for _, m := range typ.Methods {
				if m.Name != "Error" && m.Name != "Unwrap" && m.Name != "String" {
					check(m.Name, m.Doc, m.Decl.Pos())
				}
			}
		}
		for _, name := range examples {
			if !slices.Contains(ran, name) {
				t.Errorf("%s: %s has no example that runs", dir, name)
			}
		}
	}
}

// TestPackageDocs holds the documentation of golden and cachescript to what they have:
// each exported function, and each command and condition of scripts by its usage.
func TestPackageDocs(t *testing.T) {
	for _, dir := range []string{"cachetest/golden", "cachetest/cachescript"} {
		p, _, _ := parsePackage(t, dir)
		funcs := p.Funcs
		for _, typ := range p.Types {
			funcs = append(funcs, typ.Funcs...)
		}
		for _, f := range funcs {
			if !strings.Contains(p.Doc, "["+f.Name+"]") && !strings.Contains(p.Doc, dir[len("cachetest/"):]+"."+f.Name+"(") {
				t.Errorf("%s: the documentation of the package does not name %s", dir, f.Name)
			}
		}
	}
	scripts, _, _ := parsePackage(t, "cachetest/cachescript")
	usage := regexp.MustCompile(`"usage: ([^"]*)"`)
	n := 0
	for _, file := range []string{"fixture.go", "setup.go"} {
		for _, found := range usage.FindAllStringSubmatch(readDoc(t, "cachetest/cachescript/"+file), -1) {
			for form := range strings.SplitSeq(found[1], " | ") {
				if n++; !strings.Contains(scripts.Doc, form+"\n") {
					t.Errorf("the documentation of cachescript does not have %q", form)
				}
			}
		}
	}
	if n != 4 || !strings.Contains(scripts.Doc, "[fixture:NAME]") {
		t.Errorf("%d forms of commands", n)
	}
}

// parsePackage returns what is documented, and the names with examples that run.
func parsePackage(t *testing.T, dir string) (p *doc.Package, ran []string, fset *token.FileSet) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(names) == 0 {
		t.Fatal(dir, err)
	}
	fset = token.NewFileSet()
	var files []*ast.File
	for _, name := range names {
		f, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	for _, e := range doc.Examples(files...) {
		if e.Output != "" {
			ran = append(ran, e.Name)
		}
	}
	if p, err = doc.NewFromFiles(fset, files, module+"/"+dir); err != nil {
		t.Fatal(err)
	}
	return p, ran, fset
}

// allCommented reports whether each exported name of a group has a comment.
func allCommented(decl *ast.GenDecl) bool {
	for _, spec := range decl.Specs {
		if v, ok := spec.(*ast.ValueSpec); ok && v.Names[0].IsExported() && v.Doc == nil && v.Comment == nil {
			return false
		}
	}
	return true
}
