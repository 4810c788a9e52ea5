package input

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/logged"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// ToolAt digests the executable that a name stands for on the PATH, by content
// alone: its path is kept for messages, and does not count. Programs and libraries that
// it starts or loads in turn are not seen.
func (w *World) ToolAt(name string, flags Flags, old *Input) Input {
	in := Input{Kind: Tool, Flags: flags &^ Racy, Name: name}
	path, st, ok := w.FindTool(name)
	if !ok || w.isStill(&in, st, old) {
		return in
	}
	sum, size, err := w.Algorithm.content(path)
	if err != nil { // it may be run but not read
		sum, size = fmt.Append(nil, in.Stat), st.Size
	}
	in.Digest = w.Algorithm.fileDigest(executable, "", sum, size)
	in.Detail = strconv.FormatInt(size, 10) + " " + path
	return in
}

// FindTool looks for an executable as exec.LookPath does. Each place before the
// one where it lies is looked at too: it could appear there.
func (w *World) FindTool(name string) (path string, st unlogged.Stat, ok bool) {
	if strings.ContainsRune(filepath.ToSlash(name), '/') {
		path = w.Abs(name)
		st, ok = w.executable(path)
		return path, st, ok
	}
	list, _ := logged.Env("PATH")
	extensions := []string{""}
	if runtime.GOOS == "windows" {
		extensions = []string{".com", ".exe", ".bat", ".cmd"}
	}
	for _, dir := range filepath.SplitList(w.testPath(list)) {
		if !filepath.IsAbs(dir) {
			continue // exec.LookPath refuses what it finds there
		}
		for _, ext := range extensions {
			path = filepath.Join(dir, name+ext)
			if st, ok = w.executable(path); ok {
				return path, st, true
			}
		}
	}
	return "", st, false
}

func (w *World) executable(path string) (unlogged.Stat, bool) {
	st, err := w.Root.Stat(path)
	return st, err == nil && st.Mode.IsRegular() && (runtime.GOOS == "windows" || st.Mode.Perm()&fs.FileMode(0o111) != 0)
}

// toolReason says how a tool changed.
func toolReason(old, new *Input) []Reason {
	oldSize, oldPath, _ := strings.Cut(old.Detail, " ")
	newSize, newPath, _ := strings.Cut(new.Detail, " ")
	r := Reason{Code: "tool.changed", Subject: new.Name, Old: oldPath, New: newPath}
	switch {
	case old.Absent():
		r.Text = "tool " + new.Name + " appeared (" + newPath + ")"
	case new.Absent():
		r.Text = "tool " + new.Name + " is not found any more (was " + oldPath + ")"
	case oldPath != newPath:
		r.Text = "tool " + new.Name + " changed: " + oldPath + " -> " + newPath
	default:
		r.Text = "tool " + new.Name + " changed (" + newPath + ", " + oldSize + " B -> " + newSize + " B)"
	}
	return []Reason{r}
}
