package graph

import (
	"fmt"
	"path/filepath"

	"github.com/fixturecache/fixturecache/core/internal/code/build"
	"github.com/fixturecache/fixturecache/core/internal/code/codec"
)

// A Decl is a declaration of a closure.
type Decl struct {
	Name    string // import/path.Name, import/path.(*T).Name
	File    string // relative to the module's directory
	Line    int
	Lines   int
	Digest  codec.Digest
	Via     string // what it is reached through, "" for a root
	ViaFile string
	ViaLine int
	Wide    bool // the function does not reach it: it counts as part of the whole run
}

// A Module is an external module and its version.
type Module struct{ Path, Version string }

// A Use is something that code does at a place.
type Use struct {
	What string // "exec.Command", "seed.Rows"
	By   string // the declaration that holds the place
	File string
	Line int
}

// String returns what is done, and where.
func (u Use) String() string { return fmt.Sprintf("%s (%s:%d)", u.What, u.File, u.Line) }

// Relative returns a file's name as closures and messages show it.
func (g *Graph) Relative(path string) string {
	if rel, ok := build.Below(g.mods.Root, path); ok {
		return rel
	}
	return filepath.ToSlash(path)
}

// Use says that a declaration does something.
func (g *Graph) Use(n *Node, what string, line int) Use {
	return Use{What: what, By: n.Name(), File: g.Relative(n.File.Path), Line: line}
}
