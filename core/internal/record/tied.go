package record

import (
	"path/filepath"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/input"
)

// Tied says what ties a record to this machine or to this checkout, "" if it can
// be of use elsewhere: then its inputs lie inside the module, or are told by the
// toolchain and the versions of modules, or are compared by content wherever they
// lie, as a tool on the PATH is. Whether the fixtures that it used are tied is for
// who has their records.
func (r *Record) Tied() string {
	if r.Local {
		return "Local() keeps it on this machine"
	}
	for i := 1; i < len(r.Bases); i += 2 {
		if outside(r.Bases[i]) {
			return "With gives " + r.Bases[i] + ", which is outside the module"
		}
	}
	for i := range r.Inputs {
		if why := tied(&r.Inputs[i]); why != "" {
			return why
		}
	}
	return ""
}

func tied(in *input.Input) string {
	switch {
	case in.Kind == input.Checkout:
		return "it holds for the checkout at " + in.Detail + " only"
	case in.Kind == input.WorkDir && outside(in.Detail):
		return "it holds for the working directory " + in.Detail + " only"
	case in.Kind.HasStat() || in.Kind == input.Glob || in.Kind == input.Identity || in.Kind == input.Modes:
		for name := range strings.SplitSeq(in.Name, input.Between) {
			if outside(name) {
				return "it depends on " + name + ", which is outside the module"
			}
		}
	}
	return ""
}

// outside reports whether a name of a World is that of a path outside the module,
// of whatever system it is.
func outside(name string) bool {
	return strings.HasPrefix(name, "/") || filepath.IsAbs(name) || name == ".." || strings.HasPrefix(name, "../")
}
