package syntax

import (
	"go/ast"
	"go/token"
)

func (p *Parser) block() *ast.BlockStmt {
	b := p.blocks.new()
	*b = ast.BlockStmt{Lbrace: p.want(token.LBRACE)}
	b.List = p.stmtList()
	b.Rbrace = p.want(token.RBRACE)
	return b
}

func (p *Parser) stmtList() []ast.Stmt {
	list := p.stmts.open()
	for p.tok != token.RBRACE && p.tok != token.CASE && p.tok != token.DEFAULT && p.tok != token.EOF {
		p.stmts.add(p.stmt())
	}
	return p.stmts.close(list)
}

// stmt takes a statement with the semicolon that ends it.
func (p *Parser) stmt() (s ast.Stmt) {
	if !p.enter() {
		return &ast.EmptyStmt{}
	}
	defer p.leave()
	switch p.tok {
	case token.CONST, token.TYPE, token.VAR:
		return &ast.DeclStmt{Decl: p.genDecl()}
	case token.SEMICOLON:
		s := &ast.EmptyStmt{Semicolon: p.pos(), Implicit: p.lit == "\n"}
		p.next()
		return s
	case token.RBRACE:
		return &ast.EmptyStmt{Semicolon: p.pos(), Implicit: true}
	case token.LBRACE:
		s = p.block()
	case token.IF:
		return p.ifStmt()
	case token.FOR:
		s = p.forStmt()
	case token.SWITCH:
		s = p.switchStmt()
	case token.SELECT:
		s = p.selectStmt()
	case token.RETURN:
		s = p.returnStmt()
	case token.BREAK, token.CONTINUE, token.GOTO, token.FALLTHROUGH:
		s = p.branchStmt()
	case token.GO:
		s = &ast.GoStmt{Go: p.want(token.GO), Call: p.called()}
	case token.DEFER:
		s = &ast.DeferStmt{Defer: p.want(token.DEFER), Call: p.called()}
	default:
		s = p.simple(true)
		if _, ok := s.(*ast.LabeledStmt); ok {
			return s
		}
	}
	p.semi()
	return s
}

// called takes the call of a go or defer statement.
func (p *Parser) called() *ast.CallExpr {
	c, ok := p.expr().(*ast.CallExpr)
	if !ok {
		p.fail()
	}
	return c
}

func (p *Parser) returnStmt() ast.Stmt {
	s := p.returns.new()
	*s = ast.ReturnStmt{Return: p.want(token.RETURN)}
	if p.tok != token.SEMICOLON && p.tok != token.RBRACE {
		s.Results = p.exprList()
	}
	return s
}

func (p *Parser) branchStmt() ast.Stmt {
	s := &ast.BranchStmt{TokPos: p.pos(), Tok: p.tok}
	p.next()
	if s.Tok != token.FALLTHROUGH && p.tok == token.IDENT {
		s.Label = p.ident()
	}
	return s
}

// simple takes a statement without a keyword, but for range.
func (p *Parser) simple(label bool) ast.Stmt {
	first := p.expr()
	var left []ast.Expr
	if p.tok == token.COMMA {
		list := p.exprs.open()
		p.exprs.add(first)
		for p.got(token.COMMA) {
			p.exprs.add(p.expr())
		}
		left = p.exprs.close(list)
	}
	pos := p.pos()
	switch tok := p.tok; {
	case tok == token.DEFINE || tok == token.ASSIGN || token.ADD_ASSIGN <= tok && tok <= token.AND_NOT_ASSIGN:
		return p.assignment(first, left)
	case left != nil:
		p.fail()
	case tok == token.COLON && label:
		name, ok := first.(*ast.Ident)
		if !ok {
			p.fail()
			break
		}
		p.next()
		return &ast.LabeledStmt{Label: name, Colon: pos, Stmt: p.stmt()}
	case tok == token.ARROW:
		p.next()
		return &ast.SendStmt{Chan: first, Arrow: pos, Value: p.expr()}
	case tok == token.INC || tok == token.DEC:
		p.next()
		return &ast.IncDecStmt{X: first, TokPos: pos, Tok: tok}
	}
	s := p.exprStmts.new()
	*s = ast.ExprStmt{X: first}
	return s
}

// assignment takes what follows the left side, which is first alone where
// left is nil.
func (p *Parser) assignment(first ast.Expr, left []ast.Expr) ast.Stmt {
	if left == nil {
		left = p.exprs.one(first)
	}
	s := p.assigns.new()
	*s = ast.AssignStmt{Lhs: left, TokPos: p.pos(), Tok: p.tok}
	p.next()
	if p.tok == token.RANGE && (s.Tok == token.DEFINE || s.Tok == token.ASSIGN) {
		s.Rhs = p.exprs.one(p.rangeOver())
	} else {
		s.Rhs = p.exprList()
	}
	return s
}

func (p *Parser) rangeOver() ast.Expr {
	u := p.unaries.new()
	*u = ast.UnaryExpr{OpPos: p.want(token.RANGE), Op: token.RANGE}
	u.X = p.expr()
	return u
}

// header takes what stands before the block of a statement.
func (p *Parser) header(take func()) {
	depth := p.depth
	p.depth = -1
	take()
	p.depth = depth
}

