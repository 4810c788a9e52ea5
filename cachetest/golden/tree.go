package golden

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// A tree is the files below a directory, by slash-separated path.
type tree map[string]entry

type entry struct {
	data []byte // content, or the target of a symbolic link
	exec bool
	link bool
}

// readTree reads all files below dir. Every directory and file is opened
// through package os, for go test's result cache; dir keeps the spelling it is
// given, for our own recording.
func readTree(dir string) (tree, error) {
	t := tree{}
	info, err := os.Lstat(dir)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("%s is not a directory", dir)
	}
	return t, t.read(dir, "")
}

func (t tree) read(dir, prefix string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		path, rel := in(dir, e.Name()), prefix+e.Name()
		switch {
		case e.IsDir():
			err = t.read(path, rel+"/")
		case isTemp(e.Name()): // of an update that was killed
		default:
			err = t.readFile(path, rel, e)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (t tree) readFile(path, rel string, e fs.DirEntry) error {
	if e.Type()&fs.ModeSymlink != 0 {
		target, err := os.Readlink(path)
		t[rel] = entry{data: []byte(filepath.ToSlash(target)), link: true}
		return err
	}
	if !e.Type().IsRegular() {
		return fmt.Errorf("%s is neither a file nor a directory nor a symbolic link", path)
	}
	info, err := e.Info()
	if err != nil {
		return err
	}
	data, err := os.ReadFile(path)
	t[rel] = entry{data: data, exec: isExec(info.Mode())}
	return err
}

// isExec goes by the owner's bit, as git does. Windows has none.
func isExec(mode fs.FileMode) bool { return mode&0o100 != 0 && runtime.GOOS != "windows" }

func (t tree) paths() []string { return slices.Sorted(maps.Keys(t)) }

// check refuses names that version control or a module's zip file cannot hold.
func (t tree) check() error {
	var errs []error
	folded := map[string]string{}
	for _, rel := range t.paths() {
		if err := checkPath(rel); err != nil {
			errs = append(errs, fmt.Errorf("%q cannot be kept on every system (%v): call it %q", rel, err, propose(rel)))
			continue
		}
		if p := clash(rel, folded); p != "" {
			errs = append(errs, fmt.Errorf("%q differs from %q in upper and lower case only: call it %q", p, folded[fold(p)], second(p)))
			continue
		}
		for p := range upwards(rel) {
			folded[fold(p)] = p
		}
	}
	return errors.Join(errs...)
}

// A change is one way in which a tree differs from the golden one.
type change struct {
	verb string // added, changed, deleted, mode
	path string
	note string
}

// changes lists how got differs from want, in the order of the paths.
func (c *config) changes(want, got tree) []change {
	all := maps.Clone(want)
	if all == nil {
		all = tree{}
	}
	maps.Copy(all, got)
	var list []change
	for _, path := range all.paths() {
		w, inWant := want[path]
		g, inGot := got[path]
		switch {
		case !inWant:
			list = append(list, change{"added", path, describe(g)})
		case !inGot:
			list = append(list, change{"deleted", path, describe(w)})
		case w.link != g.link, w.link && string(w.data) != string(g.data), !w.link && !c.same(w.data, g.data):
			list = append(list, change{"changed", path, describe(w) + " -> " + describe(g)})
		case w.exec != g.exec:
			list = append(list, change{"mode", path, describe(w) + " -> " + describe(g)})
		}
	}
	return list
}

func describe(e entry) string {
	switch {
	case e.link:
		return "link to " + string(e.data)
	case e.exec:
		return fmt.Sprintf("%d bytes, executable", len(e.data))
	}
	return fmt.Sprintf("%d bytes", len(e.data))
}

// count says how many changes there are of each kind: "1 added, 2 changed".
func count(list []change) string {
	n := map[string]int{}
	for _, c := range list {
		n[c.verb]++
	}
	var parts []string
	for _, verb := range []string{"added", "changed", "deleted", "mode"} {
		if n[verb] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[verb], verb))
		}
	}
	return strings.Join(parts, ", ")
}
