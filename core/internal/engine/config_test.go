package engine

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestLoadConfig(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, ConfigName)
	write := func(text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("dir: .cache\nmax_age: 7d\nmax_bytes: 1GB\nmax_count: 0\nignore: ['*.tmp']\nenv: [PGVER]\n")
	t.Setenv("CACHETEST_DIR", "")
	t.Setenv("CACHETEST_MAX_BYTES", "2GB")
	got, err := LoadConfig(path, Config{Limits: Limits{Age: time.Hour}, Env: []string{"A"}})
	want := Config{
		Dir:    filepath.Join(dir, ".cache"),
		Limits: Limits{Age: time.Hour, Bytes: 2e9, Count: -1}, // an option, a variable, and none at all
		Ignore: []string{"*.tmp"}, Env: []string{"A", "PGVER"},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}

	write("dir: a\nmax_age: 7d\nmax_agee: 8d\n")
	_, err = LoadConfig(path, Config{})
	var config *ConfigError
	if !errors.As(err, &config) || !strings.HasPrefix(err.Error(), path+":3:1: unknown key") {
		t.Errorf("an unknown key: %v", err)
	}
	os.Remove(path)
	if _, err := LoadConfig(path, Config{}); err != nil {
		t.Errorf("no file: %v", err)
	}
	t.Setenv("CACHETEST_MAX_BYTES", "lots")
	if _, err := LoadConfig(path, Config{}); err == nil || !strings.Contains(err.Error(), `CACHETEST_MAX_BYTES: "lots" is not a size`) {
		t.Errorf("a variable: %v", err)
	}
}