func (p *Parser) ifStmt() ast.Stmt {
	s := p.ifs.new()
	*s = ast.IfStmt{If: p.want(token.IF)}
	p.header(func() {
		var cond ast.Stmt
		if p.tok != token.SEMICOLON {
			cond = p.simple(false)
		}
		if p.got(token.SEMICOLON) {
			s.Init = cond
			cond = p.simple(false)
		}
		s.Cond = p.condition(cond)
	})
	s.Body = p.block()
	if !p.got(token.ELSE) {
		p.semi()
		return s
	}
	if p.tok == token.IF {
		s.Else = p.ifStmt()
		return s
	}
	s.Else = p.block()
	p.semi()
	return s
}

// condition returns the expression that a statement is, nil of none.
func (p *Parser) condition(s ast.Stmt) ast.Expr {
	if s == nil {
		return nil
	}
	e, ok := s.(*ast.ExprStmt)
	if !ok {
		p.fail()
		return nil
	}
	return e.X
}

func (p *Parser) forStmt() ast.Stmt {
	s := &ast.ForStmt{For: p.want(token.FOR)}
	var over *ast.RangeStmt
	p.header(func() {
		var cond ast.Stmt
		switch p.tok {
		case token.LBRACE:
			return
		case token.RANGE:
			u := p.rangeOver().(*ast.UnaryExpr)
			over = &ast.RangeStmt{For: s.For, Range: u.OpPos, X: u.X}
			return
		case token.SEMICOLON:
		default:
			cond = p.simple(false)
			if over = p.ranges(s.For, cond); over != nil {
				return
			}
		}
		if p.got(token.SEMICOLON) {
			s.Init, cond = cond, nil
			if p.tok != token.SEMICOLON {
				cond = p.simple(false)
			}
			p.want(token.SEMICOLON)
			if p.tok != token.LBRACE {
				s.Post = p.simple(false)
			}
		}
		s.Cond = p.condition(cond)
	})
	if over != nil {
		over.Body = p.block()
		return over
	}
	s.Body = p.block()
	return s
}

// ranges makes a range statement of an assignment with range, nil of others.
func (p *Parser) ranges(pos token.Pos, s ast.Stmt) *ast.RangeStmt {
	as, ok := s.(*ast.AssignStmt)
	if !ok {
		return nil
	}
	u, ok := as.Rhs[0].(*ast.UnaryExpr)
	if !ok || u.Op != token.RANGE {
		return nil
	}
	r := &ast.RangeStmt{For: pos, Key: as.Lhs[0], TokPos: as.TokPos, Tok: as.Tok, Range: u.OpPos, X: u.X}
	switch len(as.Lhs) {
	case 1:
	case 2:
		r.Value = as.Lhs[1]
	default:
		p.fail()
	}
	return r
}

func (p *Parser) switchStmt() ast.Stmt {
	pos := p.want(token.SWITCH)
	var init, tag ast.Stmt
	p.header(func() {
		if p.tok != token.LBRACE && p.tok != token.SEMICOLON {
			tag = p.simple(false)
		}
		if p.got(token.SEMICOLON) {
			init, tag = tag, nil
			if p.tok != token.LBRACE {
				tag = p.simple(false)
			}
		}
	})
	body := p.clauses(func() ast.Stmt {
		c := &ast.CaseClause{Case: p.pos()}
		if !p.got(token.DEFAULT) {
			p.want(token.CASE)
			c.List = p.exprList()
		}
		c.Colon = p.want(token.COLON)
		c.Body = p.stmtList()
		return c
	})
	if isTypeSwitch(tag) {
		return &ast.TypeSwitchStmt{Switch: pos, Init: init, Assign: tag, Body: body}
	}
	return &ast.SwitchStmt{Switch: pos, Init: init, Tag: p.condition(tag), Body: body}
}

func (p *Parser) clauses(clause func() ast.Stmt) *ast.BlockStmt {
	b := p.blocks.new()
	*b = ast.BlockStmt{Lbrace: p.want(token.LBRACE)}
	list := p.stmts.open()
	for p.tok == token.CASE || p.tok == token.DEFAULT {
		p.stmts.add(clause())
	}
	b.List = p.stmts.close(list)
	b.Rbrace = p.want(token.RBRACE)
	return b
}

// isTypeSwitch reports whether what is switched on is x.(type) or
// y := x.(type).
func isTypeSwitch(s ast.Stmt) bool {
	var x ast.Expr
	switch s := s.(type) {
	case *ast.ExprStmt:
		x = s.X
	case *ast.AssignStmt:
		if s.Tok == token.DEFINE && len(s.Lhs) == 1 && len(s.Rhs) == 1 {
			x = s.Rhs[0]
		}
	}
	a, ok := x.(*ast.TypeAssertExpr)
	return ok && a.Type == nil
}

func (p *Parser) selectStmt() ast.Stmt {
	return &ast.SelectStmt{Select: p.want(token.SELECT), Body: p.clauses(func() ast.Stmt {
		c := &ast.CommClause{Case: p.pos()}
		if !p.got(token.DEFAULT) {
			p.want(token.CASE)
			c.Comm = p.simple(false)
		}
		c.Colon = p.want(token.COLON)
		c.Body = p.stmtList()
		return c
	})}
}
