package world

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/codec"
	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// placeTellers are what tells where in the source code stands; of log/slog with
// AddSource alone.
var placeTellers = std.Names{Text: `
	runtime Caller Callers CallersFrames FuncForPC Stack
	runtime/debug PrintStack Stack
	log Lshortfile Llongfile
	log/slog HandlerOptions
`}

// places lists where the declarations in reach stand, file by file, as far as
// teller asks for it: a comment above them changes what that answers, and so does
// a //line directive. With fileName for what, it asks for names of files alone.
//
// Code of other modules is not looked at, for loggers and assertions that ask
// are everywhere, and seldom is the answer in a fixture.
func places(r *graph.Reach, what string, teller *graph.Node) (list []graph.Decl) {
	var b []byte
	var h hash.Hash
	place := func(n *graph.Node) {
		if what == fileName {
			b = append(b[:0], what...)
			return
		}
		if len(b) >= 1<<12 {
			h.Write(b)
			b = b[:0]
		}
		b = append(append(append(append(b, n.Fact.Acts().Recv...), '.'), n.Fact.Name...), 0)
		b = binary.AppendUvarint(binary.AppendUvarint(b, uint64(n.Fact.Line)), uint64(n.Fact.Lines))
	}
	literals := r.Literals()
	named := what != fileName && slices.ContainsFunc(r.Order, (*graph.Node).MayTellName)
	for _, p := range r.Graph.ByPath {
		for nodes := p.Nodes; len(nodes) > 0; {
			file := nodes[0].File
			h, b = sha256.New(), b[:0]
			for ; len(nodes) > 0 && nodes[0].File == file; nodes = nodes[1:] {
				if r.Has(nodes[0]) {
					place(nodes[0])
				}
			}
			for _, n := range literals {
				if n.File == file {
					place(n)
					if named {
						b = n.AppendAround(b)
					}
				}
			}
			if len(b) > 0 {
				h.Write(b)
				h.Write(file.Facts.Moves[:])
				name := r.Graph.Relative(file.Path)
				list = append(list, graph.Decl{Name: what + name, File: name, Digest: codec.DigestOf(h),
					Via: teller.Name(), ViaFile: r.Graph.Relative(teller.File.Path), ViaLine: teller.Fact.Line})
			}
		}
	}
	return list
}

// IsPlace reports whether a declaration of a closure is one of places.
func IsPlace(d *graph.Decl) bool {
	return strings.HasPrefix(d.Name, fileName) || strings.HasPrefix(d.Name, lineNumbers)
}

// mayTellPlace reports whether a declaration mentions what tells a place. What
// a log writes to the terminal is in no result.
func mayTellPlace(n *graph.Node) bool {
	log, terminal := false, false
	for _, x := range n.Externals {
		switch x.Path {
		case "runtime", "runtime/debug":
			if placeTellers.Has(x.Path, x.Name) {
				return true
			}
		case "log":
			log = log || placeTellers.Has(x.Path, x.Name)
		case "log/slog":
			log = log || placeTellers.Has(x.Path, x.Name) && slices.Contains(n.Fact.Refs, "AddSource")
		case "os":
			terminal = terminal || x.Name == "Stderr" || x.Name == "Stdout"
		}
	}
	return log && !terminal
}

// tellsLine reports whether a declaration asks for a line.
func tellsLine(n *graph.Node) bool {
	return mayTellPlace(n) && (n.Fact.Flags&facts.DeclWantsFile == 0 || slices.ContainsFunc(n.Externals, func(x graph.External) bool {
		return placeTellers.Has(x.Path, x.Name) && (x.Path != "runtime" || x.Name != "Caller")
	}))
}

const (
	lineNumbers = "line numbers in "
	fileName    = "file name "
)
