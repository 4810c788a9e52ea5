package capture

import (
	"fmt"
	"go/ast"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// A remedy is what can be done about a value that nothing tells.
type remedy struct {
	kind remedyKind
	what string // "a function"; "" if it is not known
	try  bool   // With may hash it, and its name can be written at the call
}

type remedyKind int

const (
	unknownValue remedyKind = iota
	withValue               // With hashes it, and its name can be written at the call
	outOfScope              // With hashes it, but the call does not stand where it can be named
	typeParam               // With("T", (*T)(nil))
	neverHashed             // no With can hash it
	temporary               // its name differs from run to run
	unsteady                // so does its value
	answer                  // a testing handle's, of which only IgnoreCapture takes care
	receiver                // a method's, which has no name
	uncopied                // it holds a lock, and go vet reports who copies that
	setInside               // the function sets it, too
)

// remedyFor says what can be done about a variable, or a part of it, of a type.
func (j *judge) remedyFor(d *scope.Def, t typ) remedy {
	visible := j.call != nil && j.file.Visible(d, j.call.Pos())
	if d.Kind == scope.TypeParam {
		if !visible {
			return remedy{kind: outOfScope}
		}
		return remedy{kind: typeParam}
	}
	if kind := j.fleeting(d); kind != unknownValue {
		return remedy{kind: kind}
	}
	if j.locks(t, 0) {
		return remedy{kind: uncopied}
	}
	if what := j.unhashable(t, 0); what != "" {
		return remedy{kind: neverHashed, what: what}
	}
	switch {
	case !j.hashable(t, 0):
		return remedy{try: visible}
	case !visible:
		return remedy{kind: outOfScope}
	}
	return remedy{kind: withValue}
}

// fleeting tells whether a variable is set from what differs in every run: a
// temporary directory or file, the clock.
func (j *judge) fleeting(d *scope.Def) (kind remedyKind) {
	value, _ := definition(j.file, d)
	if assign, ok := d.Node.(*ast.AssignStmt); ok && value == nil {
		value = assign.Rhs[0]
	}
	if value == nil {
		return unknownValue
	}
	ast.Inspect(value, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		path, name := j.qualified(j.file, call.Fun)
		sel, _ := call.Fun.(*ast.SelectorExpr)
		switch {
		case sel != nil && name == "" && sel.Sel.Name == "TempDir" && j.isHandle(j.file, sel.X), path == "os" && (name == "MkdirTemp" || name == "CreateTemp"):
			kind = temporary
		case path != "" && j.pkg.Unsteady(path, name):
			kind = unsteady
		}
		return kind == unknownValue
	})
	return kind
}

// unhashable says what a type surely is that no With can hash, "" if it is not
// known to be one.
func (j *judge) unhashable(t typ, depth int) string {
	if depth > maxDepth {
		return ""
	}
	if j.isHandleType(t) {
		return "a testing handle"
	}
	e := ast.Unparen(t.expr)
	if star, ok := e.(*ast.StarExpr); ok {
		e = star.X
	}
	if t.file != nil {
		path, name := j.qualifiedType(typ{e, t.file})
		switch path + "." + name {
		case "context.Context", "context.CancelFunc":
			return "a " + strings.ToLower(strings.TrimSuffix(name, "Func"))
		case "os.File", "os.Root":
			return "an open file"
		case "log.Logger", "log/slog.Logger":
			return "a logger"
		}
	}
	u := j.under(t)
	if star, ok := u.expr.(*ast.StarExpr); ok {
		u = j.under(typ{star.X, u.file})
	}
	switch e := u.expr.(type) {
	case *ast.Ident:
		if e.Name == "error" {
			return "an error"
		}
	case *ast.FuncType:
		return "a function"
	case *ast.ChanType:
		return "a channel"
	case *ast.InterfaceType:
		if len(e.Methods.List) > 0 {
			return "an interface"
		}
	case *ast.StructType:
		for _, f := range e.Fields.List {
			if what := j.unhashable(typ{f.Type, u.file}, depth+1); what != "" {
				return "a struct with " + strings.TrimPrefix(what, "a struct with ") + " in it"
			}
		}
	}
	return ""
}

