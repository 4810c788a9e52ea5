//go:build !unix

package tree

import (
	"os"
	"path/filepath"
)

func createFile(root *os.Root, name, _ string) (*os.File, error) {
	return root.OpenFile(filepath.FromSlash(name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
}
