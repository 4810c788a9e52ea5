package source

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"slices"
	"strings"
)

// placeTellers are what tells where in the source code stands; of log/slog with
// AddSource alone.
var placeTellers = nameTable{text: `
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
func places(r *reach, what string, teller *node) (list []Decl) {
	var b []byte
	var h hash.Hash
	place := func(n *node) {
		if what == fileName {
			b = append(b[:0], what...)
			return
		}
		if len(b) >= 1<<12 {
			h.Write(b)
			b = b[:0]
		}
		b = append(append(append(append(b, n.fact.does().recv...), '.'), n.fact.name...), 0)
		b = binary.AppendUvarint(binary.AppendUvarint(b, uint64(n.fact.line)), uint64(n.fact.lines))
	}
	literals := r.literals()
	named := what != fileName && slices.ContainsFunc(r.order, (*node).mayTellName)
	for _, p := range r.g.order {
		for nodes := p.nodes; len(nodes) > 0; {
			file := nodes[0].file
			h, b = sha256.New(), b[:0]
			for ; len(nodes) > 0 && nodes[0].file == file; nodes = nodes[1:] {
				if r.has(nodes[0]) {
					place(nodes[0])
				}
			}
			for _, n := range literals {
				if n.file == file {
					place(n)
					if named {
						b = n.appendAround(b)
					}
				}
			}
			if len(b) > 0 {
				h.Write(b)
				h.Write(file.facts.moves[:])
				name := r.g.relative(file.path)
				list = append(list, Decl{Name: what + name, File: name, Digest: finish(h),
					Via: teller.name(), ViaFile: r.g.relative(teller.file.path), ViaLine: teller.fact.line})
			}
		}
	}
	return list
}

// isPlaces reports whether a declaration of a closure is one of places.
func isPlaces(d *Decl) bool {
	return strings.HasPrefix(d.Name, fileName) || strings.HasPrefix(d.Name, lineNumbers)
}

// mayTellPlace reports whether a declaration mentions what tells a place. What
// a log writes to the terminal is in no result.
func mayTellPlace(n *node) bool {
	log, terminal := false, false
	for _, x := range n.ext {
		switch x.path {
		case "runtime", "runtime/debug":
			if placeTellers.has(x.path, x.name) {
				return true
			}
		case "log":
			log = log || placeTellers.has(x.path, x.name)
		case "log/slog":
			log = log || placeTellers.has(x.path, x.name) && slices.Contains(n.fact.refs, "AddSource")
		case "os":
			terminal = terminal || x.name == "Stderr" || x.name == "Stdout"
		}
	}
	return log && !terminal
}

// tellsLine reports whether a declaration asks for a line.
func tellsLine(n *node) bool {
	return mayTellPlace(n) && (n.fact.flags&declWantsFile == 0 || slices.ContainsFunc(n.ext, func(x extRef) bool {
		return placeTellers.has(x.path, x.name) && (x.path != "runtime" || x.name != "Caller")
	}))
}

const (
	lineNumbers = "line numbers in "
	fileName    = "file name "
)
