package syntax

import (
	"bytes"
	"slices"
)

// AppendTokens appends the tokens of Go source to buf, each followed by a zero
// byte. Comments and layout are gone, a newline that may end a statement is a
// semicolon, and a comma or semicolon before a closing bracket is dropped: source
// that is formatted by gofmt and differs only in its comments and line breaks gives
// the same bytes.
//
// It is not go/scanner, which would cost a third of the parse again. It may
// take more for different than is, never less: every byte that is not space or
// comment is in the output, and what was apart stays apart. Operators without
// space between them are one token.
func AppendTokens(buf, src []byte) []byte {
	t := tokenizer{buf: slices.Grow(buf, len(src)), start: len(buf), src: src}
	for t.pos < len(src) {
		switch k := kinds[src[t.pos]]; k {
		case word, operator:
			n, isNumber := t.pos+1, '0' <= src[t.pos] && src[t.pos] <= '9'
			for n < len(src) && (kinds[src[n]] == k || isNumber && src[n] == '.') {
				n++
			}
			t.emit(n, k == word || bytes.HasSuffix(src[t.pos:n], []byte("++")) || bytes.HasSuffix(src[t.pos:n], []byte("--")))
		case space:
			t.pos++
		case newline:
			t.newline()
			t.pos++
		case slash:
			t.slash()
		case quote:
			t.emit(t.pos+t.quoted(), true)
		case opening:
			t.emit(t.pos+1, false)
		case closing:
			t.trim(';')
			t.trim(',')
			t.emit(t.pos+1, true)
		case semicolon:
			t.trim(';') // a newline said so already
			t.emit(t.pos+1, false)
		}
	}
	t.trim(';')
	return t.buf
}

// A kind of byte, as the first of a token.
type kind uint8

const (
	word kind = iota // and any that is not Go
	space
	newline
	slash
	quote
	opening // after which a newline ends nothing
	closing
	semicolon
	operator
)

var kinds = [256]kind{
	' ': space, '\t': space, '\r': space, '\n': newline, '/': slash, '"': quote, '\'': quote, '`': quote,
	'(': opening, '[': opening, '{': opening, ',': opening, ')': closing, ']': closing, '}': closing, ';': semicolon,
	'!': operator, '%': operator, '&': operator, '*': operator, '+': operator, '-': operator, '.': operator,
	':': operator, '<': operator, '=': operator, '>': operator, '^': operator, '|': operator, '~': operator,
}

type tokenizer struct {
	buf   []byte
	start int
	src   []byte
	pos   int
	ends  bool // the last token can end a statement
}

// emit appends the token that stands from here to another position.
//
//go:noinline
func (t *tokenizer) emit(end int, ends bool) {
	t.buf = append(append(t.buf, t.src[t.pos:end]...), 0)
	t.pos, t.ends = end, ends
}

func (t *tokenizer) newline() {
	if t.ends {
		t.buf = append(t.buf, ';', 0)
		t.ends = false
	}
}

// trim drops a last token that is c alone.
func (t *tokenizer) trim(c byte) {
	n := len(t.buf)
	if n-t.start >= 2 && t.buf[n-2] == c && t.buf[n-1] == 0 && (n-t.start == 2 || t.buf[n-3] == 0) {
		t.buf = t.buf[:n-2]
	}
}

// slash skips a comment, which counts as a newline if it holds one.
func (t *tokenizer) slash() {
	text := t.src[t.pos:]
	switch {
	case bytes.HasPrefix(text, []byte("//")):
		t.pos += to(text, "\n")
	case bytes.HasPrefix(text, []byte("/*")):
		n := 2 + to(text[2:], "*/")
		if bytes.IndexByte(text[:n], '\n') >= 0 {
			t.newline()
		}
		t.pos += min(n+2, len(text))
	default:
		t.emit(t.pos+1, false)
	}
}

// to returns how many bytes stand before an end, or without one all.
func to(text []byte, end string) int {
	if i := bytes.Index(text, []byte(end)); i >= 0 {
		return i
	}
	return len(text)
}

// quoted returns the length of the literal that begins here.
func (t *tokenizer) quoted() int {
	text := t.src[t.pos:]
	if text[0] == '`' {
		return min(2+to(text[1:], "`"), len(text))
	}
	n := 1
	for n < len(text) && text[n] != text[0] && text[n] != '\n' {
		if text[n] == '\\' {
			n++
		}
		n++
	}
	return min(n+1, len(text))
}
