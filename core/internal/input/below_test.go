package input

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/logged"
	"github.com/fixturecache/fixturecache/core/internal/since"
)

// TestBelow holds what is said of the files of a tree to what reading them says, after
// each kind of change.
func TestBelow(t *testing.T) {
	old := time.Now().Add(-time.Hour)
	write := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, old, old); err != nil {
			t.Fatal(err)
		}
	}
	changes := map[string]func(dir string) error{
		"nothing":      func(dir string) error { return nil },
		"content":      func(dir string) error { write(filepath.Join(dir, "a/one"), "1!"); return nil },
		"same content": func(dir string) error { write(filepath.Join(dir, "a/one"), "11"); return nil },
		"mode":         func(dir string) error { return os.Chmod(filepath.Join(dir, "b/c/three"), 0o755) },
		"added":        func(dir string) error { write(filepath.Join(dir, "b/new"), ""); return nil },
		"removed":      func(dir string) error { return os.Remove(filepath.Join(dir, "a/two")) },
		"a link":       func(dir string) error { return relink("one", filepath.Join(dir, "a/two")) },
		"other link":   func(dir string) error { return relink("two", filepath.Join(dir, "a/link")) },
		"a directory": func(dir string) error {
			os.Remove(filepath.Join(dir, "a/two"))
			return os.Mkdir(filepath.Join(dir, "a/two"), 0o755)
		},
		"a file": func(dir string) error {
			os.RemoveAll(filepath.Join(dir, "b"))
			write(filepath.Join(dir, "b"), "")
			return nil
		},
		"all of it": os.RemoveAll,
		"moved": func(dir string) error {
			os.Rename(filepath.Join(dir, "a"), filepath.Join(dir, "x"))
			return os.Rename(filepath.Join(dir, "b"), filepath.Join(dir, "a"))
		},
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			dir := filepath.Join(root, "data")
			for _, sub := range []string{"a", "b/c"} {
				if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			write(filepath.Join(dir, "a/one"), "11")
			write(filepath.Join(dir, "a/two"), "22")
			write(filepath.Join(dir, "b/c/three"), "33")
			write(filepath.Join(dir, "top"), "44")
			if err := relink("one", filepath.Join(dir, "a/link")); err != nil {
				t.Skip(err) // Windows lets few people make one
			}
			if _, err := os.Readlink(filepath.Join(dir, "a/link")); err != nil {
				t.Skip(err) // Wine makes none, and does not say so
			}
			later := time.Now().Add(time.Minute) // nothing was changed just now
			w := &World{Root: logged.Root{Lexical: root, Physical: root}, Dir: root, Clock: func() time.Time { return later }}
			ins, err := w.Expand("data/", nil, nil)
			if err != nil || len(ins) != 11 {
				t.Fatal(len(ins), err)
			}
			since.Now().Settle() // what is changed gets another change time
			if err := change(dir); err != nil {
				t.Fatal(err)
			}
			tree := Tree{World: w}
			defer tree.Close()
			still := 0
			for i := range ins {
				in, old := &ins[i], (*Input)(nil)
				if in.Stat.ChangeTime == 0 {
					old = in // not all is seen without a change time
				}
				if in.Kind == File && tree.IsStill(in) {
					still++
					if now := w.FileAt(in.Name, in.Flags, old); now.Digest != in.Digest || now.Stat != in.Stat {
						t.Errorf("%s is said to be as it was: %+v, want %+v", in.Name, now, in)
					}
				}
			}
			if name == "nothing" && still != 4 { // all but the link
				t.Errorf("%d files are as they were", still)
			}
		})
	}
}

// TestNames: what is added to a directory, or takes the place of what was in it, is
// seen though the directory's modification time is as before, as FAT leaves it on
// Windows and as who unpacks an archive restores it.
func TestNames(t *testing.T) {
	old := time.Now().Add(-time.Hour)
	root := t.TempDir()
	dir := filepath.Join(root, "data")
	add := func(name string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(dir, old, old); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	add("one")
	later := time.Now().Add(time.Minute) // nothing was changed just now
	w := &World{Root: logged.Root{Lexical: root, Physical: root}, Dir: root, Clock: func() time.Time { return later }}
	ins, err := w.Expand("data/", nil, nil)
	if err != nil || len(ins) != 4 {
		t.Fatal(ins, err)
	}
	was := w.DirAt("data", 0, nil)
	if is := w.DirAt("data", 0, &was); is.Digest != was.Digest {
		t.Errorf("%+v, want %+v", is, was)
	}
	since.Now().Settle() // what is changed gets another change time
	add("two")
	if is := w.DirAt("data", 0, &was); is.Detail != "one\ntwo" {
		t.Errorf("the directory has %q", is.Detail)
	}
	for i := range ins {
		if ins[i].Kind == Walk && w.WalkAt(&ins[i]) {
			t.Errorf("the directory is said to have the names that it had")
		}
	}
}

// TestLinkToSame: a link that gets another target is another one, though it leads to the
// file to which it led, as filepath.EvalSymlinks tells.
func TestLinkToSame(t *testing.T) {
	root := t.TempDir()
	if err := os.Mkdir(filepath.Join(root, "dir"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "dir", "file"), []byte("1"), 0o644); err != nil {
		t.Fatal(err)
	}
	later := time.Now().Add(time.Minute) // nothing was changed just now
	w := &World{Root: logged.Root{Lexical: root, Physical: root}, Dir: root, Clock: func() time.Time { return later }}
	for _, target := range []string{"dir", "dir/file"} {
		link := filepath.Join(root, "link")
		for _, other := range []string{"./" + target, filepath.Join(root, target)} {
			if err := relink(target, link); err != nil {
				t.Skip(err) // Windows lets few people make one
			}
			was := w.FileAt("link", 0, nil)
			if is := w.FileAt("link", 0, &was); is.Digest != was.Digest {
				t.Errorf("%+v, want %+v", is, was)
			}
			if err := relink(other, link); err != nil {
				t.Fatal(err)
			}
			if is := w.FileAt("link", 0, &was); is.Digest == was.Digest || parseFound(is.Detail).link != other {
				t.Errorf("a link to %s is %+v", other, is)
			}
		}
	}
}

func relink(target, path string) error {
	os.Remove(path)
	return os.Symlink(target, path)
}
