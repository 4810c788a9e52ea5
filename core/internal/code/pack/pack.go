package pack

import (
	"github.com/fixturecache/fixturecache/core/internal/code/codec"
	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A Dir is what is kept of one directory: the files that matter there, as the
// file system described them, and the facts of each that is Go.
type Dir struct {
	path  string // of the directory: a stat vouches for nothing elsewhere
	Stat  unlogged.Stat
	made  int64 // when, in nanoseconds: what is younger than racy before it is read again
	Files []File
}

// A File is a file of a directory.
type File struct {
	Name   string
	Stat   unlogged.Stat
	Sum    codec.Digest // of the content, zero if that was never read
	Facts  *facts.File  // nil for what is not Go
	former bool         // sum and facts are of what the file held before it was last touched
}

// version begins each pack; another version is a miss. It changes with
// whatever changes what extract finds.
const version = "fixturecache source facts 12\n"

func (p *Dir) encode() []byte {
	e := &codec.Encoder{Buf: []byte(version)}
	e.Str(p.path)
	e.Stat(p.Stat)
	e.Int64(p.made)
	codec.EncodeList(e, p.Files, func(f *File) {
		e.Str(f.Name)
		e.Stat(f.Stat)
		e.Digest(f.Sum)
		if f.Facts == nil {
			e.Uint(0)
			return
		}
		e.Uint(1 + codec.Bit(f.former))
		facts.Encode(e, f.Facts)
	})
	return e.Buf
}

func decodeDir(data []byte) (*Dir, error) {
	if len(data) < len(version) || string(data[:len(version)]) != version {
		return nil, codec.ErrDamaged
	}
	d := &codec.Decoder{Buf: data[len(version):]}
	p := &Dir{path: d.Str(), Stat: d.Stat(), made: d.Int64()}
	p.Files = codec.DecodeList(d, func() File {
		f := File{Name: d.Str(), Stat: d.Stat(), Sum: d.Digest()}
		if has := d.Uint(); has > 0 {
			f.former = has > 1
			f.Facts = facts.Decode(d)
			f.Facts.Name = f.Name
		}
		return f
	})
	if d.Err == nil && len(d.Buf) > 0 {
		d.Err = codec.ErrDamaged
	}
	return p, d.Err
}
