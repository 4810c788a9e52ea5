package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/trace"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// What a build read may be changed before the build ends: then a record would
// hold the new state beside an output made of the old one. Nobody knows before
// a build what it will read, so what was read is judged afterwards, by the
// times of all that its path leads through:
//
//   - A file that is written, replaced, or renamed to where it is has a new
//     change time, whatever its modification time is; so has a symbolic link.
//   - A directory that is renamed has a new change time, and the directory that
//     holds it a new modification time. A new entry alone changes both times of
//     a directory to the same value, and nothing that lies beside the entry.
//   - What is gone has left a new modification time with the directory that
//     held it.
//
// A declared input is known before the build as well, and compared by all that
// its stat says, so that one that was another for a while is seen too.
//
// Not seen is a file that was there only while the build ran, in a directory
// that was listed before; and on a file server whose clock is behind, what was
// not declared. Where the system keeps no change time (Windows), only the
// modification time of the file itself tells.

// A pathCheck judges what was read by paths, since a moment.
type pathCheck struct {
	since  moment
	around surroundings // at that moment, nil if nobody looked
	dirs   map[string]unlogged.Stat
}

// lstat looks once at each directory, which many paths have in common.
func (p *pathCheck) lstat(path string) (unlogged.Stat, error) {
	if st, ok := p.dirs[path]; ok {
		return st, nil
	}
	st, err := unlogged.LstatPath(path)
	if err == nil && st.Mode.IsDir() {
		if p.dirs == nil {
			p.dirs = map[string]unlogged.Stat{}
		}
		p.dirs[path] = st
	}
	return st, err
}

// A finding is the worst that is to be said of a path.
type finding struct {
	verdict verdict
	what    string // happened
}

func (f *finding) add(v verdict, what string) {
	if v > f.verdict {
		*f = finding{v, what}
	}
}

// check judges what is, or is not, at an absolute path.
func (p *pathCheck) check(path string) (f finding) {
	walkPath(path, p.lstat, func(s step) {
		switch {
		case s.err != nil:
			if os.IsNotExist(s.err) {
				f.add(p.gone(s))
			}
		case p.around.lacks(s.dir, s.name):
			f.add(changed, s.path+" was made or moved there")
		case s.st.Mode&os.ModeSymlink != 0:
			f.add(p.since.stat(s.st), "the link "+s.path+" was changed")
		case s.st.Mode.IsDir():
			f.add(p.moved(s), "the directory "+s.path+" was made, moved or replaced")
		default:
			f.add(p.since.stat(s.st), "it was written or replaced")
		}
	})
	return f
}

// list judges the names in a directory.
func (p *pathCheck) list(st unlogged.Stat) finding {
	return finding{p.since.stat(st), "something was added to it or removed"}
}

// moved judges a directory: one that is renamed to where it is leaves its mark
// on itself and on the directory that it lies in.
func (p *pathCheck) moved(s step) verdict {
	if s.st.ChangeTime == 0 {
		return unchanged // it would not tell
	}
	was, known := p.around[s.path]
	if known && (was.st.Inode != s.st.Inode || was.st.Device != s.st.Device) {
		return changed
	}
	if (known || p.around == nil) && s.st.ChangeTime == s.st.ModTime {
		return unchanged // an entry was made in it, or removed
	}
	parent, err := p.lstat(s.dir)
	if err != nil {
		return changed
	}
	return min(p.since.stat(s.st), p.since.stamp(parent.ModTime))
}

// gone judges what is not there: whether it was.
func (p *pathCheck) gone(s step) (verdict, string) {
	switch {
	case p.around[s.dir].names[s.name]:
		return changed, "it was removed"
	case p.around.lacks(s.dir, s.name):
		return unchanged, ""
	case p.around == nil && slices.Contains(tempDirs(), s.dir):
		return unchanged, "" // where names come and go all the time
	}
	dir, err := p.lstat(s.dir)
	if err != nil {
		return changed, "the directory that held it was removed"
	}
	return p.since.stamp(dir.ModTime), "it is not there, and may have been: something was added to or removed from " + s.dir
}

