package input

import (
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/look"
)

// plainVariables are those that hold no secrets and explain much: their values
// are kept. Of all others only a keyed digest is.
var plainVariables = []string{
	"CGO_ENABLED", "GO111MODULE", "GO386", "GOAMD64", "GOARCH", "GOARM", "GOARM64", "GODEBUG",
	"GOEXPERIMENT", "GOFLAGS", "GOGC", "GOMAXPROCS", "GOMEMLIMIT", "GOOS", "GOTOOLCHAIN", "GOWORK",
	"LANG", "LC_ALL", "TZ",
}

// EnvAt digests an environment variable as it is now; it counts as a look.
func (w *World) EnvAt(name string, flags Flags) Input {
	value, set := look.Env(name)
	return w.envInput(name, flags, value, set)
}

func (w *World) envInput(name string, flags Flags, value string, set bool) Input {
	in := Input{Kind: Env, Flags: flags, Name: name}
	if !set {
		return in
	}
	d := w.Secret(name, value)
	copy(in.Digest[:], d[:])
	in.Digest[15] |= 1 // never that of an unset one
	if slices.Contains(plainVariables, name) {
		in.Detail = "=" + value
	}
	return in
}

// envText says how a variable changed, without its value.
func envText(old, new *Input) string {
	was, now := strings.TrimPrefix(old.Detail, "="), strings.TrimPrefix(new.Detail, "=")
	switch {
	case old.Absent():
		return "env " + new.Name + " set (was unset)"
	case new.Absent():
		return "env " + new.Name + " unset (was set)"
	case old.Detail != "" && new.Detail != "":
		return "env " + new.Name + " changed: " + was + " -> " + now
	}
	return "env " + new.Name + " changed"
}
