package source

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// manyNames is about what a program of 4 MB mentions.
const manyNames = 8192

// A crew is what parses: as many goroutines as can run, each with memory that
// is used again from file to file, whatever directory they are in.
type crew chan *gather

func newCrew() crew {
	c := make(crew, runtime.GOMAXPROCS(0))
	for range cap(c) {
		c <- nil // made when it is needed
	}
	return c
}

// share calls do for 0 to n-1, from all of the crew that have nothing else to
// do, and from one of them at least.
func (c crew) share(n int, do func(i int, g *gather)) {
	if n == 0 {
		return
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	var work func(g *gather)
	work = func(g *gather) {
		if g == nil {
			g = newGather(manyNames)
		}
		for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
			if i < int64(n)-1 {
				select {
				case other := <-c:
					wg.Go(func() { work(other) })
				default:
				}
			}
			do(int(i), g)
		}
		c <- g
	}
	work(<-c)
	wg.Wait()
}

// one calls do from one of the crew.
func (c crew) one(do func(g *gather)) {
	c.share(1, func(_ int, g *gather) { do(g) })
}

// A prefetch reads the directories of a graph side by side, following imports.
// It begins with the package under test, whose tests count.
// The graph is then made of them one by one, while what is new in them is saved.
type prefetch struct {
	g     *graph
	slots chan struct{} // as many directories at a time
	wg    sync.WaitGroup

	mu    sync.Mutex // guards g.find too
	packs map[string]*loaded
}

type loaded struct {
	pk  *pack
	err error
}

func (g *graph) prefetch(dir string) map[string]*loaded {
	p := &prefetch{g: g, slots: make(chan struct{}, runtime.GOMAXPROCS(0)), packs: map[string]*loaded{}}
	p.visit(dir, g.wants(true))
	p.wg.Wait()
	crew := g.crew
	g.saving.Go(func() {
		crew.one(func(member *gather) {
			for dir, l := range p.packs {
				if l.err == nil {
					l.pk.save(dir, g.cache, &member.encoder)
				}
			}
		})
	})
	return p.packs
}

func (p *prefetch) visit(dir string, want wants) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.packs[dir] != nil {
		return
	}
	l := &loaded{}
	p.packs[dir] = l
	p.wg.Go(func() {
		p.slots <- struct{}{}
		l.pk, l.err = readPack(dir, p.g.cache, want, p.g.crew)
		<-p.slots
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
		if f == nil || f.flags&fileUnread != 0 || !want.file(f) {
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
			if where.local && where.dir != "" {
				p.visit(where.dir, p.g.wants(false))
			}
		}
	}
}
