package syntax

import (
	"go/ast"
	"go/token"
)

// typ takes a type that must be there.
func (p *Parser) typ() ast.Expr {
	t := p.tryType()
	if t == nil {
		p.fail()
	}
	return t
}

// tryType takes a type, or nothing and returns nil.
func (p *Parser) tryType() ast.Expr {
	if !p.enter() {
		return nil
	}
	defer p.leave()
	pos := p.pos()
	switch p.tok {
	case token.IDENT:
		return p.typeName(p.ident())
	case token.LBRACK:
		p.next()
		return p.arrayAfter(pos)
	case token.MUL:
		p.next()
		t := &ast.StarExpr{Star: pos, X: p.typ()}
		return t
	case token.FUNC:
		return p.funcType()
	case token.MAP:
		p.next()
		t := &ast.MapType{Map: pos}
		p.want(token.LBRACK)
		t.Key = p.typ()
		p.want(token.RBRACK)
		t.Value = p.typ()
		return t
	case token.CHAN, token.ARROW:
		return p.chanType()
	case token.STRUCT:
		return p.structType()
	case token.INTERFACE:
		return p.interfaceType()
	case token.LPAREN:
		p.next()
		t := &ast.ParenExpr{Lparen: pos, X: p.typ()}
		t.Rparen = p.want(token.RPAREN)
		return t
	}
	return nil
}

// typeName takes the rest of a type that begins with a name.
func (p *Parser) typeName(name *ast.Ident) ast.Expr {
	x := p.qualified(name)
	if p.tok == token.LBRACK {
		x = p.instance(x)
	}
	return x
}

func (p *Parser) qualified(name *ast.Ident) ast.Expr {
	if !p.got(token.PERIOD) {
		return name
	}
	return p.selector(name, p.ident())
}

func (p *Parser) selector(x ast.Expr, sel *ast.Ident) *ast.SelectorExpr {
	s := p.selectors.new()
	*s = ast.SelectorExpr{X: x, Sel: sel}
	return s
}

// instance takes the type arguments of a generic type.
func (p *Parser) instance(x ast.Expr) ast.Expr {
	pos := p.want(token.LBRACK)
	list := p.exprs.open()
	p.exprs.add(p.typ())
	for p.got(token.COMMA) && p.tok != token.RBRACK {
		p.exprs.add(p.typ())
	}
	return p.index(x, pos, p.exprs.close(list), p.want(token.RBRACK))
}

func (p *Parser) index(x ast.Expr, lbrack token.Pos, args []ast.Expr, rbrack token.Pos) ast.Expr {
	if len(args) != 1 {
		return &ast.IndexListExpr{X: x, Lbrack: lbrack, Indices: args, Rbrack: rbrack}
	}
	ix := p.indices.new()
	*ix = ast.IndexExpr{X: x, Lbrack: lbrack, Index: args[0], Rbrack: rbrack}
	return ix
}

// arrayAfter takes the rest of an array's or slice's type after its bracket.
func (p *Parser) arrayAfter(lbrack token.Pos) ast.Expr {
	switch p.tok {
	case token.RBRACK:
		return p.array(lbrack, nil)
	case token.ELLIPSIS:
		dots := &ast.Ellipsis{Ellipsis: p.pos()}
		p.next()
		return p.array(lbrack, dots)
	}
	p.depth++
	size := p.expr()
	p.depth--
	return p.array(lbrack, size)
}

// array takes the rest of an array's type after its length.
func (p *Parser) array(lbrack token.Pos, size ast.Expr) ast.Expr {
	p.want(token.RBRACK)
	return p.arrayOf(lbrack, size, p.typ())
}

func (p *Parser) arrayOf(lbrack token.Pos, size, elt ast.Expr) *ast.ArrayType {
	t := &ast.ArrayType{Lbrack: lbrack, Len: size, Elt: elt}
	return t
}

func (p *Parser) chanType() ast.Expr {
	t := &ast.ChanType{Begin: p.pos(), Dir: ast.SEND | ast.RECV}
	if p.tok == token.ARROW {
		t.Arrow, t.Dir = p.pos(), ast.RECV
		p.next()
		p.want(token.CHAN)
	} else {
		p.next()
		if p.tok == token.ARROW {
			t.Arrow, t.Dir = p.pos(), ast.SEND
			p.next()
		}
	}
	t.Value = p.typ()
	return t
}

func (p *Parser) funcType() *ast.FuncType {
	t := p.funcTypes.new()
	*t = ast.FuncType{Func: p.want(token.FUNC)}
	p.signature(t)
	return t
}

