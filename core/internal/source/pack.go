package source

import (
	"io/fs"

	"github.com/fixturecache/fixturecache/core/internal/quiet"
)

// A pack is what is kept of one directory: the files that matter there, as the
// file system described them, and the facts of each that is Go.
type pack struct {
	path  string // of the directory: a stat vouches for nothing elsewhere
	dir   quiet.Stat
	made  int64 // when, in nanoseconds: what is younger than racy before it is read again
	files []packFile
}

type packFile struct {
	name   string
	stat   quiet.Stat
	sum    Digest     // of the content, zero if that was never read
	facts  *fileFacts // nil for what is not Go
	former bool       // sum and facts are of what the file held before it was last touched
}

// packVersion begins each pack; another version is a miss. It changes with
// whatever changes what extract finds.
const packVersion = "fixturecache source facts 11\n"

func (p *pack) encode() []byte {
	e := &encoder{buf: []byte(packVersion)}
	e.str(p.path)
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
		e.uint(1 + bit(f.former))
		e.facts(f.facts)
	})
	return e.buf
}

func decodePack(data []byte) (*pack, error) {
	if len(data) < len(packVersion) || string(data[:len(packVersion)]) != packVersion {
		return nil, errDamaged
	}
	d := &decoder{buf: data[len(packVersion):]}
	p := &pack{path: d.str(), dir: d.stat(), made: d.int64()}
	p.files = decodeList(d, func() packFile {
		f := packFile{name: d.str(), stat: d.stat(), sum: d.digest()}
		if has := d.uint(); has > 0 {
			f.former = has > 1
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
	e.digest(f.moves)
	encodeList(e, f.imports, func(i *importFact) { e.str(i.name); e.str(i.path); e.int(i.line) })
	encodeList(e, f.links, func(l *linkFact) { e.str(l.local); e.str(l.target) })
	encodeList(e, f.decls, e.decl)
}

func (d *decoder) facts() *fileFacts {
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
		d.decl(&f.decls[i])
	}
	return f
}

// leastDecl is how many bytes a declaration takes at least.
const leastDecl = 22

// What of a declaration is there, as bits in front of it: most have little.
const (
	hasRecv = 1 << iota
	hasRefs
	hasQuals
	hasOthers
	hasUses
	hasForm
)

func (c *declFact) has() (bits uint64) {
	a := c.does()
	for i, has := range [...]bool{a.recv != "", c.refs != nil, c.quals != nil, c.others != nil, a.accesses != nil, c.form != ""} {
		if has {
			bits |= 1 << i
		}
	}
	return bits
}

func (e *encoder) decl(c *declFact) {
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
		e.rare(c.others)
	}
	if has&hasUses != 0 {
		encodeList(e, acts.accesses, e.access)
	}
	if has&hasForm != 0 {
		e.str(c.form)
	}
}

func (e *encoder) rare(r *rareFacts) {
	encodeList(e, r.names, func(n *nameFact) { e.str(n.name); e.int(n.line) })
	e.strs(r.embeds)
	encodeList(e, r.paths, func(p *pathFact) { e.str(p.path); e.int(p.line); e.bool(p.open) })
	encodeList(e, r.tells, func(t *tellFact) { e.str(t.what); e.int(t.line) })
	encodeList(e, r.asks, func(a *askFact) { e.str(a.what); e.str(a.typ); e.str(a.field); e.int(a.param); e.int(a.line) })
	encodeList(e, r.hands, func(h *handleFact) { e.str(h.callee.x); e.str(h.callee.sel); e.int(h.arg) })
	e.strs(r.handles)
	encodeList(e, r.named, func(n *namedFact) { e.str(n.fn.x); e.str(n.fn.sel); e.str(n.name) })
}

func (d *decoder) rare() *rareFacts {
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

func (d *decoder) decl(c *declFact) {
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
		c.others = d.rare()
	}
	if has&hasUses != 0 {
		c.acts.accesses = decodeList(d, d.access)
	}
	if has&hasForm != 0 {
		c.form = d.str()
	}
}
