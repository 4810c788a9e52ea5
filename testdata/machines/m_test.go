package m

import (
	"os"
	"testing"

	"github.com/fixturecache/fixturecache/cachetest"
)

type user struct {
	Name string
	tags map[string]int
}

func newUser() (*user, error) {
	data, err := os.ReadFile("data.txt")
	return &user{string(data), map[string]int{"a": 1}}, err
}

func makeDir(dir string) error {
	data, err := os.ReadFile("data.txt")
	if err != nil {
		return err
	}
	return os.WriteFile(dir+"/out.txt", data, 0o644)
}

func TestValue(t *testing.T) {
	got := cachetest.Memo(t, "value", newUser, cachetest.IgnoreCapture("*"))
	t.Logf("value: %s %d", got.Name, got.tags["a"])
}

func TestDir(t *testing.T) {
	dir := cachetest.Dir(t, "dir", makeDir, cachetest.IgnoreCapture("*"))
	data, err := os.ReadFile(dir + "/out.txt")
	t.Logf("dir: %s %v", data, err)
}
