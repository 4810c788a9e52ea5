package input

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// The states of a path are the first byte of a File's Detail.
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
// may differ. The stat is that of what a link leads to: the link is read each time.
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
	if old != nil && old.isStill(st) && (!old.IsLink() || parseFound(old.Detail).link == readlink(w.Path(in.Name))) {
		in.Digest, in.Detail = old.Digest, old.Detail
		return true
	}
	if racy(st, w.Clock()) {
		in.Flags |= Racy
	}
	return false
}

// digestFile reads the file at path, where st was found. If the stat is another after the
// reading, the content may belong to another state: then the file counts as changed just
// now. Otherwise a file that does not hold as much as its size says is no ordinary one:
// its content is made when it is read, as in /proc.
func (w *World) digestFile(in *Input, path string, st unlogged.Stat) {
	at, sum := w.read(path, st)
	if after, err := unlogged.StatPath(path); err != nil || !sameStat(st, after) {
		in.Flags |= Racy
		in.Stat.ChangeTime = max(in.Stat.ChangeTime, w.Clock().UnixNano())
	} else if at.isFile() && at.size != st.Size {
		at.state = special
	}
	in.Digest, in.Detail = w.Algorithm.fileDigest(at.state, at.link, sum, at.size), at.String()
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

// missing describes a path that cannot be looked at: absent, or a dangling link, or
// something that this process may not see. A build function that looks gets the error,
// so it is a part of the state, but for the usual error of an absent file.
func (w *World) missing(in *Input, path string, err error) {
	at := found{state: unreadable, link: readlink(path), err: err.Error()}
	var inPath *fs.PathError
	if errors.As(err, &inPath) {
		at.err = inPath.Err.Error()
	}
	switch {
	case errors.Is(err, syscall.ENOENT):
		at.state, at.err = absent, ""
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		at.state = absent
	}
	in.Detail = at.String()
	if in.Detail != "" {
		in.Digest = w.Algorithm.fileDigest(at.state, at.link, []byte(at.err), 0)
	}
}

// read digests what is at path by its type. A directory counts only as such: the
// names in it are a Dir.
func (w *World) read(path string, st unlogged.Stat) (at found, sum []byte) {
	at = found{state: special, link: readlink(path)}
	switch {
	case st.Mode.IsDir():
		at.state = directory
	case st.Mode.IsRegular():
		var err error
		sum, at.size, err = w.Algorithm.content(path)
		switch {
		case err != nil:
			at.state = unreadable
		case runtime.GOOS != "windows" && st.Mode.Perm()&0o111 != 0:
			at.state = executable
		default:
			at.state = regular
		}
	}
	return at, sum
}

func readlink(path string) string {
	target, _ := os.Readlink(path) // not logged; "" if it is no link
	return target
}

// sameStat reports whether nothing tells two states of a file apart.
func sameStat(a, b unlogged.Stat) bool {
	return a.Size == b.Size && a.ModTime == b.ModTime && a.ChangeTime == b.ChangeTime &&
		a.Inode == b.Inode && a.Device == b.Device
}

// A found describes a path, as the Detail of a File keeps it.
type found struct {
	state byte
	size  int64  // the size of a file
	err   string // why it cannot be looked at
	link  string // the target of a link
}

func (at found) String() string {
	if at == (found{state: absent}) {
		return ""
	}
	return fmt.Sprintf("%c%d\t%s\t%s", at.state, at.size, at.err, at.link)
}

func parseFound(detail string) (at found) {
	if detail == "" {
		return found{state: absent}
	}
	size, rest, _ := strings.Cut(detail[1:], "\t")
	at.state = detail[0]
	at.size, _ = strconv.ParseInt(size, 10, 64)
	at.err, at.link, _ = strings.Cut(rest, "\t")
	return at
}

// isFile reports whether it is a regular file.
func (at found) isFile() bool { return at.state == regular || at.state == executable }

// isThere reports whether it can be looked at.
func (at found) isThere() bool { return at.state != absent && at.state != unreadable }

// noun returns the word for it.
func (at found) noun() string {
	if at.state == directory {
		return "directory"
	}
	return "file"
}

// describe says what it is, with the error that it gives.
func (at found) describe() string {
	text := map[byte]string{absent: "absent", regular: "a file", executable: "a file", directory: "a directory",
		unreadable: "unreadable", special: "a special file"}[at.state]
	if at.err != "" {
		text += " (" + at.err + ")"
	}
	return text
}

// Unreadable reports whether something is there that cannot be looked at: two
// states of it look the same.
func (in *Input) Unreadable() bool { return in.Kind == File && strings.HasPrefix(in.Detail, "u") }

// IsSpecial reports whether an input of kind File is no ordinary file: its Stat does
// not tell what is read of it.
func (in *Input) IsSpecial() bool { return in.Kind == File && strings.HasPrefix(in.Detail, "s") }

// IsDirectory reports whether an input of kind File is a directory.
func (in *Input) IsDirectory() bool { return in.Kind == File && strings.HasPrefix(in.Detail, "d") }

// IsContent reports whether an input is the content of a file, whose Stat shows each
// change of it. That of a directory shows only changes of its names.
func (in *Input) IsContent() bool {
	return in.Kind == File && !in.IsDirectory() || in.Kind == Tool
}

// IsLink reports whether an input of kind File was reached by a symbolic link.
func (in *Input) IsLink() bool {
	return in.Kind == File && parseFound(in.Detail).link != ""
}

// Absent reports whether nothing is there.
func (in *Input) Absent() bool { return in.Digest == Digest{} }

// listFile says for people what was at the path of a File.
func listFile(in *Input) string {
	at := parseFound(in.Detail)
	text := at.describe()
	if at.isFile() {
		text = fmt.Sprintf("%d B", at.size)
	}
	if at.link != "" {
		text += " -> " + at.link
	}
	return text
}

// fileReason tells how what is at a path differs.
func fileReason(old, new *Input) []Reason {
	name := Show(new.Name)
	was, now := parseFound(old.Detail), parseFound(new.Detail)
	r := Reason{Code: "file.modified", Subject: name}
	switch {
	case was.state == absent && now.isThere():
		r.Code, r.Text = "file.added", now.noun()+" "+name+" added"
	case now.state == absent && was.isThere():
		r.Code, r.Text = "file.removed", was.noun()+" "+name+" removed"
	case was.link != now.link && was.err == now.err:
		r.Code, r.Old, r.New = "file.link", was.link, now.link
		r.Text = fmt.Sprintf("link %s changed: %s -> %s", name, orNone(r.Old), orNone(r.New))
	case was.describe() != now.describe():
		r.Code, r.Old, r.New = "file.type", was.describe(), now.describe()
		r.Text = fmt.Sprintf("%s was %s and is %s", name, r.Old, r.New)
	case was.size != now.size:
		r.Old, r.New = strconv.FormatInt(was.size, 10), strconv.FormatInt(now.size, 10)
		r.Text = fmt.Sprintf("file %s modified (%s B -> %s B)", name, r.Old, r.New)
	case was.state == now.state:
		r.Text = fmt.Sprintf("file %s modified (same size, %d B)", name, now.size)
	case now.state == executable:
		r.Code, r.Text = "file.mode", "file "+name+" modified: now executable"
	default:
		r.Code, r.Text = "file.mode", "file "+name+" modified: no longer executable"
	}
	return []Reason{r}
}

// A Tree looks at the files of directories that were looked at, one after the other. It
// finds those of one directory by its descriptor, which spares the kernel the path.
type Tree struct {
	World *World

	name string // the name of the directory that is open
	f    *os.File
	dir  unlogged.Dir
}

// IsStill reports whether a file is known to be as it was. That holds for most files of
// a tree, so that no state need be kept for them.
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

// isStill reports whether the stat of a file shows that it still has its content. That
// of a file without a size, or of no ordinary file, does not.
func (in *Input) isStill(st unlogged.Stat) bool {
	return in.Flags&Racy == 0 && in.Digest != (Digest{}) && sameStat(in.Stat, st) && st.Size > 0 && !in.IsSpecial()
}
