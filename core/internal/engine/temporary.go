package engine

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/logged"
	"github.com/fixturecache/fixturecache/core/internal/trace"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// temporary reports whether a path is, or lies below, something in the temporary
// directory that was made since this process began: a directory, or a file with
// a name as os.CreateTemp makes them; or that is gone and had such a name. What
// lay there before is an input like any other, and so is a file that takes the
// place of another in an old directory. A module that lies in the temporary
// directory is no temporary file.
func temporary(path string, root logged.Root) bool {
	for _, dir := range tempDirs() {
		rest, ok := strings.CutPrefix(path, dir+string(os.PathSeparator))
		if !ok {
			continue
		}
		_, inModule := root.Rel(path)
		if _, tempInModule := root.Rel(dir); inModule && !tempInModule {
			return false
		}
		at := dir
		for element := range strings.SplitSeq(rest, string(os.PathSeparator)) {
			at += string(os.PathSeparator) + element
			st, err := unlogged.LstatPath(at)
			if err != nil {
				return randomName(element)
			}
			if (st.Mode.IsDir() || randomName(element)) && bornHere(at, st) {
				return true
			}
		}
	}
	return false
}

// bornHere reports whether a file was made since this process began. Where the
// file system does not say, the name and the time of the last change must do.
func bornHere(path string, st unlogged.Stat) bool {
	limit := trace.Start.FileClock
	if born, ok := birthTime(path); ok {
		return born >= limit
	}
	return st.ChangeTime >= limit && randomName(path[strings.LastIndexByte(path, os.PathSeparator)+1:])
}

// randomDigits is how many digits in a row make a name one of os.MkdirTemp's,
// which appends a random number of 32 bits: fewer than five are one in 40,000.
const randomDigits = 5

func randomName(name string) bool {
	run := 0
	for _, c := range []byte(name) {
		if c < '0' || c > '9' {
			run = 0
		} else if run++; run >= randomDigits {
			return true
		}
	}
	return false
}

// outputPaths looks for what an output must not hold (the path of a temporary
// file, which will be gone) and for what ties it to this checkout.
func (b *builder) outputPaths(data []byte) (tied bool, why *notStored) {
	path, tied := b.heldPath(data)
	if path != "" {
		return false, &notStored{"temporary", fmt.Sprintf("its value holds the temporary path %s, which will be gone", path)}
	}
	return tied, nil
}

// heldPath returns the first temporary path in data, and whether data holds
// the path of the module. The store is no place to point to either: what is in
// it comes and goes. That data names the directory of temporary files at all is
// noted: see placed.
func (b *builder) heldPath(data []byte) (path string, tied bool) {
	const sep = string(os.PathSeparator)
	for _, dir := range slices.Concat(workRoots(), []string{b.c.store.Root()}, tempDirs()) {
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
			if b.c.inStore(path) || within(path, workRoots()) || temporary(path, b.world.Root) {
				return path, false
			}
		}
	}
	for _, dir := range b.rootPaths() {
		if bytes.Contains(data, []byte(dir)) {
			return "", true
		}
	}
	return "", false
}

func (b *builder) rootPaths() []string {
	root := b.world.Root
	return slices.DeleteFunc([]string{root.Physical, root.Lexical}, func(dir string) bool { return len(dir) <= 1 })
}

// longestPath is how long what heldPath looks for can be.
func (b *builder) longestPath() int {
	n := 0
	for _, dir := range slices.Concat(tempDirs(), b.rootPaths(), workRoots(), []string{b.c.store.Root()}) {
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
