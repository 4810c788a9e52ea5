package types

import (
	"cmp"
	"go/ast"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// Traits hold facts about the values of a type. Each part of the type adds its own.
type Traits struct {
	Unknown bool        // the type is not known, or is an interface
	Never   string      // why no With can hash them: "is a function", "holds a function"
	Names   [][2]string // what Name says of it and its parts, but for types of the standard library

	seen map[seenType]bool
}

type seenType struct {
	expr   ast.Expr
	copied bool
}

// Traits returns the Traits of a type.
func (t Type) Traits() *Traits {
	h := &Traits{seen: map[seenType]bool{}}
	h.add(t, true, "is ")
	return h
}

const holds = "holds "

// HoldsFunction says that a With can hash the value only if the function is nil, and
// IsInterface that it can only if the interface holds data.
const (
	HoldsFunction = holds + "a function"
	IsInterface   = "is an interface"
)

// add adds the traits of a type, or of a part that a value holds. A part is copied with
// the whole, unless it lies behind a pointer.
func (h *Traits) add(t Type, copied bool, verb string) {
	path, name := t.Name()
	ast.Inspect(t.Expr, func(n ast.Node) bool { // of type arguments too
		id, _ := n.(*ast.Ident)
		d := scope.Of(id)
		h.Unknown = h.Unknown || syntax.IsName(n, "_") || d != nil && d.Kind == scope.TypeParam // facts write _ for one
		e, ok := n.(ast.Expr)
		if ok {
			if path, name := t.Part(e).Name(); name != "" && !std.IsPackage(path) {
				h.Names = append(h.Names, [2]string{path, name})
			}
		}
		return ok
	})
	switch u := t.Under(); {
	case path == "testing" || syntax.IsAPI(path) && name == "TB":
		h.Unknown, h.Never = true, cmp.Or(h.Never, verb+"a testing handle")
	case copied && (path == "sync" || path == "sync/atomic"): // go vet reports it
		h.Never = cmp.Or(h.Never, verb+"a value that must not be copied")
	case path != "" && std.ImmutableType(path, name):
		h.Unknown = h.Unknown || path == "reflect" && name == "Type" // it leads to the methods of any type
	default:
		if key := (seenType{u.Expr, copied}); !h.seen[key] {
			h.seen[key] = true
			h.parts(u, copied, verb)
		}
	}
}

// parts adds the traits of a type that is no name. An interface is seldom data, but a
// value in it may be.
func (h *Traits) parts(u Type, copied bool, verb string) {
	never := ""
	switch e := u.Expr.(type) {
	case *ast.Ident:
		switch {
		case e.Name == Context:
			never = "a context"
		case e.Name == "error" && verb != holds:
			h.Unknown, never = true, "an error"
		default:
			h.Unknown = h.Unknown || !syntax.IsBasicType(e.Name)
		}
	case *ast.FuncType:
		never = "a function"
	case *ast.ChanType:
		h.Unknown, never = true, "a channel"
	case *ast.InterfaceType:
		if h.Unknown = true; len(e.Methods.List) > 0 && verb != holds {
			never = "an interface"
		}
	case *ast.StarExpr:
		h.add(u.Part(e.X), false, verb)
	case *ast.ArrayType:
		h.add(u.Part(e.Elt), copied && e.Len != nil, holds)
	case *ast.MapType:
		h.add(u.Part(e.Key), false, holds)
		h.add(u.Part(e.Value), false, holds)
	case *ast.StructType:
		for _, f := range e.Fields.List {
			h.add(u.Part(f.Type), copied, holds)
		}
	default:
		h.Unknown = true
	}
	if never != "" {
		h.Never = cmp.Or(h.Never, verb+never)
	}
}
