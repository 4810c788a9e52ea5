package syntax

import (
	"go/ast"
	"go/token"
)

func (p *Parser) file(each func(*ast.File, ast.Decl) bool) *ast.File {
	f := &ast.File{Package: p.want(token.PACKAGE), Name: p.ident(), FileStart: 1, FileEnd: token.Pos(len(p.src) + 1)}
	p.semi()
	for p.tok != token.EOF && !p.bad {
		p.mark()
		d := p.decl(f)
		f.Comments = p.directives
		if !p.bad && !p.broken && each != nil && !each(f, d) {
			p.release()
			continue
		}
		f.Decls = append(f.Decls, d)
	}
	f.Comments = p.directives
	return f
}

func (p *Parser) decl(f *ast.File) ast.Decl {
	switch p.tok {
	case token.FUNC:
		return p.funcDecl()
	case token.IMPORT, token.CONST, token.VAR, token.TYPE:
		d := p.genDecl()
		for _, s := range d.Specs {
			if s, ok := s.(*ast.ImportSpec); ok {
				f.Imports = append(f.Imports, s)
			}
		}
		return d
	}
	p.fail()
	return nil
}

func (p *Parser) funcDecl() *ast.FuncDecl {
	d := &ast.FuncDecl{}
	pos := p.want(token.FUNC)
	if p.tok == token.LPAREN {
		d.Recv = p.parameters()
	}
	d.Name = p.ident()
	d.Type = p.funcTypes.new()
	*d.Type = ast.FuncType{Func: pos}
	if p.tok == token.LBRACK {
		d.Type.TypeParams = p.typeParams(p.want(token.LBRACK))
	}
	p.signature(d.Type)
	if p.tok == token.LBRACE {
		d.Body = p.body()
	}
	p.semi()
	return d
}

// body is that of a function: whatever is open around it ends at its brace.
func (p *Parser) body() *ast.BlockStmt {
	depth := p.depth
	p.depth = 0
	b := p.block()
	p.depth = depth
	return b
}

func (p *Parser) genDecl() *ast.GenDecl {
	d := &ast.GenDecl{TokPos: p.pos(), Tok: p.tok}
	p.next()
	list := p.specs.open()
	if p.tok != token.LPAREN {
		p.specs.add(p.spec(d.Tok))
		d.Specs = p.specs.close(list)
		return d
	}
	d.Lparen = p.want(token.LPAREN)
	for p.tok != token.RPAREN && p.tok != token.EOF {
		p.specs.add(p.spec(d.Tok))
	}
	d.Specs = p.specs.close(list)
	d.Rparen = p.want(token.RPAREN)
	p.semi()
	return d
}

func (p *Parser) spec(tok token.Token) (s ast.Spec) {
	switch tok {
	case token.IMPORT:
		s = p.importSpec()
	case token.TYPE:
		s = p.typeSpec()
	default:
		s = p.valueSpec()
	}
	p.semi()
	return s
}

func (p *Parser) importSpec() *ast.ImportSpec {
	s := &ast.ImportSpec{}
	switch p.tok {
	case token.IDENT:
		s.Name = p.ident()
	case token.PERIOD:
		s.Name = &ast.Ident{NamePos: p.want(token.PERIOD), Name: "."}
	}
	if p.tok != token.STRING {
		p.fail()
		return s
	}
	s.Path = p.literal()
	return s
}

func (p *Parser) valueSpec() *ast.ValueSpec {
	s := p.values.new()
	*s = ast.ValueSpec{Names: p.identList()}
	if p.tok != token.ASSIGN && p.tok != token.SEMICOLON && p.tok != token.RPAREN {
		s.Type = p.typ()
	}
	if p.got(token.ASSIGN) {
		s.Values = p.exprList()
	}
	return s
}

func (p *Parser) identList() []*ast.Ident {
	list := p.identLists.open()
	p.identLists.add(p.ident())
	for p.got(token.COMMA) {
		p.identLists.add(p.ident())
	}
	return p.identLists.close(list)
}

func (p *Parser) typeSpec() *ast.TypeSpec {
	s := &ast.TypeSpec{Name: p.ident()}
	if p.tok == token.LBRACK {
		if s.Type = p.arrayOrParams(s); s.Type != nil {
			return s
		}
	}
	if p.tok == token.ASSIGN {
		s.Assign = p.want(token.ASSIGN)
	}
	s.Type = p.typ()
	return s
}

// arrayOrParams takes what follows the name of a type that begins with a
// bracket: it is an array's or a slice's type, or sets the type parameters and
// returns nil. Where one more token does not tell, go/parser shall.
func (p *Parser) arrayOrParams(s *ast.TypeSpec) ast.Expr {
	pos := p.want(token.LBRACK)
	if p.tok != token.IDENT {
		return p.arrayAfter(pos)
	}
	first := p.ident()
	switch p.tok {
	case token.RBRACK, token.PERIOD:
		return p.array(pos, p.binary(p.suffixes(first), lowest))
	case token.COMMA, token.IDENT, token.INTERFACE, token.FUNC, token.MAP, token.CHAN, token.STRUCT, token.TILDE:
		s.TypeParams = p.typeParamsFrom(pos, first)
	default: // [N * 2] or [P *T], [f(x)] or [P (T)]
		p.fail()
	}
	return nil
}
