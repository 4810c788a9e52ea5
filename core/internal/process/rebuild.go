package process

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/code"
	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/plainjson"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A proof is the result of building a test binary of go test -c again: it was compiled
// from the source that was on disk at a moment, or it was not. Debuggers and editors run
// such binaries.
//
// It holds for the binary, the directory and the settings that it was found for. These
// are identified by device and inode: on another disk, other source may lie under the
// same names with times as old.
type proof struct {
	Binary, Dir fileID
	Made        int64    // file clock before the source was read; 0 if that is other source
	Linked      []string // packages
}

// A fileID tells a file or directory from all others, and a file from content that was
// written to it later.
type fileID struct{ Device, Inode, Changed int64 }

const (
	// leastRebuild is how long it takes to build a small test binary again.
	leastRebuild = 500 * time.Millisecond
	// mostRebuild bounds the wait for a go command that does not end.
	mostRebuild = time.Minute
)

// Prove finds out whether the source of this binary is on disk, where go test has
// not left word of that, by building it again: at most once for a binary, and only
// where the build that it may save took longer than this has taken for the package
// before. It reports whether the source is known now.
func Prove(w *input.World, saved time.Duration, kept code.Cache) bool {
	id, err := Identity()
	if err != nil {
		return false
	}
	exe, err := os.Executable()
	if err != nil {
		return false
	}
	now, old := proof{Binary: idOf(exe), Dir: idOf(w.Dir)}, proof{}
	now.Dir.Changed = 0 // tests write files into it
	// With other settings, the go command may take other source for a package.
	settings := fmt.Sprint(" ", idOf(unlogged.GoEnvFile(unlogged.Getenv)))
	for _, name := range []string{"GO111MODULE", "GOENV", "GOFLAGS", "GOWORK"} {
		settings += fmt.Sprintf(" %q", unlogged.Getenv(name))
	}
	name, expected := "rebuilt "+id+settings, "rebuilding "+w.Dir
	if load(kept, name, &old) && old.Binary == now.Binary && old.Dir == now.Dir {
		now = old
	} else {
		took := leastRebuild.Milliseconds()
		if load(kept, expected, &took); saved.Milliseconds() < took {
			return false
		}
		start := time.Now()
		now.rebuild(w, id)
		save(kept, name, now)
		save(kept, expected, time.Since(start).Milliseconds())
	}
	if now.Made > 0 {
		code.Proved(now.Made, now.Linked)
	}
	return now.Made > 0
}

func load(kept code.Cache, name string, to any) bool {
	data, ok := kept.Get(name)
	return ok && plainjson.Unmarshal(data, to) == nil
}

func save(kept code.Cache, name string, from any) {
	if data, err := plainjson.Marshal(from); err == nil {
		kept.Put(name, data)
	}
}

func idOf(path string) fileID {
	st, err := unlogged.StatPath(path)
	if err != nil {
		return fileID{}
	}
	return fileID{int64(st.Device), int64(st.Inode), st.ChangeTime}
}

// rebuild builds the binary again and compares what was linked.
func (p *proof) rebuild(w *input.World, id string) {
	args, env, ok := code.Running().Again()
	if !ok {
		return
	}
	dir, remove, err := WorkDir()
	if err != nil {
		return
	}
	defer remove()
	exe := filepath.Join(dir, "again.test")
	env = slices.Concat(syscall.Environ(), env, []string{"GOTMPDIR=" + dir, "GOPROXY=off"})
	if _, err := w.GoCommandIn(env, mostRebuild, append(args, "-o", exe, ".")...); err != nil {
		return
	}
	f, err := unlogged.Open(exe)
	if err != nil {
		return
	}
	defer f.Close()
	if again, err := identityOf(f); err != nil || content(again) != content(id) {
		return
	}
	entries, _ := unlogged.ReadDir(dir)
	for _, e := range entries {
		if e.IsDir() { // go-build123
			p.Made, p.Linked = code.LinkInfo(filepath.Join(dir, e.Name(), "b001", "again.test"))
		}
	}
}

// content returns the last part of a build ID, the digest of all that was linked. The
// first is of the flags as they were spelled.
func content(id string) string { return id[strings.LastIndexByte(id, '/')+1:] }
