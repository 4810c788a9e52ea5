package golden

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"
)

const (
	rowBytes = 16
	maxRows  = 12 // differing rows shown
)

// hexDiff shows where two binary contents differ: row by row, by position. It
// does not look for bytes that moved.
func hexDiff(want, got []byte) string {
	var b strings.Builder
	first, count := compareBytes(want, got)
	fmt.Fprintf(&b, "binary: golden %d bytes, got %d bytes; %d bytes differ, the first at offset %#x (%d)\n",
		len(want), len(got), count, first, first)
	shown, hidden := 0, 0
	for off := max(0, first/rowBytes-1) * rowBytes; off < max(len(want), len(got)); off += rowBytes {
		w, g := row(want, off), row(got, off)
		switch {
		case bytes.Equal(w, g):
			if shown == 0 { // the row before the first difference
				b.WriteString("  " + hexRow(off, w))
			}
		case shown < maxRows:
			shown++
			writeRow(&b, "- ", off, w)
			writeRow(&b, "+ ", off, g)
		default:
			hidden++
		}
	}
	if hidden > 0 {
		fmt.Fprintf(&b, "… %d more rows differ\n", hidden)
	}
	return b.String()
}

// compareBytes returns the first offset at which a and b differ, and how many
// do; what one has beyond the other differs.
func compareBytes(a, b []byte) (first, count int) {
	n := min(len(a), len(b))
	first = n
	for i := range n {
		if a[i] != b[i] {
			first = min(first, i)
			count++
		}
	}
	return first, count + max(len(a), len(b)) - n
}

func row(b []byte, off int) []byte {
	return b[min(off, len(b)):min(off+rowBytes, len(b))]
}

func writeRow(b *strings.Builder, sign string, off int, row []byte) {
	if len(row) > 0 {
		b.WriteString(sign + hexRow(off, row))
	}
}

// hexRow is one line: offset, hex, and the characters that ASCII has.
func hexRow(off int, row []byte) string {
	return fmt.Sprintf("%08x", off) + hex.Dump(row)[8:]
}

// hexDump shows the first rows of b.
func hexDump(b []byte, rows int) string {
	shown := min(len(b), rows*rowBytes)
	text := hex.Dump(b[:shown])
	if shown < len(b) {
		text += fmt.Sprintf("… %d more bytes\n", len(b)-shown)
	}
	return text
}
