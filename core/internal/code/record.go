package code

import (
	"os"
	"path/filepath"

	"github.com/fixturecache/fixturecache/core/internal/code/codec"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
	"github.com/fixturecache/fixturecache/core/internal/code/world"
)

// closureVersion begins each record of a closure.
const closureVersion = "fixturecache closure 8\n"

// Encode returns the closure as bytes that DecodeClosure reads. The caller
// guards them against damage. What decides that it is unchanged comes first,
// so that Unchanged reads no more than that.
func (c *Closure) Encode() []byte {
	head := &codec.Encoder{}
	head.Digest(c.Digest)
	head.Bool(c.State)
	head.Bool(c.Presets)
	head.Str(c.env)
	head.Str(c.fn)
	head.Str(c.test)
	head.Str(c.home)
	codec.EncodeList(head, c.files, func(f *graph.FileStat) {
		head.Str(filepath.Dir(f.Path)) // a number, but for the first in it
		head.Str(filepath.Base(f.Path))
		head.Stat(f.Stat)
	})
	e := &codec.Encoder{Buf: []byte(closureVersion)}
	e.Int(len(head.Buf))
	e.Buf = append(e.Buf, head.Buf...)
	codec.EncodeList(e, c.Decls, func(d *Decl) {
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
	codec.EncodeList(e, c.Modules, func(m *Module) { e.Str(m.Path); e.Str(m.Version) })
	e.Strs(c.Fallback)
	e.Str(c.covered.Package)
	e.Strs(c.covered.Names)
	for _, list := range [][]Use{{c.Cause}, c.Effect, c.Init, c.Hidden, c.Hints, c.Settings, c.HandleUses} {
		codec.EncodeList(e, list, func(u *Use) { e.Str(u.What); e.Str(u.By); e.Str(u.File); e.Int(u.Line) })
	}
	codec.EncodeList(e, c.Early, func(r *Read) { e.Int(int(r.Kind)); e.Str(r.Name) })
	codec.EncodeList(e, c.Paths, func(p *Path) { e.Str(p.Path); e.Bool(p.Opened); e.Str(p.File); e.Int(p.Line) })
	return e.Buf
}

// HomeOf returns the package under test of the closure in a record, "" if there is
// none in it.
func HomeOf(data []byte) string {
	c, _, err := decodeHead(data)
	if err != nil {
		return ""
	}
	return c.home
}

// decodeHead reads the first part of a record and returns the rest of it.
func decodeHead(data []byte) (c *Closure, rest *codec.Decoder, err error) {
	if len(data) < len(closureVersion) || string(data[:len(closureVersion)]) != closureVersion {
		return nil, nil, codec.ErrDamaged
	}
	rest = &codec.Decoder{Buf: data[len(closureVersion):]}
	n := rest.Int()
	if n > len(rest.Buf) {
		return nil, nil, codec.ErrDamaged
	}
	d := &codec.Decoder{Buf: rest.Buf[:n]}
	rest.Buf = rest.Buf[n:]
	c = &Closure{Digest: d.Digest(), State: d.Uint() == 1, Behaviour: world.Behaviour{Presets: d.Uint() == 1}, env: d.Str(), fn: d.Str(), test: d.Str(), home: d.Str()}
	c.files = codec.DecodeList(d, func() graph.FileStat {
		dir, base := d.Str(), d.Str()
		if dir == "" || !os.IsPathSeparator(dir[len(dir)-1]) {
			dir += string(filepath.Separator)
		}
		return graph.FileStat{Path: dir + base, Stat: d.Stat()}
	})
	if d.Err == nil && len(d.Buf) > 0 {
		d.Err = codec.ErrDamaged
	}
	return c, rest, d.Err
}

// DecodeClosure reads what Encode wrote. It is safe on any bytes.
func DecodeClosure(data []byte) (*Closure, error) {
	c, d, err := decodeHead(data)
	if err != nil {
		return nil, err
	}
	c.Decls = codec.DecodeList(d, func() Decl {
		return Decl{Name: d.Str(), File: d.Str(), Line: d.Int(), Lines: d.Int(), Digest: d.Digest(), Via: d.Str(), ViaFile: d.Str(), ViaLine: d.Int(), Wide: d.Uint() == 1}
	})
	c.Modules = codec.DecodeList(d, func() Module { return Module{Path: d.Str(), Version: d.Str()} })
	c.Fallback = codec.DecodeList(d, d.Str)
	c.covered = Covered{Package: d.Str(), Names: codec.DecodeList(d, d.Str)}
	var cause []Use
	for _, list := range []*[]Use{&cause, &c.Effect, &c.Init, &c.Hidden, &c.Hints, &c.Settings, &c.HandleUses} {
		*list = codec.DecodeList(d, func() Use { return Use{What: d.Str(), By: d.Str(), File: d.Str(), Line: d.Int()} })
	}
	if len(cause) == 1 {
		c.Cause = cause[0]
	}
	c.Early = codec.DecodeList(d, func() Read { return Read{Kind: ReadKind(d.Int()), Name: d.Str()} })
	c.Paths = codec.DecodeList(d, func() Path { return Path{Path: d.Str(), Opened: d.Uint() == 1, File: d.Str(), Line: d.Int()} })
	if d.Err == nil && len(d.Buf) > 0 {
		d.Err = codec.ErrDamaged
	}
	if d.Err != nil {
		return nil, d.Err
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
	c, _, err := decodeHead(data)
	if err != nil || !c.unchanged(b.Build, r) {
		return Digest{}, false, false
	}
	return c.Digest, c.State, true
}
