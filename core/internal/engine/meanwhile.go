package engine

import (
	"cmp"
	"fmt"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code"
	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/process"
	"github.com/fixturecache/fixturecache/core/internal/settings"
	"github.com/fixturecache/fixturecache/core/internal/since"
	"github.com/fixturecache/fixturecache/core/internal/trace"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A file that a build read may be changed before the build ends: a record would hold the new
// state beside an output made of the old one. Which files it will read is not known before,
// so they are judged afterwards, by the times of all that their paths lead through (package
// since).
//
// A declared input is known before the build, and compared by all that its stat says, so
// that one that was another for a while is seen too.
//
// Not seen is a file that was there only while the build ran and that fn may have made,
// in a directory that was listed before and is not declared; and on a file server whose
// clock is behind, a change of a file that is not declared. Where the system keeps no
// change time (Windows), only the modification time of the file itself tells.

// A pathRead is a path that was read, and its name as an input.
type pathRead struct {
	trace.Read
	name string
	list *unlogged.Stat // where its names were read: the stat of the directory
}

func (b *builder) sinceBuild() *since.Check {
	return &since.Check{Since: b.began, Around: b.around, Churn: b.c.host.Temp().Dirs, Makes: b.readsUnseen() || b.dependsOn(settings.Makes)}
}

// meanwhile reports the paths that may have changed since they were read: the first that
// did while fn ran, or else all that did before. It is called when all are digested: a
// path that has not changed by now was digested in the state in which it was read.
func (c *collector) meanwhile() *notStored {
	build, start := c.sinceBuild(), &since.Check{Since: c.c.host.Began, Churn: c.c.host.Temp().Dirs}
	var unsure *notStored
	var changed, patterns []string
	named := false // whether names were made, or removed
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
				changed = append(changed, fmt.Sprintf("%s was changed while the tests ran: %s", r.name, early.What))
				if st, err := unlogged.StatPath(r.Name); err != nil || !st.Mode.IsDir() { // to ignore a directory is to ignore all that is in it
					pattern, _ := filepath.Rel(c.World.Name(c.World.Dir), r.name)
					patterns = append(patterns, filepath.ToSlash(cmp.Or(pattern, r.name)))
					dir, err := unlogged.StatPath(filepath.Dir(r.Name))
					named = named || err != nil || start.List(dir).Verdict == since.Changed
				}
			}
			f.Add(early.Verdict, early.What)
		}
		if f.Verdict == since.Unsure && unsure == nil {
			unsure = &notStored{"too-new", r.name + " is too new to be sure of: it was changed just when it was read, or shortly before; the next run can store it, unless the build function writes it"}
		}
	}
	if len(changed) == 0 {
		return unsure
	}
	c.because = cmp.Or(c.because, c.whyEarly())
	if n := len(changed); n > maxCauses {
		changed = append(changed[:maxCauses], fmt.Sprintf("%d more", n-maxCauses))
	}
	advice := "the next run can store it, if no test changes that again"
	if len(patterns) > 0 {
		advice = "add " + option("IgnoreFiles", patterns) + " if it cannot matter"
		if named {
			advice += ", or patterns where names differ from run to run"
		}
	}
	return &notStored{"changed", strings.Join(changed, "; ") + ": " + advice}
}

func (r *pathRead) check(c *since.Check) since.Finding {
	if r.list != nil {
		return c.List(*r.list)
	}
	return c.Path(r.Name)
}

func changedMeanwhile(name, what string) *notStored {
	return &notStored{"changed", fmt.Sprintf("%s changed while the build function ran: %s; if the build function did that, let it work in a directory that it makes itself, or that cachetest.Dir or File gives it", name, what)}
}

