package syntax

import (
	"go/scanner"
	"go/token"
)

// AppendTokens appends the tokens of Go source to buf, each followed by a zero
// byte. Comments and layout are gone, a newline that ends a statement is a
// semicolon, and a comma or semicolon before a closing bracket is dropped: source
// that is formatted by gofmt and differs only in its comments and line breaks gives
// the same bytes.
func AppendTokens(buf, src []byte) []byte {
	var s scanner.Scanner
	s.Init(token.NewFileSet().AddFile("", -1, len(src)), src, nil, 0)
	var held token.Token // a comma or semicolon, which what follows may drop
	for {
		_, tok, lit := s.Scan()
		switch {
		case held == token.ILLEGAL, held == token.SEMICOLON && (tok == token.SEMICOLON || tok == token.EOF), tok == token.RPAREN, tok == token.RBRACK, tok == token.RBRACE:
		default:
			buf = append(append(buf, held.String()...), 0)
		}
		held = token.ILLEGAL
		switch {
		case tok == token.EOF:
			return buf
		case tok == token.COMMA, tok == token.SEMICOLON:
			held = tok
			continue
		case lit == "":
			lit = tok.String()
		}
		buf = append(append(buf, lit...), 0)
	}
}
