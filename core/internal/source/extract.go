package source

//lint:file-ignore SA1019 see resolve.go

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
)

// extract parses one file into facts. It never fails: a file that does not
// parse gives facts that say so.
func extract(name string, src []byte) *fileFacts { return newGather().extract(name, src) }

func (g *gather) extract(name string, src []byte) *fileFacts {
	f := &fileFacts{name: name}
	if g.slow || !g.extractInPieces(f, src) {
		*f = fileFacts{name: name}
		g.extractWhole(f, src)
	}
	if f.flags&fileCgo != 0 { // the comment above import "C" is code
		f.flags |= fileRaw
		f.decls = append(f.decls, declFact{kind: kindVar, names: []nameFact{{"_", 1}}, line: 1, lines: 1, digest: sum(src)})
	}
	return f
}

// extractInPieces takes each declaration as it is parsed, without a look at
// what follows. It reports false where that is not enough, or where the file is
// for go/parser.
func (g *gather) extractInPieces(f *fileFacts, src []byte) bool {
	var x *extractor
	file := g.parser.Parse(textOf(src), func(file *ast.File, d ast.Decl) bool {
		gen, _ := d.(*ast.GenDecl)
		if gen != nil && gen.Tok == token.IMPORT {
			return true
		}
		if x == nil {
			x = newExtractor(g, f, tree{file: file, src: src, base: 1})
		}
		x.lines = g.parser.Lines()
		x.takeDirectives()
		x.declare(d)
		x.decl(d)
		return gen != nil && gen.Tok == token.CONST // others may refer to it
	})
	if file == nil || x != nil && (x.redefined != nil || x.late) {
		return false
	}
	if x == nil {
		x = newExtractor(g, f, tree{file: file, src: src, base: 1, lines: g.parser.Lines()})
	}
	x.done()
	return true
}

// extractWhole takes a file as go/parser sees it.
func (g *gather) extractWhole(f *fileFacts, src []byte) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", src, parser.SkipObjectResolution|parser.ParseComments)
	if err != nil {
		if file != nil && file.Name != nil {
			f.pkg = file.Name.Name
		}
		f.flags |= fileBroken | fileRaw
		f.decls = []declFact{{kind: kindVar, names: []nameFact{{"_", 1}}, line: 1, lines: bytes.Count(src, []byte("\n")) + 1, digest: sum(src)}}
		return
	}
	tok := fset.File(file.FileStart)
	x := newExtractor(g, f, tree{file, src, tok.Base(), tok.Lines()})
	x.takeDirectives()
	for _, d := range file.Decls {
		x.declare(d)
	}
	for _, d := range file.Decls {
		x.decl(d)
	}
	x.done()
}

// A tree is a file as it was parsed, for facts. Of comments directives are
// there at least; what is local scopes says.
type tree struct {
	file  *ast.File
	src   []byte
	base  int   // token.Pos of the first byte
	lines []int // offset of the first byte of each
}

// tree is that of a file which go/parser has resolved.
func (p *parsed) tree() tree {
	tok := p.fset.File(p.file.FileStart)
	return tree{p.file, p.src, tok.Base(), tok.Lines()}
}

type extractor struct {
	*fileFacts
	tree
	g         *gather
	at        int              // the line that was last asked for, counted from 0
	top       *ast.Scope       // of the file, where the parser has resolved it
	redefined map[string]bool  // builtin functions that the file declares itself
	names     *resolver        // of imports only
	packages  map[string]bool  // names that are surely imports
	embeds    map[int][]string // line of a //go:embed -> patterns
	taken     int              // groups of comments that were looked at
	unknown   map[string]bool  // names that were no constant when they were looked up
	late      bool             // one of them is, further down
}

