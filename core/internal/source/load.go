package source

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
	"github.com/fixturecache/fixturecache/core/internal/quiet"
)

// A Cache keeps bytes under names; what it has lost is made again. Entries are
// checked for damage by whoever keeps them. Several goroutines use it.
type Cache interface {
	Get(key string) ([]byte, bool)
	Put(key string, data []byte)
}

// noCache is for callers without a store.
type noCache struct{}

func (noCache) Get(string) ([]byte, bool) { return nil, false }
func (noCache) Put(string, []byte)        {}

// racy is how much older than its reading a file must be for its stat to vouch
// for it: file systems tell time in steps, and a second write may fall into
// the same one. Two seconds is what cmd/go and git allow for.
const racy = int64(2 * time.Second)

// A wants says which files of a directory must be read: those that a build
// compiles, with or without tests. The zero value wants all.
type wants struct {
	match *build.Matcher
	tests bool
}

// file reports whether a file is wanted.
func (w wants) file(f *fileFacts) bool {
	return w.match == nil || (w.tests || !f.isTest()) && w.match.Match(f.name, f.constraint)
}

// loadPack returns the facts of the package in a directory, kept under its
// name: that of another checkout serves too. It reads only files whose stat does
// not vouch for what is kept, and parses only those of which no facts are kept
// for what they hold. Of files that are not wanted it may say fileUnread.
func loadPack(name, dir string, cache Cache, want wants) (*pack, error) {
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
			limited(func() { errs[i] = f.read(filepath.Join(dir, f.name), l.old, want) })
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	if !l.changed {
		return l.old, nil
	}
	p := &pack{path: dir, dir: l.dir, made: l.made}
	for _, f := range l.files {
		p.files = append(p.files, *f)
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
	old     *pack
	dir     quiet.Stat
	made    int64
	files   []*packFile
	unread  []*packFile // those of the files that are to be read
	changed bool
}

func beginLoading(name, dir string, cache Cache, want wants) (*loading, error) {
	l := &loading{old: &pack{}, made: time.Now().UnixNano()}
	var err error
	if l.dir, err = quiet.StatPath(dir); err != nil {
		return nil, err
	}
	if data, ok := cache.Get(packKey(name)); ok {
		if p, err := decodePack(data); err == nil {
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
		if l.dir, err = quiet.StatPath(dir); err != nil {
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
func (l *loading) add(dir, name string, want wants) {
	st, err := quiet.StatPath(filepath.Join(dir, name))
	if err != nil || !st.Mode.IsRegular() {
		l.changed = true
		return
	}
	f := &packFile{name: name, stat: st}
	kept := l.old.file(name)
	byName := &fileFacts{name: name, flags: fileUnread}
	switch trusted := kept != nil && l.old.trusted(kept.stat, st); {
	case trusted && !(kept.mustRead() && want.file(kept.facts)):
		f = kept
	case isGoFile(name) && !want.file(byName):
		// It is left unread, and what is known of it stays for who wants it.
		l.changed = true
		f.facts = byName
		if kept != nil && kept.facts != nil {
			f.facts, f.sum, f.former = kept.facts, kept.sum, kept.sum != Digest{}
		}
	default:
		l.changed = true
		l.unread = append(l.unread, f)
	}
	l.files = append(l.files, f)
}

func packKey(name string) string {
	d := sum([]byte(name))
	return "source-" + hex.EncodeToString(d[:])
}

// trusted reports whether a stat from when the pack was made still vouches for
// what was read then.
func (p *pack) trusted(then, now quiet.Stat) bool {
	return then == now && p.made-max(then.ModTime, then.ChangeTime) > racy
}

func (p *pack) names(dir string, st quiet.Stat) (names []string, listed bool, err error) {
	if p.made != 0 && p.trusted(p.dir, st) {
		for _, f := range p.files {
			names = append(names, f.name)
		}
		return names, false, nil
	}
	names, err = build.SourceFiles(dir)
	return names, true, err
}

func isGoFile(name string) bool { return strings.HasSuffix(name, ".go") }

// file returns what the pack holds of a file, or nil.
func (p *pack) file(name string) *packFile {
	i, found := slices.BinarySearchFunc(p.files, name, func(f packFile, name string) int { return strings.Compare(f.name, name) })
	if !found {
		return nil
	}
	return &p.files[i]
}

// factsOf returns the facts of what a file of the pack held, whatever its name
// was, or nil.
func (p *pack) factsOf(content Digest) *fileFacts {
	for i := range p.files {
		if f := &p.files[i]; f.sum == content && f.facts != nil {
			return f.facts
		}
	}
	return nil
}

// mustRead reports whether the facts of a file are not those of what it holds.
func (f *packFile) mustRead() bool {
	return f.facts != nil && (f.former || f.facts.flags&fileUnread != 0)
}

// read takes in what a file holds, as far as it is wanted: a file that is for
// another system says so in its first lines. It takes the stat after that: had
// the file been changed before it was read, its times would say so.
func (f *packFile) read(path string, old *pack, want wants) error {
	filesRead.Add(1)
	src, err := quiet.ReadFile(path)
	if err == nil {
		f.stat, err = quiet.StatPath(path)
	}
	if err != nil {
		return fmt.Errorf("source: %w", err)
	}
	f.sum = sum(src)
	if !isGoFile(f.name) {
		return nil
	}
	if known := old.factsOf(f.sum); known != nil {
		same := *known
		same.name = f.name
		if same.flags&fileUnread == 0 || !want.file(&same) {
			f.facts = &same
			return nil
		}
	}
	unread := &fileFacts{name: f.name, flags: fileUnread, constraint: constraintIn(src)}
	if !want.file(unread) {
		f.facts = unread
		return nil
	}
	filesParsed.Add(1)
	f.facts = extract(f.name, src)
	return nil
}

// clauseIn returns the name of the package in a directory, by the first file
// that the build compiles, or "".
func clauseIn(dir string, match build.Matcher) string {
	names, err := build.SourceFiles(dir)
	if err != nil {
		return ""
	}
	for _, name := range names {
		if !isGoFile(name) || strings.HasSuffix(name, "_test.go") || !match.Match(name, "") {
			continue
		}
		src, err := quiet.ReadFile(filepath.Join(dir, name))
		if err == nil && match.Match(name, constraintIn(src)) {
			return packageName(src)
		}
	}
	return ""
}
