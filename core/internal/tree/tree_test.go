package tree

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/since"
	"github.com/fixturecache/fixturecache/core/internal/store"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

func openStore(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Open(filepath.Join(t.TempDir(), "store"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// put scans and stores a directory.
func put(t *testing.T, s *store.Store, dir string) *Manifest {
	t.Helper()
	m, err := Scan(dir)
	if err != nil {
		t.Fatal(err)
	}
	b := s.NewBatch()
	if err := Refer(m, dir, b.PutFile, func(*Entry) Tap { return nil }); err != nil {
		t.Fatal(err)
	}
	if err := b.Commit(); err != nil {
		t.Fatal(err)
	}
	return m
}

// fill makes a tree with some of everything that is kept.
func fill(t *testing.T, dir string) {
	t.Helper()
	for _, sub := range []string{"a/b/c", "empty", "a.d"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for name, mode := range map[string]fs.FileMode{"a/x": 0o644, "a/b/c/run": 0o755, "a.d/secret": 0o400, "zero": 0o600, "a-b": 0o644} {
		data := []byte(name)
		if name == "zero" {
			data = nil
		}
		if name == "a-b" {
			data = bytes.Repeat([]byte("large "), 500_000) // more than a piece
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(filepath.Join(dir, name), mode); err != nil {
			t.Fatal(err)
		}
	}
	os.Chmod(filepath.Join(dir, "empty"), 0o700)
	for name, target := range map[string]string{"link": "a/x", "a/b/up": "../../zero", "a/dangling": "nowhere", "a/b/dir": "./c/"} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestRoundTrip(t *testing.T) {
	s, dir, out := openStore(t), t.TempDir(), t.TempDir()
	fill(t, dir)
	os.Chmod(dir, 0o750)
	m, err := Decode(put(t, s, dir).Encode())
	if err != nil {
		t.Fatal(err)
	}
	if err := write(s, m, out, ModeMask); err != nil {
		t.Fatal(err)
	}
	again := put(t, s, out)
	if !reflect.DeepEqual(m, again) {
		t.Errorf("what came back differs:\n%+v\n%+v", m, again)
	}
	if runtime.GOOS == "windows" {
		return // a mode says only whether a file is read-only
	}
	for name, want := range map[string]fs.FileMode{"a/b/c/run": 0o755, "a.d/secret": 0o400, "empty": fs.ModeDir | 0o700, ".": fs.ModeDir | 0o750} {
		if info, err := os.Stat(filepath.Join(out, name)); err != nil || info.Mode() != want {
			t.Errorf("%s: mode %v, %v; want %v", name, info.Mode(), err, want)
		}
	}
}

func TestEqualFilesAreStoredOnce(t *testing.T) {
	s, dir := openStore(t), t.TempDir()
	fill(t, dir)
	m := put(t, s, dir)
	before := objects(t, s)
	if err := os.WriteFile(filepath.Join(dir, "a/x"), []byte("changed"), 0o644); err != nil {
		t.Fatal(err)
	}
	if len(m.Objects()) != 5 || before != 5 {
		t.Fatalf("%d files, %d objects", len(m.Objects()), before)
	}
	put(t, s, dir)
	if after := objects(t, s); after != before+1 {
		t.Errorf("one file changed, %d objects were added", after-before)
	}
}

func objects(t *testing.T, s *store.Store) (n int) {
	t.Helper()
	filepath.WalkDir(filepath.Join(s.Root(), "v1", "objects"), func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return nil
	})
	return n
}

func TestScanRefuses(t *testing.T) {
	for _, test := range []struct {
		want  string
		spoil func(dir string) error
	}{
		{`link "out" leads out of the tree (/etc/passwd)`, func(dir string) error { return os.Symlink("/etc/passwd", filepath.Join(dir, "out")) }},
		{`link "a/out" leads out of the tree (../../x)`, func(dir string) error { return os.Symlink("../../x", filepath.Join(dir, "a/out")) }},
		{`link "a/out" may lead out of the tree: behind a name it goes up (b/..)`, func(dir string) error { return os.Symlink("b/..", filepath.Join(dir, "a/out")) }},
	} {
		dir := t.TempDir()
		fill(t, dir)
		if err := test.spoil(dir); err != nil {
			t.Fatal(err)
		}
		if st, err := os.Lstat(filepath.Join(dir, "link")); err != nil || st.Mode()&os.ModeSymlink == 0 {
			t.Skip("no symbolic links here")
		}
		if _, err := Scan(dir); err == nil || err.Error() != test.want {
			t.Errorf("got %v, want %s", err, test.want)
		}
	}
}

// hostile are manifests that no Scan makes, each with why it is refused.
func hostile() map[string]*Manifest {
	file := func(path string) Entry { return Entry{Path: path, Kind: File, Mode: 0o644, Ref: store.Ref(nil)} }
	link := func(path, target string) Entry { return Entry{Path: path, Kind: Link, Target: target} }
	dir := func(path string) Entry { return Entry{Path: path, Kind: Dir, Mode: 0o755} }
	var deep []Entry
	for i := range maxDepth + 2 {
		deep = append(deep, dir(strings.Repeat("d/", i)+"d"))
	}
	bad := map[string][]Entry{
		"absolute":              {file("/etc/cron.d/x")},
		"parent":                {file("../x")},
		"parent within":         {dir("a"), file("a/../../x")},
		"dot":                   {file("./x")},
		"empty name":            {file("a//x")},
		"empty path":            {file("")},
		"NUL":                   {file("a\x00b")},
		"twice":                 {file("x"), file("x")},
		"out of order":          {file("y"), file("x")},
		"below a file":          {file("a"), file("a/x")},
		"below a link":          {link("a", "b"), file("a/x")},
		"below nothing":         {file("a/x")},
		"absolute link":         {link("a", "/etc")},
		"link up":               {link("a", "..")},
		"link up from below":    {dir("a"), link("a/b", "../../x")},
		"link up behind a name": {dir("a"), link("a/b", "c/../../..")},
		"link up by a link":     {dir("p"), dir("p/q"), link("p/q/e", "../s/../.."), link("p/s", "../t"), dir("t")},
		"empty link":            {link("a", "")},
		"setuid":                {{Path: "a", Kind: File, Mode: fs.FileMode(0o4755)}},
		"world-writable":        {{Path: "a", Kind: File, Mode: 0o777}},
		"device":                {{Path: "a", Kind: 'c', Mode: 0o644}},
		"negative size":         {{Path: "a", Kind: File, Ref: store.ObjectRef{Size: -1}}},
		"sizes overflow":        {{Path: "a", Kind: File, Ref: store.ObjectRef{Size: 1<<63 - 1}}, {Path: "b", Kind: File, Ref: store.ObjectRef{Size: 1<<63 - 1}}},
		"too deep":              deep,
		"too long a name":       {file(strings.Repeat("n", maxName+1))},
	}
	ms := map[string]*Manifest{}
	for why, entries := range bad {
		ms[why] = &Manifest{Entries: entries}
	}
	ms["one file that is two"] = &Manifest{Single: true, Entries: []Entry{file("a"), file("b")}}
	ms["one file that is a link"] = &Manifest{Single: true, Entries: []Entry{link("a", "b")}}
	return ms
}

func TestHostileManifests(t *testing.T) {
	for why, m := range hostile() {
		if _, err := Decode(m.Encode()); !errors.Is(err, ErrManifest) {
			t.Errorf("%s: accepted (%v)", why, err)
		}
	}
	good := (&Manifest{Entries: []Entry{{Path: "a", Kind: File, Ref: store.Ref([]byte("abc"))}}}).Encode()
	for n := range good {
		if _, err := Decode(good[:n]); err == nil {
			t.Errorf("%d of %d bytes are accepted", n, len(good))
		}
	}
	if _, err := Decode(append(bytes.Clone(good), 0)); err == nil {
		t.Error("bytes behind the end are accepted")
	}
	small := bytes.Clone(good)
	small[len(magic)+3] = 2 // declares 2 bytes, its file has 3
	if _, err := Decode(small); err == nil || !strings.Contains(err.Error(), "not the 2 declared") {
		t.Errorf("over the declared size: %v", err)
	}
	many := append([]byte(magic), 0, 0, 0xff, 0xff, 0xff, 0xff, 0x0f)
	if _, err := Decode(append(many, make([]byte, 1000)...)); err == nil {
		t.Error("more entries than there are bytes are accepted")
	}
}

// Whatever Decode accepts must be written below the target, or not at all.
func FuzzManifest(f *testing.F) {
	for _, m := range hostile() {
		f.Add(m.Encode())
	}
	s, err := store.Open(filepath.Join(f.TempDir(), "store"))
	if err != nil {
		f.Fatal(err)
	}
	b := s.NewBatch()
	empty := filepath.Join(f.TempDir(), "empty")
	os.WriteFile(empty, nil, 0o644)
	b.PutFile(empty, nil)
	if err := b.Commit(); err != nil {
		f.Fatal(err)
	}
	f.Add((&Manifest{Entries: []Entry{{Path: "a", Kind: Dir, Mode: 0o700}, {Path: "a/l", Kind: Link, Target: "../b"},
		{Path: "b", Kind: File, Mode: 0o644, Ref: store.Ref(nil)}}}).Encode())
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Decode(data)
		if err != nil || len(m.Entries) > 100 {
			return
		}
		outer := t.TempDir()
		dir := filepath.Join(outer, "1", "2", "target")
		os.MkdirAll(dir, 0o700)
		if write(s, m, dir, ModeMask) == nil {
			again, err := Scan(dir)
			if err != nil || len(again.Entries) != len(m.Entries) {
				t.Errorf("written is not what was decoded: %v", err)
			}
		}
		for _, up := range []string{"", "1", "1/2"} {
			if entries, _ := os.ReadDir(filepath.Join(outer, up)); len(entries) != 1 {
				t.Fatalf("%v was written outside of the target", entries)
			}
		}
		// No link may resolve to something outside either.
		for i := range m.Entries {
			real, err := filepath.EvalSymlinks(filepath.Join(dir, m.Entries[i].Path))
			if err == nil && !strings.HasPrefix(real+string(os.PathSeparator), dir+string(os.PathSeparator)) {
				t.Fatalf("%s leads to %s", m.Entries[i].Path, real)
			}
		}
	})
}

func TestInPlace(t *testing.T) {
	s, dir := openStore(t), t.TempDir()
	fill(t, dir)
	m := put(t, s, dir)
	id := store.Ref(m.Encode()).ID
	get := func() string {
		t.Helper()
		path, release, err := inPlace(s, m, id)
		if err != nil {
			t.Fatal(err)
		}
		release()
		return path
	}
	path := get()
	defer unlogged.RemoveAll(path)
	file := filepath.Join(path, "a/x")
	first, _ := os.Stat(file)
	if first.Mode() != 0o444 {
		t.Errorf("mode of a file in place is %v", first.Mode())
	}
	if get(); !same(t, first, file) {
		t.Error("an intact tree was made again")
	}
	for name, spoil := range map[string]func() error{
		"rewritten": func() error { os.Chmod(file, 0o644); return os.WriteFile(file, []byte("b/y"), 0) },
		"added":     func() error { os.Chmod(path, 0o755); return os.WriteFile(filepath.Join(path, "more"), nil, 0o644) },
		"mode":      func() error { return os.Chmod(file, 0o755) },
		"large": func() error {
			large := filepath.Join(path, "a-b")
			os.Chmod(large, 0o644)
			return os.WriteFile(large, []byte("small"), 0)
		},
	} {
		if err := spoil(); err != nil {
			t.Fatal(err)
		}
		get()
		if data, err := os.ReadFile(file); err != nil || string(data) != "a/x" {
			t.Errorf("%s: then %q, %v", name, data, err)
		}
	}
}

// TestOwnerCanDelete: rm -rf and git clean can remove a store with a tree in place,
// whatever modes its directories were made with.
func TestOwnerCanDelete(t *testing.T) {
	s, dir := openStore(t), t.TempDir()
	sub := filepath.Join(dir, "sub")
	if err := errors.Join(os.Mkdir(sub, 0o755), os.WriteFile(filepath.Join(sub, "x"), nil, 0o644), os.Chmod(sub, 0o555)); err != nil {
		t.Fatal(err)
	}
	m := put(t, s, dir)
	_, release, err := inPlace(s, m, store.Ref(m.Encode()).ID)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	err = filepath.WalkDir(s.Root(), func(path string, d fs.DirEntry, err error) error {
		if info, ierr := d.Info(); err == nil && ierr == nil && d.IsDir() && info.Mode().Perm()&0o700 != 0o700 {
			t.Errorf("%s has the mode %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestTreesShareAFile: of two trees in place that have a large file in common
// neither is taken for spoilt, or made again, when the other is made or spoilt, or
// when the object is used.
func TestTreesShareAFile(t *testing.T) {
	s := openStore(t)
	var manifests []*Manifest
	var ids []store.ObjectID
	content := bytes.Repeat([]byte("large"), 1<<20)
	for _, name := range []string{"one", "two"} {
		dir := t.TempDir()
		if err := errors.Join(os.WriteFile(filepath.Join(dir, name), nil, 0o644), os.WriteFile(filepath.Join(dir, "large"), content, 0o644)); err != nil {
			t.Fatal(err)
		}
		m := put(t, s, dir)
		manifests, ids = append(manifests, m), append(ids, store.Ref(m.Encode()).ID)
	}
	held := func(i int) (path string) {
		t.Helper()
		path, release, err := inPlace(s, manifests[i], ids[i])
		if err != nil {
			t.Fatal(err)
		}
		release()
		return path
	}
	one := held(0)
	first, _ := os.Stat(filepath.Join(one, "large"))
	two := filepath.Join(held(1), "large")
	object := filepath.Join(s.Root(), "v1/objects", "*", manifests[0].Objects()[0].ID.String())
	if objects, _ := filepath.Glob(object); len(objects) != 1 || os.Chtimes(objects[0], time.Now(), time.Now()) != nil {
		t.Fatal("no object", object)
	}
	info, _ := os.Stat(two)
	since.Now().Settle() // what is changed gets another change time
	os.Chmod(two, 0o644)
	f, err := os.OpenFile(two, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.WriteString("other")
	f.Close()
	os.Chmod(two, 0o444)
	if runtime.GOOS != "windows" { // which keeps no change time
		os.Chtimes(two, info.ModTime(), info.ModTime())
	}
	for i := range manifests {
		if data, err := os.ReadFile(filepath.Join(held(i), "large")); err != nil || !bytes.Equal(data, content) {
			t.Errorf("tree %d has %d other bytes, %v", i, len(data), err)
		}
	}
	if !same(t, first, filepath.Join(one, "large")) {
		t.Error("the tree was made again")
	}
}

func same(t *testing.T, info fs.FileInfo, path string) bool {
	t.Helper()
	now, err := os.Stat(path)
	return err == nil && os.SameFile(info, now) && now.ModTime().Equal(info.ModTime())
}

func TestTreeInUseStays(t *testing.T) {
	s, dir := openStore(t), t.TempDir()
	fill(t, dir)
	m := put(t, s, dir)
	id := store.Ref(m.Encode()).ID
	_, release, err := inPlace(s, m, id)
	if err != nil {
		t.Fatal(err)
	}
	if s.RemoveTree(id) {
		t.Error("a tree in use was removed")
	}
	release()
	if _, err := os.Stat(s.TreeDir(id)); err != nil {
		t.Error(err)
	}
	removed := s.RemoveTree(id)
	if _, err := os.Stat(s.TreeDir(id)); !removed || !os.IsNotExist(err) {
		t.Error("a tree that nobody uses was kept")
	}
}
