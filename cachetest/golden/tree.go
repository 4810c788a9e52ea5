package golden

import (
	"crypto/sha256"
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

// An entry is a file or a symbolic link.
type entry struct {
	data []byte // content, or the target of a symbolic link
	exec bool
	link bool
}

// single is a tree of one file, whose content is made of data.
func (c *config) single(data []byte) tree { return tree{"": {data: c.prepare(data)}} }

// readGot reads the directory that the test made, as it is compared and written.
func (g *golden) readGot(dir string) (tree, error) {
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
	return got, checkNames(got.paths())
}

// readTree reads all files below dir. Every directory and file is opened
// through package os, for go test's result cache; dir keeps the spelling it is
// given, for our own recording.
func readTree(dir string) (tree, error) {
	t := tree{}
	info, err := os.Stat(dir) // it may be a link to a directory
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
		path, rel := join(dir, e.Name()), prefix+e.Name()
		switch {
		case e.IsDir():
			err = t.read(path, rel+"/")
		case strings.HasPrefix(e.Name(), tempPrefix): // left by an update that was killed
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

func (t tree) digest() (sum [sha256.Size]byte) {
	h := sha256.New()
	for _, path := range t.paths() {
		e := t[path]
		fmt.Fprintf(h, "%q %v %v %x\n", path, e.exec, e.link, sha256.Sum256(e.data))
	}
	h.Sum(sum[:0])
	return sum
}

// A change is one way in which a tree differs from the golden one.
type change struct {
	verb string // added, changed, deleted, mode
	path string
	note string
}

// changes lists how got differs from want, in the order of the paths.
func (c *config) changes(want, got tree) (list []change) {
	all := maps.Clone(got)
	maps.Copy(all, want)
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
	for _, verb := range slices.Sorted(maps.Keys(n)) {
		parts = append(parts, fmt.Sprintf("%d %s", n[verb], verb))
	}
	return strings.Join(parts, ", ")
}

// maxChanged is how many changed files of a directory are shown with their
// difference; all are listed.
const maxChanged = 3

// show shows the difference; of a directory it shows that of the first files in full.
func (g *golden) show(want, got tree, list []change) string {
	if !g.dir {
		return g.diff(g.loc, want[""].data, got[""].data)
	}
	var b strings.Builder
	b.WriteString(count(list) + ":\n" + fileList(list))
	shown := 0
	for _, c := range list {
		if c.verb != "changed" || want[c.path].link || got[c.path].link {
			continue
		}
		if shown++; shown <= maxChanged {
			b.WriteString(cut(g.diff(g.loc+"/"+c.path, want[c.path].data, got[c.path].data), maxLines/maxChanged))
		}
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
