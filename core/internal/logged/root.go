package logged

import (
	"path/filepath"
	"syscall"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// FindRoot returns the module root above dir, an absolute path without
// symbolic links. The go command spells it as its own working directory is
// spelled, which it hands down in PWD.
func FindRoot(dir string) Root {
	physical := moduleAbove(dir)
	if physical == "" {
		return Root{}
	}
	root := Root{Lexical: physical, Physical: physical}
	pwd, ok := syscall.Getenv("PWD")
	if !ok || pwd == dir || !filepath.IsAbs(pwd) || !sameFile(pwd, dir) {
		return root
	}
	if lexical := moduleAbove(pwd); lexical != "" && sameFile(lexical, physical) {
		root.Lexical = lexical
	}
	return root
}

func moduleAbove(dir string) string {
	for {
		if st, err := unlogged.StatPath(filepath.Join(dir, "go.mod")); err == nil && st.Mode.IsRegular() {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return ""
		}
		dir = parent
	}
}

func sameFile(a, b string) bool {
	x, err := unlogged.StatPath(a)
	if err != nil {
		return false
	}
	y, err := unlogged.StatPath(b)
	return err == nil && x.Inode == y.Inode && x.Device == y.Device && (x.Inode != 0 || a == b)
}
