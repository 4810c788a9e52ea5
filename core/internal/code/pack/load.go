package pack

import (
	"encoding/hex"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/code/build"
	"github.com/fixturecache/fixturecache/core/internal/code/codec"
	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
	"github.com/fixturecache/fixturecache/core/internal/store"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// racy is how much older than its reading a file must be for its stat to vouch
// for it: file systems tell time in steps, and a second write may fall into
// the same one. Two seconds is what cmd/go and git allow for.
const racy = int64(2 * time.Second)

// Load returns the facts of the package in a directory, which are kept under its name:
// those of another checkout serve too. It reads only files that the matcher lets a build
// compile by their names (all for no matcher), with tests or without, and whose stat does
// not vouch for the facts that are kept. It parses only files for whose content none are.
func Load(name, dir string, cache Cache, match *build.Matcher, tests bool) (*Dir, error) {
	if cache == nil {
		cache = NoCache{}
	}
	busy <- struct{}{}
	defer func() { <-busy }()
	d := codec.Sum(fmt.Appendf(nil, "%s %s %s %s %t %t", name, runtime.Version(), runtime.GOOS, runtime.GOARCH, tests, match == nil))
	key := "source-" + hex.EncodeToString(d[:])
	old := kept(key, dir, cache)
	p, same, err := old.refresh(dir)
	if err != nil || same {
		return old, err
	}
	for i := range p.Files {
		f := &p.Files[i]
		wanted := !isGoFile(f.Name) || (tests || !strings.HasSuffix(f.Name, "_test.go")) && (match == nil || match.MatchName(f.Name))
		if wanted && f.Sum == (codec.Digest{}) {
			if err := f.read(dir, old); err != nil {
				return nil, err
			}
		}
	}
	cache.Put(key, p.encode())
	return p, nil
}

// busy bounds how many goroutines read or parse at a time.
var busy = make(chan struct{}, runtime.GOMAXPROCS(0))

// filesRead counts the files that were read for their facts, filesParsed those that were
// parsed for them. Tests look at both: a file for which its stat vouches must not be read
// again, nor known content parsed again.
var filesRead, filesParsed atomic.Int64

// kept returns the facts that are kept of a directory. In another checkout only the
// content of files tells whether they are the same.
func kept(key, dir string, cache Cache) *Dir {
	data, _ := cache.Get(key)
	p, err := decodeDir(data)
	if err != nil {
		return &Dir{}
	}
	if p.Path != dir {
		p.Made = 0
	}
	return p
}

// refresh returns a directory as it is now, with the facts that are kept of its files, and
// reports whether all is as it was.
func (p *Dir) refresh(dir string) (now *Dir, same bool, err error) {
	now = &Dir{Path: dir, Made: time.Now().UnixNano()}
	names, err := build.SourceFiles(dir)
	if err == nil { // its state when the names were there, not before
		now.Stat, err = unlogged.StatPath(dir)
	}
	if err != nil {
		return nil, false, err
	}
	same = p.trusts(p.Stat, now.Stat)
	for _, name := range names {
		st, err := unlogged.StatPath(filepath.Join(dir, name))
		if err != nil || !st.Mode.IsRegular() {
			continue
		}
		f := File{Name: name, Stat: st}
		i, found := slices.BinarySearchFunc(p.Files, name, func(f File, name string) int { return strings.Compare(f.Name, name) })
		if found = found && p.trusts(p.Files[i].Stat, st); found {
			f = p.Files[i]
		}
		same = same && found
		now.Files = append(now.Files, f)
	}
	return now, same && len(now.Files) == len(p.Files), nil
}

// trusts reports whether a stat from when the pack was made still vouches for the
// content that was read then.
func (p *Dir) trusts(then, now unlogged.Stat) bool {
	return then == now && p.Made-max(then.ModTime, then.ChangeTime) > racy
}

func isGoFile(name string) bool { return strings.HasSuffix(name, ".go") }

// read reads a file and finds its facts. It takes the stat after the reading: if the file
// was changed before it was read, its times say so.
func (f *File) read(dir string, old *Dir) error {
	filesRead.Add(1)
	path := filepath.Join(dir, f.Name)
	src, err := unlogged.ReadFile(path)
	if err == nil {
		f.Stat, err = unlogged.StatPath(path)
	}
	if err != nil {
		return fmt.Errorf("source: %w", err)
	}
	f.Sum = codec.Sum(src)
	if !isGoFile(f.Name) {
		return nil
	}
	// Facts belong to a content, whatever the name of the file was.
	same := func(o File) bool { return o.Sum == f.Sum && o.facts != nil }
	if i := slices.IndexFunc(old.Files, same); i >= 0 {
		known := *old.Files[i].facts
		known.Name = f.Name
		f.facts, f.Text = &known, old.Files[i].Text
		return nil
	}
	filesParsed.Add(1)
	f.facts = facts.Extract(f.Name, src)
	f.Text = store.String(codec.Write("", f.facts))
	return nil
}

// PackageNameIn returns the name of the package in a directory, by the first file that the
// build compiles, or "". The clause "package documentation" keeps a file out, too (Import in
// go/build/build.go).
func PackageNameIn(dir string, match build.Matcher) string {
	names, _ := build.SourceFiles(dir)
	for _, name := range names {
		if isGoFile(name) && !strings.HasSuffix(name, "_test.go") {
			src, _ := unlogged.ReadFile(filepath.Join(dir, name))
			clause, expr := syntax.Header(src)
			if clause != "" && clause != "documentation" && match.Match(name, expr) {
				return clause
			}
		}
	}
	return ""
}

// A Cache keeps bytes under names; lost ones are made again. It checks its entries for
// damage. Several goroutines use it.
type Cache interface {
	Get(key string) ([]byte, bool)
	Put(key string, data []byte)
}

// NoCache is for callers without a store.
type NoCache struct{}

func (NoCache) Get(string) ([]byte, bool) { return nil, false }
func (NoCache) Put(string, []byte)        {}

// A Dir holds what is kept of one directory: the files that matter there, as the file
// system described them, and the facts of each Go file.
type Dir struct {
	Path  string // its path: a stat vouches for nothing elsewhere
	Stat  unlogged.Stat
	Made  int64 // when it was made, in nanoseconds: files changed less than racy before are read again
	Files []File
}

// A File is a file of a directory.
type File struct {
	Name  string
	Stat  unlogged.Stat
	Sum   codec.Digest // of the content, zero if the file is not wanted
	Text  string       // its facts as they are kept, which stay the same where only stats change
	facts *facts.File
}

// Facts returns the facts of a file, nil if it is not wanted, or no Go file.
func (f *File) Facts() *facts.File { return f.facts }

// version begins each pack; another version is a miss. It is changed with each change of
// the facts that are found.
const version = "fixturecache source facts 61\n"

func (p *Dir) encode() []byte { return codec.Write(version, p) }

func decodeDir(data []byte) (*Dir, error) {
	p := &Dir{}
	err := codec.Read(version, store.String(data), p)
	for i := range p.Files {
		if f := &p.Files[i]; f.Text != "" && err == nil {
			f.facts = &facts.File{}
			err = codec.Read("", f.Text, f.facts)
			f.facts.Name = f.Name // it may have had another when it was parsed
		}
	}
	return p, err
}
