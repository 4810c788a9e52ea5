package source

//lint:file-ignore SA1019 see resolve.go

import (
	"go/ast"
	"go/token"
	"slices"
)

// free reports whether the source determines a local variable: it is set once,
// from what is determined itself, and nothing can change it afterwards.
func (c *checker) free(obj *ast.Object) bool {
	if c.state == nil {
		c.state = map[*ast.Object]int{}
	}
	switch c.state[obj] {
	case 1, 3:
		return false // in work: set from itself
	case 2:
		return true
	}
	c.state[obj] = 1
	ok := c.setOnce(obj) || c.rowOfTable(obj)
	c.state[obj] = 3
	if ok {
		c.state[obj] = 2
	}
	return ok
}

func (c *checker) setOnce(obj *ast.Object) bool {
	def, stmt := c.definition(obj)
	if stmt == nil {
		return false
	}
	kind := solid
	if def == nil { // var x T
		kind = fluid
		if spec, ok := stmt.(*ast.ValueSpec); ok && isBasic(spec.Type) {
			kind = solid
		}
	} else if kind = c.determine(def); kind == unknown {
		return false
	}
	if c.changes(obj, kind) {
		return false
	}
	c.include(stmt)
	return true
}

// rowOfTable: the row of a table whose name, or index, is told. The key is
// then as good as the row, for the table is part of the code.
func (c *checker) rowOfTable(obj *ast.Object) bool {
	row, ok := c.cover.rows[c.origin(ref{obj: obj}).obj]
	if !ok || c.changes(obj, fluid) {
		return false
	}
	c.cover.rely(row.by)
	c.include(row.table)
	return true
}

// A firmness says how far a determined value is out of reach of other code.
type firmness int

const (
	unknown firmness = iota // not determined
	fluid                   // determined, but whoever gets it can change its parts
	solid                   // a copy of it has nothing in common with it
)

// changes reports whether something may give a variable another value than the
// one it was defined with.
func (c *checker) changes(obj *ast.Object, kind firmness) bool {
	reads, writes := false, false
	for _, id := range c.uses[obj] {
		if id.Pos() == obj.Pos() {
			continue
		}
		u := c.useOf(id)
		if c.inside(id) {
			// fn's own changes are its own, as long as it does not go on from
			// what an earlier run of it has left.
			reads = reads || u != useWrite
			writes = writes || u == useWrite || u == useAlter
			continue
		}
		switch u {
		case useWrite, useAlter:
			return true
		case useCall:
			// A method may have a pointer receiver, whatever the type.
			if !c.asksTime(id) {
				return true
			}
		case useAlias:
			if kind != solid && !c.harmless(id) {
				return true
			}
		}
	}
	return reads && writes
}

// asksTime reports whether a mention calls a method that package time gives to
// a duration or a time, and that few other types have.
func (c *checker) asksTime(id *ast.Ident) bool {
	sel, ok := c.parent[id].(*ast.SelectorExpr)
	return ok && slices.Contains([]string{"String", "Seconds", "Milliseconds", "Microseconds", "Nanoseconds", "Minutes", "Hours", "Round", "Truncate", "Format", "Unix", "UTC"}, sel.Sel.Name)
}

// onlookers are functions of other packages that look at values and leave them
// alone; "*" stands for all of a package.
var onlookers = map[string][]string{
	"fmt":                                 {"Print", "Printf", "Println", "Sprint", "Sprintf", "Sprintln", "Errorf", "Fprintf", "Fprintln"},
	"reflect":                             {"DeepEqual"},
	"slices":                              {"Equal", "Contains", "Index"},
	"maps":                                {"Equal"},
	"bytes":                               {"Equal", "Contains"},
	"strings":                             {"*"},
	"encoding/json":                       {"Marshal", "MarshalIndent"},
	"errors":                              {"Is", "As", "Join"},
	"github.com/google/go-cmp/cmp":        {"Equal", "Diff"},
	"github.com/stretchr/testify/assert":  {"*"},
	"github.com/stretchr/testify/require": {"*"},
}

