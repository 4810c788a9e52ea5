//go:build linux && amd64

package faults

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// A plant is what somebody has put in the place of something of ours.
type plant struct {
	path string
	kind
}

type kind struct {
	name string
	put  func(path, precious string) error
}

func foreign(path string, err error) error {
	return errors.Join(err, os.Lchown(path, 12345, 12345))
}

// kinds of plants; precious is a directory of the user's, with a file f.
var kinds = []kind{
	{"a link to a directory", func(path, precious string) error { return os.Symlink(precious, path) }},
	{"a link to a file", func(path, precious string) error { return os.Symlink(precious+"/f", path) }},
	{"a link to nothing", func(path, precious string) error { return os.Symlink(precious+"/none", path) }},
	{"another's link", func(path, precious string) error { return foreign(path, os.Symlink(precious, path)) }},
	{"a FIFO", func(path, _ string) error { return syscall.Mkfifo(path, 0o600) }},
	{"a device", func(path, _ string) error { return syscall.Mknod(path, syscall.S_IFCHR|0o600, 1<<8|5) }}, // /dev/zero
	{"a directory", func(path, _ string) error { return os.Mkdir(path, 0o700) }},
	{"a file", func(path, _ string) error { return os.WriteFile(path, []byte("planted"), 0o600) }},
	{"another's directory", func(path, _ string) error { return foreign(path, os.Mkdir(path, 0o777)) }},
	{"another's file", func(path, _ string) error { return foreign(path, os.WriteFile(path, []byte("planted"), 0o666)) }},
}

// plantsIn are all kinds of plants at each path that fixtures make, but for those
// whose names are random, which nobody can put anything at first.
func plantsIn(t *testing.T, r *room) (all []plant) {
	made := [2]map[string]bool{{}, {}}
	var order []string
	for i := range made {
		r.begin(t)
		o := r.run(t, fault{counts: r.ours}, r.testArgs(fixtures)...)
		if !o.ok() {
			t.Errorf("%v\n%s", o.status, o.output)
		}
		for _, c := range o.seen {
			if c.makes && !made[i][c.path] {
				made[i][c.path] = true
				if i == 1 && made[0][c.path] {
					order = append(order, c.path)
				}
			}
		}
	}
	for i, path := range order {
		for k, kind := range kinds {
			if path == r.store && k == 0 {
				continue // the user may keep the store elsewhere
			}
			if long() || k == i%len(kinds) || (i+k)%3 == 0 {
				all = append(all, plant{path, kind})
			}
		}
	}
	return all
}

// TestPlants puts links, FIFOs, devices and what belongs to others at each path
// that fixtures make: no test fails or waits, and what the links lead to is not
// touched.
func TestPlants(t *testing.T) {
	whole(t)
	needsRoot(t)
	var c count
	paths := 0
	find := func(r *room) []plant {
		all := plantsIn(t, r)
		paths = len(all)
		return all
	}
	inRooms(t, "", find, func(r *room, p plant) {
		r.begin(t)
		precious := filepath.Join(r.root, "precious")
		removeAll(precious)
		err := errors.Join(os.MkdirAll(filepath.Join(precious, "objects", "ab"), 0o755), os.MkdirAll(filepath.Join(precious, "ABCDEFGHIJKL"), 0o755),
			os.WriteFile(filepath.Join(precious, "f"), []byte("precious"), 0o644), os.WriteFile(filepath.Join(precious, "objects", "ab", "f"), []byte("precious"), 0o644))
		before := digestOf(t, precious)
		if _, there := os.Lstat(p.path); there != nil {
			err = errors.Join(err, os.MkdirAll(filepath.Dir(p.path), 0o700), p.put(p.path, precious))
		}
		if err != nil {
			t.Error(err)
			return
		}
		what := fmt.Sprintf("%s at %s", p.name, p.path)
		o := r.run(t, fault{}, r.testArgs(fixtures)...)
		c.add(&c.cases)
		c.add(&c.reached)
		c.judge(t, what, o)
		if digestOf(t, precious) != before {
			c.add(&c.changed)
			t.Errorf("%s: what it leads to is touched\n%s", what, o.output)
		}
		os.RemoveAll(p.path)
		removeAll(r.tmp)
		if err := os.MkdirAll(r.tmp, 0o755); err != nil {
			t.Error(err)
		}
		if out, err := r.exec([]string{"/bin/chown", "-hR", "0:0", r.root}); err != nil { // what was made in another's directory
			t.Error(out)
		}
		c.afterFault(t, r, what, fixtures)
	})
	t.Logf("%d plants: %v", paths, &c)
}

// digestOf is of all that is in a directory, its times included.
func digestOf(t *testing.T, dir string) (sum [sha256.Size]byte) {
	t.Helper()
	h := sha256.New()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		fmt.Fprintln(h, path, info.Mode(), info.ModTime(), info.Sys().(*syscall.Stat_t).Uid)
		if d.Type().IsRegular() {
			data, err := os.ReadFile(path)
			h.Write(data)
			return err
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// TestOtherFormats has stores of other formats beside ours: they are left alone,
// whatever is done to ours.
func TestOtherFormats(t *testing.T) {
	r := newRoom(t)
	r.heat(t, fixtures)
	r.begin(t)
	var before [2][sha256.Size]byte
	others := []string{filepath.Join(r.store, "v0"), filepath.Join(r.store, "v2")}
	for i, other := range others {
		if out, err := r.exec([]string{"/bin/cp", "-a", filepath.Join(r.store, "v1"), other}); err != nil {
			t.Fatal(out)
		}
		before[i] = digestOf(t, other)
	}
	var c count
	for _, argv := range [][]string{r.testArgs(fixtures), {r.command, "trim", "-max", "1"}, r.testArgs(fixtures), {r.command, "clean"}, {r.command, "list"}, r.testArgs(fixtures)} {
		c.add(&c.cases)
		c.judge(t, fmt.Sprint(argv), r.run(t, fault{}, argv...))
	}
	for i, other := range others {
		if digestOf(t, other) != before[i] {
			t.Errorf("%s is touched", other)
		}
	}
	t.Log(&c)
}
