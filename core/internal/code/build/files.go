package build

import (
	"path/filepath"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// SourceFiles lists the files of a directory that the go command may compile
// into a package, or that such a file may include, sorted by name.
func SourceFiles(dir string) ([]string, error) {
	entries, err := unlogged.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if isSource(e.Name()) && !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// sourceSuffixes are the suffixes of such files.
var sourceSuffixes = []string{".go", ".s", ".S", ".sx", ".c", ".cc", ".cpp", ".cxx", ".h", ".hh", ".hpp", ".hxx", ".m", ".f", ".F", ".for", ".f90", ".swig", ".swigcxx", ".syso"}

func isSource(name string) bool {
	return name[0] != '_' && name[0] != '.' && slices.Contains(sourceSuffixes, filepath.Ext(name))
}