// harmless reports whether a mention hands the value to a function that is
// known to leave it alone: an onlooker, one of ours, a testing handle's.
func (c *checker) harmless(id *ast.Ident) bool {
	var n ast.Node = id
	for {
		sel, ok := c.parent[n].(*ast.SelectorExpr)
		if !ok || sel.X != n {
			break
		}
		n = sel
	}
	call, ok := c.parent[n].(*ast.CallExpr)
	if !ok || call.Fun == n {
		return false
	}
	path, name := c.qualified(call.Fun)
	if list := onlookers[path]; isOurs(path) || slices.Contains(list, name) || slices.Contains(list, "*") {
		return true
	}
	if sel, ok := call.Fun.(*ast.SelectorExpr); ok {
		if x, ok := sel.X.(*ast.Ident); ok && x.Obj != nil && x.Obj.Kind == ast.Var {
			return c.isHandle(x.Obj)
		}
	}
	return false
}

// determine tells how firm the value of an expression is.
func (c *checker) determine(e ast.Expr) firmness {
	switch e := e.(type) {
	case *ast.BasicLit:
		return solid
	case *ast.ParenExpr:
		return c.determine(e.X)
	case *ast.Ident:
		return c.determineIdent(e)
	case *ast.UnaryExpr:
		if e.Op == token.ARROW {
			return unknown
		}
		if e.Op == token.AND {
			return min(c.determine(e.X), fluid)
		}
		return c.determine(e.X)
	case *ast.BinaryExpr:
		return min(c.determine(e.X), c.determine(e.Y))
	case *ast.CompositeLit:
		return c.determineComposite(e)
	case *ast.FuncLit:
		if !slices.Contains(c.lits, e) && !slices.ContainsFunc(c.lits, func(l *ast.FuncLit) bool { return within(e.Pos(), l) }) {
			c.lits = append(c.lits, e) // what it captures, fn captures
		}
		return solid
	case *ast.CallExpr:
		return c.determineCall(e)
	case *ast.SelectorExpr:
		return c.determineSelector(e)
	case *ast.IndexExpr:
		return min(c.determine(e.X), c.determine(e.Index))
	}
	return unknown
}

func (c *checker) determineIdent(id *ast.Ident) firmness {
	if id.Obj == nil {
		switch id.Name {
		case "true", "false", "nil", "iota":
			return solid
		}
		if c.isConstant(id.Name) {
			return solid // and in the closure, by its name
		}
		return unknown // a variable of another file, perhaps
	}
	switch id.Obj.Kind {
	case ast.Con, ast.Fun:
		if n, ok := id.Obj.Decl.(ast.Node); ok && !c.pkgLevel(id.Obj) {
			c.include(c.groupOf(n))
		}
		return solid
	case ast.Var:
		if c.pkgLevel(id.Obj) {
			return unknown
		}
		if c.free(id.Obj) || c.coveredWhole(ref{obj: id.Obj}) {
			return c.firmnessOf(id.Obj)
		}
	}
	return unknown
}

// firmnessOf looks again at how a determined variable was defined.
func (c *checker) firmnessOf(obj *ast.Object) firmness {
	if def, _ := c.definition(obj); def != nil {
		switch def.(type) {
		case *ast.BasicLit, *ast.BinaryExpr:
			return solid
		}
	}
	if f, ok := obj.Decl.(*ast.Field); ok && isBasic(f.Type) {
		return solid
	}
	return fluid
}

// coveredWhole: what the key tells is as good as a literal.
func (c *checker) coveredWhole(r ref) bool {
	_, isVar := r.obj.Decl.(ast.Node)
	return isVar && c.cover.covers(c.origin(r)) && !c.reassigned(r.obj)
}

// determineComposite: a struct of solid values given by field name is solid;
// slices, maps and what cannot be told from them are shared by their copies.
func (c *checker) determineComposite(e *ast.CompositeLit) firmness {
	firm := fluid
	if len(e.Elts) > 0 && isNamedType(e.Type) {
		firm = solid
	}
	for _, elt := range e.Elts {
		if kv, ok := elt.(*ast.KeyValueExpr); ok {
			if id, ok := kv.Key.(*ast.Ident); !ok || id.Obj != nil && !c.isFieldKey(id) {
				firm = fluid
				if c.determine(kv.Key) == unknown {
					return unknown
				}
			}
			elt = kv.Value
		} else {
			firm = fluid
		}
		firm = min(firm, c.determine(elt))
	}
	return firm
}

