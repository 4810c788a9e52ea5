package source

// closureVersion begins each record of a closure.
const closureVersion = "fixturecache closure 1\n"

// Encode returns the closure as bytes that DecodeClosure reads. The caller
// guards them against damage.
func (c *Closure) Encode() []byte {
	e := &encoder{buf: []byte(closureVersion)}
	e.digest(c.Digest)
	e.str(c.env)
	e.str(c.root)
	encodeList(e, c.files, func(f fileStat) { e.str(f.path); e.stat(f.stat) })
	encodeList(e, c.Decls, func(d Decl) {
		e.str(d.Name)
		e.str(d.File)
		e.int(d.Line)
		e.int(d.Lines)
		e.digest(d.Digest)
		e.str(d.Via)
		e.str(d.ViaFile)
		e.int(d.ViaLine)
	})
	encodeList(e, c.Modules, func(m Module) { e.str(m.Path); e.str(m.Version) })
	encodeList(e, c.Fallback, e.str)
	e.bool(c.State)
	for _, list := range [][]Use{c.Written, c.Init, c.Hidden, c.Hints, c.Tells} {
		encodeList(e, list, func(u Use) { e.str(u.What); e.str(u.By); e.str(u.File); e.int(u.Line) })
	}
	encodeList(e, c.Paths, func(p Path) { e.str(p.Path); e.bool(p.Opened); e.str(p.File); e.int(p.Line) })
	return e.buf
}

// DecodeClosure reads what Encode wrote. It is safe on any bytes.
func DecodeClosure(data []byte) (*Closure, error) {
	if len(data) < len(closureVersion) || string(data[:len(closureVersion)]) != closureVersion {
		return nil, errDamaged
	}
	d := &decoder{buf: data[len(closureVersion):]}
	c := &Closure{Digest: d.digest(), env: d.str(), root: d.str()}
	c.files = decodeList(d, func() fileStat { return fileStat{d.str(), d.stat()} })
	c.Decls = decodeList(d, func() Decl {
		return Decl{Name: d.str(), File: d.str(), Line: d.int(), Lines: d.int(), Digest: d.digest(), Via: d.str(), ViaFile: d.str(), ViaLine: d.int()}
	})
	c.Modules = decodeList(d, func() Module { return Module{d.str(), d.str()} })
	c.Fallback = decodeList(d, d.str)
	c.State = d.uint() == 1
	for _, list := range []*[]Use{&c.Written, &c.Init, &c.Hidden, &c.Hints, &c.Tells} {
		*list = decodeList(d, func() Use { return Use{d.str(), d.str(), d.str(), d.int()} })
	}
	c.Paths = decodeList(d, func() Path { return Path{d.str(), d.uint() == 1, d.str(), d.int()} })
	if d.err == nil && len(d.buf) > 0 {
		d.err = errDamaged
	}
	if d.err != nil {
		return nil, d.err
	}
	return c, nil
}
