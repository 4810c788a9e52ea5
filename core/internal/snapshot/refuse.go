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

// variableReason says why a pointer to a package variable of type t cannot be stored, or
// part of a key: the copy that would come back is not the variable.
func variableReason(t reflect.Type, what string) string {
	advice := `name the variable, or the part of it that this is, in an init function, as in cachetest.RegisterGlobal("x", &x), or return a copy`
	if isCurve(t) {
		advice = `add import _ "github.com/fixturecache/fixturecache/cachetest/curves"`
	}
	return "a pointer to a package variable (of type " + t.String() + ") cannot be " + what + "; " + advice
}

func isCurve(t reflect.Type) bool {
	return (t.PkgPath() == "crypto/elliptic" || t.PkgPath() == "crypto/ecdh") && t.Name() != "CurveParams"
}
