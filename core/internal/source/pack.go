package source

import (
	"io/fs"

	"github.com/fixturecache/fixturecache/core/internal/quiet"
)

// A pack is what is kept of one directory: the files that matter there, as the
// file system described them, and the facts of each that is Go.
type pack struct {
	dir   quiet.Stat
	made  int64 // when, in nanoseconds: what is younger than racy before it is read again
	files []packFile

	changed bool // since it was kept
}

type packFile struct {
	name  string
	stat  quiet.Stat
	facts *fileFacts // nil for what is not Go
	sum   Digest     // content of what is not Go, and of Go files that count whole
}

// packVersion begins each pack; another version is a miss. It changes with
// whatever changes what extract finds.
const packVersion = "fixturecache source facts 3\n"

func (p *pack) encode() []byte { return p.encodeWith(&encoder{}) }

// encodeWith uses the memory of an encoder, until the next time.
func (p *pack) encodeWith(e *encoder) []byte {
	if e.index == nil || len(e.index) > 1<<13 {
		e.index = make(map[string]uint64, 256)
		e.buf = make([]byte, 0, 1<<20) // touched as far as it is used
	}
	clear(e.index)
	e.buf = append(e.buf[:0], packVersion...)
	e.stat(p.dir)
	e.int64(p.made)
	encodeList(e, p.files, func(f *packFile) {
		e.str(f.name)
		e.stat(f.stat)
		e.digest(f.sum)
		if f.facts == nil {
			e.uint(0)
			return
		}
		e.uint(1)
		e.facts(f.facts)
	})
	return e.buf
}

func decodePack(data []byte) (*pack, error) {
	if len(data) < len(packVersion) || string(data[:len(packVersion)]) != packVersion {
		return nil, errDamaged
	}
	d := &decoder{buf: data[len(packVersion):]}
	p := &pack{dir: d.stat(), made: d.int64()}
	p.files = decodeList(d, func() packFile {
		f := packFile{name: d.str(), stat: d.stat(), sum: d.digest()}
		if d.uint() == 1 {
			f.facts = d.facts()
			f.facts.name = f.name
		}
		return f
	})
	if d.err == nil && len(d.buf) > 0 {
		d.err = errDamaged
	}
	return p, d.err
}

func (e *encoder) stat(s quiet.Stat) {
	e.int64(s.Size)
	e.int64(s.ModTime)
	e.int64(s.ChangeTime)
	e.uint(s.Inode)
	e.uint(s.Device)
	e.uint(uint64(s.Mode))
}

func (d *decoder) stat() quiet.Stat {
	return quiet.Stat{Size: d.int64(), ModTime: d.int64(), ChangeTime: d.int64(), Inode: d.uint(), Device: d.uint(), Mode: fs.FileMode(d.uint())}
}

func (e *encoder) facts(f *fileFacts) {
	e.str(f.pkg)
	e.str(f.constraint)
	e.uint(uint64(f.flags))
	encodeList(e, f.imports, func(i *importFact) { e.str(i.name); e.str(i.path) })
	encodeList(e, f.links, func(l *linkFact) { e.str(l.local); e.str(l.target) })
	encodeList(e, f.decls, e.decl)
}

func (d *decoder) facts() *fileFacts {
	f := &fileFacts{pkg: d.str(), constraint: d.str(), flags: fileFlags(d.uint())}
	f.imports = decodeList(d, func() importFact { return importFact{d.str(), d.str()} })
	f.links = decodeList(d, func() linkFact { return linkFact{d.str(), d.str()} })
	n := d.int()
	if n > len(d.buf)/leastDecl {
		d.fail()
		return f
	}
	f.decls = make([]declFact, n)
	for i := range f.decls {
		d.decl(&f.decls[i])
	}
	return f
}

// leastDecl is how many bytes a declaration takes at least.
const leastDecl = 28

