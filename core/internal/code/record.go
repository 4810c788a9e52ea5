package code

import (
	"path/filepath"

	"github.com/fixturecache/fixturecache/core/internal/code/codec"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
)

// closureVersion begins each record of a closure.
const closureVersion = "fixturecache closure 8\n"

// head is what decides that a closure is unchanged, which is read first and mostly
// alone.
func (c *Closure) head(d *codec.Coder) {
	d.Fields(&c.Digest, &c.State, &c.Presets, &c.env, &c.fn, &c.test, &c.home)
	codec.List(d, &c.files, func(f *graph.FileStat) {
		dir, base := filepath.Split(f.Path) // the directory is a number, but for the first in it
		d.Fields(&dir, &base, &f.Stat)
		f.Path = dir + base
	})
}

func (c *Closure) body(d *codec.Coder) {
	codec.List(d, &c.Decls, func(l *Decl) {
		d.Fields(&l.Name, &l.File, &l.Line, &l.Lines, &l.Digest, &l.Via, &l.ViaFile, &l.ViaLine, &l.Wide)
	})
	codec.List(d, &c.Modules, func(m *Module) { d.Fields(&m.Path, &m.Version) })
	d.Fields(&c.Fallback, &c.covered.Package, &c.covered.Names, &c.Cause.What, &c.Cause.By, &c.Cause.File, &c.Cause.Line)
	for _, list := range []*[]Use{&c.Init, &c.Hidden, &c.Hints, &c.Settings, &c.HandleUses} {
		codec.List(d, list, func(u *Use) { d.Fields(&u.What, &u.By, &u.File, &u.Line) })
	}
	codec.List(d, &c.Early, func(r *Read) { codec.Number(d, &r.Kind); d.Fields(&r.Name) })
	codec.List(d, &c.Paths, func(p *Path) { d.Fields(&p.Path, &p.Opened, &p.File, &p.Line) })
}

// Encode returns the closure as bytes that DecodeClosure reads. The caller
// guards them against damage.
func (c *Closure) Encode() []byte {
	return codec.Write(closureVersion, func(d *codec.Coder) {
		c.head(d)
		c.body(d)
	})
}

// HomeOf returns the package under test of the closure in a record, "" if there is
// none in it.
func HomeOf(data []byte) string {
	c, d := &Closure{}, codec.NewReader(closureVersion, data)
	if c.head(d); d.Err != nil {
		return ""
	}
	return c.home
}

// DecodeClosure reads what Encode wrote. It is safe on any bytes.
func DecodeClosure(data []byte) (*Closure, error) {
	c := &Closure{}
	err := codec.Read(closureVersion, data, func(d *codec.Coder) {
		c.head(d)
		c.body(d)
	})
	if err != nil {
		return nil, err
	}
	return c, nil
}

// Unchanged reports whether an encoded closure still holds for a function in
// the running build: all files and directories are as they were when it was
// found, and so is what else decides which source is compiled. It looks at no
// more than their stat, and at r's Func and Test only. With it come the digest,
// and whether fn reaches variables that are written while tests run.
//
// False is no more than "not sure": Closure, and a comparison of digests, tells.
func Unchanged(data []byte, b *Binary, r Root) (digest Digest, state, ok bool) {
	c, d := &Closure{}, codec.NewReader(closureVersion, data)
	if c.head(d); d.Err != nil || !c.unchanged(b.Build, r) {
		return Digest{}, false, false
	}
	return c.Digest, c.State, true
}
