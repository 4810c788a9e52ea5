package code

import (
	"bytes"

	"github.com/fixturecache/fixturecache/core/internal/code/codec"
	"github.com/fixturecache/fixturecache/core/internal/code/world"
)

// closureVersion begins each record of a closure.
const closureVersion = "fixturecache closure 8\n"

// Encode returns the closure as bytes that DecodeClosure reads. The caller
// guards them against damage. The declarations come last.
func (c *Closure) Encode() []byte {
	e := &codec.Encoder{Buf: []byte(closureVersion)}
	e.Digest(c.Digest)
	e.Bool(c.State)
	e.Bool(c.Presets)
	e.Str(c.Home)
	e.Str(c.Function)
	encoded := c.encoded
	if encoded == nil {
		encoded = encodeDecls(c.decls)
	}
	e.Int(len(encoded))
	codec.EncodeList(e, c.Modules, func(m *Module) { e.Str(m.Path); e.Str(m.Version) })
	e.Strs(c.Fallback)
	e.Str(c.covered.Package)
	e.Strs(c.covered.Names)
	for _, list := range [][]Use{{c.Cause}, c.Init, c.Hidden, c.Hints, c.Settings, c.HandleUses} {
		codec.EncodeList(e, list, func(u *Use) { e.Str(u.What); e.Str(u.By); e.Str(u.File); e.Int(u.Line) })
	}
	codec.EncodeList(e, c.Early, func(r *Read) { e.Int(int(r.Kind)); e.Str(r.Name) })
	codec.EncodeList(e, c.Paths, func(p *Path) { e.Str(p.Path); e.Bool(p.Opened); e.Str(p.File); e.Int(p.Line) })
	return append(e.Buf, encoded...)
}

func encodeDecls(decls []Decl) []byte {
	e := &codec.Encoder{}
	codec.EncodeList(e, decls, func(d *Decl) {
		e.Str(d.Name)
		e.Str(d.File)
		e.Int(d.Line)
		e.Int(d.Lines)
		e.Digest(d.Digest)
		e.Str(d.Via)
		e.Str(d.ViaFile)
		e.Int(d.ViaLine)
		e.Bool(d.Wide)
	})
	return e.Buf
}

// Decls returns what the closure is made of, sorted by name. A hit can do without
// it, so a record is read that far only where it is asked for.
func (c *Closure) Decls() []Decl {
	if c.decls != nil || c.encoded == nil {
		return c.decls
	}
	d := &codec.Decoder{Buf: c.encoded}
	return codec.DecodeList(d, func() Decl {
		return Decl{Name: d.Str(), File: d.Str(), Line: d.Int(), Lines: d.Int(), Digest: d.Digest(), Via: d.Str(), ViaFile: d.Str(), ViaLine: d.Int(), Wide: d.Uint() == 1}
	})
}

// DecodeClosure reads what Encode wrote. It is safe on any bytes.
func DecodeClosure(data []byte) (*Closure, error) {
	data, ok := bytes.CutPrefix(data, []byte(closureVersion))
	if !ok {
		return nil, codec.ErrDamaged
	}
	d := &codec.Decoder{Buf: data}
	c := &Closure{Digest: d.Digest(), State: d.Uint() == 1, Behaviour: world.Behaviour{Presets: d.Uint() == 1}, Home: d.Str(), Function: d.Str()}
	size := d.Int()
	c.Modules = codec.DecodeList(d, func() Module { return Module{Path: d.Str(), Version: d.Str()} })
	c.Fallback = codec.DecodeList(d, d.Str)
	c.covered = Covered{Package: d.Str(), Names: codec.DecodeList(d, d.Str)}
	var cause []Use
	for _, list := range []*[]Use{&cause, &c.Init, &c.Hidden, &c.Hints, &c.Settings, &c.HandleUses} {
		*list = codec.DecodeList(d, func() Use { return Use{What: d.Str(), By: d.Str(), File: d.Str(), Line: d.Int()} })
	}
	if len(cause) == 1 {
		c.Cause = cause[0]
	}
	c.Early = codec.DecodeList(d, func() Read { return Read{Kind: ReadKind(d.Int()), Name: d.Str()} })
	c.Paths = codec.DecodeList(d, func() Path { return Path{Path: d.Str(), Opened: d.Uint() == 1, File: d.Str(), Line: d.Int()} })
	if c.encoded = d.Buf; d.Err == nil && len(d.Buf) != size {
		d.Err = codec.ErrDamaged
	}
	if d.Err != nil {
		return nil, d.Err
	}
	return c, nil
}
