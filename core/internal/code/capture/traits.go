package capture

import (
	"go/ast"

	"github.com/fixturecache/fixturecache/core/internal/code/std"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// Traits are what is known of the values of a type. Each part of the type adds
// its own.
type traits struct {
	shared  bool   // a copy leads to what others may change
	unknown bool   // the type is not known, or is an interface
	lock    bool   // who copies a value copies a lock, which go vet reports
	never   string // what no With can hash: "a function"

	quick  bool // only shared and unknown matter
	inside string
	seen   map[seenType]bool
}

type seenType struct {
	expr   ast.Expr
	copied bool
}

func (t typ) traits() *traits {
	h := &traits{seen: map[seenType]bool{}}
	h.add(t, true)
	return h
}

// immutable reports whether nobody can change what a copy of a value of a type
// leads to: it is basic, a function, or an array or struct of such.
func (t typ) immutable() bool {
	h := &traits{seen: map[seenType]bool{}, quick: true}
	h.add(t, true)
	return !h.shared && !h.unknown
}

// add adds what a type has. A part of it is copied with the whole, unless it
// lies behind a pointer.
func (h *traits) add(t typ, copied bool) {
	if h.quick && (h.shared || h.unknown) || !h.quick && h.never != "" {
		return
	}
	path, name := t.name()
	switch {
	case path != "" && std.ImmutableType(path, name):
		if !h.quick { // which does not mean that it may be copied
			inner := &traits{seen: map[seenType]bool{}}
			inner.parts(t.under(), copied)
			h.lock = h.lock || inner.lock
		}
		return
	case path == "testing", syntax.IsAPI(path) && name == "TB":
		h.cannot("a testing handle", true)
		return
	case known[path+"."+name] != "":
		h.cannot(known[path+"."+name], true)
		return
	}
	h.lock = h.lock || !h.quick && copied && t.locks()
	u := t.under()
	if key := (seenType{u.expr, copied}); !h.seen[key] {
		h.seen[key] = true
		h.parts(u, copied)
	}
}

// known are types of which a message says what they are.
var known = map[string]string{"context.Context": "a context", "os.File": "an open file", "os.Root": "an open file", "log.Logger": "a logger", "log/slog.Logger": "a logger"}

func (h *traits) parts(u typ, copied bool) {
	switch e := u.expr.(type) {
	case *ast.Ident:
		switch {
		case e.Name == contextName:
			h.cannot("a context", false)
		case e.Name == "error":
			h.cannot("an error", true)
		default:
			h.unknown = h.unknown || !syntax.IsBasicType(e.Name)
		}
	case *ast.FuncType:
		h.cannot("a function", false)
	case *ast.ChanType:
		h.cannot("a channel", true)
	case *ast.InterfaceType:
		if h.unknown = true; len(e.Methods.List) > 0 {
			h.cannot("an interface", true)
		}
	case *ast.StarExpr:
		h.shared = true
		h.add(typ{e.X, u.file}, false)
	case *ast.ArrayType:
		h.shared = h.shared || e.Len == nil
		h.in("a value", copied && e.Len != nil, typ{e.Elt, u.file})
	case *ast.MapType:
		h.shared = true
		h.in("a value", false, typ{e.Key, u.file}, typ{e.Value, u.file})
	case *ast.StructType:
		for _, f := range e.Fields.List {
			h.in("a struct", copied, typ{f.Type, u.file})
		}
	default:
		h.unknown = true
	}
}

// in adds parts of what is no pointer alone.
func (h *traits) in(whole string, copied bool, parts ...typ) {
	if h.inside == "" {
		h.inside = whole
		defer func() { h.inside = "" }()
	}
	for _, part := range parts {
		h.add(part, copied)
	}
}

// cannot notes what no With can hash.
func (h *traits) cannot(what string, unknown bool) {
	h.unknown = h.unknown || unknown
	if h.never = what; h.inside != "" {
		h.never = h.inside + " with " + what + " in it"
	}
}

// locks reports whether a type has methods Lock and Unlock of a pointer.
func (t typ) locks() bool {
	_, lock := t.method("Lock")
	_, unlock := t.method("Unlock")
	return lock && unlock
}