// A pathRead is a path that was read, and its name as an input.
type pathRead struct {
	trace.Read
	name string
	st   unlogged.Stat // of a directory that was listed
}

// sinceBuild judges by what is known of the time when the build began.
func (b *builder) sinceBuild() *pathCheck { return &pathCheck{since: b.began, around: b.around} }

// meanwhile reports the first of the paths that may have changed since they
// were read. It is asked when all have been digested: what has not changed by
// now was digested in the state in which it was read.
func (c *collector) meanwhile() *notStored {
	build, start := c.sinceBuild(), &pathCheck{since: processBegan()}
	for _, r := range c.paths {
		if why := r.meanwhile(build, start, func(p *pathCheck) finding { return p.check(r.Name) }); why != nil {
			return why
		}
	}
	for _, l := range c.lists {
		if why := l.meanwhile(build, start, func(p *pathCheck) finding { return p.list(l.st) }); why != nil {
			return why
		}
	}
	return nil
}

// meanwhile reports that what was read may have changed since: find looks for
// it. What was read before the build may have changed since the process began.
func (r *pathRead) meanwhile(build, start *pathCheck, find func(*pathCheck) finding) *notStored {
	var f finding
	if r.After {
		if f = find(build); f.verdict == changed {
			return changedMeanwhile(r.name, f.what)
		}
	}
	if r.Before {
		early := find(start)
		if early.verdict == changed {
			return &notStored{"changed", fmt.Sprintf("%s was changed while the tests ran: %s", r.name, early.what)}
		}
		f.add(early.verdict, early.what)
	}
	if f.verdict == unsure {
		return &notStored{"too-new", r.name + " is too new to be sure of: it was changed just when it was read, or shortly before; the next run can store it, unless the build function writes it"}
	}
	return nil
}

func changedMeanwhile(name, what string) *notStored {
	return &notStored{"changed", fmt.Sprintf("%s changed while the build function ran: %s", name, what)}
}

// changedDeclared reports a declared input that is not what it was before the
// build, or was not all the time.
func (b *builder) changedDeclared(after []input.Input) *notStored {
	find := input.Find(b.declared)
	p := b.sinceBuild()
	seen := map[string]bool{}
	for i := range after {
		now := &after[i]
		was := find(now.Kind, now.Name)
		if was == nil {
			was = &input.Input{Kind: now.Kind, Name: now.Name}
		}
		reasons := input.Compare(was, now)
		switch {
		case now.Kind == input.Walk: // its Glob has the digest
		case len(reasons) > 0 && now.Kind == input.Env:
			return &notStored{"changed", reasons[0].Text + " while the build function ran"}
		case len(reasons) > 0:
			return changedMeanwhile(reasons[0].Subject, reasons[0].Text)
		case now.IsContent() && was.Stat != now.Stat:
			return changedMeanwhile(input.Show(now.Name), "it was written or replaced, though its content is the same now")
		}
		path := b.pathTo(now)
		if path == "" || seen[path] {
			continue
		}
		seen[path] = true
		if f := p.check(path); f.verdict == changed {
			return changedMeanwhile(input.Show(now.Name), f.what)
		}
	}
	return nil
}

// pathTo is the path that leads to an input: for what is compared by itself
// that of its directory. Nothing leads to what is absent.
func (b *builder) pathTo(in *input.Input) string {
	switch {
	case !in.Kind.HasStat() || in.Kind != input.Walk && in.Absent():
		return ""
	case in.Kind == input.Tool:
		_, path, _ := strings.Cut(in.Detail, " ")
		return path
	case in.IsContent() && !in.IsLink():
		return filepath.Dir(b.world.Path(in.Name))
	}
	return b.world.Path(in.Name)
}
