package store

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"testing"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/since"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// Mapped bytes are private, are made once for a process, and are checked until
// the file has been left alone long enough for its times to be trusted.
func TestMapObject(t *testing.T) {
	cs := newClockStore(t)
	began := time.Now()
	cs.now = func() time.Time { return began } // whatever the disk takes
	data := bytes.Repeat([]byte("fixture "), mapFrom/8+1)
	ref, err := cs.PutObject(data)
	if err != nil {
		t.Fatal(err)
	}
	got, ok, err := cs.MapObject(ref)
	if err != nil {
		t.Fatal(err)
	}
	if !ok {
		t.Skip("this system maps no files")
	}
	if !bytes.Equal(got, data) {
		t.Error("other bytes")
	}
	clear(got)
	if _, ok, err := cs.MapObject(ref); ok || err != nil {
		t.Errorf("mapped twice: %v", err)
	}
	if again, err := cs.ReadObject(ref); err != nil || !bytes.Equal(again, data) {
		t.Errorf("a write to the mapping reached the file: %v", err)
	}
	if _, err := os.Stat(cs.sealPath(ref.ID)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a fresh object was sealed: %v", err)
	}

	path := cs.objectPath(ref.ID)
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(path, old, old); err != nil {
		t.Fatal(err)
	}
	cs.now = func() time.Time { return time.Now().Add(time.Minute) }
	cs.mapped.Clear()
	if _, ok, err := cs.MapObject(ref); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if _, err := os.Stat(cs.sealPath(ref.ID)); err != nil {
		t.Error("an old object was not sealed:", err)
	}
	skipCoarse(t, path)
	since.Now().Settle() // what is changed gets another change time
	data[len(data)/2]++
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, old, old); err != nil {
		t.Fatal(err)
	}
	cs.mapped.Clear()
	if _, ok, err := cs.MapObject(ref); ok || !errors.Is(err, ErrDamaged) {
		t.Errorf("damage behind a seal: %v, %v", ok, err)
	}
}

// A big object that has a seal is not checked again, until its file looks
// otherwise, by its change time alone too.
func TestReadSealed(t *testing.T) {
	cs := newClockStore(t)
	cs.now = func() time.Time { return time.Now().Add(time.Minute) }
	data := bytes.Repeat([]byte("fixture "), mapFrom/8+1)
	ref, err := cs.PutObject(data)
	if err != nil {
		t.Fatal(err)
	}
	f, st, err := cs.openObject(ref)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := cs.checkSealed(ref, f, st); err != nil {
		t.Fatal(err)
	}
	if !sealed(cs.sealPath(ref.ID), st) {
		t.Skip("this system has no change times")
	}
	if got, err := cs.ReadObject(ref); err != nil || !bytes.Equal(got, data) {
		t.Errorf("other bytes, %v", err)
	}
	if got, err := cs.ReadObject(ObjectRef{ref.ID, ref.Size, ref.Sum + 1}); err != nil || !bytes.Equal(got, data) {
		t.Errorf("checked again, %v", err)
	}
	path := cs.objectPath(ref.ID)
	skipCoarse(t, path)
	since.Now().Settle() // what is changed gets another change time
	data[len(data)/2]++
	if err := errors.Join(os.Chmod(path, 0o600), os.WriteFile(path, data, 0o600), os.Chtimes(path, unlogged.Time(st.ModTime), unlogged.Time(st.ModTime))); err != nil {
		t.Fatal(err)
	}
	if _, err := cs.ReadObject(ref); !errors.Is(err, ErrDamaged) {
		t.Errorf("damage behind a seal: %v", err)
	}
}

// TestPutReplacesSpoilt: an object of the right size and wrong content is
// replaced when it is put again, whichever way, small or large.
func TestPutReplacesSpoilt(t *testing.T) {
	for _, size := range []int{100, cloneFrom + 1} {
		for name, put := range map[string]func(s *Store, path string, data []byte) error{
			"object": func(s *Store, _ string, data []byte) error { _, err := s.PutObject(data); return err },
			"file": func(s *Store, path string, _ []byte) error {
				b := s.NewBatch()
				_, err := b.PutFile(path, nil)
				return errors.Join(err, b.Commit())
			},
		} {
			cs := newClockStore(t)
			cs.now = time.Now
			data := bytes.Repeat([]byte("x"), size)
			file, path := t.TempDir()+"/file", cs.objectPath(Ref(data).ID)
			if err := errors.Join(os.WriteFile(file, data, 0o600), put(cs.Store, file, data)); err != nil {
				t.Fatal(err)
			}
			spoilt := append([]byte("y"), data[1:]...)
			if err := errors.Join(os.Chmod(path, 0o600), os.WriteFile(path, spoilt, 0o600), put(cs.Store, file, data)); err != nil {
				t.Fatal(err)
			}
			if _, err := cs.ReadObject(Ref(data)); err != nil {
				t.Errorf("%s of %d bytes: %v", name, size, err)
			}
		}
	}
}

// skipCoarse ends a test, whose clock is ahead of the file system's, where that
// counts whole seconds: it has sealed what was written within the same one.
func skipCoarse(t *testing.T, path string) {
	t.Helper()
	if st, err := unlogged.StatPath(path); err != nil || st.ChangeTime%1e9 == 0 {
		t.Skipf("change times are whole seconds here (%v)", err)
	}
}
