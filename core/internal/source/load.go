package source

import (
	"encoding/hex"
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

// loadPack returns the facts of a directory, parsing only files that changed.
func loadPack(dir string, cache Cache) (*pack, error) {
	now := time.Now().UnixNano()
	st, err := quiet.StatPath(dir)
	if err != nil {
		return nil, err
	}
	key := "source-" + hex.EncodeToString(digestOf(dir))
	old := &pack{}
	if data, ok := cache.Get(key); ok {
		if p, err := decodePack(data); err == nil {
			old = p
		}
	}
	names, listed, err := old.names(dir, st)
	if err != nil {
		return nil, err
	}
	p := &pack{dir: st, made: now}
	changed := listed
	for _, name := range names {
		f, same, err := old.file(dir, name)
		if err != nil {
			return nil, err
		}
		changed = changed || !same
		if f != nil {
			p.files = append(p.files, *f)
		}
	}
	if !changed {
		return old, nil
	}
	cache.Put(key, p.encode())
	return p, nil
}

func digestOf(s string) []byte {
	d := sum([]byte(s))
	return d[:]
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

// file returns one file of the directory, from the old pack if that still
// vouches for it. It is nil for what is gone or no regular file.
func (p *pack) file(dir, name string) (f *packFile, same bool, err error) {
	path := filepath.Join(dir, name)
	st, err := quiet.StatPath(path)
	if err != nil || !st.Mode.IsRegular() {
		return nil, false, nil
	}
	i, found := slices.BinarySearchFunc(p.files, name, func(f packFile, name string) int { return strings.Compare(f.name, name) })
	if found && p.trusted(p.files[i].stat, st) {
		return &p.files[i], true, nil
	}
	src, err := quiet.ReadFile(path)
	if err != nil {
		return nil, false, fmt.Errorf("source: %w", err)
	}
	f = &packFile{name: name, stat: st}
	if !strings.HasSuffix(name, ".go") {
		f.sum = sum(src)
		return f, false, nil
	}
	f.facts = extract(name, src)
	if f.facts.flags&fileRaw != 0 {
		f.sum = sum(src)
	}
	return f, false, nil
}
