package source

// How facts are kept, as bytes.

// encodeFacts writes the facts of a file, but for its name.
func encodeFacts(e *encoder, f *fileFacts) {
	e.str(f.pkg)
	e.str(f.constraint)
	e.uint(uint64(f.flags))
	e.digest(f.moves)
	encodeList(e, f.imports, func(i *importFact) { e.str(i.name); e.str(i.path); e.int(i.line) })
	encodeList(e, f.links, func(l *linkFact) { e.str(l.local); e.str(l.target) })
	encodeList(e, f.decls, func(c *declFact) { encodeDecl(e, c) })
}

// decodeFacts reads what encodeFacts wrote, but for the name of the file.
func decodeFacts(d *decoder) *fileFacts {
	f := &fileFacts{pkg: d.str(), constraint: d.str(), flags: fileFlags(d.uint()), moves: d.digest()}
	f.imports = decodeList(d, func() importFact { return importFact{d.str(), d.str(), d.int()} })
	f.links = decodeList(d, func() linkFact { return linkFact{d.str(), d.str()} })
	n := d.int()
	if n > len(d.buf)/leastDecl {
		d.fail()
		return f
	}
	f.decls = make([]declFact, n)
	for i := range f.decls {
		decodeDecl(d, &f.decls[i])
	}
	return f
}

// leastDecl is how many bytes a declaration takes at least.
const leastDecl = 22

func (c *declFact) has() (bits uint64) {
	a := c.does()
	for i, has := range [...]bool{a.recv != "", c.refs != nil, c.quals != nil, c.others != nil, a.accesses != nil, c.form != ""} {
		if has {
			bits |= 1 << i
		}
	}
	return bits
}

func encodeDecl(e *encoder, c *declFact) {
	has, acts := c.has(), c.does()
	e.uint(uint64(c.kind) | uint64(c.flags)<<3)
	e.uint(has)
	e.str(c.name)
	e.int(int(c.nameLine))
	e.int(c.line)
	e.int(c.lines)
	e.digest(c.digest)
	e.uint(uint64(c.universe))
	if has&hasRecv != 0 {
		e.str(acts.recv)
	}
	if has&hasRefs != 0 {
		e.strs(c.refs)
	}
	if has&hasQuals != 0 {
		encodeList(e, c.quals, func(q *qual) { e.str(q.x); e.str(q.sel); e.int(q.line) })
	}
	if has&hasOthers != 0 {
		encodeRare(e, c.others)
	}
	if has&hasUses != 0 {
		encodeList(e, acts.accesses, func(a *access) { encodeAccess(e, a) })
	}
	if has&hasForm != 0 {
		e.str(c.form)
	}
}

func encodeRare(e *encoder, r *rareFacts) {
	encodeList(e, r.names, func(n *nameFact) { e.str(n.name); e.int(n.line) })
	e.strs(r.embeds)
	encodeList(e, r.paths, func(p *pathFact) { e.str(p.path); e.int(p.line); e.bool(p.open) })
	encodeList(e, r.tells, func(t *tellFact) { e.str(t.what); e.int(t.line) })
	encodeList(e, r.asks, func(a *askFact) { e.str(a.what); e.str(a.typ); e.str(a.field); e.int(a.param); e.int(a.line) })
	encodeList(e, r.hands, func(h *handleFact) { e.str(h.callee.x); e.str(h.callee.sel); e.int(h.arg) })
	e.strs(r.handles)
	encodeList(e, r.named, func(n *namedFact) { e.str(n.fn.x); e.str(n.fn.sel); e.str(n.name) })
}

func decodeRare(d *decoder) *rareFacts {
	r := &rareFacts{names: decodeList(d, func() nameFact { return nameFact{d.str(), d.int()} })}
	r.embeds = decodeList(d, d.str)
	r.paths = decodeList(d, func() pathFact { return pathFact{d.str(), d.int(), d.uint() == 1} })
	r.tells = decodeList(d, func() tellFact { return tellFact{d.str(), d.int()} })
	r.asks = decodeList(d, func() askFact { return askFact{d.str(), d.str(), d.str(), d.int(), d.int()} })
	r.hands = decodeList(d, func() handleFact { return handleFact{mention{x: d.str(), sel: d.str()}, d.int()} })
	r.handles = decodeList(d, d.str)
	r.named = decodeList(d, func() namedFact { return namedFact{mention{x: d.str(), sel: d.str()}, d.str()} })
	return r
}

func decodeDecl(d *decoder, c *declFact) {
	head, has := d.uint(), d.uint()
	c.kind, c.flags = declKind(head&7), declFlags(head>>3)
	c.name, c.nameLine = d.str(), int32(d.int())
	c.line, c.lines, c.digest = d.int(), d.int(), d.digest()
	c.universe = uint32(d.uint())
	if has&(hasRecv|hasUses) != 0 {
		c.acts = &actFacts{}
	}
	if has&hasRecv != 0 {
		c.acts.recv = d.str()
	}
	if has&hasRefs != 0 {
		c.refs = decodeList(d, d.str)
	}
	if has&hasQuals != 0 {
		c.quals = decodeList(d, func() qual { return qual{mention{d.str(), d.str()}, d.int()} })
	}
	if has&hasOthers != 0 {
		c.others = decodeRare(d)
	}
	if has&hasUses != 0 {
		c.acts.accesses = decodeList(d, func() access { return decodeAccess(d) })
	}
	if has&hasForm != 0 {
		c.form = d.str()
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

func encodeAccess(e *encoder, u *access) {
	e.uint(uint64(u.kind)<<2 | bit(u.late) | bit(u.fresh)<<1)
	e.str(u.x)
	e.str(u.sel)
	e.int(u.param)
	e.str(u.path)
	e.int(u.line)
	e.str(u.callee.x)
	e.str(u.callee.sel)
	e.int(u.arg + 2)
}

func decodeAccess(d *decoder) (u access) {
	bits := d.uint()
	u.kind, u.late, u.fresh = accessKind(bits>>2), bits&1 == 1, bits>>1&1 == 1
	u.x, u.sel, u.param, u.path, u.line = d.str(), d.str(), d.int(), d.str(), d.int()
	u.callee.x, u.callee.sel, u.arg = d.str(), d.str(), d.int()-2
	return u
}
