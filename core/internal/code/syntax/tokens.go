package syntax

import (
	"slices"
)

// AppendTokens appends the tokens of Go source to buf, each followed by a zero
// byte. Comments and layout are gone, a newline that ends a statement is a
// semicolon, and a comma or semicolon before a closing bracket is dropped:
// source that differs only in what gofmt would change gives the same bytes.
//
// It is not go/scanner, which would cost a third of the parse again. It may
// take more for different than is, never less: every byte that is not space or
// comment is in the output, and what was apart stays apart.
func AppendTokens(buf, src []byte) []byte {
	t := tokenizer{buf: slices.Grow(buf, len(src)), start: len(buf), src: src}
	for t.pos < len(src) {
		switch c := src[t.pos]; kinds[c] {
		case isSpace:
			t.pos++
		case isWord:
			n := t.pos + 1
			for n < len(src) && kinds[src[n]] == isWord {
				n++
			}
			word := src[t.pos:n]
			t.buf = append(append(t.buf, word...), 0)
			t.pos, t.ends = n, len(word) < 2 || len(word) > 9 || !continues(word)
		default:
			t.next(c)
		}
	}
	t.trim(';')
	return t.buf
}

// kinds tells words and spaces from other bytes.
var kinds = func() (k [256]byte) {
	for c := range k {
		switch c := byte(c); {
		case c == ' ' || c == '\t' || c == '\r':
			k[c] = isSpace
		case 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c >= 0x80:
			k[c] = isWord
		}
	}
	return k
}()

const (
	isSpace = 1 + iota // a newline is none
	isWord
)

type tokenizer struct {
	buf   []byte
	start int
	src   []byte
	pos   int
	ends  bool // the last token can end a statement
}

func (t *tokenizer) next(c byte) {
	switch {
	case c == '\n':
		t.newline()
		t.pos++
	case c == '/' && t.at(1) == '/':
		for t.pos < len(t.src) && t.src[t.pos] != '\n' {
			t.pos++
		}
	case c == '/' && t.at(1) == '*':
		t.comment()
	case c == '"' || c == '\'':
		t.emit(t.quoted(c), true)
	case c == '`':
		n := t.pos + 1
		for n < len(t.src) && t.src[n] != '`' {
			n++
		}
		t.emit(min(n+1, len(t.src)), true)
	default:
		t.operator(c)
	}
}

func (t *tokenizer) at(i int) byte {
	if t.pos+i < len(t.src) {
		return t.src[t.pos+i]
	}
	return 0
}

// continues reports whether a word is a keyword after which a newline does not
// end the statement.
func continues(word []byte) bool {
	switch string(word) {
	case "case", "chan", "const", "default", "defer", "else", "for", "func", "go", "goto", "if", "import",
		"interface", "map", "package", "range", "select", "struct", "switch", "type", "var":
		return true
	}
	return false
}

func (t *tokenizer) emit(end int, ends bool) {
	t.buf = append(append(t.buf, t.src[t.pos:end]...), 0)
	t.pos, t.ends = end, ends
}

func (t *tokenizer) quoted(quote byte) int {
	n := t.pos + 1
	for n < len(t.src) && t.src[n] != quote && t.src[n] != '\n' {
		if t.src[n] == '\\' {
			n++
		}
		n++
	}
	return min(n+1, len(t.src))
}

// comment skips one that may span lines; it then counts as a newline.
func (t *tokenizer) comment() {
	end := t.pos + 2
	for end < len(t.src) && !(t.src[end] == '/' && t.src[end-1] == '*' && end > t.pos+2) {
		if t.src[end] == '\n' {
			t.newline()
		}
		end++
	}
	t.pos = min(end+1, len(t.src))
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

func (t *tokenizer) operator(c byte) {
	switch c {
	case ')', ']', '}':
		t.trim(';')
		t.trim(',')
		t.emit(t.pos+1, true)
	case ';':
		if n := len(t.buf); n-t.start >= 2 && t.buf[n-2] == ';' && t.buf[n-1] == 0 {
			t.pos++
			return // a newline said so already
		}
		t.emit(t.pos+1, false)
	case '(', '[', '{', ',':
		t.emit(t.pos+1, false)
	default:
		n := t.operatorLen()
		op := t.src[t.pos : t.pos+n]
		t.emit(t.pos+n, n == 2 && (op[0] == '+' && op[1] == '+' || op[0] == '-' && op[1] == '-'))
	}
}

// operatorLen returns the length of the longest operator at pos.
func (t *tokenizer) operatorLen() int {
	a, b, c := t.at(0), t.at(1), t.at(2)
	switch {
	case a == '.' && b == '.' && c == '.':
		return 3
	case (a == '<' && b == '<' || a == '>' && b == '>' || a == '&' && b == '^') && c == '=':
		return 3
	case b == '=' && (a == '=' || a == '!' || a == '<' || a == '>' || a == ':' || a == '+' || a == '-' || a == '*' || a == '/' || a == '%' || a == '&' || a == '|' || a == '^'):
		return 2
	case a == b && (a == '<' || a == '>' || a == '&' || a == '|' || a == '+' || a == '-'):
		return 2
	case a == '&' && b == '^' || a == '<' && b == '-':
		return 2
	}
	return 1
}
