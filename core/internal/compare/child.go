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

// ChildInput returns a child as an input of its parent, the fixture whose build used it. Its
// name holds the variant and the code, its digest is that of the output. When and from what
// the child was built does not count: one built again to an equal output leaves its parent
// valid.
//
// The code counts since a record of other code may have the same output by chance. That it
// is the present code follows from the code of the parent, whose closure holds it.
//
// maxAge is the child's, 0 for none: its parent must not hold an older one. cwd is the
// digest of the directory in which the parent's build asked for it, if that is not the one
// in which the parent was asked for; else zero.
func ChildInput(v Variant, key string, code, output input.Digest, maxAge time.Duration, cwd input.Digest) input.Input {
	name := v.String() + "/" + hex.EncodeToString(code[:16])
	if maxAge > 0 {
		name += "/age=" + maxAge.String()
	}
	if cwd != (input.Digest{}) {
		name += "/in=" + hex.EncodeToString(cwd[:16])
	}
	return input.Input{Kind: input.Child, Name: name, Digest: output, Detail: key}
}

// A ChildName is the parsed name of an input of kind Child.
type ChildName struct {
	Variant
	code   string
	cwd    string // the digest of the directory it was asked for in, if that is not its parent's
	maxAge time.Duration
}

// Child parses the name of an input of kind Child. No record is that of a malformed
// name.
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

const Refresh time.Duration = 1 // the age of a child that each call builds again

// expired reports whether a record is too old, or is later than now: a clock was wrong.
func expired(rec *record.Record, age time.Duration, now time.Time) bool {
	since := now.Sub(rec.Built)
	return age > 0 && (since > age || since < -time.Minute) // clocks of two machines may differ a little
}

// CodeOf returns the digest of the code that a record with these inputs was built by.
func CodeOf(ins []input.Input) (d input.Digest) {
	if in := Find(ins, &input.Input{Kind: input.Code}); in != nil {
		return in.Digest
	}
	return d
}

// StartDir begins the name of the directory that the process began in.
const StartDir = "start"

// A Cwd is the working directory that a record holds for. The zero Cwd is any directory.
type Cwd struct {
	Name   string
	Digest input.Digest
}

// CwdOf returns the working directory that a record with these inputs holds for.
func CwdOf(ins []input.Input) Cwd {
	for i := range ins {
		if in := &ins[i]; in.Kind == input.WorkDir && !strings.HasPrefix(in.Name, StartDir) {
			return Cwd{in.Name, in.Digest}
		}
	}
	return Cwd{}
}
