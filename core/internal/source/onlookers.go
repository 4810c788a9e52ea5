package source

//lint:file-ignore SA1019 see resolve.go

import (
	"go/ast"
	"slices"
	"strconv"
	"strings"
)

// onlookers are functions of other packages that look at values and leave them
// alone, but for those of writesTo; "*" stands for all of a package.
var onlookers = nameTable{text: `
	fmt Print Printf Println Sprint Sprintf Sprintln Errorf Fprintf Fprintln
	reflect DeepEqual
	slices Equal Contains Index
	maps Equal
	bytes Equal Contains
	strings *
	encoding/json Marshal MarshalIndent
	errors Is As Join
	github.com/google/go-cmp/cmp Equal Diff
	github.com/stretchr/testify/assert *
	github.com/stretchr/testify/require *
`}

// writesTo are the arguments of onlookers, by their number, that are written to
// after all, or called; -1 stands for all of them.
var writesTo = nameTable{text: `
	fmt Fprint:0 Fprintf:0 Fprintln:0
	errors As:1
	github.com/stretchr/testify/assert ErrorAs:2 ErrorAsf:2 NotErrorAs:2 NotErrorAsf:2
	github.com/stretchr/testify/assert Condition:-1 Conditionf:-1 Eventually:-1 Eventuallyf:-1 EventuallyWithT:-1 EventuallyWithTf:-1 Never:-1 Neverf:-1
	github.com/stretchr/testify/require ErrorAs:2 ErrorAsf:2 NotErrorAs:2 NotErrorAsf:2
	github.com/stretchr/testify/require Condition:-1 Conditionf:-1 Eventually:-1 Eventuallyf:-1 EventuallyWithT:-1 EventuallyWithTf:-1 Never:-1 Neverf:-1
`}

// looksOn reports whether a function of another package leaves alone what it is
// given as its argument of a number.
func looksOn(path, name string, arg int) bool {
	return onlookers.has(extRef{path: path, name: name}) && !slices.ContainsFunc(writesTo.of(path), func(entry string) bool {
		fn, written, _ := strings.Cut(entry, ":")
		return fn == name && (written == "-1" || written == strconv.Itoa(arg))
	})
}

// memories are types that hold what is printing into them. Of others it is taken
// to leave the process.
var memories = wordSet{text: `bytes.Buffer *bytes.Buffer bytes.NewBuffer() bytes.NewBufferString() strings.Builder *strings.Builder`}

// printing is the method of an opCall that stands for fmt.Fprint and its kin.
const printing = "Fprint"

// printedInto notes what fmt.Fprint and its kin are to print into.
func (w *walker) printedInto(c *ast.CallExpr) {
	path, name := w.qualified(c.Fun)
	if path != "fmt" || !strings.HasPrefix(name, printing) || len(c.Args) == 0 {
		return
	}
	id, ok := ast.Unparen(c.Args[0]).(*ast.Ident)
	switch {
	case !ok:
	case !w.isParam(id):
		w.write(id, "", write{op: opCall, method: printing}, &always)
	default:
		if f, ok := id.Obj.Decl.(*ast.Field); ok && memories.has(typeOf(f.Type)) {
			w.keepParam(int(w.about(id.Obj).param) - 1)
		}
	}
}
