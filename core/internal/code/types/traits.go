package types

import (
	"cmp"
	"go/ast"

	"github.com/fixturecache/fixturecache/core/internal/code/std"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// Traits are what is known of the values of a type. Each part of the type adds
// its own.
type Traits struct {
	Shared  bool   // a copy leads to what others may change
	Unknown bool   // the type is not known, or is an interface
	Lock    bool   // who copies a value copies a lock, which go vet reports
	Never   string // what no With can hash: "a function"

	seen map[seenType]bool
}

type seenType struct {
	expr   ast.Expr
	copied bool
}

// Traits returns what is known of the values of a type.
func (t Type) Traits() *Traits {
	h := &Traits{seen: map[seenType]bool{}}
	h.add(t, true, "")
	return h
}

// Immutable reports whether nobody can change what a copy of a value of a type
// leads to: it is basic, a function, or an array or struct of such.
func (t Type) Immutable() bool {
	h := t.Traits()
	return !h.Shared && !h.Unknown
}

// add adds what a type has, or a part of one that stands inside a whole. A part is
// copied with the whole, unless it lies behind a pointer.
func (h *Traits) add(t Type, copied bool, inside string) {
	path, name := t.Name()
	what := saidOf(path + "." + name)
	if path == "testing" || syntax.IsAPI(path) && name == "TB" {
		what = "a testing handle"
	}
	switch u := t.Under(); {
	case path != "" && std.ImmutableType(path, name): // which does not mean that it may be copied
		inner := &Traits{seen: map[seenType]bool{}}
		inner.parts(u, copied, "")
		h.Lock = h.Lock || inner.Lock
	case what != "":
		h.cannot(what, true, inside)
	default:
		h.Lock = h.Lock || copied && t.locks()
		if key := (seenType{u.Expr, copied}); !h.seen[key] {
			h.seen[key] = true
			h.parts(u, copied, inside)
		}
	}
}

// saidOf returns what a message says that a type is.
func saidOf(name string) string {
	switch name {
	case "context.Context":
		return "a context"
	case "os.File", "os.Root":
		return "an open file"
	case "log.Logger", "log/slog.Logger":
		return "a logger"
	}
	return ""
}

func (h *Traits) parts(u Type, copied bool, inside string) {
	switch e := u.Expr.(type) {
	case *ast.Ident:
		switch {
		case e.Name == contextName:
			h.cannot("a context", false, inside)
		case e.Name == "error":
			h.dynamic("an error", inside)
		default:
			h.Unknown = h.Unknown || !syntax.IsBasicType(e.Name)
		}
	case *ast.FuncType:
		h.cannot("a function", false, inside)
	case *ast.ChanType:
		h.cannot("a channel", true, inside)
	case *ast.InterfaceType:
		if h.Unknown = true; len(e.Methods.List) > 0 {
			h.dynamic("an interface", inside)
		}
	case *ast.StarExpr:
		h.Shared = true
		h.add(u.Part(e.X), false, inside)
	case *ast.ArrayType:
		h.Shared = h.Shared || e.Len == nil
		h.add(u.Part(e.Elt), copied && e.Len != nil, cmp.Or(inside, collection))
	case *ast.MapType:
		h.Shared = true
		h.add(u.Part(e.Key), false, cmp.Or(inside, collection))
		h.add(u.Part(e.Value), false, cmp.Or(inside, collection))
	case *ast.StructType:
		for _, f := range e.Fields.List {
			h.add(u.Part(f.Type), copied, cmp.Or(inside, "a struct"))
		}
	default:
		h.Unknown = true
	}
}

const collection = "a value" // with elements

// dynamic notes an interface that is more than any. It is seldom data, but those
// of a list may be.
func (h *Traits) dynamic(what, inside string) {
	if h.Unknown = true; inside != collection {
		h.cannot(what, true, inside)
	}
}

// cannot notes the first part that no With can hash.
func (h *Traits) cannot(what string, unknown bool, inside string) {
	h.Unknown = h.Unknown || unknown
	if inside != "" {
		what = inside + " with " + what + " in it"
	}
	h.Never = cmp.Or(h.Never, what)
}

// locks reports whether a type has methods Lock and Unlock of a pointer.
func (t Type) locks() bool {
	_, lock := t.Method("Lock")
	_, unlock := t.Method("Unlock")
	return lock && unlock
}
