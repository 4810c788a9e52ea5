package input

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// States of what is at a path; the first byte of a File's Detail.
const (
	absent     = '-'
	regular    = 'r'
	executable = 'x'
	directory  = 'd'
	unreadable = 'u'
	special    = 's'
)

// racyWindow is how long after a change a file may change again without its
// times telling: file systems keep times to two seconds at the worst (FAT).
const racyWindow = 2 * time.Second

// racy reports whether a file was changed so short a time before now that a
// later change might leave the same times.
func racy(st unlogged.Stat, now time.Time) bool {
	limit := now.Add(-racyWindow).UnixNano()
	return st.ModTime > limit || st.ChangeTime > limit
}

// FileAt digests what is at the path that name stands for, absent included.
// With old, a former state, the content is read only if the stat says that it
// may differ.
func (w *World) FileAt(name string, flags Flags, old *Input) Input {
	in := Input{Kind: File, Flags: flags &^ Racy, Name: name}
	path := w.Path(name)
	st, err := w.statFile(path, flags)
	if err != nil {
		w.missing(&in, path, err)
		return in
	}
	if !w.isStill(&in, st, old) {
		w.digestFile(&in, path, st)
	}
	return in
}

// isStill notes what the system says of a file, and takes the state of old if that
// tells that it is the same.
func (w *World) isStill(in *Input, st unlogged.Stat, old *Input) bool {
	in.Stat = st
	in.Stat.Mode = 0 // the digest tells it
	if old != nil && old.isStill(st) {
		in.Digest, in.Detail = old.Digest, old.Detail
		return true
	}
	if racy(st, w.Clock()) {
		in.Flags |= Racy
	}
	return false
}

// maxTries is how often a file that changes while it is read is read again.
const maxTries = 5

// digestFile reads what is at path, where st was found. The stat must be the
// same after the reading: else what was read may belong to another state, and
// a record would have the digest of the one with the times of the other.
func (w *World) digestFile(in *Input, path string, st unlogged.Stat) {
	for try := 1; ; try++ {
		link := readlink(path)
		state, sum, size := w.read(path, st)
		in.Digest = w.Algorithm.fileDigest(state, link, sum, size)
		in.Detail = fileDetail(state, size, link)
		w.isStill(in, st, nil)
		after, err := unlogged.StatPath(path)
		if err == nil && sameStat(st, after) {
			return
		}
		if err != nil || try == maxTries {
			in.Flags |= Racy
			in.Stat.ChangeTime = max(in.Stat.ChangeTime, w.Clock().UnixNano()) // changed just now
			return
		}
		st = after
	}
}

// statFile stats a path. A file below a directory that has been looked at
// needs no look of its own, unless it is a link: cmd/go sees the lstat of each
// child of the directory.
func (w *World) statFile(path string, flags Flags) (unlogged.Stat, error) {
	if flags&InTree != 0 {
		st, err := unlogged.LstatPath(path)
		if err == nil && st.Mode&fs.ModeSymlink == 0 {
			return st, nil
		}
	}
	return w.Root.Stat(path)
}

// missing describes a path that cannot be looked at: absent, or a dangling
// link, or something that we may not see. The error is what a build function
// gets that looks, so its number is a part of the state, but for the usual one
// of what is absent.
func (w *World) missing(in *Input, path string, err error) {
	link := readlink(path)
	state, number := byte(unreadable), errorNumber(err)
	switch {
	case errors.Is(err, syscall.ENOENT):
		state, number = absent, 0
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		state = absent
	}
	if state != absent || link != "" || number != 0 {
		in.Digest = w.Algorithm.fileDigest(state, link, strconv.AppendInt(nil, number, 10), 0)
	}
	in.Detail = fileDetail(state, number, link)
}

// read digests what is at path by its type. Of a directory only that it is one
// counts: what it holds is a Dir.
func (w *World) read(path string, st unlogged.Stat) (state byte, sum []byte, size int64) {
	switch {
	case st.Mode.IsDir():
		return directory, nil, 0
	case !st.Mode.IsRegular():
		return special, nil, 0
	}
	sum, size, err := w.Algorithm.content(path)
	switch {
	case err != nil:
		return unreadable, nil, 0
	case runtime.GOOS != "windows" && st.Mode.Perm()&0o111 != 0:
		return executable, sum, size
	}
	return regular, sum, size
}

func readlink(path string) string {
	target, err := os.Readlink(path) // not logged
	if err != nil {
		return ""
	}
	return target
}

// sameStat reports whether nothing tells two states of a file apart.
func sameStat(a, b unlogged.Stat) bool {
	return a.Size == b.Size && a.ModTime == b.ModTime && a.ChangeTime == b.ChangeTime &&
		a.Inode == b.Inode && a.Device == b.Device
}

