package syntax

import (
	"go/ast"
	"go/token"
	"strings"
)

// A scanner cuts source into tokens.
type scanner struct {
	src   string
	at    int // the token
	off   int // what follows it
	tok   token.Token
	lit   string // of a name or literal; "\n" of a semicolon that a newline stands for
	ends  bool   // a newline would end the statement
	lines []int

	directives []*ast.CommentGroup
	broken     bool // there is something that is left to go/scanner
	names      names
}

func (s *scanner) reset(src string) {
	*s = scanner{src: src, lines: append(s.lines[:0], 0), names: s.names}
	s.names.prepare()
}

// stop lets all that is open end.
func (s *scanner) stop() {
	s.off = len(s.src)
	s.tok, s.ends = token.EOF, false
}

func (s *scanner) pos() token.Pos { return token.Pos(s.at + 1) }
func (s *scanner) end() token.Pos { return token.Pos(s.off + 1) }

type class uint8

const (
	other class = iota
	blank
	newline
	letter
	digit
)

var classes = func() (c [256]class) {
	for b := range c {
		switch b := byte(b); {
		case b == ' ' || b == '\t' || b == '\r':
			c[b] = blank
		case b == '\n':
			c[b] = newline
		case 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || b == '_':
			c[b] = letter
		case '0' <= b && b <= '9':
			c[b] = digit
		}
	}
	return c
}()

// next steps to the next token.
func (s *scanner) next() {
	src, off := s.src, s.off
	for off < len(src) {
		c := src[off]
		switch classes[c] {
		case blank:
			off++
		case newline:
			off++
			s.lines = append(s.lines, off)
			if s.ends {
				s.semicolon(off-1, off)
				return
			}
		case letter:
			s.name(off)
			return
		case digit:
			s.at = off
			s.number()
			s.ends = true
			return
		default:
			if c == '/' && off+1 < len(src) && (src[off+1] == '/' || src[off+1] == '*') {
				var newlines bool
				if off, newlines = s.comment(off); newlines && s.ends {
					s.semicolon(off, off)
					return
				}
				continue
			}
			s.at = off
			s.operator(c)
			return
		}
	}
	if s.ends {
		s.semicolon(off, off)
		return
	}
	s.at, s.off, s.tok = off, off, token.EOF
}

// semicolon is what a newline after a statement stands for.
func (s *scanner) semicolon(at, off int) {
	s.at, s.off, s.tok, s.lit, s.ends = at, off, token.SEMICOLON, "\n", false
}

// comment steps over one, up to the newline that ends it.
func (s *scanner) comment(at int) (off int, newlines bool) {
	if s.src[at+1] == '/' {
		off = len(s.src)
		if n := strings.IndexByte(s.src[at:], '\n'); n >= 0 {
			off = at + n
		}
		text := strings.TrimSuffix(s.src[at:off], "\r")
		s.broken = s.broken || strings.IndexByte(text, '\r') >= 0 // which is no part of it
		if strings.HasPrefix(text, "//go:") {
			s.directives = append(s.directives, &ast.CommentGroup{List: []*ast.Comment{{Slash: token.Pos(at + 1), Text: text}}})
		}
		return off, false
	}
	n := strings.Index(s.src[at+2:], "*/")
	if n < 0 {
		s.broken = true
		return len(s.src), false
	}
	off = at + 2 + n + 2
	return off, s.newlines(at, off)
}

// newlines notes the lines that begin within a part of the source.
func (s *scanner) newlines(from, to int) (any bool) {
	for {
		n := strings.IndexByte(s.src[from:to], '\n')
		if n < 0 {
			return any
		}
		from += n + 1
		s.lines = append(s.lines, from)
		any = true
	}
}

func (s *scanner) name(at int) {
	src, off := s.src, at+1
	hash := hashByte(0, src[at])
	for off < len(src) && classes[src[off]] >= letter {
		hash = hashByte(hash, src[off])
		off++
	}
	e := s.names.get(src[at:off], hash)
	s.at, s.off, s.tok, s.lit = at, off, e.tok, e.text
	s.ends = e.ends
	if off < len(src) && src[off] >= 0x80 { // perhaps a letter
		s.broken = true
	}
}

func (s *scanner) literal(tok token.Token, end int) {
	s.off, s.tok, s.lit, s.ends = end, tok, s.src[s.at:end], true
}

// number takes what can be part of one, without a look at whether it is one.
func (s *scanner) number() {
	src, off, tok := s.src, s.at, token.INT
	hex := src[off] == '0' && off+1 < len(src) && (src[off+1] == 'x' || src[off+1] == 'X')
	for ; off < len(src); off++ {
		switch c := src[off]; {
		case c == '.':
			if tok == token.FLOAT { // 1..x
				s.literal(tok, off)
				return
			}
			tok = token.FLOAT
		case c == '+' || c == '-':
			before := src[off-1] | 0x20
			if !(before == 'e' && !hex || before == 'p' && hex) {
				s.literal(tok, off)
				return
			}
		case classes[c] < letter:
			s.literal(tok, off)
			return
		case c == 'i':
			s.literal(token.IMAG, off+1)
			return
		case (c == 'e' || c == 'E') && !hex, c == 'p', c == 'P':
			tok = token.FLOAT
		}
	}
	s.literal(tok, off)
}

func (s *scanner) quoted(quote byte, tok token.Token) {
	src := s.src
	for off := s.at + 1; off < len(src); off++ {
		switch src[off] {
		case '\\':
			off++
		case '\n':
			s.broken = true
		case quote:
			s.literal(tok, off+1)
			return
		}
	}
	s.broken = true
	s.stop()
}

func (s *scanner) raw() {
	n := strings.IndexByte(s.src[s.at+1:], '`')
	if n < 0 {
		s.broken = true
		s.stop()
		return
	}
	end := s.at + 1 + n + 1
	s.literal(token.STRING, end)
	s.newlines(s.at, end)
	s.broken = s.broken || strings.Contains(s.lit, "\r") // which is no part of the value
}
