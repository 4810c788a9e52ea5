package code

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// maxWeight is what this package, with all that nothing else links, may add to
// a test binary, in bytes, stripped. 1.70 MB were measured with Go 1.26, now that
// the binary that it is compared with links no method that nothing calls.
const maxWeight = 1.85e6

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
		t.Errorf("package code adds %d bytes to a test binary, more than %d", added, int64(maxWeight))
	}
}
