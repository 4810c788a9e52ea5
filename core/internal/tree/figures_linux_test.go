package tree

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/store"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// TestFigures stores and copies 10,000 files and a file of 1 GiB, compares what
// comes back, and prints what it takes beside os.CopyFS and cp, on the file
// system of the temporary directory and on XFS, which shares blocks:
//
//	TREE_FIGURES=1 go test -v -run Figures ./core/internal/tree
func TestFigures(t *testing.T) {
	if os.Getenv("TREE_FIGURES") == "" {
		t.Skip("writes gigabytes: set TREE_FIGURES=1")
	}
	t.Run("tmp", func(t *testing.T) { figures(t, t.TempDir(), false) })
	t.Run("xfs", func(t *testing.T) { figures(t, mountXFS(t), true) })
}

// mountXFS mounts a new XFS file system from a sparse file.
func mountXFS(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("mkfs.xfs"); err != nil {
		if os.Getenv("CI") == "true" && os.Getuid() == 0 {
			t.Fatal("mkfs.xfs is missing: install xfsprogs")
		}
		t.Skip("mkfs.xfs is missing: install xfsprogs")
	}
	image, dir := filepath.Join(t.TempDir(), "image"), t.TempDir()
	if err := os.WriteFile(image, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(image, 8<<30); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"mkfs.xfs", "-q", image}, {"mount", "-o", "loop", image, dir}} {
		if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
			t.Skipf("no loop mount here: %v: %v\n%s", args, err, out)
		}
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	})
	return dir
}

// gigabyte is the size of the large file.
const gigabyte = 1 << 30

func figures(t *testing.T, dir string, clones bool) {
	s, err := store.Open(filepath.Join(dir, "store"))
	if err != nil {
		t.Fatal(err)
	}
	many, large, small := filepath.Join(dir, "many"), filepath.Join(dir, "large"), filepath.Join(dir, "small")
	makeMany(t, many)
	makeFile(t, large, gigabyte)
	makeFile(t, small, 1<<10)
	manifests := map[string]*Manifest{}
	for _, src := range []string{many, large, small} {
		start := time.Now()
		m := put(t, s, src)
		manifests[src] = m
		t.Logf("%s: %d files, %d bytes stored in %v", filepath.Base(src), len(m.Objects()), m.Size(), took(start))
	}
	time.Sleep(2*time.Second + 100*time.Millisecond) // seals are for what has been left alone
	for _, src := range []string{many, large} {
		m := manifests[src]
		first := copyOnce(t, s, m, filepath.Join(dir, "first"))
		second := copyOnce(t, s, m, filepath.Join(dir, "second"))
		if got, err := Scan(filepath.Join(dir, "second")); err != nil || !sameShape(got, m) || differ(src, filepath.Join(dir, "second")) {
			t.Errorf("%s: what came back is not what was stored: %v", src, err)
		}
		copyFS := timed(t, func() error { return os.CopyFS(filepath.Join(dir, "copyfs"), os.DirFS(src)) })
		cp := timed(t, func() error { return exec.Command("cp", "-r", "--reflink=auto", src, filepath.Join(dir, "cp")).Run() })
		t.Logf("%s: first copy %v, second %v; os.CopyFS %v (%.2f times that), cp -r --reflink=auto %v (%.2f)", filepath.Base(src),
			first, second, copyFS, ratio(second, copyFS), cp, ratio(second, cp))
		if clones && src == large && second > copyFS/2 {
			t.Errorf("1 GiB was copied, not cloned: %v", second)
		}
		for _, name := range []string{"first", "second", "copyfs", "cp"} {
			os.RemoveAll(filepath.Join(dir, name))
		}
	}
	place := map[string]time.Duration{}
	for _, src := range []string{small, large} {
		m := manifests[src]
		id := store.Ref(m.Encode()).ID
		for range 2 { // the first time it is made
			place[src] = timed(t, func() error {
				_, release, err := inPlace(s, m, id)
				if err == nil {
					release()
				}
				return err
			})
		}
		defer unlogged.RemoveAll(s.TreeDir(id))
	}
	t.Logf("in place: 1 KiB %v, 1 GiB %v", place[small], place[large])
	if place[large] > 20*place[small]+10*time.Millisecond {
		t.Error("in place, a large file costs more than a small one")
	}
}

func copyOnce(t *testing.T, s *store.Store, m *Manifest, dir string) time.Duration {
	t.Helper()
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return timed(t, func() error { return write(s, m, dir, ModeMask) })
}

func makeMany(t *testing.T, dir string) {
	t.Helper()
	for d := range 100 {
		sub := filepath.Join(dir, fmt.Sprint(d))
		if err := os.MkdirAll(sub, 0o755); err != nil {
			t.Fatal(err)
		}
		for f := range 100 {
			data := bytes.Repeat(fmt.Appendf(nil, "%d/%d ", d, f), 600) // some 4 KiB
			if err := os.WriteFile(filepath.Join(sub, fmt.Sprint(f)), data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := os.Symlink("0/0", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
}

func makeFile(t *testing.T, dir string, size int) {
	t.Helper()
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(filepath.Join(dir, "file"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	block := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	for n := 0; n < size; n += len(block) {
		copy(block, fmt.Sprint(n))
		if _, err := f.Write(block[:min(len(block), size-n)]); err != nil {
			t.Fatal(err)
		}
	}
}

// differ compares contents by another program than ours.
func differ(a, b string) bool {
	return exec.Command("diff", "-r", "--no-dereference", a, b).Run() != nil
}

// sameShape compares all but the references.
func sameShape(a, b *Manifest) bool {
	strip := func(m *Manifest) (out []Entry) {
		for _, e := range m.Entries {
			e.Ref = store.ObjectRef{Size: e.Ref.Size}
			out = append(out, e)
		}
		return out
	}
	return reflect.DeepEqual(strip(a), strip(b))
}

func timed(t *testing.T, do func() error) time.Duration {
	t.Helper()
	start := time.Now()
	if err := do(); err != nil {
		t.Fatal(err)
	}
	return took(start)
}

func took(start time.Time) time.Duration { return time.Since(start).Round(10 * time.Microsecond) }

func ratio(a, b time.Duration) float64 { return float64(a) / float64(b) }
