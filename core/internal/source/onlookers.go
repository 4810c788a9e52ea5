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

// harmless reports whether a mention hands the value to a function that is
// known to leave it alone: an onlooker, one of ours, a testing handle's.
func (r *resolver) harmless(id *ast.Ident) bool { return r.handedTo(id) != stranger }

// A taker is whom a mention hands a value to.
type taker int

const (
	stranger taker = iota // nobody, or nobody who is known to leave it alone
	handle                // a method of a testing handle
	onlooker              // who looks at it
)

func (r *resolver) handedTo(id *ast.Ident) taker {
	e := r.selected(id)
	call, ok := r.parent[e].(*ast.CallExpr)
	if !ok || call.Fun == e {
		return stranger
	}
	arg := slices.Index(call.Args, e)
	path, name := r.qualified(call.Fun)
	switch {
	case isOurs(path) && (name != "Call" || arg != 2 || r.argumentStays(call)), looksOn(path, name, arg):
		return onlooker
	}
	if sel, ok := call.Fun.(*ast.SelectorExpr); ok && r.isHandleExpr(sel.X) {
		return handle
	}
	return stranger
}

// argumentStays reports whether the fn of Call only looks at its argument.
func (r *resolver) argumentStays(call *ast.CallExpr) bool {
	if len(call.Args) < 4 {
		return false
	}
	lit, ok := call.Args[3].(*ast.FuncLit)
	if !ok || len(lit.Type.Params.List) != 1 {
		return false
	}
	for _, name := range lit.Type.Params.List[0].Names {
		if name.Obj != nil && (&checker{resolver: r}).changes(name.Obj, fluid) {
			return false
		}
	}
	return true
}
