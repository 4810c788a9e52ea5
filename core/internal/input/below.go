package input

import (
	"io/fs"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// parallelFrom is how many files make it worth while to look at them with more
// than one goroutine: some hundred take less than a millisecond.
const parallelFrom = 300

// Below looks at the directories that were walked for the patterns of a record
// and at the files in them: each directory is opened once, and its files are
// looked at by its descriptor. The result has for each input what it is now: the
// very input if that is the same, and nil for all that was not looked at. Of a
// Walk that is not the same no more is said.
//
// A file that may have changed is read, unless known has its state.
//
// What was added to a directory or removed shows in its times, so that it need
// not be listed, as a rule: see hasNamesOf.
func (w *World) Below(ins []Input, known func(*Input) (Input, bool)) []*Input {
	groups, files := groupBelow(ins)
	if files == 0 {
		return make([]*Input, len(ins))
	}
	now := make([]*Input, len(ins))
	workers := 1
	if files >= parallelFrom {
		workers = min(runtime.GOMAXPROCS(0), len(groups))
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for n := next.Add(1); int(n) <= len(groups); n = next.Add(1) {
				groups[n-1].look(w, ins, now, known)
			}
		})
	}
	wg.Wait()
	return now
}

// A group is a walked directory with its files, by their places in a record.
type group struct {
	walk        int
	first, last int // last is one further
}

// groupBelow finds the groups of a record. Files of a directory stand together;
// where others stand between them there are several groups of it, of which the
// first looks at the directory itself.
func groupBelow(ins []Input) (groups []group, files int) {
	walks := map[string]int{}
	for i := range ins {
		if ins[i].Kind == Walk {
			walks[ins[i].Name] = i
		}
	}
	if len(walks) == 0 {
		return nil, 0
	}
	for i := 0; i < len(ins); i++ {
		if ins[i].Kind != File || ins[i].Flags&InTree == 0 {
			continue
		}
		dir := dirName(ins[i].Name)
		walk, ok := walks[dir]
		if !ok {
			continue
		}
		g := group{walk: walk, first: i, last: i + 1}
		for g.last < len(ins) && ins[g.last].Kind == File && ins[g.last].Flags&InTree != 0 && dirName(ins[g.last].Name) == dir {
			g.last++
		}
		files += g.last - g.first
		groups = append(groups, g)
		delete(walks, dir) // what else there is of it is looked at file by file
		i = g.last - 1
	}
	return groups, files
}

// dirName is the name of the directory that a name lies in.
func dirName(name string) string {
	i := strings.LastIndexByte(name, '/')
	if i < 0 {
		return "."
	}
	return name[:i]
}

func (g group) look(w *World, ins []Input, now []*Input, known func(*Input) (Input, bool)) {
	now[g.walk] = &Input{}
	path := w.Path(ins[g.walk].Name)
	f, err := w.Root.Open(path)
	if err != nil {
		return
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && ins[g.walk].hasNamesOf(withoutMode(info)) {
		now[g.walk] = &ins[g.walk]
	}
	dir := unlogged.DirOf(f, path)
	for i := g.first; i < g.last; i++ {
		in := &ins[i]
		st, err := dir.Lstat(in.Name[strings.LastIndexByte(in.Name, '/')+1:])
		if err == nil && st.Mode&fs.ModeSymlink == 0 && in.isStill(st) {
			now[i] = in
			continue
		}
		other, ok := known(in)
		if !ok {
			other = w.FileAt(in.Name, in.Flags, in)
		}
		now[i] = &other
	}
}

// isStill reports whether the state of a file tells that it has its content
// still.
func (in *Input) isStill(st unlogged.Stat) bool {
	return in.Flags&Racy == 0 && in.Digest != (Digest{}) && sameStat(in.Stat, st)
}