func (e *encoder) decl(c *declFact) {
	e.uint(uint64(c.kind))
	e.uint(uint64(c.flags))
	e.str(c.recv)
	encodeList(e, c.names, func(n *nameFact) { e.str(n.name); e.int(n.line) })
	e.int(c.line)
	e.int(c.lines)
	e.digest(c.digest)
	e.strs(c.refs)
	encodeList(e, c.quals, func(q *qual) { e.str(q.x); e.str(q.sel); e.int(q.line) })
	encodeList(e, c.writes, func(w *write) {
		e.uint(uint64(w.op))
		e.str(w.x)
		e.str(w.sel)
		e.str(w.method)
		e.bool(w.far)
		e.bool(w.late)
		e.bool(w.given)
		e.str(w.callee.x)
		e.str(w.callee.sel)
		e.int(w.arg)
		e.int(w.line)
	})
	encodeList(e, c.returns, func(q *qual) { e.str(q.x); e.str(q.sel) })
	rare := c.rare()
	e.strs(rare.embeds)
	encodeList(e, rare.paths, func(p *pathFact) {
		e.str(p.path)
		e.int(p.line)
		e.bool(p.open)
	})
	encodeList(e, rare.tells, func(t *tellFact) { e.str(t.what); e.int(t.line) })
	encodeList(e, rare.asks, func(a *askFact) { e.str(a.what); e.str(a.typ); e.str(a.field); e.int(a.param); e.int(a.line) })
	encodeList(e, rare.hands, func(h *handleFact) { e.str(h.callee.x); e.str(h.callee.sel); e.int(h.arg) })
	e.strs(rare.handles)
	e.strs(rare.funcs)
	e.strs(rare.parts)
	encodeList(e, c.passes, func(p *passFact) {
		e.int(p.of + 2)
		e.bool(p.part)
		e.str(p.method)
		e.str(p.callee.x)
		e.str(p.callee.sel)
		e.int(p.arg)
		e.bool(p.once)
	})
	e.uint(c.keeps)
	e.str(c.typ)
}

func (e *encoder) bool(b bool) {
	if b {
		e.uint(1)
	} else {
		e.uint(0)
	}
}

func (d *decoder) decl(c *declFact) {
	c.kind, c.flags, c.recv = declKind(d.uint()), declFlags(d.uint()), d.str()
	c.names = decodeList(d, func() nameFact { return nameFact{d.str(), d.int()} })
	c.line, c.lines, c.digest = d.int(), d.int(), d.digest()
	c.refs = decodeList(d, d.str)
	c.quals = decodeList(d, func() qual { return qual{d.str(), d.str(), d.int()} })
	c.writes = decodeList(d, func() write {
		return write{op: writeOp(d.uint()), x: d.str(), sel: d.str(), method: d.str(), far: d.uint() == 1, late: d.uint() == 1, given: d.uint() == 1, callee: qual{x: d.str(), sel: d.str()}, arg: d.int(), line: d.int()}
	})
	c.returns = decodeList(d, func() qual { return qual{x: d.str(), sel: d.str()} })
	var rare rareFacts
	rare.embeds = decodeList(d, d.str)
	rare.paths = decodeList(d, func() pathFact { return pathFact{d.str(), d.int(), d.uint() == 1} })
	rare.tells = decodeList(d, func() tellFact { return tellFact{d.str(), d.int()} })
	rare.asks = decodeList(d, func() askFact { return askFact{d.str(), d.str(), d.str(), d.int(), d.int()} })
	rare.hands = decodeList(d, func() handleFact { return handleFact{qual{x: d.str(), sel: d.str()}, d.int()} })
	rare.handles = decodeList(d, d.str)
	rare.funcs = decodeList(d, d.str)
	rare.parts = decodeList(d, d.str)
	if !rare.none() {
		c.others = &rare
	}
	c.passes = decodeList(d, func() passFact {
		return passFact{d.int() - 2, d.uint() == 1, d.str(), qual{x: d.str(), sel: d.str()}, d.int(), d.uint() == 1}
	})
	c.keeps = d.uint()
	c.typ = d.str()
}
