package std

import (
	"go/ast"
	"go/types"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestMethods: which methods the library may call is what is derived from it, in any of its
// versions.
func TestMethods(t *testing.T) {
	if !*update && os.Getenv("CACHETEST_LONG") == "" {
		t.Skip("set CACHETEST_LONG to derive the methods again")
	}
	var found [3]map[string]bool
	for i := range found {
		found[i] = map[string]bool{}
	}
	for _, release := range releases() {
		l := loaded(t, release, system)
		handOut := l.methodsThatHandOut(t)
		maps.Copy(found[0], l.interfaceMethods())
		for fn := range handOut {
			found[1][fn.Name()] = true
		}
		for _, path := range l.packagesThatCall(handOut) {
			found[2][path] = true
		}
	}
	var lines [len(found)]string
	for i, words := range found {
		lines[i] = strings.Join(slices.Sorted(maps.Keys(words)), " ")
	}
	for i, line := range lines {
		for word := range strings.FieldsSeq(line) {
			if !methodLines()[i].Has(word) && !*update {
				t.Errorf("line %d of methods.txt lacks %s", i+1, word)
			}
		}
	}
	if text := strings.Join(lines[:], "\n") + "\n"; *update {
		if err := os.WriteFile("methods.txt", []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	} else if len(releases()) > 1 && text != methods {
		t.Errorf("methods.txt is\n%s\nbut derived is\n%s\ngo test ./core/internal/code/std -run Methods -update writes it anew", methods, text)
	}
}

// interfaceMethods returns the names of the methods of all interfaces, of which
// those of other packages have only exported ones.
func (l *library) interfaceMethods() map[string]bool {
	names := map[string]bool{}
	for _, files := range l.files {
		for _, f := range files {
			ast.Inspect(f, func(n ast.Node) bool {
				if i, ok := n.(*ast.InterfaceType); ok {
					for _, m := range i.Methods.List {
						for _, name := range m.Names {
							if name.IsExported() {
								names[name.Name] = true
							}
						}
					}
				}
				return true
			})
		}
	}
	return names
}

// methodsThatHandOut returns the methods of reflect.Type that return a Method, and
// those of reflect.Value that go by their names.
func (l *library) methodsThatHandOut(t *testing.T) map[*types.Func]bool {
	found, names := map[*types.Func]bool{}, map[string]bool{}
	scope := l.packages["reflect"].Scope()
	for m := range scope.Lookup("Type").Type().Underlying().(*types.Interface).Methods() {
		if strings.Contains(m.Signature().Results().String(), "reflect.Method") {
			found[m], names[m.Name()] = true, true
		}
	}
	for m := range scope.Lookup("Value").Type().(*types.Named).Methods() {
		if names[m.Name()] {
			found[m] = true
		} else if m.Exported() && l.assignsWith(m, scope.Lookup("flagMethod")) {
			t.Errorf("%v makes a method, and none of reflect.Type has its name", m)
		}
	}
	return found
}

// assignsWith reports whether an assignment in a function mentions a constant.
func (l *library) assignsWith(fn *types.Func, what types.Object) (found bool) {
	ast.Inspect(l.bodies[fn].Body, func(n ast.Node) bool {
		if s, ok := n.(*ast.AssignStmt); ok {
			ast.Inspect(s, func(n ast.Node) bool {
				id, ok := n.(*ast.Ident)
				found = found || ok && l.info.Uses[id] == what
				return true
			})
		}
		return true
	})
	return found
}

// packagesThatCall returns the packages that mention one of some methods of package
// reflect, or import one that does.
func (l *library) packagesThatCall(methods map[*types.Func]bool) (paths []string) {
	calls := map[string]bool{}
	for path, files := range l.files {
		for _, f := range files {
			ast.Inspect(f, func(n ast.Node) bool {
				id, ok := n.(*ast.Ident)
				if fn, isFunc := l.info.Uses[id].(*types.Func); ok && isFunc && methods[fn] {
					calls[path] = true
				}
				return true
			})
		}
	}
	delete(calls, "reflect")
	for _, path := range publicPackages(l.context.GOROOT) {
		if p := l.packages[path]; p != nil {
			for imp := range withImports(p) {
				if calls[imp.Path()] {
					paths = append(paths, path)
					break
				}
			}
		}
	}
	return paths
}
