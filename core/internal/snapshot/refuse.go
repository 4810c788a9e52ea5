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

// notData is a kind of thing that no bytes can stand for.
type notData struct {
	what   string // "a chan"
	advice string // what to return instead; "" for the general advice
}

const codecAdvice = "give it a codec with cachetest.WithCodec"

// stored says why n cannot be part of an output.
func (n notData) stored() string {
	if n.advice == "" {
		return n.what + " cannot be stored; " + codecAdvice
	}
	return n.what + " cannot be stored; " + n.advice + ", or " + codecAdvice
}

// keyed says why n cannot be part of a With value.
func (n notData) keyed() string {
	return n.what + " cannot be part of a key; pass the data it stands for"
}

// variableReason says why a pointer to a package variable of type t is refused:
// the copy that would come back is not the variable.
func variableReason(t reflect.Type) string {
	advice := "register the variable with cachetest.RegisterGlobal, or return a copy"
	if path := t.PkgPath(); path == "crypto/elliptic" || path == "crypto/ecdh" {
		advice = `add import _ "github.com/fixturecache/fixturecache/cachetest/curves"`
	}
	return "a pointer to a package variable (of type " + t.String() + ") cannot be stored; " + advice
}