// changedDeclared reports a declared input that is not what it was before the
// build, or was not all the time.
func (b *builder) changedDeclared(after []input.Input) *notStored {
	before := input.NewLookup(b.declared)
	build := b.sinceBuild()
	seen := map[string]bool{}
	for i := range after {
		now := &after[i]
		was := before.Find(now.Kind, now.Name)
		if was == nil {
			was = &input.Input{Kind: now.Kind, Name: now.Name}
		}
		reasons := input.Compare(was, now)
		switch {
		case now.Kind == input.Walk: // its Glob has the digest; a name that was there for a while matters to what reads past the log
			if then := was.Stat.ModTime; then != 0 && then != now.Stat.ModTime && b.readsUnseen() {
				return changedMeanwhile(input.Show(now.Name), "something was added to it or removed, though it has the same names now")
			}
		case len(reasons) > 0 && now.Kind == input.Env:
			return &notStored{"changed", fmt.Sprintf("%s while the build function ran: give cachetest.IgnoreEnv(%q) in its place if that reads only what it has set", reasons[0].Text, now.Name)}
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
		if f := build.Path(path); f.Verdict == since.Changed {
			return changedMeanwhile(input.Show(now.Name), f.What)
		}
	}
	return nil
}

// pathTo returns the path whose times tell whether an input has changed: that of its
// directory where its content is compared anyway, "" where it is absent.
func (b *builder) pathTo(in *input.Input) string {
	switch {
	case !in.Kind.HasStat() || in.Kind != input.Walk && in.Absent():
		return ""
	case in.Kind == input.Tool:
		_, path, _ := strings.Cut(in.Detail, " ")
		return path
	case in.IsContent() && !in.IsLink():
		return filepath.Dir(b.World.Path(in.Name))
	}
	return b.World.Path(in.Name)
}

// lookAround notes the directories around what a build will read, as far as
// that can be known: what is declared, what its code names, its working
// directory with all below it, and the names in the temporary directories.
func (b *builder) lookAround() {
	b.around = since.Surroundings{}
	paths := map[string]bool{b.workingDir(): true, b.World.Dir: true}
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
		if _, system := process.SystemDir(b.World.Root, dir); !system && !b.around.Listed(dir) {
			b.around.AddPath(dir)
			b.around.List(dir, false)
		}
	}
	b.around.List(b.workingDir(), true)
	if b.World.Dir != b.workingDir() {
		b.around.List(b.World.Dir, true)
	}
}

// madeBefore refuses a temporary file that was there before fn began: the test around fn
// has written it, and no record can tell what it wrote. A file that fn made itself is no
// input, and a file below a Path of With counts by its content. Where a captured value is
// refused, and no With tells the path, that refusal says enough.
func (c *collector) madeBefore(r trace.Read) *notStored {
	path := r.Name
	if !r.Own || !c.c.host.Temp().Has(path) || process.Within(path, slices.Collect(maps.Values(c.World.Bases))) || !c.mayBeFns(r) || c.untold && c.asPath(path) == "" {
		return nil
	}
	st, err := unlogged.StatPath(path)
	switch {
	case err != nil && !since.IsTestTop(path) && c.around.Had(filepath.Dir(path), filepath.Base(path)):
		return changedMeanwhile(path, "it was removed")
	case err != nil && c.inEarlierDir(path):
		return &notStored{"temporary", fmt.Sprintf("it looked for %s, which is not there, in a directory that this process made before: make that within the build function%s", path, c.asPath(path))}
	case err != nil:
		return nil
	case st.Mode.IsDir():
		if path = c.earlyEntry(r); path == "" {
			return nil
		}
	case !st.Mode.IsRegular() || !c.wasThere(path) || r.Opened && c.spec.answeredFor() && process.IsProgram(path):
		return nil
	}
	return &notStored{"temporary", fmt.Sprintf("it read %s, which this process made before: make it within the build function%s", path, cmp.Or(c.asPath(path), withPath(path)))}
}

// withPath returns the advice to declare what is at a path that no With names.
func withPath(path string) string {
	return fmt.Sprintf(", or add cachetest.With(%q, cachetest.Path(…)) for what is in it", filepath.Base(path))
}

// asPath returns the advice to give a path as a Path, where a With gives it, or a directory
// around it, as a string: "" if none does but one of a directory around all temporary ones.
func (c *collector) asPath(path string) string {
	for _, v := range c.spec.Values {
		if at, ok := v.Value.(string); ok && at != "" && process.Within(path, []string{at}) && !process.Within(c.c.host.TempDir(), []string{at}) {
			if c.spec.Callee == "Call" && v.Name == "arg" {
				return ", or hand over a cachetest.Path for what is in it"
			}
			arg := v.Name
			if !token.IsIdentifier(arg) {
				arg = "…"
			}
			return fmt.Sprintf(", or give it as cachetest.With(%q, cachetest.Path(%s)) for what is in it", v.Name, arg)
		}
	}
	return ""
}

// isShared reports whether a file that was read before the build began, and lies
// among temporary ones, may have been written by another process: its name is no
// random one.
func (c *collector) isShared(r trace.Read) bool {
	if r.After || c.isOursOrToolchain(r.Name) || !c.c.host.Temp().IsFixed(r.Name) {
		return false
	}
	st, err := unlogged.StatPath(r.Name)
	return err != nil || st.Mode.IsRegular()
}

