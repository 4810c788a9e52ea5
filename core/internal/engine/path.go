package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/gomod"
	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/process"
	"github.com/fixturecache/fixturecache/core/internal/since"
	"github.com/fixturecache/fixturecache/core/internal/tree"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A Want says what GetPath returns.
type Want struct {
	Name    string // base name of the directory or file
	File    bool   // it is a file
	InPlace bool   // the stored one itself, read-only, instead of a copy
	Probe   bool   // nothing: the error says whether it would have to be built

	// Dest returns where a copy goes: a path that nothing is at, in a directory
	// that exists. It is called when a copy is needed, more than once if one fails.
	Dest func(name string) (string, error)

	only bool // return the path of the only file in the directory
}

// GetPath is Do for a directory or a file: it returns the path of one that is
// as fn left it, now or in an earlier process. fn gets the path of an empty
// directory to fill, or of a file to make. s.Package must be given.
func (c *Cache) GetPath(ctx context.Context, s Spec, w Want, fn func(ctx context.Context, path string) error) (string, error) {
	if !FileName(w.Name) {
		return "", fmt.Errorf("%q is no name of a file", w.Name)
	}
	p := &pathGetter{want: w, fn: fn, remove: func() {}}
	defer func() {
		p.remove()
		c.lastCopy.Store(since.Now())
	}()
	s.kind = "a directory"
	if w.File {
		s.kind = "a file"
	}
	s.take = p.accept
	cl, err := c.newCall(&s, fn)
	if err != nil {
		return "", err
	}
	if w.Probe {
		if cl.noted == nil && (cl.unusable != nil || cl.find() == nil) {
			err = ErrNotReady
		}
		return "", err
	}
	res, err := cl.do(ctx, p.build)
	switch {
	case err != nil:
		return "", err
	case res.Hit, res.Stored && p.accept(&hit{tree: res.Tree.(*tree.Stored)}) == nil:
		return p.got, nil
	}
	return p.deliver()
}

// ErrNotReady answers a Probe for a fixture that would have to be built.
var ErrNotReady = errors.New("not stored, or not valid any more")

// A pathGetter joins a look-up to a place in the file system.
type pathGetter struct {
	want   Want
	fn     func(ctx context.Context, path string) error
	got    string // the path of the stored tree, where it is wanted
	built  string // the path of what fn made
	remove func() // removes the directory in which fn made it
}

// accept puts a stored tree where it is wanted.
func (p *pathGetter) accept(h *hit) (err error) {
	if p.want.Probe {
		return nil
	}
	t, start := h.tree, time.Now()
	if err = p.place(t); !p.want.InPlace {
		h.copied = time.Since(start)
	}
	if err == nil && p.want.only {
		if len(t.Manifest.Entries) != 1 {
			return fmt.Errorf("there are %d files in the place of one", len(t.Manifest.Entries))
		}
		p.got = filepath.Join(p.got, t.Manifest.Entries[0].Path)
	}
	return err
}

func (p *pathGetter) place(t *tree.Stored) (err error) {
	if p.want.InPlace {
		if p.got, err = t.InPlace(); !errors.Is(err, tree.ErrBusy) {
			return err
		}
	}
	if p.got, err = p.want.Dest(p.want.Name); err != nil {
		return err
	}
	if err = t.CopyTo(p.got); err == nil && p.want.InPlace {
		tree.Freeze(p.got)
	}
	return err
}

// build lets fn make the directory or file, beside which there is nothing else.
func (p *pathGetter) build(ctx context.Context) (Output, error) {
	dir, remove, err := process.WorkDir()
	path := filepath.Join(dir, p.want.Name)
	if err == nil {
		p.remove = remove
		if !p.want.File {
			if err = os.Mkdir(path, 0o755); err != nil { // once more, as faults may pass
				err = os.Mkdir(path, 0o755)
			}
		}
	}
	if err != nil {
		return Output{}, fmt.Errorf("no directory to build in: %w: set TMPDIR (on Windows TMP) to a directory that can be written to", err)
	}
	if err = p.fn(ctx, path); err == nil {
		err = p.check(dir, path)
	}
	if err != nil {
		return Output{}, err
	}
	p.built = path
	return Output{Path: path}, nil
}

// check reports in what fn has not left what it was asked for, and nothing else.
func (p *pathGetter) check(dir, path string) error {
	st, err := unlogged.LstatPath(path)
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil // what cannot be looked at cannot be stored either
	case err != nil && p.want.File:
		return fmt.Errorf("the build function made no file %s", p.want.Name)
	case err != nil:
		return fmt.Errorf("the build function removed its directory %s", p.want.Name)
	case p.want.File && !st.Mode.IsRegular():
		return fmt.Errorf("the build function made %s something else than a file: use Dir", p.want.Name)
	case !p.want.File && !st.Mode.IsDir():
		return fmt.Errorf("the build function made %s something else than a directory", p.want.Name)
	}
	entries, _ := unlogged.ReadDir(dir) // what cannot be listed cannot be stored either
	for _, e := range entries {
		switch {
		case e.Name() == p.want.Name:
		case p.want.File:
			return fmt.Errorf("the build function left %s beside %s: close what writes it, or use Dir", e.Name(), p.want.Name)
		default:
			return fmt.Errorf("the build function left %s beside its directory %s: write it within that", e.Name(), p.want.Name)
		}
	}
	return nil
}

