package unlogged

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
)

var errNotDir = errors.New("not a directory")

func sortEntries(entries []fs.DirEntry) {
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
}
