package config

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/logged"
)

func TestResolve(t *testing.T) {
	dir := t.TempDir()
	root := logged.Root{Lexical: dir, Physical: dir}
	path := Path(root)
	load := func(given File) (File, error) {
		file, err := Read(root)
		if err != nil {
			return File{}, err
		}
		s, _, err := file.Resolve(given, path)
		return s, err
	}
	write := func(text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("dir: .cache\nmax_age: 7d\nmax_bytes: 1GB\nmax_count: 0\nignore: ['*.tmp']\nenv: [PGVER]\n")
	t.Setenv("CACHETEST_DIR", "")
	t.Setenv("CACHETEST_MAX_BYTES", "2GB")
	got, err := load(File{MaxAge: time.Hour, Env: []string{"A"}})
	want := File{
		Dir:    filepath.Join(dir, ".cache"),
		MaxAge: time.Hour, MaxBytes: 2e9, MaxCount: -1, // an option, a variable, and none at all
		Ignore: []string{"*.tmp"}, Env: []string{"A", "PGVER"},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}

	write("dir: a\nmax_age: 7d\nmax_agee: 8d\n")
	_, err = load(File{})
	var config *FileError
	if !errors.As(err, &config) || !strings.HasPrefix(err.Error(), path+":3:1: unknown key") {
		t.Errorf("an unknown key: %v", err)
	}
	os.Remove(path)
	if _, err := load(File{}); err != nil {
		t.Errorf("no file: %v", err)
	}
	t.Setenv("CACHETEST_MAX_BYTES", "lots")
	if _, err := load(File{}); err == nil || !strings.Contains(err.Error(), `CACHETEST_MAX_BYTES: "lots" is not a size`) {
		t.Errorf("a variable: %v", err)
	}
}