// fileDetail puts a state into words: with the size of a file, or with the
// number of the error that what cannot be looked at gives.
func fileDetail(state byte, size int64, link string) string {
	if state == absent && link == "" && size == 0 {
		return ""
	}
	return fmt.Sprintf("%c %d %s", state, size, link)
}

func parseFileDetail(detail string) (state byte, size int64, link string) {
	if detail == "" {
		return absent, 0, ""
	}
	state = detail[0]
	if _, rest, ok := strings.Cut(detail, " "); ok {
		number, target, _ := strings.Cut(rest, " ")
		size, _ = strconv.ParseInt(number, 10, 64)
		link = target
	}
	return state, size, link
}

// Unreadable reports whether something is there that cannot be looked at: two
// states of it look the same.
func (in *Input) Unreadable() bool { return in.Kind == File && strings.HasPrefix(in.Detail, "u") }

// IsDirectory reports whether an input of kind File is a directory.
func (in *Input) IsDirectory() bool { return in.Kind == File && strings.HasPrefix(in.Detail, "d") }

// IsContent reports whether an input is what a file holds, which its Stat
// tells: no other does of a directory, which gets a new one with each entry.
func (in *Input) IsContent() bool {
	return in.Kind == File && !in.IsDirectory() || in.Kind == Tool || in.Kind == Unbuilt
}

// IsLink reports whether an input of kind File was reached by a symbolic link.
func (in *Input) IsLink() bool {
	_, _, link := parseFileDetail(in.Detail)
	return in.Kind == File && link != ""
}

// Absent reports whether nothing is there.
func (in *Input) Absent() bool { return in.Digest == Digest{} }

// listFile says for people what was at the path of a File.
func listFile(in *Input) string {
	state, size, link := parseFileDetail(in.Detail)
	text := stateName(state, size)
	if state == regular || state == executable {
		text = fmt.Sprintf("%d B", size)
	}
	if link != "" {
		text += " -> " + link
	}
	return text
}

// fileReason tells how what is at a path differs.
func fileReason(old, new *Input) []Reason {
	name := Show(new.Name)
	was, oldSize, oldLink := parseFileDetail(old.Detail)
	now, newSize, newLink := parseFileDetail(new.Detail)
	r := Reason{Subject: name}
	switch {
	case was == absent && now == directory:
		r.Code, r.Text = "file.added", "directory "+name+" added"
	case was == directory && now == absent:
		r.Code, r.Text = "file.removed", "directory "+name+" removed"
	case isError(was) && isError(now) && oldSize != newSize:
		r.Code, r.Old, r.New = "file.type", stateName(was, oldSize), stateName(now, newSize)
		r.Text = fmt.Sprintf("%s was %s and is %s", name, r.Old, r.New)
	case was == absent && now != absent:
		r.Code, r.Text = "file.added", "file "+name+" added"
	case now == absent && was != absent:
		r.Code, r.Text = "file.removed", "file "+name+" removed"
	case oldLink != newLink:
		r.Code, r.Old, r.New = "file.link", oldLink, newLink
		r.Text = fmt.Sprintf("link %s changed: %s -> %s", name, orNone(oldLink), orNone(newLink))
	case oldSize != newSize && hasSize(was) && hasSize(now):
		r.Code, r.Old, r.New = "file.modified", strconv.FormatInt(oldSize, 10), strconv.FormatInt(newSize, 10)
		r.Text = fmt.Sprintf("file %s modified (%d B -> %d B)", name, oldSize, newSize)
	case was != now && hasSize(was) && hasSize(now):
		r.Code, r.Text = "file.mode", "file "+name+" modified: "+modeChange(now)
	case was != now:
		r.Code, r.Old, r.New = "file.type", stateName(was, oldSize), stateName(now, newSize)
		r.Text = fmt.Sprintf("%s was %s and is %s", name, r.Old, r.New)
	default:
		r.Code = "file.modified"
		r.Text = fmt.Sprintf("file %s modified (same size, %d B)", name, newSize)
	}
	return []Reason{r}
}

func modeChange(now byte) string {
	if now == executable {
		return "now executable"
	}
	return "no longer executable"
}

// isError reports whether a state is that of what cannot be looked at.
func isError(state byte) bool { return state == absent || state == unreadable }

// hasSize reports whether a state is that of a regular file.
func hasSize(state byte) bool { return state == regular || state == executable }

// stateName names a state, with the error that it gives if that has a number.
func stateName(state byte, number int64) string {
	name := map[byte]string{absent: "absent", regular: "a file", executable: "a file", directory: "a directory",
		unreadable: "unreadable", special: "a special file"}[state]
	if number > 0 && !hasSize(state) {
		name += " (" + errorText(number) + ")"
	}
	return name
}
