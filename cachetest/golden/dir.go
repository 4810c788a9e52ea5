package golden

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// maxChanged is how many changed files of a directory are shown with their
// difference; all are listed.
const maxChanged = 3

// checkDir does the work of Dir.
func (g *golden) checkDir(name, gotDir string, opts []Option) error {
	if err := g.ask(name, true, opts); err != nil {
		return err
	}
	got, err := g.readGot(gotDir)
	if err != nil {
		return fmt.Errorf("%s: %w", g.loc, err)
	}
	g.claim.mu.Lock()
	defer g.claim.mu.Unlock()
	other := g.claim.otherValue(digest(got))
	want, err := readTree(look(g.loc))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	missing := len(want) == 0
	if missing {
		if err := g.foldOnDisk(); err != nil {
			return err
		}
	}
	list := g.changes(want, got)
	switch {
	case len(list) == 0 && !other:
		return nil
	case len(list) == 0:
		return g.otherError("")
	case g.update && !other && !g.refused():
		return g.writeTree(want, got, list)
	case missing:
		return g.missingError(fileList(list))
	case other:
		return g.otherError(g.diffTree(want, got, list))
	}
	return g.differsError(g.diffTree(want, got, list))
}

// readGot reads what the test made, as it is compared and written.
func (g *golden) readGot(dir string) (tree, error) {
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(startDir, dir)
	}
	got, err := readTree(dir)
	if err != nil {
		return nil, err
	}
	if len(got) == 0 {
		return nil, fmt.Errorf("%s holds no files, and version control keeps no empty directory", dir)
	}
	for path, e := range got {
		if !e.link {
			e.data = g.prepare(e.data)
			got[path] = e
		}
	}
	return got, got.check()
}

func digest(t tree) (sum [sha256.Size]byte) {
	h := sha256.New()
	for _, path := range t.paths() {
		e := t[path]
		fmt.Fprintf(h, "%q %v %v %x\n", path, e.exec, e.link, sha256.Sum256(e.data))
	}
	h.Sum(sum[:0])
	return sum
}

// diffTree lists the changes, and shows the first of them in full.
func (g *golden) diffTree(want, got tree, list []change) string {
	var b strings.Builder
	b.WriteString(count(list) + ":\n" + fileList(list))
	shown := 0
	for _, c := range list {
		if c.verb != "changed" || want[c.path].link || got[c.path].link {
			continue
		}
		if shown++; shown > maxChanged {
			continue
		}
		b.WriteString(cut(g.diff(g.loc+"/"+c.path, want[c.path].data, got[c.path].data), maxLines/maxChanged))
	}
	if shown > maxChanged {
		fmt.Fprintf(&b, "… %d more changed files\n", shown-maxChanged)
	}
	return b.String()
}

func fileList(list []change) string {
	var b strings.Builder
	for _, c := range list {
		fmt.Fprintf(&b, "  %-7s %s (%s)\n", c.verb, c.path, c.note)
	}
	return cut(b.String(), maxLines)
}

// writeTree makes the golden directory hold got, touching only what changed.
// What is in the way goes first, so that a file may take a directory's name.
func (g *golden) writeTree(want, got tree, list []change) error {
	g.nameHits()
	dir := look(g.loc)
	if info, err := os.Lstat(dir); err == nil && !info.IsDir() {
		return fmt.Errorf("%s is not updated: it is no directory", g.loc)
	}
	err := deleteFiles(dir, list)
	for _, c := range list {
		if c.verb != "deleted" && err == nil {
			err = writeEntry(dir, c, want[c.path], got[c.path])
		}
	}
	if err != nil {
		return fmt.Errorf("%s is not updated: %w", g.loc, err)
	}
	verb := "updated"
	if len(want) == 0 {
		verb = "created"
	}
	g.note("%s %s: %s", verb, g.loc, count(list))
	return nil
}

// deleteFiles deletes what got does not hold, and the directories that are
// empty then. Its paths come from reading dir without following links, and
// os.Root holds them to it.
func deleteFiles(dir string, list []change) error {
	tree, err := os.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	defer tree.Close()
	for _, c := range list {
		if c.verb != "deleted" {
			continue
		}
		path := filepath.FromSlash(c.path)
		if err := tree.Remove(path); err != nil {
			return err
		}
		for p := filepath.Dir(path); p != "." && tree.Remove(p) == nil; p = filepath.Dir(p) {
		}
	}
	return nil
}

// writeEntry writes one file or link, or its mode.
func writeEntry(dir string, c change, want, got entry) error {
	path := in(dir, c.path)
	switch {
	case got.link:
		if err := os.MkdirAll(parent(path), 0o777); err != nil {
			return err
		}
		return viaTemp(path, func(temp string) error {
			return os.Symlink(filepath.FromSlash(string(got.data)), temp)
		})
	case want.link:
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	if c.verb != "mode" {
		perm := fs.FileMode(0o666)
		if got.exec {
			perm = 0o777
		}
		if err := writeFile(path, got.data, perm); err != nil {
			return err
		}
	}
	return setExec(path, got.exec)
}

// setExec gives the executable bit to whoever may read the file, or to nobody.
func setExec(path string, exec bool) error {
	info, err := os.Lstat(path)
	if err != nil || isExec(info.Mode()) == exec {
		return err
	}
	perm := info.Mode().Perm() &^ 0o111
	if exec {
		perm |= perm & 0o444 >> 2
	}
	return os.Chmod(path, perm)
}
