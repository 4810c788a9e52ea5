package snapshot

import (
	"reflect"
	"strings"
)

// RefusedError says which part of a value is not data.
type RefusedError struct {
	Path   string // from the root, such as ".Users[3].Profile.done"; empty for the root itself
	Reason string // "a chan cannot be stored; return what it would deliver, …"
}

func (e *RefusedError) Error() string {
	path := strings.TrimPrefix(e.Path, ".")
	if path == "" {
		path = "value"
	}
	return path + ": " + e.Reason
}

// variableReason says why a pointer to a package variable of type t is refused:
// the copy that would come back is not the variable.
func variableReason(t reflect.Type) string {
	advice := `name the variable, or the part of it that this is, in an init function, as in cachetest.RegisterGlobal("x", &x), or return a copy`
	if path := t.PkgPath(); path == "crypto/elliptic" || path == "crypto/ecdh" {
		advice = `add import _ "github.com/fixturecache/fixturecache/cachetest/curves"`
	}
	return "a pointer to a package variable (of type " + t.String() + ") cannot be stored; " + advice
}
