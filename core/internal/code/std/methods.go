package std

import (
	_ "embed"
	"strings"
	"sync"
)

// methods is what TestMethods derives of the version of Go that the table is of, a
// line each: the names of the methods of interfaces, those of the methods that hand
// out methods, and the packages that call these, or import one that does.
//
//go:embed methods.txt
var methods string

var methodLines = sync.OnceValue(func() (lines [3]Words) {
	for i, line := range strings.SplitN(methods, "\n", len(lines)) {
		lines[i] = Words(" " + strings.TrimSpace(line) + " ")
	}
	return lines
})

// CallsMethod reports whether the library may call a method of a name of what it is
// given, through an interface.
func CallsMethod(name string) bool { return isNewer() || methodLines()[0].Has(name) }

// HandsOutMethods reports whether a method of a name hands out methods of which the
// name stands nowhere: those of package reflect do.
func HandsOutMethods(name string) bool { return methodLines()[1].Has(name) }

// CallsAnyMethod reports whether a package of the library may call any method of
// what it is given, as templates do.
func CallsAnyMethod(path string) bool { return methodLines()[2].Has(path) }
