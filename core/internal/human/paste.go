package human

import (
	"os"
	"path/filepath"
	"strings"
)

// ShellQuote returns a text as a shell takes it for one word.
func ShellQuote(text string) string {
	if text = Plain(text); strings.ContainsAny(text, " \t'\"\\$`*?[]{}()<>|&;!#~") {
		return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
	}
	return text
}

// FromHere returns a path as seen from the working directory, where that is shorter:
// from its name, which may lead through symbolic links, or from what that leads to.
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
