package source

import (
	"os"
	"path/filepath"
)

// closureVersion begins each record of a closure.
const closureVersion = "fixturecache closure 6\n"

// Encode returns the closure as bytes that DecodeClosure reads. The caller
// guards them against damage. What decides that it is unchanged comes first,
// so that Unchanged reads no more than that.
func (c *Closure) Encode() []byte {
	head := &encoder{}
	head.digest(c.Digest)
	head.bool(c.State)
	head.bool(c.Presets)
	head.str(c.env)
	head.str(c.fn)
	head.str(c.test)
	head.str(c.home)
	encodeList(head, c.files, func(f *fileStat) {
		head.str(filepath.Dir(f.path)) // a number, but for the first in it
		head.str(filepath.Base(f.path))
		head.stat(f.stat)
	})
	e := &encoder{buf: []byte(closureVersion)}
	e.int(len(head.buf))
	e.buf = append(e.buf, head.buf...)
	encodeList(e, c.Decls, func(d *Decl) {
		e.str(d.Name)
		e.str(d.File)
		e.int(d.Line)
		e.int(d.Lines)
		e.digest(d.Digest)
		e.str(d.Via)
		e.str(d.ViaFile)
		e.int(d.ViaLine)
		e.bool(d.Wide)
	})
	encodeList(e, c.Modules, func(m *Module) { e.str(m.Path); e.str(m.Version) })
	e.strs(c.Fallback)
	e.str(c.told.Package)
	e.strs(c.told.Names)
	for _, list := range [][]Use{{c.Cause}, c.Init, c.Hidden, c.Hints, c.Asks, c.Tells} {
		encodeList(e, list, func(u *Use) { e.str(u.What); e.str(u.By); e.str(u.File); e.int(u.Line) })
	}
	encodeList(e, c.Early, func(r *WorldRead) { e.int(int(r.Kind)); e.str(r.Name) })
	encodeList(e, c.Paths, func(p *Path) { e.str(p.Path); e.bool(p.Opened); e.str(p.File); e.int(p.Line) })
	return e.buf
}

// decodeHead reads the first part of a record and returns the rest of it.
func decodeHead(data []byte) (c *Closure, rest *decoder, err error) {
	if len(data) < len(closureVersion) || string(data[:len(closureVersion)]) != closureVersion {
		return nil, nil, errDamaged
	}
	rest = &decoder{buf: data[len(closureVersion):]}
	n := rest.int()
	if n > len(rest.buf) {
		return nil, nil, errDamaged
	}
	d := &decoder{buf: rest.buf[:n]}
	rest.buf = rest.buf[n:]
	c = &Closure{Digest: d.digest(), State: d.uint() == 1, behaviour: behaviour{Presets: d.uint() == 1}, env: d.str(), fn: d.str(), test: d.str(), home: d.str()}
	c.files = decodeList(d, func() fileStat {
		dir, base := d.str(), d.str()
		if dir == "" || !os.IsPathSeparator(dir[len(dir)-1]) {
			dir += string(filepath.Separator)
		}
		return fileStat{dir + base, d.stat()}
	})
	if d.err == nil && len(d.buf) > 0 {
		d.err = errDamaged
	}
	return c, rest, d.err
}

// DecodeClosure reads what Encode wrote. It is safe on any bytes.
func DecodeClosure(data []byte) (*Closure, error) {
	c, d, err := decodeHead(data)
	if err != nil {
		return nil, err
	}
	c.Decls = decodeList(d, func() Decl {
		return Decl{Name: d.str(), File: d.str(), Line: d.int(), Lines: d.int(), Digest: d.digest(), Via: d.str(), ViaFile: d.str(), ViaLine: d.int(), Wide: d.uint() == 1}
	})
	c.Modules = decodeList(d, func() Module { return Module{d.str(), d.str()} })
	c.Fallback = decodeList(d, d.str)
	c.told = Told{d.str(), decodeList(d, d.str)}
	var cause []Use
	for _, list := range []*[]Use{&cause, &c.Init, &c.Hidden, &c.Hints, &c.Asks, &c.Tells} {
		*list = decodeList(d, func() Use { return Use{d.str(), d.str(), d.str(), d.int()} })
	}
	if len(cause) == 1 {
		c.Cause = cause[0]
	}
	c.Early = decodeList(d, func() WorldRead { return WorldRead{ReadKind(d.int()), d.str()} })
	c.Paths = decodeList(d, func() Path { return Path{d.str(), d.uint() == 1, d.str(), d.int()} })
	if d.err == nil && len(d.buf) > 0 {
		d.err = errDamaged
	}
	if d.err != nil {
		return nil, d.err
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
