package golden

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/diff"
)

// A failure shows no more of a difference than people read, about a screen. Further
// lines are counted, and longer ones are broken.
const (
	maxLines = 60  // lines of one difference
	maxBytes = 100 // bytes of one line
)

// diff shows how got differs from the golden content want. Of JSON it shows how the values
// differ, if they do.
func (c *config) diff(loc string, want, got []byte) string {
	what := ""
	if c.json {
		wanted, err := canonical(want)
		value, _ := canonical(got)
		switch {
		case err != nil:
			what = fmt.Sprintf("the golden file is no JSON: %v\n", err)
		case !bytes.Equal(wanted, value):
			return lineDiff(loc, wanted, value)
		}
	}
	if c.binary || !isText(want) || !isText(got) {
		return what + hexDiff(want, got)
	}
	return what + lineDiff(loc, c.unixLines(want), got)
}

func lineDiff(loc string, want, got []byte) string {
	_, text, _ := strings.Cut(string(diff.Diff(loc, readable(want), "got", readable(got))), "\n") // the line "diff loc got"
	runs := regexp.MustCompile(`(?m)(^-.*\n)+|(^\+.*\n)+`)                                        // made for a failure only
	return cut(runs.ReplaceAllStringFunc(text, func(run string) string { return cut(run, maxLines/3) }), maxLines)
}

// readable returns text with each line quoted that a reader may not tell from
// another, as it has white space at its end or characters without a shape, and
// with long lines broken.
func readable(text []byte) []byte {
	var b bytes.Buffer
	for line := range strings.SplitAfterSeq(string(text), "\n") {
		line, ended := strings.CutSuffix(line, "\n")
		if strings.TrimRightFunc(line, unicode.IsSpace) != line || strings.ContainsFunc(line, func(r rune) bool { return r != '\t' && !unicode.IsPrint(r) }) {
			line = strconv.Quote(line)
		}
		for len(line) > maxBytes {
			head := strings.ToValidUTF8(line[:maxBytes], "")
			b.WriteString(head + "…\n")
			line = line[len(head):]
		}
		if b.WriteString(line); ended {
			b.WriteByte('\n')
		}
	}
	return b.Bytes()
}

const (
	rowBytes = 16
	maxRows  = 10 // shown from the one before the first difference
)

// hexDiff shows where two binary contents begin to differ.
func hexDiff(want, got []byte) string {
	at := 0
	for at < min(len(want), len(got)) && want[at] == got[at] {
		at++
	}
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

// isText reports whether b can be shown as text.
func isText(b []byte) bool { return bytes.IndexByte(b, 0) < 0 && utf8.Valid(b) }

// cut shortens text to n lines, and counts what is left out. It ends in a newline.
func cut(text string, n int) string {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if more := len(lines) - n; more > 1 { // a line that says one more is as long as that one
		lines = append(lines[:n], fmt.Sprintf("… %d more lines", more))
	}
	return strings.Join(lines, "\n") + "\n"
}

// excerpt shows the beginning of what a test made for a missing golden.
func excerpt(got []byte) string {
	switch {
	case len(got) == 0:
		return "(nothing)\n"
	case !isText(got):
		return fmt.Sprintf("%d bytes\n", len(got)) + cut(hex.Dump(got), 4)
	}
	lines := strings.SplitAfter(cut(string(readable(got)), 10), "\n")
	return "| " + strings.Join(lines[:len(lines)-1], "| ")
}
