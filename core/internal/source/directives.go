package source

//lint:file-ignore SA1019 see resolve.go

import (
	"go/ast"
	"go/token"
	"strconv"
	"strings"
)

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
		case predeclared.has(name) && name != "_":
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
		*x.g.decls.next() = declFact{kind: kindInit, flags: declUnit | declAlways, name: "go:debug", nameLine: int32(line), line: line, lines: 1, digest: sum([]byte(rest))}
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
