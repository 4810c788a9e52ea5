package engine

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/since"
	"github.com/fixturecache/fixturecache/core/internal/trace"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// What a build read may be changed before the build ends: then a record would
// hold the new state beside an output made of the old one. Nobody knows before
// a build what it will read, so what was read is judged afterwards, by the
// times of all that its path leads through (package since).
//
// A declared input is known before the build as well, and compared by all that
// its stat says, so that one that was another for a while is seen too.
//
// Not seen is a file that was there only while the build ran, in a directory
// that was listed before; and on a file server whose clock is behind, what was
// not declared. Where the system keeps no change time (Windows), only the
// modification time of the file itself tells.

// A pathRead is a path that was read, and its name as an input.
type pathRead struct {
	trace.Read
	name string
	list *unlogged.Stat // of a directory whose names were read
}

// sinceBuild judges by what is known of the time when the build began.
func (b *builder) sinceBuild() *since.Check { return &since.Check{Since: b.began, Around: b.around} }

// meanwhile reports the first of the paths that may have changed since they
// were read. It is asked when all have been digested: what has not changed by
// now was digested in the state in which it was read.
func (c *collector) meanwhile() *notStored {
	build, start := c.sinceBuild(), &since.Check{Since: c.c.host.Began, Churn: c.c.host.Temp().Dirs}
	for _, r := range c.paths {
		var f since.Finding
		if r.After {
			if f = r.check(build); f.Verdict == since.Changed {
				return changedMeanwhile(r.name, f.What)
			}
		}
		if r.Before { // it may have changed since the process began
			early := r.check(start)
			if early.Verdict == since.Changed {
				return &notStored{"changed", fmt.Sprintf("%s was changed while the tests ran: %s", r.name, early.What)}
			}
			f.Add(early.Verdict, early.What)
		}
		if f.Verdict == since.Unsure {
			return &notStored{"too-new", r.name + " is too new to be sure of: it was changed just when it was read, or shortly before; the next run can store it, unless the build function writes it"}
		}
	}
	return nil
}

func (r *pathRead) check(c *since.Check) since.Finding {
	if r.list != nil {
		return c.List(*r.list)
	}
	return c.Path(r.Name)
}

func changedMeanwhile(name, what string) *notStored {
	return &notStored{"changed", fmt.Sprintf("%s changed while the build function ran: %s", name, what)}
}

// changedDeclared reports a declared input that is not what it was before the
// build, or was not all the time.
func (b *builder) changedDeclared(after []input.Input) *notStored {
	before := input.Find(b.declared)
	p := b.sinceBuild()
	seen := map[string]bool{}
	for i := range after {
		now := &after[i]
		was := before.Find(now.Kind, now.Name)
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
		if f := p.Path(path); f.Verdict == since.Changed {
			return changedMeanwhile(input.Show(now.Name), f.What)
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

// lookAround notes the directories around what a build will read, as far as
// that can be known: what is declared, what its code names, its working
// directory with all below it, and the names in the temporary directories.
func (b *builder) lookAround() {
	b.around = since.Surroundings{}
	paths := map[string]bool{b.workingDir(): true, b.world.Dir: true}
	for i := range b.declared {
		paths[b.pathTo(&b.declared[i])] = true
	}
	for path := range paths {
		b.around.AddPath(path)
	}
	if b.traceErr != nil || b.spec.DeclaredOnly {
		return
	}
	for _, dir := range b.c.host.Temp().Dirs {
		b.around.List(dir, false)
	}
	for _, p := range b.paths() {
		dir := filepath.Dir(filepath.Join(b.workingDir(), p.Path))
		if _, system := systemFile(dir); !system && !b.around.Listed(dir) {
			b.around.AddPath(dir)
			b.around.List(dir, false)
		}
	}
	b.around.List(b.workingDir(), true)
	if b.world.Dir != b.workingDir() {
		b.around.List(b.world.Dir, true)
	}
}
