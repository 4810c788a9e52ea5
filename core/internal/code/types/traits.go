package types

import (
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

	quick  bool // only Shared and Unknown matter
	inside string
	seen   map[seenType]bool
}

type seenType struct {
	expr   ast.Expr
	copied bool
}

// Traits returns what is known of the values of a type.
func (t Type) Traits() *Traits {
	h := &Traits{seen: map[seenType]bool{}}
	h.add(t, true)
	return h
}

// Immutable reports whether nobody can change what a copy of a value of a type
// leads to: it is basic, a function, or an array or struct of such.
func (t Type) Immutable() bool {
	h := &Traits{seen: map[seenType]bool{}, quick: true}
	h.add(t, true)
	return !h.Shared && !h.Unknown
}

// add adds what a type has. A part of it is copied with the whole, unless it
// lies behind a pointer.
func (h *Traits) add(t Type, copied bool) {
	if h.quick && (h.Shared || h.Unknown) || !h.quick && h.Never != "" {
		return
	}
	path, name := t.Name()
	switch {
	case path != "" && std.ImmutableType(path, name):
		if !h.quick { // which does not mean that it may be copied
			inner := &Traits{seen: map[seenType]bool{}}
			inner.parts(t.Under(), copied)
			h.Lock = h.Lock || inner.Lock
		}
		return
	case path == "testing", syntax.IsAPI(path) && name == "TB":
		h.cannot("a testing handle", true)
		return
	}
	if what := saidOf(path + "." + name); what != "" {
		h.cannot(what, true)
		return
	}
	h.Lock = h.Lock || !h.quick && copied && t.locks()
	u := t.Under()
	if key := (seenType{u.Expr, copied}); !h.seen[key] {
		h.seen[key] = true
		h.parts(u, copied)
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

func (h *Traits) parts(u Type, copied bool) {
	switch e := u.Expr.(type) {
	case *ast.Ident:
		switch {
		case e.Name == contextName:
			h.cannot("a context", false)
		case e.Name == "error":
			h.dynamic("an error")
		default:
			h.Unknown = h.Unknown || !syntax.IsBasicType(e.Name)
		}
	case *ast.FuncType:
		h.cannot("a function", false)
	case *ast.ChanType:
		h.cannot("a channel", true)
	case *ast.InterfaceType:
		if h.Unknown = true; len(e.Methods.List) > 0 {
			h.dynamic("an interface")
		}
	case *ast.StarExpr:
		h.Shared = true
		h.add(u.Part(e.X), false)
	case *ast.ArrayType:
		h.Shared = h.Shared || e.Len == nil
		h.in(collection, copied && e.Len != nil, u.Part(e.Elt))
	case *ast.MapType:
		h.Shared = true
		h.in(collection, false, u.Part(e.Key), u.Part(e.Value))
	case *ast.StructType:
		for _, f := range e.Fields.List {
			h.in("a struct", copied, u.Part(f.Type))
		}
	default:
		h.Unknown = true
	}
}

const collection = "a value" // with elements

// in adds parts of what is no pointer alone.
func (h *Traits) in(whole string, copied bool, parts ...Type) {
	if h.inside == "" {
		h.inside = whole
		defer func() { h.inside = "" }()
	}
	for _, part := range parts {
		h.add(part, copied)
	}
}

// dynamic notes an interface that is more than any. It is seldom data, but those
// of a list may be.
func (h *Traits) dynamic(what string) {
	if h.Unknown = true; h.inside != collection {
		h.cannot(what, true)
	}
}

// cannot notes what no With can hash.
func (h *Traits) cannot(what string, unknown bool) {
	h.Unknown = h.Unknown || unknown
	if h.Never = what; h.inside != "" {
		h.Never = h.inside + " with " + what + " in it"
	}
}

// locks reports whether a type has methods Lock and Unlock of a pointer.
func (t Type) locks() bool {
	_, lock := t.Method("Lock")
	_, unlock := t.Method("Unlock")
	return lock && unlock
}