// hashable reports whether values of a type surely can be hashed.
func (j *judge) hashable(t typ, depth int) bool {
	if depth > maxDepth {
		return true // a type that is made of itself
	}
	if j.immutable(t) {
		return j.unhashable(t, 0) == ""
	}
	return j.eachPart(t, func(part typ) bool { return j.hashable(part, depth+1) })
}

// holdsNoCode reports whether values of a type surely bring no code along: they
// are basic, or made of what is.
func (j *judge) holdsNoCode(t typ, depth int) bool {
	if depth > maxDepth {
		return true
	}
	if path, name := j.qualifiedType(t); path != "" && j.pkg.Immutable(path, name) {
		return true
	}
	return j.eachPart(t, func(part typ) bool { return j.holdsNoCode(part, depth+1) })
}

// eachPart reports whether a type is basic, or made of parts that all are ok.
func (j *judge) eachPart(t typ, ok func(part typ) bool) bool {
	u := j.under(t)
	switch e := u.expr.(type) {
	case *ast.Ident:
		return syntax.IsBasicType(e.Name)
	case *ast.ArrayType:
		return ok(typ{e.Elt, u.file})
	case *ast.MapType:
		return ok(typ{e.Key, u.file}) && ok(typ{e.Value, u.file})
	case *ast.StarExpr:
		return ok(typ{e.X, u.file})
	case *ast.StructType:
		return !slices.ContainsFunc(e.Fields.List, func(f *ast.Field) bool { return !ok(typ{f.Type, u.file}) })
	}
	return false
}

// qualifier returns what the API is called by where the call stands: "cachetest."
// unless the call says otherwise.
func (s *site) qualifier() string {
	if s.call != nil {
		switch sel, _ := ast.Unparen(s.call.Fun).(*ast.SelectorExpr); {
		case sel == nil && s.ours(s.file, s.call.Fun) != "":
			return ""
		case sel != nil && s.ours(s.file, sel) != "":
			return sel.X.(*ast.Ident).Name + "."
		}
	}
	return "cachetest."
}

// Message says of values that nothing tells what they are and what to do about
// each: one list of options for all that options can tell, and a sentence for
// each other. place is that of the call.
func (r Result) Message(place string, values []Value) string {
	var names, options, others []string
	for _, v := range values {
		names = append(names, v.String())
		switch v.remedy.kind {
		case withValue:
			options = append(options, fmt.Sprintf("%sWith(%q, %s)", r.qualifier, v.Name, v.Name))
		case typeParam:
			options = append(options, fmt.Sprintf("%sWith(%q, (*%s)(nil))", r.qualifier, v.Name, v.Name))
		default:
			others = append(others, v.Name+v.remedy.text(r.qualifier, v.Name)+r.orIgnore(v))
		}
	}
	if len(options) > 0 {
		others = append([]string{"add " + strings.Join(options, ", ")}, others...)
	}
	are := "is"
	if len(values) > 1 {
		are = "are"
	}
	return fmt.Sprintf("the build function at %s uses %s, which %s not part of the key: %s", place, enumerate(names), are, strings.Join(others, "; "))
}

func (r Result) orIgnore(v Value) string {
	if v.remedy.kind == receiver {
		return ""
	}
	return fmt.Sprintf(", or add %sIgnoreCapture(%q) if it cannot matter", r.qualifier, v.Name)
}

// text says what to do about a value that no option tells.
func (m remedy) text(qualifier, name string) string {
	switch m.kind {
	case outOfScope:
		return " is not in scope at the call: put it into the key there, pass it by Call"
	case neverHashed:
		return " is " + m.what + ": make it inside the build function, pass what is used of it by With or Call"
	case temporary:
		return " names a temporary directory or file: make it inside the build function, or use Dir"
	case unsteady:
		return " differs from run to run: make it inside the build function"
	case answer:
		return " differs from run to run: do not ask for it inside the build function"
	case setInside:
		return " is set in the build function, too: declare it inside the build function"
	case receiver:
		return " has no name: hand over a function literal that makes it"
	}
	what := "is not known here"
	switch {
	case m.try:
		return fmt.Sprintf(" is of a type that %s: add %sWith(%q, %s), which fails at once if it is not data, or make it inside the build function", what, qualifier, name, name)
	case m.kind == uncopied:
		what = "must not be copied"
	}
	return " is of a type that " + what + ": copy what is used of it into variables of basic types and add With for each, or make it inside the build function"
}

// enumerate joins words as a sentence does.
func enumerate(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}