// deliver hands over what fn made where nothing is stored.
func (p *pathGetter) deliver() (string, error) {
	path, err := p.want.Dest(p.want.Name)
	if err != nil {
		return "", err
	}
	if err := tree.Move(p.built, path); err != nil {
		return "", err
	}
	if p.want.InPlace {
		tree.Freeze(path)
	}
	if !p.want.only {
		return path, nil
	}
	entries, err := unlogged.ReadDir(path)
	if err != nil { // once more, as faults may pass
		entries, err = unlogged.ReadDir(path)
	}
	if err == nil && len(entries) == 0 {
		err = fs.ErrNotExist
	}
	if err != nil {
		return "", fmt.Errorf("what was built in %s cannot be found: %w", path, err)
	}
	return filepath.Join(path, entries[0].Name()), nil
}

// GoBuild returns the path of the command that go build makes of a package: of
// an import path, or of a directory that begins with "./" or "../" and holds
// against the one that the process started in. It is built with the tags and
// the race detector of this program, and for coverage if that is, then with
// s.Declare.GoFlags; without version control information, which would be another
// one after each commit. A miss is told by what go build would use and what s
// declares, and by nothing else.
//
// The error holds all that the go command said.
func (c *Cache) GoBuild(ctx context.Context, s Spec, pkg string, w Want) (string, error) {
	if strings.Contains(pkg, "...") || pkg == "" || strings.HasPrefix(pkg, "-") {
		return "", errors.New("not the path of one package")
	}
	if err := input.CheckGoFlags(s.Declare.GoFlags); err != nil {
		return "", err
	}
	key, scope := c.goBuildKey(pkg)
	s.Key, s.Package, s.Scope, s.Func, s.Callee = key, scope, scope, goBuild, ""
	s.Code, s.DeclaredOnly, s.Alone = CodeNone, true, true
	s.Declare.GoPackages, s.built = append(s.Declare.GoPackages, pkg), pkg
	s.Declare.GoFlags = append(goBuildFlags(), s.Declare.GoFlags...) // of two the last one counts
	w.Name, w.only = "bin", true                                     // in which the go command gives the command its name
	return c.GetPath(ctx, s, w, func(_ context.Context, dir string) error { return goBuild(c, dir, pkg, s.Declare.GoFlags) })
}

func goBuild(c *Cache, dir, pkg string, flags []string) error {
	args := append([]string{"build", "-o", dir + string(filepath.Separator), "-buildvcs=false"}, flags...)
	if _, err := c.world.GoCommand(append(args, "--", pkg)...); err != nil {
		return err
	}
	// A directory that cannot be listed cannot be stored either.
	if entries, err := unlogged.ReadDir(dir); err == nil && len(entries) != 1 {
		return fmt.Errorf("go build left %d files in the place of one command", len(entries))
	}
	return nil
}

// goBuildFlags returns the build flags of this program that GoBuild gives to the
// command as well.
func goBuildFlags() []string {
	var flags []string
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			switch s.Key {
			case "-tags", "-race", "-cover", "-covermode":
				flags = append(flags, s.Key+"="+s.Value)
			}
		}
	}
	return flags
}

// goBuildKey names the build of a package among all of its module: the same
// one for each package of tests that asks for it, by its directory or import path.
func (c *Cache) goBuildKey(pkg string) (key, scope string) {
	dir, module, here := c.world.Abs(pkg), c.modulePath(), c.local(pkg)
	if below, ok := strings.CutPrefix(pkg+"/", module+"/"); ok && !here {
		dir = filepath.Join(c.world.Root.Physical, filepath.FromSlash(below))
		_, err := unlogged.StatPath(dir)
		here = err == nil // else another module has it
	}
	rel, ok := c.world.Root.Rel(dir)
	if !here || !ok {
		return "go build " + pkg, "go build"
	}
	return "go build " + strings.TrimSuffix("./"+rel, "/."), "go build in " + module
}

// local reports whether a package is given by its directory, or by a file of it.
func (c *Cache) local(pkg string) bool {
	if pkg == "." || pkg == ".." || strings.HasPrefix(pkg, "./") || strings.HasPrefix(pkg, "../") || filepath.IsAbs(pkg) {
		return true
	}
	st, err := unlogged.StatPath(c.world.Abs(pkg))
	return strings.HasSuffix(pkg, ".go") && err == nil && !st.Mode.IsDir()
}

// modulePath returns the path that go.mod gives to this program's module.
func (c *Cache) modulePath() string {
	data, err := unlogged.ReadFile(filepath.Join(c.world.Root.Physical, "go.mod"))
	if f, wrong := gomod.Parse(data); err == nil && wrong == nil {
		return f.Module
	}
	return "?"
}