func (p *Parser) signature(t *ast.FuncType) {
	t.Params = p.parameters()
	if p.tok == token.LPAREN {
		t.Results = p.parameters()
	} else if typ := p.tryType(); typ != nil {
		t.Results = p.fieldList(0, p.fieldRefs.one(p.field(nil, typ, nil)), 0)
	}
}

func (p *Parser) field(names []*ast.Ident, typ ast.Expr, tag *ast.BasicLit) *ast.Field {
	f := p.fields.new()
	*f = ast.Field{Names: names, Type: typ, Tag: tag}
	return f
}

func (p *Parser) fieldList(opening token.Pos, list []*ast.Field, closing token.Pos) *ast.FieldList {
	l := p.fieldLists.new()
	*l = ast.FieldList{Opening: opening, List: list, Closing: closing}
	return l
}

func (p *Parser) structType() ast.Expr {
	t := &ast.StructType{Struct: p.want(token.STRUCT)}
	t.Fields = p.braced(p.structField)
	return t
}

// braced takes the fields of a struct, or the elements of an interface.
func (p *Parser) braced(one func() *ast.Field) *ast.FieldList {
	opening := p.want(token.LBRACE)
	list := p.fieldRefs.open()
	for p.tok != token.RBRACE && p.tok != token.EOF {
		p.fieldRefs.add(one())
		p.semi()
	}
	fields := p.fieldRefs.close(list)
	return p.fieldList(opening, fields, p.want(token.RBRACE))
}

func (p *Parser) structField() *ast.Field {
	var names []*ast.Ident
	var typ ast.Expr
	if p.tok != token.IDENT {
		typ = p.typ() // embedded: *T
	} else {
		name := p.ident()
		switch p.tok {
		case token.PERIOD, token.STRING, token.SEMICOLON, token.RBRACE: // embedded
			typ = p.typeName(name)
		case token.LBRACK:
			var named bool
			if typ, named = p.arrayOrInstance(name); named {
				names = p.identLists.one(name)
			}
		default:
			list := p.identLists.open()
			p.identLists.add(name)
			for p.got(token.COMMA) {
				p.identLists.add(p.ident())
			}
			names = p.identLists.close(list)
			typ = p.typ()
		}
	}
	var tag *ast.BasicLit
	if p.tok == token.STRING {
		tag = p.literal()
	}
	return p.field(names, typ, tag)
}

// arrayOrInstance takes what follows a name with a bracket where a field or
// parameter may be declared: its type, with named, or else the type arguments
// of an instance of the generic type that the name is.
func (p *Parser) arrayOrInstance(name *ast.Ident) (typ ast.Expr, named bool) {
	pos := p.want(token.LBRACK)
	if p.tok == token.RBRACK || p.tok == token.ELLIPSIS {
		return p.arrayAfter(pos), true
	}
	list := p.exprs.open()
	p.depth++
	p.exprs.add(p.expr())
	for p.got(token.COMMA) && p.tok != token.RBRACK {
		p.exprs.add(p.expr())
	}
	p.depth--
	args := p.exprs.close(list)
	rbrack := p.want(token.RBRACK)
	if len(args) == 1 {
		if elt := p.tryType(); elt != nil {
			return p.arrayOf(pos, args[0], elt), true
		}
	}
	return p.index(name, pos, args, rbrack), false
}

func (p *Parser) interfaceType() ast.Expr {
	t := &ast.InterfaceType{Interface: p.want(token.INTERFACE)}
	t.Methods = p.braced(p.interfaceElem)
	return t
}

func (p *Parser) interfaceElem() *ast.Field {
	if p.tok != token.IDENT {
		return p.field(nil, p.union(p.term()), nil)
	}
	name := p.ident()
	if p.tok != token.LPAREN {
		return p.field(nil, p.union(p.typeName(name)), nil)
	}
	method := p.funcTypes.new()
	*method = ast.FuncType{}
	p.signature(method)
	return p.field(p.identLists.one(name), method, nil)
}

// union takes the rest of A | ~B | C.
func (p *Parser) union(x ast.Expr) ast.Expr {
	for p.tok == token.OR {
		b := p.binaries.new()
		*b = ast.BinaryExpr{X: x, OpPos: p.pos(), Op: token.OR}
		p.next()
		b.Y = p.term()
		x = b
	}
	return x
}

func (p *Parser) term() ast.Expr {
	if p.tok != token.TILDE {
		return p.typ()
	}
	u := p.unaries.new()
	*u = ast.UnaryExpr{OpPos: p.pos(), Op: token.TILDE}
	p.next()
	u.X = p.typ()
	return u
}
