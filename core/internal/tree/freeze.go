package tree

import (
	"os"
	"path/filepath"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// Freeze makes the files at path read-only, as those of a tree in place are. It is
// a hindrance to mistakes, not a protection: what fails is left as it was.
func Freeze(path string) {
	st, err := unlogged.LstatPath(path)
	switch {
	case err != nil:
	case st.Mode.IsRegular():
		os.Chmod(path, st.Mode.Perm()&0o555)
	case st.Mode.IsDir():
		entries, _ := unlogged.ReadDir(path)
		for _, e := range entries {
			Freeze(filepath.Join(path, e.Name()))
		}
	}
}
