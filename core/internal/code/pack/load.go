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
	var l *loading
	var err error
	limited(func() { l, err = beginLoading(name, dir, cache, want) })
	if err != nil {
		return nil, err
	}
	errs := make([]error, len(l.unread))
	var wg sync.WaitGroup
	for i, f := range l.unread {
		wg.Go(func() {
			limited(func() { errs[i] = f.read(filepath.Join(dir, f.Name), l.old, want) })
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	if !l.changed {
		return l.old, nil
	}
	p := &Dir{path: dir, Stat: l.dir, made: l.made}
	for _, f := range l.files {
		p.Files = append(p.Files, *f)
	}
	limited(func() { cache.Put(packKey(name), p.encode()) })
	return p, nil
}

// filesRead counts the files that were read for their facts, filesParsed those
// that were parsed for them. Tests look at both: what the stat of a file vouches
// for must not be read again, nor known content parsed again.
var filesRead, filesParsed atomic.Int64

// busy holds as many as may read or parse at a time.
var busy = make(chan struct{}, runtime.GOMAXPROCS(0))

func limited(do func()) {
	busy <- struct{}{}
	defer func() { <-busy }()
	do()
}

// A loading is a pack that is being brought up to date.
type loading struct {
	old     *Dir
	dir     unlogged.Stat
	made    int64
	files   []*File
	unread  []*File // those of the files that are to be read
	changed bool
}

func beginLoading(name, dir string, cache Cache, want Filter) (*loading, error) {
	l := &loading{old: &Dir{}, made: time.Now().UnixNano()}
	var err error
	if l.dir, err = unlogged.StatPath(dir); err != nil {
		return nil, err
	}
	if data, ok := cache.Get(packKey(name)); ok {
		if p, err := decodeDir(data); err == nil {
			l.old = p
		}
	}
	if l.old.path != dir {
		l.old.made = 0 // of another checkout: only what files hold tells whether they are the same
	}
	names, listed, err := l.old.names(dir, l.dir)
	if err != nil {
		return nil, err
	}
	if listed { // its state when the names were there, not before
		l.changed = true
		if l.dir, err = unlogged.StatPath(dir); err != nil {
			return nil, err
		}
	}
	for _, name := range names {
		l.add(dir, name, want)
	}
	return l, nil
}

// add takes a file from the old pack where that still vouches for it, or else
// has it read if it is wanted.
func (l *loading) add(dir, name string, want Filter) {
	st, err := unlogged.StatPath(filepath.Join(dir, name))
	if err != nil || !st.Mode.IsRegular() {
		l.changed = true
		return
	}
	f := &File{Name: name, Stat: st}
	kept := l.old.file(name)
	byName := &facts.File{Name: name, Flags: facts.FileUnread}
	switch trusted := kept != nil && l.old.trusted(kept.Stat, st); {
	case trusted && !(kept.Outdated() && want.Wants(kept.Facts)):
		f = kept
	case isGoFile(name) && !want.Wants(byName):
		// It is left unread, and what is known of it stays for who wants it.
		l.changed = true
		f.Facts = byName
		if kept != nil && kept.Facts != nil {
			f.Facts, f.Sum, f.former = kept.Facts, kept.Sum, kept.Sum != codec.Digest{}
		}
	default:
		l.changed = true
		l.unread = append(l.unread, f)
	}
	l.files = append(l.files, f)
}

func packKey(name string) string {
	d := codec.Sum([]byte(name))
	return "source-" + hex.EncodeToString(d[:])
}

// trusted reports whether a stat from when the pack was made still vouches for
// what was read then.
func (p *Dir) trusted(then, now unlogged.Stat) bool {
	return then == now && p.made-max(then.ModTime, then.ChangeTime) > racy
}

func (p *Dir) names(dir string, st unlogged.Stat) (names []string, listed bool, err error) {
	if p.made != 0 && p.trusted(p.Stat, st) {
		for _, f := range p.Files {
			names = append(names, f.Name)
		}
		return names, false, nil
	}
	names, err = build.SourceFiles(dir)
	return names, true, err
}

func isGoFile(name string) bool { return strings.HasSuffix(name, ".go") }

// file returns what the pack holds of a file, or nil.
func (p *Dir) file(name string) *File {
	i, found := slices.BinarySearchFunc(p.Files, name, func(f File, name string) int { return strings.Compare(f.Name, name) })
	if !found {
		return nil
	}
	return &p.Files[i]
}

// factsOf returns the facts of what a file of the pack held, whatever its name
// was, or nil.
func (p *Dir) factsOf(content codec.Digest) *facts.File {
	for i := range p.Files {
		if f := &p.Files[i]; f.Sum == content && f.Facts != nil {
			return f.Facts
		}
	}
	return nil
}

// Outdated reports whether the facts of a file are not those of what it holds.
func (f *File) Outdated() bool {
	return f.Facts != nil && (f.former || f.Facts.Flags&facts.FileUnread != 0)
}

// read takes in what a file holds, as far as it is wanted: a file that is for
// another system says so in its first lines. It takes the stat after that: had
// the file been changed before it was read, its times would say so.
func (f *File) read(path string, old *Dir, want Filter) error {
	filesRead.Add(1)
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
	if known := old.factsOf(f.Sum); known != nil {
		same := *known
		same.Name = f.Name
		if same.Flags&facts.FileUnread == 0 || !want.Wants(&same) {
			f.Facts = &same
			return nil
		}
	}
	unread := &facts.File{Name: f.Name, Flags: facts.FileUnread}
	_, unread.Constraint = syntax.Header(src)
	if !want.Wants(unread) {
		f.Facts = unread
		return nil
	}
	filesParsed.Add(1)
	f.Facts = facts.Extract(f.Name, src)
	return nil
}

// PackageNameIn returns the name of the package in a directory, by the first file
// that the build compiles, or "".
func PackageNameIn(dir string, match build.Matcher) string {
	names, err := build.SourceFiles(dir)
	if err != nil {
		return ""
	}
	for _, name := range names {
		if !isGoFile(name) || strings.HasSuffix(name, "_test.go") || !match.Match(name, "") {
			continue
		}
		src, err := unlogged.ReadFile(filepath.Join(dir, name))
		if err != nil {
			continue
		}
		if clause, constraint := syntax.Header(src); match.Match(name, constraint) {
			return clause
		}
	}
	return ""
}
