package compare

import (
	"encoding/hex"
	"strings"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/record"
	"github.com/fixturecache/fixturecache/core/internal/store"
)

// A Variant names a variant of a slot.
type Variant struct {
	Slot store.SlotID
	ID   store.VariantID
}

func (v Variant) String() string { return v.Slot.String() + "/" + v.ID.String() }

// ParseVariant reads what String wrote.
func ParseVariant(s string) (v Variant, ok bool) {
	slot, id, _ := strings.Cut(s, "/")
	ok = store.ParseHex(v.Slot[:], slot) && store.ParseHex(v.ID[:], id)
	return v, ok
}

// ChildInput is the input that a fixture is of another that used it: its variant
// and code by name, its output by digest. When and from what it was built does not
// count: one built again to an equal output leaves its parent valid.
//
// The code counts since a record of other code may have the same output by
// chance, and say nothing of now. That it is still the code of now is told by
// the parent's own, which holds it.
//
// Where a child must not be older than a time, its parent, which holds it, must
// not hold an older one. And where the parent's build asked for it in another
// directory (in) than the parent was asked for in, it is the child as it is there.
func ChildInput(v Variant, key string, code, output input.Digest, maxAge time.Duration, in input.Digest) input.Input {
	name := v.String() + "/" + hex.EncodeToString(code[:16])
	if maxAge > 0 {
		name += "/age=" + maxAge.String()
	}
	if in != (input.Digest{}) {
		name += "/in=" + hex.EncodeToString(in[:16])
	}
	return input.Input{Kind: input.Child, Name: name, Digest: output, Detail: key}
}

// A ChildName is what the name of an input says that is a child.
type ChildName struct {
	Variant
	code   string
	cwd    string // the digest of the directory it was asked for in, if that is not its parent's
	maxAge time.Duration
}

// Child reads the name of an input that is a child. Of one that makes no sense,
// nothing will be found.
func Child(in *input.Input) (n ChildName) {
	parts := strings.Split(in.Name, "/")
	if len(parts) < 3 {
		return n
	}
	n.Variant, _ = ParseVariant(parts[0] + "/" + parts[1])
	n.code = parts[2]
	for _, part := range parts[3:] {
		what, value, _ := strings.Cut(part, "=")
		switch what {
		case "age":
			n.maxAge, _ = time.ParseDuration(value)
		case "in":
			n.cwd = value
		default:
			n.code = ""
		}
	}
	return n
}

// is reports whether a record is one of the child: of its code, and of the
// directory that it was asked for in.
func (n ChildName) is(rec *record.Record) bool {
	code, cwd := CodeOf(rec.Inputs), CwdOf(rec.Inputs)
	return hex.EncodeToString(code[:16]) == n.code && (n.cwd == "" || hex.EncodeToString(cwd.Digest[:16]) == n.cwd)
}

// expired reports whether a record of the child is too old.
func (n ChildName) expired(rec *record.Record, now time.Time) bool {
	return n.maxAge > 0 && now.Sub(rec.Built) > n.maxAge
}

// CodeOf is the digest of the code that a record was built by.
func CodeOf(ins []input.Input) (d input.Digest) {
	for i := range ins {
		if ins[i].Kind == input.Code {
			return ins[i].Digest
		}
	}
	return d
}

// StartDir begins the name of the directory that the process began in.
const StartDir = "start"

// A Cwd is a working directory that a record holds for: comparable, and
// short enough for a name. The zero Cwd is any.
type Cwd struct {
	Name   string
	Digest input.Digest
}

// CwdOf is the working directory that a record holds for.
func CwdOf(ins []input.Input) Cwd {
	for i := range ins {
		if in := &ins[i]; in.Kind == input.WorkDir && !strings.HasPrefix(in.Name, StartDir) {
			return Cwd{in.Name, in.Digest}
		}
	}
	return Cwd{}
}