func newExtractor(g *gather, f *fileFacts, t tree) *extractor {
	x := &extractor{fileFacts: f, tree: t, g: g, top: t.file.Scope}
	x.decls = g.decls[:0]
	x.names = &resolver{parsed: &parsed{src: t.src, file: t.file}}
	x.names.imports, x.names.dots = importsOf(t.file)
	x.packages = make(map[string]bool, len(t.file.Imports))
	for _, spec := range t.file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		switch {
		case err != nil:
		case spec.Name != nil:
			x.packages[spec.Name.Name] = true
		case purePackages[path] || path == "os": // of others the name is a guess
			x.packages[path[strings.LastIndexByte(path, '/')+1:]] = true
		}
	}
	return x
}

func (x *extractor) offset(pos token.Pos) int { return min(max(int(pos)-x.base, 0), len(x.src)) }

// line returns the line of a position as it stands in the file. Most are asked
// for in the order of the source.
func (x *extractor) line(pos token.Pos) int {
	off := x.offset(pos)
	if off < x.lines[x.at] || x.at+8 < len(x.lines) && off >= x.lines[x.at+8] {
		i, found := slices.BinarySearch(x.lines, off)
		if !found {
			i--
		}
		x.at = i
	}
	for x.at+1 < len(x.lines) && x.lines[x.at+1] <= off {
		x.at++
	}
	return x.at + 1
}

func (x *extractor) text(from, to token.Pos) []byte {
	return x.src[x.offset(from):x.offset(to)]
}

// done takes what is known of the file as a whole.
func (x *extractor) done() {
	x.pkg = x.g.kept(x.file.Name.Name)
	x.takeDirectives()
	x.constraint = x.g.kept(constraintOf(x.file))
	for _, spec := range x.file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		if path == "C" {
			x.flags |= fileCgo
			continue
		}
		imp := importFact{path: x.g.kept(path)}
		if spec.Name != nil {
			imp.name = spec.Name.Name
		}
		x.imports = append(x.imports, imp)
	}
	x.g.decls = x.decls
	x.decls = slices.Clone(x.decls)
}

// takeDirectives takes those that have come up since.
func (x *extractor) takeDirectives() {
	for _, group := range x.file.Comments[x.taken:] {
		for _, c := range group.List {
			x.directive(c)
		}
	}
	x.taken = len(x.file.Comments)
}

// declare notes what the file has at its top.
func (x *extractor) declare(d ast.Decl) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			x.declares(d.Name)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				x.declares(s.Name)
			case *ast.ValueSpec:
				x.declares(s.Names...)
				for _, id := range s.Names {
					x.late = x.late || d.Tok == token.CONST && x.unknown[id.Name]
				}
			}
		}
	}
}

// declares notes names at the top of the file that would be taken for others.
func (x *extractor) declares(names ...*ast.Ident) {
	for _, id := range names {
		switch name := id.Name; {
		case predeclared[name] && name != "_":
			x.flags |= fileShadows
			fallthrough
		case name == "delete", name == "clear", name == "copy", name == "len", name == "cap":
			if x.redefined == nil {
				x.redefined = map[string]bool{}
			}
			x.redefined[name] = true
		}
	}
}

func (x *extractor) directive(c *ast.Comment) {
	if !strings.HasPrefix(c.Text, "//go:") {
		return
	}
	verb, rest, _ := strings.Cut(c.Text[len("//go:"):], " ")
	switch verb {
	case "debug":
		line := x.line(c.Pos())
		x.decls = append(x.decls, declFact{kind: kindInit, flags: declUnit | declAlways, names: []nameFact{{"go:debug", line}}, line: line, lines: 1, digest: sum([]byte(rest))})
	case "linkname":
		f := strings.Fields(rest)
		if len(f) > 0 {
			link := linkFact{local: x.g.kept(f[0])}
			if len(f) > 1 {
				link.target = x.g.kept(unescape(f[1]))
			}
			x.links = append(x.links, link)
		}
	case "embed":
		if x.embeds == nil {
			x.embeds = map[int][]string{}
		}
		x.embeds[x.line(c.Pos())] = patterns(strings.Clone(rest))
	}
}

