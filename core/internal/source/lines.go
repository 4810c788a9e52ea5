package source

//lint:file-ignore SA1019 see resolve.go

import (
	"encoding/binary"
	"go/ast"
	"slices"
	"strings"
)

// placeTellers are what tells where in the source code stands.
var placeTellers = map[string][]string{
	"runtime":       {"Caller", "Callers", "CallersFrames", "Stack"},
	"runtime/debug": {"PrintStack", "Stack"},
	"log":           {"Lshortfile", "Llongfile"},
	"log/slog":      {"HandlerOptions"}, // with AddSource
}

// addLines adds where the declarations stand, file by file, for fn reaches code
// that asks for it: a comment above them changes what that answers.
//
// Code of other modules is not looked at, for loggers and assertions that ask
// are everywhere, and seldom is the answer in a fixture.
func (c *Closure) addLines(r *reach, teller *node) {
	places := map[*srcFile][]byte{}
	for _, n := range r.order {
		b := append(append(places[n.file], n.fact.recv...), '.')
		b = append(append(b, n.fact.names[0].name...), 0)
		b = binary.AppendUvarint(b, uint64(n.fact.line))
		places[n.file] = binary.AppendUvarint(b, uint64(n.fact.lines))
	}
	for f, b := range places {
		name := c.relative(f.path)
		c.Decls = append(c.Decls, Decl{Name: lineNumbers + name, File: name, Digest: sum(b),
			Via: teller.name(), ViaFile: c.relative(teller.file.path), ViaLine: teller.fact.line})
	}
}

// lineNumbers begins the name of what addLines adds.
const lineNumbers = "line numbers in "

func (d *Decl) asked() bool { return strings.HasPrefix(d.Name, lineNumbers) }

// mayTellPlace reports whether a declaration mentions what tells a place. What
// a log writes to the terminal is in no result.
func (n *node) mayTellPlace() bool {
	log, terminal := false, false
	for _, x := range n.ext {
		switch x.path {
		case "runtime", "runtime/debug":
			if in(placeTellers, x) {
				return true
			}
		case "log":
			log = log || in(placeTellers, x)
		case "log/slog":
			log = log || in(placeTellers, x) && slices.Contains(n.fact.refs, "AddSource")
		case "os":
			terminal = terminal || x.name == "Stderr" || x.name == "Stdout"
		}
	}
	return log && !terminal
}

// tellsLine reports whether a declaration asks for a line. One that calls
// runtime.Caller for the file alone, to find a directory by it, does not.
func (g *graph) tellsLine(n *node) bool {
	if !n.mayTellPlace() {
		return false
	}
	asks := func(x extRef) bool { return in(placeTellers, x) }
	if slices.ContainsFunc(n.ext, func(x extRef) bool { return asks(x) && (x.path != "runtime" || x.name != "Caller") }) {
		return true
	}
	res, why := g.b.resolveFile(n.file.path)
	if why != "" {
		return true
	}
	mentions, forFile := 0, 0
	ast.Inspect(res.file, func(x ast.Node) bool {
		if x == nil {
			return true
		}
		if line := res.line(x.Pos()); line < n.fact.line && res.line(x.End()) < n.fact.line || line >= n.fact.line+n.fact.lines {
			return false
		}
		switch x := x.(type) {
		case *ast.SelectorExpr:
			if path, name := res.qualified(x); path == "runtime" && name == "Caller" {
				mentions++
			}
		case *ast.AssignStmt:
			if isCallForFile(res, x) {
				forFile++
			}
		}
		return true
	})
	return mentions != forFile
}

// isCallForFile recognises _, file, _, ok := runtime.Caller(0).
func isCallForFile(res *resolver, s *ast.AssignStmt) bool {
	if len(s.Lhs) != 4 || len(s.Rhs) != 1 {
		return false
	}
	call, ok := s.Rhs[0].(*ast.CallExpr)
	if !ok {
		return false
	}
	blank := func(e ast.Expr) bool { id, ok := e.(*ast.Ident); return ok && id.Name == "_" }
	path, name := res.qualified(call.Fun)
	return path == "runtime" && name == "Caller" && blank(s.Lhs[0]) && blank(s.Lhs[2])
}