// listsTemporary reports whether fn has listed the directory of temporary files:
// somebody opened it, and fn's code lists directories and can name that one.
func (c *collector) listsTemporary(r trace.Read) bool {
	if !slices.Contains(c.c.host.Temp().Dirs, r.Name) || !r.Opened || !r.Own {
		return false
	}
	known := c.behaviour()
	return known != nil && known.DependsOn(settings.Lists) && (known.DependsOn(settings.TempDir) || known.DependsOn(settings.Environment) ||
		slices.ContainsFunc(known.Paths, func(p code.Path) bool { return p.Path == r.Name }))
}

// inEarlierDir reports whether a path lies in a temporary directory that a test made
// before the build began, and in which nothing was made or removed since: a file that is
// not there now may be there in the next run, in another directory.
func (c *collector) inEarlierDir(path string) bool {
	dir, temp := filepath.Dir(path), c.c.host.Temp()
	return temp.Has(dir) && !slices.Contains(temp.Dirs, dir) && !since.IsTestTop(dir) && c.wasThere(dir) && since.Untouched(dir, c.began)
}

// mayBeFns reports whether fn may have read a temporary file, and not a test that runs
// in parallel. fn can know the path of a file that was there before by a package
// variable, by a captured value, by its test, or by a name that is the same in each run;
// by any other name only if no other test can have read the file. In a test that runs in
// parallel that is not known: the test that read it may have ended.
func (c *collector) mayBeFns(r trace.Read) bool {
	own, inTest := c.c.host.Temp().OfTest(r.Name, c.spec.Test)
	switch {
	case inTest && !own:
		return false
	case r.Relative > 0 || c.stateful() || len(c.spec.Ignore.Captures) > 0 || c.asPath(r.Name) != "":
		return true
	}
	return c.c.host.Temp().IsFixed(r.Name) && !process.Within(r.Name, process.WorkRoots()) || c.spec.InTurn != nil && c.spec.InTurn() && process.Alone()
}

// earlyEntry returns an entry that was in a directory before fn opened it, "" if none.
// In the directory of a test, subdirectories do not count: package testing makes them.
func (c *collector) earlyEntry(r trace.Read) string {
	if !r.Opened {
		return ""
	}
	entries, _ := unlogged.ReadDir(r.Name) // if it is still there
	for _, e := range entries {
		if path := filepath.Join(r.Name, e.Name()); (e.Type()&fs.ModeType == 0 || !since.IsTestTop(r.Name)) && c.wasThere(path) {
			return path
		}
	}
	return ""
}

// wasThere reports whether a temporary file was made before the build began.
// Within a tick of the kernel's clock the log tells, which names the files that package
// os has written.
func (c *collector) wasThere(path string) bool {
	before, sure := c.c.host.Temp().Before(path, c.began)
	return before && (sure || slices.ContainsFunc(c.reads.Paths, func(r trace.Read) bool { return r.Before && r.Name == path }))
}

// throughLink adds the file elsewhere to which a temporary path leads by a symbolic link.
// It refuses a path that is gone if fn's code can have made a link there: nobody can tell
// where that led.
func (c *collector) throughLink(r trace.Read) *notStored {
	own, inTest := c.c.host.Temp().OfTest(r.Name, c.spec.Test)
	if inTest && !own && !c.stateful() || !c.c.host.Temp().Has(r.Name) {
		return nil
	}
	if real := since.Resolve(r.Name); real != "" {
		if real == r.Name || c.notInput(real) {
			return nil
		}
		r.Name, r.Relative = real, 0
		return c.addPath(r)
	}
	// Which test made it, of those whose code counts as well, is not known either.
	others := !r.Own && c.closure != nil && c.closure.Cause.What != ""
	if c.closure == nil || others || c.spec.answeredFor() {
		return nil
	}
	at := slices.IndexFunc(c.closure.Settings, func(use code.Use) bool { return use.What == settings.Links })
	if at < 0 {
		return nil
	}
	use := c.closure.Settings[at]
	return &notStored{"temporary", fmt.Sprintf("it used %s, which is gone, and may have been a link to another file (%s can come to os.Symlink, %s:%d): leave it until the build function returns, or declare with cachetest.Files what it leads to",
		r.Name, use.Caller(), use.File, use.Line)}
}
