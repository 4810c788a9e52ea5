package unlogged

import (
	"errors"
	"io/fs"
	"sort"
)

var errNotDir = errors.New("not a directory")

func sortEntries(entries []fs.DirEntry) {
	sort.Slice(entries, func(i, j int) bool { return entries[i].Name() < entries[j].Name() })
}
