package input

import (
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/gomod"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// goExtensions are those of the files that go build compiles in a package
// (go/build, Package).
var goExtensions = []string{
	".go", ".c", ".cc", ".cpp", ".cxx", ".m", ".h", ".hh", ".hpp", ".hxx", ".f", ".F", ".for", ".f90",
	".s", ".S", ".sx", ".swig", ".swigcxx", ".syso",
}

// isGoSource reports whether go build looks at a file of this name.
func isGoSource(name string) bool {
	return !strings.HasPrefix(name, "_") && !strings.HasPrefix(name, ".") && !strings.HasSuffix(name, "_test.go") &&
		slices.Contains(goExtensions, filepath.Ext(name))
}

// GoDirAt digests the names in a package's directory that go build looks at:
// DirAt without tests and other files.
func (w *World) GoDirAt(name string, flags Flags, old *Input) Input {
	return w.namesAt(GoDir, name, flags, old, func(e fs.DirEntry) string {
		if e.IsDir() || !isGoSource(e.Name()) {
			return ""
		}
		return e.Name()
	})
}

// ModuleAt tells which version of a module a go.mod asks for. Its name is the
// module's path, a space and the name of the go.mod, which is an input itself:
// this one is there to explain.
func (w *World) ModuleAt(name string) Input {
	in := Input{Kind: Module, Flags: Declared, Name: name}
	path, file, _ := strings.Cut(name, " ")
	data, err := unlogged.ReadFile(w.Path(file))
	if err != nil {
		return in
	}
	f, err := gomod.Parse(data)
	if err != nil {
		return in
	}
	for _, r := range f.Require {
		if r.Path == path {
			in.Detail = r.Version.Version
		}
	}
	for _, r := range f.Replace {
		if r.Old.Path == path && (r.Old.Version == "" || r.Old.Version == in.Detail) {
			in.Detail = strings.TrimSpace(in.Detail + " => " + r.New.Path + " " + r.New.Version)
		}
	}
	in.Digest = w.Algorithm.DigestOf(in.Detail)
	return in
}

func moduleReason(old, new *Input) []Reason {
	path, _, _ := strings.Cut(new.Name, " ")
	return []Reason{{Code: "module.changed", Subject: path, Old: old.Detail, New: new.Detail,
		Text: "module " + path + " " + orNone(old.Detail) + " -> " + orNone(new.Detail)}}
}
