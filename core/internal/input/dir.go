package input

import (
	"io/fs"
	"path/filepath"
	"sort"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// DirAt digests the names, types and targets of links in the directory that name stands for. An
// old state spares reading it if hasNamesOf says so.
func (w *World) DirAt(name string, flags Flags, old *Input) Input {
	in := Input{Kind: Dir, Flags: flags &^ Racy, Name: name}
	path := w.Path(name)
	entries, st, err := w.list(path, old)
	if err != nil {
		return in // absent, or not a directory: as File says
	}
	in.Stat = st
	if entries == nil {
		in.Digest, in.Detail = old.Digest, old.Detail
		return in
	}
	if racy(st, w.Clock()) {
		in.Flags |= Racy
	}
	var names []string
	for _, e := range entries {
		if entry := filepath.Join(path, e.Name()); !w.excluded(entry) {
			suffix := typeSuffix(e.Type())
			if e.Type() == fs.ModeSymlink { // os.CopyFS asks for the target, which no log tells
				suffix += " -> " + readlink(entry)
			}
			names = append(names, strings.ReplaceAll(e.Name()+suffix, "\n", "\x00")) // a line each
		}
	}
	in.Detail = strings.Join(names, "\n")
	in.Digest = w.Algorithm.DigestOf(names...)
	return in
}

// HasBrokenName reports whether a listing has a name of several lines, which the log of
// package testing leaves out.
func (in *Input) HasBrokenName() bool { return in.Kind == Dir && strings.Contains(in.Detail, "\x00") }

// list looks at a directory and returns its entries in order, or nil if the
// directory is as it was in old.
func (w *World) list(path string, old *Input) ([]fs.DirEntry, unlogged.Stat, error) {
	f, err := w.Root.Open(path)
	if err != nil {
		return nil, unlogged.Stat{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, unlogged.Stat{}, err
	}
	st := withoutMode(info)
	if old != nil && old.hasNamesOf(st) {
		return nil, st, nil
	}
	entries, err := f.ReadDir(-1)
	if info, err := f.Stat(); err == nil && withoutMode(info) != st {
		// It changed meanwhile: the times are those of a listing to come.
		st = withoutMode(info)
		st.ChangeTime = max(st.ChangeTime, w.Clock().UnixNano())
	}
	if entries == nil {
		entries = []fs.DirEntry{}
	}
	sort.Slice(entries, func(i, j int) bool { return entries[i].Name() < entries[j].Name() })
	return entries, st, err
}

// hasNamesOf reports whether the times of a directory tell that the names in it are
// those of an old state: they change with each name added or removed. Without change
// times, as on Windows, they tell nothing: FAT does not stamp its directories there, and
// unpacking an archive into one restores its time. Nor do they for a directory without a
// size, as those of /proc.
func (in *Input) hasNamesOf(st unlogged.Stat) bool {
	return st.ChangeTime != 0 && st.Size > 0 && in.Flags&Racy == 0 && sameStat(in.Stat, st)
}

// typeSuffix marks the entries of a listing that are no files: a directory by a slash,
// all others by two, which no name holds.
func typeSuffix(t fs.FileMode) string {
	switch {
	case t.IsRegular():
		return ""
	case t.IsDir():
		return "/"
	}
	return "//" + strings.TrimRight(t.Type().String(), "-")
}

// withoutMode returns the Stat of a directory, whose mode is no input.
func withoutMode(info fs.FileInfo) unlogged.Stat {
	st := unlogged.FromInfo(info)
	st.Mode = 0
	return st
}

// listReasons tells which names were added to and removed from a listing.
func listReasons(old, new *Input) []Reason {
	dir := ""
	if new.Kind == Dir {
		dir = new.Name
	}
	var reasons []Reason
	removed, added := setDiff(old.Detail, new.Detail)
	for _, name := range added {
		reasons = append(reasons, listReason(dir, name, "added"))
	}
	for _, name := range removed {
		reasons = append(reasons, listReason(dir, name, "removed"))
	}
	switch {
	case len(reasons) > 0:
	case new.Absent():
		reasons = append(reasons, Reason{Code: "file.removed", Subject: Show(dir), Text: "directory " + Show(dir) + " removed"})
	default:
		reasons = append(reasons, Reason{Code: "file.added", Subject: Show(dir), Text: "directory " + Show(dir) + " added"})
	}
	return reasons
}

func listReason(dir, entry, what string) Reason {
	noun := "file"
	name, other, _ := strings.Cut(entry, "//")
	target, isLink := strings.CutPrefix(other, "L")
	name, isDir := strings.CutSuffix(name, "/")
	switch {
	case isDir:
		noun = "directory"
	case isLink:
		noun = "link"
	case other != "":
		noun, target = "special file", ""
	}
	if dir != "" {
		name = join(dir, name)
	}
	return Reason{Code: "file." + what, Subject: Show(name), Text: noun + " " + Show(name+target) + " " + what}
}
