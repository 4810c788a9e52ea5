package pack

import (
	"github.com/fixturecache/fixturecache/core/internal/code/codec"
	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A Cache keeps bytes under names; what it has lost is made again. Entries are
// checked for damage by whoever keeps them. Several goroutines use it.
type Cache interface {
	Get(key string) ([]byte, bool)
	Put(key string, data []byte)
}

// NoCache is for callers without a store.
type NoCache struct{}

func (NoCache) Get(string) ([]byte, bool) { return nil, false }
func (NoCache) Put(string, []byte)        {}

// A Dir is what is kept of one directory: the files that matter there, as the
// file system described them, and the facts of each that is Go.
type Dir struct {
	Path  string // of the directory: a stat vouches for nothing elsewhere
	Stat  unlogged.Stat
	Made  int64 // when, in nanoseconds: what is younger than racy before it is read again
	Files []File
}

// A File is a file of a directory.
type File struct {
	Name  string
	Stat  unlogged.Stat
	Sum   codec.Digest // of the content, zero if the file is not wanted
	Facts *facts.File  // nil for that, and for what is not Go
}

// version begins each pack; another version is a miss. It changes with
// whatever changes what extract finds.
const version = "fixturecache source facts 40\n"

func (p *Dir) encode() []byte { return codec.Write(version, p) }

func decodeDir(data []byte) (*Dir, error) {
	p := &Dir{}
	return p, codec.Read(version, string(data), p)
}
