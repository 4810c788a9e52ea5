package store

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"testing"
	"time"
)

// Mapped bytes are private, are made once for a process, and are checked until
// the file has been left alone long enough for its times to be trusted.
func TestMapObject(t *testing.T) {
	cs := newClockStore(t)
	cs.now = time.Now
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
	f, err := cs.OpenObject(ref)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, ok := cs.readSealed(ref); ok {
		t.Error("read unchecked without a seal")
	}
	if err := cs.checkSealed(ref, f); err != nil {
		t.Fatal(err)
	}
	got, ok := cs.readSealed(ref)
	if !ok {
		t.Skip("this system has no change times")
	}
	if !bytes.Equal(got, data) {
		t.Error("other bytes")
	}
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	path := cs.objectPath(ref.ID)
	data[len(data)/2]++
	if err := errors.Join(os.Chmod(path, 0o600), os.WriteFile(path, data, 0o600), os.Chtimes(path, info.ModTime(), info.ModTime())); err != nil {
		t.Fatal(err)
	}
	if _, err := cs.ReadObject(ref); !errors.Is(err, ErrDamaged) {
		t.Errorf("damage behind a seal: %v", err)
	}
}