func isNamedType(e ast.Expr) bool {
	switch e.(type) {
	case *ast.Ident, *ast.SelectorExpr, *ast.StructType:
		return true
	}
	return false
}

var basicTypes = map[string]bool{"bool": true, "string": true, "int": true, "int8": true, "int16": true, "int32": true, "int64": true,
	"uint": true, "uint8": true, "uint16": true, "uint32": true, "uint64": true, "uintptr": true, "byte": true, "rune": true,
	"float32": true, "float64": true, "complex64": true, "complex128": true}

func isBasic(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Obj == nil && basicTypes[id.Name]
}

// pureFuncs return what their arguments determine. "*" stands for all of a
// package.
var pureFuncs = map[string][]string{
	"strings":       {"Join", "Repeat", "ToUpper", "ToLower", "TrimSpace", "TrimPrefix", "TrimSuffix", "ReplaceAll", "Split", "Fields"},
	"strconv":       {"Itoa", "Quote", "FormatInt", "FormatUint", "FormatBool"},
	"path":          {"Join", "Base", "Dir", "Ext", "Clean"},
	"path/filepath": {"Join", "Base", "Dir", "Ext", "Clean", "FromSlash", "ToSlash"},
	"fmt":           {"Sprint", "Sprintf", "Sprintln"},
	"context":       {"Background", "TODO"},
	"time":          {"Duration", "Date"},
	"errors":        {"New"},
	"math":          {"*"},
}

func (c *checker) determineCall(e *ast.CallExpr) firmness {
	firm := unknown
	switch fun := ast.Unparen(e.Fun).(type) {
	case *ast.Ident:
		if fun.Obj == nil && (basicTypes[fun.Name] || fun.Name == "len" || fun.Name == "min" || fun.Name == "max") {
			firm = solid
		}
		if fun.Obj == nil && (fun.Name == "make" || fun.Name == "new") {
			return c.determineArgs(e.Args[min(1, len(e.Args)):], fluid)
		}
	case *ast.ArrayType, *ast.MapType:
		firm = fluid
	case *ast.SelectorExpr:
		path, name := c.qualified(fun)
		if list := pureFuncs[path]; slices.Contains(list, name) || slices.Contains(list, "*") {
			firm = solid
			if name == "Split" || name == "Fields" {
				firm = fluid
			}
		}
		if x, ok := fun.X.(*ast.Ident); ok && x.Obj != nil && x.Obj.Kind == ast.Var && c.isHandle(x.Obj) {
			if fun.Sel.Name == "Context" {
				return solid
			}
			if fun.Sel.Name == "Name" && c.cover.covers(ref{x.Obj, ".Name()"}) {
				return solid
			}
		}
	}
	return c.determineArgs(e.Args, firm)
}

func (c *checker) determineArgs(args []ast.Expr, firm firmness) firmness {
	for _, arg := range args {
		if firm == unknown {
			return unknown
		}
		if c.determine(arg) == unknown {
			firm = unknown
		}
	}
	return firm
}

// determineSelector: a constant of a package that exports no variables of the
// kind, or a field of what is determined.
func (c *checker) determineSelector(e *ast.SelectorExpr) firmness {
	if path, name := c.qualified(e); path != "" {
		if path == "math" || path == "time" && name != "Local" {
			return solid
		}
		return unknown
	}
	r, ok := c.refOf(e)
	if !ok {
		return unknown
	}
	if c.free(r.obj) || c.coveredWhole(r) {
		return fluid
	}
	return unknown
}

// origin follows a variable that is but another name: tc := tc.
func (c *checker) origin(r ref) ref {
	for range 8 {
		def, _ := c.definition(r.obj)
		if def == nil || c.reassigned(r.obj) {
			return r
		}
		from, ok := c.refOf(def)
		if !ok || c.reassigned(from.obj) {
			return r
		}
		r = ref{from.obj, from.path + r.path}
	}
	return r
}

// reassigned reports whether a variable, or a part of it, is set anywhere but
// where it is defined.
func (r *resolver) reassigned(obj *ast.Object) bool {
	return slices.ContainsFunc(r.uses[obj], func(id *ast.Ident) bool {
		u := r.useOf(id)
		return id.Pos() != obj.Pos() && (u == useWrite || u == useAlter)
	})
}
