package facts

import (
	"go/ast"
	"strconv"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/codec"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

func (x *extractor) takeDirectives() {
	var moves []byte
	for _, group := range x.Syntax.Comments {
		for _, c := range group.List {
			x.directive(c)
			if strings.HasPrefix(c.Text[2:], "line ") {
				moves = append(append(strconv.AppendInt(moves, int64(x.Line(c.Pos())), 10), c.Text...), 0)
			}
		}
	}
	if moves != nil {
		x.Moves = codec.Sum(moves)
	}
}

func (x *extractor) directive(c *ast.Comment) {
	if !strings.HasPrefix(c.Text, "//go:") {
		return
	}
	verb, rest, _ := strings.Cut(c.Text[len("//go:"):], " ")
	switch verb {
	case "debug":
		line := x.Line(c.Pos())
		x.add(&Decl{Kind: KindInit, Flags: DeclInit | DeclAlways, Name: "go:debug", NameLine: int32(line), Line: line, Lines: 1, Digest: codec.Sum([]byte(rest))})
	case "linkname":
		f := strings.Fields(rest)
		if len(f) > 0 {
			link := Link{Local: f[0]}
			if len(f) > 1 {
				link.Target = syntax.UnescapePath(f[1])
			}
			x.Links = append(x.Links, link)
		}
	case "embed":
		if x.embeds == nil {
			x.embeds = map[int][]string{}
		}
		x.embeds[x.Line(c.Pos())] = patterns(rest)
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
