package source

import (
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/quiet"
)

// A Cache keeps bytes under names; what it has lost is made again. Entries are
// checked for damage by whoever keeps them.
type Cache interface {
	Get(key string) ([]byte, bool)
	Put(key string, data []byte) // which it does not keep: the memory is used again
}

// noCache is for callers without a store.
type noCache struct{}

func (noCache) Get(string) ([]byte, bool) { return nil, false }
func (noCache) Put(string, []byte)        {}

// racy is how much older than its reading a file must be for its stat to vouch
// for it: file systems tell time in steps, and a second write may fall into
// the same one. Two seconds is what cmd/go and git allow for.
const racy = int64(2 * time.Second)

// wants says which files of a directory must be read: those that a build
// compiles, with or without tests. The zero value wants all.
type wants struct {
	match *matcher
	tests bool
}

func (w wants) file(f *fileFacts) bool {
	return w.match == nil || (w.tests || !f.isTest()) && w.match.match(f.name, f.constraint)
}

// loadPack returns the facts of a directory, parsing only files that changed
// and that are wanted. Of others they may say fileUnread.
func loadPack(dir string, cache Cache, want wants, crew crew) (*pack, error) {
	p, err := readPack(dir, cache, want, crew)
	if err == nil {
		crew.one(func(g *gather) { p.save(dir, cache, &g.encoder) })
	}
	return p, err
}

// save keeps facts that are new for the next time.
func (p *pack) save(dir string, cache Cache, e *encoder) {
	if p.changed {
		cache.Put(packKey(dir), p.encodeWith(e))
		p.changed = false
	}
}

// readPack is loadPack, but for saving what is new.
func readPack(dir string, cache Cache, want wants, crew crew) (*pack, error) {
	now := time.Now().UnixNano()
	st, err := quiet.StatPath(dir)
	if err != nil {
		return nil, err
	}
	old := &pack{}
	if data, ok := cache.Get(packKey(dir)); ok {
		if p, err := decodePack(data); err == nil {
			old = p
		}
	}
	names, listed, err := old.names(dir, st)
	if err != nil {
		return nil, err
	}
	if listed { // its state when the names were there, not before
		if st, err = quiet.StatPath(dir); err != nil {
			return nil, err
		}
	}
	p := &pack{dir: st, made: now}
	p.changed, err = p.fill(old, dir, names, want, crew)
	if err != nil {
		return nil, err
	}
	if !p.changed && !listed {
		return old, nil
	}
	p.changed = true
	return p, nil
}

// fill adds the named files, from the old pack where that still vouches for
// them. The others are parsed side by side.
func (p *pack) fill(old *pack, dir string, names []string, want wants, crew crew) (changed bool, err error) {
	files := make([]*packFile, len(names))
	errs := make([]error, len(names))
	var todo []int
	for i, name := range names {
		f, st := old.kept(dir, name)
		switch {
		case f != nil && !(f.unread() && want.file(f.facts)):
			files[i] = f
		case !st.Mode.IsRegular() || st == (quiet.Stat{}):
			changed = true // gone, or no file
		default:
			files[i] = &packFile{name: name, stat: st}
			todo = append(todo, i)
		}
	}
	crew.share(len(todo), func(n int, g *gather) {
		i := todo[n]
		errs[i] = files[i].read(filepath.Join(dir, names[i]), g, want)
	})
	for _, f := range files {
		if f != nil {
			p.files = append(p.files, *f)
		}
	}
	return changed || len(todo) > 0, errors.Join(errs...)
}

func packKey(dir string) string {
	d := sum([]byte(dir))
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
	entries, err := quiet.ReadDir(dir)
	if err != nil {
		return nil, false, err
	}
	for _, e := range entries {
		if isSource(e.Name()) && !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names, true, nil
}

// sourceSuffixes are of files that cmd/go compiles into a package, or that such
// a file may include.
var sourceSuffixes = []string{".go", ".s", ".S", ".sx", ".c", ".cc", ".cpp", ".cxx", ".h", ".hh", ".hpp", ".hxx", ".m", ".f", ".F", ".for", ".f90", ".swig", ".swigcxx", ".syso"}

func isSource(name string) bool {
	return name[0] != '_' && name[0] != '.' && slices.Contains(sourceSuffixes, filepath.Ext(name))
}

// kept returns a file of the pack if its stat still vouches for it, and its
// stat as it is now, zero if it is gone.
func (p *pack) kept(dir, name string) (*packFile, quiet.Stat) {
	st, err := quiet.StatPath(filepath.Join(dir, name))
	if err != nil {
		return nil, quiet.Stat{}
	}
	i, found := slices.BinarySearchFunc(p.files, name, func(f packFile, name string) int { return strings.Compare(f.name, name) })
	if found && p.trusted(p.files[i].stat, st) {
		return &p.files[i], st
	}
	return nil, st
}

func (f *packFile) unread() bool { return f.facts != nil && f.facts.flags&fileUnread != 0 }

// maxSrc is the largest file whose memory is used for the next: few are larger.
const maxSrc = 256 << 10

// read takes in what a file holds, as far as it is wanted: that a file is for
// another system its name says, or else its first lines. It takes the stat
// after that: had the file been changed before it was read, its times would say
// so.
func (f *packFile) read(path string, g *gather, want wants) error {
	isGo := strings.HasSuffix(f.name, ".go")
	if isGo {
		f.facts = &fileFacts{name: f.name, flags: fileUnread}
		if !want.file(f.facts) {
			return nil
		}
	}
	src, err := quiet.ReadInto(g.src, path)
	if err == nil {
		f.stat, err = quiet.StatPath(path)
	}
	if err != nil {
		return fmt.Errorf("source: %w", err)
	}
	if cap(src) <= maxSrc {
		g.src = src
	}
	if !isGo {
		f.sum = sum(src)
		return nil
	}
	if want.match != nil {
		if f.facts.constraint = g.constraint(src); !want.file(f.facts) {
			return nil
		}
	}
	f.facts = g.extract(f.name, src)
	if f.facts.flags&fileRaw != 0 {
		f.sum = sum(src)
	}
	return nil
}
