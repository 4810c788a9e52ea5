package pack

import (
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/code/build"
	"github.com/fixturecache/fixturecache/core/internal/code/codec"
	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// racy is how much older than its reading a file must be for its stat to vouch
// for it: file systems tell time in steps, and a second write may fall into
// the same one. Two seconds is what cmd/go and git allow for.
const racy = int64(2 * time.Second)

// A Filter says which files of a directory must be read: those that a build
// compiles, with or without tests. The zero value wants all.
type Filter struct {
	Matcher *build.Matcher
	Tests   bool
}

// Wants reports whether a file is wanted.
func (w Filter) Wants(f *facts.File) bool {
	return w.Matcher == nil || (w.Tests || !f.IsTest()) && w.Matcher.Match(f.Name, f.Constraint)
}

// Load returns the facts of the package in a directory, kept under its
// name: that of another checkout serves too. It reads only files whose stat does
// not vouch for what is kept, and parses only those of which no facts are kept
// for what they hold. Of files that are not wanted it may say facts.FileUnread.
func Load(name, dir string, cache Cache, want Filter) (*Dir, error) {
	busy <- struct{}{}
	old := kept(packKey(name), dir, cache)
	p, err := old.refresh(dir, want)
	<-busy
	if err != nil || p == nil {
		return old, err
	}
	errs := make([]error, len(p.Files))
	var wg sync.WaitGroup
	for i := range p.Files {
		if f := &p.Files[i]; f.isUnread() {
			wg.Go(func() {
				busy <- struct{}{}
				errs[i] = f.read(dir, old, want)
				<-busy
			})
		}
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	busy <- struct{}{}
	cache.Put(packKey(name), p.encode())
	<-busy
	return p, nil
}

// busy holds as many as may read or parse at a time.
var busy = make(chan struct{}, runtime.GOMAXPROCS(0))

// filesRead counts the files that were read for their facts, filesParsed those
// that were parsed for them. Tests look at both: what the stat of a file vouches
// for must not be read again, nor known content parsed again.
var filesRead, filesParsed atomic.Int64

func packKey(name string) string {
	d := codec.Sum([]byte(name))
	return "source-" + hex.EncodeToString(d[:])
}

// kept returns what is kept of a directory. Of another checkout only what files
// hold tells whether they are the same.
func kept(key, dir string, cache Cache) *Dir {
	data, _ := cache.Get(key)
	p, err := decodeDir(data)
	if err != nil {
		return &Dir{}
	}
	if p.path != dir {
		p.made = 0
	}
	return p
}

// refresh returns a directory as it is now, with what is kept of its files; nil if
// all is as it was.
func (p *Dir) refresh(dir string, want Filter) (now *Dir, err error) {
	now = &Dir{path: dir, made: time.Now().UnixNano()}
	names := make([]string, len(p.Files))
	for i := range names {
		names[i] = p.Files[i].Name
	}
	now.Stat, err = unlogged.StatPath(dir)
	same := p.trusts(p.Stat, now.Stat)
	if err == nil && !same {
		names, err = build.SourceFiles(dir)
	}
	if err == nil && !same { // its state when the names were there, not before
		now.Stat, err = unlogged.StatPath(dir)
	}
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		st, err := unlogged.StatPath(filepath.Join(dir, name))
		if err != nil || !st.Mode.IsRegular() {
			same = false
			continue
		}
		f, vouched := p.known(name, st, want)
		same = same && vouched
		now.Files = append(now.Files, f)
	}
	if same {
		return nil, nil
	}
	return now, nil
}

// known returns what is known of a file that is not read, and whether its stat
// vouches for that.
func (p *Dir) known(name string, st unlogged.Stat, want Filter) (f File, vouched bool) {
	i, found := slices.BinarySearchFunc(p.Files, name, func(f File, name string) int { return strings.Compare(f.Name, name) })
	if found {
		f = p.Files[i]
	}
	byName := &facts.File{Name: name, Flags: facts.FileUnread}
	switch {
	case found && p.trusts(f.Stat, st) && !(f.Outdated() && want.Wants(f.Facts)):
		return f, true
	case !isGoFile(name) || want.Wants(byName):
		return File{Name: name, Stat: st}, false
	case f.Facts == nil:
		return File{Name: name, Stat: st, Facts: byName}, false
	}
	// It is left unread, and what is known of it stays for who wants it.
	f.Stat, f.former = st, f.Sum != codec.Digest{}
	return f, false
}

// isUnread reports whether a file that is to be read was not.
func (f *File) isUnread() bool { return f.Facts == nil && f.Sum == codec.Digest{} }

// trusts reports whether a stat from when the pack was made still vouches for
// what was read then.
func (p *Dir) trusts(then, now unlogged.Stat) bool {
	return then == now && p.made-max(then.ModTime, then.ChangeTime) > racy
}

func isGoFile(name string) bool { return strings.HasSuffix(name, ".go") }

// Outdated reports whether the facts of a file are not those of what it holds.
func (f *File) Outdated() bool {
	return f.Facts != nil && (f.former || f.Facts.Flags&facts.FileUnread != 0)
}

// read takes in what a file holds, as far as it is wanted: a file that is for
// another system says so in its first lines. It takes the stat after that: had
// the file been changed before it was read, its times would say so.
func (f *File) read(dir string, old *Dir, want Filter) error {
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
	// The facts are those of what any file held, whatever its name was.
	same := func(o File) bool { return o.Sum == f.Sum && o.Facts != nil }
	if i := slices.IndexFunc(old.Files, same); i >= 0 {
		known := *old.Files[i].Facts
		known.Name = f.Name
		if f.Facts = &known; !f.Outdated() || !want.Wants(f.Facts) {
			return nil
		}
	}
	f.Facts = &facts.File{Name: f.Name, Flags: facts.FileUnread}
	if _, f.Facts.Constraint = syntax.Header(src); want.Wants(f.Facts) {
		filesParsed.Add(1)
		f.Facts = facts.Extract(f.Name, src)
	}
	return nil
}

// PackageNameIn returns the name of the package in a directory, by the first file
// that the build compiles, or "".
func PackageNameIn(dir string, match build.Matcher) string {
	names, _ := build.SourceFiles(dir)
	for _, name := range names {
		if isGoFile(name) && !strings.HasSuffix(name, "_test.go") {
			src, _ := unlogged.ReadFile(filepath.Join(dir, name))
			if clause, constraint := syntax.Header(src); clause != "" && match.Match(name, constraint) {
				return clause
			}
		}
	}
	return ""
}
