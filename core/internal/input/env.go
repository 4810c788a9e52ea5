package input

import (
	"cmp"
	"crypto/sha256"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/logged"
)

// plainVariables hold no secrets, and explain much: their values are kept as well. Of all
// other variables only a salted digest is kept.
var plainVariables = []string{
	"CGO_ENABLED", "GO111MODULE", "GO386", "GOAMD64", "GOARCH", "GOARM", "GOARM64", "GODEBUG",
	"GOEXPERIMENT", "GOFLAGS", "GOGC", "GOMAXPROCS", "GOMEMLIMIT", "GOOS", "GOTOOLCHAIN", "GOWORK",
	"LANG", "LC_ALL", "TZ",
}

// A Salt is mixed into the digests of environment variables, whose values may
// be secret: without it, equal values would have equal digests in every record
// of everybody, which a table of likely values tells. It is kept in the record,
// so that the record holds in another store and on another machine.
type Salt [16]byte

// EnvAt digests an environment variable as it is now, by a look that go test sees. To be
// compared with old, an input of a record, it takes that record's salt.
func (w *World) EnvAt(name string, flags Flags, old *Input) Input {
	value, set := logged.Env(name)
	in := w.envOf(name, value, set, flags, old)
	if name == "PATH" && w.GoBin != "" && old != nil && in.Digest != old.Digest {
		return w.envOf(name, w.testPath(value), true, flags&^(Preset|Began), old) // a test begins with this PATH
	}
	return in
}

// testPath returns the PATH that a test gets (AppendPATH in cmd/go/internal/base).
func (w *World) testPath(path string) string {
	if w.GoBin == "" || path == "" {
		return w.GoBin + path
	}
	return w.GoBin + string(os.PathListSeparator) + path
}

func (w *World) envOf(name, value string, set bool, flags Flags, old *Input) Input {
	in := Input{Kind: Env, Flags: flags, Name: name, Salt: w.Salt}
	if old != nil {
		in.Salt = old.Salt
	}
	text := name + "\x00" + value
	if flags&(Preset|Began) != 0 {
		if began, was := w.Began()[name]; was != set || began != value {
			text += "\x00" + strconv.FormatBool(was) + began
			set = true
		}
	}
	if !set {
		return in
	}
	in.Digest = w.Algorithm.Cut(sha256.Sum256([]byte(string(in.Salt[:]) + text)))
	in.Digest[15] |= 1 // never that of an unset one
	if slices.Contains(plainVariables, name) {
		in.Detail = "=" + value
	}
	return in
}

// envReason says how a variable changed, without its value.
func envReason(old, new *Input) []Reason {
	r := variableReason(new.Name, !old.Absent(), !new.Absent())
	if old.Detail != "" && new.Detail != "" {
		r.Text += ": " + strings.TrimPrefix(old.Detail, "=") + " -> " + strings.TrimPrefix(new.Detail, "=")
	}
	return []Reason{r}
}

// variableReason returns the reason of a variable, by whether it was set and is set.
func variableReason(name string, was, is bool) Reason {
	text := "env " + name + " changed"
	switch {
	case !was:
		text = "env " + name + " set (was unset)"
	case !is:
		text = "env " + name + " unset (was set)"
	}
	return Reason{Code: "env.changed", Subject: name, Text: text}
}

func listEnv(in *Input) string {
	if in.Absent() {
		return "unset"
	}
	return cmp.Or(in.Detail, "set")
}