// patterns splits the arguments of //go:embed.
func patterns(s string) []string {
	var list []string
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		if s[0] == '"' || s[0] == '`' {
			q, err := strconv.QuotedPrefix(s)
			if err != nil {
				return append(list, s)
			}
			p, _ := strconv.Unquote(q)
			list, s = append(list, p), s[len(q):]
			continue
		}
		word, rest, _ := strings.Cut(s, " ")
		list, s = append(list, word), rest
	}
	return list
}

func (x *extractor) decl(d ast.Decl) {
	x.g.scopes.reset()
	switch d := d.(type) {
	case *ast.FuncDecl:
		x.funcDecl(d)
	case *ast.GenDecl:
		switch {
		case d.Tok == token.IMPORT:
		case d.Tok == token.CONST && implicit(d):
			x.constGroup(d)
		default:
			for _, spec := range d.Specs {
				x.spec(d, spec)
			}
		}
	}
}

func (x *extractor) funcDecl(d *ast.FuncDecl) {
	f := x.newDecl(d.Pos(), d.End())
	f.names = x.namesOf(d.Name)
	switch {
	case d.Recv != nil && len(d.Recv.List) > 0:
		f.kind = kindMethod
		f.recv = baseName(d.Recv.List[0].Type)
		if _, ok := ast.Unparen(d.Recv.List[0].Type).(*ast.StarExpr); ok {
			f.flags |= declPointer
		}
	case d.Name.Name == "init":
		f.kind, f.flags = kindInit, declUnit
	}
	if d.Body == nil {
		f.flags |= declNoBody
	}
	if d.Type.TypeParams != nil {
		f.flags |= declGenerics
	}
	if r := d.Type.Results; r != nil && len(r.List) > 0 {
		f.typ = typeOf(r.List[0].Type) // what a variable set from it holds
	}
	x.g.scopes.funcDecl(d)
	w := x.walker(f)
	if f.kind == kindMethod && len(d.Recv.List[0].Names) > 0 {
		w.recv = d.Recv.List[0].Names[0].Obj
	}
	w.parameters(d.Type)
	// Not the name: that of a method says nothing of functions named alike.
	w.fields(d.Recv)
	w.expr(d.Type)
	if d.Body != nil {
		w.stmts(d.Body.List)
	}
	w.done()
}

// newDecl begins the declaration that stands from one position to another. It
// is the last of x.decls until the next begins.
func (x *extractor) newDecl(from, to token.Pos) *declFact {
	x.g.buf = appendTokens(x.g.buf[:0], x.text(from, to))
	line := x.line(from)
	n := len(x.decls)
	if n == cap(x.decls) {
		x.decls = slices.Grow(x.decls, max(n, 64))
	}
	x.decls = x.decls[:n+1]
	f := &x.decls[n]
	*f = declFact{}
	f.line, f.lines, f.digest = line, x.line(to)-line+1, sum(x.g.buf)
	return f
}

// constGroup takes a group with iota or implicit values: what a constant is
// worth depends on those before it, so each has the tokens of all. What the
// group mentions, its own names too, stands with its first name that can be
// mentioned, and the others lead to that one: a list of thousands of constants
// has as many edges, not their square.
func (x *extractor) constGroup(d *ast.GenDecl) {
	all := *x.newDecl(d.Pos(), d.End())
	x.decls = x.decls[:len(x.decls)-1]
	all.kind = kindConst
	rest := all
	w := x.walker(&all)
	w.genDecl(d)
	w.done()
	first := true
	for _, spec := range d.Specs {
		f := rest
		names := x.namesOf(spec.(*ast.ValueSpec).Names...)
		named := slices.IndexFunc(names, func(n nameFact) bool { return n.name != "_" })
		if first && named >= 0 {
			first = false
			f, rest.refs = all, []string{names[named].name}
		}
		f.names = names
		f.line = x.line(spec.Pos())
		f.lines = x.line(spec.End()) - f.line + 1
		x.decls = append(x.decls, f)
	}
}

