package build

import (
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// Linked returns the import paths of all packages that the linker put into the
// binary, or nil where that is not known.
func (b *Build) Linked() []string {
	b.look()
	return b.linked
}

// linkedPackages reads the list of packages that go test left beside a binary
// for the linker, or returns nil.
func linkedPackages(file string) []string {
	data, err := unlogged.ReadFile(file)
	if err != nil {
		return nil
	}
	var list []string
	for line := range strings.Lines(string(data)) {
		if rest, ok := strings.CutPrefix(line, "packagefile "); ok {
			path, _, _ := strings.Cut(rest, "=")
			list = append(list, path)
		}
	}
	return list
}
