package source

import (
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

// A packFile is a file of a directory.
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
		encodeFacts(e, f.facts)
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
			f.facts = decodeFacts(d)
			f.facts.name = f.name
		}
		return f
	})
	if d.err == nil && len(d.buf) > 0 {
		d.err = errDamaged
	}
	return p, d.err
}
