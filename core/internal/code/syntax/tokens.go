package syntax

import "bytes"

// AppendTokens appends the tokens of Go source to buf, each followed by a zero
// byte. Comments and layout are gone, a newline that may end a statement is a
// semicolon, and a comma or semicolon before a closing bracket is dropped: source
// that is formatted by gofmt and differs only in its comments and line breaks gives
// the same bytes.
//
// It is not go/scanner, by which a file is parsed once and a half. Operators without
// space between them are one token here, and a newline ends a keyword too: source
// may be taken for different that is not, and never for the same.
func AppendTokens(buf, src []byte) []byte {
	var pending byte // a comma or semicolon, which what follows may drop
	ends := false    // the last token can end a statement
	for len(src) > 0 {
		kind, n := next(src)
		token := src[:n]
		src = src[n:]
		switch {
		case kind == layout:
			if ends && bytes.IndexByte(token, '\n') >= 0 {
				pending, ends = ';', false
			}
		case token[0] == ';', token[0] == ',':
			pending, ends = token[0], false
		default:
			if pending != 0 && kind != closing {
				buf = append(buf, pending, 0)
			}
			buf = append(append(buf, token...), 0)
			pending = 0
			ends = kind < single || kind == operator && (bytes.HasSuffix(token, []byte("++")) || bytes.HasSuffix(token, []byte("--")))
		}
	}
	if pending == ',' { // which does not parse
		buf = append(buf, pending)
	}
	return buf
}

// A kind of token is told by its first byte.
type kind uint8

const (
	word   kind = iota // and any byte that is not Go
	layout             // a comment, too
	quote
	closing
	single // any other that stands for itself
	operator
)

var kinds = [256]kind{
	' ': layout, '\t': layout, '\r': layout, '\n': layout, '"': quote, '\'': quote, '`': quote, ')': closing, ']': closing, '}': closing,
	'(': single, '[': single, '{': single, ',': single, ';': single, '/': single,
	'!': operator, '%': operator, '&': operator, '*': operator, '+': operator, '-': operator, '.': operator,
	':': operator, '<': operator, '=': operator, '>': operator, '^': operator, '|': operator, '~': operator,
}

// next returns the kind and the length of the token at the beginning of source.
func next(src []byte) (k kind, n int) {
	switch k = kinds[src[0]]; {
	case src[0] == '/' && bytes.HasPrefix(src, []byte("//")):
		return layout, to(src, "\n", 0)
	case src[0] == '/' && bytes.HasPrefix(src, []byte("/*")):
		return layout, to(src[2:], "*/", 2) + 2
	case src[0] == '`':
		return k, to(src[1:], "`", 1) + 1
	}
	n = 1
	isNumber := '0' <= src[0] && src[0] <= '9' // of which a dot is a part
	for k != single && k != closing && n < len(src) {
		switch {
		case k != quote:
			if kinds[src[n]] != k && !(isNumber && src[n] == '.') {
				return k, n
			}
		case src[n] == src[0] || src[n] == '\n':
			return k, n + 1
		case src[n] == '\\':
			n++
		}
		n++
	}
	return k, min(n, len(src))
}

// to returns how many bytes stand before an end and with it, or without one all.
func to(src []byte, end string, with int) int {
	if i := bytes.Index(src, []byte(end)); i >= 0 {
		return i + with
	}
	return len(src)
}
