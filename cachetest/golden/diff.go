package golden

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/diff"
)

// What a failure shows at most: what does not fit a screen is not read. The
// rest is counted.
const (
	maxLines = 60  // of one difference
	maxBytes = 200 // of one line
)

// diff shows how got differs from the golden content want.
func (c *config) diff(loc string, want, got []byte) string {
	values := ""
	if c.json {
		if values = diffJSON(want, got); values != "" && json.Valid(want) {
			return cut(values, maxLines)
		}
	}
	if c.binary || !isText(want) || !isText(got) {
		return values + hexDiff(want, got)
	}
	want = c.unixLines(want)
	return values + firstDifference(want, got) + lineDiff(loc, want, got)
}

func lineDiff(loc string, want, got []byte) string {
	_, text, _ := strings.Cut(string(diff.Diff(loc, want, "got", got)), "\n") // the line "diff loc got"
	return cut(text, maxLines)
}

const (
	rowBytes = 16
	maxRows  = 10 // shown from the one before the first difference
)

// hexDiff shows where two binary contents begin to differ.
func hexDiff(want, got []byte) string {
	at := common(want, got)
	from := max(0, at/rowBytes-1) * rowBytes
	text := fmt.Sprintf("binary: golden %d bytes, got %d bytes; the first difference is at offset %#x (%d)\n", len(want), len(got), at, at) +
		lineDiff("golden", hexRows(want, from), hexRows(got, from))
	if more := max(len(want), len(got)) - from - maxRows*rowBytes; more > 0 {
		text += fmt.Sprintf("… %d more bytes\n", more)
	}
	return text
}

// hexRows are lines of offset, hex, and the characters that ASCII has.
func hexRows(b []byte, from int) (rows []byte) {
	for off := from; off < min(len(b), from+maxRows*rowBytes); off += rowBytes {
		rows = fmt.Appendf(rows, "%08x%s", off, hex.Dump(b[off:min(off+rowBytes, len(b))])[8:])
	}
	return rows
}

// common is how many bytes two contents begin with alike.
func common(a, b []byte) (n int) {
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

// isText says whether b can be shown as text.
func isText(b []byte) bool { return bytes.IndexByte(b, 0) < 0 && utf8.Valid(b) }

// firstDifference shows, quoted, the surroundings of the first difference where
// a diff by lines would not let it be seen; otherwise nothing.
func firstDifference(want, got []byte) string {
	at := common(want, got)
	start := bytes.LastIndexByte(want[:at], '\n') + 1
	w, _, _ := bytes.Cut(want[start:], []byte("\n"))
	g, _, _ := bytes.Cut(got[start:], []byte("\n"))
	if !hardToSee(string(w), string(g)) {
		return ""
	}
	line := bytes.Count(want[:at], []byte("\n")) + 1
	return fmt.Sprintf("first difference in line %d, byte %d:\n- %s\n+ %s\n", line, at-start+1, around(w, at-start), around(g, at-start))
}

// hardToSee says whether two lines differ where a reader cannot see it: in white
// space at the end, in characters without a shape, or too far to the right.
func hardToSee(a, b string) bool {
	odd := func(r rune) bool { return r != '\t' && !unicode.IsPrint(r) }
	return len(a) > maxBytes || len(b) > maxBytes ||
		strings.TrimRightFunc(a, unicode.IsSpace) == strings.TrimRightFunc(b, unicode.IsSpace) && a != b ||
		strings.ContainsFunc(a, odd) || strings.ContainsFunc(b, odd)
}

// around quotes the part of a line near a position.
func around(line []byte, at int) string {
	const before, after = 30, 50
	from, to := max(0, at-before), min(len(line), at+after)
	s := strconv.Quote(string(line[min(from, to):to]))
	if from > 0 {
		s = "…" + s
	}
	if to < len(line) {
		s += "…"
	}
	return s
}

// cut shortens text to n lines, and each of them to maxBytes, and counts what
// is left out. It ends in a newline.
func cut(text string, n int) string {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	var b strings.Builder
	for i, line := range lines {
		if i == n && len(lines) > n+1 { // a line that says one more is as long as that one
			fmt.Fprintf(&b, "… %d more lines\n", len(lines)-n)
			break
		}
		b.WriteString(cutLine(line) + "\n")
	}
	return b.String()
}

func cutLine(line string) string {
	if len(line) <= maxBytes {
		return line
	}
	head := strings.ToValidUTF8(line[:maxBytes], "")
	return fmt.Sprintf("%s… (%d more bytes)", head, len(line)-len(head))
}

// excerpt shows the beginning of what a test made for a missing golden.
func excerpt(got []byte) string {
	switch {
	case len(got) == 0:
		return "(nothing)\n"
	case !isText(got):
		return fmt.Sprintf("%d bytes\n", len(got)) + cut(hex.Dump(got), 4)
	}
	lines := strings.SplitAfter(cut(string(got), 10), "\n")
	return "| " + strings.Join(lines[:len(lines)-1], "| ")
}
