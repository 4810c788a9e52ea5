package facts

import "github.com/fixturecache/fixturecache/core/internal/code/codec"

// Fields writes or reads what is kept of a file: all but its name.
func (f *File) Fields(c *codec.Coder) {
	c.Fields(&f.Package, &f.Constraint)
	codec.Number(c, &f.Flags)
	codec.List(c, &f.Imports, func(i *Import) { c.Fields(&i.Name, &i.Path, &i.Line) })
	codec.List(c, &f.Links, func(l *Link) { c.Fields(&l.Local, &l.Target) })
	codec.List(c, &f.Decls, func(d *Decl) { d.fields(c) })
}

func (d *Decl) fields(c *codec.Coder) {
	codec.Number(c, &d.Kind)
	codec.Number(c, &d.Flags)
	codec.Number(c, &d.NameLine)
	c.Fields(&d.Name, &d.Line, &d.Lines, &d.Digest, &d.Form, &d.Refs, &d.Recv)
	codec.List(c, &d.Quals, func(q *Qual) { c.Fields(&q.X, &q.Sel, &q.Line) })
	codec.List(c, &d.Accesses, func(a *Access) { a.fields(c) })
	codec.List(c, &d.Names, func(n *Name) { c.Fields(&n.Name, &n.Line) })
	codec.List(c, &d.Paths, func(p *Path) { c.Fields(&p.Path, &p.Line, &p.Open) })
	for _, list := range []*[]HandleUse{&d.HandleUses, &d.PossibleUses, &d.HandleCalls} {
		codec.List(c, list, func(t *HandleUse) { c.Fields(&t.What, &t.Line) })
	}
	codec.List(c, &d.HandleArgs, func(h *HandleArg) { c.Fields(&h.Callee.X, &h.Callee.Sel, &h.Method, &h.Arg, &h.Checks, &h.Line) })
	codec.List(c, &d.NamedArgs, func(n *NamedArg) { c.Fields(&n.Func.X, &n.Func.Sel, &n.Name) })
	c.Fields(&d.Embeds, &d.HandleParams)
}

func (a *Access) fields(c *codec.Coder) {
	codec.Number(c, &a.Kind)
	c.Fields(&a.X, &a.Sel, &a.Param, &a.Path, &a.Late, &a.Line, &a.Callee.X, &a.Callee.Sel, &a.Arg)
}
