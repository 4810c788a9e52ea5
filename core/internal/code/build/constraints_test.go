package build

import (
	"go/build"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/code/syntax"
)

// TestConstraintLines holds what the head of a file says of who compiles it to package
// go/build.
func TestConstraintLines(t *testing.T) {
	for _, tt := range []struct{ head, reason string }{
		{"//go:build OTHER\n\n", "one line"},
		{"// +build OTHER\n\n", "the old form"},
		{"//+build OTHER\n\n", "without a space"},
		{"// +build HERE OTHER\n// +build !HERE\n\n", "lines are joined by and, the words of one by or"},
		{"// +build OTHER,HERE !OTHER\n\n", "a comma is and"},
		{"// A comment.\n\n// +build OTHER\n\n// Package p is a package.\n", "between others"},
		{"// +build OTHER\n", "that of the package clause"},
		{"/* A comment. */\n\n// +build OTHER\n\n", "behind a comment of another form"},
		{"// +build OTHER\n/* A comment. */\n\n", "no blank line before one"},
		{"// +build OTHER\n\n/* A comment. */\n", "a blank line before one"},
		{"//go:build HERE\n// +build OTHER\n\n", "the new form decides"},
		{"//go:build OTHER\n// +build HERE\n\n", "the new form decides, behind the old one too"},
		{"// +build OTHER(\n\n", "what does not parse"},
		{"\t// +build OTHER\r\n\r\n", "with tabs and carriage returns"},
		{"//go:build OTHER\npackage p\n\n// +build HERE\n\n", "behind the package clause"},
	} {
		other := "windows"
		if runtime.GOOS == other {
			other = "linux"
		}
		src := strings.NewReplacer("HERE", runtime.GOOS, "OTHER", other).Replace(tt.head)
		if !strings.Contains(src, "package p\n") {
			src += "package p\n"
		}
		ctx := build.Default
		ctx.OpenFile = func(string) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(src)), nil }
		want, err := ctx.MatchFile("", "x.go")
		_, expr := syntax.Header([]byte(src))
		if got := (&Build{}).Matcher().Match("x.go", expr); err == nil && got != want {
			t.Errorf("%s: %v by %q, want %v", tt.reason, got, expr, want)
		}
	}
}
