package syntax

import (
	"cmp"
	"go/scanner"
	"go/token"
)

// AppendTokens appends the tokens of Go source to buf, each followed by a zero byte.
// Comments and layout are gone, a newline that ends a statement is a semicolon, and a comma
// or semicolon before a closing bracket is dropped: source that gofmt formats and that
// differs only in its comments and line breaks gives the same bytes.
func AppendTokens(buf, src []byte) []byte {
	var s scanner.Scanner
	s.Init(token.NewFileSet().AddFile("", -1, len(src)), src, nil, 0)
	pending := "" // a comma or semicolon, which a closing bracket drops
	for {
		_, tok, text := s.Scan()
		switch tok {
		case token.EOF:
			return buf
		case token.COMMA, token.SEMICOLON:
			pending = tok.String() + "\x00"
			continue
		case token.RPAREN, token.RBRACK, token.RBRACE:
			pending = ""
		}
		buf = append(append(append(buf, pending...), cmp.Or(text, tok.String())...), 0)
		pending = ""
	}
}
