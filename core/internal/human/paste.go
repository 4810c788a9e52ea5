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

// FromHere returns a path as seen from the working directory, where that is shorter.
func FromHere(path string) string {
	wd, _ := os.Getwd()
	if rel, err := filepath.Rel(wd, path); err == nil && filepath.IsAbs(path) && len(rel) < len(path) {
		return rel
	}
	return path
}
