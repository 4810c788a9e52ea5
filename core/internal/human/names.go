package human

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// maxNearest is how many similar names Nearest returns.
const maxNearest = 3

// Nearest returns the names that a typing error may have turned into name, or that
// contain it.
func Nearest(name string, names []string) (near []string) {
	far := map[string]int{}
	for _, other := range names {
		d := distance(strings.ToLower(name), strings.ToLower(other))
		if strings.Contains(strings.ToLower(other), strings.ToLower(name)) {
			d = 1
		}
		if _, twice := far[other]; !twice && d <= 1+len(name)/3 {
			far[other], near = d, append(near, other)
		}
	}
	slices.SortStableFunc(near, func(a, b string) int { return far[a] - far[b] })
	return near[:min(len(near), maxNearest)]
}

// distance returns the number of runes to insert, remove or change to turn a into b.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	old, row := make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		old, row = row, old
		row[0] = i + 1
		for j := range y {
			change := 1
			if x[i] == y[j] {
				change = 0
			}
			row[j+1] = min(old[j]+change, old[j+1]+1, row[j]+1)
		}
	}
	return row[len(y)]
}

// ShellQuote returns a text as a shell takes it for one word.
func ShellQuote(text string) string {
	if text = Plain(text); strings.ContainsAny(text, " \t'\"\\$`*?[]{}()<>|&;!#~") {
		return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
	}
	return text
}

// FromHere returns a path relative to the working directory, where that is shorter: to
// its name, which may lead through symbolic links, or to the directory itself.
func FromHere(path string) string {
	wd, _ := os.Getwd()
	physical, _ := filepath.EvalSymlinks(wd)
	short := path
	for _, dir := range []string{wd, physical} {
		if rel, err := filepath.Rel(dir, path); err == nil && filepath.IsAbs(path) && len(rel) < len(short) {
			short = rel
		}
	}
	return short
}
