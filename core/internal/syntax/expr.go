package syntax

import (
	"go/ast"
	"go/token"
)

const lowest = token.LowestPrec + 1

// precedences is token.Token.Precedence, looked up.
var precedences = func() (list [token.TILDE + 1]int8) {
	for tok := range list {
		list[tok] = int8(token.Token(tok).Precedence())
	}
	return list
}()

func (p *Parser) expr() ast.Expr { return p.binary(p.unary(), lowest) }

func (p *Parser) exprList() []ast.Expr {
	list := p.exprs.open()
	p.exprs.add(p.expr())
	for p.got(token.COMMA) {
		p.exprs.add(p.expr())
	}
	return p.exprs.close(list)
}

// binary takes what follows an operand as long as it binds at least as tight
// as least.
func (p *Parser) binary(x ast.Expr, least int) ast.Expr {
	for {
		prec := int(precedences[p.tok])
		if prec < least {
			return x
		}
		b := p.binaries.new()
		*b = ast.BinaryExpr{X: x, OpPos: p.pos(), Op: p.tok}
		p.next()
		b.Y = p.binary(p.unary(), prec+1)
		x = b
	}
}

func (p *Parser) unary() ast.Expr {
	if !p.enter() {
		return nil
	}
	defer p.leave()
	switch p.tok {
	case token.ADD, token.SUB, token.NOT, token.XOR, token.AND, token.TILDE:
		u := p.unaries.new()
		*u = ast.UnaryExpr{OpPos: p.pos(), Op: p.tok}
		p.next()
		u.X = p.unary()
		return u
	case token.MUL:
		s := &ast.StarExpr{Star: p.pos()}
		p.next()
		s.X = p.unary()
		return s
	case token.ARROW:
		u := p.unaries.new()
		*u = ast.UnaryExpr{OpPos: p.pos(), Op: token.ARROW}
		p.next()
		if p.tok == token.CHAN { // a type, or a receive of a conversion to one
			return p.receiveOnly(u.OpPos)
		}
		u.X = p.unary()
		return u
	}
	return p.suffixes(p.operand())
}

// receiveOnly takes <-chan T where an expression may stand.
func (p *Parser) receiveOnly(arrow token.Pos) ast.Expr {
	t := &ast.ChanType{Begin: arrow, Arrow: arrow, Dir: ast.RECV}
	p.want(token.CHAN)
	if p.tok == token.ARROW {
		p.fail()
		return t
	}
	t.Value = p.typ()
	if p.tok == token.LPAREN {
		p.fail()
	}
	return t
}

func (p *Parser) operand() ast.Expr {
	switch p.tok {
	case token.IDENT:
		return p.ident()
	case token.INT, token.FLOAT, token.IMAG, token.CHAR, token.STRING:
		return p.literal()
	case token.LPAREN:
		x := &ast.ParenExpr{Lparen: p.pos()}
		p.next()
		p.depth++
		x.X = p.expr()
		p.depth--
		x.Rparen = p.want(token.RPAREN)
		return x
	case token.FUNC:
		t := p.funcType()
		if p.tok != token.LBRACE {
			return t
		}
		return &ast.FuncLit{Type: t, Body: p.body()}
	case token.LBRACK, token.STRUCT, token.MAP, token.CHAN, token.INTERFACE:
		return p.typ()
	}
	p.fail()
	return nil
}

// suffixes takes what may follow an operand: selectors, indices, calls, the
// braces of a literal.
func (p *Parser) suffixes(x ast.Expr) ast.Expr {
	for {
		switch p.tok {
		case token.PERIOD:
			p.next()
			if p.tok == token.LPAREN {
				x = p.assertion(x)
			} else {
				x = p.selector(x, p.ident())
			}
		case token.LBRACK:
			x = p.indexOrSlice(x)
		case token.LPAREN:
			x = p.call(x)
		case token.LBRACE:
			if !p.beginsLiteral(x) {
				return x
			}
			x = p.composite(x)
		default:
			return x
		}
	}
}

func (p *Parser) assertion(x ast.Expr) ast.Expr {
	a := &ast.TypeAssertExpr{X: x, Lparen: p.want(token.LPAREN)}
	if !p.got(token.TYPE) {
		a.Type = p.typ()
	}
	a.Rparen = p.want(token.RPAREN)
	return a
}

func (p *Parser) indexOrSlice(x ast.Expr) ast.Expr {
	lbrack := p.want(token.LBRACK)
	p.depth++
	defer func() { p.depth-- }()
	var bounds [3]ast.Expr
	if p.tok != token.COLON {
		bounds[0] = p.expr()
		if p.tok != token.COLON {
			list := p.exprs.open()
			p.exprs.add(bounds[0])
			for p.got(token.COMMA) && p.tok != token.RBRACK {
				p.exprs.add(p.expr())
			}
			return p.index(x, lbrack, p.exprs.close(list), p.want(token.RBRACK))
		}
	}
	colons := 0
	for colons < 2 && p.got(token.COLON) {
		colons++
		if p.tok != token.COLON && p.tok != token.RBRACK {
			bounds[colons] = p.expr()
		}
	}
	s := &ast.SliceExpr{X: x, Lbrack: lbrack, Low: bounds[0], High: bounds[1], Max: bounds[2], Slice3: colons == 2}
	s.Rbrack = p.want(token.RBRACK)
	return s
}

func (p *Parser) call(fun ast.Expr) ast.Expr {
	c := p.calls.new()
	*c = ast.CallExpr{Fun: fun, Lparen: p.want(token.LPAREN)}
	p.depth++
	list := p.exprs.open()
	for p.tok != token.RPAREN && p.tok != token.EOF && !c.Ellipsis.IsValid() {
		p.exprs.add(p.expr())
		if p.tok == token.ELLIPSIS {
			c.Ellipsis = p.pos()
			p.next()
		}
		if !p.got(token.COMMA) {
			break
		}
	}
	p.depth--
	c.Args = p.exprs.close(list)
	c.Rparen = p.want(token.RPAREN)
	return c
}

// beginsLiteral reports whether the brace behind x begins the elements of a
// composite literal: not where x is no type, nor where a block would be missing.
func (p *Parser) beginsLiteral(x ast.Expr) bool {
	switch x.(type) {
	case *ast.Ident, *ast.SelectorExpr, *ast.IndexExpr, *ast.IndexListExpr:
		return p.depth >= 0
	case *ast.ArrayType, *ast.StructType, *ast.MapType:
		return true
	case *ast.ParenExpr: // (T){ is wrong, or a block
		if p.depth >= 0 {
			p.fail()
		}
	}
	return false
}

func (p *Parser) composite(typ ast.Expr) ast.Expr {
	c := p.composites.new()
	*c = ast.CompositeLit{Type: typ, Lbrace: p.want(token.LBRACE)}
	p.depth++
	list := p.exprs.open()
	for p.tok != token.RBRACE && p.tok != token.EOF {
		p.exprs.add(p.keyed())
		if !p.got(token.COMMA) {
			break
		}
	}
	p.depth--
	c.Elts = p.exprs.close(list)
	c.Rbrace = p.want(token.RBRACE)
	return c
}

func (p *Parser) keyed() ast.Expr {
	x := p.element()
	if p.tok != token.COLON {
		return x
	}
	kv := p.keyValues.new()
	*kv = ast.KeyValueExpr{Key: x, Colon: p.pos()}
	p.next()
	kv.Value = p.element()
	return kv
}

// element takes one whose type may be left out.
func (p *Parser) element() ast.Expr {
	if p.tok == token.LBRACE {
		return p.composite(nil)
	}
	return p.expr()
}
