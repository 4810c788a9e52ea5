package source

import "sync"

// A prefetch reads the directories of a graph side by side, following imports.
// It begins with the package under test, whose tests count.
type prefetch struct {
	g  *graph
	wg sync.WaitGroup

	mu    sync.Mutex // guards g.find too
	packs map[string]*loaded
}

type loaded struct {
	pk  *pack
	err error
}

func (g *graph) prefetch(path, dir string) map[string]*loaded {
	p := &prefetch{g: g, packs: map[string]*loaded{}}
	p.visit(path, dir, g.wants(true))
	p.wg.Wait()
	return p.packs
}

func (p *prefetch) visit(path, dir string, want wants) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.packs[dir] != nil {
		return
	}
	l := &loaded{}
	p.packs[dir] = l
	p.wg.Go(func() {
		l.pk, l.err = loadPack(path, dir, p.g.cache, want)
		if l.err == nil {
			p.follow(l.pk, want)
		}
	})
}

// follow visits what the files of a directory import.
func (p *prefetch) follow(pk *pack, want wants) {
	seen := map[string]bool{}
	for i := range pk.files {
		f := pk.files[i].facts
		if f == nil || pk.files[i].mustRead() || !want.file(f) {
			continue
		}
		for _, imp := range f.imports {
			if seen[imp.path] {
				continue
			}
			seen[imp.path] = true
			p.mu.Lock()
			where := p.g.find(imp.path)
			p.mu.Unlock()
			if where.Local && where.Dir != "" {
				p.visit(imp.path, where.Dir, p.g.wants(false))
			}
		}
	}
}
