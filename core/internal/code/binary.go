package code

import (
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/fixturecache/fixturecache/core/internal/code/build"
	"github.com/fixturecache/fixturecache/core/internal/code/codec"
	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
	"github.com/fixturecache/fixturecache/core/internal/code/pack"
	"github.com/fixturecache/fixturecache/core/internal/code/state"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
	"github.com/fixturecache/fixturecache/core/internal/code/types"
	"github.com/fixturecache/fixturecache/core/internal/code/world"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A Binary is a test binary: how it was built, and the declarations that it was
// built from.
type Binary struct {
	*build.Build

	packages sync.Map // file -> import path, as packageOf says

	reading  sync.Mutex             // guards the next two, and all in them
	compiled map[string]*types.File // the files that compiledAt has read, by path
	captured map[capturing]Captured // the answers of Captures

	mu     sync.Mutex // guards loaded, and all in it
	loaded *program
}

func newBinary(b *build.Build) *Binary {
	return &Binary{Build: b, compiled: map[string]*types.File{}, captured: map[capturing]Captured{}}
}

var running atomic.Pointer[Binary]

// Running describes the running test binary.
func Running() *Binary {
	if b := running.Load(); b != nil {
		return b
	}
	running.CompareAndSwap(nil, newBinary(build.Running()))
	return running.Load()
}

// Proved notes that the running binary was built again with the same result, as
// build.Proved takes it: from now on its source is known.
func Proved(made int64, linked []string) { running.Store(newBinary(build.Proved(made, linked))) }

// LinkInfo returns when go test began to build a binary, and the packages that it
// handed to the linker, by the files that it left beside the binary.
func LinkInfo(exe string) (made int64, linked []string) { return build.LinkInfo(exe) }

// Static describes the test binary that `go test` would build of the package in
// dir with the given tags, or those of GOFLAGS: for tools that look at source
// without running it. Whatever is on disk counts as what is compiled.
func Static(dir string, tags ...string) *Binary {
	return newBinary(build.Static(dir, unlogged.Getenv, tags...))
}

// FindPackage returns the directory of a package named as go test would have
// it, ./dir or import/path, counted from dir.
func FindPackage(dir, name string) (string, error) { return build.FindPackage(dir, name) }

// Gone reports whether a local package has no source any more, seen from dir.
func Gone(dir, pkg string) bool { return build.Gone(dir, pkg) }

// packageOf returns the import path of the package that file is part of, or
// "" where that cannot be told.
func (b *Binary) packageOf(file string) string {
	if pkg, ok := b.packages.Load(file); ok {
		return pkg.(string)
	}
	path, pkg := b.Locate(file)
	if pkg != "" && strings.HasSuffix(path, "_test.go") {
		src, _ := unlogged.ReadFile(path)
		clause, _ := syntax.Header(src)
		isOwn := func(name string) bool { return pack.PackageNameIn(filepath.Dir(path), b.Matcher()) == name }
		if syntax.IsExternalTest(path, clause, isOwn) {
			pkg += "_test"
		}
	}
	b.packages.Store(file, pkg)
	return pkg
}

// Types of the packages below that callers of this one need.
type (
	Digest  = codec.Digest  // of the tokens of a declaration, or of other code
	Cache   = pack.Cache    // keeps facts
	Decl    = graph.Decl    // a declaration of a closure
	Module  = graph.Module  // an external module and its version
	Turn    = graph.Turn    // which tests have run when a function is called
	Use     = graph.Use     // something that code does at a place
	Path    = world.Path    // a constant that names a file or directory
	Read    = world.Read    // a read by a name that the source tells
	Covered = state.Covered // package variables that the caller answers for

	// A StaleError reports that the source on disk is not what was compiled.
	StaleError = build.StaleError
)

// Constants that are documented in the packages below.
const (
	HandleName   = facts.HandleName
	ReadVariable = world.ReadVariable
	ReadFile     = world.ReadFile
	ReadDir      = world.ReadDir
)
