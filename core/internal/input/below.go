package input

import (
	"io/fs"
	"os"
	"path"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A Tree looks at files in directories that were looked at, one after the other:
// those of one directory by its descriptor, which spares the way to it.
type Tree struct {
	World *World

	name string // of the directory that is open
	f    *os.File
	dir  unlogged.Dir
}

// IsStill reports whether a file is as it was. It is for what most of a tree is,
// and need not be remembered.
func (t *Tree) IsStill(in *Input) bool {
	name, base := path.Split(in.Name)
	if t.f == nil || t.name != name {
		t.Close()
		dir := t.World.Path(name)
		f, err := unlogged.Open(dir)
		if err != nil {
			return false
		}
		t.name, t.f, t.dir = name, f, unlogged.DirOf(f, dir)
	}
	st, err := t.dir.Lstat(base)
	return err == nil && st.Mode&fs.ModeSymlink == 0 && in.isStill(st)
}

// Close forgets the directory.
func (t *Tree) Close() {
	t.f.Close()
	t.f = nil
}

// isStill reports whether the state of a file tells that it has its content
// still. That of what has no size, or is no ordinary file, does not.
func (in *Input) isStill(st unlogged.Stat) bool {
	return in.Flags&Racy == 0 && in.Digest != (Digest{}) && sameStat(in.Stat, st) && st.Size > 0 && !in.IsSpecial()
}
