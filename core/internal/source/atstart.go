package source

import (
	"os"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/quiet"
)

// atStart is what lay in the package's directory when the process began: tests
// may write files beside the source, which changes the directory's time, before
// its source is asked for. Only a test binary lists it, for some microseconds.
var atStart = listStart()

type startList struct {
	stat  quiet.Stat
	names []string
}

func listStart() startList {
	if !slices.ContainsFunc(os.Args[1:], func(arg string) bool { return strings.HasPrefix(arg, "-test.") }) {
		return startList{}
	}
	st, err := quiet.StatPath(startDir)
	if err != nil {
		return startList{}
	}
	names, _, _ := (&pack{}).names(startDir, st)
	return startList{st, names}
}

// freshDir reports whether the source files in a directory are those that were
// there when the test binary was built: the directory is older than that, or
// it was when the tests began, and has the same source files still.
func (b *Build) freshDir(dir string, pk *pack) bool {
	if b.Fresh(pk.dir) {
		return true
	}
	if dir != startDir || !b.Fresh(atStart.stat) || len(pk.files) != len(atStart.names) {
		return false
	}
	for i, name := range atStart.names {
		if pk.files[i].name != name {
			return false
		}
	}
	return true
}
