package graph

import (
	"sync"

	"github.com/fixturecache/fixturecache/core/internal/code/pack"
)

// A prefetch reads the directories of a graph side by side, following imports.
// It begins with the package under test, whose tests count.
type prefetch struct {
	g  *Graph
	wg sync.WaitGroup

	mu    sync.Mutex // guards g.find too
	packs map[string]*loaded
}

type loaded struct {
	pk  *pack.Dir
	err error
}

func (g *Graph) prefetch(path, dir string) map[string]*loaded {
	p := &prefetch{g: g, packs: map[string]*loaded{}}
	p.visit(path, dir, g.wants(true))
	p.wg.Wait()
	return p.packs
}

func (p *prefetch) visit(path, dir string, want pack.Filter) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.packs[dir] != nil {
		return
	}
	l := &loaded{}
	p.packs[dir] = l
	p.wg.Go(func() {
		l.pk, l.err = pack.Load(path, dir, p.g.cache, want)
		if l.err == nil {
			p.follow(l.pk, want)
		}
	})
}

// follow visits what the files of a directory import.
func (p *prefetch) follow(pk *pack.Dir, want pack.Filter) {
	seen := map[string]bool{}
	for i := range pk.Files {
		f := pk.Files[i].Facts
		if f == nil || pk.Files[i].Outdated() || !want.Wants(f) {
			continue
		}
		for _, imp := range f.Imports {
			if seen[imp.Path] {
				continue
			}
			seen[imp.Path] = true
			p.mu.Lock()
			where := p.g.Find(imp.Path)
			p.mu.Unlock()
			if where.Local && where.Dir != "" {
				p.visit(imp.Path, where.Dir, p.g.wants(false))
			}
		}
	}
}