func (x *extractor) namesOf(list ...*ast.Ident) []nameFact {
	var some [4]nameFact
	names := some[:0]
	for _, n := range list {
		names = append(names, nameFact{x.g.symbol(n.Name).name, x.line(n.Pos())})
	}
	return x.g.keptNames.keep(names)
}

func (x *extractor) spec(d *ast.GenDecl, spec ast.Spec) {
	f := x.newDecl(spec.Pos(), spec.End())
	w := x.walker(f)
	switch s := spec.(type) {
	case *ast.TypeSpec:
		f.kind = kindType
		f.names = []nameFact{{s.Name.Name, x.line(s.Name.Pos())}}
		x.g.scopes.typeSpec(s)
		f.typ = typeOf(s.Type)
		if s.TypeParams != nil || holdsCode(s.Type) {
			f.flags |= declCode
		}
		if _, ok := s.Type.(*ast.StructType); ok {
			f.typ = "struct"
		}
		if s.Assign.IsValid() {
			f.flags |= declAlias
		}
		w.spec(s)
	case *ast.ValueSpec:
		f.kind = kindConst
		f.names = x.namesOf(s.Names...)
		x.g.scopes.exprs(s.Values)
		x.g.scopes.expr(s.Type)
		w.spec(s)
		if d.Tok == token.VAR {
			f.kind = kindVar
			f.typ = typeName(s)
			x.embedded(f, s)
			if slices.ContainsFunc(s.Values, runsCode) {
				f.flags |= declUnit
			}
			if x.isLazy(s) {
				f.flags |= declLazy
			}
		}
	}
	w.done()
}

func implicit(d *ast.GenDecl) bool {
	for _, spec := range d.Specs {
		s, ok := spec.(*ast.ValueSpec)
		if !ok || len(s.Values) == 0 {
			return true
		}
		for _, v := range s.Values {
			if mentionsIota(v) {
				return true
			}
		}
	}
	return false
}

func mentionsIota(e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && id.Name == "iota" {
			found = true
		}
		return !found
	})
	return found
}

// runsCode reports whether an initialiser calls or receives, function literals
// apart: those run when somebody calls them.
func runsCode(e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			found = true
		case *ast.UnaryExpr:
			found = found || n.Op == token.ARROW
		}
		return !found
	})
	return found
}

// isLazy reports whether a variable is set to sync.OnceFunc, OnceValue or
// OnceValues of a function that is there without a call.
func (x *extractor) isLazy(s *ast.ValueSpec) bool {
	if len(s.Values) != 1 {
		return false
	}
	call, ok := s.Values[0].(*ast.CallExpr)
	if !ok || len(call.Args) != 1 {
		return false
	}
	path, name := x.names.qualified(call.Fun)
	return path == "sync" && strings.HasPrefix(name, "Once") && !runsCode(call.Args[0])
}

// holdsCode reports whether a type expression has a part that can hold any
// code, names of other types apart.
func holdsCode(e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.InterfaceType, *ast.FuncType, *ast.ChanType:
			found = true
		case *ast.Ident:
			found = found || n.Name == "any" || n.Name == "error"
		}
		return !found
	})
	return found
}

// embedded gives a var the patterns of the directives since the last
// declaration: blank lines and other comments may stand between.
func (x *extractor) embedded(f *declFact, s *ast.ValueSpec) {
	for line, list := range x.embeds {
		if line < f.line {
			f.more().embeds = append(f.more().embeds, list...)
			delete(x.embeds, line)
		}
	}
	if embeds := f.rare().embeds; len(embeds) > 0 {
		slices.Sort(embeds)
		x.g.buf = appendTokens(x.g.buf[:0], x.text(s.Pos(), s.End()))
		f.digest = sum(x.g.buf, []byte(strings.Join(embeds, "\x00")))
	}
}
