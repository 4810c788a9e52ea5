package code

import "github.com/fixturecache/fixturecache/core/internal/code/codec"

// closureVersion begins each record of a closure.
const closureVersion = "fixturecache closure 13\n"

// fields are what is kept of a closure, of its declarations one string.
func (c *Closure) fields(d *codec.Coder) {
	d.Fields(&c.Digest, &c.State, &c.Presets, &c.Home, &c.Turn, &c.Function, &c.encoded)
	codec.List(d, &c.Modules, func(m *Module) { d.Fields(&m.Path, &m.Version) })
	d.Fields(&c.Fallback, &c.covered.Package, &c.covered.Names, &c.Cause.What, &c.Cause.By, &c.Cause.File, &c.Cause.Line)
	for _, list := range []*[]Use{&c.Effect, &c.Init, &c.Hidden, &c.Hints, &c.Settings, &c.HandleUses, &c.HandleCalls} {
		codec.List(d, list, func(u *Use) { d.Fields(&u.What, &u.By, &u.File, &u.Line) })
	}
	codec.List(d, &c.Early, func(r *Read) { codec.Number(d, &r.Kind); d.Fields(&r.Name) })
	codec.List(d, &c.Paths, func(p *Path) { d.Fields(&p.Path, &p.Opened, &p.File, &p.Line) })
}

func declFields(list *[]Decl) func(*codec.Coder) {
	return func(d *codec.Coder) {
		codec.List(d, list, func(l *Decl) {
			d.Fields(&l.Name, &l.File, &l.Line, &l.Lines, &l.Digest, &l.Via, &l.ViaFile, &l.ViaLine, &l.Wide)
		})
	}
}

// Encode returns the closure as bytes that DecodeClosure reads. The caller
// guards them against damage.
func (c *Closure) Encode() []byte {
	kept := *c
	if kept.encoded == "" {
		kept.encoded = string(codec.Write("", declFields(&kept.decls)))
	}
	return codec.Write(closureVersion, kept.fields)
}

// Decls returns what the closure is made of, sorted by name. A hit can do without
// it, so a record is read that far only where it is asked for.
func (c *Closure) Decls() (list []Decl) {
	if c.encoded == "" {
		return c.decls
	}
	if codec.Read("", []byte(c.encoded), declFields(&list)) != nil {
		return nil
	}
	return list
}

// DecodeClosure reads what Encode wrote. It is safe on any bytes.
func DecodeClosure(data []byte) (*Closure, error) {
	c := &Closure{}
	if err := codec.Read(closureVersion, data, c.fields); err != nil {
		return nil, err
	}
	return c, nil
}
