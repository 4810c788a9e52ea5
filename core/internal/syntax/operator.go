package syntax

import "go/token"

// operator takes the token that begins with c at s.at: the longest there is.
func (s *scanner) operator(c byte) {
	switch c {
	case '"':
		s.quoted('"', token.STRING)
	case '\'':
		s.quoted('\'', token.CHAR)
	case '`':
		s.raw()
	case '(':
		s.op(token.LPAREN, 1)
	case ')':
		s.op(token.RPAREN, 1)
		s.ends = true
	case '[':
		s.op(token.LBRACK, 1)
	case ']':
		s.op(token.RBRACK, 1)
		s.ends = true
	case '{':
		s.op(token.LBRACE, 1)
	case '}':
		s.op(token.RBRACE, 1)
		s.ends = true
	case ',':
		s.op(token.COMMA, 1)
	case ';':
		s.op(token.SEMICOLON, 1)
		s.lit = ";"
	case '~':
		s.op(token.TILDE, 1)
	case '.':
		s.dot()
	case ':':
		s.assignable(token.COLON, token.DEFINE)
	case '=':
		s.assignable(token.ASSIGN, token.EQL)
	case '!':
		s.assignable(token.NOT, token.NEQ)
	case '*':
		s.assignable(token.MUL, token.MUL_ASSIGN)
	case '/':
		s.assignable(token.QUO, token.QUO_ASSIGN)
	case '%':
		s.assignable(token.REM, token.REM_ASSIGN)
	case '^':
		s.assignable(token.XOR, token.XOR_ASSIGN)
	case '+', '-', '&', '|', '<', '>':
		s.doubled(c)
	default:
		s.broken = true
		s.stop()
	}
}

func (s *scanner) op(tok token.Token, n int) { s.tok, s.off, s.ends = tok, s.at+n, false }

// peek returns the byte n after the beginning of the token.
func (s *scanner) peek(n int) byte {
	if s.at+n < len(s.src) {
		return s.src[s.at+n]
	}
	return 0
}

func (s *scanner) dot() {
	switch {
	case classes[s.peek(1)] == digit:
		s.number()
	case s.peek(1) == '.' && s.peek(2) == '.':
		s.op(token.ELLIPSIS, 3)
	default:
		s.op(token.PERIOD, 1)
	}
}

// assignable takes an operator of one byte, or that with = behind it.
func (s *scanner) assignable(tok, assign token.Token) {
	if s.peek(1) == '=' {
		s.op(assign, 2)
	} else {
		s.op(tok, 1)
	}
}

// doubled takes an operator of a byte that may also stand there twice.
func (s *scanner) doubled(c byte) {
	d := s.peek(1)
	switch {
	case c == '+' && d == '+':
		s.op(token.INC, 2)
		s.ends = true
	case c == '-' && d == '-':
		s.op(token.DEC, 2)
		s.ends = true
	case c == '+':
		s.assignable(token.ADD, token.ADD_ASSIGN)
	case c == '-':
		s.assignable(token.SUB, token.SUB_ASSIGN)
	case c == '&' && d == '&':
		s.op(token.LAND, 2)
	case c == '&' && d == '^':
		s.longer(token.AND_NOT, token.AND_NOT_ASSIGN)
	case c == '&':
		s.assignable(token.AND, token.AND_ASSIGN)
	case c == '|' && d == '|':
		s.op(token.LOR, 2)
	case c == '|':
		s.assignable(token.OR, token.OR_ASSIGN)
	case c == '<' && d == '<':
		s.longer(token.SHL, token.SHL_ASSIGN)
	case c == '<' && d == '-':
		s.op(token.ARROW, 2)
	case c == '<':
		s.assignable(token.LSS, token.LEQ)
	case c == '>' && d == '>':
		s.longer(token.SHR, token.SHR_ASSIGN)
	default:
		s.assignable(token.GTR, token.GEQ)
	}
}

// longer takes an operator of two bytes, or that with = behind it.
func (s *scanner) longer(tok, assign token.Token) {
	if s.peek(2) == '=' {
		s.op(assign, 3)
	} else {
		s.op(tok, 2)
	}
}
