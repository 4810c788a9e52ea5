package engine

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/fixturecache/fixturecache/core/internal/process"
	"github.com/fixturecache/fixturecache/core/internal/store"
	"github.com/fixturecache/fixturecache/core/internal/tree"
)

// putTree stores the files of an output and makes its manifest the output's
// data. tied says that a file holds the path of the checkout.
func (b *builder) putTree(s *store.Store, out *Output, m *tree.Manifest) (tied bool, why *notStored) {
	batch := s.NewBatch()
	defer batch.Discard()
	var inCheckout atomic.Bool
	err := tree.Refer(m, out.Path, batch.PutFile, func(e *tree.Entry) tree.Tap { return b.checkContent(e, &inCheckout) })
	if err == nil {
		err = batch.Commit()
	}
	switch {
	case errors.As(err, &why):
		return false, why
	case errors.Is(err, store.ErrChanged):
		return false, &notStored{"output", err.Error()}
	case err != nil:
		return false, storeError(s, err)
	}
	out.Data = m.Encode()
	return inCheckout.Load(), nil
}

// checkContent returns a tap that looks for paths in one file of an output. It keeps the
// end of each piece, where a path may begin.
func (b *builder) checkContent(e *tree.Entry, inCheckout *atomic.Bool) tree.Tap {
	var tail []byte
	keep := b.longestPath()
	look := func(data []byte) error {
		path, tied := b.findPath(data)
		if tied {
			inCheckout.Store(true)
		}
		if path != "" {
			return &notStored{"temporary", fmt.Sprintf("its file %s holds the temporary path %s, which will be gone", e.Path, path)}
		}
		return nil
	}
	return func(piece []byte) error {
		if len(tail) > 0 {
			seam := append(tail, piece[:min(len(piece), keep)]...)
			if err := look(seam); err != nil {
				return err
			}
		}
		tail = append(tail[:0], piece[max(0, len(piece)-keep):]...)
		return look(piece)
	}
}

// verifyTree builds again what was served and compares it file by file.
func (cl *call) verifyTree(out Output, was *tree.Manifest) error {
	now, err := tree.Scan(out.Path)
	if err == nil {
		err = tree.Refer(now, out.Path, store.RefFile, func(*tree.Entry) tree.Tap { return nil })
	}
	if err != nil {
		return err
	}
	if diff := tree.Diff(was, now); diff != "" {
		return verifyError(cl.spec.Key, "tree", diff)
	}
	return nil
}

// FileName reports whether name can be that of a file of a tree everywhere.
func FileName(name string) bool {
	return name != "." && filepath.IsLocal(name) && !strings.ContainsAny(name, `/\:`)
}

// findPath returns the first path in data that will be gone in another run: that of a
// temporary file, of something in the store, or of the directory of the test binary. tied
// says that data holds the path of the module, and so belongs to this checkout. It notes in
// namesTemp whether data names a temporary directory, or the store, at all: see addTempEnv.
func (b *builder) findPath(data []byte) (path string, tied bool) {
	for _, dir := range slices.Concat(process.WorkRoots(), []string{b.c.store.Root()}, b.c.host.Temp().Dirs) {
		for _, rest, found := bytes.Cut(data, []byte(dir)); found; _, rest, found = bytes.Cut(rest, []byte(dir)) {
			b.namesTemp.Store(true)
			if len(rest) == 0 || rest[0] != os.PathSeparator {
				continue
			}
			path = dir + string(os.PathSeparator) + firstElement(rest[1:])
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

// binaryDir returns the directory of the test binary where the go command has made it for
// this run, "" if it lies elsewhere.
func (b *builder) binaryDir() string {
	exe, err := os.Executable()
	_, inModule := b.World.Root.Rel(exe)
	if err != nil || inModule || !process.Within(exe, b.c.host.Temp().Dirs) {
		return ""
	}
	return filepath.Dir(exe)
}

func (b *builder) rootPaths() []string {
	root := b.World.Root
	return slices.DeleteFunc([]string{root.Physical, root.Lexical}, func(dir string) bool { return len(dir) <= 1 })
}

// longestPath returns the length of the longest path that findPath can find.
func (b *builder) longestPath() int {
	n := 0
	for _, dir := range slices.Concat(b.c.host.Temp().Dirs, b.rootPaths(), process.WorkRoots(), []string{b.c.store.Root(), b.binaryDir()}) {
		n = max(n, len(dir))
	}
	return n + 1 + maxElement
}

// maxElement is the length of the longest file name, in bytes.
const maxElement = 255

// firstElement returns the path element that text begins with.
func firstElement(text []byte) string {
	end := bytes.IndexFunc(text, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`/\"':;,()<>|`, r)
	})
	if end < 0 {
		end = len(text)
	}
	return string(text[:min(end, maxElement)])
}
