package engine

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/process"
)

// heldPath looks for what an output must not hold, the path of a temporary file,
// which will be gone, and returns the first; tied says that data holds the path of
// the module, and so belongs to this checkout. The store is no place to point to either: what is in
// it comes and goes, and the test binary is made anew for each run. That data names the directory of temporary files at all is
// noted: see placed.
func (b *builder) heldPath(data []byte) (path string, tied bool) {
	const sep = string(os.PathSeparator)
	for _, dir := range slices.Concat(process.WorkRoots(), []string{b.c.store.Root()}, b.c.host.Temp().Dirs) {
		for rest := data; ; {
			i := bytes.Index(rest, []byte(dir))
			if i < 0 {
				break
			}
			b.namesTemp.Store(true)
			rest = rest[i+len(dir):]
			if len(rest) == 0 || rest[0] != os.PathSeparator {
				continue
			}
			path := dir + sep + firstElement(rest[1:])
			if b.c.inStore(path) || process.Within(path, process.WorkRoots()) || b.c.host.Temp().Has(path) {
				return path, false
			}
		}
	}
	if dir := b.binaryDir(); dir != "" && bytes.Contains(data, []byte(dir)) {
		return dir, false
	}
	for _, dir := range b.rootPaths() {
		if bytes.Contains(data, []byte(dir)) {
			return "", true
		}
	}
	return "", false
}

// binaryDir is the directory of the test binary where the go command has made it for
// this run, "" if it lies elsewhere.
func (b *builder) binaryDir() string {
	exe, err := os.Executable()
	_, inModule := b.world.Root.Rel(exe)
	if err != nil || inModule || !process.Within(exe, b.c.host.Temp().Dirs) {
		return ""
	}
	return filepath.Dir(exe)
}

func (b *builder) rootPaths() []string {
	root := b.world.Root
	return slices.DeleteFunc([]string{root.Physical, root.Lexical}, func(dir string) bool { return len(dir) <= 1 })
}

// longestPath is how long what heldPath looks for can be.
func (b *builder) longestPath() int {
	n := 0
	for _, dir := range slices.Concat(b.c.host.Temp().Dirs, b.rootPaths(), process.WorkRoots(), []string{b.c.store.Root(), b.binaryDir()}) {
		n = max(n, len(dir))
	}
	return n + 1 + maxElement
}

// maxElement is how long a file name can be.
const maxElement = 255

// firstElement is the path element that text begins with.
func firstElement(text []byte) string {
	end := bytes.IndexFunc(text, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`/\"':;,()<>|`, r)
	})
	if end < 0 {
		end = len(text)
	}
	return string(text[:min(end, maxElement)])
}
