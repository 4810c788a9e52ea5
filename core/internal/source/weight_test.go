package source

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// maxWeight is what this package, with all that nothing else links, may add to
// a test binary, in bytes, stripped. 1.44 MB were measured with Go 1.26, of which
// 50 kB are what package std knows.
const maxWeight = 1.46e6

func TestWeight(t *testing.T) {
	if testing.Short() || runtime.GOARCH != "amd64" {
		t.Skip("links two binaries; sizes are those of amd64")
	}
	size := func(pkg string) int64 {
		file := filepath.Join(t.TempDir(), pkg)
		if _, err := goCommand(".", "test", "-c", "-vet=off", "-trimpath", "-ldflags=-s -w", "-o", file, "./testdata/weight/"+pkg); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	added := size("whole") - size("bare")
	t.Logf("%d bytes", added)
	if added > maxWeight {
		t.Errorf("package source adds %d bytes to a test binary, more than %d", added, int64(maxWeight))
	}
}
