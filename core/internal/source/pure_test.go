package source

import (
	gobuild "go/build"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// goRoot skips where there is no source of Go.
func goRoot(t *testing.T) string {
	root := gobuild.Default.GOROOT
	if _, err := os.Stat(filepath.Join(root, "src", "fmt")); err != nil {
		t.Skip(err)
	}
	return root
}

// entries returns the paths and the names of a table.
func entries(table *nameTable) (list []extRef) {
	for line := range strings.Lines(table.text) {
		if words := strings.Fields(line); len(words) > 0 {
			for _, w := range words[1:] {
				list = append(list, extRef{path: words[0], name: w})
			}
		}
	}
	return list
}

// Each variable of a package that counts as pure is in the list of those that
// can be changed, or holds nothing that can.
func TestVariablesOfPurePackages(t *testing.T) {
	root := goRoot(t)
	rand := extRef{path: "crypto/rand", name: "Reader"} // an empty struct
	for path := range strings.FieldsSeq(purePackages.text) {
		pk, err := loadPack(path, filepath.Join(root, "src", filepath.FromSlash(path)), noCache{}, wants{})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range pk.files {
			for i := 0; f.facts != nil && !f.facts.isTest() && f.facts.pkg != "main" && i < len(f.facts.decls); i++ {
				for _, name := range variablesOf(&f.facts.decls[i]) {
					x := extRef{path: path, name: name}
					if !impureNames.has(x.path, x.name) && !pointerVariables.has(x.path, x.name) && !std.ImmutableVar(path, name) && !isUnicodeTable(x) && x != rand {
						t.Errorf("%s.%s (%s) is in no list", path, name, f.facts.decls[i].form)
					}
				}
			}
		}
	}
}

// What package std knows need not stand in a list too, nor may a list deny it.
func TestPureNames(t *testing.T) {
	for _, x := range entries(&pureNames) {
		if std.Pure(x.path, x.name) {
			t.Errorf("%s.%s is in the list, and known as pure", x.path, x.name)
		}
	}
	for _, x := range entries(&impureNames) {
		if std.Pure(x.path, x.name) || std.ImmutableVar(x.path, x.name) {
			t.Errorf("%s.%s is in the list, and known as pure", x.path, x.name)
		}
	}
}

// variablesOf returns the exported variables of a declaration, errors apart.
func variablesOf(d *declFact) (names []string) {
	for i := 0; d.kind == kindVar && i < d.count(); i++ {
		if name := d.nameAt(i).name; name[0] >= 'A' && name[0] <= 'Z' && !strings.Contains(d.form, "errors.New") && !strings.HasPrefix(d.form, "error") {
			names = append(names, name)
		}
	}
	return names
}
