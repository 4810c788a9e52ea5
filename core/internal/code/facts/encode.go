package facts

import "github.com/fixturecache/fixturecache/core/internal/code/codec"

// How facts are kept, as bytes.

// Encode writes the facts of a file, but for its name.
func Encode(e *codec.Encoder, f *File) {
	e.Str(f.Package)
	e.Str(f.Constraint)
	e.Uint(uint64(f.Flags))
	e.Digest(f.Moves)
	codec.EncodeList(e, f.Imports, func(i *Import) { e.Str(i.Name); e.Str(i.Path); e.Int(i.Line) })
	codec.EncodeList(e, f.Links, func(l *Link) { e.Str(l.Local); e.Str(l.Target) })
	codec.EncodeList(e, f.Decls, func(c *Decl) { encodeDecl(e, c) })
}

// Decode reads what Encode wrote, but for the name of the file.
func Decode(d *codec.Decoder) *File {
	f := &File{Package: d.Str(), Constraint: d.Str(), Flags: FileFlags(d.Uint()), Moves: d.Digest()}
	f.Imports = codec.DecodeList(d, func() Import { return Import{d.Str(), d.Str(), d.Int()} })
	f.Links = codec.DecodeList(d, func() Link { return Link{d.Str(), d.Str()} })
	n := d.Int()
	if n > len(d.Buf)/leastDecl {
		d.Fail()
		return f
	}
	f.Decls = make([]Decl, n)
	for i := range f.Decls {
		decodeDecl(d, &f.Decls[i])
	}
	return f
}

// leastDecl is how many bytes a declaration takes at least.
const leastDecl = 22

func (c *Decl) has() (bits uint64) {
	a := c.Acts()
	for i, has := range [...]bool{a.Recv != "", c.Refs != nil, c.Quals != nil, c.others != nil, a.Accesses != nil, c.Form != ""} {
		if has {
			bits |= 1 << i
		}
	}
	return bits
}

func encodeDecl(e *codec.Encoder, c *Decl) {
	has, acts := c.has(), c.Acts()
	e.Uint(uint64(c.Kind) | uint64(c.Flags)<<3)
	e.Uint(has)
	e.Str(c.Name)
	e.Int(int(c.NameLine))
	e.Int(c.Line)
	e.Int(c.Lines)
	e.Digest(c.Digest)
	e.Uint(uint64(c.Universe))
	if has&hasRecv != 0 {
		e.Str(acts.Recv)
	}
	if has&hasRefs != 0 {
		e.Strs(c.Refs)
	}
	if has&hasQuals != 0 {
		codec.EncodeList(e, c.Quals, func(q *Qual) { e.Str(q.X); e.Str(q.Sel); e.Int(q.Line) })
	}
	if has&hasOthers != 0 {
		encodeRare(e, c.others)
	}
	if has&hasUses != 0 {
		codec.EncodeList(e, acts.Accesses, func(a *Access) { encodeAccess(e, a) })
	}
	if has&hasForm != 0 {
		e.Str(c.Form)
	}
}

func encodeRare(e *codec.Encoder, r *Rare) {
	codec.EncodeList(e, r.Names, func(n *Name) { e.Str(n.Name); e.Int(n.Line) })
	e.Strs(r.Embeds)
	codec.EncodeList(e, r.Paths, func(p *Path) { e.Str(p.Path); e.Int(p.Line); e.Bool(p.Open) })
	codec.EncodeList(e, r.HandleUses, func(t *HandleUse) { e.Str(t.What); e.Int(t.Line) })
	codec.EncodeList(e, r.PossibleUses, func(a *PossibleUse) { e.Str(a.What); e.Str(a.Typ); e.Str(a.Field); e.Int(a.Param); e.Int(a.Line) })
	codec.EncodeList(e, r.HandleArgs, func(h *HandleArg) { e.Str(h.Callee.X); e.Str(h.Callee.Sel); e.Int(h.Arg) })
	e.Strs(r.HandleFields)
	codec.EncodeList(e, r.NamedArgs, func(n *NamedArg) { e.Str(n.Func.X); e.Str(n.Func.Sel); e.Str(n.Name) })
}

func decodeRare(d *codec.Decoder) *Rare {
	r := &Rare{Names: codec.DecodeList(d, func() Name { return Name{d.Str(), d.Int()} })}
	r.Embeds = codec.DecodeList(d, d.Str)
	r.Paths = codec.DecodeList(d, func() Path { return Path{d.Str(), d.Int(), d.Uint() == 1} })
	r.HandleUses = codec.DecodeList(d, func() HandleUse { return HandleUse{d.Str(), d.Int()} })
	r.PossibleUses = codec.DecodeList(d, func() PossibleUse { return PossibleUse{d.Str(), d.Str(), d.Str(), d.Int(), d.Int()} })
	r.HandleArgs = codec.DecodeList(d, func() HandleArg { return HandleArg{Mention{X: d.Str(), Sel: d.Str()}, d.Int()} })
	r.HandleFields = codec.DecodeList(d, d.Str)
	r.NamedArgs = codec.DecodeList(d, func() NamedArg { return NamedArg{Mention{X: d.Str(), Sel: d.Str()}, d.Str()} })
	return r
}

func decodeDecl(d *codec.Decoder, c *Decl) {
	head, has := d.Uint(), d.Uint()
	c.Kind, c.Flags = Kind(head&7), Flags(head>>3)
	c.Name, c.NameLine = d.Str(), int32(d.Int())
	c.Line, c.Lines, c.Digest = d.Int(), d.Int(), d.Digest()
	c.Universe = uint32(d.Uint())
	if has&(hasRecv|hasUses) != 0 {
		c.acts = &Acts{}
	}
	if has&hasRecv != 0 {
		c.acts.Recv = d.Str()
	}
	if has&hasRefs != 0 {
		c.Refs = codec.DecodeList(d, d.Str)
	}
	if has&hasQuals != 0 {
		c.Quals = codec.DecodeList(d, func() Qual { return Qual{Mention{d.Str(), d.Str()}, d.Int()} })
	}
	if has&hasOthers != 0 {
		c.others = decodeRare(d)
	}
	if has&hasUses != 0 {
		c.acts.Accesses = codec.DecodeList(d, func() Access { return decodeAccess(d) })
	}
	if has&hasForm != 0 {
		c.Form = d.Str()
	}
}

// What of a declaration is there, as bits in front of it: most have little.
const (
	hasRecv = 1 << iota
	hasRefs
	hasQuals
	hasOthers
	hasUses
	hasForm
)

func encodeAccess(e *codec.Encoder, u *Access) {
	e.Uint(uint64(u.Kind)<<2 | codec.Bit(u.Late) | codec.Bit(u.Fresh)<<1)
	e.Str(u.X)
	e.Str(u.Sel)
	e.Int(u.Param)
	e.Str(u.Path)
	e.Int(u.Line)
	e.Str(u.Callee.X)
	e.Str(u.Callee.Sel)
	e.Int(u.Arg + 2)
}

func decodeAccess(d *codec.Decoder) (u Access) {
	bits := d.Uint()
	u.Kind, u.Late, u.Fresh = AccessKind(bits>>2), bits&1 == 1, bits>>1&1 == 1
	u.X, u.Sel, u.Param, u.Path, u.Line = d.Str(), d.Str(), d.Int(), d.Str(), d.Int()
	u.Callee.X, u.Callee.Sel, u.Arg = d.Str(), d.Str(), d.Int()-2
	return u
}
