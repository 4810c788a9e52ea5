package unlogged

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
)

// TestRemoveAllBesideOthers: what another process removes at the same time is gone,
// which is no error.
func TestRemoveAllBesideOthers(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows keeps the name of what is removed as long as another has it open")
	}
	root := t.TempDir()
	for i := range 300 {
		dir := filepath.Join(root, fmt.Sprint(i))
		for j := range 3 {
			sub := filepath.Join(dir, fmt.Sprint(j))
			if err := os.MkdirAll(sub, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(sub, "f"), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				if err := RemoveAll(dir); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if _, err := os.Lstat(dir); err == nil {
			t.Fatalf("%s is still there", dir)
		}
	}
}
