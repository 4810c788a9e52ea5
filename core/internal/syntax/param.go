package syntax

import (
	"go/ast"
	"go/token"
)

// A param is one element of a list of parameters. A lone name is its type until
// one behind it has both.
type param struct {
	name *ast.Ident
	typ  ast.Expr
}

// parameters takes a list in parentheses.
func (p *Parser) parameters() *ast.FieldList {
	opening := p.want(token.LPAREN)
	list := len(p.params)
	for p.tok != token.RPAREN && p.tok != token.EOF {
		p.params = append(p.params, p.param())
		if !p.got(token.COMMA) {
			break
		}
	}
	fields := p.grouped(list)
	return p.fieldList(opening, fields, p.want(token.RPAREN))
}

func (p *Parser) param() param {
	if p.tok != token.IDENT {
		return param{typ: p.dottedType()}
	}
	name := p.ident()
	switch p.tok {
	case token.COMMA, token.RPAREN:
		return param{typ: name}
	case token.PERIOD:
		return param{typ: p.typeName(name)}
	case token.LBRACK:
		typ, named := p.arrayOrInstance(name)
		if named {
			return param{name, typ}
		}
		return param{typ: typ}
	}
	return param{name, p.dottedType()}
}

// dottedType takes T or ...T.
func (p *Parser) dottedType() ast.Expr {
	if p.tok != token.ELLIPSIS {
		return p.typ()
	}
	dots := &ast.Ellipsis{Ellipsis: p.pos()}
	p.next()
	dots.Elt = p.typ()
	return dots
}

func (p *Parser) typeParams(opening token.Pos) *ast.FieldList {
	return p.typeParamsFrom(opening, p.ident())
}

// typeParamsFrom takes the rest of a list of type parameters after the first
// name.
func (p *Parser) typeParamsFrom(opening token.Pos, first *ast.Ident) *ast.FieldList {
	list := len(p.params)
	p.params = append(p.params, p.typeParam(first))
	for p.got(token.COMMA) && p.tok != token.RBRACK {
		p.params = append(p.params, p.typeParam(p.ident()))
	}
	fields := p.grouped(list)
	return p.fieldList(opening, fields, p.want(token.RBRACK))
}

func (p *Parser) typeParam(name *ast.Ident) param {
	if p.tok == token.COMMA || p.tok == token.RBRACK {
		return param{typ: name}
	}
	return param{name, p.union(p.term())}
}

// grouped makes fields of the parameters since list: names that share a type
// stand in one.
func (p *Parser) grouped(list int) []*ast.Field {
	params := p.params[list:]
	p.params = p.params[:list]
	named := false
	for _, par := range params {
		named = named || par.name != nil
	}
	fields := p.fieldRefs.open()
	if !named {
		for _, par := range params {
			p.fieldRefs.add(p.field(nil, par.typ, nil))
		}
		return p.fieldRefs.close(fields)
	}
	names := p.identLists.open()
	for _, par := range params {
		if par.name != nil {
			p.identLists.add(par.name)
			p.fieldRefs.add(p.field(p.identLists.close(names), par.typ, nil))
			continue
		}
		name, ok := par.typ.(*ast.Ident)
		if !ok {
			p.fail()
			break
		}
		p.identLists.add(name)
	}
	if p.identLists.open() > names { // no type for the last
		p.fail()
	}
	return p.fieldRefs.close(fields)
}
